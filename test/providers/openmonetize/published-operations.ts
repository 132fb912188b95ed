/**
 * What the vendor's published document (`openapi-public.json` of 2025-12-05, profile head) has operations for, with the
 * statuses that it declares: facts, written down here and not copied. `answers` is a right request with what comes of it.
 */
export interface PublishedOperation {
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  readonly path: string;
  readonly statuses: readonly number[];
  /** The names at the top of each body that is declared, by status; of a refusal they are `error` and `message`. */
  readonly fields: readonly string[];
  /** Of `data`, where that is an object whose names are declared. */
  readonly data?: readonly string[];
  readonly body?: object;
}

const DATA = ['data'];
const TABLE = 'bb0e8400-e29b-41d4-a716-446655440000';
const IMAGES = 'aa0e8400-e29b-41d4-a716-446655440002';
const TEXTS = 'aa0e8400-e29b-41d4-a716-446655440001';
const ADA = '660e8400-e29b-41d4-a716-446655440001';
const TOKENS = { provider: 'OPENAI', model: 'gpt-4o', inputTokens: 1000, outputTokens: 500 };
const ENTITLEMENT = ['id', 'featureId', 'limitType', 'limitValue'];

const event = {
  event_id: '3f2504e0-4f89-41d3-9a0c-0305e82c3301',
  event_type: 'API_CALL',
  feature_id: 'chat',
  timestamp: '2026-01-01T00:00:00.000Z',
};

/** In the order of the document. */
export const PUBLISHED: readonly PublishedOperation[] = [
  {
    ...{ method: 'post', path: '/v1/customers/register', statuses: [201, 400, 409, 500], fields: DATA },
    data: ['customerId', 'apiKey', 'name', 'email', 'tier', 'createdAt'],
    body: { name: 'Grace', email: 'grace@lantern.example' },
  },
  {
    ...{ method: 'post', path: '/v1/events/ingest', statuses: [200, 202, 400, 401, 403, 500] },
    fields: ['accepted', 'rejected', 'duplicates', 'batch_id', 'status', 'processing_time_ms'],
    body: { events: [event] },
  },
  {
    ...{ method: 'post', path: '/v1/rating/calculate', statuses: [200, 400, 404, 500] },
    fields: ['cost', 'currency', 'credits'],
    body: TOKENS,
  },
  {
    ...{ method: 'post', path: '/v1/rating/calculate/bulk', statuses: [200, 400, 500] },
    fields: ['customerId', 'results', 'total'],
    body: { calculations: [TOKENS] },
  },
  { method: 'get', path: '/v1/rating/pricing', statuses: [200, 500], fields: ['data', 'total'] },
  { method: 'get', path: '/v1/burn-tables', statuses: [200, 500], fields: ['data', 'total'] },
  {
    ...{ method: 'post', path: '/v1/burn-tables', statuses: [201, 400, 500], fields: DATA },
    body: { name: 'Spring', rules: {} },
  },
  { method: 'get', path: `/v1/burn-tables/${TABLE}`, statuses: [200, 404, 500], fields: DATA },
  { method: 'patch', path: `/v1/burn-tables/${TABLE}`, statuses: [200, 400, 404, 500], fields: DATA, body: {} },
  { method: 'delete', path: `/v1/burn-tables/${TABLE}`, statuses: [200, 404, 500], fields: ['message'] },
  { method: 'get', path: '/v1/burn-tables/active', statuses: [200, 404, 500], fields: ['data', 'isDefault'] },
  {
    ...{ method: 'get', path: '/v1/analytics/cost-breakdown', statuses: [200, 400, 500] },
    fields: ['data', 'totals', 'period'],
  },
  { method: 'get', path: '/v1/analytics/usage-trends', statuses: [200, 400, 500], fields: ['data', 'period'] },
  {
    ...{ method: 'get', path: '/v1/analytics/burn-forecast', statuses: [200, 400, 500] },
    fields: ['currentBalance', 'averageDailyBurn', 'forecast', 'projections'],
  },
  {
    ...{ method: 'get', path: '/v1/analytics/summary', statuses: [200, 500] },
    fields: ['creditBalance', 'lifetime', 'last30Days', 'recentActivity'],
  },
  {
    ...{ method: 'get', path: '/v1/credits/balance', statuses: [200, 401, 404, 500], fields: DATA },
    data: ['balance', 'reservedBalance', 'availableBalance', 'currency'],
  },
  {
    ...{ method: 'get', path: `/v1/users/${ADA}/credits`, statuses: [200, 403, 404, 500], fields: DATA },
    data: ['balance', 'reserved', 'available', 'expiresAt'],
  },
  {
    ...{ method: 'post', path: '/v1/credits/purchase', statuses: [200, 403, 500], fields: DATA },
    data: ['transactionId', 'newBalance'],
    body: { userId: 'grace', amount: 100, purchasePrice: 0.1 },
  },
  {
    ...{ method: 'post', path: '/v1/credits/grant', statuses: [200, 403, 409, 500], fields: DATA },
    data: ['transactionId', 'walletId', 'newBalance', 'amount'],
    body: { userId: 'grace', amount: 100 },
  },
  {
    ...{ method: 'get', path: `/v1/users/${ADA}/transactions`, statuses: [200, 403, 500] },
    fields: ['data', 'pagination'],
  },
  {
    ...{ method: 'post', path: '/v1/entitlements/check', statuses: [200, 403, 500] },
    fields: ['allowed', 'reason', 'estimatedCostCredits', 'estimatedCostUsd', 'currentBalance', 'actions'],
    body: { userId: ADA, featureId: 'chat', action: { type: 'api_call' } },
  },
  {
    ...{ method: 'post', path: '/v1/entitlements', statuses: [201, 403, 500], fields: DATA, data: ENTITLEMENT },
    body: { featureId: 'chat', limitType: 'SOFT' },
  },
  { method: 'get', path: '/v1/entitlements', statuses: [200, 403, 500], fields: DATA },
  {
    ...{ method: 'put', path: `/v1/entitlements/${IMAGES}`, statuses: [200, 403, 404, 500], fields: DATA },
    data: ENTITLEMENT,
    body: { limitValue: 5 },
  },
  { method: 'delete', path: `/v1/entitlements/${TEXTS}`, statuses: [204, 403, 404, 500], fields: [] },
  {
    ...{ method: 'get', path: '/v1/analytics/usage', statuses: [200, 403, 500], fields: DATA },
    data: ['summary', 'byFeature', 'byProvider', 'byEventType', 'timeline'],
  },
  {
    ...{ method: 'get', path: '/v1/analytics/costs', statuses: [200, 403, 500], fields: DATA },
    data: ['summary', 'byProvider'],
  },
  {
    ...{ method: 'get', path: '/v1/analytics/burn-rate', statuses: [200, 403, 404, 500], fields: DATA },
    data: ['currentBalance', 'last7Days', 'last30Days', 'projectedRunout', 'recommendations'],
  },
];
