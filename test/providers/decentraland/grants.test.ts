import { describe, expect } from 'vitest';

import {
  EXPIRY,
  EXPIRY_SECONDS,
  FLAGGED,
  FORMATS,
  LASTING,
  NOBODY,
  PARTLY,
  RICH,
  anyHash,
  anySignature,
  anyUuid,
  ask,
  creditId,
  entryOf,
  fieldOf,
  idsOf,
  it,
  list,
  listed,
  noSuchUser,
  ok,
  refusal,
  refused,
  shownCredit,
  startDecentraland,
  startWire,
  toFixtures,
  totalOf,
  type Answer,
  type DecentralandApi,
} from './api.ts';

const notAnAmount = refused(
  'The amount must be MANA in decimal notation, above 0 and with at most 18 decimal places.',
  'NOT_AN_AMOUNT',
);
const expiryPast = refused('The expiry must be in the future.', 'EXPIRY_PAST');
const goalClaimed = refused('The goal has already been claimed this week.', 'GOAL_CLAIMED');

const START = '2026-01-01T00:00:00.000Z';

/** What the control returns for a credit that was given at the start to a wallet with this balance. */
function granted(credit: object, wei: string, [before, id] = ['0', '1']): object {
  const given = { address: NOBODY.toLowerCase(), amount: '5', createdAt: START, goalId: null, ...credit };
  const result = { ...shownCredit(anyUuid), salt: anyHash, ...given };
  const after = BigInt(before) + BigInt(wei);
  return { result, entries: [{ ...entryOf('grant', given.address, [BigInt(before), after]), id }] };
}

describe('the control grant', () => {
  it('gives a credit that expires two weeks after the season, and registers an unknown wallet', async ({ api }) => {
    const answer = await api.run('grant', { address: NOBODY, amount: '5' });
    expect(answer).toEqual(granted({}, '5000000000000000000'));
    const credit = { status: 'AVAILABLE', createdAt: START, expiresAt: EXPIRY, signature: anySignature, seasonId: 2 };
    expect(await api.credits(NOBODY)).toEqual(list(5, { ...credit, id: fieldOf(answer, 'result', 'id'), amount: 5 }));

    const goal = { address: RICH, amount: '0.5', goalId: 'log-in' };
    const second = await api.run('grant', goal);
    expect(second).toEqual(granted(goal, '500000000000000000', ['12500000000000000000', '2']));
    const third = { ...credit, id: fieldOf(second, 'result', 'id'), amount: 0.5, goalId: 'log-in' };
    expect(await api.credits(RICH)).toEqual(list(13, listed(1), listed(2), third));
  });

  it('gives a credit that never expires', async ({ api }) => {
    const credit = { address: LASTING, expiresAt: null };
    const answer = await api.run('grant', { amount: '5', ...credit });
    expect(answer).toEqual(granted(credit, '5000000000000000000', ['1500000000000000000000', '1']));
    const { body } = await api.credits(LASTING);
    expect(fieldOf(body, 'credits', 1)).not.toHaveProperty('expiresAt');
    expect(fieldOf(body, 'totalCredits')).toBe(1505);
  });

  it.each([
    ['2026-01-01T00:00:00.001Z', '2026-01-01T00:00:00.001Z'],
    ['2026-01-01T02:00+01:00', '2026-01-01T01:00:00.000Z'],
    ['9999-12-31T23:59:59.999Z', '9999-12-31T23:59:59.999Z'],
  ])('gives a credit that expires at %s', async (written, expiresAt) => {
    const api = await startDecentraland();
    expect(await api.run('grant', { address: NOBODY, amount: '5', expiresAt: written })).toEqual(
      granted({ expiresAt }, '5000000000000000000'),
    );
    expect(fieldOf(await api.credits(NOBODY), 'body', 'credits', 0, 'expiresAt')).toBe(expiresAt);
  });

  it.for([START, '2025-12-31T23:59:59.999Z', '2026-02-30T00:00:00Z', '2026-02-01', 'now+P1D', 'tomorrow', ''])(
    'refuses the expiry "%s", and registers no wallet',
    async (expiresAt, { api }) => {
      expect(await api.run('grant', { address: NOBODY, amount: '5', expiresAt })).toEqual(expiryPast);
      expect(await api.credits(NOBODY)).toEqual(noSuchUser);
    },
  );

  it.each([
    ['0.000000000000000001', '1'],
    ['1.000000000000000000', '1000000000000000000'],
    ['12.345678901234567890', '12345678901234567890'],
    ['007', '7000000000000000000'],
    ['9'.repeat(59), `${'9'.repeat(59)}000000000000000000`],
  ])('accepts %s MANA to the last wei', async (amount, wei) => {
    const api = await startWire();
    const answer = await api.run('grant', { address: NOBODY, amount });
    expect(fieldOf(answer, 'entries', 0, 'delta')).toBe(wei);
    const { body } = await api.credits(NOBODY);
    expect(body).toMatchObject({
      credits: [{ amount: wei, availableAmount: wei }],
      totalCredits: Number(wei),
      totals: { expiring: Number(wei), nonExpiring: 0 },
    });
  });

  it('refuses an amount that is not MANA, and changes nothing', async ({ api }) => {
    const before = await api.control('get', '/state');
    for (const amount of ['0', '-1', '1e3', '1.0000000000000000001', '']) {
      expect(await api.run('grant', { address: NOBODY, amount })).toEqual(notAnAmount);
    }
    expect(await api.control('get', '/state')).toEqual(before);
  });

  it('gives to a flagged user, which sees the credit when the flag is gone', async ({ api }) => {
    await api.run('grant', { address: FLAGGED, amount: '1' });
    await api.run('unflag', { address: FLAGGED });
    expect(await totalOf(api, FLAGGED)).toBe(8);
  });

  it('gives the ids of the same random seed, and others of another one', async () => {
    const grant = async (randomSeed: number): Promise<unknown> => {
      const api = await startDecentraland({ randomSeed });
      return fieldOf(await api.run('grant', { address: RICH, amount: '1' }), 'result', 'id');
    };
    const [first, again, other] = [await grant(1), await grant(1), await grant(2)];
    expect(again).toBe(first);
    expect(other).not.toBe(first);
  });
});

