import { describe, expect, it } from 'vitest';

import {
  ADA,
  BALANCE,
  GRANT,
  HARBOR,
  LANTERN,
  LANTERN_KEY,
  NOBODY,
  PURCHASE,
  TEAM,
  WALLETS,
  creditsOf,
  customerBalance,
  dataOf,
  foreign,
  grantFailed,
  granted,
  historyOf,
  invalid,
  noKey,
  noWallet,
  page,
  purchased,
  register,
  row,
  startOpenMonetize,
  unknownKey,
  userBalance,
} from './api.ts';

describe('a new customer', () => {
  it('has no balance (1)', async () => {
    const { own } = await register(await startOpenMonetize());
    expect(await own.call('get', BALANCE)).toEqual(noWallet);
  });

  it('has a balance, as text, after a first grant (2)', async () => {
    const { id, own } = await register(await startOpenMonetize());
    const answer = await own.call('post', GRANT, { customerId: id, amount: 100 });
    expect(answer).toEqual(granted('100', '100'));
    expect(JSON.stringify(answer.body)).toMatch(
      /^\{"data":\{"transactionId":"[^"]+","walletId":"[^"]+","newBalance":"100","amount":"100"\}\}$/,
    );
    const balance = await own.call('get', BALANCE);
    expect(JSON.stringify(balance.body)).toBe(
      '{"data":{"balance":"100","reservedBalance":"0","availableBalance":"100","currency":"credits"}}',
    );
  });

  it('has another wallet than its users (3)', async () => {
    const { id, user, own } = await register(await startOpenMonetize());
    await own.call('post', GRANT, { customerId: id, amount: 100 });
    const toUser = { customerId: id, userId: user };
    expect(await own.call('post', GRANT, { ...toUser, amount: 50 })).toEqual(granted('50', '50'));
    expect(await own.call('post', PURCHASE, { ...toUser, amount: 100, purchasePrice: 1 })).toEqual(purchased(150));
    expect(await own.call('get', creditsOf(user, id))).toEqual(userBalance(150));
    expect(await own.call('get', BALANCE)).toEqual(customerBalance('100'));
  });

  it('gets the first answer again for a key that was used (4)', async () => {
    const { id, own } = await register(await startOpenMonetize());
    const first = await own.call('post', GRANT, { customerId: id, amount: 100, idempotencyKey: 'k' });
    expect(first).toEqual(granted('100', '100'));
    expect(await own.call('post', GRANT, { customerId: id, amount: 50 })).toEqual(granted('150', '50'));
    expect(await own.call('post', GRANT, { customerId: id, amount: 777, idempotencyKey: 'k' })).toEqual(first);
    expect(await own.call('get', BALANCE)).toEqual(customerBalance('150'));
  });
});

it('refuses the id of another customer (5)', async () => {
  const api = await startOpenMonetize();
  const body = { customerId: HARBOR, userId: ADA, amount: 1, purchasePrice: 1 };
  expect(await api.call('post', GRANT, body)).toEqual(foreign);
  expect(await api.call('post', PURCHASE, body)).toEqual(foreign);
  expect(await api.call('get', creditsOf(ADA, HARBOR))).toEqual(foreign);
  expect(await api.call('get', historyOf(ADA, HARBOR))).toEqual(foreign);
});

describe('a user that does not exist', () => {
  it('has no balance and an empty history, and gets no grants (6)', async () => {
    const api = await startOpenMonetize();
    expect(await api.call('get', creditsOf(NOBODY))).toEqual(noWallet);
    expect(await api.call('get', historyOf(NOBODY))).toEqual(page([]));
    expect(await api.call('post', GRANT, { customerId: LANTERN, userId: NOBODY, amount: 1 })).toEqual(grantFailed);
  });

  it('is created if that is switched on (6)', async () => {
    const api = await startOpenMonetize({ set: ['openmonetize.autoCreateUsers=true'] });
    expect(await api.call('get', creditsOf(NOBODY))).toEqual(noWallet);
    expect(await api.call('get', historyOf(NOBODY))).toEqual(page([]));
    expect(await api.call('post', GRANT, { customerId: LANTERN, userId: NOBODY, amount: 1 })).toEqual(
      granted('1', '1'),
    );
    expect(await api.call('get', creditsOf(NOBODY))).toEqual(userBalance(1));
  });
});

it.each<[string, object, object]>([
  ['0', { amount: 0 }, invalid('body/amount must be >= 1')],
  ['"abc"', { amount: 'abc' }, invalid('body/amount must be number')],
  ['missing', {}, invalid("body must have required property 'amount'")],
  ['1.5', { amount: 1.5 }, grantFailed],
])('refuses an amount that is %s (7)', async (_, amount, answer) => {
  const api = await startOpenMonetize();
  expect(await api.call('post', GRANT, { customerId: LANTERN, ...amount })).toEqual(answer);
  expect(await api.call('get', BALANCE)).toEqual(customerBalance('10000'));
});

it('accepts an amount as text (8)', async () => {
  const api = await startOpenMonetize();
  expect(await api.call('post', GRANT, { customerId: LANTERN, amount: '10' })).toEqual(granted('10010', '10'));
});

