import { describe, expect, it } from 'vitest';

import {
  FLAGGED,
  NOBODY,
  PARTLY,
  RICH,
  creditId,
  fieldOf,
  list,
  listed,
  noSeason,
  ok,
  refused,
  startDecentraland,
  startWire,
} from './api.ts';

const noSuchUser = refused('User not found', 'USER_NOT_FOUND');
const noSuchSeason = refused('Season not found', 'SEASON_NOT_FOUND');

/** What a control says that changed no balance. */
function done(result: object): object {
  return { result, entries: [] };
}

const IP = '192.0.2.1';
const BY_CAPTCHA = {
  ok: false,
  message: 'User is flagged',
  reason: { message: 'The captcha was not solved too often.' },
  isBlockedForClaiming: true,
};

function byAccounts(reason: object): object {
  const message = 'Several accounts are used by the same person.';
  return { ok: false, message: 'User is flagged', reason: { message, ...reason }, isBlockedForClaiming: true };
}

describe('the control flag', () => {
  it.each<[string, object, object]>([
    [
      'several accounts with all that is known of them',
      { cause: 'multi-account', ip: IP, linkedAddresses: [PARTLY, NOBODY] },
      byAccounts({ ip: IP, linkedAddresses: [PARTLY, NOBODY.toLowerCase()] }),
    ],
    ['several accounts of which nothing is known', { cause: 'multi-account' }, byAccounts({ linkedAddresses: [] })],
    ['wrong captchas', { cause: 'captcha' }, BY_CAPTCHA],
    [
      'wrong captchas, which say nothing of accounts',
      { cause: 'captcha', ip: IP, linkedAddresses: [PARTLY] },
      BY_CAPTCHA,
    ],
  ])('flags a user for %s', async (_, args, body) => {
    for (const start of [startDecentraland, startWire]) {
      const api = await start();
      expect(await api.run('flag', { address: RICH, ...args })).toEqual(done(body));
      const answer = { status: 401, body };
      expect(await api.credits(RICH)).toEqual(answer);
      expect(await api.firstEvent(RICH)).toEqual(answer);
      expect((await api.credits(PARTLY)).status).toBe(200);
    }
  });

  it('replaces the flag that a user has', async () => {
    const api = await startDecentraland();
    await api.run('flag', { address: FLAGGED, cause: 'captcha' });
    expect(await api.credits(FLAGGED)).toEqual({ status: 401, body: BY_CAPTCHA });
    await api.run('flag', { address: FLAGGED, cause: 'multi-account', ip: IP });
    expect(await api.credits(FLAGGED)).toEqual({ status: 401, body: byAccounts({ ip: IP, linkedAddresses: [] }) });
  });

  it('changes no balance', async () => {
    const api = await startDecentraland();
    const before = await api.control('get', '/accounts');
    await api.run('flag', { address: RICH, cause: 'captcha' });
    expect(await api.control('get', '/accounts')).toEqual(before);
    expect(await api.control('get', '/ledger')).toEqual({ entries: [] });
  });
});

describe('the control unflag', () => {
  it('takes a flag away, and the credits are there as before', async () => {
    const api = await startDecentraland();
    for (const cause of ['captcha', 'multi-account']) {
      await api.run('flag', { address: RICH, cause });
      expect(await api.run('unflag', { address: RICH })).toEqual(done({ address: RICH }));
      expect(await api.credits(RICH)).toEqual(list(12.5, listed(1), listed(2)));
    }
  });

  it('does nothing to a user who is not flagged', async () => {
    const api = await startDecentraland();
    const before = await api.control('get', '/state');
    expect(await api.run('unflag', { address: RICH })).toEqual(done({ address: RICH }));
    expect(await api.control('get', '/state')).toEqual(before);
  });
});

describe('the control pauseSeason', () => {
  it('pauses the season that runs, and lets it go on', async () => {
    const api = await startDecentraland();
    const paused = { id: 2, week: 2, isPaused: true };
    expect(await api.run('pauseSeason')).toEqual(done(paused));
    expect(await api.call('get', '/season')).toEqual(ok(paused));
    const running = { ...paused, isPaused: false };
    expect(await api.run('pauseSeason', { isPaused: false })).toEqual(done(running));
    expect(await api.call('get', '/season')).toEqual(ok(running));
    expect(await api.run('pauseSeason', { isPaused: true })).toEqual(done(paused));
    expect(await api.run('pauseSeason')).toEqual(done(paused));
  });

  it('pauses no other season', async () => {
    const api = await startDecentraland();
    await api.run('pauseSeason');
    const seasons = fieldOf(await api.control('get', '/state'), 'decentraland', 'seasons');
    expect(seasons).toMatchObject([
      { id: 1, isPaused: false },
      { id: 2, isPaused: true },
      { id: 3, isPaused: false },
    ]);
  });

  it('finds none to pause where none runs', async () => {
    const api = await startDecentraland();
    await api.moveTo('2026-02-16T00:00:00Z');
    expect(await api.run('pauseSeason')).toEqual(noSuchSeason);
    expect(await api.run('pauseSeason', { isPaused: false })).toEqual(noSuchSeason);
  });
});

