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

/** The trees of one collection: records by key, then one of keys for each look-up and each order. */
interface Root {
  readonly records: Tree<object>;
  readonly indexes: readonly Tree<string>[];
}

/** Everything a store holds, as one value that costs nothing to keep. */
export interface Roots {
  readonly collections: readonly Root[];
  readonly counters: Readonly<Record<string, number>>;
}

interface Index {
  readonly name: string;
  readonly unique: boolean;
  parts(record: object): readonly KeyPart[] | undefined;
}

interface Declared {
  readonly provider: string;
  readonly name: string;
  readonly definition: CollectionDefinition<object>;
  /** Look-ups first, then orders. */
  readonly indexes: readonly Index[];
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
    indexes: [
      ...Object.entries(erased.unique ?? {}).map(([index, parts]) => ({ name: index, unique: true, parts })),
      ...Object.entries(erased.orders ?? {}).map(([index, parts]) => ({ name: index, unique: false, parts })),
    ],
  };
}

function createRoot({ indexes }: Declared): Root {
  return { records: createTree<object>(), indexes: indexes.map(() => createTree<string>()) };
}

function createTree<V>(): Tree<V> {
  return new BTree<string, V>(undefined, (a, b) => (a < b ? -1 : a > b ? 1 : 0));
}

/** A root that a transaction writes to. Its indexes are the old ones until one of their keys changes. */
interface DraftRoot {
  readonly records: Tree<object>;
  readonly indexes: Tree<string>[];
  readonly own: boolean[];
}

/** The state that one transaction is working on. */
interface Draft {
  readonly collections: (DraftRoot | undefined)[];
  /** By collection and key; made with the first write. */
  changes: Map<string, Change> | undefined;
  counters: Readonly<Record<string, number>>;
}

const NO_CHANGES: readonly Change[] = [];

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
    const draft: Draft = { collections: [], changes: undefined, counters: this.#roots.counters };
    this.#draft = draft;
    try {
      const result = work();
      if (drop) return { result, changes: NO_CHANGES };
      return { result, changes: this.#commit(draft) };
    } finally {
      this.#draft = undefined;
    }
  }

  #commit(draft: Draft): readonly Change[] {
    if (draft.changes || draft.counters !== this.#roots.counters) {
      const collections = [...this.#roots.collections];
      for (const [index, root] of draft.collections.entries()) if (root) collections[index] = root;
      this.#roots = { collections, counters: draft.counters };
    }
    if (!draft.changes) return NO_CHANGES;
    // A record that was put and deleted again is no change.
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


  #createCollection(declared: Declared, index: number): Collection<object> {
    const read = (): Root => this.#read(index);
    const places = new Map(declared.indexes.map(({ name }, place) => [name, place]));
    const treeOf = (root: Root, name: string): Tree<string> => {
      const tree = root.indexes[places.get(name) ?? -1];
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
        const key = treeOf(root, lookup).get(toKey(...parts));
        return key === undefined ? undefined : root.records.get(key);
      },
      list: (order, options) => {
        const root = read();
        return listRecords(root.records, treeOf(root, order), options);
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
    const draft = this.#writable();
    const root = (draft.collections[index] ??= toDraft(this.#read(index)));
    const before = root.records.get(key);
    moveKeys(declared, root, key, before, after);
    if (after) root.records.set(key, after);
    else root.records.delete(key);
    const id = `${index}/${key}`;
    const changes = (draft.changes ??= new Map<string, Change>());
    const first = changes.get(id);
    changes.set(id, {
      provider: declared.provider,
      collection: declared.name,
      key,
      before: first ? first.before : before,
      after,
    });
  }
}

function toDraft({ records, indexes }: Root): DraftRoot {
  return { records: records.clone(), indexes: [...indexes], own: [] };
}

/** Brings the indexes up to date. Most updates change no key and touch no tree. @throws {UniqueViolation} */
function moveKeys(
  { name, indexes }: Declared,
  root: DraftRoot,
  key: string,
  before: object | undefined,
  after: object | undefined,
): void {
  const moves: { readonly place: number; readonly from: string | undefined; readonly to: string | undefined }[] = [];
  for (let place = 0; place < indexes.length; place += 1) {
    const index = indexes[place];
    const [old, now] = [before && index?.parts(before), after && index?.parts(after)];
    if (!index || isSame(old, now)) continue;
    const from = old && toKey(...old);
    const to = now && toKey(...now);
    const holder = index.unique && to !== undefined ? root.indexes[place]?.get(to) : undefined;
    if (holder !== undefined && holder !== key) throw new UniqueViolation(name, index.name);
    moves.push({ place, from, to });
  }
  for (const { place, from, to } of moves) {
    const tree = ownIndex(root, place);
    if (from !== undefined) tree.delete(from);
    if (to !== undefined) tree.set(to, key);
  }
}

function isSame(a: readonly KeyPart[] | undefined, b: readonly KeyPart[] | undefined): boolean {
  return a === b || (a?.length === b?.length && a?.every((part, index) => part === b?.[index]) === true);
}

function ownIndex(root: DraftRoot, place: number): Tree<string> {
  const tree = root.indexes[place];
  if (!tree) throw new RangeError(`There is no index ${place}.`);
  if (root.own[place]) return tree;
  root.own[place] = true;
  return (root.indexes[place] = tree.clone());
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
