import btree from 'sorted-btree';

import { toKey, type KeyPart } from './key.ts';

const BTree = btree.default;
type Tree<V> = InstanceType<typeof BTree<string, V>>;

/** A balance that a record holds; the ledger is derived from these declarations. */
export interface Balance<R> {
  readonly field: keyof R & string;
  readonly unit: string;
  /** The game, app, merchant or customer that the account belongs to. */
  tenant(record: R): string;
  /** The owner's id in the provider's own words. */
  account(record: R): string;
}

/**
 * What a provider says of one kind of record. Records are JSON values and are never
 * changed in place: an update is a `put` of a new object under the same key.
 */
export interface CollectionDefinition<R extends object, U extends string = string, O extends string = string> {
  key(record: R): string;
  /** Look-ups that find at most one record. `undefined` keeps a record out of the look-up. */
  readonly unique?: Readonly<Record<U, (record: R) => readonly KeyPart[] | undefined>>;
  /** Sort orders for lists. The parts must differ between any two records. */
  readonly orders?: Readonly<Record<O, (record: R) => readonly KeyPart[]>>;
  readonly balances?: readonly Balance<R>[];
}

export function defineCollection<R extends object, U extends string = never, O extends string = never>(
  definition: CollectionDefinition<R, U, O>,
): CollectionDefinition<R, U, O> {
  return definition;
}

export type Collections = Readonly<Record<string, CollectionDefinition<never, never, never>>>;

/** The collections of a provider as its operations see them. */
export type StateOf<C> = {
  readonly [N in keyof C]: C[N] extends CollectionDefinition<infer R, infer U, infer O> ? Collection<R, U, O> : never;
};

export interface ListOptions {
  /** Only records whose sort key starts with these parts. */
  readonly within?: readonly KeyPart[];
  /** Only records that come after this sort key (before it when `reverse`). */
  readonly after?: readonly KeyPart[];
  readonly reverse?: boolean;
}

/** Reads work at any time, writes inside a transaction only. */
export interface Collection<R extends object, U extends string = string, O extends string = string> {
  readonly size: number;
  find(key: string): R | undefined;
  findBy(lookup: U, ...parts: KeyPart[]): R | undefined;
  /** In the declared order, lazily: a page costs what it returns. */
  list(order: O, options?: ListOptions): IterableIterator<R>;
  /** In key order. */
  values(): IterableIterator<R>;
  /** Adds or replaces. A unique look-up that another record holds is a `UniqueViolation`. */
  put(record: R): void;
  delete(key: string): void;
}

/** What a transaction did to one record. `undefined` stands for "not there". */
export interface Change {
  readonly provider: string;
  readonly collection: string;
  readonly key: string;
  readonly before: object | undefined;
  readonly after: object | undefined;
}

export class UniqueViolation extends Error {
  constructor(collection: string, lookup: string) {
    super(`Another record of "${collection}" has the same "${lookup}".`);
  }
}

/** The trees of one collection: records by key, then one tree of keys for each look-up and order. */
interface Root {
  readonly records: Tree<object>;
  readonly unique: readonly Tree<string>[];
  readonly orders: readonly Tree<string>[];
}

/** Everything a store holds, as one value that costs nothing to keep. */
export interface Roots {
  readonly collections: readonly Root[];
  readonly counters: Readonly<Record<string, number>>;
}

interface Declared {
  readonly provider: string;
  readonly name: string;
  readonly definition: CollectionDefinition<object>;
  readonly unique: readonly [string, (record: object) => readonly KeyPart[] | undefined][];
  readonly orders: readonly [string, (record: object) => readonly KeyPart[]][];
}

/** The collections of all providers, numbered. Made once and shared by every sandbox. */
export class Schema {
  readonly declared: readonly Declared[];
  readonly empty: Roots;

  constructor(providers: readonly { readonly id: string; readonly collections: Collections }[]) {
    this.declared = providers.flatMap(({ id, collections }) =>
      Object.entries(collections).map(([name, definition]) => toDeclared(id, name, definition)),
    );
    this.empty = { collections: this.declared.map(createRoot), counters: {} };
  }
}

