import { assert } from './errors.ts';
import type { StoreItem } from './state.ts';

export const SMALLEST = -(2 ** 31);
export const LARGEST = 2 ** 31 - 1;

/**
 * A count that fits the service's columns.
 *
 * ASSUMED: what does not fit breaks the call. FIDELITY: clients read 32 bits (C# and C++ clients).
 *
 * @throws UNKNOWN
 */
export function toCount(value: number): number {
  assert(value >= SMALLEST && value <= LARGEST, 'UNKNOWN');
  return value;
}

export type Overdraft = 'allow' | 'refuse';

/**
 * The credits after a relative change.
 *
 * ASSUMED: they may fall below zero. The amount may be negative (vendor docs, "using credits"), and
 * no rule about the result is told that a client would know of; hence the option.
 *
 * @throws UNKNOWN, NOT_ENOUGH_CREDITS
 */
export function addCredits(credits: number, delta: number, overdraft: Overdraft): number {
  const after = toCount(credits + toCount(delta));
  assert(overdraft === 'allow' || delta >= 0 || after >= 0, 'NOT_ENOUGH_CREDITS');
  return after;
}

/** The credits after an absolute change. @throws UNKNOWN, NOT_ENOUGH_CREDITS */
export function setCredits(credits: number, overdraft: Overdraft): number {
  assert(overdraft === 'allow' || credits >= 0, 'NOT_ENOUGH_CREDITS');
  return toCount(credits);
}

/**
 * The credits after a purchase.
 *
 * ASSUMED: just enough is enough. An item that is owned already is refused before its price is
 * looked at, in the order in which the documentation lists the two.
 *
 * @throws ALREADY_PURCHASED, NOT_ENOUGH_CREDITS
 */
export function payFor(item: StoreItem, credits: number, owned: boolean): number {
  assert(!owned, 'ALREADY_PURCHASED');
  assert(credits >= item.cost, 'NOT_ENOUGH_CREDITS');
  return toCount(credits - item.cost);
}
