import type { Change } from '../store/collection.ts';
import type { Cause, Commit, LedgerEntry, MovedCounters, Replace, StateSource } from '../store/commit.ts';
import type { Base } from '../store/disk/kept.ts';
import type { Feed } from '../store/feed.ts';
import type { Held } from '../store/history.ts';
import type { Posting } from '../store/ledger.ts';
import type { Roots } from '../store/roots.ts';
import type { Store } from '../store/store.ts';
import type { Instant } from '../values/clock.ts';
import type { Upkeep } from './upkeep.ts';

export interface Appended {
  readonly changes?: readonly Change[];
  /** What the changes did to balances, if anything. */
  readonly posting?: Posting | undefined;
  /** Bytes from outside that it may keep. */
  readonly brought?: number;
  /** Puts back what is no record. */
  readonly undo?: () => void;
}

/** What to go back to where a replacement cannot be kept. */
export interface Before {
  readonly roots: Roots;
  readonly base: Base;
  /** Puts back what is neither. */
  readonly undo: () => void;
}

interface Parts {
  readonly store: Store;
  readonly feed: Feed;
  readonly upkeep: Upkeep;
  readonly base: Base;
  /** Other rules may hold now. */
  readonly onRules: () => void;
  /** What was committed is not so. */
  readonly onUndone: () => void;
}

const NO_ENTRIES: readonly LedgerEntry[] = [];
const NO_CHANGES: readonly Change[] = [];
const NO_COUNTERS: MovedCounters = [];

/**
 * A commit with as little as it can be told from. Its entries are derived each time that they are asked for: there are many
 * commits, each lives long enough for the garbage collector to carry it about, and few are ever looked at.
 */
class MadeCommit implements Commit {
  readonly seq: number;
  readonly at: Instant;
  readonly cause: Cause;
  readonly changes: readonly Change[];
  readonly #posting: Posting | undefined;

  constructor(seq: number, at: Instant, cause: Cause, changes: readonly Change[], posting: Posting | undefined) {
    this.seq = seq;
    this.at = at;
    this.cause = cause;
    this.changes = changes;
    this.#posting = posting;
  }

  get entries(): number {
    return this.#posting?.count ?? 0;
  }

  get isBelowZero(): boolean {
    return this.#posting?.isBelowZero ?? false;
  }

  get ledger(): readonly LedgerEntry[] {
    return this.#posting?.list(this) ?? NO_ENTRIES;
  }
}

/** Makes a commit of what has happened to one sandbox, and undoes it where it cannot be kept. */
export class Commits {
  readonly #parts: Parts;
  #base: Base;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#base = parts.base;
  }

  /** The collections that the sandbox shares with all that began with the same. */
  get base(): Base {
    return this.#base;
  }

  append(cause: Cause, at: Instant, appended: Appended = {}): Commit {
    const { store, feed, onRules } = this.#parts;
    const { changes, posting, brought, undo } = appended;
    const { commit, counters } = this.#toCommit(cause, at, changes, posting);
    this.#keep(commit, counters, () => {
      feed.takeBack(held);
      store.takeBack(commit, counters);
      undo?.();
      onRules();
    });
    const held = feed.append(commit, brought);
    return commit;
  }

  /** Opens the feed anew with the state as it is. */
  open(how: Replace['how'], from?: StateSource): Held<Commit> {
    return this.#parts.feed.append(this.#toOpening(how, from));
  }

  /** All is another state from here on. @param base what that state shares with others */
  replace(how: Replace['how'], base: Base, before: Before, from?: StateSource): void {
    const { store, feed } = this.#parts;
    this.#base = base;
    const commit = this.#toOpening(how, from);
    this.#keep(commit, NO_COUNTERS, () => {
      feed.takeBack(held);
      store.restore(before.roots);
      this.#base = before.base;
      before.undo();
      // What was in front of it is forgotten.
      feed.clear();
      this.open('start');
    });
    const held = feed.append(commit);
  }

  #toOpening(how: Replace['how'], from: StateSource | undefined): Commit {
    const { store, onRules } = this.#parts;
    store.takeCarried();
    onRules();
    // What no commit has carried yet is so in the roots, and has just been taken.
    return this.#toCommit({ kind: 'replace', how, from, roots: store.roots }, store.clock.now()).commit;
  }

  #toCommit(
    cause: Cause,
    at: Instant,
    changes = NO_CHANGES,
    posting?: Posting,
  ): { readonly commit: Commit; readonly counters: MovedCounters } {
    const { store } = this.#parts;
    const carried = store.takeCarried();
    const all = carried.changes.length > 0 ? [...carried.changes, ...changes] : changes;
    return {
      commit: new MadeCommit(store.number('commits'), at, cause, all, posting),
      counters: carried.counters,
    };
  }

  #keep(commit: Commit, counters: MovedCounters, undo: () => void): void {
    const { store, upkeep, onUndone } = this.#parts;
    upkeep.keep(commit, counters, this.#base, store.numbering, () => {
      undo();
      onUndone();
    });
  }
}
