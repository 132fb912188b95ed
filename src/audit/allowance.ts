import type { JournalEntry } from '../core/sandbox/journal.ts';
import type { RuleName } from './finding.ts';
import type { AuditedExchange } from './audited-exchange.ts';

const HEADER = 'x-emulator-audit';

/** The rules whose findings an exchange waives: `X-Emulator-Audit: allow=double-effect,no-key`. */
function findAllowed({ requestHeaders }: JournalEntry): readonly string[] {
  const written = requestHeaders[HEADER];
  if (typeof written !== 'string') return [];
  const allowed = written
    .split(';')
    .map((part) => part.trim())
    .filter((part) => part.startsWith('allow='))
    .flatMap((part) => part.slice('allow='.length).split(','));
  return allowed.map((rule) => rule.trim().toLowerCase());
}

/** Rules that a sandbox waives from a position on, until the next allowance. */
export interface Allowance {
  /** It applies to exchanges after this position. */
  readonly after: number;
  readonly rules: ReadonlySet<RuleName>;
}

/**
 * Adds an allowance and drops those that apply to no exchange that can still be judged.
 *
 * @param first the first position that can still be judged
 */
export function allow(known: readonly Allowance[], allowance: Allowance, first: number): readonly Allowance[] {
  const current = known.findLastIndex((one) => one.after < first);
  const open = known.slice(Math.max(0, current)).filter((one) => one.after < allowance.after);
  return [...open, allowance];
}

/** Whether the exchange itself, or its sandbox at that time, waives the findings of a rule. */
export function isAllowed(
  { entry, position }: AuditedExchange,
  rule: RuleName,
  allowances: readonly Allowance[],
): boolean {
  const current = allowances.findLast(({ after }) => position > after);
  return current?.rules.has(rule) === true || findAllowed(entry).includes(rule);
}
