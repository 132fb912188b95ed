import { describe, expect, test } from 'vitest';

import {
  HARBOR,
  HARBOR_KEY,
  LANTERN,
  NOBODY,
  UUID,
  invalid,
  noKey,
  ok,
  refusal,
  type Answer,
  type OpenMonetizeApi,
} from './api.ts';
import { PROFILES, startProfile } from './event-api.ts';
import { noRoute } from './head-api.ts';

const CALCULATE = '/v1/rating/calculate';
const BULK = '/v1/rating/calculate/bulk';
const TABLES = '/v1/burn-tables';
const DEFAULT_TABLE = 'bb0e8400-e29b-41d4-a716-446655440000';
const NOW = '2026-01-01T00:00:00.000Z';
const TOKENS = { provider: 'OPENAI', model: 'gpt-4o', inputTokens: 1000, outputTokens: 500 };

const rating = {
  credits: 1,
  costBreakdown: {
    input: { tokens: 1000, credits: 0.0025, usd: 0.0025, ratePerUnit: 2.5, unitSize: 1_000_000 },
    output: { tokens: 500, credits: 0.005, usd: 0.005, ratePerUnit: 10, unitSize: 1_000_000 },
  },
  providerCostUsd: 0.0075,
  revenueUsd: 0.001,
  marginUsd: -0.0065,
  marginPercent: -86.67,
  pricingSource: 'default_burn_table',
};
/** By a burn table in camel case, of which nothing is understood. */
const incomprehensible = {
  ...rating,
  credits: null,
  costBreakdown: {
    input: { ...rating.costBreakdown.input, credits: null },
    output: { ...rating.costBreakdown.output, credits: null },
  },
  revenueUsd: null,
  marginUsd: null,
  marginPercent: null,
  pricingSource: 'customer_burn_table',
};
/** Without one. */
const bare = {
  ...rating,
  credits: 8,
  costBreakdown: {
    input: { ...rating.costBreakdown.input, credits: 3 },
    output: { ...rating.costBreakdown.output, credits: 5 },
  },
  revenueUsd: 0.008,
  marginUsd: expect.closeTo(0.0005) as number,
  marginPercent: 6.67,
  pricingSource: 'default',
};

const refused = (message: string): Answer => ({
  status: 400,
  body: { error: 'VALIDATION_ERROR', message: 'Invalid request body', details: [{ message }] },
});
const coded = (status: number, error: string, message: string): Answer => ({ status, body: { error, message } });

function calculate(api: OpenMonetizeApi, fields: object = {}): Promise<Answer> {
  return api.call('post', CALCULATE, { customerId: LANTERN, ...TOKENS, ...fields });
}

async function addTable(api: OpenMonetizeApi, fields: object): Promise<string> {
  const { status, body } = await api.call('post', TABLES, { name: 'Spring', rules: {}, ...fields });
  if (status !== 201) throw new Error(JSON.stringify(body));
  return (body as { readonly data: { readonly id: string } }).data.id;
}

const it = test.extend('api', () => startProfile('seed'));

