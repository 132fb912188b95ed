import type { AuditedExchange } from './audited-exchange.ts';

/** Most severe first. */
export const SEVERITIES = ['error', 'warning', 'info'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** `certain` follows from the record; `likely` rests on an assumption that the rule states. */
export type Certainty = 'certain' | 'likely';

/** Names of rules. Findings of one severity are listed in this order. */
export const RULE_NAMES = [
  ...(['double-effect', 'key-reuse', 'overdrawn', 'page-loop', 'stale-write', 'no-key'] as const),
  ...(['retry-after-ignored', 'stream-abandoned', 'secret-in-url', 'ignored-field'] as const),
  ...(['unseen-effect', 'missing-effect', 'futile-retry', 'retry-storm', 'off-contract'] as const),
] as const;
export type RuleName = (typeof RULE_NAMES)[number];

/** What a rule reports. */
export interface FindingDraft {
  readonly rule: RuleName;
  readonly certainty: Certainty;
  readonly severity: Severity;
  /** The exchanges that prove it, at least one, in order of their ends. The client is that of the last. */
  readonly exchanges: readonly AuditedExchange[];
  /** Ids of the ledger entries that prove it. */
  readonly entries?: readonly number[];
  readonly subject?: string | undefined;
  /** One sentence with amounts. */
  readonly what: string;
  /** One sentence. */
  readonly advice: string;
  /** Listed only if its rule is requested by name. */
  readonly isExtra?: boolean;
}

/** A client bug. Ids are those of the journal and of the ledger. */
export interface Finding {
  readonly id: string;
  readonly sandbox: string;
  readonly rule: RuleName;
  readonly certainty: Certainty;
  readonly severity: Severity;
  readonly client: string;
  readonly provider: string;
  readonly subject: string | null;
  readonly requests: readonly string[];
  readonly entries: readonly string[];
  readonly what: string;
  readonly advice: string;
}

export interface KeptFinding {
  readonly finding: Finding;
  /** Listed only if its rule is requested by name. */
  readonly isExtra: boolean;
}

/** Most severe first; findings of one rule keep their order. */
export function sortFindings(findings: readonly KeptFinding[]): readonly KeptFinding[] {
  const rank = ({ finding: { severity, rule } }: KeptFinding): number =>
    SEVERITIES.indexOf(severity) * RULE_NAMES.length + RULE_NAMES.indexOf(rule);
  return findings.toSorted((one, other) => rank(one) - rank(other));
}
