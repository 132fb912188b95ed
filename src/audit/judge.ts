import type { LoggedEvent } from '../core/sandbox/event-log.ts';
import type { Sandbox } from '../core/sandbox/sandbox.ts';
import { isAllowed, type Allowance } from './allowance.ts';
import type { AuditRule } from './audit-rule.ts';
import type { AuditedProvider } from './audited-provider.ts';
import { Clients } from './client-identity.ts';
import type { Finding, FindingDraft, KeptFinding, RuleName } from './finding.ts';
import { Stretch } from './stretch.ts';

/** Drafts of one record that are kept. More of them are the same mistake repeated. */
const MOST_DRAFTS = 5000;
/** Exchanges and ledger entries that one finding names. */
const NAMED = 100;

/** What a sandbox recorded up to some moment. What happens later does not change it. */
export interface AuditRecord {
  readonly sandbox: Sandbox;
  /** The position of the first event. */
  readonly first: number;
  readonly events: readonly LoggedEvent[];
  /** What the sandbox waives, oldest first. */
  readonly allowances: readonly Allowance[];
}

export interface AuditParts {
  readonly audited: ReadonlyMap<string, AuditedProvider>;
  readonly rules: readonly AuditRule[];
}

export interface Verdict {
  readonly findings: readonly KeptFinding[];
  /** The number of findings that are left out because their exchanges allowed them. */
  readonly waived: number;
}

/** Applies all rules to a record. Yields after each small step, so that the caller can let other work run. */
export function* judge(record: AuditRecord, parts: AuditParts): Generator<void, Verdict, undefined> {
  const { sandbox, allowances } = record;
  const findings: KeptFinding[] = [];
  let waived = 0;
  for (const draft of withoutCovered(yield* listDrafts(record, parts))) {
    const { rule, exchanges, isExtra = false } = draft;
    if (!exchanges.some((one) => isAllowed(one, rule, allowances))) {
      findings.push({ finding: toFinding(draft, sandbox.name), isExtra });
    } else if (!isExtra) waived += 1;
    yield;
  }
  return { findings, waived };
}

function* listDrafts(
  { sandbox, first, events }: AuditRecord,
  { audited, rules }: AuditParts,
): Generator<void, readonly FindingDraft[], undefined> {
  const drafts: FindingDraft[] = [];
  const report = (draft: FindingDraft): void => {
    if (drafts.length < MOST_DRAFTS) drafts.push(draft);
  };
  const clients = new Clients();
  const open = (): Stretch => new Stretch({ sandbox, audited, rules, clients, report });
  let stretch = open();
  for (const [index, event] of events.entries()) {
    if ('cause' in event && event.cause.kind === 'replace') {
      yield* stretch.end();
      stretch = open();
    }
    stretch.take(event, first + index);
    yield;
  }
  yield* stretch.end();
  return drafts;
}

/** What follows from a double effect is not a mistake of its own. */
const COVERED: ReadonlySet<RuleName> = new Set<RuleName>(['no-key', 'unseen-effect', 'missing-effect']);

function withoutCovered(drafts: readonly FindingDraft[]): readonly FindingDraft[] {
  const twofold = drafts.filter(({ rule }) => rule === 'double-effect');
  const covered = new Set(twofold.flatMap(({ exchanges }) => exchanges));
  return drafts.filter(({ rule, exchanges }) => !COVERED.has(rule) || !exchanges.some((one) => covered.has(one)));
}

function toFinding(draft: FindingDraft, sandbox: string): Finding {
  const { rule, certainty, severity, exchanges, entries = [], subject, what, advice } = draft;
  const last = exchanges.at(-1);
  if (!last) throw new Error(`The rule "${rule}" reported a finding without an exchange.`);
  return {
    id: `${sandbox}-${rule}-${exchanges[0]?.position ?? 0}`,
    ...{ sandbox, rule, certainty, severity },
    client: last.who.label,
    provider: last.entry.provider,
    subject: subject ?? null,
    requests: exchanges.slice(0, NAMED).map(({ entry }) => entry.id),
    entries: entries.slice(0, NAMED).map(String),
    what: `${what}.`,
    advice,
  };
}
