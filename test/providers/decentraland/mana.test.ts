import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { findWei, renderMana, toWeiAmount } from '../../../src/providers/decentraland/mana.ts';
import { propertyRuns } from '../../support/property.ts';

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

  it.each(['', '0', '0.0', '00', '-1', '+1', '1.', '.5', '1e18', '0x1', '1.0000000000000000001', '9'.repeat(60)])(
    'are none of %j',
    (mana) => {
      expect(findWei(mana)).toBeUndefined();
    },
  );

  it.each(['1 ', ' 1', '1\n', '1,5', '1.5.5', 'one', '١', '１', 'Infinity', 'NaN'])('are none of %j either', (mana) => {
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

  it('reads back to the same wei', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: 10n ** 77n - 1n }), (wei) => {
        expect(findWei(renderMana(wei))).toBe(wei);
      }),
      { numRuns: propertyRuns(200) },
    );
  });

  it('is an amount that keeps every digit', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 77n - 1n }), (wei) => {
        expect(toWeiAmount(wei)).toBe(String(wei));
      }),
      { numRuns: propertyRuns(200) },
    );
  });
});
