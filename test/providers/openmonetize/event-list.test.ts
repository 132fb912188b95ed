import { describe, expect, test } from 'vitest';

import { ADA, HARBOR_KEY, LANTERN_KEY, invalid, noKey, ok, refusal, unknownKey, type Answer } from './api.ts';
import { accepted, startProfile, toEvent, toEventId, use } from './event-api.ts';
import { noRoute } from './head-api.ts';

const EVENTS = '/v1/events';
const TOKENS = {
  event_type: 'TOKEN_USAGE',
  feature_id: 'chat',
  provider: 'OPENAI',
  model: 'gpt-4o',
  input_tokens: 1000,
  output_tokens: 500,
  unit_type: undefined,
  quantity: undefined,
};

function page(data: readonly object[], total = data.length, limit = 50, offset = 0): Answer {
  return ok({ data, pagination: { total, limit, offset } });
}

const custom = {
  id: toEventId(1),
  eventType: 'CUSTOM',
  featureId: 'export',
  provider: null,
  model: null,
  inputTokens: '0',
  outputTokens: '0',
  creditsBurned: '30',
  costUsd: '0.0000000000',
  timestamp: '2025-12-31T23:59:59.000Z',
  metadata: {},
};
const chat = {
  id: toEventId(2),
  eventType: 'TOKEN_USAGE',
  featureId: 'chat',
  provider: 'OPENAI',
  model: 'gpt-4o',
  inputTokens: '1000',
  outputTokens: '500',
  creditsBurned: '8',
  costUsd: '0.0075000000',
  timestamp: '2025-12-30T00:00:00.000Z',
  metadata: { trace: [1] },
};

const it = test.extend('api', () => startProfile('head'));

describe('GET /v1/events in profile head', () => {
  it('lists what has burned, with the latest timestamp first and quantities as text', async ({ api }) => {
    expect(await api.call('get', EVENTS)).toEqual(page([]));
    const timestamp = '2025-12-30T00:00:00.000Z';
    await use(api, toEvent(1, 3), toEvent(2, 1, { ...TOKENS, timestamp, metadata: { trace: [1] } }));
    expect(await api.call('get', EVENTS)).toEqual(page([custom, chat]));
    expect(await api.call('get', `${EVENTS}?limit=1`)).toEqual(page([custom], 2, 1));
    expect(await api.call('get', `${EVENTS}?limit=0x1&offset=1e0`)).toEqual(page([chat], 2, 1, 1));
    expect(await api.call('get', `${EVENTS}?limit=%2010&offset=`)).toEqual(page([custom, chat], 2, 10));
    expect(await api.call('get', `${EVENTS}?offset=2`)).toEqual(page([], 2, 50, 2));
    expect(await api.as(HARBOR_KEY).call('get', EVENTS)).toEqual(page([]));
  });

  it('never has one of the type FEATURE_ACCESS, though it is taken and its user made', async ({ api }) => {
    const event = toEvent(1, 1, { event_type: 'FEATURE_ACCESS', user_id: 'grace' });
    const { app } = api;
    expect(await api.call('post', '/v1/events/ingest', { events: [event] })).toEqual(accepted(1));
    await app.post('/_emulator/clock/advance').send({ by: 'PT1S' }).expect(200);
    expect(await api.call('get', EVENTS)).toEqual(page([]));
    expect((await api.state()).users.at(-1)).toMatchObject({ id: 'grace' });
  });

  it.each([
    ['limit=0', 'querystring/limit Too small: expected number to be >=1'],
    ['limit=', 'querystring/limit Too small: expected number to be >=1'],
    ['limit=101', 'querystring/limit Too big: expected number to be <=100'],
    ['limit=many', 'querystring/limit Invalid input: expected number, received NaN'],
    ['limit=true', 'querystring/limit Invalid input: expected number, received NaN'],
    ['limit=1&limit=2', 'querystring/limit Invalid input: expected number, received NaN'],
    ['offset=-1', 'querystring/offset Too small: expected number to be >=0'],
    [
      'limit=0&offset=-1',
      'querystring/limit Too small: expected number to be >=1, querystring/offset Too small: expected number to be >=0',
    ],
  ])('refuses %s, before it asks for a key', async (query, message) => {
    const api = await startProfile('head');
    expect(await api.with({}).call('get', `${EVENTS}?${query}`)).toEqual(invalid(message));
  });

  it.for(['limit=1.5', 'offset=0.5', 'offset=1e300'])('breaks at %s', async (query, { api }) => {
    expect(await api.call('get', `${EVENTS}?${query}`)).toEqual(refusal(500, 'Failed to fetch events'));
  });

  it('asks for a key', async ({ api }) => {
    expect(await api.as(undefined).call('get', EVENTS)).toEqual(noKey);
    expect(await api.as('om_live_none').call('get', EVENTS)).toEqual(unknownKey);
  });
});

it('is no route behind the gateway of profile seed, which asks for a key first', async () => {
  const api = await startProfile('seed');
  expect(await api.as(undefined).call('get', EVENTS)).toEqual(noKey);
  expect(await api.as(LANTERN_KEY).call('get', EVENTS)).toEqual(noRoute('GET', EVENTS));
});

it('burns by the price of an image where one is known', async ({ api }) => {
  const price = { provider: 'GOOGLE', model: 'imagen-4', costType: 'IMAGE', costPerUnit: '0.0655' };
  await api.control('post', '/controls/openmonetize/setUnitPrice', price);
  const image = { event_type: 'IMAGE_GENERATION', provider: 'GOOGLE', image_count: 2, user_id: ADA };
  await use(api, toEvent(1, 1, { ...image, model: 'imagen-4' }), toEvent(2, 1, { ...image, model: 'imagen-3' }));
  expect(await api.call('get', EVENTS)).toMatchObject({
    body: {
      data: [
        { model: 'imagen-3', creditsBurned: '80', costUsd: '0.0800000000' },
        { model: 'imagen-4', creditsBurned: '131', costUsd: '0.1310000000' },
      ],
    },
  });
});