function toDeclared(provider: string, name: string, definition: CollectionDefinition<never, never, never>): Declared {
  // The one place where a record's type is forgotten: the trees hold records of all providers.
  const erased = definition as unknown as CollectionDefinition<object>;
  return {
    provider,
    name,
    definition: erased,
    unique: Object.entries(erased.unique ?? {}),
    orders: Object.entries(erased.orders ?? {}),
  };
}

function createRoot({ unique, orders }: Declared): Root {
  return {
    records: createTree<object>(),
    unique: unique.map(() => createTree<string>()),
    orders: orders.map(() => createTree<string>()),
  };
}

function createTree<V>(): Tree<V> {
  return new BTree<string, V>(undefined, (a, b) => (a < b ? -1 : a > b ? 1 : 0));
}

function cloneRoot(root: Root): Root {
  return {
    records: root.records.clone(),
    unique: root.unique.map((tree) => tree.clone()),
    orders: root.orders.map((tree) => tree.clone()),
  };
}

/** The state that one transaction is working on. */
interface Draft {
  readonly collections: (Root | undefined)[];
  readonly changes: Map<string, Change>;
  counters: Readonly<Record<string, number>>;
}

/**
 * The records of one sandbox on copy-on-write trees. To keep a state is to keep its
 * roots; to go back is to put them in again; both cost the same at any size.
 */
export class Store {
  readonly #schema: Schema;
  #roots: Roots;
  #draft: Draft | undefined;

  constructor(schema: Schema, roots: Roots = schema.empty) {
    this.#schema = schema;
    this.#roots = roots;
  }

  get roots(): Roots {
    return this.#roots;
  }

  /** Puts other roots in. Not inside a transaction. */
  restore(roots: Roots): void {
    if (this.#draft) throw new Error('A store cannot be restored inside a transaction.');
    this.#roots = roots;
  }

  /**
   * Runs `work` and keeps what it wrote, or nothing of it when it throws.
   *
   * @param drop keep nothing even if it returns (HEAD)
   */
  transaction<T>(work: () => T, drop = false): { readonly result: T; readonly changes: readonly Change[] } {
    if (this.#draft) throw new Error('A transaction cannot be opened inside another one.');
    const draft: Draft = { collections: [], changes: new Map(), counters: this.#roots.counters };
    this.#draft = draft;
    try {
      const result = work();
      if (drop) return { result, changes: [] };
      return { result, changes: this.#commit(draft) };
    } finally {
      this.#draft = undefined;
    }
  }

  #commit(draft: Draft): readonly Change[] {
    if (draft.changes.size > 0 || draft.counters !== this.#roots.counters) {
      this.#roots = {
        collections: this.#roots.collections.map((root, index) => draft.collections[index] ?? root),
        counters: draft.counters,
      };
    }
    return [...draft.changes.values()].filter(({ before, after }) => before !== after);
  }

  /** The next number of a named count, from 0. Part of the transaction. */
  next(counter: string): number {
    const draft = this.#writable();
    const value = draft.counters[counter] ?? 0;
    draft.counters = { ...draft.counters, [counter]: value + 1 };
    return value;
  }

  /**
   * One provider's collections as its code sees them, valid for the life of the store.
   *
   * @param collections those that the schema was made with; they carry the types
   */
  open<C extends Collections>(provider: string, collections: C): StateOf<C> {
    const opened: Record<string, Collection<object>> = {};
    for (const [index, declared] of this.#schema.declared.entries()) {
      if (declared.provider === provider) opened[declared.name] = this.#createCollection(declared, index);
    }
    if (Object.keys(collections).some((name) => !opened[name])) {
      throw new RangeError(`The schema does not hold the collections of "${provider}".`);
    }
    // The trees hold records of any type; only a definition of `C` can have put them there.
    return opened as unknown as StateOf<C>;
  }

  #writable(): Draft {
    if (!this.#draft) throw new Error('State can be written inside a transaction only.');
    return this.#draft;
  }

  #read(index: number): Root {
    const root = this.#draft?.collections[index] ?? this.#roots.collections[index];
    if (!root) throw new RangeError(`There is no collection ${index}.`);
    return root;
  }

  #write(index: number): { draft: Draft; root: Root } {
    const draft = this.#writable();
    const root = (draft.collections[index] ??= cloneRoot(this.#read(index)));
    return { draft, root };
  }

  #createCollection(declared: Declared, index: number): Collection<object> {
    const read = (): Root => this.#read(index);
    const treeOf = (trees: readonly Tree<string>[], names: readonly [string, unknown][], name: string): Tree<string> => {
      const tree = trees[names.findIndex(([known]) => known === name)];
      if (!tree) throw new RangeError(`"${declared.name}" declares no "${name}".`);
      return tree;
    };
    return {
      get size() {
        return read().records.size;
      },
      find: (key) => read().records.get(key),
      findBy: (lookup, ...parts) => {
        const root = read();
        const key = treeOf(root.unique, declared.unique, lookup).get(toKey(...parts));
        return key === undefined ? undefined : root.records.get(key);
      },
      list: (order, options) => {
        const root = read();
        return listRecords(root.records, treeOf(root.orders, declared.orders, order), options);
      },
      values: () => read().records.values(),
      put: (record) => {
        this.#replace(declared, index, declared.definition.key(record), record);
      },
      delete: (key) => {
        this.#replace(declared, index, key, undefined);
      },
    };
  }

  #replace(declared: Declared, index: number, key: string, after: object | undefined): void {
    const { draft, root } = this.#write(index);
    const before = root.records.get(key);
    if (after) assertUnique(declared, root, key, after);
    if (before) removeFromTrees(declared, root, key, before);
    if (after) addToTrees(declared, root, key, after);
    const id = `${index}/${key}`;
    const first = draft.changes.get(id);
    draft.changes.set(id, {
      provider: declared.provider,
      collection: declared.name,
      key,
      before: first ? first.before : before,
      after,
    });
  }
}

