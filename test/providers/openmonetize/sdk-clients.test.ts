import { expect, it } from 'vitest';

import { startEmulator } from '../../support/emulator.ts';
import { ADA, LANTERN, LANTERN_KEY, UUID } from './api.ts';
import { PythonClient } from './clients/python-client.ts';
import type { Received } from './clients/sending.ts';
import { TypescriptSdk } from './clients/typescript-sdk.ts';
import { toEvent } from './event-api.ts';

function idOf({ body }: Received): string {
  return (body as { readonly data: { readonly id: string } }).data.id;
}

const ok = (body: unknown): Received => ({ status: 200, body });
const refused = (status: number, error: string, message: string): Received => ({ status, body: { error, message } });

const TOKENS = { event_type: 'TOKEN_USAGE', feature_id: 'chat', provider: 'OPENAI', model: 'gpt-4o' };
const CALCULATION = { provider: 'OPENAI', model: 'gpt-4o', inputTokens: 1000, outputTokens: 500 };

it('the TypeScript client goes through profile head', async () => {
  const set = ['openmonetize.profile=head', 'openmonetize.burnDelay=PT0S'];
  const { urls } = await startEmulator({ providers: ['openmonetize'], set });
  const client = new TypescriptSdk(urls.openmonetize, LANTERN_KEY);
  const grant = { userId: 'grace', amount: 100, reason: 'Welcome', idempotencyKey: 'welcome-grace' };
  expect(await client.grantCredits(grant)).toEqual(
    ok({ data: { transactionId: UUID, walletId: UUID, newBalance: '100', amount: '100' } }),
  );
  expect(await client.createEntitlement({ featureId: 'chat', limitType: 'HARD', limitValue: 1 })).toEqual({
    status: 201,
    body: { data: { id: UUID, featureId: 'chat', limitType: 'HARD', limitValue: 1 } },
  });

  const action = { type: 'token_usage', provider: 'OPENAI', model: 'gpt-4o', estimatedInputTokens: 1e9 };
  const question = { userId: 'grace', featureId: 'chat', action };
  const verdict = { estimatedCostCredits: null, estimatedCostUsd: null };
  expect(await client.checkEntitlement(question)).toEqual(
    ok({ allowed: true, reason: null, ...verdict, currentBalance: 100, actions: [] }),
  );
  const event = toEvent(1, 1, { ...TOKENS, user_id: 'grace', input_tokens: 1000, output_tokens: 500 });
  expect(await client.ingestEvents([event])).toEqual({
    status: 202,
    body: {
      ...{ accepted: 1, rejected: 0, duplicates: 0, batch_id: UUID },
      ...{ status: 'processing', processing_time_ms: 0 },
    },
  });
  expect(await client.getCreditBalance('grace')).toEqual(
    ok({ data: { balance: 92, reserved: 0, available: 92, expiresAt: null } }),
  );
  expect(await client.checkEntitlement({ ...question, action: { type: 'api_call' } })).toEqual(
    ok({
      ...{ allowed: false, reason: 'Usage limit of 1 reached', ...verdict, currentBalance: 92 },
      actions: [{ type: 'upgrade', label: 'Increase Limit', url: '/upgrade' }],
    }),
  );

  const listed = await client.listEntitlements();
  const { data } = listed.body as { readonly data: readonly { readonly id: string }[] };
  expect(data.at(-1)).toEqual({
    ...{ id: UUID, userId: null, featureId: 'chat', limitType: 'HARD', limitValue: 1 },
    ...{ period: null, metadata: null, currentUsage: 1 },
  });
  const id = data.at(-1)?.id ?? '';
  expect(await client.updateEntitlement(id, { limitType: 'SOFT', limitValue: null })).toEqual(
    ok({ data: { id, featureId: 'chat', limitType: 'SOFT', limitValue: null } }),
  );
  // It names JSON and sends none, which the server does not take.
  expect(await client.deleteEntitlement(id)).toEqual({
    status: 400,
    body: {
      statusCode: 400,
      code: 'FST_ERR_CTP_EMPTY_JSON_BODY',
      error: 'Bad Request',
      message: "Body cannot be empty when content-type is set to 'application/json'",
    },
  });

  // Names in snake case, which the server does not know: the last 30 days of the whole customer.
  const asked = { start_date: '2020-01-01T00:00:00.000Z', end_date: '2020-02-01T00:00:00.000Z', user_id: 'nobody' };
  expect(await client.getUsageAnalytics(asked)).toEqual(
    ok({
      data: {
        summary: {
          ...{ totalEvents: 1, totalInputTokens: '1000', totalOutputTokens: '500' },
          ...{ totalCreditsBurned: '8', totalCostUsd: '0.0075' },
        },
        byFeature: [{ featureId: 'chat', eventCount: 1, creditsBurned: '8', costUsd: '0.0075' }],
        byProvider: [{ provider: 'OPENAI', model: 'gpt-4o', eventCount: 1, inputTokens: '1000', outputTokens: '500' }],
        byEventType: [{ eventType: 'TOKEN_USAGE', eventCount: 1, creditsBurned: '8', costUsd: '0.0075' }],
        timeline: [{ date: '2025-12-31', events: 1, creditsBurned: '8' }],
      },
    }),
  );
  expect(await client.getCostAnalytics({ start_date: '2020-01-01T00:00:00.000Z' })).toEqual(
    ok({
      data: {
        summary: { totalRevenue: '0.0080', totalProviderCost: '0.0075', totalMargin: '0.0005', marginPercent: 6.25 },
        byProvider: [
          { provider: 'OPENAI', model: 'gpt-4o', providerCost: '0.0075', revenue: '0.0080', margin: '0.0005' },
        ],
      },
    }),
  );
  expect(await client.calculateCost(CALCULATION)).toEqual(
    refused(500, 'Internal Server Error', "Response doesn't match the schema"),
  );
  expect((await client.getPricing()).status).toBe(200);
  // A zero is dropped, so that this is the one page that can be read; any other is refused.
  expect(await client.getTransactionHistory('grace', { offset: 0 })).toMatchObject({
    status: 200,
    body: {
      data: [
        { transactionType: 'BURN', amount: -8 },
        { transactionType: 'GRANT', amount: 100 },
      ],
    },
  });
  expect((await client.getTransactionHistory('grace', { limit: 10 })).status).toBe(400);
});

