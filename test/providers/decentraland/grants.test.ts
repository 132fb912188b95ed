import { describe, expect, it } from 'vitest';

import {
  FLAGGED,
  LASTING,
  NOBODY,
  PARTLY,
  RICH,
  anySignature,
  anyUuid,
  creditId,
  fieldOf,
  list,
  listed,
  noSuchUser,
  refused,
  startDecentraland,
  startWire,
  toFixtures,
  type DecentralandApi,
} from './api.ts';

const AFTER_SEASON = '2026-03-02T00:00:00.000Z';
const notAnAmount = refused(
  'The amount must be MANA in decimal notation, above 0 and with at most 18 decimal places.',
  'NOT_AN_AMOUNT',
);
const expiryPast = refused('The expiry must be in the future.', 'EXPIRY_PAST');
const goalClaimed = refused('The goal has already been claimed this week.', 'GOAL_CLAIMED');

/** What the control says of a credit that was given at the start, to a wallet that had so much. */
function granted(credit: object, wei: string, before = '0'): object {
  const result = {
    id: anyUuid,
    salt: expect.stringMatching(/^0x[0-9a-f]{64}$/) as unknown,
    address: NOBODY.toLowerCase(),
    amount: '5',
    spent: '0',
    status: 'AVAILABLE',
    createdAt: '2026-01-01T00:00:00.000Z',
    expiresAt: AFTER_SEASON,
    seasonId: 2,
    goalId: null,
    ...credit,
  };
  const entry = {
    id: expect.any(String) as unknown,
    at: '2026-01-01T00:00:00.000Z',
    provider: 'decentraland',
    tenant: 'decentraland',
    account: result.address,
    unit: 'wei',
    delta: wei,
    before,
    after: String(BigInt(before) + BigInt(wei)),
    cause: 'control',
    operation: 'grant',
    requestId: null,
    key: null,
    memo: null,
  };
  return { result, entries: [entry] };
}

