import { describe, expect } from 'vitest';

import {
  FLAGGED,
  FORMATS,
  NOBODY,
  PARTLY,
  RICH,
  creditId,
  fieldOf,
  it,
  list,
  listed,
  noSeason,
  ok,
  refused,
  startDecentraland,
  stateOf,
} from './api.ts';

const noSuchUser = refused('User not found', 'USER_NOT_FOUND');
const noSuchSeason = refused('Season not found', 'SEASON_NOT_FOUND');

/** What a control returns if it changed no balance. */
function done(result: object): object {
  return { result, entries: [] };
}

const IP = '192.0.2.1';

function flaggedFor(reason: object): object {
  return { ok: false, message: 'User is flagged', reason, isBlockedForClaiming: true };
}

const BY_CAPTCHA = flaggedFor({ message: 'The captcha was not solved too often.' });

function byAccounts(reason: object): object {
  return flaggedFor({ message: 'Several accounts are used by the same person.', ...reason });
}

describe('the control flag', () => {
  const linked = { ip: IP, linkedAddresses: [PARTLY, NOBODY] };

  it.each<[string, object, object]>([
    [
      'several accounts with all that is known of them',
      { cause: 'multi-account', ...linked },
      byAccounts({ ip: IP, linkedAddresses: [PARTLY, NOBODY.toLowerCase()] }),
    ],
    ['several accounts of which nothing is known', { cause: 'multi-account' }, byAccounts({ linkedAddresses: [] })],
    ['wrong captchas', { cause: 'captcha' }, BY_CAPTCHA],
    ['wrong captchas, without the accounts', { cause: 'captcha', ...linked }, BY_CAPTCHA],
  ])('flags a user for %s', async (_, args, body) => {
    for (const [, start] of FORMATS) {
      const api = await start();
      expect(await api.run('flag', { address: RICH, ...args })).toEqual(done(body));
      const answer = { status: 401, body };
      expect([await api.credits(RICH), await api.firstEvent(RICH)]).toEqual([answer, answer]);
      expect((await api.credits(PARTLY)).status).toBe(200);
    }
  });
});

it('unflag removes a flag, and changes nothing else', async ({ api }) => {
  const before = await stateOf(api, 'wallets');
  expect(await api.run('unflag', { address: RICH })).toEqual(done({ address: RICH }));
  expect(await stateOf(api, 'wallets')).toEqual(before);
  for (const cause of ['captcha', 'multi-account']) {
    await api.run('flag', { address: RICH, cause });
    expect(await api.run('unflag', { address: RICH })).toEqual(done({ address: RICH }));
    expect(await api.credits(RICH)).toEqual(list(12.5, listed(1), listed(2)));
  }
});

describe('the control pauseSeason', () => {
  it('pauses the current season only, and resumes it', async ({ api }) => {
    const paused = { id: 2, week: 2, isPaused: true };
    const running = { ...paused, isPaused: false };
    for (const [args, season] of [
      [{}, paused],
      [{ isPaused: false }, running],
      [{ isPaused: true }, paused],
      [{}, paused],
    ] as const) {
      expect(await api.run('pauseSeason', args)).toEqual(done(season));
      expect(await api.call('get', '/season')).toEqual(ok(season));
    }
    const seasons = await stateOf<{ readonly isPaused: boolean }>(api, 'seasons');
    expect(seasons.map(({ isPaused }) => isPaused)).toEqual([false, true, false]);
  });

  it('finds no season in a gap', async ({ api }) => {
    await api.moveTo('2026-02-16T00:00:00Z');
    for (const args of [{}, { isPaused: false }]) expect(await api.run('pauseSeason', args)).toEqual(noSuchSeason);
  });
});