describe('a calculation in profile seed', () => {
  it('goes by the burn table of all customers', async ({ api }) => {
    expect(await calculate(api)).toEqual(ok(rating));
    expect(await calculate(api, { customerId: NOBODY })).toEqual(ok(rating));
  });

  it('goes by the customer’s own one first, and by the price without any', async ({ api }) => {
    await addTable(api, { customerId: LANTERN, rules: { default: { inputTokens: 3, outputTokens: 12 } } });
    expect(await calculate(api)).toEqual(ok(incomprehensible));
    await api.control('post', '/controls/openmonetize/addBurnTable', {
      customerId: HARBOR,
      name: 'In snake case',
      rules: { default: { input_tokens: 2, output_tokens: 4, per_unit: 1000 } },
    });
    expect(await calculate(api, { customerId: HARBOR })).toMatchObject({
      body: {
        credits: 4,
        costBreakdown: { input: { credits: 2 }, output: { credits: 2 } },
        pricingSource: 'customer_burn_table',
      },
    });
    await api.call('delete', `${TABLES}/${DEFAULT_TABLE}`);
    expect(await calculate(api, { customerId: NOBODY })).toEqual(ok(bare));
  });

  it('has no price of what is not listed', async ({ api }) => {
    expect(await calculate(api, { model: 'nope' })).toEqual(
      coded(404, 'PROVIDER_NOT_FOUND', 'No cost data found for OPENAI/nope'),
    );
    expect(await calculate(api, { provider: 'openai' })).toEqual(
      coded(500, 'INTERNAL_ERROR', 'Failed to calculate cost'),
    );
  });

  it('is refused in the words of the service behind the gateway, and asks for a key first', async ({ api }) => {
    expect(await calculate(api, { inputTokens: -1 })).toEqual(refused('body/inputTokens must be >= 0'));
    expect(await calculate(api.as(undefined))).toEqual(noKey);
    expect(await api.as(undefined).call('post', CALCULATE, {})).toEqual(noKey);
    expect(await api.as(undefined).send('post', CALCULATE, '{')).toEqual(noKey);
  });

  it('can be one of up to a hundred', async ({ api }) => {
    const bulk = (calculations: readonly object[]): Promise<Answer> =>
      api.call('post', BULK, { customerId: HARBOR, calculations });
    expect(await bulk([TOKENS, TOKENS])).toEqual(ok({ customerId: HARBOR, results: [rating, rating], total: 2 }));
    expect(await bulk([TOKENS, { ...TOKENS, model: 'nope' }])).toEqual(
      coded(500, 'INTERNAL_ERROR', 'Failed to calculate bulk costs'),
    );
    expect(await bulk([])).toEqual(refused('body/calculations must NOT have fewer than 1 items'));
    expect(await bulk(Array.from({ length: 101 }, () => TOKENS))).toEqual(
      refused('body/calculations must NOT have more than 100 items'),
    );
  });
});

describe('a calculation in profile head', () => {
  it('always ends in a 500 where there is a price, and in a 404 where there is none', async () => {
    const api = await startProfile('head');
    const misfit = refusal(500, "Response doesn't match the schema");
    expect(await calculate(api)).toEqual(misfit);
    const none = (what: string): Answer => coded(404, 'PROVIDER_NOT_FOUND', `No cost data found for ${what}`);
    expect(await calculate(api, { model: 'nope' })).toEqual(none('OPENAI/nope (Type: text)'));
    const image = { provider: 'OPENAI', model: 'dall-e-3', type: 'image', count: 2 };
    expect(await api.call('post', CALCULATE, image)).toEqual(none('OPENAI/dall-e-3 (Type: image)'));
    const price = { provider: 'OPENAI', model: 'dall-e-3', costType: 'IMAGE', costPerUnit: 0.04 };
    await api.control('post', '/controls/openmonetize/setUnitPrice', price);
    expect(await api.call('post', CALCULATE, image)).toEqual(misfit);
  });

  it('works with an option, for tokens', async () => {
    const api = await startProfile('head', 'workingRating=true');
    expect(await calculate(api)).toEqual(ok(rating));
  });

  it('works in bulk', async () => {
    const api = await startProfile('head');
    expect(await api.call('post', BULK, { calculations: [TOKENS] })).toEqual(
      ok({ customerId: LANTERN, results: [rating], total: 1 }),
    );
  });

  it('is refused in two keys', async () => {
    const api = await startProfile('head');
    const wrong = { model: 'gpt-4o', inputTokens: 1.5, count: 0 };
    expect(await api.as(undefined).call('post', CALCULATE, wrong)).toEqual(
      refusal(
        400,
        'body/provider Invalid option: expected one of "OPENAI"|"ANTHROPIC"|"GOOGLE"|"COHERE"|"MISTRAL"|"STABILITY_AI"|' +
          '"RUNWAY"|"REPLICATE"|"AMAZON"|"BLACK_FOREST_LABS", body/inputTokens Invalid input: expected int, received ' +
          'number, body/count Too small: expected number to be >0',
      ),
    );
    expect(await api.as(undefined).call('post', CALCULATE, TOKENS)).toEqual(noKey);
  });
});

