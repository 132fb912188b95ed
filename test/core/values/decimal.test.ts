import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import {
  add,
  isNegative,
  multiply,
  renderFixed,
  roundUp,
  subtract,
  toAmount,
} from '../../../src/core/values/decimal.ts';
import { propertyRuns } from '../../support/property.ts';

describe(toAmount, () => {
  it.each([
    [0, '0'],
    [-0, '0'],
    [706, '706'],
    [0.1, '0.1'],
    [-0.3, '-0.3'],
    [1e21, '1000000000000000000000'],
    [1e-7, '0.0000001'],
    ['-0', '0'],
    ['007.50', '7.5'],
    ['1000000000000000000000000000000.000000000000000001', '1000000000000000000000000000000.000000000000000001'],
  ])('writes %s as %s', (value, expected) => {
    expect(toAmount(value)).toBe(expected);
  });

  it('rounds to the places that are asked for', () => {
    expect([toAmount(1.005, 2), toAmount(-1e-11, 10), toAmount('0.00000000005', 10)]).toEqual([
      '1.01',
      '0',
      '0.0000000001',
    ]);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, 'a lot', ''])('refuses %s', (value) => {
    expect(() => toAmount(value)).toThrow();
  });
});

it('multiplies without rounding, rounds up to whole ones, and writes as many digits as are asked for', () => {
  expect(multiply(toAmount('0.04'), toAmount('9007199254740993'))).toBe('360287970189639.72');
  expect([roundUp(toAmount('7.0000001')), roundUp(toAmount('-7.9')), roundUp(toAmount('7'))]).toEqual(['8', '-7', '7']);
  expect([
    renderFixed(toAmount('0.015'), 4),
    renderFixed(toAmount('0.00005'), 4),
    renderFixed(toAmount('-0.00005'), 4),
    renderFixed(toAmount('1e21'), 2),
  ]).toEqual(['0.0150', '0.0001', '-0.0001', '1000000000000000000000.00']);
});

describe('sums and differences', () => {
  it('are those of whole numbers of the smallest unit, at any size', () => {
    const units = fc.oneof(
      fc.bigInt({ min: -(10n ** 40n), max: 10n ** 40n }),
      // About where numbers that hold them exactly end, and where amounts are that people have.
      fc.bigInt({ min: -(10n ** 16n), max: 10n ** 16n }),
      fc.bigInt({ min: -(10n ** 5n), max: 10n ** 5n }),
    );
    const amount = (value: bigint, places: number): string => {
      const digits = (value < 0n ? -value : value).toString().padStart(places + 1, '0');
      return `${value < 0n ? '-' : ''}${digits.slice(0, -places || undefined)}${places > 0 ? `.${digits.slice(-places)}` : ''}`;
    };
    fc.assert(
      fc.property(units, units, fc.oneof(fc.nat(3), fc.nat(18)), (a, b, places) => {
        const [left, right] = [toAmount(amount(a, places)), toAmount(amount(b, places))];
        expect(add(left, right)).toBe(toAmount(amount(a + b, places)));
        expect(subtract(left, right)).toBe(toAmount(amount(a - b, places)));
        expect(isNegative(left)).toBe(a < 0n);
      }),
      { numRuns: propertyRuns(500) },
    );
  });

  it('stay exact where whole numbers leave the range that a JavaScript number holds', () => {
    expect(add(toAmount('999999999999999'), toAmount('999999999999999'))).toBe('1999999999999998');
    expect(add(toAmount('9007199254740993'), toAmount(2))).toBe('9007199254740995');
    expect(subtract(toAmount('-999999999999999'), toAmount('9999999999999999'))).toBe('-10999999999999998');
  });
});
