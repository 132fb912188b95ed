import { describe, expect } from 'vitest';

import { START } from '../../support/emulator.ts';
import {
  ADA,
  BALANCE,
  BENOIT,
  CHIYO,
  DUNJA,
  FINN,
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
  foreign,
  invalid,
  it,
  noWallet,
  register,
  startOpenMonetize,
  userBalance,
  type OpenMonetizeApi,
} from './api.ts';

/** Replaces a wallet by others. */
async function putWallets(api: OpenMonetizeApi, id: string, ...others: readonly object[]): Promise<void> {
  const section = await api.state();
  const wallets = [...section.wallets.filter((wallet) => wallet.id !== id), ...others];
  const transactions = section.transactions.filter(({ walletId }) => walletId !== id);
  const state = { clock: START, openmonetize: { ...section, wallets, transactions } };
  expect(await api.control('put', '/state', state)).toEqual({});
}

describe('the balance of a customer', () => {
  it('is text, and available as it is', async () => {
    const { body } = await (await startOpenMonetize()).call('get', BALANCE);
    expect(JSON.stringify(body)).toBe(
      '{"data":{"balance":"10000","reservedBalance":"0","availableBalance":"10000","currency":"credits"}}',
    );
  });

  it("is that of the key's customer", async ({ api }) => {
    expect(await api.as(HARBOR_KEY).call('get', BALANCE)).toEqual(customerBalance('2'));
  });

  it('counts neither its users nor its teams', async ({ api }) => {
    await api.call('post', GRANT, { customerId: LANTERN, userId: ADA, amount: 7 });
    await api.call('post', GRANT, { customerId: LANTERN, teamId: TEAM, amount: 7 });
    expect(await api.call('get', BALANCE)).toEqual(customerBalance('10000'));
  });

  it('is missing if only users and teams have wallets', async () => {
    const { id, user, own } = await register(await startOpenMonetize());
    await own.call('post', GRANT, { customerId: id, userId: user, amount: 7 });
    expect(await own.call('get', BALANCE)).toEqual(noWallet);
  });

  it('is zero if the wallet is empty', async ({ api }) => {
    await putWallets(api, WALLETS.lantern, { id: WALLETS.lantern, customerId: LANTERN });
    expect(await api.call('get', BALANCE)).toEqual(customerBalance('0'));
  });

  it.for(['-1001674', '9223372036854775807', '-9223372036854775808', '9007199254740993'])(
    'is exactly %s',
    async (balance, { api }) => {
      await putWallets(api, WALLETS.lantern, { id: WALLETS.lantern, customerId: LANTERN, balance });
      expect(await api.call('get', BALANCE)).toEqual(customerBalance(balance));
    },
  );

  it('is that of the oldest wallet, to which grants go too', async ({ api }) => {
    await putWallets(
      api,
      WALLETS.lantern,
      { id: NOBODY, customerId: LANTERN, balance: 3, createdAt: '2025-01-01T00:00:00Z' },
      { id: WALLETS.lantern, customerId: LANTERN, balance: 4, createdAt: '2025-02-01T00:00:00Z' },
    );
    expect(await api.call('get', BALANCE)).toEqual(customerBalance('3'));
    await api.call('post', GRANT, { customerId: LANTERN, amount: 10 });
    expect(await api.call('get', BALANCE)).toEqual(customerBalance('13'));
  });

  it('counts credits that have expired', async ({ api }) => {
    const expired = { id: WALLETS.lantern, customerId: LANTERN, balance: 9, expiresAt: '2020-01-01T00:00:00Z' };
    await putWallets(api, WALLETS.lantern, expired);
    expect(await api.call('get', BALANCE)).toEqual(customerBalance('9'));
  });

  it('ignores a query', async ({ api }) => {
    expect(await api.call('get', `${BALANCE}?customerId=${HARBOR}&limit=abc&limit=5`)).toEqual(
      customerBalance('10000'),
    );
  });
});

describe('the balance of a user', () => {
  it('is numbers', async () => {
    const { body } = await (await startOpenMonetize()).call('get', creditsOf(ADA));
    expect(JSON.stringify(body)).toBe('{"data":{"balance":5500,"reserved":0,"available":5500,"expiresAt":null}}');
  });

  it.for<[string, string, object]>([
    ['who has used much', BENOIT, userBalance(1281)],
    ['whose wallet has expired', CHIYO, userBalance(0, '2025-12-01T00:00:00.000Z')],
    ['without a wallet', DUNJA, noWallet],
    ['who does not exist', NOBODY, noWallet],
    ['in capitals', ADA.toUpperCase(), noWallet],
    ['who is a team', TEAM, noWallet],
    ['who is the customer', LANTERN, noWallet],
    ['of another customer, without a wallet', FINN, noWallet],
  ])('of one %s is shown, or there is none', async ([_, user, answer], { api }) => {
    expect(await api.call('get', creditsOf(user))).toEqual(answer);
  });

  it("of another customer's user is visible under one’s own id", async () => {
    const harbor = (await startOpenMonetize()).as(HARBOR_KEY);
    expect(await harbor.call('get', creditsOf(ADA, HARBOR))).toEqual(userBalance(5500));
    expect(await harbor.call('get', creditsOf(ADA, LANTERN))).toEqual(foreign);
  });

  it.each([HARBOR, NOBODY, LANTERN.toUpperCase()])('is refused under the id %s for every user', async (customer) => {
    const api = await startOpenMonetize();
    expect(await api.call('get', creditsOf(ADA, customer))).toEqual(foreign);
    expect(await api.call('get', creditsOf(NOBODY, customer))).toEqual(foreign);
  });

  it.each([
    ['user_001', LANTERN, 'params/userId must match format "uuid"'],
    ['660e8400e29b41d4a716446655440001', LANTERN, 'params/userId must match format "uuid"'],
    [ADA, 'me', 'params/customerId must match format "uuid"'],
    ['user_001', 'me', 'params/customerId must match format "uuid"'],
    ['%20', LANTERN, 'params/userId must match format "uuid"'],
  ])('is refused for the user %s under the id %s, which is no UUID', async (user, customer, message) => {
    const api = await startOpenMonetize();
    expect(await api.call('get', creditsOf(user, customer))).toEqual(invalid(message));
  });

  it('can be below zero', async ({ api }) => {
    await putWallets(api, WALLETS.ada, { id: WALLETS.ada, customerId: LANTERN, userId: ADA, balance: -1_001_674 });
    expect(await api.call('get', creditsOf(ADA))).toEqual(userBalance(-1_001_674));
  });

  it.each([
    ['9007199254740993', '9007199254740992'],
    ['9223372036854775807', '9223372036854776000'],
  ])('of %s is the nearest double, %s', async (balance, shown) => {
    const { app, ...api } = await startOpenMonetize();
    await putWallets({ app, ...api }, WALLETS.ada, { id: WALLETS.ada, customerId: LANTERN, userId: ADA, balance });
    const { text } = await app.get(`/openmonetize${creditsOf(ADA)}`).set('Authorization', `Bearer ${LANTERN_KEY}`);
    expect(text).toBe(`{"data":{"balance":${shown},"reserved":0,"available":${shown},"expiresAt":null}}`);
  });

  it('has the expiry in UTC with milliseconds', async ({ api }) => {
    const expiresAt = '2030-01-01T00:00:00+02:00';
    await putWallets(api, WALLETS.ada, { id: WALLETS.ada, customerId: LANTERN, userId: ADA, balance: 1, expiresAt });
    expect(await api.call('get', creditsOf(ADA))).toEqual(userBalance(1, '2029-12-31T22:00:00.000Z'));
  });
});
