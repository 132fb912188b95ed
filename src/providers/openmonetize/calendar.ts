import { parseInstant, type Instant } from '../../core/values/clock.ts';
import type { Entitlement } from './state.ts';

export const DAY = 86_400_000;

/** The number of days since 1970, in UTC. ASSUMED: the server's time zone is UTC. */
export function toDay(instant: Instant): number {
  return Math.floor(instant / DAY);
}

/** Finds the first day of the period that contains `now`. TOTAL has none. */
export function findFirstDay(period: Entitlement['period'], now: Instant): number | undefined {
  switch (period) {
    case 'DAILY':
      return toDay(now);
    case 'MONTHLY':
      return toDay(now) - new Date(now).getUTCDate() + 1;
    case 'TOTAL':
    case null:
      return undefined;
  }
}

/** FIDELITY: the server's name for the month of a quota, without a leading zero (server source). */
export function toMonth(now: Instant): string {
  const date = new Date(now);
  return `${date.getUTCFullYear()}-${date.getUTCMonth() + 1}`;
}

/**
 * Parses an instant in any notation that either profile accepts. ASSUMED: text that passes the schema but is not an
 * instant, such as a leap second, breaks the call.
 */
export function parseWritten(written: string | undefined): Instant | undefined | 'invalid' {
  if (written === undefined) return undefined;
  try {
    return parseInstant(written.replace(/[t ]/, 'T').replace(/z$/, 'Z'));
  } catch {
    return 'invalid';
  }
}
