import { describe, expect } from 'vitest';

import {
  ADA,
  BENOIT,
  DUNJA,
  HARBOR,
  HARBOR_KEY,
  LANTERN,
  LANTERN_KEY,
  TEAM,
  UUID,
  WALLETS,
  granted,
  it,
  ok,
  purchased,
  startOpenMonetize,
  userBalance,
  type OpenMonetizeApi,
} from './api.ts';
import { PROFILES, startProfile, toEvent, use } from './event-api.ts';

const NOW = '2026-01-01T00:00:00.000Z';
const GRANT = '/v1/credits/grant';
const PURCHASE = '/v1/credits/purchase';
const CUSTOMER = { id: LANTERN, name: 'A', email: 'a@a.example', apiKey: LANTERN_KEY };
const USER = { id: 'u', customerId: LANTERN };
const WALLET = { id: WALLETS.lantern, customerId: LANTERN };
const ROW = { walletId: WALLETS.lantern, transactionType: 'GRANT', amount: 5 };
const ENTITLEMENT = {
  id: 'aa0e8400-e29b-41d4-a716-446655440009',
  customerId: LANTERN,
  featureId: '',
  limitType: 'NONE',
};
const BURN_TABLE = { id: 'bb0e8400-e29b-41d4-a716-446655440009', name: 'B', rules: { default: { per_unit: 1 } } };
const PRICE = { provider: 'OPENAI', model: 'sora-2', costType: 'VIDEO', costPerUnit: 0.1 };
const QUOTA = { customerId: LANTERN, period: '2026-1', used: 5 };

/** What the emulator says to its own state, put into another one: nothing, or what is wrong. */
async function putBack(api: OpenMonetizeApi): Promise<string | undefined> {
  const state = (await api.control('get', '/state')) as object;
  const other = await startOpenMonetize();
  const response = await other.app.put('/_emulator/state').send(state);
  if (response.status !== 204) return (response.body as { readonly detail: string }).detail;
  expect(await other.control('get', '/state')).toEqual(state);
  return undefined;
}

