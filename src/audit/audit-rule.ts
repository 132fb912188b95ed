import type { Commit } from '../core/store/commit.ts';
import type { StreamIncident } from '../core/sandbox/event-log.ts';
import type { Draft, RuleName } from './finding.ts';
import type { Lost } from './lost-intents.ts';
import type { AuditedExchange } from './audited-exchange.ts';
import type { RecentCommits } from './recent-commits.ts';
import type { Keys } from './keys.ts';

/** What is wrong with clients in one way, told from the record alone. */
export interface AuditRule {
  readonly name: RuleName;
  /** Makes what looks at one stretch of a record, from one replacement of all state to the next. */
  readonly watch: (course: AuditContext) => Watch;
}

/** What looks at a record in the order in which it was told. It keeps no more than what is open. */
export interface Watch {
  commit?(commit: Commit): void;
  incident?(incident: StreamIncident): void;
  /** An exchange is over. What it committed has been told of before. */
  exchange?(exchange: AuditedExchange): void;
  /** An intent whose answer did not reach its client came again, by the same client and within a minute. */
  retried?(lost: Lost, again: AuditedExchange): void;
  /** All is there now that an exchange had scheduled. */
  settled?(exchange: AuditedExchange): void;
  /** The stretch ends here. Yields after every few items. */
  end?(): Generator<void, void, undefined>;
}

/** What the watches of one stretch have in common. */
export interface AuditContext {
  report(draft: Draft): void;
  readonly commits: RecentCommits;
  readonly keys: Keys;
  /** Every effect whose answer did not reach its client, in the order of their ends. */
  readonly lost: Iterable<Lost>;
  /** The exchange that opened a stream that is open, or was until just now. */
  findStream(request: string): AuditedExchange | undefined;
}
