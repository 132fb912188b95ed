import { describe, expect } from 'vitest';

import {
  ADA,
  DUNJA,
  HARBOR,
  HARBOR_KEY,
  LANTERN,
  NOBODY,
  TEAM,
  UUID,
  WALLETS,
  customerBalance,
  granted,
  it,
  ok,
  purchased,
  startOpenMonetize,
  unknownKey,
  userBalance,
  type OpenMonetizeApi,
} from './api.ts';
import { PROFILES, startProfile } from './event-api.ts';

const NOW = '2026-01-01T00:00:00.000Z';
const SMALLEST = '-9223372036854775808';
const LARGEST = '9223372036854775807';

function run(api: OpenMonetizeApi, name: string, args: object): Promise<unknown> {
  return api.control('post', `/controls/openmonetize/${name}`, args);
}

/** What a control says that changed no balance. */
function done(result: object): object {
  return { result, entries: [] };
}

function refused(error: string, message: string): object {
  return {
    type: 'about:blank',
    title: 'Refused by the provider',
    status: 409,
    detail: JSON.stringify({ error, message }),
    hint: 'Nothing was changed.',
  };
}

function wrong(detail: string): object {
  return {
    type: 'about:blank',
    title: 'Invalid arguments',
    status: 400,
    detail,
    hint: 'GET /_emulator/controls shows their schema.',
  };
}

const noCustomer = refused('Not Found', 'Customer not found. List customers with `state`.');

describe('the control createUser', () => {
  it.each(PROFILES)('creates a user that holds credits, in profile %s', async (profile) => {
    const api = await startProfile(profile);
    const made = { id: NOBODY, externalUserId: NOBODY, email: null, metadata: null, createdAt: NOW };
    expect(await run(api, 'createUser', { customerId: LANTERN, id: NOBODY })).toEqual(done(made));
    expect((await api.state()).users.at(-1)).toEqual({ customerId: LANTERN, ...made });
    const grant = { customerId: LANTERN, userId: NOBODY, amount: 5 };
    expect(await api.call('post', '/v1/credits/grant', grant)).toEqual(granted('5', '5'));
  });

  it('draws an id, which is also the external one', async ({ api }) => {
    const first = await run(api, 'createUser', { customerId: HARBOR });
    expect(first).toEqual(done({ id: UUID, externalUserId: UUID, email: null, metadata: null, createdAt: NOW }));
    const { id, externalUserId } = (first as { readonly result: Readonly<Record<string, string>> }).result;
    expect(externalUserId).toBe(id);
    expect(await run(api, 'createUser', { customerId: HARBOR })).not.toEqual(first);
  });

  it('accepts all fields of a user', async ({ api }) => {
    const user = { id: 'grace', externalUserId: 'g', email: 'grace@lantern.example', metadata: { a: [1] } };
    expect(await run(api, 'createUser', { customerId: LANTERN, ...user })).toEqual(done({ ...user, createdAt: NOW }));
  });

  it('allows the same external id for two customers, but not the same id for two users', async ({ api }) => {
    expect(await run(api, 'createUser', { customerId: HARBOR, externalUserId: 'user_004' })).toMatchObject({
      result: { externalUserId: 'user_004' },
    });
    const taken = refused('Conflict', 'A user with this id already exists.');
    const before = await api.state();
    expect(await run(api, 'createUser', { customerId: LANTERN, externalUserId: 'user_001' })).toEqual(taken);
    expect(await run(api, 'createUser', { customerId: LANTERN, id: ADA, externalUserId: 'new' })).toEqual(taken);
    expect(await run(api, 'createUser', { customerId: HARBOR, id: ADA })).toEqual(taken);
    expect(await api.state()).toEqual(before);
  });

  it.for<[object, object]>([
    [{ customerId: NOBODY }, noCustomer],
    [
      { customerId: LANTERN, name: 'x' },
      wrong('body must NOT have additional properties (name; known: customerId, id, externalUserId, email, metadata)'),
    ],
  ])('refuses %j', async ([args, refusal], { api }) => {
    const before = await api.state();
    expect(await run(api, 'createUser', args)).toEqual(refusal);
    expect(await api.state()).toEqual(before);
  });
});

