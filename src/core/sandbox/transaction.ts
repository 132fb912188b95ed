import type { Commit } from '../store/commit.ts';
import type { Instant } from '../values/clock.ts';

/** What one transaction gave back and left behind. */
export interface Outcome<T> {
  readonly result: T;
  /** `undefined` where nothing was changed. */
  readonly commit: Commit | undefined;
}

export interface TransactionOptions {
  /** When it happens; the clock's now if left out. */
  readonly at?: Instant;
  /** Keep nothing even if it returns (HEAD). */
  readonly drop?: boolean;
  /** Bytes from outside that it may keep. */
  readonly brought?: number;
}

/** Runs what surrounds an operation, so that its changes are told from the operation's own. */
export type Surround = <T>(work: () => T) => T;
