import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { parseInstant, renderInstant } from '../../../src/core/values/clock.ts';
import { toAmount, ZERO } from '../../../src/core/values/decimal.ts';
import { findWei, renderMana, toWeiAmount } from '../../../src/providers/decentraland/mana.ts';
import {
  countWeeks,
  isAlive,
  spread,
  toExpiry,
  toPhase,
  toRemaining,
  toStatus,
  toWeek,
} from '../../../src/providers/decentraland/rules.ts';
import type { Address, Credit, CreditId, Season } from '../../../src/providers/decentraland/state.ts';
import { propertyRuns } from '../../support/property.ts';

const NOON = '2026-01-01T12:00:00.000Z';
const BEFORE = '2026-01-01T11:59:59.999Z';
const now = parseInstant(NOON);

type Given = Partial<Record<'amount' | 'spent' | 'expiresAt', string>> & { readonly ended?: boolean };

function createCredit({ amount = '10', spent = '0', expiresAt, ended = false }: Given = {}): Credit {
  const id = 'aaaaaaaa-0000-4000-8000-000000000001' as CreditId;
  const address = '0x1111111111111111111111111111111111111111' as Address;
  const expiry = expiresAt === undefined ? null : parseInstant(expiresAt);
  const terms = { id, address, amount: toAmount(amount), expiresAt: expiry };
  const given = { createdAt: now, seasonId: 1, goalId: null, weekId: null, claimedAt: null, place: 1 };
  return { id, address, terms, spent: toAmount(spent), ended, ...given };
}

function createSeason(startDate: string, endDate: string): Season {
  const details = { id: 1, name: 'S', description: '', maxMana: ZERO, granted: ZERO, isPaused: false };
  return { ...details, startDate: parseInstant(startDate), endDate: parseInstant(endDate) };
}

describe('the status of a credit', () => {
  it.each<[string, ReturnType<typeof toStatus>, Given]>([
    ['has all its amount', 'AVAILABLE', {}],
    ['has all but a wei', 'PARTIALLY_USED', { amount: '10000000000000000000', spent: '1' }],
    ['has a wei', 'PARTIALLY_USED', { amount: '10000000000000000000', spent: '9999999999999999999' }],
    ['has nothing', 'USED', { spent: '10' }],
    ['expires later', 'AVAILABLE', { expiresAt: '2026-01-01T12:00:00.001Z' }],
    ['expires now', 'EXPIRED', { expiresAt: NOON }],
    ['has expired', 'EXPIRED', { expiresAt: BEFORE }],
    ['was partly used and has expired', 'EXPIRED', { spent: '3', expiresAt: BEFORE }],
    ['was used up and has expired', 'USED', { spent: '10', expiresAt: BEFORE }],
    ['was taken back', 'EXPIRED', { ended: true }],
    ['was taken back before it expires', 'EXPIRED', { ended: true, expiresAt: '2026-02-01T00:00:00Z' }],
  ])('that %s is %s', (_, status, given) => {
    expect(toStatus(createCredit(given), now)).toBe(status);
  });

  it('is alive until the instant of its expiry', () => {
    const credit = createCredit({ expiresAt: NOON });
    expect([isAlive(credit, parseInstant(BEFORE)), isAlive(credit, now)]).toEqual([true, false]);
    expect(isAlive(createCredit(), parseInstant('9999-12-31T23:59:59.999Z'))).toBe(true);
    expect(isAlive(createCredit({ ended: true }), now)).toBe(false);
  });
});

it('the rest of a credit has every digit', () => {
  const credit = createCredit({ amount: '123456789012345678901234567890', spent: '1' });
  expect(toRemaining(credit)).toBe(123_456_789_012_345_678_901_234_567_889n);
});

describe('a price', () => {
  const credits = [
    createCredit({ amount: '10', spent: '4' }),
    createCredit({ amount: '5', spent: '5' }),
    createCredit({ amount: '3' }),
  ];

  it.each<[bigint, readonly bigint[]]>([
    [0n, [0n, 0n]],
    [1n, [1n, 0n]],
    [6n, [6n, 0n]],
    [7n, [6n, 1n]],
    [9n, [6n, 3n]],
    [100n, [6n, 3n]],
  ])('of %i is taken from the credits in their order, as far as they suffice', (price, [first = 0n, third = 0n]) => {
    const parts = [
      { credit: credits[0], taken: first },
      { credit: credits[2], taken: third },
    ];
    expect(spread(credits, price)).toEqual(parts.filter(({ taken }) => taken > 0n));
  });
});

