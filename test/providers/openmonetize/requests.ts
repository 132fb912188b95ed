import type { ProviderRequests } from '../../support/requests.ts';

const CUSTOMER = '550e8400-e29b-41d4-a716-446655440000';
const USER = '660e8400-e29b-41d4-a716-446655440001';

const event = {
  event_id: '3f2504e0-4f89-41d3-9a0c-0305e82c3301',
  customer_id: CUSTOMER,
  user_id: USER,
  event_type: 'TOKEN_USAGE',
  feature_id: 'chat',
  provider: 'OPENAI',
  model: 'gpt-4o',
  input_tokens: 1000,
  output_tokens: 500,
  timestamp: '2026-01-01T00:00:00.000Z',
};

/** One request for each operation that succeeds on the default fixtures, in profile seed. */
export const requests: ProviderRequests = {
  headers: { Authorization: 'Bearer om_dev_test_key' },
  operations: {
    getCreditBalance: { method: 'GET', path: '/v1/credits/balance' },
    grantCredits: {
      method: 'POST',
      path: '/v1/credits/grant',
      body: { customerId: CUSTOMER, userId: USER, amount: 100, idempotencyKey: 'sample' },
    },
    purchaseCredits: {
      method: 'POST',
      path: '/v1/credits/purchase',
      body: { customerId: CUSTOMER, userId: USER, amount: 100, purchasePrice: 0.1 },
    },
    getUserCredits: { method: 'GET', path: `/v1/customers/${CUSTOMER}/users/${USER}/credits` },
    getUserTransactions: { method: 'GET', path: `/v1/customers/${CUSTOMER}/users/${USER}/transactions?limit=10` },
    registerCustomer: {
      method: 'POST',
      path: '/v1/customers/register',
      body: { name: 'Grace', email: 'grace@lantern.example' },
    },
    getCurrentCustomer: { method: 'GET', path: '/v1/customers/me' },
    ingestEvents: {
      method: 'POST',
      path: '/v1/events/ingest',
      headers: { 'X-API-Key': 'om_dev_test_key' },
      body: { events: [event] },
    },
    getHealth: { method: 'GET', path: '/health' },
    getReady: { method: 'GET', path: '/ready' },
    getInfo: { method: 'GET', path: '/v1/info' },
  },
};
