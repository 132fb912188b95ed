import type { ProviderRequests } from '../../support/requests.ts';

const LANTERN = '550e8400-e29b-41d4-a716-446655440000';
const HARBOR = '550e8400-e29b-41d4-a716-446655440100';
const ADA = '660e8400-e29b-41d4-a716-446655440001';
const BENOIT = '660e8400-e29b-41d4-a716-446655440002';
const WITHOUT_WALLET = '660e8400-e29b-41d4-a716-446655440004';
const OF_HARBOR = '660e8400-e29b-41d4-a716-446655440101';
const RESEARCH = '770e8400-e29b-41d4-a716-446655440001';

const KEY = 'om_dev_test_key';
const KEY_OF_HARBOR = 'om_dev_harbor_key';

/** Of the seed: an entitlement, and the burn table of all customers. */
const IMAGES = 'aa0e8400-e29b-41d4-a716-446655440002';
const TEXTS = 'aa0e8400-e29b-41d4-a716-446655440001';
const DEFAULT_TABLE = 'bb0e8400-e29b-41d4-a716-446655440000';

const tokens = { provider: 'OPENAI', model: 'gpt-4o', inputTokens: 1000, outputTokens: 500 };
const action = {
  type: 'token_usage',
  provider: 'OPENAI',
  model: 'gpt-4o',
  estimated_input_tokens: 1000,
  estimated_output_tokens: 500,
};
const table = { name: 'Spring', rules: { 'gpt-4o': { inputTokens: 3, outputTokens: 12, perUnit: 1_000_000 } } };

/** Beyond 64 bits. */
const FAR = '10000000000000000000';

const event = {
  event_id: '3f2504e0-4f89-41d3-9a0c-0305e82c3301',
  customer_id: LANTERN,
  user_id: ADA,
  event_type: 'TOKEN_USAGE',
  feature_id: 'chat',
  provider: 'OPENAI',
  model: 'gpt-4o',
  input_tokens: 1000,
  output_tokens: 500,
  timestamp: '2026-01-01T00:00:00.000Z',
};

/** Of both profiles. */
const service = {
  getHealth: { method: 'GET', path: '/health' },
  getReady: { method: 'GET', path: '/ready' },
  getInfo: { method: 'GET', path: '/v1/info' },
} as const;

const common = {
  // Whichever of the two a client sends; events of profile seed need the second one.
  headers: { Authorization: `Bearer ${KEY}`, 'X-API-Key': KEY },
  // Names that no answer has, so that what is seeded stays the most of it.
  pools: {
    customerId: 'customer',
    customer_id: 'customer',
    userId: 'user',
    user_id: 'user',
    id: 'row',
    teamId: 'team',
    team_id: 'team',
    timestamp: 'instant',
  },
  values: {
    customer: [LANTERN, LANTERN, LANTERN, LANTERN, HARBOR],
    user: [ADA, BENOIT, WITHOUT_WALLET, OF_HARBOR],
    team: [RESEARCH, RESEARCH, ADA],
    instant: ['2026-01-01T00:00:00.000Z', '2025-12-31T23:59Z'],
    startDate: ['2025-12-01T00:00:00Z', '2025-12-31T00:00:00.000Z'],
    endDate: ['2026-01-02T00:00:00Z'],
    validFrom: ['2025-12-31T00:00:00Z'],
    validUntil: ['2027-01-01T00:00:00Z'],
    row: [IMAGES, TEXTS, DEFAULT_TABLE, IMAGES],
    featureId: ['ai-image-generation', 'ai-text-generation', 'chat'],
    feature_id: ['chat', 'ai-image-generation'],
    provider: ['OPENAI', 'openai'],
    model: ['gpt-4o', 'claude-4.5-haiku', 'nope'],
    limit: ['1', '10', '100'],
    offset: ['0', '1', '70', FAR],
    idempotency_key: ['answer-1', 'answer-2', 'answer-3'],
    apiKey: [KEY_OF_HARBOR],
  },
  // Keys of customers who have no wallet yet, and others.
  stranger: { headers: { 'X-API-Key': '$pool:apiKey' }, only: ['rotateKey'] },
  // Else an event would never be stored, and so none ever a duplicate, since the clock stands still.
  set: ['openmonetize.burnDelay=PT0S'],
} satisfies Partial<ProviderRequests>;