function assertUnique({ name, unique }: Declared, root: Root, key: string, record: object): void {
  for (const [index, [lookup, partsOf]] of unique.entries()) {
    const parts = partsOf(record);
    const holder = parts && root.unique[index]?.get(toKey(...parts));
    if (holder !== undefined && holder !== key) throw new UniqueViolation(name, lookup);
  }
}

function addToTrees({ unique, orders }: Declared, root: Root, key: string, record: object): void {
  root.records.set(key, record);
  for (const [index, [, partsOf]] of unique.entries()) {
    const parts = partsOf(record);
    if (parts) root.unique[index]?.set(toKey(...parts), key);
  }
  for (const [index, [, partsOf]] of orders.entries()) root.orders[index]?.set(toKey(...partsOf(record)), key);
}

function removeFromTrees({ unique, orders }: Declared, root: Root, key: string, record: object): void {
  root.records.delete(key);
  for (const [index, [, partsOf]] of unique.entries()) {
    const parts = partsOf(record);
    if (parts) root.unique[index]?.delete(toKey(...parts));
  }
  for (const [index, [, partsOf]] of orders.entries()) root.orders[index]?.delete(toKey(...partsOf(record)));
}

function* listRecords(
  records: Tree<object>,
  order: Tree<string>,
  { within = [], after, reverse = false }: ListOptions = {},
): IterableIterator<object> {
  const prefix = toKey(...within);
  const start = after && toKey(...after);
  const sorted = reverse
    ? order.entriesReversed(start ?? toUpperBound(prefix), undefined, true)
    : order.entries(start ?? prefix);
  for (const [sortKey, key] of sorted) {
    if (sortKey === start) continue;
    if (!sortKey.startsWith(prefix)) return;
    const record = records.get(key);
    if (record) yield record;
  }
}

/** The first key beyond all that start with `prefix`: a part ends in NUL, and SOH is the next character. */
function toUpperBound(prefix: string): string | undefined {
  return prefix === '' ? undefined : prefix.slice(0, -1) + '\u0001';
}
