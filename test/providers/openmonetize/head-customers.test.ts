import { describe, expect } from 'vitest';

import {
  HARBOR_KEY,
  LANTERN,
  LANTERN_KEY,
  customerBalance,
  dataOf,
  noKey,
  ok,
  refusal,
  rejection,
  unknownKey,
  UUID,
  type Answer,
} from './api.ts';
import { it, startHead } from './head-api.ts';

const BALANCE = '/v1/credits/balance';
const ROTATE = '/v1/customers/rotate-key';
const KEY = expect.stringMatching(/^om_live_[0-9a-f]{64}$/) as string;
const rotated: Answer = ok({ data: { apiKey: KEY } });

describe('POST /v1/customers/rotate-key', () => {
  it('returns a new key and refuses the old one at once', async ({ api }) => {
    const answer = await api.call('post', ROTATE);
    expect(answer).toEqual(rotated);
    const key = String(dataOf(answer, 'apiKey'));
    expect(await api.call('get', BALANCE)).toEqual(unknownKey);
    expect(await api.call('post', ROTATE)).toEqual(unknownKey);
    expect(await api.with({ 'X-API-Key': LANTERN_KEY }).call('get', BALANCE)).toEqual(unknownKey);
    expect(await api.as(key).call('get', BALANCE)).toEqual(customerBalance('10000'));
    expect(await api.with({ 'X-API-Key': key }).call('get', BALANCE)).toEqual(customerBalance('10000'));
    expect(await api.as(HARBOR_KEY).call('get', BALANCE)).toEqual(customerBalance('2'));
  });

  it('gives another key each time', async ({ api }) => {
    const first = String(dataOf(await api.call('post', ROTATE), 'apiKey'));
    const second = String(dataOf(await api.as(first).call('post', ROTATE), 'apiKey'));
    expect(second).not.toBe(first);
    expect([await api.as(first).call('get', BALANCE), await api.as(second).call('get', BALANCE)]).toEqual([
      unknownKey,
      customerBalance('10000'),
    ]);
  });

  it('needs a valid key', async () => {
    const api = (await startHead()).as(undefined);
    expect(await api.call('post', ROTATE)).toEqual(noKey);
    expect(await api.as('om_dev_closed_key').call('post', ROTATE)).toEqual(unknownKey);
  });

  it('refuses the content type of JSON without a body and keeps the key', async ({ api }) => {
    const empty = "Body cannot be empty when content-type is set to 'application/json'";
    const refused = rejection(400, 'FST_ERR_CTP_EMPTY_JSON_BODY', empty);
    expect(await api.send('post', ROTATE, '')).toEqual(refused);
    expect(await api.send('post', ROTATE, '', 'application/json; charset=utf-8')).toEqual(refused);
    expect(await api.as(undefined).send('post', ROTATE, '')).toEqual(refused);
    expect(await api.call('get', BALANCE)).toEqual(customerBalance('10000'));
  });

  it('refuses invalid JSON and keeps the key', async ({ api }) => {
    const text = "Body is not valid JSON but content-type is set to 'application/json'";
    expect(await api.send('post', ROTATE, '{')).toEqual(rejection(400, 'FST_ERR_CTP_INVALID_JSON_BODY', text));
    expect(await api.call('get', BALANCE)).toEqual(customerBalance('10000'));
  });

  it('ignores the content of a body', async ({ api }) => {
    expect(await api.call('post', ROTATE, { apiKey: 'mine' })).toEqual(rotated);
    expect(await api.as('mine').call('get', BALANCE)).toEqual(unknownKey);
  });

  it('shows the new key only in the state', async ({ api }) => {
    const key = String(dataOf(await api.call('post', ROTATE), 'apiKey'));
    const journal = JSON.stringify(await api.control('get', '/requests'));
    expect([journal.includes(key), journal.includes(LANTERN_KEY)]).toEqual([false, false]);
    expect((await api.state()).customers).toContainEqual(expect.objectContaining({ id: LANTERN, apiKey: key }));
  });
});

describe('a customer', () => {
  it('is registered as in profile seed, and known by its key', async ({ api }) => {
    const answer = await api
      .as(undefined)
      .call('post', '/v1/customers/register', { name: 'Meadow', email: 'dev@meadow.example' });
    const known = { name: 'Meadow', email: 'dev@meadow.example', tier: 'STARTER' };
    const createdAt = '2026-01-01T00:00:00.000Z';
    expect(answer).toEqual({ status: 201, body: { data: { customerId: UUID, apiKey: KEY, ...known, createdAt } } });
    expect(await api.as(String(dataOf(answer, 'apiKey'))).call('get', '/v1/customers/me')).toEqual(
      ok({ data: { id: dataOf(answer, 'customerId'), ...known, status: 'ACTIVE', createdAt } }),
    );
  });

  it('is registered once', async ({ api }) => {
    expect(await api.call('post', '/v1/customers/register', { name: 'Lantern', email: 'dev@lantern.example' })).toEqual(
      refusal(409, 'A customer with this email already exists'),
    );
  });
});

it.each<[string, object]>([
  ['/health', { status: 'ok', timestamp: '2026-01-01T00:00:00.000Z' }],
  ['/ready', { status: 'ready', checks: expect.any(Object) as object, timestamp: '2026-01-01T00:00:00.000Z' }],
  [
    '/v1/info',
    {
      service: 'api-gateway',
      version: '0.1.0',
      environment: expect.any(String) as string,
      uptime: expect.any(Number) as number,
    },
  ],
])('tells at %s how it is, without a key', async (path, body) => {
  expect(await (await startHead()).as(undefined).call('get', path)).toEqual(ok(body));
});
