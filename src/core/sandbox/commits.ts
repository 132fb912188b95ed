import { blame } from '../provider/blame.ts';
import type { BalanceBook } from '../store/balance-book.ts';
import type { Change } from '../store/collection.ts';
import type { Cause, Commit, Draft, LedgerEntry, MovedCounters, Replace, StateSource } from '../store/commit.ts';
import type { Base } from '../store/disk/kept.ts';
import type { Feed } from '../store/feed.ts';
import type { Held } from '../store/history.ts';
import { listEntries, toPosting, type Posting } from '../store/ledger.ts';
import type { Roots } from '../store/roots.ts';
import type { Store } from '../store/store.ts';
import type { Instant } from '../values/clock.ts';
import type { SandboxPersistence } from './sandbox-persistence.ts';

export interface Appended {
  readonly changes?: readonly Change[];
  /** Changes of balances, if any. */
  readonly posting?: Posting | undefined;
  /** Bytes that it may store from outside. */
  readonly brought?: number;
  /** Restores what is not a record. */
  readonly undo?: () => void;
}

/** What to restore if a replacement cannot be stored. */
export interface Before {
  readonly roots: Roots;
  readonly base: Base;
  /** Restores what is neither. */
  readonly undo: () => void;
}

interface Parts {
  readonly store: Store;
  readonly book: BalanceBook;
  readonly feed: Feed;
  readonly persistence: SandboxPersistence;
  readonly base: Base;
  /** Runs when fault rules may have changed. */
  readonly onRules: () => void;
  /** Runs after a commit was undone. */
  readonly onUndone: () => void;
}

const NO_CHANGES: readonly Change[] = [];
const NO_COUNTERS: MovedCounters = [];
const NO_POSTING: Posting = { count: 0, note: undefined, first: 0 };

type Numbered = Pick<Commit, 'seq' | 'at' | 'cause' | 'changes'>;

/** Derives its ledger each time that it is read: many commits are kept and few are read. */
class MadeCommit implements Commit {
  readonly seq: number;
  readonly at: Instant;
  readonly cause: Cause;
  readonly changes: readonly Change[];
  readonly #book: BalanceBook;
  readonly #posting: Posting;

  constructor(book: BalanceBook, { seq, at, cause, changes }: Numbered, posting: Posting) {
    this.seq = seq;
    this.at = at;
    this.cause = cause;
    this.changes = changes;
    this.#book = book;
    this.#posting = posting;
  }

  get entries(): number {
    return this.#posting.count;
  }

  get ledger(): readonly LedgerEntry[] {
    return this.entries === 0 ? [] : listEntries(this.#book, this.#posting, this);
  }
}

/** Makes the commits of one sandbox, and undoes those that cannot be stored. */
export class Commits {
  readonly #parts: Parts;
  #base: Base;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#base = parts.base;
  }

  /** The collections that the sandbox shares with all that started from the same state. */
  get base(): Base {
    return this.#base;
  }

  /** Returns what a transaction does to balances, if it changes anything. Runs the provider's own code. */
  prepare(provider: string, draft: Draft): Posting | undefined {
    if (draft.changes.length === 0) return undefined;
    try {
      return toPosting(this.#parts.book, draft, this.#parts.store.numbering.entries + 1);
    } catch (error) {
      throw blame(`${provider}.collections`, error);
    }
  }

  append(cause: Cause, at: Instant, appended: Appended = {}): Commit {
    const { store, feed, persistence, onRules, onUndone } = this.#parts;
    const { changes, posting, brought, undo } = appended;
    const { commit, counters } = this.#toCommit(cause, at, changes, posting);
    persistence.keep(commit, counters, this.#base, store.numbering, () => {
      feed.takeBack(held);
      store.takeBack(commit, counters);
      undo?.();
      onRules();
      onUndone();
    });
    const held = feed.append(commit, brought);
    return commit;
  }

  /** Starts the feed again with the state as it is. */
  open(how: Replace['how'], from?: StateSource): Held<Commit> {
    return this.#parts.feed.append(this.#toOpening(how, from));
  }

  /** Commits that all state was replaced. @param base what that state shares with others */
  replace(how: Replace['how'], base: Base, before: Before, from?: StateSource): void {
    const { store, feed, persistence, onUndone } = this.#parts;
    this.#base = base;
    const commit = this.#toOpening(how, from);
    persistence.keep(commit, NO_COUNTERS, base, store.numbering, () => {
      feed.takeBack(held);
      store.restore(before.roots);
      this.#base = before.base;
      before.undo();
      // Forgets the commits before it.
      feed.clear();
      this.open('start');
      onUndone();
    });
    const held = feed.append(commit);
  }

  #toOpening(how: Replace['how'], from: StateSource | undefined): Commit {
    const { store, onRules } = this.#parts;
    store.takeCarried();
    onRules();
    // The roots hold changes that are not in any commit yet.
    return this.#toCommit({ kind: 'replace', how, from, roots: store.roots }, store.clock.now()).commit;
  }

  #toCommit(
    cause: Cause,
    at: Instant,
    changes = NO_CHANGES,
    posting = NO_POSTING,
  ): { readonly commit: Commit; readonly counters: MovedCounters } {
    const { store, book } = this.#parts;
    const carried = store.takeCarried();
    for (let left = posting.count; left > 0; left -= 1) store.number('entries');
    const all = carried.changes.length > 0 ? [...carried.changes, ...changes] : changes;
    return {
      commit: new MadeCommit(book, { seq: store.number('commits'), at, cause, changes: all }, posting),
      counters: carried.counters,
    };
  }
}
