import type { Commit } from '../core/store/commit.ts';
import type { AuditedExchange } from './audited-exchange.ts';

/** How many are looked back at. */
const KEPT = 4096;

/** The last commits of a stretch, by their numbers, which have no gap. */
export class RecentCommits {
  readonly #ring: (Commit | undefined)[] = [];
  readonly #makers: ({ readonly seq: number; readonly exchange: AuditedExchange } | undefined)[] = [];
  #last = 0;

  get last(): number {
    return this.#last;
  }

  add(commit: Commit): void {
    this.#ring[commit.seq % KEPT] = commit;
    this.#last = commit.seq;
  }

  /** It is known which exchange has made one, itself or by what it had scheduled. */
  tell(exchange: AuditedExchange, { seq }: Commit): void {
    this.#makers[seq % KEPT] = { seq, exchange };
  }

  /** Whose commit it was, where that is over. */
  findExchange(seq: number): AuditedExchange | undefined {
    const found = this.#makers[seq % KEPT];
    return found?.seq === seq ? found.exchange : undefined;
  }

  /** @returns `undefined` where it is too long ago */
  find(seq: number): Commit | undefined {
    const found = this.#ring[seq % KEPT];
    return found?.seq === seq ? found : undefined;
  }

  /** Those behind one and in front of another, oldest first; `undefined` where they are not all known. */
  between(after: number, before: number): readonly Commit[] | undefined {
    if (before - after > KEPT) return undefined;
    const found: Commit[] = [];
    for (let seq = after + 1; seq < before; seq += 1) {
      const commit = this.find(seq);
      if (!commit) return undefined;
      found.push(commit);
    }
    return found;
  }
}