describe.each(PROFILES)('prices in profile %s', (profile) => {
  it('are listed by provider and model, those of images and videos where they are known', async () => {
    const api = await startProfile(profile);
    const toPrice = (costPerUnit: number, unitSize = 1_000_000): object => ({ costPerUnit, unitSize, currency: 'USD' });
    const { body } = await api.call('get', '/v1/rating/pricing');
    const { data, total } = body as { readonly data: readonly { provider: string; model: string }[]; total: number };
    expect([data.length, total]).toEqual([17, 17]);
    expect(data.slice(0, 2)).toEqual([
      { provider: 'OPENAI', model: 'gpt-4o', pricing: { input_token: toPrice(2.5), output_token: toPrice(10) } },
      { provider: 'OPENAI', model: 'gpt-4o-mini', pricing: { input_token: toPrice(0.15), output_token: toPrice(0.6) } },
    ]);
    expect([...new Set(data.map(({ provider }) => provider))]).toEqual([
      'OPENAI',
      'ANTHROPIC',
      'GOOGLE',
      'COHERE',
      'MISTRAL',
    ]);
    for (const [model, costType, costPerUnit] of [
      ['dall-e-3', 'IMAGE', 0.04],
      ['sora-2', 'VIDEO', 0.1],
    ] as const) {
      const price = { provider: 'OPENAI', model, costType, costPerUnit };
      await api.control('post', '/controls/openmonetize/setUnitPrice', price);
    }
    const after = await api.call('get', '/v1/rating/pricing');
    expect((after.body as { readonly data: readonly object[] }).data).toEqual([
      { provider: 'OPENAI', model: 'dall-e-3', pricing: { image: toPrice(0.04, 1) } },
      ...data.slice(0, 8),
      { provider: 'OPENAI', model: 'sora-2', pricing: { video: toPrice(0.1, 1) } },
      ...data.slice(8),
    ]);
    expect(await api.as(undefined).call('get', '/v1/rating/pricing')).toEqual(noKey);
  });
});

