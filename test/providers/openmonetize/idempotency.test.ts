import { describe, expect } from 'vitest';

import { START } from '../../support/emulator.ts';
import {
  ADA,
  BALANCE,
  DUNJA,
  GRANT,
  HARBOR,
  HARBOR_KEY,
  LANTERN,
  LANTERN_KEY,
  NOBODY,
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
  it,
  ok,
  startOpenMonetize,
  transactionsSince,
  userBalance,
} from './api.ts';

const KEY = 'welcome-user-001';
/** What the seed's only grant with a key is answered with. */
const welcome = ok({
  data: {
    transactionId: '990e8400-e29b-41d4-a716-446655440002',
    walletId: WALLETS.ada,
    newBalance: '5500',
    amount: '500',
  },
});

describe('a key that was used', () => {
  it.for<[string, object]>([
    ['the same body', { userId: ADA, amount: 500, reason: 'Welcome' }],
    ['another amount', { userId: ADA, amount: 777 }],
    ['a fraction', { userId: ADA, amount: 1.5 }],
    ['what is beyond 64 bits', { userId: ADA, amount: 1e30 }],
    ['another user', { userId: DUNJA, amount: 500 }],
    ['a user who does not exist', { userId: NOBODY, amount: 500 }],
    ['a team', { teamId: TEAM, amount: 500 }],
    ['the customer', { amount: 500 }],
    ['an expiry', { userId: ADA, amount: 500, expiresAt: '2030-01-01T00:00:00Z' }],
  ])('answers with its transaction for %s, and changes nothing', async ([_, body], { api }) => {
    const before = await api.state();
    expect(await api.call('post', GRANT, { customerId: LANTERN, ...body, idempotencyKey: KEY })).toEqual(welcome);
    expect(await api.state()).toEqual(before);
    expect(await api.control('get', '/ledger')).toEqual({ entries: [] });
  });

  it('returns the balance after the first grant', async ({ api }) => {
    const body = { customerId: LANTERN, userId: ADA, amount: 5 };
    await api.call('post', GRANT, body);
    expect(await api.call('post', GRANT, { ...body, idempotencyKey: KEY })).toEqual(welcome);
    expect(await api.call('get', creditsOf(ADA))).toEqual(userBalance(5505));
  });

  it("of another customer returns that customer's transaction", async ({ api }) => {
    const before = await api.state();
    const body = { customerId: HARBOR, amount: 5, idempotencyKey: KEY };
    expect(await api.as(HARBOR_KEY).call('post', GRANT, body)).toEqual(welcome);
    expect(await api.state()).toEqual(before);
  });

  it('is looked up only after the id of the customer', async ({ api }) => {
    const body = { customerId: HARBOR, userId: ADA, amount: 500, idempotencyKey: KEY };
    expect(await api.call('post', GRANT, body)).toEqual(foreign);
    expect(await api.as(HARBOR_KEY).call('post', GRANT, { ...body, customerId: LANTERN })).toEqual(foreign);
  });

  it('is looked up only after the schema', async ({ api }) => {
    const body = { customerId: LANTERN, amount: 0, idempotencyKey: KEY };
    expect(await api.call('post', GRANT, body)).toEqual(invalid('body/amount must be >= 1'));
  });

  it('may be that of a transaction of any type', async ({ api }) => {
    const section = await api.state();
    const burn = { id: NOBODY, walletId: WALLETS.ada, transactionType: 'BURN', amount: -3, idempotencyKey: 'burnt' };
    const wallets = section.wallets.map((wallet) =>
      wallet.id === WALLETS.ada ? { ...wallet, balance: '5497' } : wallet,
    );
    const transactions = [...section.transactions, burn];
    await api.control('put', '/state', { clock: START, openmonetize: { ...section, wallets, transactions } });
    expect(await api.call('post', GRANT, { customerId: LANTERN, amount: 5, idempotencyKey: 'burnt' })).toEqual(
      ok({ data: { transactionId: NOBODY, walletId: WALLETS.ada, newBalance: '5497', amount: '-3' } }),
    );
  });

  it.each([
    ['a number that reads the same', '7', 7],
    ['the text of a number', 7, '7'],
  ])('is also used by %s', async (_, first, second) => {
    const api = await startOpenMonetize();
    const answer = await api.call('post', GRANT, { customerId: LANTERN, amount: 5, idempotencyKey: first });
    expect(answer).toEqual(granted('10005', '5', WALLETS.lantern));
    expect(await api.call('post', GRANT, { customerId: LANTERN, amount: 9, idempotencyKey: second })).toEqual(answer);
  });
});

