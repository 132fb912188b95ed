import { describe, expect } from 'vitest';

import {
  ADA,
  BENOIT,
  HARBOR,
  HARBOR_KEY,
  LANTERN,
  NOBODY,
  TEAM,
  UUID,
  WALLETS,
  customerBalance,
  granted,
  grantFailed,
  invalid,
  noKey,
  noWallet,
  ok,
  purchased,
  purchaseFailed,
  startOpenMonetize,
  unknownKey,
  userBalance,
  type Method,
} from './api.ts';
import { it, noRoute, registerOwn, startHead } from './head-api.ts';

const BALANCE = '/v1/credits/balance';
const GRANT = '/v1/credits/grant';
const PURCHASE = '/v1/credits/purchase';
const NOW = '2026-01-01T00:00:00.000Z';
/** What there is of a customer's balance before its first wallet. */
const zeros = ok({ data: { balance: '0', reservedBalance: '0', availableBalance: '0', currency: 'USD' } });
const emptyHistory = ok({ data: [], pagination: { limit: 50, offset: 0, total: 0 } });

function row(transactionType: string, amount: number, balanceBefore: number, description: string): object {
  const balanceAfter = balanceBefore + amount;
  return { id: UUID, transactionType, amount, balanceBefore, balanceAfter, description, createdAt: NOW };
}

describe('the paths', () => {
  it.for<[Method, string]>([
    ['get', `/v1/customers/${LANTERN}/users/${ADA}/credits`],
    ['get', `/v1/customers/${LANTERN}/users/${ADA}/transactions`],
    ['get', `/v1/customers/${LANTERN}/users/${ADA}/transactions?limit=1`],
  ])('of profile seed are unknown: %s %s', async ([method, path], { api }) => {
    expect(await api.call(method, path)).toEqual(noRoute(method, path));
  });

  it.each<[Method, string]>([
    ['get', `/v1/users/${ADA}/credits`],
    ['get', `/v1/users/${ADA}/transactions`],
    ['get', '/v1/users'],
    ['post', '/v1/users'],
    ['get', `/v1/users/${ADA}`],
    ['post', '/v1/customers/rotate-key'],
  ])('of profile head are unknown in profile seed: %s %s', async (method, path) => {
    const api = await startOpenMonetize();
    expect(await api.call(method, path)).toEqual(noRoute(method, path));
  });

  it('of a user need no customer', async ({ api }) => {
    expect(await api.call('get', `/v1/users/${ADA}/credits`)).toEqual(userBalance(5500));
    expect(await api.call('get', `/v1/users/${ADA}/transactions`)).toMatchObject({
      status: 200,
      body: { data: [{ balanceAfter: 5500 }, { balanceAfter: 5000 }], pagination: { limit: 50, offset: 0, total: 2 } },
    });
  });

  it('take any text for the id of a user', async ({ api }) => {
    await api.call('post', GRANT, { userId: 'ada lovelace/1', amount: 7 });
    expect(await api.call('get', '/v1/users/ada%20lovelace%2F1/credits')).toEqual(userBalance(7));
    expect(await api.call('get', '/v1/users/nobody/credits')).toEqual(noWallet);
    expect(await api.call('get', '/v1/users/nobody/transactions')).toEqual(emptyHistory);
  });

  it('need a key, after a body that is right', async () => {
    const api = (await startHead()).as(undefined);
    expect(await api.call('get', `/v1/users/${ADA}/credits`)).toEqual(noKey);
    expect(await api.as('om_dev_closed_key').call('get', `/v1/users/${ADA}/transactions`)).toEqual(unknownKey);
    expect(await api.call('post', GRANT, { amount: 1 })).toEqual(noKey);
    expect(await api.call('post', GRANT, { amount: 0 })).toEqual(
      invalid('body/amount Too small: expected number to be >=1'),
    );
  });

  it('may have the content type of JSON without a body, as the TypeScript client sends it', async () => {
    const api = (await startHead()).with({
      Authorization: 'Bearer om_dev_test_key',
      'Content-Type': 'application/json',
    });
    expect(await api.call('get', BALANCE)).toEqual(customerBalance('10000'));
    expect(await api.call('get', `/v1/users/${ADA}/credits`)).toEqual(userBalance(5500));
  });
});

