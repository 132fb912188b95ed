import { blame } from '../provider/blame.ts';
import type { BalanceBook } from '../store/balance-book.ts';
import type { Change } from '../store/collection.ts';
import type { Cause, Commit, Draft, LedgerEntry, MovedCounters, Replace, StateSource } from '../store/commit.ts';
import type { Base } from '../store/disk/kept.ts';
import type { Feed } from '../store/feed.ts';
import type { Held } from '../store/history.ts';
import { listEntries, toPosting, type Posting } from '../store/ledger.ts';
import type { Note } from '../store/note.ts';
import type { Roots } from '../store/roots.ts';
import type { Store } from '../store/store.ts';
import type { Instant } from '../values/clock.ts';
import type { SandboxPersistence } from './sandbox-persistence.ts';

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
  readonly book: BalanceBook;
  readonly feed: Feed;
  readonly persistence: SandboxPersistence;
  readonly base: Base;
  /** Other rules may hold now. */
  readonly onRules: () => void;
  /** What was committed is not so. */
  readonly onUndone: () => void;
}

const NO_CHANGES: readonly Change[] = [];
const NO_COUNTERS: MovedCounters = [];
const NO_POSTING: Posting = { count: 0, note: undefined, first: 0 };

/**
 * A commit with as little as it can be told from. Its ledger is derived each time that it is asked for, and what it is
 * made of is not kept as an object of its own: there are many commits, each lives long enough for the garbage collector to carry it about, and few are ever
 * looked at.
 */
class MadeCommit implements Commit {
  readonly seq: number;
  readonly at: Instant;
  readonly cause: Cause;
  readonly changes: readonly Change[];
  readonly entries: number;
  readonly #book: BalanceBook;
  readonly #note: Note | undefined;
  readonly #first: number;

  constructor(
    book: BalanceBook,
    made: { readonly seq: number; readonly at: Instant; readonly cause: Cause; readonly changes: readonly Change[] },
    posting: Posting,
  ) {
    this.seq = made.seq;
    this.at = made.at;
    this.cause = made.cause;
    this.changes = made.changes;
    this.entries = posting.count;
    this.#book = book;
    this.#note = posting.note;
    this.#first = posting.first;
  }

  get ledger(): readonly LedgerEntry[] {
    if (this.entries === 0) return [];
    return listEntries(this.#book, { note: this.#note, first: this.#first }, this);
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

  /** What a transaction of a provider does to balances, if it changes anything; the provider's own code reads them. */
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

  /** Opens the feed anew with the state as it is. */
  open(how: Replace['how'], from?: StateSource): Held<Commit> {
    return this.#parts.feed.append(this.#toOpening(how, from));
  }

  /** All is another state from here on. @param base what that state shares with others */
  replace(how: Replace['how'], base: Base, before: Before, from?: StateSource): void {
    const { store, feed, persistence, onUndone } = this.#parts;
    this.#base = base;
    const commit = this.#toOpening(how, from);
    persistence.keep(commit, NO_COUNTERS, base, store.numbering, () => {
      feed.takeBack(held);
      store.restore(before.roots);
      this.#base = before.base;
      before.undo();
      // What was in front of it is forgotten.
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
    // What no commit has carried yet is so in the roots, and has just been taken.
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