describe('a goal', () => {
  const GOAL = { address: RICH, amount: '1', goalId: 'visit-a-scene' };

  async function claim(api: DecentralandApi, change: object = {}): Promise<unknown> {
    const answer = await api.run('grant', { ...GOAL, ...change });
    return fieldOf(answer, 'result') === undefined ? answer : 'claimed';
  }

  it('is claimed once by each user in each week of each season', async ({ api }) => {
    expect(await claim(api)).toBe('claimed');
    expect(await claim(api)).toEqual(goalClaimed);
    expect(await claim(api, { amount: '2', expiresAt: null })).toEqual(goalClaimed);
    expect(await claim(api, { address: PARTLY })).toBe('claimed');
    expect(await claim(api, { goalId: 'visit-a-profile' })).toBe('claimed');
    // The seed has a credit for the one goal in the first week, and for the other in the current one, the second.
    expect(await claim(api, { goalId: 'visit-an-event' })).toBe('claimed');
    expect(await claim(api, { goalId: 'take-a-photo' })).toEqual(goalClaimed);
    expect(await totalOf(api, RICH)).toBe(15.5);
    await api.moveTo('2026-01-04T23:59:59.999Z');
    expect(await claim(api)).toEqual(goalClaimed);
    await api.moveTo('2026-01-05T00:00:00.000Z');
    expect(await claim(api)).toBe('claimed');
    expect(await claim(api)).toEqual(goalClaimed);
    // The second week of the third season.
    await api.moveTo('2026-03-09T00:00:00Z');
    expect(await claim(api)).toBe('claimed');
  });

  it('is not claimed by a credit of another season in the same week', async () => {
    const credit = { id: creditId(9), address: RICH, amount: '1', createdAt: 'now', goalId: GOAL.goalId, seasonId: 1 };
    const api = await startDecentraland({ fixtures: toFixtures({ credits: [credit] }, ['default']) });
    expect(await claim(api)).toBe('claimed');
    expect(await claim(api)).toEqual(goalClaimed);
  });

  it('stays claimed if its credit is used up, revoked or expired', async ({ api }) => {
    const address = NOBODY;
    await claim(api, { address, goalId: 'a' });
    await api.run('consume', { address, amount: '1' });
    const taken = await api.run('grant', { address, amount: '1', goalId: 'b' });
    await api.run('revoke', { address, creditId: fieldOf(taken, 'result', 'id') });
    await claim(api, { address, goalId: 'c', expiresAt: '2026-01-01T00:00:01Z' });
    await api.advance('PT1S');
    expect(await api.credits(NOBODY)).toEqual(list(0));
    for (const goalId of ['a', 'b', 'c']) expect(await claim(api, { address, goalId })).toEqual(goalClaimed);
  });
});