describe('the control endSeason', () => {
  it('ends the current season at once, and leaves its credits their expiry', async ({ api }) => {
    await api.advance('PT1H');
    expect(await api.run('endSeason')).toEqual(done({ id: 2 }));
    expect(await api.call('get', '/season')).toEqual(noSeason);
    expect(await api.call('get', '/seasons')).toMatchObject({
      body: { past: [{ id: 1 }, { id: 2, endDate: '2026-01-01T01:00:00.000Z' }], current: null, next: { id: 3 } },
    });
    expect(await api.credits(RICH)).toEqual(list(12.5, listed(1), listed(2)));
    expect(await api.run('endSeason')).toEqual(noSuchSeason);
  });

  it('ends a season that has just begun, so that its state can be loaded again', async ({ api }) => {
    await api.moveTo('2026-03-02T00:00:00Z');
    expect(await api.run('endSeason')).toEqual(done({ id: 3 }));
    const state = (await api.control('get', '/state')) as object;
    expect(await api.control('put', '/state', state)).toEqual({});
    expect(await api.call('get', '/season')).toEqual(noSeason);
    expect(await api.call('get', '/seasons')).toMatchObject({ body: { past: [{ id: 1 }, { id: 2 }, { id: 3 }] } });
  });
});

describe('a control', () => {
  it.each([
    ['flag', { cause: 'captcha' }],
    ['unflag', {}],
    ['consume', { amount: '1' }],
    ['revoke', { creditId: creditId(1) }],
  ])('%s refuses an unregistered wallet', async (name, args) => {
    const api = await startDecentraland();
    expect(await api.run(name, { address: NOBODY, ...args })).toEqual(noSuchUser);
  });

  const address = RICH;
  const amount = '5';
  const linkedAddresses = ['ada'];

  it.for<[string, object, string]>([
    ['grant', {}, "body must have required property 'address'; body must have required property 'amount'"],
    ['grant', { address }, "body must have required property 'amount'"],
    ['grant', { address, amount: 5 }, 'body/amount must be string'],
    ['grant', { address: 'ada', amount }, 'body/address must match pattern "^0x[a-fA-F0-9]{40}$"'],
    ['grant', { address, amount, goalId: '' }, 'body/goalId must NOT have fewer than 1 characters'],
    ['grant', { address, amount, goalId: null }, 'body/goalId must be string'],
    ['grant', { address, amount, expiresAt: 5 }, 'body/expiresAt must be string,null'],
    [
      'grant',
      { address, amount, seasonId: 1 },
      'body must NOT have additional properties (seasonId; known: address, amount, goalId, expiresAt)',
    ],
    ['consume', { address }, "body must have required property 'amount'"],
    ['consume', { address, amount: 1 }, 'body/amount must be string'],
    ['consume', { address, amount, creditId: 1 }, 'body/creditId must be string'],
    ['revoke', { address }, "body must have required property 'creditId'"],
    ['flag', { address }, "body must have required property 'cause'"],
    [
      'flag',
      { address, cause: 'spam' },
      'body/cause must be equal to one of the allowed values (multi-account, captcha)',
    ],
    [
      'flag',
      { address, cause: 'multi-account', linkedAddresses },
      'body/linkedAddresses/0 must match pattern "^0x[a-fA-F0-9]{40}$"',
    ],
    ['unflag', {}, "body must have required property 'address'"],
    ['pauseSeason', { isPaused: 'yes' }, 'body/isPaused must be boolean'],
    ['endSeason', { id: 2 }, 'body must NOT have additional properties (id)'],
  ])('%s refuses the arguments %o', async ([name, args, detail], { api }) => {
    const before = await api.control('get', '/state');
    expect(await api.run(name, args)).toMatchObject({ status: 400, detail });
    expect(await api.control('get', '/state')).toEqual(before);
  });

  it('is listed with its required arguments', async ({ api }) => {
    const { controls } = (await api.control('get', '/controls')) as {
      controls: { name: string; schema: { required: string[] } }[];
    };
    expect(controls.map(({ name, schema }) => [name, ...schema.required].join(' '))).toEqual([
      'grant address amount',
      'consume address amount',
      'revoke address creditId',
      'flag address cause',
      'unflag address',
      'pauseSeason',
      'endSeason',
      'defineGoals goals',
      'completeSteps address goalId',
      'readCaptcha address',
      'payOrder orderId',
      'failOrder orderId',
      'abandonOrder orderId',
      'settlePurchase address salt',
    ]);
  });

  it('is undone by a reset, including the ids it used', async ({ api }) => {
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
    expect(fieldOf(first, 'result', 'id')).toBeDefined();
    await api.control('post', '/reset');
    expect(await api.control('get', '/state')).toEqual(seeded);
    expect(await act()).toEqual(first);
  });
});
