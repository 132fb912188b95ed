import { describe, expect, test } from 'vitest';

import {
  ADA,
  BENOIT,
  DUNJA,
  HARBOR_KEY,
  LANTERN,
  TEAM,
  UUID,
  WALLETS,
  customerBalance,
  userBalance,
  type OpenMonetizeApi,
} from './api.ts';
import {
  PROFILES,
  accepted,
  advance,
  allDuplicates,
  balanceOf,
  ingest,
  startProfile,
  toEvent,
  toEventId,
  use,
  type Profile,
} from './event-api.ts';

const BALANCE = '/v1/credits/balance';

/** The path of what there is of a user. */
function toPath(profile: Profile, user: string, what: string): string {
  return profile === 'head' ? `/v1/users/${user}/${what}` : `/v1/customers/${LANTERN}/users/${user}/${what}`;
}

describe.each(PROFILES)('usage in profile %s', (profile) => {
  const start = (...options: readonly string[]): Promise<OpenMonetizeApi> => startProfile(profile, ...options);
  const it = test.extend('api', () => start());

  it('is accepted at once', async ({ api }) => {
    expect(await ingest(api, toEvent(1, 3), toEvent(2, 1))).toEqual(accepted(2));
    expect(
      await ingest(api, toEvent(3, 3, { metadata: { any: [1] }, image_size: 'x', quality: '', other: 5 })),
    ).toEqual(accepted(1));
  });

  it('gives each batch an id of its own', async ({ api }) => {
    const first = await ingest(api, toEvent(1, 3));
    const second = await ingest(api, toEvent(2, 3));
    expect(second).not.toEqual(first);
  });

  it('burns a tenth of a second later, and not before', async ({ api }) => {
    await ingest(api, toEvent(1, 3));
    expect(await api.call('get', BALANCE)).toEqual(customerBalance('10000'));
    await advance(api, 99);
    expect(await api.call('get', BALANCE)).toEqual(customerBalance('10000'));
    expect((await api.state()).events).toEqual([]);
    await advance(api, 1);
    expect(await api.call('get', BALANCE)).toEqual(customerBalance('9970'));
  });

  it('burns when it is told to', async () => {
    const api = await start('burnDelay=PT2S');
    await ingest(api, toEvent(1, 3));
    await advance(api, 'PT1.999S');
    expect(await api.call('get', BALANCE)).toEqual(customerBalance('10000'));
    await advance(api, 1);
    expect(await api.call('get', BALANCE)).toEqual(customerBalance('9970'));
  });

  it('burns at once where there is no delay', async () => {
    const api = await start('burnDelay=PT0S');
    await ingest(api, toEvent(1, 3));
    expect(await api.call('get', BALANCE)).toEqual(customerBalance('9970'));
    expect(await ingest(api, toEvent(2, 3))).toEqual(accepted(1));
    expect(await balanceOf(api, WALLETS.lantern)).toBe('9940');
  });

  it('burns nothing of what was on its way when the sandbox was reset', async ({ api }) => {
    await ingest(api, toEvent(1, 3));
    await api.control('post', '/reset');
    await advance(api, 'PT1H');
    expect(await api.call('get', BALANCE)).toEqual(customerBalance('10000'));
  });

  it('is seen in the history as it was at its own time', async ({ api }) => {
    await ingest(api, toEvent(1, 3, { user_id: ADA }), toEvent(2, 0.5, { user_id: ADA }));
    await advance(api, 'PT1H');
    await use(api, toEvent(3, 1, { user_id: ADA }));
    const { status, body } = await api.call('get', toPath(profile, ADA, 'transactions'));
    const { data, pagination } = body as { readonly data: readonly object[]; readonly pagination: object };
    const row = (amount: number, balanceBefore: number, createdAt: string): object => ({
      id: UUID,
      transactionType: 'BURN',
      amount,
      balanceBefore,
      balanceAfter: balanceBefore + amount,
      description: 'AI usage credit burn',
      createdAt,
    });
    expect([status, pagination, data.slice(0, 3)]).toEqual([
      200,
      { limit: 50, offset: 0, total: 5 },
      [
        row(-10, 5465, '2026-01-01T01:00:00.100Z'),
        row(-5, 5470, '2026-01-01T00:00:00.100Z'),
        row(-30, 5500, '2026-01-01T00:00:00.100Z'),
      ],
    ]);
    expect((await api.state()).transactions.filter((row) => Reflect.get(row, 'amount') === '-30')).toEqual([
      {
        ...row(0, 0, ''),
        walletId: WALLETS.ada,
        customerId: LANTERN,
        amount: '-30',
        balanceBefore: '5500',
        balanceAfter: '5470',
        createdAt: '2026-01-01T00:00:00.100Z',
        metadata: {},
        idempotencyKey: null,
      },
    ]);
  });

  it('is in the ledger under its own name and without a request', async ({ api }) => {
    await use(api, toEvent(1, 3, { user_id: ADA, idempotency_key: 'k' }), toEvent(2, 1, { team_id: TEAM }));
    const entry = {
      at: '2026-01-01T00:00:00.100Z',
      provider: 'openmonetize',
      tenant: LANTERN,
      unit: 'credits',
      cause: 'due',
      operation: 'burn',
      requestId: null,
      key: null,
      memo: 'AI usage credit burn',
    };
    expect(await api.control('get', '/ledger')).toEqual({
      entries: [
        { id: '2', ...entry, account: TEAM, delta: '-10', before: '250', after: '240' },
        { id: '1', ...entry, account: ADA, delta: '-30', before: '5500', after: '5470' },
      ],
    });
  });

  it('is stored as sent, with the credits that it burned', async ({ api }) => {
    const tokens = { event_type: 'TOKEN_USAGE', provider: 'OPENAI', model: 'gpt-4o', input_tokens: 1_000_000 };
    await use(api, toEvent(1, 1, { ...tokens, output_tokens: 1000, user_id: ADA, idempotency_key: 'k' }));
    expect((await api.state()).events).toEqual([
      {
        event_id: toEventId(1),
        customer_id: LANTERN,
        user_id: ADA,
        idempotency_key: 'k',
        event_type: 'TOKEN_USAGE',
        feature_id: 'export',
        provider: 'OPENAI',
        model: 'gpt-4o',
        input_tokens: 1_000_000,
        output_tokens: 1000,
        creditsBurned: '2510',
        costUsd: '2.51',
        metadata: {},
        timestamp: '2025-12-31T23:59:59.000Z',
      },
    ]);
    expect(await balanceOf(api, WALLETS.ada)).toBe('2990');
  });

  it('that burns nothing is stored without a transaction', async ({ api }) => {
    const { transactions } = await api.state();
    await use(api, toEvent(1, 0.25), toEvent(2, 3, { event_type: 'API_CALL' }));
    const state = await api.state();
    expect(state.transactions).toEqual(transactions);
    expect(state.events).toMatchObject([{ creditsBurned: '0' }, { creditsBurned: '0' }]);
    expect(await balanceOf(api, WALLETS.lantern)).toBe('10000');
  });

  describe('that came before', () => {
    it('is a duplicate if its key is stored', async ({ api }) => {
      await use(api, toEvent(1, 3, { idempotency_key: 'k' }));
      expect(await ingest(api, toEvent(2, 3, { idempotency_key: 'k' }))).toEqual(allDuplicates(1));
      expect(
        await ingest(api, toEvent(3, 5, { idempotency_key: 'k' }), toEvent(1, 3, { idempotency_key: 'k' })),
      ).toEqual(allDuplicates(2));
      expect(await ingest(api, toEvent(4, 1, { idempotency_key: 'k' }), toEvent(5, 2))).toEqual(accepted(1, 1));
      await advance(api, 'PT1S');
      expect(await balanceOf(api, WALLETS.lantern)).toBe('9950');
    });

    it('is accepted if its key is not stored yet, and burns once', async ({ api }) => {
      expect(await ingest(api, toEvent(1, 3, { idempotency_key: 'k' }))).toEqual(accepted(1));
      expect(await ingest(api, toEvent(2, 5, { idempotency_key: 'k' }))).toEqual(accepted(1));
      const twice = [toEvent(3, 1, { idempotency_key: 'l' }), toEvent(4, 2, { idempotency_key: 'l' })];
      expect(await ingest(api, ...twice)).toEqual(accepted(2));
      await advance(api, 'PT1S');
      expect(await balanceOf(api, WALLETS.lantern)).toBe('9960');
      expect((await api.state()).events).toHaveLength(2);
    });

    it('is accepted without a key, and burns once for its id', async ({ api }) => {
      await use(api, toEvent(1, 3));
      expect(await ingest(api, toEvent(1, 5))).toEqual(accepted(1));
      expect(await ingest(api, toEvent(1, 5, { idempotency_key: 'new' }))).toEqual(accepted(1));
      expect(await ingest(api, toEvent(2, 1), toEvent(2, 2))).toEqual(accepted(2));
      await advance(api, 'PT1S');
      expect(await balanceOf(api, WALLETS.lantern)).toBe('9960');
      expect((await api.state()).events).toHaveLength(2);
      expect(await ingest(api, toEvent(3, 1, { idempotency_key: 'new' }))).toEqual(accepted(1));
    });

    it('is none for an empty key', async ({ api }) => {
      await use(api, toEvent(1, 3, { idempotency_key: '' }));
      expect(await ingest(api, toEvent(2, 3, { idempotency_key: '' }))).toEqual(accepted(1));
      await advance(api, 'PT1S');
      expect(await balanceOf(api, WALLETS.lantern)).toBe('9940');
    });
  });

  it.for<[string, object, string, string]>([
    ['the customer', {}, WALLETS.lantern, '9970'],
    ['a user', { user_id: ADA }, WALLETS.ada, '5470'],
    ['a team', { team_id: TEAM }, WALLETS.team, '220'],
    ['a team, and not its user', { team_id: TEAM, user_id: ADA }, WALLETS.team, '220'],
  ])('is paid by %s', async ([_, fields, walletId, balance], { api }) => {
    const before = (await api.state()).wallets;
    await use(api, toEvent(1, 3, fields));
    expect((await api.state()).wallets).toEqual(
      before.map((wallet) => (wallet.id === walletId ? { ...wallet, balance } : wallet)),
    );
  });

  it.for<[string, object]>([
    ['a user', { user_id: DUNJA }],
    ['a team', { team_id: 'nobody' }],
    ['a team, though its user has one', { team_id: 'nobody', user_id: ADA }],
  ])('is paid by nobody without a wallet of %s, and kept all the same', async ([_, fields], { api }) => {
    const { wallets, transactions } = await api.state();
    const event = toEvent(1, 3, { idempotency_key: 'k', ...fields });
    await use(api, event);
    const after = await api.state();
    expect([after.wallets, after.transactions]).toEqual([wallets, transactions]);
    expect(await ingest(api, toEvent(2, 3, { idempotency_key: 'k' }))).toEqual(allDuplicates(1));
  });

  it('of a customer without a wallet burns nothing', async ({ api }) => {
    const { body } = await api.call('post', '/v1/customers/register', { name: 'Meadow', email: 'dev@meadow.example' });
    const { data } = body as { readonly data: { readonly customerId: string; readonly apiKey: string } };
    const meadow = api.with({ 'X-API-Key': data.apiKey });
    const { wallets } = await api.state();
    expect(await ingest(meadow, toEvent(1, 3, { customer_id: data.customerId }))).toEqual(accepted(1));
    await advance(api, 'PT1S');
    expect((await api.state()).wallets).toEqual(wallets);
    expect((await api.state()).events).toMatchObject([{ customer_id: data.customerId, creditsBurned: '30' }]);
  });

  it('can make a balance negative repeatedly', async ({ api }) => {
    await use(api, toEvent(1, 2000), toEvent(2, 1, { user_id: ADA }));
    expect(await api.call('get', BALANCE)).toEqual(customerBalance('-10000'));
    await use(api, toEvent(3, 1), toEvent(4, 2000, { user_id: BENOIT }), toEvent(5, 26, { team_id: TEAM }));
    expect(await api.call('get', BALANCE)).toEqual(customerBalance('-10010'));
    expect(await api.call('get', toPath(profile, BENOIT, 'credits'))).toEqual(userBalance(1281 - 20_000));
    expect(await balanceOf(api, WALLETS.team)).toBe('-10');
  });

  it('beyond 64 bits is not even stored', async ({ api }) => {
    const image = { event_type: 'IMAGE_GENERATION', provider: 'OPENAI', model: 'dall-e-3', image_count: 1e30 };
    await use(api, toEvent(1, 1, image), toEvent(2, 1));
    expect((await api.state()).events).toMatchObject([{ event_id: toEventId(2) }]);
    expect(await balanceOf(api, WALLETS.lantern)).toBe('9990');
  });

  it('does not burn from the wallet of another customer', async ({ api }) => {
    const harbor = api.with({ 'X-API-Key': HARBOR_KEY });
    const event = { customer_id: '550e8400-e29b-41d4-a716-446655440100', team_id: TEAM };
    expect(await ingest(harbor, toEvent(1, 3, event))).toEqual(accepted(1));
    await advance(api, 'PT1S');
    expect(await balanceOf(api, WALLETS.team)).toBe('250');
    expect(await balanceOf(api, WALLETS.harbor)).toBe('2');
  });
});

test.each(PROFILES)('in profile %s an event FEATURE_ACCESS is taken and never stored', async (profile) => {
  const api = await startProfile(profile);
  await use(api, toEvent(1, 1, { event_type: 'FEATURE_ACCESS' }), toEvent(2, 1, { event_type: 'API_CALL' }));
  expect((await api.state()).events).toMatchObject([{ event_id: toEventId(2), event_type: 'API_CALL' }]);
  expect(await api.call('get', '/v1/analytics/usage')).toMatchObject({
    body: { data: { summary: { totalEvents: 1 }, byEventType: [{ eventType: 'API_CALL' }] } },
  });
});
