import type { JournalEntry } from '../core/sandbox/journal.ts';
import type { RuleName } from './finding.ts';
import type { AuditedExchange } from './audited-exchange.ts';

const HEADER = 'x-emulator-audit';
const NONE: ReadonlySet<string> = new Set();

/** The rules whose findings an exchange allows: `X-Emulator-Audit: allow=double-effect,no-key`. */
function findAllowed({ requestHeaders }: JournalEntry): ReadonlySet<string> {
  const written = requestHeaders[HEADER];
  if (typeof written !== 'string') return NONE;
  const allowed = written
    .split(';')
    .map((part) => part.trim())
    .filter((part) => part.startsWith('allow='))
    .flatMap((part) => part.slice('allow='.length).split(','));
  return new Set(allowed.map((rule) => rule.trim().toLowerCase()));
}

/** What a sandbox allows, from when on. */
export interface Allowance {
  /** The position behind which exchanges are allowed it. */
  readonly after: number;
  readonly rules: ReadonlySet<RuleName>;
}

/**
 * Allows other rules from a position on.
 *
 * @param first of the positions that are still judged
 */
export function allow(known: readonly Allowance[], allowance: Allowance, first: number): readonly Allowance[] {
  const { after } = allowance;
  // Of those that began before all that is judged the last holds there.
  const holding = known.findLastIndex((one) => one.after < first);
  const open = known.slice(Math.max(0, holding)).filter((one) => one.after < after);
  return [...open, allowance];
}

/** Whether an exchange is allowed what a rule finds, by itself or by its sandbox at the time. */
export function isAllowed(
  { entry, position }: AuditedExchange,
  rule: RuleName,
  allowances: readonly Allowance[],
): boolean {
  if (allowances.findLast(({ after }) => position > after)?.rules.has(rule) === true) return true;
  return findAllowed(entry).has(rule);
}
