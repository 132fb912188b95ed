import { describe, expect, test } from 'vitest';

import { createApp } from '../../../src/compose/emulator.ts';
import { testLogger } from '../../support/log.ts';
import {
  ADA,
  HARBOR_KEY,
  LANTERN,
  LANTERN_KEY,
  customerBalance,
  noKey,
  startOpenMonetize,
  unknownKey,
  type Fields,
  type Method,
  type OpenMonetizeApi,
} from './api.ts';
import { advance } from './event-api.ts';

const BALANCE = '/v1/credits/balance';
const GRANT = '/v1/credits/grant';
const BEARER: Fields = { Authorization: `Bearer ${LANTERN_KEY}` };

function start(rate: string, profile = 'seed'): Promise<OpenMonetizeApi> {
  return startOpenMonetize({ set: [`openmonetize.rateLimit=${rate}`, `openmonetize.profile=${profile}`] });
}

/** What an answer says of the limit. */
interface Told {
  readonly status: number;
  readonly headers: Fields;
}

/** Status, and the headers that tell of the limit, of a request with these headers of its own. */
async function ask(
  { app }: OpenMonetizeApi,
  sent: Fields = BEARER,
  [method, path]: readonly [Method, string] = ['get', `/openmonetize${BALANCE}`],
  body?: object | string,
): Promise<Told> {
  const response = await app[method](path).set(sent).send(body);
  const headers = Object.entries(response.headers as Fields);
  const telling = headers.filter(([name]) => name.startsWith('x-ratelimit-') || name === 'retry-after');
  return { status: response.status, headers: Object.fromEntries(telling) };
}

function told(status: number, limit: number, remaining: number, reset: number): Told {
  return {
    status,
    headers: {
      'x-ratelimit-limit': String(limit),
      'x-ratelimit-remaining': String(remaining),
      'x-ratelimit-reset': String(reset),
    },
  };
}

function refused(limit: number, reset: number, retryAfter: number): Told {
  const { headers } = told(429, limit, 0, reset);
  return { status: 429, headers: { ...headers, 'retry-after': String(retryAfter) } };
}

function untold(status: number): Told {
  return { status, headers: {} };
}

const it = test.extend('api', () => start('2/PT1M'));

describe('without a limit', () => {
  it.each([undefined, 'off'])('sends no headers and refuses nothing: %s', async (rate) => {
    const api = await (rate === undefined ? startOpenMonetize() : start(rate));
    for (let count = 0; count < 120; count += 1) {
      if ((await api.call('get', BALANCE)).status !== 200) throw new Error(`Refused after ${count}.`);
    }
    expect(await ask(api)).toEqual(untold(200));
  });
});

describe.each(['seed', 'head'])('a limit in profile %s', (profile) => {
  it('is in the headers of every response and counts down', async () => {
    const api = await start('3/PT1M', profile);
    expect([await ask(api), await ask(api), await ask(api), await ask(api), await ask(api)]).toEqual([
      told(200, 3, 2, 60),
      told(200, 3, 1, 60),
      told(200, 3, 0, 60),
      refused(3, 60, 60),
      refused(3, 60, 60),
    ]);
  });

  it('that is exceeded is reported with three keys', async () => {
    const api = await start('1/PT1M', profile);
    expect(await api.call('get', BALANCE)).toEqual(customerBalance('10000'));
    expect(await api.call('get', BALANCE)).toEqual({
      status: 429,
      body: { statusCode: 429, error: 'Too Many Requests', message: 'Rate limit exceeded, retry in 1 minute' },
    });
  });

  it('is in the headers of errors, too', async () => {
    const api = await start('100/PT1M', profile);
    const grant = ['post', `/openmonetize${GRANT}`] as const;
    const fraction = { customerId: LANTERN, amount: 1.5 };
    const form = { ...BEARER, 'Content-Type': 'application/xml' };
    const answers = [
      await ask(api, BEARER, grant, { amount: 0 }),
      await ask(api, BEARER, grant, fraction),
      await ask(api, form, grant, '<amount/>'),
      await ask(api, { ...BEARER, 'Content-Type': 'application/json' }, grant),
      await ask(api, {}),
      await ask(api, { 'X-API-Key': 'bad' }),
    ];
    expect(answers).toEqual([
      told(400, 100, 99, 60),
      told(500, 100, 98, 60),
      told(415, 100, 97, 60),
      told(400, 100, 96, 60),
      told(401, 100, 99, 60),
      told(401, 100, 99, 60),
    ]);
  });

  it('comes before everything else that could be wrong', async () => {
    const api = await start('1/PT1M', profile);
    await api.call('post', GRANT, { amount: 0 });
    expect(await api.send('post', GRANT, '{')).toMatchObject({ status: 429 });
    expect(await api.call('post', GRANT, { amount: 0 })).toMatchObject({ status: 429 });
    expect(await api.call('post', GRANT, { customerId: LANTERN, amount: 1 })).toMatchObject({ status: 429 });
    expect(await api.as(undefined).call('get', BALANCE)).toEqual(noKey);
    expect(await api.as(undefined).call('get', BALANCE)).toMatchObject({ status: 429 });
    expect((await api.state()).wallets).toContainEqual(expect.objectContaining({ balance: '10000' }));
  });
});

