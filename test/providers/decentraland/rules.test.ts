import { describe, expect, it } from 'vitest';

import { parseInstant, renderInstant } from '../../../src/core/values/clock.ts';
import { toAmount } from '../../../src/core/values/decimal.ts';
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

const NOON = '2026-01-01T12:00:00.000Z';
const BEFORE = '2026-01-01T11:59:59.999Z';
const now = parseInstant(NOON);

interface Given {
  readonly amount?: string;
  readonly spent?: string;
  readonly expiresAt?: string | null;
  readonly ended?: boolean;
}

function createCredit({ amount = '10', spent = '0', expiresAt = null, ended = false }: Given = {}): Credit {
  const id = 'aaaaaaaa-0000-4000-8000-000000000001' as CreditId;
  const address = '0x1111111111111111111111111111111111111111' as Address;
  const expiry = expiresAt === null ? null : parseInstant(expiresAt);
  return {
    id,
    address,
    terms: { id, address, amount: toAmount(amount), expiresAt: expiry },
    spent: toAmount(spent),
    ended,
    createdAt: now,
    seasonId: 1,
    goalId: null,
    weekId: null,
    claimedAt: null,
    place: 1,
  };
}

function createSeason(startDate: string, endDate: string): Season {
  return {
    id: 1,
    name: 'S',
    description: '',
    startDate: parseInstant(startDate),
    endDate: parseInstant(endDate),
    maxMana: toAmount('0'),
    granted: toAmount('0'),
    isPaused: false,
  };
}

describe('the status of a credit', () => {
  it.each<[string, Given, ReturnType<typeof toStatus>]>([
    ['has all its amount', {}, 'AVAILABLE'],
    ['has all but a wei', { amount: '10000000000000000000', spent: '1' }, 'PARTIALLY_USED'],
    ['has a wei', { amount: '10000000000000000000', spent: '9999999999999999999' }, 'PARTIALLY_USED'],
    ['has nothing', { spent: '10' }, 'USED'],
    ['expires later', { expiresAt: '2026-01-01T12:00:00.001Z' }, 'AVAILABLE'],
    ['expires now', { expiresAt: NOON }, 'EXPIRED'],
    ['has expired', { expiresAt: BEFORE }, 'EXPIRED'],
    ['was partly used and has expired', { spent: '3', expiresAt: BEFORE }, 'EXPIRED'],
    ['was used up and has expired', { spent: '10', expiresAt: BEFORE }, 'USED'],
    ['was taken back', { ended: true }, 'EXPIRED'],
    ['was taken back before it expires', { ended: true, expiresAt: '2026-02-01T00:00:00Z' }, 'EXPIRED'],
  ])('that %s', (_, given, status) => {
    expect(toStatus(createCredit(given), now)).toBe(status);
  });

  it('is alive until the instant of its expiry', () => {
    const credit = createCredit({ expiresAt: NOON });
    expect([isAlive(credit, parseInstant(BEFORE)), isAlive(credit, now)]).toEqual([true, false]);
    expect(isAlive(createCredit(), parseInstant('9999-12-31T23:59:59.999Z'))).toBe(true);
    expect(isAlive(createCredit({ ended: true }), now)).toBe(false);
  });
});

describe('what is left of a credit', () => {
  it('is exact where numbers are not', () => {
    expect(toRemaining(createCredit({ amount: '123456789012345678901234567890', spent: '1' }))).toBe(
      123_456_789_012_345_678_901_234_567_889n,
    );
  });
});

describe('a price', () => {
  const credits = [
    createCredit({ amount: '10', spent: '4' }),
    createCredit({ amount: '5', spent: '5' }),
    createCredit({ amount: '3' }),
  ];

  it.each<[bigint, readonly (readonly [number, bigint])[]]>([
    [1n, [[0, 1n]]],
    [6n, [[0, 6n]]],
    [
      7n,
      [
        [0, 6n],
        [2, 1n],
      ],
    ],
    [
      9n,
      [
        [0, 6n],
        [2, 3n],
      ],
    ],
    [
      100n,
      [
        [0, 6n],
        [2, 3n],
      ],
    ],
    [0n, []],
  ])('of %i is taken from the credits in their order, as far as they reach', (price, taken) => {
    const parts = spread(credits, price);
    expect(parts).toEqual(taken.map(([index, part]) => ({ credit: credits[index], taken: part })));
  });

  it('is taken from nothing where there are no credits', () => {
    expect(spread([], 5n)).toEqual([]);
  });
});

describe('a season', () => {
  const season = createSeason('2026-01-01T00:00:00Z', '2026-01-20T12:00:00Z');

  it('gives credits that live two weeks longer', () => {
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
