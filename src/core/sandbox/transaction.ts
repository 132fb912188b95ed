import type { Commit } from '../store/commit.ts';
import type { Instant } from '../values/clock.ts';

/** The result of one transaction. */
export interface Outcome<T> {
  readonly result: T;
  /** `undefined` if nothing was changed. */
  readonly commit: Commit | undefined;
}

export interface TransactionOptions {
  /** When it happens; the clock's now if left out. */
  readonly at?: Instant;
  /** Discards changes even if it returns (HEAD). */
  readonly drop?: boolean;
  /** Bytes that it may store from outside. */
  readonly brought?: number;
}

/** Runs code around an operation, so that its changes are distinguished from the operation's own. */
export type Surround = <T>(work: () => T) => T;
