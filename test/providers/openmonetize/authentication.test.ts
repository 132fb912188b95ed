import { describe, expect } from 'vitest';

import { START } from '../../support/emulator.ts';
import {
  ADA,
  BALANCE,
  CLOSED_KEY,
  GRANT,
  HARBOR,
  HARBOR_KEY,
  LANTERN,
  LANTERN_KEY,
  NOBODY,
  PURCHASE,
  WALLETS,
  creditsOf,
  customerBalance,
  foreign,
  granted,
  historyOf,
  invalid,
  it,
  noKey,
  noWallet,
  rejection,
  startOpenMonetize,
  unknownKey,
  type Answer,
  type Fields,
  type Method,
} from './api.ts';

const LANTERNS = customerBalance('10000');
const HARBORS = customerBalance('2');

describe('a key', () => {
  it.for<[string, Fields, Answer]>([
    ['as a Bearer', { Authorization: `Bearer ${LANTERN_KEY}` }, LANTERNS],
    ['in X-API-Key', { 'X-API-Key': LANTERN_KEY }, LANTERNS],
    ['in x-api-key', { 'x-api-key': HARBOR_KEY }, HARBORS],
    ['in both', { Authorization: `Bearer ${LANTERN_KEY}`, 'X-API-Key': LANTERN_KEY }, LANTERNS],
    ['in both, another one', { Authorization: `Bearer ${LANTERN_KEY}`, 'X-API-Key': HARBOR_KEY }, LANTERNS],
    ['as a Bearer, with a wrong X-API-Key', { Authorization: `Bearer ${LANTERN_KEY}`, 'X-API-Key': 'x' }, LANTERNS],
    ['in X-API-Key, with a wrong Bearer', { Authorization: 'Bearer x', 'X-API-Key': LANTERN_KEY }, unknownKey],
    ['in X-API-Key, with a suspended Bearer', bearerAnd(CLOSED_KEY, LANTERN_KEY), unknownKey],
    ['in X-API-Key, with an empty Bearer', { Authorization: 'Bearer', 'X-API-Key': LANTERN_KEY }, LANTERNS],
    ['in X-API-Key, with a bearer', { Authorization: 'bearer x', 'X-API-Key': LANTERN_KEY }, LANTERNS],
    ['in X-API-Key, with a Basic', { Authorization: 'Basic eDp5', 'X-API-Key': LANTERN_KEY }, LANTERNS],
    ['as a bearer', { Authorization: `bearer ${LANTERN_KEY}` }, noKey],
    ['as a BEARER', { Authorization: `BEARER ${LANTERN_KEY}` }, noKey],
    ['as a Basic', { Authorization: `Basic ${LANTERN_KEY}` }, noKey],
    ['as an ApiKey', { Authorization: `ApiKey ${LANTERN_KEY}` }, noKey],
    ['without a scheme', { Authorization: LANTERN_KEY }, noKey],
    ['without a blank', { Authorization: `Bearer${LANTERN_KEY}` }, noKey],
    ['nowhere', {}, noKey],
    ['that is empty, as a Bearer', { Authorization: 'Bearer ' }, noKey],
    ['that is empty, in X-API-Key', { 'X-API-Key': '' }, noKey],
    ['in another header', { 'Api-Key': LANTERN_KEY, 'X-Auth-Token': LANTERN_KEY }, noKey],
    ['that nobody has', { Authorization: 'Bearer om_live_0' }, unknownKey],
    ['in capitals', { Authorization: `Bearer ${LANTERN_KEY.toUpperCase()}` }, unknownKey],
    ['that is the beginning of one', { Authorization: 'Bearer om_dev_test' }, unknownKey],
    ['that is the id of a customer', { 'X-API-Key': LANTERN }, unknownKey],
    ['of a customer who is suspended', { Authorization: `Bearer ${CLOSED_KEY}` }, unknownKey],
    ['of a customer who is suspended, in X-API-Key', { 'X-API-Key': CLOSED_KEY }, unknownKey],
  ])('%s', async ([_, headers, answer], { api }) => {
    expect(await api.with(headers).call('get', BALANCE)).toEqual(answer);
  });

  it.each(['query', 'body'])('in the %s is not read', async (place) => {
    const api = (await startOpenMonetize()).as(undefined);
    const [query, fields] = place === 'query' ? [`?apiKey=${LANTERN_KEY}`, {}] : ['', { apiKey: LANTERN_KEY }];
    expect(await api.call('post', GRANT + query, { customerId: LANTERN, amount: 1, ...fields })).toEqual(noKey);
  });

  it.for(['x', 'sk-1234', 'k'.repeat(2000), 'om_live_' + 'f'.repeat(64)])(
    'may be "%s", for its form is not looked at',
    async (apiKey, { api }) => {
      const customers = [{ id: LANTERN, name: 'L', email: 'l@x.example', apiKey, tier: 'STARTER' }];
      const wallets = [{ id: WALLETS.lantern, customerId: LANTERN, balance: 3 }];
      await api.control('put', '/state', { clock: START, openmonetize: { customers, wallets } });
      expect(await api.as(apiKey).call('get', BALANCE)).toEqual(customerBalance('3'));
      expect(await api.with({ 'X-API-Key': apiKey }).call('get', BALANCE)).toEqual(customerBalance('3'));
    },
  );

  it.for(['SUSPENDED', 'CHURNED'])('of a customer is refused while the status is %s', async (status, { api }) => {
    await api.control('post', '/controls/openmonetize/suspendCustomer', { customerId: LANTERN, status });
    expect(await api.call('get', BALANCE)).toEqual(unknownKey);
    expect(await api.as(HARBOR_KEY).call('get', BALANCE)).toEqual(HARBORS);
    await api.control('post', '/controls/openmonetize/suspendCustomer', { customerId: LANTERN, status: 'ACTIVE' });
    expect(await api.call('get', BALANCE)).toEqual(LANTERNS);
  });
});

