import type { Instant } from '../values/clock.ts';
import { subtract } from '../values/decimal.ts';
import type { BalanceBook } from './balance-book.ts';
import type { Draft, LedgerEntry, TransactionCause } from './commit.ts';
import type { Feed } from './feed.ts';
import type { Roots } from './roots.ts';

/**
 * The entries that changes amount to. Derived and never made by hand, so that none can be forgotten.
 *
 * @param first the id of the first of them
 * @throws where a balance is no amount
 */
export function deriveEntries(
  book: BalanceBook,
  { changes, note }: Draft,
  { operation, kind, requestId }: TransactionCause,
  at: Instant,
  first: number,
): readonly LedgerEntry[] {
  return book.movementsOf(changes).map(({ provider, tenant, account, unit, before, after }, index) => ({
    id: first + index,
    at,
    provider,
    tenant,
    account,
    unit,
    delta: subtract(after, before),
    before,
    after,
    cause: kind,
    operation,
    requestId,
    key: note?.key,
    memo: note?.memo,
  }));
}

/** The entries of one sandbox since all of its state was last replaced, as its feed has them. */
export class Ledger {
  readonly #feed: Feed;

  constructor(feed: Feed) {
    this.#feed = feed;
  }

  /** Newest first, lazily. */
  *newest(): IterableIterator<LedgerEntry> {
    for (const { cause, ledger } of this.#feed.newest()) {
      if (cause.kind === 'replace') return;
      for (let index = ledger.length - 1; index >= 0; index -= 1) {
        const entry = ledger[index];
        if (entry) yield entry;
      }
    }
  }

  /**
   * The id of the first entry that it has, where there were others before it since all state was last replaced.
   *
   * @param next the id that the next entry will have
   */
  from(next: number): number | undefined {
    if (this.opening) return undefined;
    let first = next;
    for (const { id } of this.newest()) first = id;
    return first;
  }

  /** What it opened with; `undefined` where the feed reaches back no further than to some entry. */
  get opening(): Roots | undefined {
    for (const { cause } of this.#feed.newest()) if (cause.kind === 'replace') return cause.roots;
    return undefined;
  }
}
