import { describe, expect } from 'vitest';

import { startEmulator } from '../../support/emulator.ts';
import { sendRaw } from '../../support/raw.ts';
import {
  ADA,
  BALANCE,
  GRANT,
  HARBOR,
  LANTERN,
  LANTERN_KEY,
  NOBODY,
  PURCHASE,
  WALLETS,
  creditsOf,
  customerBalance,
  granted,
  historyOf,
  it,
  noKey,
  refusal,
  rejection,
  startOpenMonetize,
  type Answer,
  type Fields,
  type Method,
} from './api.ts';

const REGISTER = '/v1/customers/register';
const KEY = { Authorization: `Bearer ${LANTERN_KEY}` };
const invalidJson = "Body is not valid JSON but content-type is set to 'application/json'";
const emptyJson = "Body cannot be empty when content-type is set to 'application/json'";

function noRoute(method: string, url: string): Answer {
  const message = `Route ${method}:${url} not found`;
  return { status: 404, body: { message, error: 'Not Found', statusCode: 404 } };
}

const NO_ROUTES: readonly (readonly [Method, string])[] = [
  ['get', '/'],
  ['get', '/v1'],
  ['get', '/v1/nope'],
  ['get', '/v1/nope?a=1&b=%20c'],
  ['get', '/credits/balance'],
  ['get', '/api/v1/credits/balance'],
  ['get', '/v1/credits/balance/'],
  ['get', '/v1/credits/balance/?a=1'],
  ['get', '/v1//credits/balance'],
  ['get', '//v1/credits/balance'],
  ['get', '/V1/credits/balance'],
  ['get', '/v1/credits/Balance'],
  ['get', '/v1/credits/grant'],
  ['get', '/v1/credits/purchase'],
  ['get', '/v1/customers/register'],
  ['get', '/v1/events/ingest'],
  ['post', BALANCE],
  ['post', '/v1/customers/me'],
  ['post', '/v1/credits/deduct'],
  ['post', '/health'],
  ['put', GRANT],
  ['patch', GRANT],
  ['delete', GRANT],
  ['delete', BALANCE],
  ['delete', '/v1/customers/me'],
  ['get', `/v1/users/${ADA}/credits`],
  ['get', `/v1/users/${ADA}/transactions`],
  ['get', `/v1/customers/${LANTERN}/users/${ADA}`],
  ['get', `/v1/customers/${LANTERN}/users/${ADA}/credits/`],
  ['post', creditsOf(ADA)],
  ['get', '/v1/users'],
  ['post', '/v1/customers/rotate-key'],
];

describe('an unknown route', () => {
  it('is named with its method and whole URL, with a key or without', async ({ api }) => {
    for (const [method, url] of NO_ROUTES) {
      const answer = noRoute(method.toUpperCase(), url);
      expect(await api.call(method, url)).toEqual(answer);
      expect(await api.as(undefined).call(method, url)).toEqual(answer);
      expect(await api.as('wrong').call(method, url)).toEqual(answer);
    }
  });

  it('has the keys of its answer in this order', async () => {
    const { body } = await (await startOpenMonetize()).call('get', '/v1/nope');
    expect(JSON.stringify(body)).toBe(
      '{"message":"Route GET:/v1/nope not found","error":"Not Found","statusCode":404}',
    );
  });

  it('is the same on the service’s own host', async () => {
    const { app } = await startOpenMonetize();
    for (const host of ['api.openmonetize.io', 'openmonetize.localhost']) {
      const answer = await app.get('/v1/nope/?a=1').set('Host', host);
      expect({ status: answer.status, body: answer.body as unknown }).toEqual(noRoute('GET', '/v1/nope/?a=1'));
    }
  });

  it('is the same with a body', async ({ api }) => {
    expect(await api.call('post', '/v1/nope', { a: 1 })).toEqual(noRoute('POST', '/v1/nope'));
  });
});

describe('the keys of an error', () => {
  it('are four where the framework raises it', async () => {
    const { body } = await (await startOpenMonetize()).call('post', GRANT, {});
    expect(JSON.stringify(body)).toBe(
      '{"statusCode":400,"code":"FST_ERR_VALIDATION","error":"Bad Request",' +
        `"message":"body must have required property 'customerId'"}`,
    );
  });

  it('are two where the service raises it', async ({ api }) => {
    const { body } = await api.call('get', creditsOf(NOBODY));
    expect(JSON.stringify(body)).toBe('{"error":"Not Found","message":"Credit wallet not found"}');
    const failed = await api.call('post', GRANT, { customerId: LANTERN, amount: 1.5 });
    expect(JSON.stringify(failed.body)).toBe('{"error":"Internal Server Error","message":"Failed to grant credits"}');
  });
});