describe('a season', () => {
  const season = createSeason('2026-01-01T00:00:00Z', '2026-01-20T12:00:00Z');

  it('gives credits that expire two weeks after it', () => {
    expect(renderInstant(toExpiry(season))).toBe('2026-02-03T12:00:00.000Z');
  });

  it.each([
    ['2025-12-31T23:59:59.999Z', 'coming'],
    ['2026-01-01T00:00:00.000Z', 'running'],
    ['2026-01-20T11:59:59.999Z', 'running'],
    ['2026-01-20T12:00:00.000Z', 'ended'],
  ])('is at %s %s', (instant, phase) => {
    expect(toPhase(season, parseInstant(instant))).toBe(phase);
  });

  it('without a length has ended as soon as it begins', () => {
    const empty = createSeason('2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z');
    expect(toPhase(empty, parseInstant('2026-01-01T00:00:00Z'))).toBe('ended');
    expect(countWeeks(empty)).toBe(0);
  });

  it.each([
    ['2026-01-01T00:00:00.000Z', 1, '2026-01-01T00:00:00.000Z', '2026-01-08T00:00:00.000Z'],
    ['2026-01-07T23:59:59.999Z', 1, '2026-01-01T00:00:00.000Z', '2026-01-08T00:00:00.000Z'],
    ['2026-01-08T00:00:00.000Z', 2, '2026-01-08T00:00:00.000Z', '2026-01-15T00:00:00.000Z'],
    ['2026-01-20T11:59:59.999Z', 3, '2026-01-15T00:00:00.000Z', '2026-01-20T12:00:00.000Z'],
  ])('has at %s the week %i', (instant, number, start, end) => {
    const week = toWeek(season, parseInstant(instant));
    expect(week).toEqual({ number, start: parseInstant(start), end: parseInstant(end) });
  });

  it.each([
    ['2026-01-07T23:59:59.999Z', 1],
    ['2026-01-08T00:00:00.000Z', 1],
    ['2026-01-08T00:00:00.001Z', 2],
    ['2026-01-29T00:00:00.000Z', 4],
  ])('that ends at %s has %i weeks', (end, weeks) => {
    expect(countWeeks(createSeason('2026-01-01T00:00:00Z', end))).toBe(weeks);
  });
});

describe('the wei of an amount of MANA', () => {
  it.each<[string, bigint]>([
    ['1', 1_000_000_000_000_000_000n],
    ['12.5', 12_500_000_000_000_000_000n],
    ['0.000000000000000001', 1n],
    ['0.100000000000000000', 100_000_000_000_000_000n],
    ['00.5', 500_000_000_000_000_000n],
    ['123456789.987654321987654321', 123_456_789_987_654_321_987_654_321n],
    ['9'.repeat(59), BigInt(`${'9'.repeat(59)}${'0'.repeat(18)}`)],
    [`${'9'.repeat(59)}.${'9'.repeat(18)}`, BigInt('9'.repeat(77))],
  ])('of %s are %i', (mana, wei) => {
    expect(findWei(mana)).toBe(wei);
  });

  it('fit into the 256 bits of the contract, the largest included', () => {
    expect((findWei(`${'9'.repeat(59)}.${'9'.repeat(18)}`) ?? 0n) < 2n ** 256n).toBe(true);
  });

  it.each([
    ...['', '0', '0.0', '00', '0.000000000000000000', '-1', '+1', '1.', '.5', '1e18', '0x1', '1_000', '9'.repeat(60)],
    ...['0.0000000000000000001', '1.0000000000000000001', '1 ', ' 1', '1\n', '1,5', '1.5.5', 'one', '١', '１', 'NaN'],
    'Infinity',
  ])('do not exist for %j', (mana) => {
    expect(findWei(mana)).toBeUndefined();
  });
});

describe('wei as MANA', () => {
  it.each<[bigint, string]>([
    [0n, '0'],
    [1n, '0.000000000000000001'],
    [999_999_999_999_999_999n, '0.999999999999999999'],
    [1_000_000_000_000_000_000n, '1'],
    [1_000_000_000_000_000_001n, '1.000000000000000001'],
    [12_500_000_000_000_000_000n, '12.5'],
    [10n ** 21n, '1000'],
  ])('of %i is %s', (wei, mana) => {
    expect(renderMana(wei)).toBe(mana);
  });

  it('parses to the same wei, whose amount keeps every digit', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: 10n ** 77n - 1n }), (wei) => {
        expect(findWei(renderMana(wei))).toBe(wei);
        expect(toWeiAmount(wei)).toBe(String(wei));
      }),
      { numRuns: propertyRuns(100) },
    );
  });
});