describe('a key that was not used', () => {
  it.for<[string, string, string]>([
    ['in capitals', 'key', 'KEY'],
    ['with a blank', 'key', 'key '],
    ['of another form of ü', 'f\u00fcr', 'fu\u0308r'],
    ['of many characters', 'k'.repeat(5000), 'k'.repeat(5001)],
  ])('is one %s', async ([_, first, second], { api }) => {
    await api.call('post', GRANT, { customerId: LANTERN, amount: 5, idempotencyKey: first });
    expect(await api.call('post', GRANT, { customerId: LANTERN, amount: 5, idempotencyKey: second })).toEqual(
      granted('10010', '5', WALLETS.lantern),
    );
  });

  it.for<[string, object]>([
    ['a fraction', { amount: 1.5 }],
    ['a user who does not exist', { userId: NOBODY, amount: 5 }],
  ])('is still unused after %s', async ([_, body], { api }) => {
    expect(await api.call('post', GRANT, { customerId: LANTERN, ...body, idempotencyKey: 'k' })).toEqual(grantFailed);
    const answer = await api.call('post', GRANT, { customerId: LANTERN, amount: 5, idempotencyKey: 'k' });
    expect(answer).toEqual(granted('10005', '5', WALLETS.lantern));
    expect(await api.call('post', GRANT, { customerId: LANTERN, amount: 6, idempotencyKey: 'k' })).toEqual(answer);
  });
});

describe('no key', () => {
  it.for<[string, object]>([
    ['an empty one', { idempotencyKey: '' }],
    ['null', { idempotencyKey: null }],
    ['none', {}],
  ])('is %s, so that each grant adds', async ([_, key], { api }) => {
    const before = await api.state();
    const body = { customerId: LANTERN, amount: 5, ...key };
    expect(await api.call('post', GRANT, body)).toEqual(granted('10005', '5', WALLETS.lantern));
    expect(await api.call('post', GRANT, body)).toEqual(granted('10010', '5', WALLETS.lantern));
    expect(transactionsSince(before, await api.state())).toMatchObject([
      { idempotencyKey: null },
      { idempotencyKey: null },
    ]);
  });

  it('is a header', async () => {
    const api = (await startOpenMonetize()).with({ Authorization: `Bearer ${LANTERN_KEY}`, 'Idempotency-Key': KEY });
    const body = { customerId: LANTERN, amount: 5 };
    expect(await api.call('post', GRANT, body)).toEqual(granted('10005', '5', WALLETS.lantern));
    expect(await api.call('post', GRANT, body)).toEqual(granted('10010', '5', WALLETS.lantern));
  });
});

describe('at the same time', () => {
  const many = Array.from({ length: 200 }, (_, index) => index);

  it('200 grants with keys of their own add all that they grant', async ({ api }) => {
    const body = { customerId: LANTERN, userId: DUNJA, amount: 1 };
    const answers = await Promise.all(
      many.map((index) => api.call('post', GRANT, { ...body, idempotencyKey: `k-${index}` })),
    );
    expect(answers).toEqual(many.map(() => granted(expect.any(String) as string, '1')));
    const balances = answers.map((answer) => dataOf(answer, 'newBalance'));
    expect(new Set(balances)).toEqual(new Set(many.map((index) => String(index + 1))));
    expect(await api.call('get', creditsOf(DUNJA))).toEqual(userBalance(200));
    expect(await api.call('get', historyOf(DUNJA))).toMatchObject({ body: { pagination: { total: 200 } } });
    expect((await api.state()).wallets.filter(({ userId }) => userId === DUNJA)).toHaveLength(1);
  });

  it('200 grants with one key add once and return the same', async ({ api }) => {
    const body = { customerId: LANTERN, amount: 1, idempotencyKey: 'k' };
    const answers = await Promise.all(many.map(() => api.call('post', GRANT, body)));
    expect(answers[0]).toEqual(granted('10001', '1', WALLETS.lantern));
    expect(answers).toEqual(many.map(() => answers[0]));
    expect(await api.call('get', BALANCE)).toEqual(customerBalance('10001'));
  });
});
