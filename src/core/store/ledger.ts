import type { Instant } from '../values/clock.ts';
import { subtract, toAmount, type Amount } from '../values/decimal.ts';
import type { Balance, Change } from './collection.ts';
import type { Catalog } from './roots.ts';
import type { Note } from './note.ts';

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

interface Movement extends Omit<Account, 'balance'> {
  readonly before: Amount;
  readonly after: Amount;
}

const ZERO = toAmount(0);

/** The balances that the collections of all providers declare. Made once, shared by every sandbox. */
export class BalanceBook {
  readonly #declared = new Map<string, readonly Balance<object>[]>();

  constructor({ declared }: Catalog) {
    for (const { provider, name, definition } of declared) {
      if (definition.balances) this.#declared.set(`${provider}/${name}`, definition.balances);
    }
  }

  /** Every balance of one record. */
  accountsOf(provider: string, collection: string, record: object): readonly Account[] {
    return (this.#declared.get(`${provider}/${collection}`) ?? []).map((balance) =>
      toAccount(provider, balance, record),
    );
  }

  /**
   * The movements that a list of changes amounts to: an account that appears starts at 0, one
   * that goes ends at 0, and a record that becomes another account's is both.
   */
  movementsOf(changes: readonly Change[]): readonly Movement[] {
    const movements: Movement[] = [];
    const move = ({ provider, tenant, account, unit }: Account, before: Amount, after: Amount): void => {
      if (before !== after) movements.push({ provider, tenant, account, unit, before, after });
    };
    for (const { provider, collection, before, after } of changes) {
      for (const balance of this.#declared.get(`${provider}/${collection}`) ?? []) {
        const from = before && toAccount(provider, balance, before);
        const to = after && toAccount(provider, balance, after);
        if (from && from.account === to?.account && from.tenant === to.tenant) {
          move(to, from.balance, to.balance);
          continue;
        }
        if (from) move(from, from.balance, ZERO);
        if (to) move(to, ZERO, to.balance);
      }
    }
    return movements;
  }
}

function toAccount(provider: string, balance: Balance<object>, record: object): Account {
  return {
    provider,
    tenant: balance.tenant(record),
    account: balance.account(record),
    unit: balance.unit,
    balance: readBalance(balance, record),
  };
}

function readBalance(balance: Balance<object>, record: object): Amount {
  const value: unknown = Reflect.get(record, balance.field);
  if (typeof value === 'number') return toAmount(value);
  if (typeof value !== 'string')
    throw new TypeError(`The balance "${String(balance.field)}" must be an amount or an integer.`);
  // Balances are declared on fields that hold amounts.
  return value as Amount;
}

/** The entries of one sandbox, oldest first, all since its seed. Derived from commits, never made by hand. */
export class Ledger {
  readonly #book: BalanceBook;
  #entries: LedgerEntry[] = [];

  constructor(book: BalanceBook) {
    this.#book = book;
  }

  /** The entries that a list of changes amounts to, not yet posted. @throws where a balance is no amount */
  derive(changes: readonly Change[], { at, operation, requestId, note }: Cause): readonly LedgerEntry[] {
    const movements = this.#book.movementsOf(changes);
    return movements.map(({ provider, tenant, account, unit, before, after }, index) => ({
      id: this.#entries.length + 1 + index,
      at,
      provider,
      tenant,
      account,
      unit,
      delta: subtract(after, before),
      before,
      after,
      operation,
      requestId,
      key: note?.key,
      memo: note?.memo,
    }));
  }

  /** Enters what `derive` made of the changes that were kept. */
  post(entries: readonly LedgerEntry[]): void {
    for (const entry of entries) this.#entries.push(entry);
  }

  /** Newest first, lazily. */
  *newest(): IterableIterator<LedgerEntry> {
    for (let index = this.#entries.length - 1; index >= 0; index -= 1) {
      const entry = this.#entries[index];
      if (entry) yield entry;
    }
  }

  get size(): number {
    return this.#entries.length;
  }

  /** Those behind the first so many. */
  since(size: number): readonly LedgerEntry[] {
    return this.#entries.slice(size);
  }

  clear(): void {
    this.#entries = [];
  }
}