describe('the control grant', () => {
  it('gives a credit that expires two weeks after the season and registers who was not', async () => {
    const api = await startDecentraland();
    expect(await api.credits(NOBODY)).toEqual(noSuchUser);
    const answer = await api.run('grant', { address: NOBODY, amount: '5' });
    expect(answer).toEqual(granted({}, '5000000000000000000'));
    expect(await api.credits(NOBODY)).toEqual(
      list(5, {
        id: fieldOf(answer, 'result', 'id'),
        amount: 5,
        status: 'AVAILABLE',
        createdAt: '2026-01-01T00:00:00.000Z',
        expiresAt: AFTER_SEASON,
        signature: anySignature,
        seasonId: 2,
      }),
    );
  });

  it('gives a credit for a goal to a wallet that has others', async () => {
    const api = await startDecentraland();
    const answer = await api.run('grant', { address: RICH, amount: '0.5', goalId: 'log-in' });
    const credit = { address: RICH, amount: '0.5', goalId: 'log-in' };
    expect(answer).toEqual(granted(credit, '500000000000000000', '12500000000000000000'));
    const third = {
      id: fieldOf(answer, 'result', 'id'),
      amount: 0.5,
      status: 'AVAILABLE',
      createdAt: '2026-01-01T00:00:00.000Z',
      expiresAt: AFTER_SEASON,
      signature: anySignature,
      seasonId: 2,
      goalId: 'log-in',
    };
    expect(await api.credits(RICH)).toEqual(list(13, listed(1), listed(2), third));
  });

  it('gives a credit that never expires', async () => {
    const api = await startDecentraland();
    const answer = await api.run('grant', { address: LASTING, amount: '5', expiresAt: null });
    const credit = { address: LASTING, expiresAt: null };
    expect(answer).toEqual(granted(credit, '5000000000000000000', '1500000000000000000000'));
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

  it.each([
    '2026-01-01T00:00:00.000Z',
    '2025-12-31T23:59:59.999Z',
    '2026-02-30T00:00:00Z',
    '2026-02-01',
    'now+P1D',
    'tomorrow',
    '',
  ])('refuses the expiry "%s", and registers nobody', async (expiresAt) => {
    const api = await startDecentraland();
    expect(await api.run('grant', { address: NOBODY, amount: '5', expiresAt })).toEqual(expiryPast);
    expect(await api.credits(NOBODY)).toEqual(noSuchUser);
  });

  it.each([
    ['0.000000000000000001', '1'],
    ['1.000000000000000000', '1000000000000000000'],
    ['12.345678901234567890', '12345678901234567890'],
    ['007', '7000000000000000000'],
    ['9'.repeat(59), `${'9'.repeat(59)}000000000000000000`],
  ])('takes %s MANA to the last wei', async (amount, wei) => {
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

  it('shows an amount without needless digits', async () => {
    const api = await startDecentraland();
    const amounts = ['1.500', '007', '0.000000000000000001', '100'];
    const shown = [];
    for (const amount of amounts) {
      shown.push(fieldOf(await api.run('grant', { address: NOBODY, amount }), 'result', 'amount'));
    }
    expect(shown).toEqual(['1.5', '7', '0.000000000000000001', '100']);
  });

  it.each([
    '0',
    '0.0',
    '0.000000000000000000',
    '-1',
    '+1',
    '1e3',
    '0x10',
    '1.',
    '.5',
    '1.0000000000000000001',
    '0.0000000000000000001',
    '1,5',
    '1_000',
    ' 1',
    '1\n',
    '',
    'NaN',
    'Infinity',
    '١',
    '9'.repeat(60),
  ])('refuses the amount %j', async (amount) => {
    const api = await startDecentraland();
    const before = await api.control('get', '/state');
    expect(await api.run('grant', { address: NOBODY, amount })).toEqual(notAnAmount);
    expect(await api.control('get', '/state')).toEqual(before);
  });

  it('gives to a flagged user, who sees it when the flag is gone', async () => {
    const api = await startDecentraland();
    await api.run('grant', { address: FLAGGED, amount: '1' });
    await api.run('unflag', { address: FLAGGED });
    expect(fieldOf(await api.credits(FLAGGED), 'body', 'totalCredits')).toBe(8);
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

  it('is claimed once a week by each user', async () => {
    const api = await startDecentraland();
    expect(await claim(api)).toBe('claimed');
    expect(await claim(api)).toEqual(goalClaimed);
    expect(await claim(api, { amount: '2', expiresAt: null })).toEqual(goalClaimed);
    expect(await claim(api, { address: PARTLY })).toBe('claimed');
    expect(await claim(api, { goalId: 'visit-a-profile' })).toBe('claimed');
    expect(fieldOf(await api.credits(RICH), 'body', 'totalCredits')).toBe(14.5);
  });

  it('is claimed again from the instant on in which the next week begins', async () => {
    const api = await startDecentraland();
    await claim(api);
    await api.moveTo('2026-01-04T23:59:59.999Z');
    expect(await claim(api)).toEqual(goalClaimed);
    await api.moveTo('2026-01-05T00:00:00.000Z');
    expect(await claim(api)).toBe('claimed');
    expect(await claim(api)).toEqual(goalClaimed);
  });

  it('of the seed is claimed by the week of its credit', async () => {
    const api = await startDecentraland();
    // The one was reached in the first week, the other one in this, the second.
    expect(await claim(api, { goalId: 'visit-an-event' })).toBe('claimed');
    expect(await claim(api, { goalId: 'take-a-photo' })).toEqual(goalClaimed);
  });

  it('is claimed again in the same week of another season', async () => {
    const api = await startDecentraland();
    await claim(api);
    await api.moveTo('2026-03-09T00:00:00Z');
    expect(await api.call('get', '/season')).toMatchObject({ body: { id: 3, week: 2 } });
    expect(await claim(api)).toBe('claimed');
  });

  it('is claimed apart for each season that a credit is of', async () => {
    const credit = { id: creditId(9), address: RICH, amount: '1', createdAt: 'now', goalId: GOAL.goalId, seasonId: 1 };
    const api = await startDecentraland({ fixtures: toFixtures({ credits: [credit] }, ['default']) });
    expect(await claim(api)).toBe('claimed');
    expect(await claim(api)).toEqual(goalClaimed);
  });

  it('stays claimed when its credit is used up, taken back or has expired', async () => {
    const api = await startDecentraland();
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

  it('is none where a credit is given by hand, however often', async () => {
    const api = await startDecentraland();
    for (const total of [13.5, 14.5, 15.5]) {
      await api.run('grant', { address: RICH, amount: '1' });
      expect(fieldOf(await api.credits(RICH), 'body', 'totalCredits')).toBe(total);
    }
  });
});

describe('a credit that is given while no season runs', () => {
  it('never expires where there has never been one', async () => {
    const api = await startDecentraland({ fixtures: toFixtures({}) });
    expect(await api.run('grant', { address: NOBODY, amount: '5', goalId: 'x' })).toEqual(
      granted({ expiresAt: null, seasonId: 0, goalId: 'x' }, '5000000000000000000'),
    );
  });

  it('is of none before the first one', async () => {
    const api = await startDecentraland();
    await api.moveTo('2025-01-01T00:00:00Z');
    expect(await api.run('grant', { address: NOBODY, amount: '5' })).toMatchObject({
      result: { seasonId: 0, expiresAt: null },
    });
  });

  it('is one of the season that has ended last, also where another one is to come', async () => {
    const api = await startDecentraland();
    await api.moveTo('2026-02-20T00:00:00Z');
    expect(await api.run('grant', { address: NOBODY, amount: '5' })).toMatchObject({
      result: { seasonId: 2, expiresAt: AFTER_SEASON },
    });
  });

  it('is one of the season that has ended last, in its grace', async () => {
    const api = await startDecentraland();
    await api.moveTo('2026-05-10T00:00:00Z');
    expect(await api.run('grant', { address: NOBODY, amount: '5' })).toMatchObject({
      result: { seasonId: 3, expiresAt: '2026-05-15T00:00:00.000Z' },
    });
  });
});

it('ids of credits that are given do not clash with each other', async () => {
  const api = await startDecentraland();
  for (let count = 0; count < 50; count += 1) await api.run('grant', { address: RICH, amount: '1' });
  const { body } = await api.credits(RICH);
  const credits = fieldOf(body, 'credits') as readonly { readonly id: string }[];
  expect(new Set(credits.map(({ id }) => id)).size).toBe(52);
  expect(credits.map(({ id }) => id)).toContain(creditId(1));
});
