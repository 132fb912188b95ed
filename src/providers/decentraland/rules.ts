import { toLater, type Instant } from '../../core/values/clock.ts';
import { isNegative, subtract } from '../../core/values/decimal.ts';
import { type Credit, type Season } from './state.ts';

export type SpendableStatus = 'AVAILABLE' | 'PARTIALLY_USED';
export type CreditStatus = SpendableStatus | 'USED' | 'EXPIRED';

/** Wei. */
export function toRemaining({ terms, spent }: Credit): bigint {
  return BigInt(terms.amount) - BigInt(spent);
}

/** Wei. */
export function sumRemaining(credits: readonly Credit[]): bigint {
  return credits.reduce((sum, credit) => sum + toRemaining(credit), 0n);
}

/** FIDELITY: the four states (published document). ASSUMED: a used-up credit is USED, also after its expiry. */
export function toStatus(credit: Credit, now: Instant): CreditStatus {
  if (toRemaining(credit) === 0n) return 'USED';
  if (!isAlive(credit, now)) return 'EXPIRED';
  return toSpendableStatus(credit);
}

/** Returns the status of a spendable credit. */
export function toSpendableStatus({ spent }: Credit): SpendableStatus {
  return spent === '0' ? 'AVAILABLE' : 'PARTIALLY_USED';
}

/** FIDELITY: expired from that instant on (contract). */
export function isAlive({ ended, terms: { expiresAt } }: Credit, now: Instant): boolean {
  return !ended && (expiresAt === null || now < expiresAt);
}

/** Splits a price over credits, in order: each is taken fully, the last one partly. */
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
/** ASSUMED: the value in third-party notes of the server. */
const GRACE = 14 * DAY;

/** FIDELITY: the end of the season (published document), and then a grace period. */
export function toExpiry({ endDate }: Season): Instant {
  return toLater(endDate, GRACE);
}

/** Returns the expiry of a new credit. ASSUMED: it is null (never) without a season, or if the season is long over. */
export function toFreshExpiry(season: Season | undefined, now: Instant): Instant | null {
  const expiry = season && toExpiry(season);
  return expiry !== undefined && expiry > now ? expiry : null;
}

/** Finds the season whose credits are given now: the current one. ASSUMED: otherwise the last that has begun. */
export function findGivingSeason(seasons: readonly Season[], now: Instant): Season | undefined {
  return findRunningSeason(seasons, now) ?? seasons.findLast(({ startDate }) => startDate <= now);
}

/** Finds the current season. */
export function findRunningSeason(seasons: readonly Season[], now: Instant): Season | undefined {
  return seasons.find((season) => toPhase(season, now) === 'running');
}

/** ASSUMED: after all its MANA was given; a season without any MANA never is. */
export function isOutOfFunds({ maxMana, granted }: Season): boolean {
  return maxMana !== '0' && !isNegative(subtract(granted, maxMana));
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

/** Returns the week of a current season. ASSUMED: seven days, counted from its start; the first is 1. */
export function toWeek({ startDate, endDate }: Season, now: Instant): Week {
  const index = Math.floor((now - startDate) / WEEK);
  const start = startDate + index * WEEK;
  return { number: index + 1, start: start as Instant, end: Math.min(start + WEEK, endDate) as Instant };
}

export function countWeeks({ startDate, endDate }: Season): number {
  return Math.ceil((endDate - startDate) / WEEK);
}