/** Bodies that cannot be read: kind, type, body, code and message. */
const UNREADABLE: readonly (readonly [string, string, string, string, string])[] = [
  ...['{', '{"amount":1,}', '{"amount":1}}', "{'amount':1}", 'amount=1', '{"amount":NaN}', '\u0001'].map(
    (body) => ['no JSON', 'application/json', body, 'FST_ERR_CTP_INVALID_JSON_BODY', invalidJson] as const,
  ),
  ['no JSON', 'application/json; charset=utf-8', '{', 'FST_ERR_CTP_INVALID_JSON_BODY', invalidJson],
  ['a prototype', 'application/json', '{"__proto__":{"a":1}}', 'FST_ERR_CTP_INVALID_JSON_BODY', invalidJson],
  ['a deep one', 'application/json', '{"a":[{"__proto__":1}]}', 'FST_ERR_CTP_INVALID_JSON_BODY', invalidJson],
  ['nothing', 'application/json', '', 'FST_ERR_CTP_EMPTY_JSON_BODY', emptyJson],
  ['nothing', 'application/json; charset=utf-8', '', 'FST_ERR_CTP_EMPTY_JSON_BODY', emptyJson],
  ['null', 'application/json', 'null', 'FST_ERR_VALIDATION', 'body must be object'],
  ['a list', 'application/json', '[]', 'FST_ERR_VALIDATION', 'body must be object'],
  ['a list of one', 'application/json', `[{"customerId":"${LANTERN}"}]`, 'FST_ERR_VALIDATION', 'body must be object'],
  ['text in JSON', 'application/json', '"a"', 'FST_ERR_VALIDATION', 'body must be object'],
  ['a number', 'application/json', '5', 'FST_ERR_VALIDATION', 'body must be object'],
  ['text', 'text/plain', '{"amount":1}', 'FST_ERR_VALIDATION', 'body must be object'],
  ['text', 'text/plain; charset=utf-8', 'amount=1', 'FST_ERR_VALIDATION', 'body must be object'],
];

it.each(UNREADABLE)('a body of %s (%s: %j) is refused with four keys, or two for a new customer', async (...row) => {
  const [, type, body, code, message] = row;
  const api = await startOpenMonetize();
  for (const path of [GRANT, PURCHASE]) {
    expect(await api.send('post', path, body, type)).toEqual(rejection(400, code, message));
  }
  expect(await api.send('post', REGISTER, body, type)).toEqual(refusal(400, message));
});

describe('a body', () => {
  it.for([
    'application/x-www-form-urlencoded',
    'application/xml',
    'application/xml; charset=utf-8',
    'text/html',
    'application/octet-stream',
    'application/vnd.api+json',
    'multipart/form-data; boundary=x',
  ])('of the type %s is not read', async (type, { api }) => {
    const answer = rejection(415, 'FST_ERR_CTP_INVALID_MEDIA_TYPE', `Unsupported Media Type: ${type}`);
    for (const path of [GRANT, PURCHASE, REGISTER]) {
      expect(await api.send('post', path, 'a=1', type)).toEqual(answer);
    }
  });

  it('of no type is not read', async () => {
    const { url } = await startEmulator({ providers: ['openmonetize'] });
    const head = `POST /openmonetize${GRANT} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n`;
    const { status, body } = await sendRaw(url, `${head}{}`);
    expect({ status, body: JSON.parse(body) as unknown }).toEqual(
      rejection(415, 'FST_ERR_CTP_INVALID_MEDIA_TYPE', 'Unsupported Media Type: undefined'),
    );
  });

  it.each([
    ['{', 'application/json'],
    ['a=1', 'application/x-www-form-urlencoded'],
  ])('of a GET is not looked at, even if it is %s of the type %s', async (body, type) => {
    const api = await startOpenMonetize();
    expect(await api.send('get', BALANCE, body, type)).toEqual(customerBalance('10000'));
  });

  it('of ten mebibytes is read, and no larger one', async ({ api }) => {
    const start = `{"customerId":"${LANTERN}","amount":5,"pad":"`;
    const pad = 'x'.repeat(10 * 1024 * 1024 - start.length - 2);
    const answer = rejection(413, 'FST_ERR_CTP_BODY_TOO_LARGE', 'Request body is too large');
    expect(await api.send('post', GRANT, `${start}${pad}x"}`)).toEqual(answer);
    expect(await api.send('post', REGISTER, `${start}${pad}x"}`)).toEqual(answer);
    expect(await api.send('post', GRANT, `${start}${pad}"}`)).toEqual(granted('10005', '5', WALLETS.lantern));
  });
});

