import { subtract } from '../values/decimal.ts';
import type { BalanceBook } from './balance-book.ts';
import type { Cause, Commit, Draft, LedgerEntry, Note, TransactionCause } from './commit.ts';
import type { Feed } from './feed.ts';
import type { Roots } from './roots.ts';

/**
 * The effect of a commit's changes on balances: the number of ledger entries, and what cannot be derived from the
 * changes.
 */
export interface Posting {
  readonly count: number;
  readonly note: Note | undefined;
  /** The id of the first of the entries. */
  readonly first: number;
}

/** @throws {RangeError} if a balance is not an amount */
export function toPosting(book: BalanceBook, { changes, note }: Draft, first: number): Posting {
  return { count: book.count(changes), note, first };
}

/** Lists the entries, derived from the changes and never made by hand, so that none can be forgotten. */
export function listEntries(
  book: BalanceBook,
  { note, first }: Pick<Posting, 'note' | 'first'>,
  { cause, changes, at }: Pick<Commit, 'cause' | 'changes' | 'at'>,
): readonly LedgerEntry[] {
  if (!isTransaction(cause)) return [];
  const { operation, kind, requestId } = cause;
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

function isTransaction(cause: Cause): cause is TransactionCause {
  return cause.kind === 'request' || cause.kind === 'control' || cause.kind === 'due';
}

/** The entries of one sandbox since all of its state was last replaced, from its feed. */
export class Ledger {
  readonly #feed: Feed;

  constructor(feed: Feed) {
    this.#feed = feed;
  }

  /** Newest first, lazily. */
  *newest(): IterableIterator<LedgerEntry> {
    for (const commit of this.#feed.newest()) {
      if (commit.cause.kind === 'replace') return;
      const { ledger } = commit;
      for (let index = ledger.length - 1; index >= 0; index -= 1) {
        const entry = ledger[index];
        if (entry) yield entry;
      }
    }
  }

  /**
   * The id of its first entry, if older ones since the last replacement of all state have been forgotten.
   *
   * @param next the id that the next entry will have
   */
  from(next: number): number | undefined {
    if (this.opening) return undefined;
    let first = next;
    for (const { entries } of this.#feed.newest()) first -= entries;
    return first;
  }

  /** The state at its start; `undefined` if the feed has forgotten that. */
  get opening(): Roots | undefined {
    for (const { cause } of this.#feed.newest()) if (cause.kind === 'replace') return cause.roots;
    return undefined;
  }
}
