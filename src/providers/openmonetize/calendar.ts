import { parseInstant, type Instant } from '../../core/values/clock.ts';
import type { Entitlement } from './state.ts';

export const DAY = 86_400_000;

/** Days since 1970, in UTC. ASSUMED: the server's own time zone is UTC. */
export function toDay(instant: Instant): number {
  return Math.floor(instant / DAY);
}

/** The first day of the period that an instant lies in; nothing where it has no beginning. */
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

/** FIDELITY: as the server names the month of a quota, without a zero in front (server source). */
export function toMonth(now: Instant): string {
  const date = new Date(now);
  return `${date.getUTCFullYear()}-${date.getUTCMonth() + 1}`;
}

/** An instant in any way that either profile takes. ASSUMED: one that passes the schema and is none, such as a leap second, breaks the call. */
export function parseWritten(written: string | undefined): Instant | undefined | 'invalid' {
  if (written === undefined) return undefined;
  try {
    return parseInstant(written.replace(/[t ]/, 'T').replace(/z$/, 'Z'));
  } catch {
    return 'invalid';
  }
}