describe('a state', () => {
  it('may contain only required fields; the rest is filled in', async ({ api }) => {
    const event = { event_id: 'e', customer_id: LANTERN, event_type: 'API_CALL', feature_id: '', timestamp: 'now' };
    const section = {
      customers: [CUSTOMER],
      users: [USER],
      teams: [{ id: 't', customerId: LANTERN, name: 'T' }],
      wallets: [WALLET],
      transactions: [ROW],
      events: [event],
      entitlements: [ENTITLEMENT],
      burnTables: [BURN_TABLE],
      unitPrices: [PRICE],
      quotas: [QUOTA],
    };
    await api.app.put('/_emulator/state').send({ openmonetize: section }).expect(204);
    expect(await api.state()).toEqual({
      customers: [{ ...CUSTOMER, tier: 'STARTER', status: 'ACTIVE', createdAt: NOW }],
      users: [{ ...USER, externalUserId: 'u', email: null, metadata: null, createdAt: NOW }],
      teams: [{ id: 't', customerId: LANTERN, name: 'T' }],
      wallets: [{ ...WALLET, userId: null, teamId: null, balance: '5', expiresAt: null, createdAt: NOW }],
      transactions: [
        {
          ...ROW,
          id: UUID,
          customerId: LANTERN,
          amount: '5',
          balanceBefore: '0',
          balanceAfter: '5',
          description: null,
          metadata: {},
          idempotencyKey: null,
          createdAt: NOW,
        },
      ],
      events: [
        {
          ...event,
          user_id: null,
          idempotency_key: null,
          provider: null,
          model: null,
          input_tokens: null,
          output_tokens: null,
          creditsBurned: '0',
          costUsd: '0',
          timestamp: NOW,
          metadata: {},
        },
      ],
      entitlements: [
        { ...ENTITLEMENT, userId: null, limitType: 'NONE', limitValue: null, period: null, metadata: null, place: 1 },
      ],
      burnTables: [
        {
          ...BURN_TABLE,
          customerId: null,
          version: 1,
          isActive: true,
          validFrom: NOW,
          validUntil: null,
          createdAt: NOW,
          updatedAt: NOW,
        },
      ],
      unitPrices: [{ ...PRICE, costPerUnit: '0.1' }],
      quotas: [QUOTA],
    });
  });

  it('may be empty', async ({ api }) => {
    await api.app.put('/_emulator/state').send({ openmonetize: {} }).expect(204);
    expect(Object.values(await api.state())).toEqual([[], [], [], [], [], [], [], [], [], []]);
  });

  it('may have instants that are relative to its clock', async ({ api }) => {
    const wallet = { ...WALLET, expiresAt: 'now+P30D', createdAt: 'now-P1D' };
    const state = {
      clock: '2026-03-15T12:00:00Z',
      openmonetize: { customers: [CUSTOMER], wallets: [wallet], transactions: [{ ...ROW, createdAt: 'now-PT1H' }] },
    };
    await api.app.put('/_emulator/state').send(state).expect(204);
    expect(await api.state()).toMatchObject({
      wallets: [{ expiresAt: '2026-04-14T12:00:00.000Z', createdAt: '2026-03-14T12:00:00.000Z' }],
      transactions: [{ createdAt: '2026-03-15T11:00:00.000Z' }],
    });
  });

  it('may have more digits than a number holds', async ({ api }) => {
    const balances = ['9223372036854775807', '-9223372036854775808', 9_007_199_254_740_991];
    const ids = [WALLETS.team, WALLETS.lantern, WALLETS.ada];
    const wallets = ids.map((id, index) => ({ ...WALLET, id, balance: balances[index] }));
    await api.app
      .put('/_emulator/state')
      .send({ openmonetize: { customers: [CUSTOMER], wallets } })
      .expect(204);
    expect((await api.state()).wallets.map(({ balance }) => balance)).toEqual([
      '9223372036854775807',
      '-9223372036854775808',
      '9007199254740991',
    ]);
  });

  it('may begin a chain of balances anywhere', async ({ api }) => {
    const transactions = [{ ...ROW, balanceBefore: 100 }, { ...ROW, amount: -3, transactionType: 'BURN' }, ROW];
    const wallets = [{ ...WALLET, balance: 107 }];
    await api.app
      .put('/_emulator/state')
      .send({ openmonetize: { customers: [CUSTOMER], wallets, transactions } })
      .expect(204);
    expect((await api.state()).transactions).toMatchObject([
      { balanceBefore: '100', balanceAfter: '105' },
      { balanceBefore: '105', balanceAfter: '102' },
      { balanceBefore: '102', balanceAfter: '107' },
    ]);
    expect(await api.call('post', GRANT, { customerId: LANTERN, amount: 1 })).toEqual(
      granted('108', '1', WALLETS.lantern),
    );
  });

  it('may have two wallets of one owner, of which the first one counts', async ({ api }) => {
    const users = [{ id: ADA, customerId: LANTERN }];
    const wallets = [WALLETS.team, WALLETS.lantern, WALLETS.ada].map((id, balance) => ({
      ...WALLET,
      id,
      balance,
      userId: ADA,
    }));
    await api.app
      .put('/_emulator/state')
      .send({ openmonetize: { customers: [CUSTOMER], users, wallets } })
      .expect(204);
    const grant = { customerId: LANTERN, userId: ADA, amount: 5 };
    expect(await api.call('post', GRANT, grant)).toEqual(granted('5', '5', WALLETS.team));
    expect(await api.call('get', `/v1/customers/${LANTERN}/users/${ADA}/credits`)).toEqual(userBalance(5));
    expect((await api.state()).wallets.map(({ balance }) => balance)).toEqual(['5', '1', '2']);
    expect(await putBack(api)).toBeUndefined();
  });
});

