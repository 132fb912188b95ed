import type { Commit } from '../store/commit.ts';
import type { Instant } from '../values/clock.ts';

/** What one transaction returned and changed. */
export interface Outcome<T> {
  readonly result: T;
  /** `undefined` if nothing was changed. */
  readonly commit: Commit | undefined;
}

export interface TransactionOptions {
  /** When it happens; if left out, now. */
  readonly at?: Instant;
  /** Whether to keep nothing even if it returns (HEAD). */
  readonly drop?: boolean;
  /** Bytes from outside that it may keep. */
  readonly brought?: number;
}

/** Runs what surrounds an operation, so that its changes do not count as the operation's own. */
export type Surround = <T>(work: () => T) => T;
