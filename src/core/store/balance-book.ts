import { toAmount, ZERO, type Amount } from '../values/decimal.ts';
import type { Balance, Change } from './collection.ts';
import type { Catalog, Declared, Trees } from './roots.ts';

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

/** The balances that the collections of all providers declare. Made once, shared by every sandbox. */
export class BalanceBook {
  readonly #catalog: Catalog;
  readonly #declared = new Map<string, readonly Balance<object>[]>();

  constructor(catalog: Catalog) {
    this.#catalog = catalog;
    for (const { provider, name, definition } of catalog.declared) {
      if (definition.balances) this.#declared.set(`${provider}/${name}`, definition.balances);
    }
  }

  /** Every balance of every provider, lazily. @param treesAt the trees of a collection by its place */
  *listAccounts(treesAt: (place: number) => Trees): IterableIterator<Account> {
    for (const declared of this.#catalog.declared) {
      const balances = this.#balancesOf(declared);
      if (balances.length === 0) continue;
      for (const record of treesAt(declared.place).records.values()) {
        for (const balance of balances) yield toAccount(declared.provider, balance, record);
      }
    }
  }

  #balancesOf({ provider, name }: Pick<Declared, 'provider' | 'name'>): readonly Balance<object>[] {
    return this.#declared.get(`${provider}/${name}`) ?? [];
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
      for (const balance of this.#balancesOf({ provider, name: collection })) {
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
