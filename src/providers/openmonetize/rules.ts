import { toAmount, type Amount } from '../../core/values/decimal.ts';

const SMALLEST = -(2n ** 63n);
const LARGEST = 2n ** 63n - 1n;

/**
 * Converts a whole number of 64 bits.
 *
 * FIDELITY: a fraction or a value beyond 64 bits breaks the call (real server).
 */
export function findInt64(value: number): bigint | undefined {
  if (!Number.isInteger(value)) return undefined;
  const whole = BigInt(value);
  return isInt64(whole) ? whole : undefined;
}

export function isInt64(value: bigint): boolean {
  return value >= SMALLEST && value <= LARGEST;
}

export interface Step {
  readonly amount: Amount;
  readonly before: Amount;
  readonly after: Amount;
}

/**
 * Adds an amount to a balance. A result of undefined breaks the call.
 *
 * FIDELITY: doubles are added, which is inexact above 2^53 (real server: …750996 and 5 make …751000).
 */
export function findStep(balance: Amount, amount: number): Step | undefined {
  const sum = Number(balance) + amount;
  // Faster, for amounts that a number holds exactly.
  if (Number.isSafeInteger(amount) && Number.isSafeInteger(sum)) {
    return { amount: toAmount(amount), before: balance, after: toAmount(sum) };
  }
  const added = findInt64(amount);
  const after = findInt64(sum);
  if (added === undefined || after === undefined) return undefined;
  return { amount: toAmount(added.toString()), before: balance, after: toAmount(after.toString()) };
}

/** Burns credits of a balance exactly; it may fall below zero. Undefined beyond 64 bits. */
export function findBurn(balance: Amount, credits: bigint): Step | undefined {
  const after = BigInt(balance) - credits;
  if (!isInt64(after)) return undefined;
  return { amount: toAmount((-credits).toString()), before: balance, after: toAmount(after.toString()) };
}