describe('the control createTeam', () => {
  it('makes a team, to which credits can be granted', async ({ api }) => {
    const made = await run(api, 'createTeam', { customerId: LANTERN, name: 'Sales' });
    expect(made).toEqual(done({ id: UUID, customerId: LANTERN, name: 'Sales' }));
    const { id: teamId } = (made as { readonly result: { readonly id: string } }).result;
    const grant = { customerId: LANTERN, teamId, amount: 5 };
    expect(await api.call('post', '/v1/credits/grant', grant)).toEqual(granted('5', '5'));
    expect(await api.call('post', '/v1/credits/grant', { ...grant, teamId: TEAM })).toEqual(
      granted('255', '5', WALLETS.team),
    );
  });

  it('gives each team a different id, even with the same name', async ({ api }) => {
    await run(api, 'createTeam', { customerId: LANTERN, name: 'Research' });
    await run(api, 'createTeam', { customerId: HARBOR, name: 'Research' });
    expect(new Set((await api.state()).teams.map(({ id }) => id)).size).toBe(3);
  });

  it.each<[object, object]>([[{ customerId: NOBODY, name: 'x' }, noCustomer]])('refuses %j', async (args, refusal) => {
    const api = await startOpenMonetize();
    expect(await run(api, 'createTeam', args)).toEqual(refusal);
    expect((await api.state()).teams).toHaveLength(1);
  });
});

describe('the control adjustWallet', () => {
  const entry = {
    id: '1',
    at: NOW,
    provider: 'openmonetize',
    tenant: LANTERN,
    account: ADA,
    unit: 'credits',
    cause: 'control',
    operation: 'adjustWallet',
    requestId: null,
    key: null,
  };

  it.each([
    ['REFUND', 30, '5530', 'Adjustment', undefined],
    ['EXPIRATION', -30, '5470', 'Too late', 'Too late'],
    ['EXPIRATION', -6000, '-500', 'Adjustment', undefined],
  ])('enters a %s of %d', async (type, amount, balance, memo, description) => {
    const api = await startOpenMonetize();
    const args = { walletId: WALLETS.ada, amount, ...(description === undefined ? undefined : { description }) };
    expect(await run(api, 'adjustWallet', args)).toEqual({
      result: { transactionId: UUID, balance },
      entries: [{ ...entry, delta: String(amount), before: '5500', after: balance, memo }],
    });
    const path = `/v1/customers/${LANTERN}/users/${ADA}`;
    expect(await api.call('get', `${path}/credits`)).toEqual(userBalance(Number(balance)));
    expect(await api.call('get', `${path}/transactions?limit=1`)).toEqual(
      ok({
        data: [
          {
            id: UUID,
            transactionType: type,
            amount,
            balanceBefore: 5500,
            balanceAfter: Number(balance),
            description: memo,
            createdAt: NOW,
          },
        ],
        pagination: { limit: 1, offset: 0, total: 3 },
      }),
    );
  });

  it('leaves the expiry of the wallet', async ({ api }) => {
    await run(api, 'adjustWallet', { walletId: WALLETS.chiyo, amount: 1 });
    expect((await api.state()).wallets.find(({ id }) => id === WALLETS.chiyo)).toMatchObject({
      balance: '1',
      expiresAt: '2025-12-01T00:00:00.000Z',
    });
  });

  it('adjusts the wallets of customers and teams, too', async ({ api }) => {
    await run(api, 'adjustWallet', { walletId: WALLETS.lantern, amount: -1 });
    await run(api, 'adjustWallet', { walletId: WALLETS.team, amount: 1 });
    expect(await api.call('get', '/v1/credits/balance')).toEqual(customerBalance('9999'));
    expect((await api.state()).wallets.find(({ id }) => id === WALLETS.team)).toMatchObject({ balance: '251' });
  });

  /** A customer's wallet with this balance. */
  async function startWith(balance: string): Promise<OpenMonetizeApi> {
    const api = await startOpenMonetize();
    const customers = [{ id: LANTERN, name: 'L', email: 'l@lantern.example', apiKey: 'om_dev_test_key' }];
    const wallets = [{ id: WALLETS.lantern, customerId: LANTERN, balance }];
    await api.app.put('/_emulator/state').send({ openmonetize: { customers, wallets } }).expect(204);
    return api;
  }

  it.each([
    [LARGEST, -1, '9223372036854775806'],
    ['9223372036854775806', 1, LARGEST],
    ['9223372036854775000', 7, '9223372036854775007'],
    [SMALLEST, 1, '-9223372036854775807'],
    ['-9223372036854775807', -1, SMALLEST],
    ['9007199254740993', 1, '9007199254740994'],
  ])('counts exactly as far as 64 bits go: %s and %d', async (balance, amount, after) => {
    const api = await startWith(balance);
    expect(await run(api, 'adjustWallet', { walletId: WALLETS.lantern, amount })).toMatchObject({
      result: { balance: after },
    });
  });

  it.each([
    [LARGEST, 1],
    [LARGEST, 9_007_199_254_740_991],
    [SMALLEST, -1],
    [SMALLEST, -9_007_199_254_740_991],
  ])('refuses what 64 bits do not hold: %s and %d', async (balance, amount) => {
    const api = await startWith(balance);
    expect(await run(api, 'adjustWallet', { walletId: WALLETS.lantern, amount })).toEqual(
      refused('Bad Request', 'The balance would exceed 64 bits.'),
    );
    expect(await api.state()).toMatchObject({ wallets: [{ balance }], transactions: [] });
  });

  it.for<[object, object]>([
    [{ walletId: NOBODY, amount: 1 }, refused('Not Found', 'Wallet not found. List wallets with `state`.')],
    [{ walletId: DUNJA, amount: 1 }, refused('Not Found', 'Wallet not found. List wallets with `state`.')],
    [{ walletId: WALLETS.ada, amount: 0 }, wrong('body/amount must NOT be valid')],
    [{ walletId: WALLETS.ada, amount: 0.5 }, wrong('body/amount must be integer')],
    [{ walletId: WALLETS.ada, amount: 9_007_199_254_740_992 }, wrong('body/amount must be <= 9007199254740991')],
  ])('refuses %j', async ([args, refusal], { api }) => {
    const before = await api.state();
    expect(await run(api, 'adjustWallet', args)).toEqual(refusal);
    expect(await api.state()).toEqual(before);
  });
});

