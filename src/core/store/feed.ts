import type { Commit } from './commit.ts';
import { Records, type History } from './history.ts';

/** Bytes of a commit, of each change and of each entry, beside what the records themselves hold. */
const COMMIT = 400;
const CHANGE = 400;
const ENTRY = 500;

/**
 * The commits of one sandbox in order. Ledger, journal, streams and whatever else has to know what
 * happened to the state read them here.
 */
export class Feed {
  readonly #commits: Records<Commit>;
  readonly #listeners = new Set<(commit: Commit) => void>();

  constructor(history: History) {
    this.#commits = new Records(history);
  }

  /** @param brought bytes from outside that the records may have kept, such as those of a request's body */
  append(commit: Commit, brought = 0): void {
    this.#commits.push(commit, COMMIT + CHANGE * commit.changes.length + ENTRY * commit.ledger.length + brought);
    for (const listener of this.#listeners) listener(commit);
  }

  /** The newest commit was none; it may have been forgotten by now. */
  takeBack({ seq }: Commit): void {
    for (const newest of this.newest()) {
      if (newest.seq === seq) this.#commits.takeBack();
      return;
    }
  }

  /** @returns what ends it */
  listen(listener: (commit: Commit) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Newest first, lazily. */
  newest(): IterableIterator<Commit> {
    return this.#commits.newest();
  }

  /** Whether commits have gone for which there was no room. */
  get hasForgotten(): boolean {
    return this.#commits.hasForgotten;
  }

  /** Those behind that one, oldest first. */
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
