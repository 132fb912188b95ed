import type { Change } from '../store/collection.ts';
import type { Cause, Commit, LedgerEntry, Replace, StateSource } from '../store/commit.ts';
import type { Base } from '../store/disk/kept.ts';
import type { Feed } from '../store/feed.ts';
import type { Held } from '../store/history.ts';
import type { Roots } from '../store/roots.ts';
import type { Store } from '../store/store.ts';
import type { Instant } from '../values/clock.ts';
import type { Upkeep } from './upkeep.ts';

export interface Appended {
  readonly changes?: readonly Change[];
  readonly ledger?: readonly LedgerEntry[];
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
    const { changes, ledger, brought, undo } = appended;
    const commit = this.#toCommit(cause, at, changes, ledger);
    this.#keep(commit, () => {
      feed.takeBack(held);
      store.takeBack(commit);
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
    this.#keep(commit, () => {
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
    return this.#toCommit({ kind: 'replace', how, from, roots: store.roots }, store.clock.now());
  }

  #toCommit(cause: Cause, at: Instant, changes = NO_CHANGES, ledger = NO_ENTRIES): Commit {
    const { store } = this.#parts;
    const carried = store.takeCarried();
    return {
      seq: store.number('commits'),
      at,
      cause,
      changes: carried.changes.length > 0 ? [...carried.changes, ...changes] : changes,
      counters: carried.counters,
      ledger,
    };
  }

  #keep(commit: Commit, undo: () => void): void {
    const { store, upkeep, onUndone } = this.#parts;
    upkeep.keep(commit, this.#base, store.numbering, () => {
      undo();
      onUndone();
    });
  }
}
