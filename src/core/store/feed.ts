import type { Commit } from './commit.ts';
import { Records, type Held, type History } from './history.ts';

/** Bytes of a commit, of each change and of each entry, in addition to the records. */
const COMMIT = 400;
const CHANGE = 400;
const ENTRY = 100;

interface Witness {
  add(held: Held<Commit>): void;
  readonly forget: (held: Held<Commit>) => void;
}

/** The commits of one sandbox in order. Ledger, journal and streams read the changes of state here. */
export class Feed {
  readonly #commits: Records<Commit>;
  readonly #witness: Witness | undefined;
  readonly #listeners = new Set<(commit: Commit) => void>();

  /** @param witness receives each commit before the listeners do, and is notified when it is forgotten */
  constructor(history: History, witness?: Witness) {
    this.#commits = new Records(history, witness?.forget);
    this.#witness = witness;
  }

  /** @param brought bytes from outside that the records may have kept, such as those of a request's body */
  append(commit: Commit, brought = 0): Held<Commit> {
    const bytes = COMMIT + CHANGE * commit.changes.length + ENTRY * commit.entries + brought;
    const held = this.#commits.push(commit, bytes);
    this.#witness?.add(held);
    for (const listener of this.#listeners) listener(commit);
    return held;
  }

  /** Removes the newest commit, which was rolled back; it may have been forgotten by now. */
  takeBack(held: Held<Commit>): void {
    this.#commits.takeBack(held);
  }

  /** @returns a function that removes the listener */
  listen(listener: (commit: Commit) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Newest first, lazily. */
  newest(): IterableIterator<Commit> {
    return this.#commits.newest();
  }

  /** Whether commits have been forgotten for lack of room. */
  get hasForgotten(): boolean {
    return this.#commits.hasForgotten;
  }

  /** Returns the commits after that one, oldest first. */
  since(seq: number): readonly Commit[] {
    const later: Commit[] = [];
    for (const commit of this.newest()) {
      if (commit.seq <= seq) break;
      later.push(commit);
    }
    return later.reverse();
  }

  clear(): void {
    this.#commits.clear();
  }
}
