import { describe, expect, it } from 'vitest';

import { startEmulator } from '../../support/emulator.ts';
import { sendRaw } from '../../support/raw.ts';
import {
  ADA,
  DMITRI,
  FINN,
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
  type Method,
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

describe('what no operation answers', () => {
  it.each<[Method, string]>([
    ['get', '/'],
    ['get', '/v2.0'],
    ['get', '/v1.0/merchant'],
    ['get', '/merchant'],
    ['get', '/v2.0/storefront/merchant'],
    ['get', '/V2.0/merchant'],
    ['get', '/v2.0/Merchant'],
    ['get', '/v2.0/admin/campaigns'],
    ['get', '/v2.0/admin/webhooks'],
    ['get', '/v2.0/storefront/members'],
    ['delete', `/v2.0/storefront/members/${ADA}`],
    ['get', `${creditsOf(ADA)}/redemption`],
    ['post', `${creditsOf(ADA)}/redemption`],
    ['get', `${MEMBERS}/${ADA}/credit`],
    ['get', `${MEMBERS}/${ADA}%2Fcredits/x`],
    ['post', `/v2.0/storefront/members/${ADA}/credits`],
    ['get', redemptionOf(ADA)],
    ['put', creditsOf(ADA)],
    ['patch', creditsOf(ADA)],
    ['delete', creditsOf(ADA)],
    ['options', creditsOf(ADA)],
    ['delete', `${MEMBERS}/${ADA}`],
    ['delete', MEMBERS],
    ['post', MERCHANT],
    ['get', `${MEMBERS}//${ADA}`],
    ['get', `/v2.0//merchant`],
    ['get', `//v2.0/merchant`],
    ['get', `${MEMBERS}//credits`],
  ])('is refused in the usual shape: %s %s', async (method, path) => {
    const api = await startInveterate();
    const before = await api.everything();
    const body = method === 'get' ? undefined : { amount: 5, customerId: '7' };
    expect(await api.call(method, path, body)).toStrictEqual(refusal(`Cannot ${method.toUpperCase()} ${path}`));
    expect(await api.everything()).toEqual(before);
  });

  it('is refused without a key, too', async () => {
    const api = (await startInveterate()).as(undefined);
    expect(await api.call('get', '/v2.0/nothing')).toStrictEqual(refusal('Cannot GET /v2.0/nothing'));
  });

  it.each(['%', '%ZZ', '%ff', `${ADA}%E0%A4%A`])('is refused where the path cannot be decoded: %s', async (id) => {
    const api = await startInveterate();
    expect(await api.ledger(id)).toStrictEqual(refusal('Invalid URL'));
    expect(await api.add(id, { amount: 5 })).toStrictEqual(refusal('Invalid URL'));
    expect(await api.redeem(id)).toStrictEqual(refusal('Invalid URL'));
  });
});

describe('a slash at the end of a path', () => {
  it('is not there', async () => {
    const api = await startInveterate();
    expect(await api.call('get', `${MERCHANT}/`)).toStrictEqual(lumen);
    expect(await api.call('post', `${creditsOf(DMITRI)}/`, { amount: 5 })).toStrictEqual(submitted);
    expect(await api.call('get', `${creditsOf(DMITRI)}/?limit=1`)).toStrictEqual(ledgerOf([entry(DMITRI, 5, 0)]));
    expect(await api.call('post', `${redemptionOf(DMITRI)}/`)).toStrictEqual(redeemed);
  });
});

describe('a body', () => {
  it.each([
    ['JSON that is cut off', '{"amount":5', 'application/json'],
    ['JSON with a comma too many', '{"amount":5,}', 'application/json'],
    ['two of them', '{"amount":5}{"amount":5}', 'application/json'],
    ['NaN', '{"amount":NaN}', 'application/json'],
    ['a form', 'amount=5', 'application/x-www-form-urlencoded'],
    ['JSON that calls itself a form', '{"amount":5}', 'application/x-www-form-urlencoded'],
    ['JSON that calls itself text', '{"amount":5}', 'text/plain'],
    ['XML', '<amount>5</amount>', 'application/xml'],
    ['JSON in another encoding', '{"amount":5}', 'application/json; charset=utf-16'],
    ['no type but a slash', '{"amount":5}', '/'],
    ['a form without a type', 'amount=5', ''],
  ])('that is no JSON is refused: %s', async (_, body, type) => {
    const api = await startInveterate();
    const before = await api.everything();
    expect(await api.send('post', creditsOf(ADA), body, type)).toStrictEqual(badBody);
    expect(await api.send('post', MEMBERS, body, type)).toStrictEqual(badBody);
    expect(await api.send('post', redemptionOf(ADA), body, type)).toStrictEqual(badBody);
    expect(await api.everything()).toEqual(before);
  });

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

  it('of 100 KiB is read, and no larger one', async () => {
    const api = await startInveterate();
    const padded = (size: number): string => {
      const empty = '{"amount":5,"pad":""}';
      return empty.replace('""', `"${'x'.repeat(size - empty.length)}"`);
    };
    expect(await api.send('post', creditsOf(DMITRI), padded(102_400))).toStrictEqual(submitted);
    const before = await api.everything();
    const tooLarge = refusal('Request body is too large');
    expect(await api.send('post', creditsOf(DMITRI), padded(102_401))).toStrictEqual(tooLarge);
    expect(await api.send('post', redemptionOf(DMITRI), padded(102_401))).toStrictEqual(tooLarge);
    expect(await api.send('post', MEMBERS, padded(300_000))).toStrictEqual(tooLarge);
    expect(await api.everything()).toEqual(before);
    expect(await balanceOf(api, DMITRI)).toBe(5);
  });

  it('of two hundred levels is read, and no deeper one', async () => {
    const api = await startInveterate();
    const nested = (levels: number): string => `{"amount":5,"deep":${'['.repeat(levels)}${']'.repeat(levels)}}`;
    expect(await api.send('post', creditsOf(DMITRI), nested(199))).toStrictEqual(submitted);
    expect(await api.send('post', creditsOf(DMITRI), nested(200))).toStrictEqual(badBody);
    expect(await balanceOf(api, DMITRI)).toBe(5);
  });

  it('that is compressed is refused', async () => {
    const { app } = await startInveterate();
    const headers = { 'X-Inveterate-Api-Key': LUMEN_KEY, 'Content-Encoding': 'gzip' };
    const answer = await app
      .post(`/inveterate${creditsOf(ADA)}`)
      .set(headers)
      .send({ amount: 5 });
    expect([answer.status, answer.body]).toStrictEqual([400, badBody.body]);
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

  it('with the same field twice has the last one', async () => {
    const api = await startInveterate();
    expect(await api.send('post', creditsOf(DMITRI), '{"amount":5,"amount":7}')).toStrictEqual(submitted);
    expect(await balanceOf(api, DMITRI)).toBe(7);
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

describe('a HEAD', () => {
  it.each([
    ['of the merchant', MERCHANT, LUMEN_KEY, 200],
    ['of a ledger', creditsOf(ADA), LUMEN_KEY, 200],
    ['of a customer of another merchant', creditsOf(FINN), LUMEN_KEY, 400],
    ['without a key', MERCHANT, undefined, 400],
    ['of what has no GET', redemptionOf(ADA), LUMEN_KEY, 400],
  ])('%s has the headers of the GET and no body', async (_, path, key, status) => {
    const { app } = await startInveterate();
    const headers = key === undefined ? {} : { 'X-Inveterate-Api-Key': key };
    const head = await app.head(`/inveterate${path}`).set(headers);
    expect([head.status, head.text]).toEqual([status, undefined]);
    expect(head.get('Content-Type')).toBe('application/json; charset=utf-8');
    const get = await app.get(`/inveterate${path}`).set(headers);
    expect(get.status).toBe(status);
    // The text of a refusal names the method, which is a letter longer.
    const longer = path === redemptionOf(ADA) ? 1 : 0;
    expect(Number(head.get('Content-Length'))).toBe(Number(get.get('Content-Length')) + longer);
  });
});

describe('the real host name', () => {
  it('leads to it without a prefix', async () => {
    const { app } = await startInveterate();
    const headers = { Host: 'public.inveterateapi.com', 'X-Inveterate-Api-Key': LUMEN_KEY };
    const answer = await app.get(MERCHANT).set(headers);
    expect([answer.status, answer.body]).toStrictEqual([200, lumen.body]);
    const lost = await app.get('/').set(headers);
    expect([lost.status, lost.body]).toStrictEqual([400, refusal('Cannot GET /').body]);
  });
});

it('tells a client where it is, and the key of the first merchant', async () => {
  const { url, urls } = await startEmulator({ providers: ['inveterate'] });
  const provider = (await (await fetch(`${url}/_emulator/providers/inveterate`)).json()) as { env: unknown };
  expect(provider.env).toEqual({ INVETERATE_BASE_URL: urls.inveterate, INVETERATE_API_KEY: LUMEN_KEY });
});

describe('a page of a browser', () => {
  const ORIGIN = 'https://shop.example';

  it.each([
    ['GET', creditsOf(ADA)],
    ['POST', creditsOf(ADA)],
    ['POST', redemptionOf(ADA)],
    ['DELETE', '/nowhere'],
  ])('may ask whether it may: %s %s', async (asked, path) => {
    const { app } = await startInveterate();
    const answer = await app.options(`/inveterate${path}`).set({
      Origin: ORIGIN,
      'Access-Control-Request-Method': asked,
      'Access-Control-Request-Headers': 'x-inveterate-api-key,content-type',
    });
    expect([answer.status, answer.text]).toEqual([204, '']);
    expect(answer.headers).toMatchObject({
      'access-control-allow-origin': '*',
      'access-control-allow-methods': 'GET,POST,PUT,PATCH,DELETE',
      'access-control-allow-headers': 'X-Inveterate-Api-Key,Content-Type',
      'access-control-max-age': '600',
    });
  });

  it.each([
    [200, LUMEN_KEY, MERCHANT],
    [400, 'wrong', MERCHANT],
    [400, LUMEN_KEY, '/nowhere'],
  ])('may read an answer of the status %i: key %s, %s', async (status, key, path) => {
    const { app } = await startInveterate();
    const headers = { Origin: ORIGIN, 'X-Inveterate-Api-Key': key };
    const answer = await app.get(`/inveterate${path}`).set(headers);
    expect([answer.status, answer.get('Access-Control-Allow-Origin')]).toEqual([status, '*']);
  });
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