describe('burn tables in profile seed', () => {
  const table = (id: string, fields: object = {}): object => ({
    id,
    customerId: LANTERN,
    name: 'Spring',
    version: 1,
    rules: {},
    isActive: true,
    validFrom: NOW,
    validUntil: null,
    createdAt: NOW,
    updatedAt: NOW,
    ...fields,
  });

  it('are made, and take the place of the customer’s active ones', async ({ api }) => {
    const first = await addTable(api, { customerId: LANTERN });
    const rules = { 'gpt-4o': { inputTokens: 3, outputTokens: 12 } };
    const body = { customerId: LANTERN, name: 'Summer', rules, validUntil: '2026-12-31T00:00:00+01:00' };
    const second = {
      name: 'Summer',
      rules: { 'gpt-4o': { inputTokens: 3, outputTokens: 12, perUnit: 1000 } },
      validUntil: '2026-12-30T23:00:00.000Z',
    };
    const made = await api.call('post', TABLES, body);
    expect(made).toEqual({ status: 201, body: { data: table(UUID, second) } });
    const id = (made.body as { readonly data: { readonly id: string } }).data.id;
    expect(await api.call('get', `${TABLES}?customerId=${LANTERN}`)).toEqual(
      ok({ data: [table(id, second), table(first, { isActive: false })], total: 2 }),
    );
    expect(await api.call('get', `${TABLES}?isActive=true`)).toMatchObject({
      body: { data: [{ id }, { id: DEFAULT_TABLE }], total: 2 },
    });
    expect(await api.call('get', `${TABLES}/customer/${LANTERN}/active`)).toEqual(
      ok({ data: table(id, second), isDefault: false }),
    );
    expect(await api.call('get', `${TABLES}/customer/${HARBOR}/active`)).toMatchObject({
      body: { data: { id: DEFAULT_TABLE, customerId: null }, isDefault: true },
    });
  });

  it('are anybody’s to read, change and make inactive', async ({ api }) => {
    const id = await addTable(api, { customerId: LANTERN });
    const other = api.as(HARBOR_KEY);
    expect(await other.call('get', `${TABLES}/${id}`)).toEqual(ok({ data: table(id) }));
    expect(await other.call('patch', `${TABLES}/${id}`, { name: 'Autumn', isActive: false })).toEqual(
      ok({ data: table(id, { name: 'Autumn', isActive: false }) }),
    );
    expect(await other.call('patch', `${TABLES}/${id}`, { isActive: true })).toEqual(
      ok({ data: table(id, { name: 'Autumn' }) }),
    );
    expect(await other.call('delete', `${TABLES}/${id}`)).toEqual(
      ok({ message: 'Burn table deactivated successfully' }),
    );
    expect(await other.call('get', `${TABLES}/${id}`)).toEqual(
      ok({ data: table(id, { name: 'Autumn', isActive: false }) }),
    );
  });

  it('are not there, or not as they should be', async ({ api }) => {
    const missing = coded(404, 'NOT_FOUND', 'Burn table not found');
    expect(await api.call('get', `${TABLES}/${NOBODY}`)).toEqual(missing);
    expect(await api.call('patch', `${TABLES}/spring`, {})).toEqual(missing);
    expect(await api.call('delete', `${TABLES}/${NOBODY}`)).toEqual(missing);
    await api.call('delete', `${TABLES}/${DEFAULT_TABLE}`);
    expect(await api.call('get', `${TABLES}/customer/${HARBOR}/active`)).toEqual(
      coded(404, 'NOT_FOUND', 'No burn table found'),
    );
    expect(await api.call('post', TABLES, { name: '', rules: {} })).toEqual(
      refused('body/name must NOT have fewer than 1 characters'),
    );
    expect(await api.call('post', TABLES, { name: 'x', rules: {}, customerId: NOBODY })).toEqual(
      coded(500, 'INTERNAL_ERROR', 'Failed to create burn table'),
    );
    expect(await api.as(undefined).call('post', TABLES, {})).toEqual(noKey);
  });

  it('are left alone once they are no longer valid', async ({ api }) => {
    await addTable(api, { customerId: LANTERN, validUntil: '2025-12-31T00:00:00Z' });
    expect(await api.call('get', `${TABLES}/customer/${LANTERN}/active`)).toMatchObject({ body: { isDefault: true } });
  });
});

it('loses every call about burn tables on the way in profile head', async () => {
  const api = await startProfile('head');
  const short = (method: string, rest: string): Answer =>
    refusal(404, `Route ${method}:/v1/rating/burn-tables/${rest} not found`);
  const body = { name: 'Spring', rules: {} };
  expect(await api.call('get', TABLES)).toEqual(noRoute('GET', `/v1/rating/burn-tables?customerId=${LANTERN}`));
  expect(await api.call('post', TABLES, body)).toEqual(noRoute('POST', '/v1/rating/burn-tables'));
  expect(await api.call('get', `${TABLES}/${DEFAULT_TABLE}`)).toEqual(short('GET', DEFAULT_TABLE));
  expect(await api.call('patch', `${TABLES}/${DEFAULT_TABLE}`, {})).toEqual(short('PATCH', DEFAULT_TABLE));
  expect(await api.call('delete', `${TABLES}/${DEFAULT_TABLE}`)).toEqual(short('DELETE', DEFAULT_TABLE));
  expect(await api.call('get', `${TABLES}/active`)).toEqual(short('GET', `customer/${LANTERN}/active`));
  expect(await api.call('get', `${TABLES}/spring`)).toEqual(invalid('params/id Invalid UUID'));
  expect(await api.call('patch', `${TABLES}/spring`, {})).toEqual(refusal(400, 'params/id Invalid UUID'));
  expect(await api.as(undefined).call('get', TABLES)).toEqual(noKey);
  expect((await api.control('get', '/state')) as object).toMatchObject({ openmonetize: { burnTables: [{}] } });
});