function bearerAnd(bearer: string, key: string): Fields {
  return { Authorization: `Bearer ${bearer}`, 'X-API-Key': key };
}

const grant = { customerId: LANTERN, userId: ADA, amount: 1 };
const purchase = { ...grant, purchasePrice: 0 };

it('a refused key changes nothing and is answered without WWW-Authenticate', async ({ api }) => {
  const before = await api.state();
  for (const key of [undefined, 'wrong', CLOSED_KEY]) {
    expect(await api.as(key).call('post', GRANT, grant)).toEqual(key === undefined ? noKey : unknownKey);
  }
  expect([await api.state(), await api.control('get', '/ledger')]).toEqual([before, { entries: [] }]);
  const { status, headers } = await api.app.post(`/openmonetize${GRANT}`).send(grant);
  expect(status).toBe(401);
  expect(headers).not.toHaveProperty('www-authenticate');
});

it.for(['/health', '/ready', '/v1/info'])('%s needs no key and ignores a wrong one', async (path, { api }) => {
  expect(await api.as(undefined).call('get', path)).toMatchObject({ status: 200 });
  expect(await api.as('wrong').call('get', path)).toMatchObject({ status: 200 });
});

it.each([undefined, 'wrong', CLOSED_KEY])('a customer can be registered with the key %s', async (key) => {
  const api = (await startOpenMonetize()).as(key);
  const body = { name: 'New', email: 'new@x.example' };
  expect(await api.call('post', '/v1/customers/register', body)).toMatchObject({ status: 201 });
});

