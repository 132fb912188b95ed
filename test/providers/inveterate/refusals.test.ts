import { describe, expect, it } from 'vitest';

import {
  ADA,
  BENOIT,
  FINN,
  LUMEN_KEY,
  MEMBERS,
  NOBODY,
  RIDGE_KEY,
  cancellationOf,
  creditsOf,
  invalidKey,
  redemptionOf,
  startInveterate,
  storefrontCreditsOf,
  unknownCustomer,
  type InveterateApi,
} from './api.ts';

describe('the key', () => {
  it.each<[string, string | undefined]>([
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
  ])('is refused if it is %s', async (_, key) => {
    await (
      await startInveterate()
    ).refuses(
      invalidKey,
      (api) => api.as(key).ledger(ADA),
      (api) => api.as(key).add(ADA, { amount: 5 }),
    );
  });

  it('is refused outside its header', async () => {
    const { app } = await startInveterate();
    const path = `/inveterate${creditsOf(ADA)}?apiKey=${LUMEN_KEY}&x-inveterate-api-key=${LUMEN_KEY}`;
    const headers = { Authorization: `Bearer ${LUMEN_KEY}`, 'X-Api-Key': LUMEN_KEY };
    const answer = await app.get(path).set(headers);
    expect([answer.status, answer.body]).toStrictEqual([400, invalidKey.body]);
  });

  it('is checked before anything else', async () => {
    const api = (await startInveterate()).as('wrong');
    await api.refuses(
      invalidKey,
      () => api.send('post', creditsOf(ADA), '{"amount":'),
      () => api.add(ADA, {}),
      () => api.add(NOBODY, { amount: 5 }),
      () => api.ledger(ADA, { limit: 0 }),
      () => api.enrol({ customerId: 'gid://shopify/Customer/1' }),
    );
  });

  it('may have its header in any case', async () => {
    const { app } = await startInveterate();
    const answer = await app.get('/inveterate/v2.0/merchant').set('x-INVETERATE-api-KEY', LUMEN_KEY);
    expect(answer.status).toBe(200);
  });
});

describe('a customer', () => {
  const CALLS: readonly ((api: InveterateApi, id: string) => Promise<unknown>)[] = [
    (api, id) => api.call('get', creditsOf(id)),
    (api, id) => api.call('get', storefrontCreditsOf(id)),
    (api, id) => api.call('post', creditsOf(id), { amount: -5, force: true }),
    (api, id) => api.call('post', redemptionOf(id)),
    (api, id) => api.call('post', cancellationOf(id)),
    (api, id) => api.call('get', `${MEMBERS}/${id}`),
    (api, id) => api.call('get', `${creditsOf(id)}?limit=5`),
  ];

  it.each([
    ['who is unknown', LUMEN_KEY, NOBODY],
    ['of another merchant', LUMEN_KEY, FINN],
    ['of another merchant, the other way round', RIDGE_KEY, BENOIT],
    ['with a global id of Shopify', LUMEN_KEY, `gid:%2F%2Fshopify%2FCustomer%2F${ADA}`],
    ['with a shorter number', LUMEN_KEY, ADA.slice(0, -1)],
    ['with a zero before the number', LUMEN_KEY, `0${ADA}`],
    ['with a space after the number', LUMEN_KEY, `${ADA}%20`],
    ['with the merchant before the number', LUMEN_KEY, `lumen-tea:${ADA}`],
    ['with the name of a property of objects', LUMEN_KEY, '__proto__'],
  ])('%s is refused by each operation in the same words', async (_, key, id) => {
    const api = (await startInveterate()).as(key);
    await api.refuses(unknownCustomer, ...CALLS.map((call) => () => call(api, id)));
  });
});
