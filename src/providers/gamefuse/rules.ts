import { assert } from './errors.ts';
import { LARGEST, SMALLEST, type StoreItem } from './state.ts';

/**
 * Checks that a count fits the service's columns.
 *
 * ASSUMED: a larger count makes the request fail. FIDELITY: clients read 32 bits (C# and C++ clients).
 *
 * @throws UNKNOWN
 */
export function toCount(value: number): number {
  assert(value >= SMALLEST && value <= LARGEST, 'UNKNOWN');
  return value;
}

export type Overdraft = 'allow' | 'refuse';

/**
 * Computes the credits after a relative change.
 *
 * ASSUMED: they can become negative. The amount can be negative (vendor docs, "using credits"), and
 * no rule about the result is documented; hence the option.
 *
 * @throws UNKNOWN, NOT_ENOUGH_CREDITS
 */
export function addCredits(credits: number, delta: number, overdraft: Overdraft): number {
  const after = toCount(credits + toCount(delta));
  assert(overdraft === 'allow' || delta >= 0 || after >= 0, 'NOT_ENOUGH_CREDITS');
  return after;
}

/** Computes the credits after an absolute change. @throws UNKNOWN, NOT_ENOUGH_CREDITS */
export function setCredits(credits: number, overdraft: Overdraft): number {
  assert(overdraft === 'allow' || credits >= 0, 'NOT_ENOUGH_CREDITS');
  return toCount(credits);
}

/**
 * Computes the credits after a purchase.
 *
 * ASSUMED: a balance equal to the price is enough. Ownership is checked before the price, in the order
 * of the documentation.
 *
 * @throws ALREADY_PURCHASED, NOT_ENOUGH_CREDITS
 */
export function payFor(item: StoreItem, credits: number, owned: boolean): number {
  assert(!owned, 'ALREADY_PURCHASED');
  assert(credits >= item.cost, 'NOT_ENOUGH_CREDITS');
  return toCount(credits - item.cost);
}
