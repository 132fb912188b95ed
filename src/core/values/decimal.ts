import { Decimal as DecimalBase } from 'decimal.js';

import type { Brand } from './brand.ts';

/** An exact amount in plain decimal notation: "706", "-0.3". Never a binary float. */
export type Amount = Brand<string, 'Amount'>;

/** Wide enough to add the largest and the smallest finite JSON numbers without rounding. */
const Decimal = DecimalBase.clone({ precision: 700, toExpNeg: -9e15, toExpPos: 9e15 });

export const ZERO = '0' as Amount;

/** Plain decimal notation; no exponent, no sign but a minus. */
const PLAIN = /^-?\d+(?:\.\d+)?$/;

export function isAmount(value: string): value is Amount {
  return PLAIN.test(value);
}

/**
 * @param value a decimal string, an integer, or a JSON number, which is taken at its shortest
 *   notation (0.1 is one tenth, not the nearest binary fraction)
 * @param places digits kept after the point; all when left out
 * @throws when the value is no finite number
 */
export function toAmount(value: string | number, places?: number): Amount {
  if (Number.isSafeInteger(value)) return printInteger(Number(value));
  const decimal = new Decimal(value);
  if (!decimal.isFinite()) throw new RangeError(`An amount must be finite, got ${value}.`);
  return print(places === undefined ? decimal : decimal.toDecimalPlaces(places));
}

export function add(a: Amount, b: Amount): Amount {
  const sum = isShortInteger(a) && isShortInteger(b) ? Number(a) + Number(b) : undefined;
  if (sum !== undefined) return printInteger(sum);
  return print(new Decimal(a).plus(b));
}

export function subtract(a: Amount, b: Amount): Amount {
  const difference = isShortInteger(a) && isShortInteger(b) ? Number(a) - Number(b) : undefined;
  if (difference !== undefined) return printInteger(difference);
  return print(new Decimal(a).minus(b));
}

export function multiply(a: Amount, b: Amount): Amount {
  return print(new Decimal(a).times(b));
}

/** The least whole number that is not below the amount. */
export function roundUp(amount: Amount): Amount {
  return print(new Decimal(amount).ceil());
}

/** With so many digits after the point, the last one rounded half away from zero: "0.0150". */
export function renderFixed(amount: Amount, places: number): string {
  return new Decimal(amount).toFixed(places, DecimalBase.ROUND_HALF_UP);
}

export function negate(amount: Amount): Amount {
  return subtract(printInteger(0), amount);
}

export function isNegative(amount: Amount): boolean {
  return amount.startsWith('-');
}

/** Whole and of at most 15 characters, so that sums and differences of two are exact in a JavaScript number. */
function isShortInteger(amount: Amount): boolean {
  return amount.length <= 15 && !amount.includes('.');
}

function printInteger(value: number): Amount {
  return (value === 0 ? '0' : String(value)) as Amount;
}

function print(decimal: DecimalBase): Amount {
  // Decimal knows a negative zero; money does not.
  return (decimal.isZero() ? '0' : decimal.toString()) as Amount;
}
