import { describe, expect } from 'vitest';

import {
  ADA,
  BENOIT,
  CHIYO,
  DUNJA,
  FINN,
  GRANT,
  HARBOR,
  HARBOR_KEY,
  LANTERN,
  NOBODY,
  TEAM,
  foreign,
  historyOf,
  invalid,
  it,
  ok,
  page,
  refusal,
  row,
  startOpenMonetize,
  type Answer,
  type OpenMonetizeApi,
} from './api.ts';

const OF_BENOIT = historyOf(BENOIT);
const historyFailed = refusal(500, 'Failed to fetch transaction history');

interface Row {
  readonly id: string;
  readonly amount: number;
  readonly balanceBefore: number;
  readonly balanceAfter: number;
  readonly createdAt: string;
}

function rowsOf({ body }: Answer): readonly Row[] {
  return (body as { readonly data: readonly Row[] }).data;
}

/** All transactions of benoit, newest first. */
async function readAll(api: OpenMonetizeApi): Promise<readonly Row[]> {
  return rowsOf(await api.call('get', `${OF_BENOIT}?limit=100`));
}

describe('a history', () => {
  it('is the newest fifty, and says how many there are', async ({ api }) => {
    const all = await readAll(api);
    expect(all).toHaveLength(60);
    expect(await api.call('get', OF_BENOIT)).toEqual(page(all.slice(0, 50), 60));
  });

  it('has seven keys in each row, and nothing of wallet, metadata and key', async ({ api }) => {
    const { body } = await api.call('get', `${historyOf(ADA)}?limit=1`);
    expect(JSON.stringify(body)).toBe(
      '{"data":[{"id":"990e8400-e29b-41d4-a716-446655440002","transactionType":"GRANT","amount":500,' +
        '"balanceBefore":5000,"balanceAfter":5500,"description":"Welcome","createdAt":"2025-07-02T09:06:00.000Z"}],' +
        '"pagination":{"limit":1,"offset":0,"total":2}}',
    );
  });

  it('goes back in time, each row beginning where the one before it ended', async () => {
    const all = await readAll(await startOpenMonetize());
    expect(all[0]).toEqual({
      id: '990e8400-e29b-41d4-a716-446655441059',
      transactionType: 'BURN',
      amount: -23,
      balanceBefore: 1304,
      balanceAfter: 1281,
      description: 'AI usage credit burn',
      createdAt: '2025-12-27T22:00:00.000Z',
    });
    expect(all.at(-1)).toMatchObject({ amount: 2000, balanceBefore: 0 });
    const times = all.map(({ createdAt }) => createdAt);
    expect(times).toEqual([...times].sort().reverse());
    for (const [index, { amount, balanceBefore, balanceAfter }] of all.entries()) {
      expect(balanceBefore + amount).toBe(balanceAfter);
      expect(balanceBefore).toBe(all[index + 1]?.balanceAfter ?? 0);
    }
  });

  it('of one instant has the last first', async ({ api }) => {
    const body = { customerId: LANTERN, userId: DUNJA };
    for (const reason of ['one', 'two', 'three']) await api.call('post', GRANT, { ...body, amount: 1, reason });
    expect(await api.call('get', historyOf(DUNJA))).toEqual(
      page([row('GRANT', 1, 2, 'three'), row('GRANT', 1, 1, 'two'), row('GRANT', 1, 0, 'one')]),
    );
  });

  it('tells when each was, by the clock of then', async ({ api }) => {
    const body = { customerId: LANTERN, userId: DUNJA, amount: 1 };
    await api.call('post', GRANT, body);
    await api.control('post', '/clock/advance', { by: 'PT1.5S' });
    await api.call('post', GRANT, body);
    expect(rowsOf(await api.call('get', historyOf(DUNJA))).map(({ createdAt }) => createdAt)).toEqual([
      '2026-01-01T00:00:01.500Z',
      '2026-01-01T00:00:00.000Z',
    ]);
  });

  it('holds nothing of the customer’s own wallet and of teams', async ({ api }) => {
    await api.call('post', GRANT, { customerId: LANTERN, amount: 1 });
    await api.call('post', GRANT, { customerId: LANTERN, teamId: TEAM, amount: 1 });
    for (const id of [LANTERN, TEAM, DUNJA]) expect(await api.call('get', historyOf(id))).toEqual(page([]));
    expect(await api.call('get', historyOf(ADA))).toMatchObject({ body: { pagination: { total: 2 } } });
  });

  it.for<[string, string]>([
    ['who does not exist', NOBODY],
    ['without a wallet', DUNJA],
    ['with an empty wallet', CHIYO],
    ['of another customer', FINN],
    ['in capitals', ADA.toUpperCase()],
  ])('of a user %s is empty', async ([_, user], { api }) => {
    expect(await api.call('get', historyOf(user))).toEqual(page([]));
    expect(await api.call('get', `${historyOf(user)}?limit=7&offset=3`)).toEqual(page([], 0, 7, 3));
  });

  it('of another customer’s user does not show what that one did', async ({ api }) => {
    expect(await api.as(HARBOR_KEY).call('get', historyOf(ADA, HARBOR))).toEqual(page([]));
  });

  it.for([HARBOR, NOBODY, LANTERN.toUpperCase()])('is refused under the id %s', async (customer, { api }) => {
    expect(await api.call('get', historyOf(ADA, customer))).toEqual(foreign);
    expect(await api.call('get', historyOf(NOBODY, customer))).toEqual(foreign);
    expect(await api.call('get', `${historyOf(ADA, customer)}?offset=9223372036854775808`)).toEqual(foreign);
  });

  it.each([
    ['user_001', LANTERN, 'params/userId must match format "uuid"'],
    [ADA, 'me', 'params/customerId must match format "uuid"'],
    ['user_001', 'me', 'params/customerId must match format "uuid"'],
  ])('is refused for the user %s under the id %s, which is no UUID', async (user, customer, message) => {
    const api = await startOpenMonetize();
    expect(await api.call('get', historyOf(user, customer))).toEqual(invalid(message));
    expect(await api.call('get', `${historyOf(user, customer)}?limit=0`)).toEqual(invalid(message));
  });
});