describe('customerId', () => {
  it.each([LANTERN, HARBOR, NOBODY, 'anything', 5, null])('is ignored if it is sent: %j', async (customerId) => {
    const api = await startHead();
    const grant = { customerId, amount: 5 };
    expect(await api.call('post', GRANT, grant)).toEqual(granted('10005', '5', WALLETS.lantern));
    const purchase = { customerId, userId: 'new', amount: 5, purchasePrice: 1 };
    expect(await api.call('post', PURCHASE, purchase)).toEqual(purchased(5));
    expect((await api.state()).users.at(-1)).toMatchObject({ id: 'new', customerId: LANTERN });
  });
});

describe('the balance of a customer', () => {
  it('is zero, in USD, before it has a wallet, and in credits from then on', async () => {
    const { own } = await registerOwn(await startHead());
    expect(await own.call('get', BALANCE)).toEqual(zeros);
    expect(await own.call('post', GRANT, { userId: 'u', amount: 5 })).toEqual(granted('5', '5'));
    expect(await own.call('get', BALANCE)).toEqual(zeros);
    expect(await own.call('post', GRANT, { amount: 5 })).toEqual(granted('5', '5'));
    expect(await own.call('get', BALANCE)).toEqual(customerBalance('5'));
  });

  it('is 404 without a wallet in profile seed', async () => {
    const { own } = await registerOwn(await startOpenMonetize());
    expect(await own.call('get', BALANCE)).toEqual(noWallet);
  });

  it('creates no wallet when it is read', async () => {
    const { id, own } = await registerOwn(await startHead());
    await own.call('get', BALANCE);
    expect((await own.state()).wallets.filter((wallet) => Reflect.get(wallet, 'customerId') === id)).toEqual([]);
  });
});

describe('a user that does not exist', () => {
  it.each([
    ['a grant', GRANT, { amount: 5 }, granted('5', '5')],
    ['a purchase', PURCHASE, { amount: 5, purchasePrice: 0.5 }, purchased(5)],
  ])('is made by %s, with one id for both uses', async (_, path, body, answer) => {
    const api = await startHead();
    const before = (await api.state()).users;
    expect(await api.call('post', path, { ...body, userId: 'user-1' })).toEqual(answer);
    expect((await api.state()).users).toEqual([
      ...before,
      { id: 'user-1', customerId: LANTERN, externalUserId: 'user-1', email: null, metadata: null, createdAt: NOW },
    ]);
    expect(await api.call('get', '/v1/users/user-1/credits')).toEqual(userBalance(5));
  });

  it('is created once', async ({ api }) => {
    await api.call('post', GRANT, { userId: 'user-1', amount: 5, reason: 'Gift' });
    await api.call('post', PURCHASE, { userId: 'user-1', amount: 2, purchasePrice: 1 });
    expect(await api.call('post', GRANT, { userId: 'user-1', amount: 3 })).toEqual(granted('10', '3'));
    expect((await api.state()).users.filter(({ id }) => id === 'user-1')).toHaveLength(1);
    expect(await api.call('get', '/v1/users/user-1/transactions')).toEqual(
      ok({
        data: [
          row('GRANT', 3, 7, 'Credit grant: 3 credits'),
          row('PURCHASE', 2, 5, 'Credit purchase: 2 credits'),
          row('GRANT', 5, 0, 'Gift'),
        ],
        pagination: { limit: 50, offset: 0, total: 3 },
      }),
    );
  });

  it('is not created by a read, by a wrong body, or by a repeated grant', async ({ api }) => {
    const first = await api.call('post', GRANT, { amount: 5, idempotencyKey: 'k' });
    const { users } = await api.state();
    await api.call('get', '/v1/users/user-1/credits');
    await api.call('get', '/v1/users/user-1/transactions');
    await api.call('post', GRANT, { userId: 'user-1', amount: 0 });
    expect(await api.call('post', GRANT, { userId: 'user-1', amount: 9, idempotencyKey: 'k' })).toEqual(first);
    expect(await api.as(HARBOR_KEY).call('post', GRANT, { amount: 1, idempotencyKey: 'k' })).toEqual(first);
    expect((await api.state()).users).toEqual(users);
  });

  it('is not created if that is switched off', async () => {
    const api = await startHead('autoCreateUsers=false');
    const { users } = await api.state();
    expect(await api.call('post', GRANT, { userId: 'user-1', amount: 5 })).toEqual(grantFailed);
    const purchase = { userId: 'user-1', amount: 5, purchasePrice: 1 };
    expect(await api.call('post', PURCHASE, purchase)).toEqual(purchaseFailed);
    expect((await api.state()).users).toEqual(users);
    await api.control('post', '/controls/openmonetize/createUser', { customerId: LANTERN, id: 'user-1' });
    expect(await api.call('post', PURCHASE, purchase)).toEqual(purchased(5));
  });

  it('does not apply to a team, which must exist', async ({ api }) => {
    expect(await api.call('post', GRANT, { teamId: 'nobody', amount: 5 })).toEqual(grantFailed);
    expect(await api.call('post', GRANT, { teamId: TEAM, amount: 5 })).toEqual(granted('255', '5', WALLETS.team));
    expect(await api.call('post', GRANT, { teamId: 'nobody', userId: 'user-1', amount: 5 })).toEqual(granted('5', '5'));
    expect((await api.state()).transactions.map(({ metadata }) => metadata)).toContainEqual({
      grantedBy: LANTERN,
      userId: 'user-1',
      teamId: 'nobody',
    });
  });
});