describe('the control endSeason', () => {
  it('ends the season that runs at once, and leaves its credits their expiry', async () => {
    const api = await startDecentraland();
    await api.advance('PT1H');
    expect(await api.run('endSeason')).toEqual(done({ id: 2 }));
    expect(await api.call('get', '/season')).toEqual(noSeason);
    expect(await api.call('get', '/seasons')).toMatchObject({
      body: { past: [{ id: 1 }, { id: 2, endDate: '2026-01-01T01:00:00.000Z' }], current: null, next: { id: 3 } },
    });
    expect(await api.credits(RICH)).toEqual(list(12.5, listed(1), listed(2)));
  });

  it('ends only one', async () => {
    const api = await startDecentraland();
    await api.run('endSeason');
    expect(await api.run('endSeason')).toEqual(noSuchSeason);
    await api.moveTo('2026-03-02T00:00:00Z');
    expect(await api.run('endSeason')).toEqual(done({ id: 3 }));
  });

  it('ends a season that has just begun, so that a state with it is still one', async () => {
    const api = await startDecentraland();
    await api.moveTo('2026-03-02T00:00:00Z');
    await api.run('endSeason');
    const state = (await api.control('get', '/state')) as object;
    expect(await api.control('put', '/state', state)).toEqual({});
    expect(await api.call('get', '/season')).toEqual(noSeason);
    expect(await api.call('get', '/seasons')).toMatchObject({ body: { past: [{ id: 1 }, { id: 2 }, { id: 3 }] } });
  });
});

describe('a control', () => {
  it.each(['flag', 'unflag', 'consume', 'revoke'])('%s finds nobody who is not registered', async (name) => {
    const others = { flag: { cause: 'captcha' }, consume: { amount: '1' }, revoke: { creditId: creditId(1) } };
    const api = await startDecentraland();
    const args = { address: NOBODY, ...(fieldOf(others, name) as object | undefined) };
    expect(await api.run(name, args)).toEqual(noSuchUser);
  });

  it.each<[string, object, string]>([
    ['grant', {}, "body must have required property 'address'; body must have required property 'amount'"],
    ['grant', { address: RICH }, "body must have required property 'amount'"],
    ['grant', { address: RICH, amount: 5 }, 'body/amount must be string'],
    ['grant', { address: 'ada', amount: '5' }, 'body/address must match pattern "^0x[a-fA-F0-9]{40}$"'],
    ['grant', { address: RICH, amount: '5', goalId: '' }, 'body/goalId must NOT have fewer than 1 characters'],
    ['grant', { address: RICH, amount: '5', goalId: null }, 'body/goalId must be string'],
    ['grant', { address: RICH, amount: '5', expiresAt: 5 }, 'body/expiresAt must be string,null'],
    [
      'grant',
      { address: RICH, amount: '5', seasonId: 1 },
      'body must NOT have additional properties (seasonId; known: address, amount, goalId, expiresAt)',
    ],
    ['consume', { address: RICH }, "body must have required property 'amount'"],
    ['consume', { address: RICH, amount: 1 }, 'body/amount must be string'],
    ['consume', { address: RICH, amount: '1', creditId: 1 }, 'body/creditId must be string'],
    ['revoke', { address: RICH }, "body must have required property 'creditId'"],
    ['flag', { address: RICH }, "body must have required property 'cause'"],
    [
      'flag',
      { address: RICH, cause: 'spam' },
      'body/cause must be equal to one of the allowed values (multi-account, captcha)',
    ],
    [
      'flag',
      { address: RICH, cause: 'multi-account', linkedAddresses: ['ada'] },
      'body/linkedAddresses/0 must match pattern "^0x[a-fA-F0-9]{40}$"',
    ],
    ['unflag', {}, "body must have required property 'address'"],
    ['pauseSeason', { isPaused: 'yes' }, 'body/isPaused must be boolean'],
    ['endSeason', { id: 2 }, 'body must NOT have additional properties (id)'],
  ])('%s refuses %o', async (name, args, detail) => {
    const api = await startDecentraland();
    const before = await api.control('get', '/state');
    expect(await api.run(name, args)).toMatchObject({ status: 400, detail });
    expect(await api.control('get', '/state')).toEqual(before);
  });

  it('is listed with the schema of its arguments', async () => {
    const api = await startDecentraland();
    const { controls } = (await api.control('get', '/controls')) as {
      controls: { name: string; schema: { required: string[] } }[];
    };
    expect(controls.map(({ name, schema }) => [name, schema.required])).toEqual([
      ['grant', ['address', 'amount']],
      ['consume', ['address', 'amount']],
      ['revoke', ['address', 'creditId']],
      ['flag', ['address', 'cause']],
      ['unflag', ['address']],
      ['pauseSeason', []],
      ['endSeason', []],
      ['defineGoals', ['goals']],
      ['completeSteps', ['address', 'goalId']],
      ['readCaptcha', ['address']],
      ['payOrder', ['orderId']],
      ['failOrder', ['orderId']],
      ['abandonOrder', ['orderId']],
      ['settlePurchase', ['address', 'salt']],
    ]);
  });

  it('is taken back by a reset, ids included', async () => {
    const api = await startDecentraland();
    const seeded = await api.control('get', '/state');
    const act = async (): Promise<unknown> => {
      const granted = await api.run('grant', { address: NOBODY, amount: '1', goalId: 'log-in' });
      await api.run('consume', { address: RICH, amount: '11' });
      await api.run('revoke', { address: PARTLY, creditId: creditId(3) });
      await api.run('flag', { address: RICH, cause: 'captcha' });
      await api.run('unflag', { address: FLAGGED });
      await api.run('pauseSeason');
      await api.run('endSeason');
      return granted;
    };
    const first = await act();
    await api.control('post', '/reset');
    expect(await api.control('get', '/state')).toEqual(seeded);
    expect(await act()).toEqual(first);
  });
});
