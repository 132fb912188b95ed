import btree from 'sorted-btree';

import type { Instant } from './clock.ts';
import { subtract, toAmount, type Amount } from './decimal.ts';
import type { Balance, Change, Schema } from './store.ts';

const BTree = btree.default;

/** One change of one balance. Amounts are exact decimal strings in `unit`. */
export interface LedgerEntry {
  readonly id: number;
  readonly at: Instant;
  readonly provider: string;
  readonly tenant: string;
  readonly account: string;
  readonly unit: string;
  readonly delta: Amount;
  readonly before: Amount;
  readonly after: Amount;
  /** The operation, control or due item that caused it. */
  readonly operation: string;
  readonly requestId: string | undefined;
  /** The idempotency key, where the client sent one. */
  readonly key: string | undefined;
  readonly memo: string | undefined;
}

/** What an operation may add to the entries that are derived from its changes. */
export interface Note {
  readonly key?: string | undefined;
  readonly memo?: string | undefined;
}

export interface Cause {
  readonly at: Instant;
  readonly operation: string;
  readonly requestId: string | undefined;
  readonly note: Note | undefined;
}

export interface Account {
  readonly provider: string;
  readonly tenant: string;
  readonly account: string;
  readonly unit: string;
  readonly balance: Amount;
}

const ZERO = toAmount(0);

/** The balances that the collections of all providers declare. Made once, shared by every sandbox. */
export class BalanceBook {
  readonly #declared = new Map<string, readonly Balance<object>[]>();

  constructor({ declared }: Schema) {
    for (const { provider, name, definition } of declared) {
      if (definition.balances) this.#declared.set(`${provider}/${name}`, definition.balances);
    }
  }

  /** Every balance of one record. */
  accountsOf(provider: string, collection: string, record: object): readonly Account[] {
    return (this.#declared.get(`${provider}/${collection}`) ?? []).map((balance) => ({
      provider,
      tenant: balance.tenant(record),
      account: balance.account(record),
      unit: balance.unit,
      balance: readBalance(balance, record),
    }));
  }

  /** The movements that a list of changes amounts to: an account that appears starts at 0, one that goes ends at 0. */
  *movementsOf(changes: readonly Change[]): Iterable<Omit<Account, 'balance'> & { before: Amount; after: Amount }> {
    for (const { provider, collection, before, after } of changes) {
      const record = after ?? before;
      if (!record) continue;
      for (const balance of this.#declared.get(`${provider}/${collection}`) ?? []) {
        const from = before ? readBalance(balance, before) : ZERO;
        const to = after ? readBalance(balance, after) : ZERO;
        if (from === to) continue;
        yield {
          provider,
          tenant: balance.tenant(record),
          account: balance.account(record),
          unit: balance.unit,
          before: from,
          after: to,
        };
      }
    }
  }
}

function readBalance(balance: Balance<object>, record: object): Amount {
  const value: unknown = Reflect.get(record, balance.field);
  if (typeof value !== 'string' && typeof value !== 'number') {
    throw new TypeError(`The balance "${balance.field}" must be a decimal string or an integer.`);
  }
  return toAmount(value);
}

/** The entries of one sandbox, oldest first. Derived from commits, never posted by hand. */
export class Ledger {
  readonly #book: BalanceBook;
  #entries = new BTree<number, LedgerEntry>();

  constructor(book: BalanceBook) {
    this.#book = book;
  }

  /** Enters what a commit changed; returns the new entries. */
  post(changes: readonly Change[], { at, operation, requestId, note }: Cause): readonly LedgerEntry[] {
    const posted: LedgerEntry[] = [];
    for (const { before, after, ...account } of this.#book.movementsOf(changes)) {
      const entry: LedgerEntry = {
        id: this.#entries.size + 1,
        at,
        ...account,
        delta: subtract(after, before),
        before,
        after,
        operation,
        requestId,
        key: note?.key,
        memo: note?.memo,
      };
      this.#entries.set(entry.id, entry);
      posted.push(entry);
    }
    return posted;
  }

  /** Newest first, lazily. */
  *newest(): IterableIterator<LedgerEntry> {
    for (const [, entry] of this.#entries.entriesReversed()) yield entry;
  }

  clear(): void {
    this.#entries = new BTree();
  }
}
