import { describe, expect } from 'vitest';

import {
  LANTERN,
  LANTERN_KEY,
  customerBalance,
  granted,
  grantFailed,
  invalid,
  ok,
  purchased,
  purchaseFailed,
  startOpenMonetize,
  userBalance,
} from './api.ts';
import { it, registerOwn, startHead } from './head-api.ts';

const GRANT = '/v1/credits/grant';
const PURCHASE = '/v1/credits/purchase';
const emptyHistory = ok({ data: [], pagination: { limit: 50, offset: 0, total: 0 } });

describe('an instant', () => {
  it.each([
    ['2030-01-01T00:00:00Z', '2030-01-01T00:00:00.000Z'],
    ['2030-01-01T00:00:00.5Z', '2030-01-01T00:00:00.500Z'],
    ['2030-01-01T00:00:00.123456Z', '2030-01-01T00:00:00.123Z'],
    ['2030-01-01T00:00Z', '2030-01-01T00:00:00.000Z'],
    ['2028-02-29T23:59:59Z', '2028-02-29T23:59:59.000Z'],
    ['2000-02-29T00:00:00Z', '2000-02-29T00:00:00.000Z'],
    ['2020-01-01T00:00:00Z', '2020-01-01T00:00:00.000Z'],
  ])('may be %s', async (expiresAt, shown) => {
    const api = await startHead();
    expect(await api.call('post', GRANT, { userId: 'u', amount: 5, expiresAt })).toEqual(granted('5', '5'));
    expect(await api.call('get', '/v1/users/u/credits')).toEqual(userBalance(5, shown));
    const purchase = { userId: 'v', amount: 5, purchasePrice: 1, expiresAt };
    expect(await api.call('post', PURCHASE, purchase)).toEqual(purchased(5));
    expect(await api.call('get', '/v1/users/v/credits')).toEqual(userBalance(5, shown));
  });

  it.for([
    '2030-01-01T00:00:00+02:00',
    '2030-01-01T00:00:00+00:00',
    '2030-01-01T00:00:00-00:00',
    '2030-01-01T00:00:00',
    '2030-01-01 00:00:00Z',
    '2030-01-01T00:00:00z',
    '2030-01-01t00:00:00Z',
    '2030-01-01',
    '2030-02-29T00:00:00Z',
    '2100-02-29T00:00:00Z',
    '2030-04-31T00:00:00Z',
    '2030-13-01T00:00:00Z',
    '2030-00-01T00:00:00Z',
    '2030-01-01T24:00:00Z',
    '2030-01-01T00:60:00Z',
    '2030-01-01T00:00:60Z',
    '2030-01-01T00:00:00.Z',
    '20300-01-01T00:00:00Z',
    'soon',
    '',
  ])('is not %j', async (expiresAt, { api }) => {
    const refused = invalid('body/expiresAt Invalid ISO datetime');
    expect(await api.call('post', GRANT, { amount: 5, expiresAt })).toEqual(refused);
    expect(await api.call('post', PURCHASE, { userId: 'u', amount: 5, purchasePrice: 1, expiresAt })).toEqual(refused);
  });

  it('that a wallet has got stays until another one comes', async ({ api }) => {
    await api.call('post', GRANT, { userId: 'u', amount: 5, expiresAt: '2030-01-01T00:00:00Z' });
    await api.call('post', GRANT, { userId: 'u', amount: 5 });
    expect(await api.call('get', '/v1/users/u/credits')).toEqual(userBalance(10, '2030-01-01T00:00:00.000Z'));
    await api.call('post', PURCHASE, { userId: 'u', amount: 5, purchasePrice: 1, expiresAt: '2020-01-01T00:00:00Z' });
    expect(await api.call('get', '/v1/users/u/credits')).toEqual(userBalance(15, '2020-01-01T00:00:00.000Z'));
  });
});