describe('a window', () => {
  it('ends by the clock of the sandbox', async ({ api }) => {
    expect(await ask(api)).toEqual(told(200, 2, 1, 60));
    await advance(api, 'PT10S');
    expect(await ask(api)).toEqual(told(200, 2, 0, 50));
    await advance(api, 'PT49.9S');
    expect(await ask(api)).toEqual(refused(2, 1, 60));
    await advance(api, 100);
    expect(await ask(api)).toEqual(told(200, 2, 1, 60));
    await api.control('put', '/clock', { now: '2025-06-01T00:00:00Z' });
    expect(await ask(api)).toEqual(told(200, 2, 1, 60));
  });

  it.each([
    ['1/PT1S', 1, '1 second'],
    ['1/PT30S', 30, '30 seconds'],
    ['1/PT5M', 300, '5 minutes'],
    ['1/PT1H', 3600, '1 hour'],
    ['1/P2D', 172_800, '2 days'],
  ])('may be another one: %s', async (rate, seconds, words) => {
    const api = await start(rate);
    expect(await ask(api)).toEqual(told(200, 1, 0, seconds));
    expect(await ask(api)).toEqual(refused(1, seconds, seconds));
    expect(await api.call('get', BALANCE)).toMatchObject({
      body: { message: `Rate limit exceeded, retry in ${words}` },
    });
  });

  it('counts by key, valid or not', async () => {
    const api = await start('1/PT1M');
    expect(await api.call('get', BALANCE)).toEqual(customerBalance('10000'));
    expect(await api.as(HARBOR_KEY).call('get', BALANCE)).toEqual(customerBalance('2'));
    for (const key of ['bad', 'worse', 'om_dev_closed_key']) {
      expect(await api.as(key).call('get', BALANCE)).toEqual(unknownKey);
      expect(await api.as(key).call('get', BALANCE)).toMatchObject({ status: 429 });
    }
    expect(await api.as(HARBOR_KEY).call('get', BALANCE)).toMatchObject({ status: 429 });
  });

  it('is shared by all requests without a key', async ({ api }) => {
    const health = ['get', '/openmonetize/health'] as const;
    expect(await ask(api, {}, health)).toEqual(told(200, 2, 1, 60));
    expect(await ask(api, { Authorization: `bearer ${LANTERN_KEY}` })).toEqual(told(401, 2, 0, 60));
    expect(await ask(api, {}, health)).toEqual(refused(2, 60, 60));
  });

  it('counts by the Bearer, else by the other header', async ({ api }) => {
    expect(await ask(api, { 'X-API-Key': LANTERN_KEY })).toEqual(told(200, 2, 1, 60));
    expect(await ask(api, { ...BEARER, 'X-API-Key': HARBOR_KEY })).toEqual(told(200, 2, 0, 60));
    expect(await ask(api, { 'X-API-Key': HARBOR_KEY })).toEqual(told(200, 2, 1, 60));
    expect(await ask(api, { Authorization: 'Bearer bad', 'X-API-Key': HARBOR_KEY })).toEqual(told(401, 2, 1, 60));
    expect(await ask(api)).toEqual(refused(2, 60, 60));
  });

  it('counts by sandbox, in every way to name it', async () => {
    const api = await start('1/PT1M');
    await ask(api);
    expect(await ask(api)).toEqual(refused(1, 60, 60));
    const other = { ...BEARER, 'X-Emulator-Sandbox': 'other' };
    expect(await ask(api, other)).toEqual(told(200, 1, 0, 60));
    expect(await ask(api, other)).toEqual(refused(1, 60, 60));
    expect(await ask(api, { Authorization: `Bearer ${LANTERN_KEY}~third` })).toEqual(told(200, 1, 0, 60));
    expect(await ask(api, { Authorization: `Bearer ${LANTERN_KEY}~third` })).toEqual(refused(1, 60, 60));
  });

  it('ends after a reset and after loading a state without it', async () => {
    const api = await start('1/PT1M');
    await ask(api);
    expect(await ask(api)).toEqual(refused(1, 60, 60));
    await api.control('post', '/reset');
    expect(await ask(api)).toEqual(told(200, 1, 0, 60));
    const { openmonetize } = (await api.control('get', '/state')) as { openmonetize: object };
    await api.control('put', '/state', { openmonetize });
    expect(await ask(api)).toEqual(told(200, 1, 0, 60));
  });

  it('continues in a state that was read and loaded', async ({ api }) => {
    expect(await ask(api)).toEqual(told(200, 2, 1, 60));
    await api.control('put', '/state', (await api.control('get', '/state')) as object);
    expect(await ask(api)).toEqual(told(200, 2, 0, 60));
    expect(await ask(api)).toEqual(refused(2, 60, 60));
  });
});