describe('a credit that is given while no season runs', () => {
  it('never expires if there has never been one', async () => {
    const api = await startDecentraland({ fixtures: toFixtures({}) });
    expect(await api.run('grant', { address: NOBODY, amount: '5', goalId: 'x' })).toEqual(
      granted({ expiresAt: null, seasonId: 0, goalId: 'x' }, '5000000000000000000'),
    );
  });

  it.each([
    ['of no season before the first one', '2025-01-01T00:00:00Z', 0, null],
    ['of the last season also if another one is to come', '2026-02-20T00:00:00Z', 2, EXPIRY],
    ['of the last season in its grace period', '2026-05-10T00:00:00Z', 3, '2026-05-15T00:00:00.000Z'],
  ])('is %s', async (_, now, seasonId, expiresAt) => {
    const api = await startDecentraland();
    await api.moveTo(now);
    expect(await api.run('grant', { address: NOBODY, amount: '5' })).toMatchObject({ result: { seasonId, expiresAt } });
  });
});

it('gives each credit an id of its own', async ({ api }) => {
  for (let count = 0; count < 50; count += 1) await api.run('grant', { address: RICH, amount: '1' });
  const ids = idsOf(await api.credits(RICH));
  expect(new Set(ids).size).toBe(52);
  expect(ids).toContain(creditId(1));
});

describe('the administrator', () => {
  const badRequest = refusal(400, 'Bad request', 'BAD_REQUEST');
  const season = { name: 'Season of Boats', id: 2 };
  const terms = { signature: anySignature, expiresAt: EXPIRY_SECONDS, seasonId: 2 };

  function give(api: DecentralandApi, body: object, token = 'decentraland_admin_token'): Promise<Answer> {
    return ask(api, 'post', `/users/${NOBODY}/credits`, { Authorization: `Bearer ${token}` }, body);
  }

  it('gives the reward of a goal of the week, once', async ({ api }) => {
    expect(await give(api, { goalId: 'log-in' })).toEqual(ok({ ...terms, season }));
    expect(await give(api, { goalId: 'log-in' })).toEqual(refusal(400, 'Goal already granted', 'ALREADY_GRANTED'));
    expect(await give(api, { goalId: 'swim' })).toEqual(refusal(400, 'Unknown goal', 'UNKNOWN_GOAL'));
    expect(await give(api, {})).toEqual(badRequest);
    const credits = [{ amount: 2, goalId: 'log-in' }];
    expect(await api.credits(NOBODY)).toMatchObject({ body: { totalCredits: 2, credits } });
  });

  it('gives an amount on demand, any number of times', async () => {
    const api = await startWire();
    const gift = { type: 'on-demand', amount: 0.5, reason: 'a gift', annotation: 'x' };
    for (const total of [0.5e18, 1e18]) {
      expect(await give(api, gift)).toEqual(ok({ ...terms, season, creditId: anyUuid }));
      expect(await totalOf(api, NOBODY)).toBe(total);
    }
    for (const amount of [0, -1, '1e3', 1e30]) expect(await give(api, { ...gift, amount })).toEqual(badRequest);
  });

  it.each(FORMATS)('is needed to give anything in the format %s', async (_, start) => {
    const api = await start();
    const body = { goalId: 'log-in', type: 'on-demand', amount: 1, reason: 'x' };
    const unauthorized = refusal(401, 'Not Authorized', 'UNAUTHORIZED');
    expect(await give(api, body, 'another')).toEqual(unauthorized);
    expect(await api.call('post', `/users/${RICH}/credits`, body)).toEqual(unauthorized);
  });

  it('is not needed on a development server, which mints 100 MANA or another amount', async () => {
    const api = await startWire();
    const mint = (body: object) => api.call('post', '/dev/mint-credit', body);
    expect(await mint({ address: NOBODY })).toEqual(ok({ ...terms, creditId: anyUuid }));
    const more = { address: NOBODY, amount: '2.5', reason: 'more' };
    expect(await mint(more)).toEqual(ok({ ...terms, creditId: anyUuid }));
    expect(await totalOf(api, NOBODY)).toBe(102.5e18);
    expect(await mint({ address: 'ada' })).toEqual(refusal(400, 'Invalid address', 'INVALID_ADDRESS'));
  });
});