describe('an amount', () => {
  it.for([0, 0.5, 0.999, -1])('that is granted is 1 at least, and not %d', async (amount, { api }) => {
    expect(await api.call('post', GRANT, { userId: 'u', amount })).toEqual(
      invalid('body/amount Too small: expected number to be >=1'),
    );
  });

  it.for([0, -0.5, -1])('that is bought is more than 0, and so is its price, and not %d', async (amount, { api }) => {
    const words = 'Too small: expected number to be >0';
    expect(await api.call('post', PURCHASE, { userId: 'u', amount, purchasePrice: 1 })).toEqual(
      invalid(`body/amount ${words}`),
    );
    expect(await api.call('post', PURCHASE, { userId: 'u', amount: 1, purchasePrice: amount })).toEqual(
      invalid(`body/purchasePrice ${words}`),
    );
    expect(await api.call('post', PURCHASE, { userId: 'u', amount, purchasePrice: amount })).toEqual(
      invalid(`body/amount ${words}, body/purchasePrice ${words}`),
    );
  });

  it.each([0.000001, 0.5, 1, 99.99])('may be bought at the price of %d, which is kept as text', async (price) => {
    const api = await startHead();
    expect(await api.call('post', PURCHASE, { userId: 'u', amount: 5, purchasePrice: price })).toEqual(purchased(5));
    expect((await api.state()).transactions.map(({ metadata }) => metadata)).toContainEqual({
      userId: 'u',
      priceUsd: String(price),
    });
  });

  it.each([
    ['a grant of a fraction', GRANT, { amount: 1.5 }, grantFailed],
    ['a grant beyond 64 bits', GRANT, { amount: 9_223_372_036_854_775_808 }, grantFailed],
    ['a purchase of a fraction', PURCHASE, { amount: 1.5, purchasePrice: 1 }, purchaseFailed],
    ['a purchase of less than one', PURCHASE, { amount: 0.5, purchasePrice: 1 }, purchaseFailed],
    ['a purchase beyond 64 bits', PURCHASE, { amount: 1e30, purchasePrice: 1 }, purchaseFailed],
  ])('breaks %s, and the user and the wallet are there all the same', async (_, path, body, failure) => {
    const api = await startHead();
    expect(await api.call('post', path, { ...body, userId: 'u' })).toEqual(failure);
    expect(await api.call('get', '/v1/users/u/credits')).toEqual(userBalance(0));
    expect(await api.call('get', '/v1/users/u/transactions')).toEqual(emptyHistory);
    expect((await api.state()).users.at(-1)).toMatchObject({ id: 'u', customerId: LANTERN, externalUserId: 'u' });
    expect(await api.call('post', GRANT, { userId: 'u', amount: 5 })).toEqual(granted('5', '5'));
  });

  it('that breaks a grant to the customer leaves a wallet, in credits', async () => {
    const { own } = await registerOwn(await startHead());
    expect(await own.call('post', GRANT, { amount: 1.5 })).toEqual(grantFailed);
    expect(await own.call('get', '/v1/credits/balance')).toEqual(customerBalance('0'));
  });

  it('that breaks the sum leaves the balance as it is', async ({ api }) => {
    const amount = 9_223_372_036_854_774_784;
    expect(await api.call('post', GRANT, { userId: 'u', amount })).toEqual(
      granted('9223372036854774784', '9223372036854774784'),
    );
    expect(await api.call('post', GRANT, { userId: 'u', amount })).toEqual(grantFailed);
    expect(await api.call('get', '/v1/users/u/credits')).toEqual(userBalance(amount));
  });
});

describe('the metadata of a grant', () => {
  /** What is kept of a grant with this body. */
  async function keep(profile: 'seed' | 'head', body: object): Promise<unknown> {
    const api = await startOpenMonetize({ set: [`openmonetize.profile=${profile}`] });
    const known = new Set((await api.state()).transactions.map(({ id }) => id));
    await api.as(LANTERN_KEY).call('post', GRANT, { customerId: LANTERN, amount: 5, ...body });
    return (await api.state()).transactions.find(({ id }) => !known.has(id))?.metadata;
  }

  const own = { grantedBy: LANTERN, userId: null, teamId: null };

  it('has the key, which it has not in profile seed', async () => {
    const body = { idempotencyKey: 'k', metadata: { campaign: 'spring' } };
    expect(await keep('head', body)).toEqual({ campaign: 'spring', ...own, idempotencyKey: 'k' });
    expect(await keep('seed', body)).toEqual({ campaign: 'spring', ...own });
  });

  it.each([{}, { idempotencyKey: '' }])('has no key where none was given: %j', async (body) => {
    expect(await keep('head', body)).toEqual(own);
  });

  it('cannot replace what the service adds', async () => {
    const metadata = { grantedBy: 'me', userId: 'you', teamId: 'us', idempotencyKey: 'mine', other: [1] };
    expect(await keep('head', { metadata, idempotencyKey: 'k' })).toEqual({ ...own, idempotencyKey: 'k', other: [1] });
    expect(await keep('head', { metadata })).toEqual({ ...own, idempotencyKey: 'mine', other: [1] });
  });
});
