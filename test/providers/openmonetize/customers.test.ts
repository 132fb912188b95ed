import { describe, expect } from 'vitest';

import { START } from '../../support/emulator.ts';
import {
  ADA,
  BALANCE,
  DUNJA,
  FINN,
  GRANT,
  HARBOR,
  HARBOR_KEY,
  LANTERN,
  PURCHASE,
  TEAM,
  UUID,
  customerBalance,
  dataOf,
  granted,
  it,
  noWallet,
  ok,
  refusal,
  startOpenMonetize,
  type Answer,
} from './api.ts';

const REGISTER = '/v1/customers/register';
const NEW = { name: 'Meadow', email: 'dev@meadow.example' };

function registered(fields: object): Answer {
  const apiKey = expect.stringMatching(/^om_live_[0-9a-f]{64}$/) as unknown;
  return { status: 201, body: { data: { customerId: UUID, apiKey, tier: 'STARTER', createdAt: START, ...fields } } };
}

describe('POST /v1/customers/register', () => {
  it.for([{}, { tier: 'STARTER' }, { tier: 'GROWTH' }, { tier: 'ENTERPRISE' }])(
    'adds a customer, with %j, and shows the key',
    async (tier, { api }) => {
      expect(await api.as(undefined).call('post', REGISTER, { ...NEW, ...tier })).toEqual(
        registered({ ...NEW, ...tier }),
      );
    },
  );

  it('has the keys of its answer in this order', async () => {
    const { body } = await (await startOpenMonetize()).call('post', REGISTER, NEW);
    expect(JSON.stringify(body)).toMatch(
      /^\{"data":\{"customerId":"[^"]+","apiKey":"[^"]+","name":"Meadow","email":"dev@meadow.example","tier":"STARTER","createdAt":"2026-01-01T00:00:00.000Z"\}\}$/,
    );
  });

  it('adds to the state a customer and nothing else', async ({ api }) => {
    const before = await api.state();
    const answer = await api.call('post', REGISTER, NEW);
    const made = { id: dataOf(answer, 'customerId'), apiKey: dataOf(answer, 'apiKey'), ...NEW };
    const customer = { ...made, tier: 'STARTER', status: 'ACTIVE', createdAt: START };
    expect(await api.state()).toEqual({ ...before, customers: [...before.customers, customer] });
    expect(await api.control('get', '/ledger')).toEqual({ entries: [] });
  });

  it('gives a key that is good at once, of a customer without a wallet', async ({ api }) => {
    const answer = await api.call('post', REGISTER, NEW);
    const own = api.as(String(dataOf(answer, 'apiKey')));
    expect(await own.call('get', BALANCE)).toEqual(noWallet);
    const customerId = dataOf(answer, 'customerId');
    expect(await own.call('get', '/v1/customers/me')).toEqual(
      ok({ data: { id: customerId, ...NEW, tier: 'STARTER', status: 'ACTIVE', createdAt: START } }),
    );
    expect(await own.call('post', GRANT, { customerId, amount: 5 })).toEqual(granted('5', '5'));
    expect(await own.call('get', BALANCE)).toEqual(customerBalance('5'));
  });

  it('gives every customer an id and a key of its own', async ({ api }) => {
    const made = new Set<unknown>();
    for (let index = 0; index < 20; index += 1) {
      const answer = await api.call('post', REGISTER, { name: 'Same', email: `${index}@x.example` });
      made.add(dataOf(answer, 'customerId')).add(dataOf(answer, 'apiKey'));
    }
    expect(made.size).toBe(40);
  });

  it.for<[string, object, string]>([
    ['no name', { email: 'a@x.example' }, "body must have required property 'name'"],
    ['no e-mail', { name: 'A' }, "body must have required property 'email'"],
    ['an empty name', { ...NEW, name: '' }, 'body/name must NOT have fewer than 1 characters'],
    ['a name of null', { ...NEW, name: null }, 'body/name must NOT have fewer than 1 characters'],
    ['a long name', { ...NEW, name: 'x'.repeat(256) }, 'body/name must NOT have more than 255 characters'],
    ['a name that is no text', { ...NEW, name: {} }, 'body/name must be string'],
    ['no real e-mail', { ...NEW, email: 'meadow' }, 'body/email must match format "email"'],
    ['an e-mail of null', { ...NEW, email: null }, 'body/email must match format "email"'],
    ['an unknown tier', { ...NEW, tier: 'FREE' }, 'body/tier must be equal to one of the allowed values'],
    ['a tier in small letters', { ...NEW, tier: 'growth' }, 'body/tier must be equal to one of the allowed values'],
    ['a tier of null', { ...NEW, tier: null }, 'body/tier must be equal to one of the allowed values'],
  ])('refuses %s in two keys', async ([_, body, message], { api }) => {
    const before = await api.state();
    const answer = await api.call('post', REGISTER, body);
    expect(answer).toEqual(refusal(400, message));
    expect(Object.keys(answer.body as object)).toEqual(['error', 'message']);
    expect(await api.state()).toEqual(before);
  });

  it.for<[string, object, object]>([
    ['a name of 255 characters', { name: 'x'.repeat(255) }, {}],
    ['a name of one', { name: 'x' }, {}],
    ['a number as a name', { name: 5 }, { name: '5' }],
    ['a list of one name', { name: ['Only'] }, { name: 'Only' }],
  ])('takes %s', async ([_, fields, shown], { api }) => {
    const body = { ...NEW, ...fields, status: 'CHURNED', id: LANTERN };
    expect(await api.call('post', REGISTER, body)).toEqual(registered({ ...NEW, ...fields, ...shown }));
  });

  it.for(['dev@lantern.example', 'dev@harbor.example', 'dev@closed.example'])(
    'refuses %s, which a customer has, suspended or not',
    async (email, { api }) => {
      const before = await api.state();
      expect(await api.call('post', REGISTER, { name: 'New', email })).toEqual(
        refusal(409, 'A customer with this email already exists'),
      );
      expect(await api.state()).toEqual(before);
    },
  );

  it('adds one of twenty with one e-mail at once', async ({ api }) => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => api.call('post', REGISTER, NEW)));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(19);
  });
});

