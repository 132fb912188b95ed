import { describe, expect, it } from 'vitest';

import { startEmulator } from '../../support/emulator.ts';
import { RICH, list, listed, startDecentraland, startWire, unknownRoute } from './api.ts';

it.each([
  '/v2/seasons',
  '/status',
  '/flag',
  '/admin/flagged-wallets',
  '/credits/iap/verify',
  `/users/${RICH}%2Fcredits`,
])('does not know %s', async (path) => {
  for (const start of [startDecentraland, startWire]) {
    expect(await (await start()).call('post', path, {})).toEqual(unknownRoute);
  }
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
