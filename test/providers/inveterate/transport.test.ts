import { describe, expect, it } from 'vitest';

import { startEmulator } from '../../support/emulator.ts';
import { sendRaw } from '../../support/raw.ts';
import {
  ADA,
  DMITRI,
  LUMEN_KEY,
  MEMBERS,
  RIDGE_KEY,
  badBody,
  balanceOf,
  creditsOf,
  entry,
  ledgerOf,
  redeemed,
  redemptionOf,
  refusal,
  startInveterate,
  submitted,
} from './api.ts';

const MERCHANT = '/v2.0/merchant';
const lumen = {
  status: 200,
  body: {
    message: 'Merchant found',
    data: { merchantId: 'lumen-tea', name: 'Lumen Tea', shopDomain: 'lumen-tea.myshopify.com', currency: 'USD' },
  },
};
const ridge = {
  status: 200,
  body: {
    message: 'Merchant found',
    data: {
      merchantId: 'ridge-outdoor',
      name: 'Ridge Outdoor',
      shopDomain: 'ridge-outdoor.myshopify.com',
      currency: 'EUR',
    },
  },
};

it.each([MERCHANT, '/v2.0/admin/merchant'])('says whose the key is: %s', async (path) => {
  const api = await startInveterate();
  expect(await api.call('get', path)).toStrictEqual(lumen);
  expect(await api.as(RIDGE_KEY).call('get', path)).toStrictEqual(ridge);
});

it.each(['/v2.0/storefront/merchant', '/v2.0/admin/campaigns', '/v2.0/admin/webhooks', '/v2.0/storefront/members'])(
  'does not know %s, also without a key',
  async (path) => {
    const api = (await startInveterate()).as(undefined);
    expect(await api.call('get', path)).toStrictEqual(refusal(`Cannot GET ${path}`));
    expect(await api.call('get', `${path}/%ff`)).toStrictEqual(refusal('Invalid URL'));
  },
);

describe('a body', () => {
  it.each(['', 'application/json', 'application/json; charset=utf-8', 'APPLICATION/JSON', 'application/ld+json'])(
    'is read as JSON with the type "%s"',
    async (type) => {
      const api = await startInveterate();
      expect(await api.send('post', creditsOf(DMITRI), ' {"amount":5}\n', type)).toStrictEqual(submitted);
      expect(await balanceOf(api, DMITRI)).toBe(5);
    },
  );

  it('that is missing is refused, but where none is needed', async () => {
    const api = await startInveterate();
    const before = await api.everything();
    expect(await api.call('post', creditsOf(ADA))).toStrictEqual(badBody);
    expect(await api.call('post', MEMBERS)).toStrictEqual(badBody);
    expect(await api.everything()).toEqual(before);
    expect(await api.call('post', redemptionOf(ADA))).toStrictEqual(redeemed);
  });

  it('with names of properties of objects changes nothing else', async () => {
    const api = await startInveterate();
    const names = '"__proto__":{"force":true,"note":"x"},"constructor":{"prototype":{"note":"x"}}';
    expect(await api.send('post', creditsOf(DMITRI), `{"amount":5,${names}}`)).toStrictEqual(submitted);
    expect(await api.ledger(DMITRI)).toStrictEqual(ledgerOf([entry(DMITRI, 5, 0)]));
    expect(await api.send('post', creditsOf(DMITRI), '{"__proto__":{"amount":5}}')).toStrictEqual(
      refusal('amount is required'),
    );
    expect(({} as { note?: unknown }).note).toBeUndefined();
  });

  it('of a GET is not looked at', async () => {
    const { url } = await startEmulator({ providers: ['inveterate'] });
    const answer = await sendRaw(
      url,
      `GET /inveterate${MERCHANT} HTTP/1.1\r\nHost: localhost\r\nX-Inveterate-Api-Key: ${LUMEN_KEY}\r\n` +
        'Content-Type: application/json\r\nContent-Length: 1\r\n\r\n{',
    );
    expect({ status: answer.status, body: JSON.parse(answer.body) as unknown }).toStrictEqual(lumen);
  });
});

it('tells a client where it is, and the key of the first merchant', async () => {
  const { url, urls } = await startEmulator({ providers: ['inveterate'] });
  const provider = (await (await fetch(`${url}/_emulator/providers/inveterate`)).json()) as { env: unknown };
  expect(provider.env).toEqual({ INVETERATE_BASE_URL: urls.inveterate, INVETERATE_API_KEY: LUMEN_KEY });
});

describe('the name of a sandbox behind a key', () => {
  it('leads into it, and changes nothing outside', async () => {
    const api = await startInveterate();
    const boxed = api.as(`${LUMEN_KEY}~box`);
    expect(await boxed.merchant()).toStrictEqual(lumen);
    expect(await boxed.add(DMITRI, { amount: 5 })).toStrictEqual(submitted);
    expect([await balanceOf(boxed, DMITRI), await balanceOf(api, DMITRI)]).toEqual([5, 0]);
  });
});