describe('GET /v1/customers/me', () => {
  it('shows whose key it is, without the key', async ({ api }) => {
    const { body } = await api.call('get', '/v1/customers/me');
    expect(JSON.stringify(body)).toBe(
      `{"data":{"id":"${LANTERN}","name":"Lantern AI","email":"dev@lantern.example","tier":"GROWTH",` +
        '"status":"ACTIVE","createdAt":"2025-07-01T09:00:00.000Z"}}',
    );
    expect(await api.as(HARBOR_KEY).call('get', '/v1/customers/me')).toMatchObject({
      status: 200,
      body: { data: { id: HARBOR, tier: 'STARTER' } },
    });
  });
});

describe('the service', () => {
  it('is healthy, by the clock of the sandbox', async () => {
    const api = (await startOpenMonetize()).as(undefined);
    expect(await api.call('get', '/health')).toEqual(ok({ status: 'ok', timestamp: START }));
    await api.control('post', '/clock/advance', { by: 'PT1H' });
    expect(await api.call('get', '/health')).toEqual(ok({ status: 'ok', timestamp: '2026-01-01T01:00:00.000Z' }));
  });

  it('is ready', async () => {
    const { status, body } = await (await startOpenMonetize()).as(undefined).call('get', '/ready');
    expect([status, body]).toEqual([200, { status: 'ready', checks: expect.any(Object) as object, timestamp: START }]);
    expect(Object.keys(body as object)).toEqual(['status', 'checks', 'timestamp']);
  });

  it('says what it is', async () => {
    const { status, body } = await (await startOpenMonetize()).as(undefined).call('get', '/v1/info');
    const [environment, uptime] = [expect.any(String) as string, expect.any(Number) as number];
    expect([status, body]).toEqual([200, { service: 'api-gateway', version: '0.1.0', environment, uptime }]);
    expect(Object.keys(body as object)).toEqual(['service', 'version', 'environment', 'uptime']);
  });
});

describe('the ledger', () => {
  const entry = {
    ...{ id: expect.any(String) as string, at: START, provider: 'openmonetize', tenant: LANTERN, unit: 'credits' },
    requestId: expect.stringMatching(/^default-\d+$/) as string,
  };

  it.for<[string, object, object]>([
    ['the customer', {}, { account: LANTERN, before: '10000', after: '10005' }],
    ['a user', { userId: ADA }, { account: ADA, before: '5500', after: '5505' }],
    ['a user without a wallet', { userId: DUNJA }, { account: DUNJA, before: '0', after: '5' }],
    ['a team', { teamId: TEAM }, { account: TEAM, before: '250', after: '255' }],
  ])('has an entry of a grant to %s', async ([_, receiver, expected], { api }) => {
    const body = { customerId: LANTERN, ...receiver, amount: 5, reason: 'Gift', idempotencyKey: 'k' };
    await api.call('post', GRANT, body);
    await api.call('post', GRANT, body);
    const origin = { cause: 'request', operation: 'grantCredits', key: 'k', memo: 'Gift' };
    expect(await api.control('get', '/ledger')).toEqual({
      entries: [{ ...entry, ...expected, delta: '5', ...origin }],
    });
  });

  it('has an entry for each purchase, newest first', async ({ api }) => {
    const body = { customerId: LANTERN, userId: ADA, amount: 100, purchasePrice: 0.1, idempotencyKey: 'k' };
    await api.call('post', PURCHASE, body);
    await api.call('post', PURCHASE, body);
    const origin = { cause: 'request', operation: 'purchaseCredits', key: null, memo: 'Credit purchase: 100 credits' };
    const bought = { ...entry, account: ADA, delta: '100', ...origin };
    expect(await api.control('get', '/ledger')).toEqual({
      entries: [
        { ...bought, before: '5600', after: '5700' },
        { ...bought, before: '5500', after: '5600' },
      ],
    });
  });

  it("has the wallet's customer as the tenant, even if another one bought", async ({ api }) => {
    const harbor = api.as(HARBOR_KEY);
    await harbor.call('post', PURCHASE, { customerId: HARBOR, userId: ADA, amount: 1, purchasePrice: 0 });
    await harbor.call('post', GRANT, { customerId: HARBOR, userId: ADA, amount: 2 });
    await harbor.call('post', PURCHASE, { customerId: HARBOR, userId: FINN, amount: 3, purchasePrice: 0 });
    expect(await api.control('get', '/ledger')).toMatchObject({
      entries: [
        { tenant: HARBOR, account: FINN, before: '0', after: '3' },
        { tenant: HARBOR, account: ADA, before: '0', after: '2' },
        { tenant: LANTERN, account: ADA, before: '5500', after: '5501' },
      ],
    });
  });

  it('has no entry for failed calls', async ({ api }) => {
    await api.call('post', GRANT, { customerId: LANTERN, userId: DUNJA, amount: 1.5 });
    await api.call('post', GRANT, { customerId: LANTERN, userId: FINN, amount: 1e30 });
    await api.call('post', PURCHASE, { customerId: LANTERN, userId: DUNJA, amount: 1.5, purchasePrice: 0 });
    await api.call('post', GRANT, { customerId: HARBOR, amount: 1 });
    expect(await api.control('get', '/ledger')).toEqual({ entries: [] });
  });
});