const SECURITY: Fields = {
  'access-control-allow-origin': '*',
  'access-control-allow-credentials': 'true',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'origin-agent-cluster': '?1',
  'referrer-policy': 'no-referrer',
  'strict-transport-security': 'max-age=31536000; includeSubDomains',
  'x-content-type-options': 'nosniff',
  'x-dns-prefetch-control': 'off',
  'x-download-options': 'noopen',
  'x-frame-options': 'SAMEORIGIN',
  'x-permitted-cross-domain-policies': 'none',
  'x-xss-protection': '0',
};

it.each<[number, Method, string, Fields, (string | object)?]>([
  [200, 'get', BALANCE, KEY],
  [200, 'head', BALANCE, KEY],
  [200, 'get', '/health', {}],
  [201, 'post', REGISTER, {}, { name: 'New', email: 'new@x.example' }],
  [204, 'options', GRANT, { Origin: 'https://a.example', 'Access-Control-Request-Method': 'POST' }],
  [400, 'options', GRANT, {}],
  [400, 'post', GRANT, KEY, {}],
  [400, 'post', GRANT, { 'Content-Type': 'application/json' }, '{'],
  [400, 'post', REGISTER, {}, {}],
  [401, 'get', BALANCE, {}],
  [403, 'get', creditsOf(ADA, HARBOR), KEY],
  [404, 'get', creditsOf(NOBODY), KEY],
  [404, 'get', '/v1/nope', {}],
  [409, 'post', REGISTER, {}, { name: 'New', email: 'dev@lantern.example' }],
  [415, 'post', GRANT, { 'Content-Type': 'application/xml' }, '<a/>'],
  [500, 'post', GRANT, KEY, { customerId: LANTERN, amount: 1.5 }],
  [500, 'get', `${historyOf(ADA)}?offset=1e30`, KEY],
])('lets any page read the %i of %s %s, with the headers of helmet', async (status, method, path, headers, body) => {
  const { app } = await startOpenMonetize();
  const answer = await app[method](`/openmonetize${path}`).set(headers).send(body);
  expect(answer.status).toBe(status);
  expect(answer.headers).toMatchObject(SECURITY);
  for (const name of ['content-security-policy', 'x-powered-by', 'www-authenticate', 'x-ratelimit-limit']) {
    expect(answer.headers).not.toHaveProperty(name);
  }
});

it('does not give x-request-id back', async () => {
  const { app } = await startOpenMonetize();
  const answer = await app.get(`/openmonetize${BALANCE}`).set({ ...KEY, 'X-Request-Id': 'mine' });
  expect(answer.status).toBe(200);
  expect(answer.headers).not.toHaveProperty('x-request-id');
});

describe('a preflight', () => {
  it.each([GRANT, BALANCE, '/v1/nope', creditsOf('ada')])('of %s is allowed what it asks for', async (path) => {
    const { app } = await startOpenMonetize();
    const answer = await app.options(`/openmonetize${path}`).set({
      Origin: 'https://shop.example',
      'Access-Control-Request-Method': 'POST',
      'Access-Control-Request-Headers': 'Authorization, Content-Type,x-anything',
    });
    expect([answer.status, answer.text]).toEqual([204, '']);
    expect(answer.headers).toMatchObject({
      'access-control-allow-origin': '*',
      'access-control-allow-credentials': 'true',
      'access-control-allow-methods': 'GET,HEAD,PUT,PATCH,POST,DELETE',
      'access-control-allow-headers': 'Authorization, Content-Type,x-anything',
    });
  });

  it('that asks for no headers is allowed none', async () => {
    const { app } = await startOpenMonetize();
    const headers = { Origin: 'https://shop.example', 'Access-Control-Request-Method': 'PUT' };
    const answer = await app.options(`/openmonetize${GRANT}`).set(headers);
    expect(answer.status).toBe(204);
    expect(answer.headers).not.toHaveProperty('access-control-allow-headers');
  });

  it.each<[string, Fields]>([
    ['nothing', {}],
    ['an origin alone', { Origin: 'https://shop.example' }],
    ['a method alone', { 'Access-Control-Request-Method': 'POST' }],
    ['a key', KEY],
  ])('is what an OPTIONS with %s is not', async (_, headers) => {
    const api = (await startOpenMonetize()).with(headers);
    for (const path of [GRANT, BALANCE, '/v1/nope']) {
      expect(await api.call('options', path)).toEqual({ status: 400, body: 'Invalid Preflight Request' });
    }
  });
});

it('a page without a key is refused as anybody is', async () => {
  const api = (await startOpenMonetize()).with({ Origin: 'https://shop.example' });
  expect(await api.call('get', BALANCE)).toEqual(noKey);
});
