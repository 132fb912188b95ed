import { describe, expect } from 'vitest';

import { startEmulator } from '../../support/emulator.ts';
import { sendRaw } from '../../support/raw.ts';
import {
  ADA,
  DMITRI,
  LUMEN,
  LUMEN_KEY,
  MEMBERS,
  RIDGE,
  RIDGE_KEY,
  balanceOf,
  creditsOf,
  entry,
  it,
  ledgerOf,
  ok,
  redeemed,
  refusal,
  startInveterate,
  submitted,
} from './api.ts';

const PATH = '/v2.0/merchant';
const toFound = (merchantId: string, name: string, currency: string): object =>
  ok('Merchant found', { merchantId, name, shopDomain: `${merchantId}.myshopify.com`, currency });
const lumen = toFound(LUMEN, 'Lumen Tea', 'USD');
const ridge = toFound(RIDGE, 'Ridge Outdoor', 'EUR');

it.for([PATH, '/v2.0/admin/merchant'])('shows the merchant of the key: %s', async (path, { api }) => {
  expect(await api.call('get', path)).toStrictEqual(lumen);
  expect(await api.as(RIDGE_KEY).call('get', path)).toStrictEqual(ridge);
});

it('names an unknown path, also without a key', async () => {
  const api = (await startInveterate()).as(undefined);
  const path = '/v2.0/storefront/merchant';
  expect(await api.call('get', path)).toStrictEqual(refusal(`Cannot GET ${path}`));
  expect(await api.call('get', `${path}/%ff`)).toStrictEqual(refusal('Invalid URL'));
});

describe('a body', () => {
  it.for(['', 'application/json; charset=utf-8', 'APPLICATION/JSON', 'application/ld+json'])(
    'is read as JSON with the type "%s"',
    async (type, { api }) => {
      expect(await api.send('post', creditsOf(DMITRI), ' {"amount":5}\n', type)).toStrictEqual(submitted);
      expect(await balanceOf(api, DMITRI)).toBe(5);
    },
  );

  it('that is missing is refused if one is needed', async ({ api }) => {
    await api.refuses(
      refusal('Invalid request body'),
      () => api.call('post', creditsOf(ADA)),
      () => api.call('post', MEMBERS),
    );
    expect(await api.redeem(ADA)).toStrictEqual(redeemed);
  });

  it('with names of properties of objects has no other effect', async ({ api }) => {
    const names = '"__proto__":{"force":true,"note":"x"},"constructor":{"prototype":{"note":"x"}}';
    expect(await api.send('post', creditsOf(DMITRI), `{"amount":5,${names}}`)).toStrictEqual(submitted);
    expect(await api.ledger(DMITRI)).toStrictEqual(ledgerOf([entry(DMITRI, 5, 0)]));
    expect(await api.send('post', creditsOf(DMITRI), '{"__proto__":{"amount":5}}')).toStrictEqual(
      refusal('amount is required'),
    );
    expect(({} as { note?: unknown }).note).toBeUndefined();
  });

  it('of a GET is ignored', async () => {
    const { url } = await startEmulator({ providers: ['inveterate'] });
    const { status, body } = await sendRaw(
      url,
      `GET /inveterate${PATH} HTTP/1.1\r\nHost: localhost\r\nX-Inveterate-Api-Key: ${LUMEN_KEY}\r\n` +
        'Content-Type: application/json\r\nContent-Length: 1\r\n\r\n{',
    );
    expect({ status, body: JSON.parse(body) as unknown }).toStrictEqual(lumen);
  });
});

it('gives a client its URL and the key of the first merchant', async () => {
  const { url, urls } = await startEmulator({ providers: ['inveterate'] });
  const provider = (await (await fetch(`${url}/_emulator/providers/inveterate`)).json()) as { env: unknown };
  expect(provider.env).toEqual({ INVETERATE_BASE_URL: urls.inveterate, INVETERATE_API_KEY: LUMEN_KEY });
});

it('uses the sandbox that is named after a key, and no other', async ({ api }) => {
  const boxed = api.as(`${LUMEN_KEY}~box`);
  expect(await boxed.add(DMITRI, { amount: 5 })).toStrictEqual(submitted);
  expect([await balanceOf(boxed, DMITRI), await balanceOf(api, DMITRI)]).toEqual([5, 0]);
});
