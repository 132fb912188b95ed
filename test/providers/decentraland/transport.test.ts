import { describe, expect, it } from 'vitest';

import { startEmulator } from '../../support/emulator.ts';
import { readFirstEvent } from '../../../src/conformance/first-event.ts';
import { NOBODY, RICH, list, listed, refusal, startDecentraland, startWire, unknownRoute, type Method } from './api.ts';

describe.each([
  ['document', startDecentraland],
  ['wire', startWire],
] as const)('a route in the format %s', (_, start) => {
  it.each<[Method, string]>([
    ['get', '/'],
    ['get', '/users'],
    ['get', `/users/${RICH}`],
    ['get', `/users/${RICH}/credit`],
    ['get', `/users/${RICH}/Credits`],
    ['get', `/users/${RICH}/credits/streams`],
    ['get', `/users/${RICH}/credits/stream/1`],
    ['get', '/users//credits'],
    ['get', `/credits/users/${RICH}/credits`],
    ['get', '/v2/seasons'],
    ['get', '/status'],
    ['post', '/flag'],
    ['post', '/unflag'],
    ['get', '/admin/flagged-wallets'],
    ['post', '/credits/iap/verify'],
  ])('is unknown: %s %s', async (method, path) => {
    const api = await start();
    expect(await api.call(method, path)).toEqual(unknownRoute);
  });

  it.each<[Method, string]>([
    ['put', `/users/${RICH}/credits`],
    ['delete', `/users/${RICH}/credits`],
    ['post', `/users/${RICH}/credits/stream`],
    ['post', '/season'],
    ['patch', '/seasons'],
    ['put', '/users'],
    ['delete', '/users'],
  ])('is unknown where it has no such method: %s %s', async (method, path) => {
    const api = await start();
    expect(await api.call(method, path, { address: RICH })).toEqual(unknownRoute);
  });

  it('is refused where its path cannot be decoded', async () => {
    const api = await start();
    const badRequest = refusal(400, 'Bad request', 'BAD_REQUEST');
    expect(await api.call('get', '/users/%/credits')).toEqual(badRequest);
    expect(await api.call('get', '/users/%ff/credits')).toEqual(badRequest);
  });
});

describe('slashes', () => {
  it('that are doubled count as one, as after a base URL that ends in one', async () => {
    const { urls } = await startEmulator({ providers: ['decentraland'] });
    const url = urls.decentraland;
    const usual = await (await fetch(`${url}/users/${RICH}/credits`)).json();
    for (const path of [`//users/${RICH}/credits`, `/users//${RICH}///credits`, `//users/${RICH}/credits//`]) {
      const response = await fetch(`${url}${path}`);
      expect([path, response.status, await response.json()]).toEqual([path, 200, usual]);
    }
    const stream = await fetch(`${url}//users/${RICH}/credits/stream`);
    expect(await readFirstEvent(stream)).toBe(`data: ${JSON.stringify(usual)}\n\n`);
  });

  it('at the end of a path are not there', async () => {
    const api = await startDecentraland();
    expect(await api.call('get', `/users/${RICH}/credits/`)).toEqual(list(12.5, listed(1), listed(2)));
    expect(await api.call('get', `/users/${RICH}/credits/?status=PARTIALLY_USED`)).toEqual(list(12.5));
    expect(await api.call('post', '/users/', { address: NOBODY })).toMatchObject({ status: 200 });
  });

  it('that are encoded are no slashes', async () => {
    const api = await startDecentraland();
    expect(await api.call('get', `/users/${RICH}%2Fcredits`)).toEqual(unknownRoute);
  });
});

describe('the real host names', () => {
  it.each(['credits.decentraland.org', 'credits.decentraland.zone', 'credits.decentraland.today'])(
    'lead to it: %s',
    async (host) => {
      const { app } = await startDecentraland();
      const { status } = await app.get(`/users/${RICH}/credits`).set('Host', host);
      expect(status).toBe(200);
    },
  );
});

it('tells a client where it is, and of no key', async () => {
  const { url, urls } = await startEmulator({ providers: ['decentraland'] });
  const provider = (await (await fetch(`${url}/_emulator/providers/decentraland`)).json()) as { env: unknown };
  expect(provider.env).toEqual({ DECENTRALAND_CREDITS_URL: urls.decentraland });
});

describe('a page of another origin', () => {
  const ORIGIN = 'https://decentraland.org';

  it.each(['credits', 'credits/stream'])('may ask with the headers of a signed request: %s', async (path) => {
    const { app } = await startDecentraland();
    const asked = 'cache-control,pragma,x-identity-auth-chain-0,x-identity-auth-chain-7,x-identity-timestamp';
    const response = await app
      .options(`/decentraland/users/${RICH}/${path}`)
      .set({ Origin: ORIGIN, 'Access-Control-Request-Method': 'GET', 'Access-Control-Request-Headers': asked });
    expect(response.status).toBe(204);
    expect(response.headers).toMatchObject({
      'access-control-allow-origin': '*',
      'access-control-allow-methods': 'GET,HEAD,POST,PUT,DELETE',
      'access-control-allow-headers': asked,
    });
  });

  it.each([
    [200, `/users/${RICH}/credits`],
    [400, '/users/ada/credits'],
    [404, `/users/${NOBODY}/credits`],
    [404, '/nowhere'],
  ])('may read an answer of the status %i', async (status, path) => {
    const { app } = await startDecentraland();
    const response = await app.get(`/decentraland${path}`).set('Origin', ORIGIN);
    expect(response.status).toBe(status);
    expect(response.headers['access-control-allow-origin']).toBe('*');
  });

  it('may read a stream', async () => {
    const { urls } = await startEmulator({ providers: ['decentraland'] });
    const response = await fetch(`${urls.decentraland}/users/${RICH}/credits/stream`, {
      headers: { Origin: ORIGIN },
    });
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
    await response.body?.cancel();
  });
});

it('asks nobody for a signature or a key, and looks at none', async () => {
  const { app } = await startDecentraland();
  const headers = {
    Authorization: 'Bearer wrong',
    'x-identity-auth-chain-0': 'not JSON',
    'x-identity-timestamp': 'never',
    'x-identity-metadata': '{}',
  };
  const answer = await app.get(`/decentraland/users/${RICH}/credits`).set(headers);
  expect({ status: answer.status, body: answer.body as unknown }).toEqual(list(12.5, listed(1), listed(2)));
});
