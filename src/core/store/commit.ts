import type { ClockState, Instant } from '../values/clock.ts';
import type { Amount } from '../values/decimal.ts';
import type { Change } from './collection.ts';
import type { Roots } from './roots.ts';

/** A transaction of a provider's code. */
export interface TransactionCause {
  readonly kind: 'request' | 'control' | 'due';
  readonly provider: string;
  /** The name of the operation or control, or the kind of scheduled item. */
  readonly operation: string;
  readonly requestId?: string;
}

export type Cause =
  | TransactionCause
  /** An act on what is core's own, such as its rules of faults. */
  | { readonly kind: 'act'; readonly operation: string }
  | { readonly kind: 'clock'; readonly to: ClockState }
  /** All state was replaced. */
  | Replace;

export interface Replace {
  readonly kind: 'replace';
  readonly how: 'start' | 'reset' | 'import' | 'restore' | 'fork';
  readonly roots: Roots;
  /** The sandbox or snapshot that the state is a copy of. */
  readonly from?: StateSource | undefined;
}

export interface StateSource {
  readonly sandbox: string;
  /** Left out for the sandbox's state at that moment. */
  readonly snapshot?: string | undefined;
}

/** The effect of one transaction, or of one other act on a sandbox. */
export interface Commit {
  /** Its number in the sandbox, from 1 and without a gap. */
  readonly seq: number;
  /** On the sandbox's clock. */
  readonly at: Instant;
  readonly cause: Cause;
  /** In order. A `replace` has none. */
  readonly changes: readonly Change[];
  /** The number of ledger entries that it made. */
  readonly entries: number;
  /** The changes of balances. */
  readonly ledger: readonly LedgerEntry[];
}

/** The new values of counters that have moved since the previous commit, with or without one. Requests are counted separately. */
export type MovedCounters = readonly (readonly [name: string, value: number])[];

/** What an operation may add to the ledger entries that are derived from its changes. */
export interface Note {
  readonly key?: string | undefined;
  readonly memo?: string | undefined;
}

/** What a transaction contributes to its commit. */
export interface Draft {
  readonly changes: readonly Change[];
  readonly note: Note | undefined;
}

/** One change of one balance. Amounts are exact decimal strings in `unit`. */
export interface LedgerEntry {
  readonly id: number;
  readonly at: Instant;
  readonly provider: string;
  readonly tenant: string;
  readonly account: string;
  readonly unit: string;
  readonly delta: Amount;
  readonly before: Amount;
  readonly after: Amount;
  readonly cause: TransactionCause['kind'];
  /** The name of the operation or control, or the kind of scheduled item. */
  readonly operation: string;
  readonly requestId: string | undefined;
  /** The idempotency key, if the client sent one. */
  readonly key: string | undefined;
  readonly memo: string | undefined;
}
