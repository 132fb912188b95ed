import type { Commit } from '../core/store/commit.ts';
import type { AuditedExchange } from './audited-exchange.ts';

/** Commits that are kept. */
const KEPT = 4096;

/** The last commits of a stretch, by their numbers, which have no gap. */
export class RecentCommits {
  readonly #commits: (Commit | undefined)[] = [];
  readonly #exchanges: ({ readonly seq: number; readonly exchange: AuditedExchange } | undefined)[] = [];
  #last = 0;

  get last(): number {
    return this.#last;
  }

  add(commit: Commit): void {
    this.#commits[commit.seq % KEPT] = commit;
    this.#last = commit.seq;
  }

  /** Notes which exchange made a commit, itself or by an item that it scheduled. */
  attribute({ seq }: Commit, exchange: AuditedExchange): void {
    this.#exchanges[seq % KEPT] = { seq, exchange };
  }

  /** The exchange that made a commit, if it has ended. */
  findExchange(seq: number): AuditedExchange | undefined {
    const found = this.#exchanges[seq % KEPT];
    return found?.seq === seq ? found.exchange : undefined;
  }

  /** The commits between two others, oldest first; `undefined` if one of them is no longer kept. */
  between(after: number, before: number): readonly Commit[] | undefined {
    if (before - after > KEPT) return undefined;
    const found: Commit[] = [];
    for (let seq = after + 1; seq < before; seq += 1) {
      const commit = this.#commits[seq % KEPT];
      if (commit?.seq !== seq) return undefined;
      found.push(commit);
    }
    return found;
  }
}
