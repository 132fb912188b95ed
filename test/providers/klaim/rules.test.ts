import fc from 'fast-check';
import { expect, it } from 'vitest';

import { toAmount } from '../../../src/core/values/decimal.ts';
import { Failure } from '../../../src/core/wire/failure.ts';
import { changeBalance } from '../../../src/providers/klaim/rules.ts';
import { propertyRuns } from '../../support/property.ts';

it('adds decimals without binary dust', () => {
  expect([0.1, 0.2, -0.3].reduce((sum, delta) => changeBalance(sum, delta, 'allow'), toAmount(0))).toBe('0');
});

it('keeps ten places and rounds the rest away', () => {
  expect(changeBalance(toAmount(0), 1e-10, 'allow')).toBe('0.0000000001');
  expect(changeBalance(toAmount(0), 1e-11, 'allow')).toBe('0');
  expect(changeBalance(toAmount(1), -1e-320, 'allow')).toBe('1');
});

it('adds the largest and the smallest amounts exactly', () => {
  const large = changeBalance(toAmount('0.0000000001'), 1e300, 'allow');
  expect(changeBalance(large, -1e300, 'allow')).toBe('0.0000000001');
});

it('refuses only what would go below zero, and only if the option says so', () => {
  expect(changeBalance(toAmount(2), -5, 'allow')).toBe('-3');
  expect(() => changeBalance(toAmount(2), -5, 'refuse')).toThrow(Failure);
  expect(changeBalance(toAmount(2), -2, 'refuse')).toBe('0');
  expect(changeBalance(toAmount(-40), 1, 'refuse')).toBe('-39');
  expect(changeBalance(toAmount(-40), 0, 'refuse')).toBe('-40');
});

it('has the same sum as whole numbers of the smallest unit', () => {
  const units = fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n });
  fc.assert(
    fc.property(fc.array(units, { maxLength: 50 }), (deltas) => {
      // A JSON number holds fifteen digits; each delta is one of them in ten-thousandths.
      const numbers = deltas.map((delta) => Number(delta) / 10_000);
      const balance = numbers.reduce((sum, delta) => changeBalance(sum, delta, 'allow'), toAmount(0));
      const expected = deltas.reduce((sum, delta) => sum + delta, 0n);
      expect(toTenThousandths(balance)).toBe(expected);
    }),
    { numRuns: propertyRuns(200) },
  );
});

function toTenThousandths(amount: string): bigint {
  const [, sign, whole = '', fraction = ''] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(amount) ?? [];
  const units = BigInt(whole + fraction.padEnd(4, '0'));
  return sign === '-' ? -units : units;
}
