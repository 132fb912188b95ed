import { isAmount, toAmount, ZERO, type Amount } from '../values/decimal.ts';
import { suggestKnown } from '../values/nearest.ts';
import { quote } from '../values/quotation.ts';
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

/** A balance with the collection whose records hold it. */
interface Declaration extends Pick<Declared, 'provider' | 'name' | 'definition'> {
  readonly balance: Balance<object>;
}

const NONE: readonly Declaration[] = [];

/** The balances that the collections of all providers declare. Made once, shared by every sandbox. */
export class BalanceBook {
  readonly #catalog: Catalog;
  /** By provider, then by collection. */
  readonly #declared = new Map<string, Map<string, readonly Declaration[]>>();

  constructor(catalog: Catalog) {
    this.#catalog = catalog;
    for (const { provider, name, definition } of catalog.declared) {
      const declared = definition.balances?.map((balance) => ({ provider, name, definition, balance }));
      if (!declared) continue;
      const own = this.#declared.get(provider) ?? new Map<string, readonly Declaration[]>();
      this.#declared.set(provider, own.set(name, declared));
    }
  }

  /** Every balance of every provider, lazily. @param treesAt the trees of a collection by its place */
  *listAccounts(treesAt: (place: number) => Trees | undefined): IterableIterator<Account> {
    for (const declared of this.#catalog.declared) {
      const balances = this.#balancesOf(declared.provider, declared.name);
      if (balances.length === 0) continue;
      for (const record of treesAt(declared.place)?.records.values() ?? []) {
        for (const balance of balances) yield toAccount(balance, record);
      }
    }
  }

  /**
   * Checks every balance of one provider.
   *
   * @throws {RangeError} for the first that is not an amount, with its collection, its field and the key of its record
   */
  assertReadable(provider: string, treesAt: (place: number) => Trees | undefined): void {
    for (const declared of this.#catalog.of(provider)) {
      const balances = this.#balancesOf(declared.provider, declared.name);
      if (balances.length === 0) continue;
      for (const record of treesAt(declared.place)?.records.values() ?? []) {
        for (const balance of balances) readBalance(balance, record);
      }
    }
  }

  #balancesOf(provider: string, name: string): readonly Declaration[] {
    return this.#declared.get(provider)?.get(name) ?? NONE;
  }

  /**
   * Counts the movements of a list of changes. Asks the provider for all that `movementsOf` will ask for, so that what throws
   * there throws here.
   */
  count(changes: readonly Change[]): number {
    let count = 0;
    this.#follow(changes, ({ balance }, record) => {
      balance.tenant(record);
      balance.account(record);
      count += 1;
    });
    return count;
  }

  movementsOf(changes: readonly Change[]): readonly Movement[] {
    const movements: Movement[] = [];
    this.#follow(changes, ({ provider, balance }, record, before, after) => {
      const [tenant, account] = [balance.tenant(record), balance.account(record)];
      movements.push({ provider, tenant, account, unit: balance.unit, before, after });
    });
    return movements;
  }

  /**
   * Passes on the movements that a list of changes amounts to: an account that appears starts at 0, one that disappears
   * ends at 0, and a record that passes to another account does both.
   */
  #follow(changes: readonly Change[], tell: TellMovement): void {
    for (const { provider, collection, before, after } of changes) {
      for (const declaration of this.#balancesOf(provider, collection)) {
        const { balance } = declaration;
        const from = before && readBalance(declaration, before);
        const to = after && readBalance(declaration, after);
        if (before && after && areOfOneAccount(balance, before, after)) {
          if (from !== to) tell(declaration, after, from ?? ZERO, to ?? ZERO);
          continue;
        }
        if (before && from !== ZERO) tell(declaration, before, from ?? ZERO, ZERO);
        if (after && to !== ZERO) tell(declaration, after, ZERO, to ?? ZERO);
      }
    }
  }
}

type TellMovement = (declaration: Declaration, record: object, before: Amount, after: Amount) => void;

function areOfOneAccount(balance: Balance<object>, one: object, other: object): boolean {
  return balance.account(one) === balance.account(other) && balance.tenant(one) === balance.tenant(other);
}

function toAccount(declaration: Declaration, record: object): Account {
  const { provider, balance } = declaration;
  return {
    provider,
    tenant: balance.tenant(record),
    account: balance.account(record),
    unit: balance.unit,
    balance: readBalance(declaration, record),
  };
}

function readBalance(declaration: Declaration, record: object): Amount {
  const value: unknown = Reflect.get(record, declaration.balance.field);
  if (typeof value === 'number' && Number.isFinite(value)) return toAmount(value);
  if (typeof value === 'string' && isAmount(value)) return value;
  throw new RangeError(describeWrong(declaration, record, value));
}

function describeWrong({ provider, name, definition, balance }: Declaration, record: object, value: unknown): string {
  const { field } = balance;
  const where = `${provider}.collections.${name}: the balance ${quote(field)} of the record ${quote(definition.key(record))}`;
  if (value !== undefined) {
    const got = typeof value === 'string' ? quote(value) : typeof value === 'number' ? String(value) : 'something else';
    return `${where} must be an amount or a whole number, got ${got}.`;
  }
  return `${where} is missing${suggestKnown(field, Object.keys(record))}`;
}
