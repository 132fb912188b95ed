import { toWeiAmount } from '../mana.ts';
import type { Amount } from '../../../core/values/decimal.ts';

/** FIDELITY: one credit is ten cents (shop client). */
export const CREDIT = 10;

/** Whole credits. */
export function toCredits(cents: number): number {
  return Math.floor(cents / CREDIT);
}

/** FIDELITY: whole credits are held, rounded up (shop client). */
export function toHeldCents(priceCents: number): number {
  return Math.ceil(priceCents / CREDIT) * CREDIT;
}

/**
 * Converts cents to wei. ASSUMED: rounded up, so that it is never too little.
 *
 * @param oracleRate dollars for one MANA, times 10 to the 8th
 */
export function toWei(cents: number, oracleRate: number): Amount {
  const rate = BigInt(oracleRate);
  return toWeiAmount((BigInt(cents) * 10n ** 24n + rate - 1n) / rate);
}

export interface Pack {
  readonly id: string;
  /** The price. */
  readonly usdCents: number;
  readonly credits: number;
  readonly recommended: boolean;
}

/** FIDELITY: the packs and their prices (shop client). */
export const PACKS: readonly Pack[] = [
  { id: 'pack_5', usdCents: 599, credits: 40, recommended: false },
  { id: 'pack_10', usdCents: 1199, credits: 100, recommended: true },
  { id: 'pack_25', usdCents: 2999, credits: 260, recommended: false },
  { id: 'pack_50', usdCents: 5999, credits: 540, recommended: false },
];

export interface Page {
  readonly limit?: number;
  readonly offset?: number;
}

/** @param records read lazily, in the order of the list */
export function takePage<R>(records: Iterable<R>, { limit = 100, offset = 0 }: Page): { page: R[]; total: number } {
  const page: R[] = [];
  let total = 0;
  for (const record of records) {
    if (total >= offset && page.length < limit) page.push(record);
    total += 1;
  }
  return { page, total };
}
