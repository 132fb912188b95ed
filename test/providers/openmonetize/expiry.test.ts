import { describe, expect } from 'vitest';

import {
  ADA,
  CHIYO,
  DUNJA,
  GRANT,
  LANTERN,
  PURCHASE,
  TEAM,
  WALLETS,
  creditsOf,
  grantFailed,
  invalid,
  it,
  purchaseFailed,
  startOpenMonetize,
  userBalance,
  type Answer,
} from './api.ts';

const WAYS: readonly (readonly [string, string, Answer])[] = [
  ['a grant', GRANT, grantFailed],
  ['a purchase', PURCHASE, purchaseFailed],
];
const noInstant = invalid('body/expiresAt must match format "date-time"');

describe.each(WAYS)('the expiry of %s', (_, path, failed) => {
  const body = { customerId: LANTERN, userId: ADA, amount: 1, purchasePrice: 0 };

  it.each([
    ['2030-01-01T00:00:00Z', '2030-01-01T00:00:00.000Z'],
    ['2030-01-01T00:00:00.5Z', '2030-01-01T00:00:00.500Z'],
    // What is finer than a millisecond is cut off.
    ['2030-01-01T00:00:00.123999Z', '2030-01-01T00:00:00.123Z'],
    ['2030-01-01T00:00:00+00:00', '2030-01-01T00:00:00.000Z'],
    ['2030-01-01T00:00:00+02:00', '2029-12-31T22:00:00.000Z'],
    ['2030-01-01T00:00:00-05:30', '2030-01-01T05:30:00.000Z'],
    ['2030-01-01 00:00:00Z', '2030-01-01T00:00:00.000Z'],
    ['2030-01-01 00:00:00.25+02:00', '2029-12-31T22:00:00.250Z'],
    ['2030-01-01t00:00:00z', '2030-01-01T00:00:00.000Z'],
    ['2024-02-29T12:00:00Z', '2024-02-29T12:00:00.000Z'],
    ['1999-12-31T23:59:59Z', '1999-12-31T23:59:59.000Z'],
  ])('may be %s', async (expiresAt, shown) => {
    const api = await startOpenMonetize();
    await api.call('post', path, { ...body, expiresAt });
    expect(await api.call('get', creditsOf(ADA))).toEqual(userBalance(5501, shown));
  });

  it.for<[string, unknown]>([
    ['without an offset', '2030-01-01T00:00:00'],
    ['without seconds', '2030-01-01T00:00Z'],
    ['a date', '2030-01-01'],
    ['a time', '00:00:00Z'],
    ['of a month that is not', '2030-13-01T00:00:00Z'],
    ['of a day that is not', '2030-02-29T00:00:00Z'],
    ['of an hour that is not', '2030-01-01T24:00:00Z'],
    ['of a leap second at noon', '2030-01-01T12:00:60Z'],
    ['of five digits', '12030-01-01T00:00:00Z'],
    ['with a blank before it', ' 2030-01-01T00:00:00Z'],
    ['in words', 'tomorrow'],
    ['empty', ''],
    ['null', null],
    ['a number', 1_893_456_000_000],
    ['true', true],
  ])('is refused if it is %s', async ([_name, expiresAt], { api }) => {
    const before = await api.state();
    expect(await api.call('post', path, { ...body, expiresAt })).toEqual(noInstant);
    expect(await api.state()).toEqual(before);
  });

  it.each([[['2030-01-01T00:00:00Z', '2031-01-01T00:00:00Z']], [[]], [{}]])(
    'is refused if it is no text but %j',
    async (expiresAt) => {
      const api = await startOpenMonetize();
      expect(await api.call('post', path, { ...body, expiresAt })).toEqual(invalid('body/expiresAt must be string'));
    },
  );

  it('is the only element of a list', async ({ api }) => {
    await api.call('post', path, { ...body, expiresAt: ['2030-01-01T00:00:00Z'] });
    expect(await api.call('get', creditsOf(ADA))).toEqual(userBalance(5501, '2030-01-01T00:00:00.000Z'));
  });

  it('fails for a leap second, which is not an instant', async ({ api }) => {
    const before = await api.state();
    expect(await api.call('post', path, { ...body, expiresAt: '2016-12-31T23:59:60Z' })).toEqual(failed);
    expect(await api.state()).toEqual(before);
  });

  it('is replaced by each later one, even an earlier date, and kept without one', async ({ api }) => {
    for (const [index, year] of ['2030', '2028', '2035', '2001'].entries()) {
      await api.call('post', path, { ...body, expiresAt: `${year}-01-01T00:00:00Z` });
      await api.call('post', path, body);
      expect(await api.call('get', creditsOf(ADA))).toEqual(
        userBalance(5502 + 2 * index, `${year}-01-01T00:00:00.000Z`),
      );
    }
  });

  it('applies to a wallet that is created', async ({ api }) => {
    await api.call('post', path, { ...body, userId: DUNJA, expiresAt: '2030-01-01T00:00:00Z' });
    expect(await api.call('get', creditsOf(DUNJA))).toEqual(userBalance(1, '2030-01-01T00:00:00.000Z'));
  });

  it('does not keep credits from counting, nor from coming, once it is past', async ({ api }) => {
    await api.call('post', path, { ...body, expiresAt: '2026-01-01T00:01:00Z' });
    await api.control('post', '/clock/advance', { by: 'P1D' });
    expect(await api.call('get', creditsOf(ADA))).toEqual(userBalance(5501, '2026-01-01T00:01:00.000Z'));
    await api.call('post', path, { ...body, userId: CHIYO });
    expect(await api.call('get', creditsOf(CHIYO))).toEqual(userBalance(1, '2025-12-01T00:00:00.000Z'));
  });
});

it.for<[string, object, string]>([
  ['the customer', {}, WALLETS.lantern],
  ['a team', { teamId: TEAM }, WALLETS.team],
])('the wallet of %s has the expiry of a grant and a balance as before', async ([_, receiver, walletId], { api }) => {
  const { wallets } = await api.state();
  const expiresAt = '2001-01-01T00:00:00.000Z';
  const answer = await api.call('post', GRANT, { customerId: LANTERN, ...receiver, amount: 1, expiresAt });
  const old = wallets.find(({ id }) => id === walletId);
  const balance = String(Number(old?.balance) + 1);
  expect(answer).toMatchObject({ status: 200, body: { data: { newBalance: balance } } });
  expect((await api.state()).wallets).toContainEqual({ ...old, balance, expiresAt });
});