it('lists transactions by pages, newest first (9)', async () => {
  const api = await startOpenMonetize();
  const path = historyOf(ADA);
  const welcome = {
    ...{ id: '990e8400-e29b-41d4-a716-446655440002', transactionType: 'GRANT', amount: 500 },
    ...{ balanceBefore: 5000, balanceAfter: 5500, description: 'Welcome', createdAt: '2025-07-02T09:06:00.000Z' },
  };
  const bought = {
    ...{ id: '990e8400-e29b-41d4-a716-446655440001', transactionType: 'PURCHASE', amount: 5000, balanceBefore: 0 },
    ...{ balanceAfter: 5000, description: 'Credit purchase: 5000 credits', createdAt: '2025-07-02T09:05:00.000Z' },
  };
  expect(await api.call('get', path)).toEqual(page([welcome, bought]));
  expect(await api.call('get', `${path}?limit=1`)).toEqual(page([welcome], 2, 1));
  expect(await api.call('get', `${path}?offset=1`)).toEqual(page([bought], 2, 50, 1));
  expect(await api.call('get', `${path}?limit=0`)).toEqual(invalid('querystring/limit must be >= 1'));
  expect(await api.call('get', `${path}?limit=101`)).toEqual(invalid('querystring/limit must be <= 100'));
  expect(await api.call('get', `${path}?limit=abc`)).toEqual(invalid('querystring/limit must be integer'));
});

it('describes a transaction by its reason, or by what it was (10)', async () => {
  const { id, user, own } = await register(await startOpenMonetize());
  const toUser = { customerId: id, userId: user };
  await own.call('post', GRANT, { ...toUser, amount: 3, reason: 'Spring gift' });
  await own.call('post', GRANT, { ...toUser, amount: 4 });
  await own.call('post', PURCHASE, { ...toUser, amount: 5, purchasePrice: 0 });
  expect(await own.call('get', historyOf(user, id))).toEqual(
    page([
      row('PURCHASE', 5, 7, 'Credit purchase: 5 credits'),
      row('GRANT', 4, 3, 'Credit grant: 4 credits'),
      row('GRANT', 3, 0, 'Spring gift'),
    ]),
  );
});

it('keeps the latest expiry, in UTC, and counts expired credits (11)', async () => {
  const api = await startOpenMonetize();
  const toAda = { customerId: LANTERN, userId: ADA, amount: 1 };
  const path = creditsOf(ADA);
  await api.call('post', GRANT, { ...toAda, expiresAt: '2030-01-01T00:00:00+02:00' });
  expect(await api.call('get', path)).toEqual(userBalance(5501, '2029-12-31T22:00:00.000Z'));
  await api.call('post', GRANT, toAda);
  expect(await api.call('get', path)).toEqual(userBalance(5502, '2029-12-31T22:00:00.000Z'));
  await api.call('post', GRANT, { ...toAda, expiresAt: '2020-01-01T00:00:00Z' });
  expect(await api.call('get', path)).toEqual(userBalance(5503, '2020-01-01T00:00:00.000Z'));
});

it('checks the body before the key (12)', async () => {
  const api = await startOpenMonetize();
  const body = { customerId: LANTERN, amount: 1 };
  const without = api.as(undefined);
  expect(await without.call('post', GRANT, { ...body, amount: 0 })).toEqual(invalid('body/amount must be >= 1'));
  expect(await without.call('post', GRANT, body)).toEqual(noKey);
  expect(await api.as('bad').call('post', GRANT, body)).toEqual(unknownKey);
});

it('accepts the key in either header, and "Bearer" only with a capital (13)', async () => {
  const api = await startOpenMonetize();
  expect(await api.with({ 'X-API-Key': LANTERN_KEY }).call('get', BALANCE)).toEqual(customerBalance('10000'));
  expect(await api.with({ Authorization: `bearer ${LANTERN_KEY}` }).call('get', BALANCE)).toEqual(noKey);
});

it('answers a GET that names a type and has no body (14)', async () => {
  const api = await startOpenMonetize();
  const headers = { Authorization: `Bearer ${LANTERN_KEY}`, 'Content-Type': 'application/json' };
  expect(await api.with(headers).call('get', BALANCE)).toEqual(customerBalance('10000'));
});

it('grants to the user even if a team is named (15)', async () => {
  const api = await startOpenMonetize();
  const body = { customerId: LANTERN, userId: ADA, teamId: TEAM, amount: 5 };
  expect(await api.call('post', GRANT, body)).toEqual(granted('5505', '5', WALLETS.ada));
  expect(await api.call('get', creditsOf(ADA))).toEqual(userBalance(5505));
});

it('adds credits twice for two equal purchases (16)', async () => {
  const api = await startOpenMonetize();
  const body = { customerId: LANTERN, userId: ADA, amount: 100, purchasePrice: 0.1, idempotencyKey: 'k' };
  const first = await api.call('post', PURCHASE, body);
  const second = await api.call('post', PURCHASE, body);
  expect([first, second]).toEqual([purchased(5600), purchased(5700)]);
  expect(dataOf(second, 'transactionId')).not.toBe(dataOf(first, 'transactionId'));
  expect(await api.call('get', `${historyOf(ADA)}?limit=2`)).toEqual(
    page(
      [
        row('PURCHASE', 100, 5600, 'Credit purchase: 100 credits'),
        row('PURCHASE', 100, 5500, 'Credit purchase: 100 credits'),
      ],
      4,
      2,
    ),
  );
});