describe('a page', () => {
  it.for<[string, number, number]>([
    ['?limit=1', 1, 0],
    ['?limit=100', 100, 0],
    ['?limit=10&offset=5', 10, 5],
    ['?offset=5', 50, 5],
    ['?offset=20', 50, 20],
    ['?limit=10&offset=55', 10, 55],
    ['?limit=10&offset=59', 10, 59],
    ['?offset=60', 50, 60],
    ['?limit=3&offset=61', 3, 61],
    ['?offset=2147483648', 50, 2_147_483_648],
    ['?offset=9007199254740993', 50, 9_007_199_254_740_992],
    ['?offset=9223372036854774784', 50, 9_223_372_036_854_774_784],
    ['?limit=%2010', 10, 0],
    ['?limit=10%20', 10, 0],
    ['?limit=+10', 10, 0],
    ['?limit=%2B10', 10, 0],
    ['?limit=10.0', 10, 0],
    ['?limit=1e1', 10, 0],
    ['?limit=010', 10, 0],
    ['?limit=0xA', 10, 0],
    ['?offset=%205&limit=7.0', 7, 5],
    ['?limit=10&sort=createdAt&page=2', 10, 0],
  ])('%s has at most %i behind the first %i', async ([query, limit, offset], { api }) => {
    const all = await readAll(api);
    expect(await api.call('get', OF_BENOIT + query)).toEqual(
      page(all.slice(offset, offset + limit), 60, limit, offset),
    );
  });

  it.each([
    ['?limit=0', 'querystring/limit must be >= 1'],
    ['?limit=-1', 'querystring/limit must be >= 1'],
    ['?limit=101', 'querystring/limit must be <= 100'],
    ['?limit=1e300', 'querystring/limit must be <= 100'],
    ['?limit=abc', 'querystring/limit must be integer'],
    ['?limit=', 'querystring/limit must be integer'],
    ['?limit', 'querystring/limit must be integer'],
    ['?limit=1.5', 'querystring/limit must be integer'],
    ['?limit=true', 'querystring/limit must be integer'],
    ['?limit=null', 'querystring/limit must be integer'],
    ['?limit=NaN', 'querystring/limit must be integer'],
    ['?limit=10&limit=10', 'querystring/limit must be integer'],
    ['?limit=1&offset=0&limit=2', 'querystring/limit must be integer'],
    ['?offset=-1', 'querystring/offset must be >= 0'],
    ['?offset=abc', 'querystring/offset must be integer'],
    ['?offset=', 'querystring/offset must be integer'],
    ['?offset=0.5', 'querystring/offset must be integer'],
    ['?offset=1&offset=1', 'querystring/offset must be integer'],
    ['?offset=-1&limit=101', 'querystring/limit must be <= 100'],
  ])('%s is refused', async (query, message) => {
    const api = await startOpenMonetize();
    expect(await api.call('get', OF_BENOIT + query)).toEqual(invalid(message));
  });

  it.for(['9223372036854775807', '9223372036854775808', '1e30'])(
    'behind the first %s fails, since that is beyond 64 bits',
    async (offset, { api }) => {
      expect(await api.call('get', `${OF_BENOIT}?offset=${offset}`)).toEqual(historyFailed);
      expect(await api.call('get', `${historyOf(NOBODY)}?offset=${offset}`)).toEqual(historyFailed);
    },
  );

  it.for(['?limit=Infinity', '?limit=-Infinity', '?offset=Infinity'])(
    '%s fails, since it is a number to the validator and no place in a list',
    async (query, { api }) => {
      expect(await api.call('get', OF_BENOIT + query)).toEqual(historyFailed);
    },
  );

  it('after page shows each transaction once', async ({ api }) => {
    const all = await readAll(api);
    const seen: Row[] = [];
    for (let offset = 0; offset < 60; offset += 7) {
      seen.push(...rowsOf(await api.call('get', `${OF_BENOIT}?limit=7&offset=${offset}`)));
    }
    expect(seen).toEqual(all);
  });

  it('moves by one with each new transaction', async ({ api }) => {
    const [first, second] = await readAll(api);
    await api.call('post', GRANT, { customerId: LANTERN, userId: BENOIT, amount: 1, reason: 'New' });
    expect(await api.call('get', `${OF_BENOIT}?limit=3`)).toEqual(
      page([row('GRANT', 1, 1281, 'New'), first, second], 61, 3),
    );
  });

  it('is no more than a hundred of more than a hundred', async ({ api }) => {
    const body = { customerId: LANTERN, userId: DUNJA, amount: 1 };
    for (let index = 0; index < 130; index += 1) await api.call('post', GRANT, body);
    const rows = Array.from({ length: 130 }, (_, index) => row('GRANT', 1, 129 - index, 'Credit grant: 1 credits'));
    expect(await api.call('get', `${historyOf(DUNJA)}?limit=100`)).toEqual(page(rows.slice(0, 100), 130, 100));
    expect(await api.call('get', `${historyOf(DUNJA)}?limit=100&offset=100`)).toEqual(
      ok({ data: rows.slice(100), pagination: { limit: 100, offset: 100, total: 130 } }),
    );
  });
});