describe('a state comes back as it was put', () => {
  it('from the seed', async () => {
    expect(await putBack(await startOpenMonetize())).toBeUndefined();
  });

  it.each(PROFILES)('after use in profile %s', async (profile) => {
    const api = await startProfile(profile);
    const to = { customerId: LANTERN, amount: 50 };
    await api.call('post', '/v1/customers/register', { name: 'M', email: 'm@meadow.example', tier: 'ENTERPRISE' });
    await api.call('post', GRANT, { ...to, idempotencyKey: 'k', metadata: { a: [1, { b: null }] }, reason: 'é "x"' });
    await api.call('post', GRANT, { ...to, userId: DUNJA, expiresAt: '2030-01-01T00:00:00Z' });
    await api.call('post', PURCHASE, { ...to, userId: ADA, purchasePrice: 0.1 });
    await api.call('post', GRANT, { ...to, teamId: TEAM });
    await api.call('post', GRANT, { ...to, amount: 1.5, userId: DUNJA });
    await use(api, toEvent(1, 3000, { user_id: ADA, idempotency_key: 'e' }), toEvent(2, 0.25), toEvent(3, 9));
    await use(api, toEvent(4, 3000, { team_id: TEAM, timestamp: '2026-01-01T00:00Z' }));
    await api.control('post', '/controls/openmonetize/suspendCustomer', { customerId: HARBOR, status: 'CHURNED' });
    await api.control('post', '/controls/openmonetize/adjustWallet', { walletId: WALLETS.ada, amount: -5 });
    if (profile === 'head') {
      await api.call('post', '/v1/users', { externalUserId: 'grace', metadata: {} });
      await api.call('post', GRANT, { amount: 5, userId: 'any thing/é' });
      await api.call('post', '/v1/customers/rotate-key');
    }
    const { wallets, events } = await api.state();
    expect([wallets.length, events.length]).toEqual(profile === 'head' ? [15, 4] : [14, 4]);
    expect(await putBack(api)).toBeUndefined();
  });

  it('after one customer has paid into the wallet of another one’s user, in between', async ({ api }) => {
    const purchase = { userId: ADA, amount: 50, purchasePrice: 1 };
    expect(await api.call('post', PURCHASE, { ...purchase, customerId: LANTERN })).toEqual(purchased(5550));
    const harbor = api.as(HARBOR_KEY);
    expect(await harbor.call('post', PURCHASE, { ...purchase, customerId: HARBOR })).toEqual(purchased(5600));
    expect(await api.call('post', PURCHASE, { ...purchase, customerId: LANTERN })).toEqual(purchased(5650));
    expect(await putBack(api)).toBeUndefined();
  });

  it('after sums that no number holds', async ({ api }) => {
    const grant = { customerId: LANTERN, userId: DUNJA };
    await api.call('post', GRANT, { ...grant, amount: 9_007_199_254_740_992 });
    await api.call('post', GRANT, { ...grant, amount: 4_503_599_627_370_497 });
    await api.call('post', GRANT, { ...grant, amount: 5 });
    expect(await putBack(api)).toBeUndefined();
  });

  it.each<[string, 'seed' | 'head', (api: OpenMonetizeApi) => Promise<unknown>]>([
    [
      'an empty e-mail',
      'head',
      (api) => api.call('post', '/v1/users', { externalUserId: 'grace', email: '', metadata: {} }),
    ],
    ['an event of an empty user', 'head', (api) => use(api, toEvent(1, 3, { user_id: '' }))],
    ['an event of a team that is not there', 'seed', (api) => use(api, toEvent(1, 3, { team_id: 'x' }))],
    ['an event of an empty feature', 'seed', (api) => use(api, toEvent(1, 3, { feature_id: '', model: '' }))],
    [
      'an event that burns more than 64 bits',
      'seed',
      (api) => {
        const tokens = { event_type: 'TOKEN_USAGE', provider: 'OPENAI', model: 'gpt-4o', input_tokens: 1e30 };
        return use(api, toEvent(1, 1, tokens));
      },
    ],
    [
      'an instant in the year 0',
      'head',
      (api) => api.call('post', GRANT, { amount: 1, expiresAt: '0000-01-01T00:00:00Z' }),
    ],
    [
      'a user without an e-mail',
      'seed',
      (api) => api.control('post', '/controls/openmonetize/createUser', { customerId: LANTERN }),
    ],
  ])('after %s, in profile %s', async (_, profile, act) => {
    const api = await startProfile(profile);
    await act(api);
    expect(await putBack(api)).toBeUndefined();
  });

  it('and goes on with ids of its own, which nothing has yet', async () => {
    const api = await startProfile('head');
    const put = async (): Promise<void> => {
      const state = (await api.control('get', '/state')) as object;
      await api.app.put('/_emulator/state').send(state).expect(204);
    };
    for (const name of ['a', 'b', 'c']) {
      const customer = { name, email: `${name}@meadow.example` };
      expect(await api.call('post', '/v1/customers/register', customer)).toMatchObject({ status: 201 });
      expect(await api.call('post', '/v1/users', { externalUserId: name })).toMatchObject({ status: 201 });
      expect(await api.call('post', GRANT, { userId: `user ${name}`, amount: 5 })).toEqual(granted('5', '5'));
      await api.control('post', '/controls/openmonetize/createTeam', { customerId: LANTERN, name });
      await put();
    }
    const { customers, users, teams, wallets, transactions } = await api.state();
    expect([customers, users, teams, wallets, transactions].map(({ length }) => length)).toEqual([6, 18, 4, 16, 65]);
  });

  it('and goes on as before', async () => {
    const api = await startProfile('seed');
    await use(api, toEvent(1, 3, { user_id: BENOIT, idempotency_key: 'e' }));
    await api.app
      .put('/_emulator/state')
      .send((await api.control('get', '/state')) as object)
      .expect(204);
    const path = `/v1/customers/${LANTERN}/users/${BENOIT}/transactions`;
    const first = await api.call('get', `${path}?limit=1`);
    expect(first).toEqual(
      ok({
        data: [expect.objectContaining({ amount: -30, balanceBefore: 1281, balanceAfter: 1251 })],
        pagination: { limit: 1, offset: 0, total: 61 },
      }),
    );
    await api.call('post', GRANT, { customerId: LANTERN, userId: BENOIT, amount: 9 });
    expect(await api.call('get', `${path}?limit=1`)).toMatchObject({ body: { data: [{ balanceAfter: 1260 }] } });
    expect(await api.call('get', `${path}?limit=1&offset=1`)).toMatchObject({
      body: { data: Reflect.get(first.body as object, 'data') as unknown, pagination: { total: 62 } },
    });
  });
});
