import type { Instant } from '../../core/clock.ts';
import type { Credit, Season } from './state.ts';

export type CreditStatus = 'AVAILABLE' | 'PARTIALLY_USED' | 'USED' | 'EXPIRED';

/** Wei. */
export function toRemaining({ terms, spent }: Credit): bigint {
  return BigInt(terms.amount) - BigInt(spent);
}

/** FIDELITY: the four states (published document). ASSUMED: what is used up is USED, also after its expiry. */
export function toStatus(credit: Credit, now: Instant): CreditStatus {
  if (toRemaining(credit) === 0n) return 'USED';
  if (!isAlive(credit, now)) return 'EXPIRED';
  return credit.spent === '0' ? 'AVAILABLE' : 'PARTIALLY_USED';
}

/** FIDELITY: expired from that instant on (contract). */
export function isAlive({ ended, terms: { expiresAt } }: Credit, now: Instant): boolean {
  return !ended && (expiresAt === null || now < expiresAt);
}

/** What is taken of each credit, in order, until a price is covered: each fully, the last one partly. */
export function spread(credits: readonly Credit[], price: bigint): readonly { credit: Credit; taken: bigint }[] {
  let left = price;
  return credits.flatMap((credit) => {
    const remaining = toRemaining(credit);
    const taken = remaining < left ? remaining : left;
    left -= taken;
    return taken > 0n ? [{ credit, taken }] : [];
  });
}

const DAY = 86_400_000;
const WEEK = 7 * DAY;
/** ASSUMED: as third-party notes of the server have it. */
const GRACE = 14 * DAY;

/** FIDELITY: by the end of the season (published document), and then a grace period. */
export function toExpiry({ endDate }: Season): Instant {
  return (endDate + GRACE) as Instant;
}

export type SeasonPhase = 'coming' | 'running' | 'ended';

export function toPhase({ startDate, endDate }: Season, now: Instant): SeasonPhase {
  if (now < startDate) return 'coming';
  return now < endDate ? 'running' : 'ended';
}

export interface Week {
  readonly number: number;
  readonly start: Instant;
  readonly end: Instant;
}

/** The week of a season that runs. ASSUMED: of seven days from its start, and the first is 1. */
export function toWeek({ startDate, endDate }: Season, now: Instant): Week {
  const index = Math.floor((now - startDate) / WEEK);
  const start = startDate + index * WEEK;
  return { number: index + 1, start: start as Instant, end: Math.min(start + WEEK, endDate) as Instant };
}

export function countWeeks({ startDate, endDate }: Season): number {
  return Math.ceil((endDate - startDate) / WEEK);
}
