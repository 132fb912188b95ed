import type { Commit } from '../core/store/commit.ts';
import type { FindingDraft, RuleName } from './finding.ts';
import type { LostWrite } from './lost-writes.ts';
import type { AuditedExchange } from './audited-exchange.ts';
import type { RecentCommits } from './recent-commits.ts';
import type { Keys } from './keys.ts';

/** Detects one kind of client bug from the record alone. */
export interface AuditRule {
  readonly name: RuleName;
  /** Creates the watch of one stretch of a record: what happens between two replacements of all state. */
  readonly watch: (context: AuditContext) => Watch;
}

/** Sees the events of a stretch in order, and keeps only what is still open. */
export interface Watch {
  commit?(commit: Commit): void;
  /** An exchange ended. Its commit came before. */
  exchange?(exchange: AuditedExchange): void;
  /** The same client sent a lost write again within a minute. */
  retried?(lost: LostWrite, again: AuditedExchange): void;
  /** The last scheduled effect of an exchange happened. */
  settled?(exchange: AuditedExchange): void;
  /** The stretch ended. Yields after each small step. */
  end?(): Generator<void, void, undefined>;
}

/** What the watches of one stretch share. */
export interface AuditContext {
  report(draft: FindingDraft): void;
  readonly commits: RecentCommits;
  readonly keys: Keys;
  /** In order of their ends. */
  readonly lost: Iterable<LostWrite>;
}