describe('without a valid key', () => {
  const badJson = "Body is not valid JSON but content-type is set to 'application/json'";
  const noJson = "Body cannot be empty when content-type is set to 'application/json'";

  it.each([undefined, 'wrong', CLOSED_KEY])('which is %s, an invalid body is reported first', async (key) => {
    const api = (await startOpenMonetize()).as(key);
    expect(await api.call('post', GRANT, {})).toEqual(invalid("body must have required property 'customerId'"));
    expect(await api.call('post', PURCHASE, { ...purchase, purchasePrice: -1 })).toEqual(
      invalid('body/purchasePrice must be >= 0'),
    );
    expect(await api.send('post', GRANT, '{')).toEqual(rejection(400, 'FST_ERR_CTP_INVALID_JSON_BODY', badJson));
    expect(await api.send('post', GRANT, '')).toEqual(rejection(400, 'FST_ERR_CTP_EMPTY_JSON_BODY', noJson));
    expect(await api.send('post', GRANT, 'a=1', 'application/x-www-form-urlencoded')).toEqual(
      rejection(415, 'FST_ERR_CTP_INVALID_MEDIA_TYPE', 'Unsupported Media Type: application/x-www-form-urlencoded'),
    );
  });

  it.each([undefined, 'wrong'])('which is %s, invalid parameters are reported first', async (key) => {
    const api = (await startOpenMonetize()).as(key);
    expect(await api.call('get', creditsOf('ada'))).toEqual(invalid('params/userId must match format "uuid"'));
    expect(await api.call('get', `${historyOf(ADA)}?limit=0`)).toEqual(invalid('querystring/limit must be >= 1'));
  });

  it.for<[Method, string, object?]>([
    ['get', creditsOf(ADA, HARBOR)],
    ['get', creditsOf(NOBODY)],
    ['get', `${historyOf(ADA)}?offset=1e30`],
    ['post', GRANT, { ...grant, customerId: HARBOR }],
    ['post', GRANT, { ...grant, userId: NOBODY }],
    ['post', GRANT, { ...grant, amount: 1.5 }],
    ['post', GRANT, { ...grant, idempotencyKey: 'welcome-user-001' }],
    ['post', PURCHASE, { ...purchase, customerId: HARBOR }],
    ['post', PURCHASE, { ...purchase, userId: NOBODY }],
  ])('%s %s tells of the key before all else', async ([method, path, body], { api }) => {
    expect(await api.as(undefined).call(method, path, body)).toEqual(noKey);
    expect(await api.as('wrong').call(method, path, body)).toEqual(unknownKey);
  });
});

describe('with a valid key', () => {
  it('another customer is reported before a missing wallet', async ({ api }) => {
    expect(await api.call('get', creditsOf(NOBODY, HARBOR))).toEqual(foreign);
    expect(await api.call('get', creditsOf(NOBODY))).toEqual(noWallet);
  });
});

it('a GET may have a Content-Type and no body', async ({ api }) => {
  const headers = { Authorization: `Bearer ${LANTERN_KEY}`, 'Content-Type': 'application/json' };
  expect(await api.with(headers).call('get', BALANCE)).toEqual(LANTERNS);
});

describe('HEAD', () => {
  it.for<[string, number, Fields]>([
    [BALANCE, 401, {}],
    [creditsOf(NOBODY), 404, { 'X-API-Key': LANTERN_KEY }],
    [creditsOf(ADA, HARBOR), 403, { 'X-API-Key': LANTERN_KEY }],
    [`${historyOf(ADA)}?limit=0`, 400, {}],
    ['/v1/nope', 404, {}],
    [GRANT, 404, { 'X-API-Key': LANTERN_KEY }],
  ])('%s is %i', async ([path, status, headers], { api }) => {
    expect(await api.with(headers).call('head', path)).toEqual({ status, body: undefined });
  });
});

describe('the name of a sandbox after a key', () => {
  it.for<[string, Fields]>([
    ['a Bearer', { Authorization: `Bearer ${LANTERN_KEY}~box` }],
    ['X-API-Key', { 'X-API-Key': `${LANTERN_KEY}~box` }],
  ])('is heeded in %s', async ([_, headers], { api }) => {
    const boxed = api.with(headers);
    const body = { customerId: LANTERN, amount: 1 };
    expect(await boxed.call('post', GRANT, body)).toEqual(granted('10001', '1', WALLETS.lantern));
    expect(await boxed.call('get', BALANCE)).toEqual(customerBalance('10001'));
    expect(await api.call('get', BALANCE)).toEqual(LANTERNS);
  });

  it('keeps keys of grants apart', async ({ api }) => {
    const body = { customerId: LANTERN, amount: 1, idempotencyKey: 'k' };
    await api.as(`${LANTERN_KEY}~box`).call('post', GRANT, body);
    expect(await api.call('post', GRANT, { ...body, amount: 5 })).toEqual(granted('10005', '5', WALLETS.lantern));
  });

  it('keeps customers apart', async ({ api }) => {
    const body = { name: 'New', email: 'new@x.example' };
    const answer = await api.with({ 'X-Emulator-Sandbox': 'box' }).call('post', '/v1/customers/register', body);
    const { apiKey } = (answer.body as { readonly data: { readonly apiKey: string } }).data;
    expect(await api.as(`${apiKey}~box`).call('get', BALANCE)).toEqual(noWallet);
    expect(await api.as(apiKey).call('get', BALANCE)).toEqual(unknownKey);
  });
});
