import { Decimal as DecimalBase } from 'decimal.js';

import type { Brand } from './brand.ts';

/** An exact amount in plain decimal notation: "706", "-0.3". Never a binary float. */
export type Amount = Brand<string, 'Amount'>;

/** Wide enough to add the largest and the smallest finite JSON numbers without rounding. */
const Decimal = DecimalBase.clone({ precision: 700, toExpNeg: -9e15, toExpPos: 9e15 });

/**
 * @param value a decimal string, an integer, or a JSON number, which is taken at its shortest
 *   notation (0.1 is one tenth, not the nearest binary fraction)
 * @param places digits kept after the point; all when left out
 * @throws when the value is no finite number
 */
export function toAmount(value: string | number, places?: number): Amount {
  const decimal = new Decimal(value);
  if (!decimal.isFinite()) throw new RangeError(`An amount must be finite, got ${value}.`);
  return print(places === undefined ? decimal : decimal.toDecimalPlaces(places));
}

export function add(a: Amount, b: Amount): Amount {
  return print(new Decimal(a).plus(b));
}

export function subtract(a: Amount, b: Amount): Amount {
  return print(new Decimal(a).minus(b));
}

export function isNegative(amount: Amount): boolean {
  return amount.startsWith('-');
}

function print(decimal: DecimalBase): Amount {
  // Decimal knows a negative zero; money does not.
  return (decimal.isZero() ? '0' : decimal.toString()) as Amount;
}