/** With the option rateLimit only. */
const LIMITED = [429];
/** And with the option workingRating. */
const UNLIKE_THE_OPTION = [200, 429];
/** And once a month's quota is used up. */
const LIMITED_OR_MUCH_USED = [402, 429];
/** And where several things come together, which chance seldom brings about. */
const LIMITED_OR_SELDOM = { broken: [429, 500], refused: [400, 429] };
/** And with a fault. */
const LIMITED_OR_FAULTY = [409, 429];

const head: ProviderRequests = {
  ...common,
  pools: { ...common.pools, expiresAt: 'instant' },
  values: { ...common.values, user: [...common.values.user, 'grace', 'hedy'] },
  unreached: {
    getCreditBalance: LIMITED,
    grantCredits: LIMITED_OR_FAULTY,
    purchaseCredits: LIMITED,
    getUserCredits: LIMITED,
    getUserTransactions: LIMITED,
    registerCustomer: LIMITED,
    getCurrentCustomer: LIMITED,
    rotateKey: LIMITED,
    ingestEvents: LIMITED_OR_MUCH_USED,
    listUsers: LIMITED,
    createUser: LIMITED,
    getUser: LIMITED,
    checkEntitlement: LIMITED,
    createEntitlement: LIMITED,
    updateEntitlement: LIMITED,
    deleteEntitlement: LIMITED,
    listEntitlements: LIMITED,
    listEvents: LIMITED,
    getUsage: LIMITED,
    getCosts: LIMITED,
    getBurnRate: LIMITED_OR_SELDOM.refused,
    getCostBreakdown: LIMITED,
    getUsageTrends: LIMITED,
    getBurnForecast: LIMITED,
    getSummary: LIMITED,
    calculateCost: UNLIKE_THE_OPTION,
    calculateCosts: LIMITED,
    listPrices: LIMITED,
    listBurnTables: LIMITED,
    createBurnTable: LIMITED,
    getBurnTable: LIMITED,
    updateBurnTable: LIMITED,
    deleteBurnTable: LIMITED,
    getActiveBurnTable: LIMITED,
    getHealth: LIMITED,
    getReady: LIMITED,
    getInfo: LIMITED,
  },
  operations: {
    getCreditBalance: { method: 'GET', path: '/v1/credits/balance' },
    // A user who is made by it: the seeded ones have two ids, and can be granted nothing.
    grantCredits: {
      method: 'POST',
      path: '/v1/credits/grant',
      body: { userId: 'grace', amount: 100, idempotencyKey: 'sample', expiresAt: '2030-01-01T00:00:00Z' },
    },
    purchaseCredits: {
      method: 'POST',
      path: '/v1/credits/purchase',
      body: { userId: 'grace', amount: 100, purchasePrice: 0.1 },
    },
    getUserCredits: { method: 'GET', path: `/v1/users/${ADA}/credits` },
    getUserTransactions: { method: 'GET', path: `/v1/users/${ADA}/transactions` },
    registerCustomer: {
      method: 'POST',
      path: '/v1/customers/register',
      body: { name: 'Grace', email: 'grace@lantern.example' },
    },
    getCurrentCustomer: { method: 'GET', path: '/v1/customers/me' },
    // Not of the customer whose key all others have.
    rotateKey: {
      method: 'POST',
      path: '/v1/customers/rotate-key',
      headers: { Authorization: `Bearer ${KEY_OF_HARBOR}` },
    },
    ingestEvents: { method: 'POST', path: '/v1/events/ingest', body: { events: [event] } },
    listUsers: { method: 'GET', path: '/v1/users?limit=2&offset=1&search=user_' },
    createUser: {
      method: 'POST',
      path: '/v1/users',
      body: { externalUserId: 'user_grace', email: 'grace@lantern.example', metadata: { plan: 'pro' } },
    },
    getUser: { method: 'GET', path: `/v1/users/${ADA}` },
    checkEntitlement: {
      method: 'POST',
      path: '/v1/entitlements/check',
      body: { userId: ADA, featureId: 'ai-text-generation', action },
    },
    createEntitlement: {
      method: 'POST',
      path: '/v1/entitlements',
      body: { featureId: 'chat', limitType: 'HARD', limitValue: 100, period: 'MONTHLY' },
    },
    updateEntitlement: { method: 'PUT', path: `/v1/entitlements/${IMAGES}`, body: { limitValue: 200 } },
    deleteEntitlement: { method: 'DELETE', path: `/v1/entitlements/${TEXTS}` },
    listEntitlements: { method: 'GET', path: '/v1/entitlements' },
    listEvents: { method: 'GET', path: '/v1/events?limit=10&offset=0' },
    getUsage: { method: 'GET', path: '/v1/analytics/usage?provider=OPENAI,GOOGLE&groupBy=week' },
    getCosts: { method: 'GET', path: '/v1/analytics/costs' },
    getBurnRate: { method: 'GET', path: `/v1/analytics/burn-rate?userId=${BENOIT}` },
    getCostBreakdown: { method: 'GET', path: '/v1/analytics/cost-breakdown?groupBy=day', status: 404 },
    getUsageTrends: { method: 'GET', path: '/v1/analytics/usage-trends', status: 404 },
    getBurnForecast: { method: 'GET', path: '/v1/analytics/burn-forecast?days=30', status: 404 },
    getSummary: { method: 'GET', path: '/v1/analytics/summary', status: 404 },
    calculateCost: { method: 'POST', path: '/v1/rating/calculate', body: tokens, status: 500 },
    calculateCosts: { method: 'POST', path: '/v1/rating/calculate/bulk', body: { calculations: [tokens] } },
    listPrices: { method: 'GET', path: '/v1/rating/pricing' },
    listBurnTables: { method: 'GET', path: '/v1/burn-tables?isActive=true', status: 404 },
    createBurnTable: { method: 'POST', path: '/v1/burn-tables', body: table, status: 404 },
    getBurnTable: { method: 'GET', path: `/v1/burn-tables/${DEFAULT_TABLE}`, status: 404 },
    updateBurnTable: {
      method: 'PATCH',
      path: `/v1/burn-tables/${DEFAULT_TABLE}`,
      body: { isActive: false },
      status: 404,
    },
    deleteBurnTable: { method: 'DELETE', path: `/v1/burn-tables/${DEFAULT_TABLE}`, status: 404 },
    getActiveBurnTable: { method: 'GET', path: '/v1/burn-tables/active', status: 404 },
    ...service,
  },
};

