import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { Failure } from '../../../src/core/wire/failure.ts';
import { addCredits, payFor, setCredits, toCount } from '../../../src/providers/gamefuse/rules.ts';
import type { GameId, StoreItem, StoreItemId } from '../../../src/providers/gamefuse/state.ts';
import { propertyRuns } from '../../support/property.ts';

const SMALLEST = -2_147_483_648;
const LARGEST = 2_147_483_647;

/** The code with which a rule refuses, or what it gives. */
function outcomeOf(rule: () => number): number | string {
  try {
    return rule();
  } catch (error) {
    if (error instanceof Failure && error.reason.kind === 'refused') return error.reason.code;
    throw error;
  }
}

describe('a count', () => {
  it.each([0, 1, -1, SMALLEST, LARGEST])('may be %j', (value) => {
    expect(toCount(value)).toBe(value);
  });

  it.each([SMALLEST - 1, LARGEST + 1, Infinity, -Infinity, NaN])('may not be %j', (value) => {
    expect(outcomeOf(() => toCount(value))).toBe('UNKNOWN');
  });
});

describe('adding credits', () => {
  it.each<[number, number, number | string, number | string]>([
    [10, 5, 15, 15],
    [10, 0, 10, 10],
    [10, -10, 0, 0],
    [10, -11, -1, 'NOT_ENOUGH_CREDITS'],
    [-40, 30, -10, -10],
    [-40, 0, -40, -40],
    [-40, -1, -41, 'NOT_ENOUGH_CREDITS'],
    [0, LARGEST, LARGEST, LARGEST],
    [1, LARGEST, 'UNKNOWN', 'UNKNOWN'],
    [0, LARGEST + 1, 'UNKNOWN', 'UNKNOWN'],
    [-1, LARGEST + 1, 'UNKNOWN', 'UNKNOWN'],
    [0, SMALLEST, SMALLEST, 'NOT_ENOUGH_CREDITS'],
    [-1, SMALLEST, 'UNKNOWN', 'UNKNOWN'],
  ])('to %i of %i gives %s, or %s where overdrafts are refused', (credits, delta, allowed, refused) => {
    expect(outcomeOf(() => addCredits(credits, delta, 'allow'))).toBe(allowed);
    expect(outcomeOf(() => addCredits(credits, delta, 'refuse'))).toBe(refused);
  });

  it('and subtracting the same amount restores the balance', () => {
    const amount = fc.integer({ min: -1_000_000_000, max: 1_000_000_000 });
    fc.assert(
      fc.property(amount, amount, (credits, delta) => {
        expect(addCredits(addCredits(credits, delta, 'allow'), -delta, 'allow')).toBe(credits);
      }),
      { numRuns: propertyRuns(200) },
    );
  });
});

it.each<[number, number | string, number | string]>([
  [0, 0, 0],
  [5, 5, 5],
  [-1, -1, 'NOT_ENOUGH_CREDITS'],
  [SMALLEST, SMALLEST, 'NOT_ENOUGH_CREDITS'],
  [LARGEST, LARGEST, LARGEST],
  [LARGEST + 1, 'UNKNOWN', 'UNKNOWN'],
])('setting credits to %i gives %s, or %s where overdrafts are refused', (credits, allowed, refused) => {
  expect(outcomeOf(() => setCredits(credits, 'allow'))).toBe(allowed);
  expect(outcomeOf(() => setCredits(credits, 'refuse'))).toBe(refused);
});

it.each<[number, number, boolean, number | string]>([
  [50, 200, false, 150],
  [50, 50, false, 0],
  [50, 49, false, 'NOT_ENOUGH_CREDITS'],
  [50, -1, false, 'NOT_ENOUGH_CREDITS'],
  [0, 0, false, 0],
  [LARGEST, LARGEST, false, 0],
  [50, 200, true, 'ALREADY_PURCHASED'],
  [50, 49, true, 'ALREADY_PURCHASED'],
])('paying %i of %i credits, owned already: %s, gives %s', (cost, credits, owned, expected) => {
  const item: StoreItem = {
    id: 1 as StoreItemId,
    gameId: 1 as GameId,
    name: 'Rope',
    cost,
    description: '',
    category: '',
    iconUrl: null,
  };
  expect(outcomeOf(() => payFor(item, credits, owned))).toBe(expected);
});
