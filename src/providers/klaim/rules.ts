import { add, isNegative, toAmount, type Amount } from '../../core/values/decimal.ts';
import { assert } from './errors.ts';

/** Digits kept after the point. */
const PLACES = 10;

/**
 * The balance after a change.
 *
 * ASSUMED: fractions are exact to ten places, so that 0.1 and 0.2 make 0.3; the docs do not mention fractions. A balance
 * too large for a JSON number is refused like a wrong delta.
 *
 * @param delta any finite number
 * @param overdraft whether a balance below zero is allowed
 */
export function changeBalance(balance: Amount, delta: number, overdraft: 'allow' | 'refuse'): Amount {
  const after = add(balance, toAmount(delta, PLACES));
  assert(Number.isFinite(Number(after)), 'INVALID_JSON');
  // FIDELITY: the only documented errors are 400 and 404, and neither mentions a balance that is too low
  // (vendor docs, "update credit balance"); so the default allows it. ASSUMED: an option that refuses.
  assert(overdraft === 'allow' || delta >= 0 || !isNegative(after), 'NOT_ENOUGH_CREDITS');
  return after;
}