/** One request for each operation that succeeds on the default fixtures, in profile seed and then in head. */
export const requests: ProviderRequests = {
  ...common,
  unreached: {
    getCreditBalance: LIMITED,
    grantCredits: LIMITED_OR_FAULTY,
    purchaseCredits: LIMITED,
    getUserCredits: LIMITED,
    getUserTransactions: LIMITED,
    registerCustomer: LIMITED,
    getCurrentCustomer: LIMITED,
    ingestEvents: LIMITED,
    checkEntitlement: LIMITED_OR_SELDOM.broken,
    createEntitlement: LIMITED,
    updateEntitlement: LIMITED,
    deleteEntitlement: LIMITED,
    listEntitlements: LIMITED,
    listEvents: LIMITED,
    getUsage: LIMITED,
    getCosts: LIMITED,
    getBurnRate: LIMITED,
    calculateCost: LIMITED,
    calculateCosts: LIMITED,
    listPrices: LIMITED,
    listBurnTables: LIMITED,
    createBurnTable: LIMITED,
    getBurnTable: LIMITED,
    updateBurnTable: LIMITED,
    deleteBurnTable: LIMITED,
    getActiveBurnTable: LIMITED,
    getHealth: LIMITED,
    getReady: LIMITED,
    getInfo: LIMITED,
  },
  operations: {
    getCreditBalance: { method: 'GET', path: '/v1/credits/balance' },
    grantCredits: {
      method: 'POST',
      path: '/v1/credits/grant',
      body: { customerId: LANTERN, userId: ADA, amount: 100, idempotencyKey: 'sample' },
    },
    purchaseCredits: {
      method: 'POST',
      path: '/v1/credits/purchase',
      body: { customerId: LANTERN, userId: ADA, amount: 100, purchasePrice: 0.1 },
    },
    getUserCredits: { method: 'GET', path: `/v1/customers/${LANTERN}/users/${ADA}/credits` },
    getUserTransactions: { method: 'GET', path: `/v1/customers/${LANTERN}/users/${ADA}/transactions?limit=10` },
    registerCustomer: {
      method: 'POST',
      path: '/v1/customers/register',
      body: { name: 'Grace', email: 'grace@lantern.example' },
    },
    getCurrentCustomer: { method: 'GET', path: '/v1/customers/me' },
    ingestEvents: { method: 'POST', path: '/v1/events/ingest', body: { events: [event] } },
    checkEntitlement: {
      method: 'POST',
      path: '/v1/entitlements/check',
      body: { customerId: LANTERN, userId: ADA, featureId: 'ai-text-generation', action },
    },
    createEntitlement: {
      method: 'POST',
      path: '/v1/entitlements',
      body: { customerId: LANTERN, featureId: 'chat', limitType: 'HARD', limitValue: 100, period: 'MONTHLY' },
    },
    updateEntitlement: { method: 'PUT', path: `/v1/entitlements/${IMAGES}`, body: { limitValue: 200 } },
    deleteEntitlement: { method: 'DELETE', path: `/v1/entitlements/${TEXTS}` },
    listEntitlements: { method: 'GET', path: `/v1/customers/${LANTERN}/entitlements` },
    listEvents: { method: 'GET', path: '/v1/events', status: 404 },
    getUsage: { method: 'GET', path: `/v1/analytics/usage?customerId=${LANTERN}&groupBy=day` },
    getCosts: { method: 'GET', path: `/v1/analytics/costs?customerId=${LANTERN}` },
    getBurnRate: { method: 'GET', path: `/v1/analytics/burn-rate?customerId=${LANTERN}&userId=${BENOIT}` },
    calculateCost: { method: 'POST', path: '/v1/rating/calculate', body: { customerId: LANTERN, ...tokens } },
    calculateCosts: {
      method: 'POST',
      path: '/v1/rating/calculate/bulk',
      body: { customerId: LANTERN, calculations: [tokens] },
    },
    listPrices: { method: 'GET', path: '/v1/rating/pricing' },
    listBurnTables: { method: 'GET', path: '/v1/burn-tables?isActive=true' },
    createBurnTable: { method: 'POST', path: '/v1/burn-tables', body: { customerId: HARBOR, ...table } },
    getBurnTable: { method: 'GET', path: `/v1/burn-tables/${DEFAULT_TABLE}` },
    updateBurnTable: { method: 'PATCH', path: `/v1/burn-tables/${DEFAULT_TABLE}`, body: { name: 'Summer' } },
    deleteBurnTable: { method: 'DELETE', path: `/v1/burn-tables/${DEFAULT_TABLE}` },
    getActiveBurnTable: { method: 'GET', path: `/v1/burn-tables/customer/${HARBOR}/active` },
    ...service,
  },
  variants: { head },
};