describe('the control suspendCustomer', () => {
  function shown(status: string): object {
    return {
      id: LANTERN,
      name: 'Lantern AI',
      email: 'dev@lantern.example',
      tier: 'GROWTH',
      status,
      createdAt: '2025-07-01T09:00:00.000Z',
    };
  }

  it.each([
    ['SUSPENDED', {}],
    ['SUSPENDED', { status: 'SUSPENDED' }],
    ['CHURNED', { status: 'CHURNED' }],
  ])('makes the key of a customer unknown, as %s with %j', async (status, args) => {
    const api = await startOpenMonetize();
    expect(await run(api, 'suspendCustomer', { customerId: LANTERN, ...args })).toEqual(done(shown(status)));
    expect(await api.call('get', '/v1/credits/balance')).toEqual(unknownKey);
    expect(await api.as(HARBOR_KEY).call('get', '/v1/credits/balance')).toEqual(customerBalance('2'));
  });

  it('makes the key valid again, with what the customer had', async ({ api }) => {
    await run(api, 'suspendCustomer', { customerId: LANTERN });
    expect(await run(api, 'suspendCustomer', { customerId: LANTERN, status: 'ACTIVE' })).toEqual(done(shown('ACTIVE')));
    expect(await api.call('get', '/v1/customers/me')).toEqual(ok({ data: shown('ACTIVE') }));
    const purchase = { customerId: LANTERN, userId: ADA, amount: 1, purchasePrice: 1 };
    expect(await api.call('post', '/v1/credits/purchase', purchase)).toEqual(purchased(5501));
  });

  it.for<[object, object]>([
    [{ customerId: NOBODY }, noCustomer],
    [
      { customerId: LANTERN, status: 'GONE' },
      wrong('body/status must be equal to one of the allowed values (ACTIVE, SUSPENDED, CHURNED)'),
    ],
  ])('refuses %j', async ([args, refusal], { api }) => {
    expect(await run(api, 'suspendCustomer', args)).toEqual(refusal);
    expect(await api.call('get', '/v1/credits/balance')).toEqual(customerBalance('10000'));
  });
});