describe('what is not counted', () => {
  it.each<[string, Method, string, Fields, number]>([
    ['an unknown path', 'get', '/openmonetize/v1/nope', {}, 404],
    ['an unknown method', 'put', `/openmonetize${BALANCE}`, {}, 404],
    ['a trailing slash', 'get', `/openmonetize${BALANCE}/`, {}, 404],
    [
      'a preflight',
      'options',
      `/openmonetize${BALANCE}`,
      { Origin: 'https://app.example', 'Access-Control-Request-Method': 'GET' },
      204,
    ],
    ['an act', 'get', '/_emulator/clock', {}, 200],
  ])('is %s', async (_, method, path, headers, status) => {
    const api = await start('1/PT1M');
    for (let round = 0; round < 3; round += 1) {
      expect(await ask(api, { ...BEARER, ...headers }, [method, path])).toEqual(untold(status));
    }
    expect(await ask(api)).toEqual(told(200, 1, 0, 60));
  });

  it('is not a HEAD, nor what needs no key', async () => {
    const api = await start('3/PT1M');
    expect(await ask(api, BEARER, ['head', `/openmonetize${BALANCE}`])).toEqual(told(200, 3, 2, 60));
    expect(await ask(api, BEARER, ['get', '/openmonetize/health'])).toEqual(told(200, 3, 1, 60));
    expect(await ask(api, BEARER, ['post', '/openmonetize/v1/customers/register'])).toEqual(told(400, 3, 0, 60));
    expect(await ask(api, BEARER, ['head', `/openmonetize${BALANCE}`])).toEqual(refused(3, 60, 60));
  });
});

it('counts every operation of a customer in one window', async () => {
  const api = await start('3/PT1M');
  const user = `/openmonetize/v1/customers/${LANTERN}/users/${ADA}`;
  expect(await ask(api, BEARER, ['get', `${user}/credits`])).toEqual(told(200, 3, 2, 60));
  expect(await ask(api, BEARER, ['get', `${user}/transactions`])).toEqual(told(200, 3, 1, 60));
  expect(await ask(api)).toEqual(told(200, 3, 0, 60));
});

it.each(['', 'on', '100', '0/PT1M', '-1/PT1M', '1.5/PT1M', '100/', '100/soon', '100/PT0S', '100/P1M', '1e3/PT1M'])(
  'does not start with the limit "%s"',
  async (value) => {
    const set = [`openmonetize.rateLimit=${value}`];
    await expect(createApp({ providers: ['openmonetize'], set }, testLogger)).rejects.toThrow(
      `openmonetize.rateLimit must be a number of requests in a duration, such as 100/PT1M, or off, got "${value}".`,
    );
  },
);