describe('an id that two customers use', () => {
  it('belongs to the first of them; the second cannot grant to it, nor buy for it, ever', async ({ api }) => {
    const harbor = api.as(HARBOR_KEY);
    expect(await harbor.call('post', GRANT, { userId: 'user-1', amount: 5 })).toEqual(granted('5', '5'));
    const before = await api.state();
    for (let round = 0; round < 2; round += 1) {
      expect(await api.call('post', GRANT, { userId: 'user-1', amount: 7 })).toEqual(grantFailed);
      const purchase = { userId: 'user-1', amount: 7, purchasePrice: 1 };
      expect(await api.call('post', PURCHASE, purchase)).toEqual(purchaseFailed);
    }
    expect(await api.state()).toEqual(before);
    expect(await harbor.call('post', GRANT, { userId: 'user-1', amount: 1 })).toEqual(granted('6', '1'));
  });

  it('shows its balance to the second one, but not its history', async ({ api }) => {
    await api.as(HARBOR_KEY).call('post', GRANT, { userId: 'user-1', amount: 5 });
    expect(await api.call('get', '/v1/users/user-1/credits')).toEqual(userBalance(5));
    expect(await api.call('get', '/v1/users/user-1/transactions')).toEqual(emptyHistory);
  });

  it.each([
    ['by the id of the service', ADA],
    ['by that of the customer', 'user_001'],
  ])('or that is not the one of the service, takes no credits either, %s', async (_, userId) => {
    const api = await startHead();
    expect(await api.call('post', GRANT, { userId, amount: 5 })).toEqual(grantFailed);
    expect(await api.call('post', PURCHASE, { userId, amount: 5, purchasePrice: 1 })).toEqual(purchaseFailed);
    expect(await api.call('get', `/v1/users/${ADA}/credits`)).toEqual(userBalance(5500));
  });
});

describe('a history', () => {
  it.each([
    ['limit=1', ['limit']],
    ['limit=50', ['limit']],
    ['limit=0', ['limit']],
    ['limit=', ['limit']],
    ['limit=abc', ['limit']],
    ['offset=0', ['offset']],
    ['offset=1', ['offset']],
    ['limit=10&offset=5', ['limit', 'offset']],
    ['offset=5&limit=10', ['limit', 'offset']],
  ])('refuses %s, whatever it says', async (query, names) => {
    const api = await startHead();
    const text = names.map((name) => `querystring/${name} Invalid input: expected number, received string`).join(', ');
    expect(await api.call('get', `/v1/users/${BENOIT}/transactions?${query}`)).toEqual(invalid(text));
    expect(await api.as(undefined).call('get', `/v1/users/nobody/transactions?${query}`)).toEqual(invalid(text));
  });

  it('shows the newest fifty, and the count of all', async ({ api }) => {
    const { status, body } = await api.call('get', `/v1/users/${BENOIT}/transactions?page=2`);
    const { data, pagination } = body as { readonly data: readonly { id: string }[]; readonly pagination: object };
    expect([status, pagination, data.length]).toEqual([200, { limit: 50, offset: 0, total: 60 }, 50]);
    expect([data.at(0)?.id, data.at(-1)?.id]).toEqual([
      '990e8400-e29b-41d4-a716-446655441059',
      '990e8400-e29b-41d4-a716-446655441010',
    ]);
  });
});
