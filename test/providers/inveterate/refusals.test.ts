import { describe, expect, it } from 'vitest';

import {
  ADA,
  BENOIT,
  FINN,
  LUMEN_KEY,
  MEMBERS,
  NOBODY,
  RIDGE_KEY,
  creditsOf,
  invalidKey,
  redemptionOf,
  startInveterate,
  storefrontCreditsOf,
  unknownCustomer,
} from './api.ts';

type Row = [name: string, method: 'get' | 'post', pathOf: (id: string) => string, body: object | undefined];

/** Those that name a member. */
const OF_MEMBERS: readonly Row[] = [
  ['the ledger', 'get', creditsOf, undefined],
  ['the ledger of the storefront', 'get', storefrontCreditsOf, undefined],
  ['an addition', 'post', creditsOf, { amount: 5 }],
  ['a removal', 'post', creditsOf, { amount: -5, force: true }],
  ['a redemption', 'post', redemptionOf, { amount: 5 }],
  ['a redemption of everything', 'post', redemptionOf, undefined],
  ['a member', 'get', (id) => `${MEMBERS}/${id}`, undefined],
];

const ALL: readonly Row[] = [
  ...OF_MEMBERS,
  ['the members', 'get', () => MEMBERS, undefined],
  ['a new member', 'post', () => MEMBERS, { customerId: NOBODY, credits: 5 }],
  ['the merchant', 'get', () => '/v2.0/merchant', undefined],
  ['the merchant under admin', 'get', () => '/v2.0/admin/merchant', undefined],
];

const WRONG_KEYS: readonly (readonly [of: string, key: string | undefined])[] = [
  ['missing', undefined],
  ['empty', ''],
  ['blank', ' '],
  ['unknown', 'inveterate_test_nobody'],
  ['in another case', LUMEN_KEY.toUpperCase()],
  ['longer', `${LUMEN_KEY}x`],
  ['shorter', LUMEN_KEY.slice(0, -1)],
  ['of two merchants', `${LUMEN_KEY}, ${RIDGE_KEY}`],
  ['the merchant itself', 'lumen-tea'],
  ['the name of a property of objects', '__proto__'],
];

describe.each<Row>(ALL)('%s without a key that is known', (_, method, pathOf, body) => {
  it('is refused', async () => {
    const api = await startInveterate();
    const before = await api.everything();
    for (const [of, key] of WRONG_KEYS) {
      expect([of, await api.as(key).call(method, pathOf(ADA), body)]).toStrictEqual([of, invalidKey]);
    }
    expect(await api.everything()).toEqual(before);
  });

  it('is refused where the key is anywhere but in its header', async () => {
    const { app } = await startInveterate();
    const path = `/inveterate${pathOf(ADA)}?apiKey=${LUMEN_KEY}&x-inveterate-api-key=${LUMEN_KEY}`;
    const headers = { Authorization: `Bearer ${LUMEN_KEY}`, 'X-Api-Key': LUMEN_KEY };
    const answer = await app[method](path).set(headers).send(body);
    expect([answer.status, answer.body]).toStrictEqual([400, invalidKey.body]);
  });
});

describe('the key', () => {
  it('comes before all else that is wrong', async () => {
    const stranger = (await startInveterate()).as('wrong');
    expect(await stranger.send('post', creditsOf(ADA), '{"amount":')).toEqual(invalidKey);
    expect(await stranger.add(ADA, {})).toEqual(invalidKey);
    expect(await stranger.add(NOBODY, { amount: 5 })).toEqual(invalidKey);
    expect(await stranger.ledger(ADA, { limit: 0 })).toEqual(invalidKey);
    expect(await stranger.enrol({ customerId: 'gid://shopify/Customer/1' })).toEqual(invalidKey);
  });

  it('may have its header in any case', async () => {
    const { app } = await startInveterate();
    const answer = await app.get('/inveterate/v2.0/merchant').set('x-INVETERATE-api-KEY', LUMEN_KEY);
    expect(answer.status).toBe(200);
  });
});

const STRANGERS = [
  ['whom nobody knows', LUMEN_KEY, NOBODY],
  ['of another merchant', LUMEN_KEY, FINN],
  ['of another merchant, the other way round', RIDGE_KEY, BENOIT],
  ['with a global id of Shopify', LUMEN_KEY, `gid:%2F%2Fshopify%2FCustomer%2F${ADA}`],
  ['with a number that only begins so', LUMEN_KEY, ADA.slice(0, -1)],
  ['with a zero before the number', LUMEN_KEY, `0${ADA}`],
  ['with a space behind the number', LUMEN_KEY, `${ADA}%20`],
  ['with the merchant before the number', LUMEN_KEY, `lumen-tea:${ADA}`],
  ['with the name of a property of objects', LUMEN_KEY, '__proto__'],
] as const;

describe.each<Row>(OF_MEMBERS)('%s of a customer', (_, method, pathOf, body) => {
  it('is refused without a hint whose it is', async () => {
    const api = await startInveterate();
    const before = await api.everything();
    for (const [whose, key, id] of STRANGERS) {
      expect([whose, await api.as(key).call(method, pathOf(id), body)]).toStrictEqual([whose, unknownCustomer]);
    }
    expect(await api.everything()).toEqual(before);
  });
});
