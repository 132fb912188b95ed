import type { AuditedExchange } from './audited-exchange.ts';

/** Gravest first. */
export const SEVERITIES = ['error', 'warning', 'info'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** `certain` follows from the record; `likely` by the reading that the rule states. */
export type Certainty = 'certain' | 'likely';

/** Names of rules, in the order in which the gravest stand first. */
export const RULE_NAMES = [
  ...(['double-effect', 'key-reuse', 'overdrawn', 'page-loop', 'stale-write', 'no-key'] as const),
  ...(['retry-after-ignored', 'stream-abandoned', 'secret-in-url', 'ignored-field'] as const),
  ...(['unseen-effect', 'missing-effect', 'futile-retry', 'retry-storm', 'off-contract'] as const),
] as const;
export type RuleName = (typeof RULE_NAMES)[number];

/** What a rule has found, as it tells it. */
export interface FindingDraft {
  readonly rule: RuleName;
  readonly certainty: Certainty;
  readonly severity: Severity;
  /** That prove it, in the order in which they ended. At least one; the client is that of the last. */
  readonly exchanges: readonly AuditedExchange[];
  /** Ids of ledger entries that prove it. */
  readonly entries?: readonly number[];
  readonly subject?: string | undefined;
  /** One sentence with amounts. */
  readonly what: string;
  /** One sentence. */
  readonly advice: string;
  /** Only told of where the rule is asked for by its name. */
  readonly isExtra?: boolean;
}

/** What is wrong with a client, as it is kept. Ids are those of the journal and of the ledger. */
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

/** A finding, and whether it is told of only where its rule is asked for by name. */
export interface KeptFinding {
  readonly finding: Finding;
  readonly isExtra: boolean;
}

/** Gravest first, each rule's in the order in which they were found. */
export function sortFindings(findings: readonly KeptFinding[]): readonly KeptFinding[] {
  const rank = ({ finding: { severity, rule } }: KeptFinding): number =>
    SEVERITIES.indexOf(severity) * RULE_NAMES.length + RULE_NAMES.indexOf(rule);
  return findings.toSorted((one, other) => rank(one) - rank(other));
}