it('the Python client goes through profile seed', async () => {
  const { urls } = await startEmulator({ providers: ['openmonetize'] });
  const client = new PythonClient(urls.openmonetize, LANTERN_KEY);
  const own = { customerId: LANTERN };
  const made = await client.post('/v1/entitlements', { ...own, featureId: 'chat', limitType: 'HARD', limitValue: 100 });
  expect(made).toEqual({
    status: 201,
    body: { data: { id: UUID, featureId: 'chat', limitType: 'HARD', limitValue: 100 } },
  });
  const action = {
    ...{ type: 'token_usage', provider: 'OPENAI', model: 'gpt-4o' },
    ...{ estimated_input_tokens: 1000, estimated_output_tokens: 500 },
  };
  const question = { ...own, userId: ADA, featureId: 'chat', action };
  expect(await client.post('/v1/entitlements/check', question)).toEqual(
    ok({
      ...{ allowed: true, reason: null, estimatedCostCredits: 8, estimatedCostUsd: 0.0075 },
      ...{ currentBalance: 5500, actions: [] },
    }),
  );
  const path = `/v1/entitlements/${idOf(made)}`;
  expect(await client.put(path, { limitValue: 0 })).toEqual(
    ok({ data: { id: idOf(made), featureId: 'chat', limitType: 'HARD', limitValue: null } }),
  );
  expect(await client.get(`/v1/customers/${LANTERN}/entitlements`)).toMatchObject({
    status: 200,
    body: { data: [{}, {}, { featureId: 'chat', limitType: 'HARD', limitValue: 0 }] },
  });
  expect(await client.delete(path)).toEqual({ status: 204, body: undefined });

  const dates = { startDate: '2025-12-01T00:00:00+00:00', endDate: '2030-01-01T00:00:00+00:00' };
  expect((await client.get('/v1/analytics/usage', dates)).status).toBe(200);
  expect(await client.get('/v1/analytics/costs', dates)).toEqual(
    refused(403, 'Forbidden', 'Access denied to this customer'),
  );
  expect((await client.get('/v1/analytics/costs', { ...own, ...dates })).status).toBe(200);
  expect(await client.get('/v1/analytics/burn-rate', own)).toEqual(
    ok({
      data: {
        currentBalance: '10000',
        last7Days: { creditsBurned: '0', averagePerDay: '0.00' },
        last30Days: { creditsBurned: '0', averagePerDay: '0.00' },
        projectedRunout: { daysRemaining: 0, estimatedRunoutDate: null },
        recommendations: [],
      },
    }),
  );

  expect(await client.post('/v1/rating/calculate', { ...own, ...CALCULATION })).toMatchObject({
    status: 200,
    body: { credits: 1, pricingSource: 'default_burn_table' },
  });
  const rules = { 'gpt-4o': { inputTokens: 3, outputTokens: 12, perUnit: 1_000_000 } };
  const table = await client.post('/v1/burn-tables', { ...own, name: 'Spring', rules });
  expect(table.status).toBe(201);
  expect(await client.post('/v1/rating/calculate/bulk', { ...own, calculations: [CALCULATION] })).toMatchObject({
    status: 200,
    body: { results: [{ credits: null, pricingSource: 'customer_burn_table' }], total: 1 },
  });
  expect(await client.get(`/v1/burn-tables/customer/${LANTERN}/active`)).toEqual(
    ok({ ...(table.body as object), isDefault: false }),
  );
  expect((await client.patch(`/v1/burn-tables/${idOf(table)}`, { name: 'Summer' })).status).toBe(200);
  expect(await client.delete(`/v1/burn-tables/${idOf(table)}`)).toEqual(
    ok({ message: 'Burn table deactivated successfully' }),
  );
  expect(await client.get('/v1/burn-tables', { ...own, isActive: 'true' })).toEqual(ok({ data: [], total: 0 }));
  expect((await client.get('/v1/rating/pricing')).status).toBe(200);
  expect(await client.get('/v1/events')).toEqual({
    status: 404,
    body: { message: 'Route GET:/v1/events not found', error: 'Not Found', statusCode: 404 },
  });
});
