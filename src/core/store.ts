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
  /** In the declared order, lazily: a page costs what it returns. Copy it before writing anything. */
  list(order: O, options?: ListOptions): IterableIterator<R>;
  /** In key order, lazily as `list`. */
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

/** Everything a store holds, as one value that costs the same to keep at any size. */
export interface Roots {
  readonly collections: readonly Root[];
  readonly counters: ReadonlyMap<string, number>;
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
    this.empty = { collections: this.declared.map(createRoot), counters: new Map() };
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

/** Shares its nodes with the original until either is written to. */
function cloneRoot({ records, indexes }: Root): Root {
  return { records: records.clone(), indexes: indexes.map((tree) => tree.clone()) };
}

function cloneRoots({ collections, counters }: Roots): { collections: readonly Root[]; counters: Map<string, number> } {
  return { collections: collections.map(cloneRoot), counters: new Map(counters) };
}

/** One write of a transaction, with what it takes to undo it. */
interface Write {
  readonly index: number;
  readonly key: string;
  readonly before: object | undefined;
  readonly after: object | undefined;
}

const NO_CHANGES: readonly Change[] = [];

/**
 * The records of one sandbox on copy-on-write trees. To keep a state is to keep its roots; to
 * go back is to put them in again; both cost the same at any size. A transaction writes in
 * place and, should it fail, takes its writes back one by one.
 */
export class Store {
  readonly #schema: Schema;
  #collections: readonly Root[];
  #counters: Map<string, number>;
  /** Of the open transaction, in order. */
  #writes: Write[] | undefined;
  /** Grows with every write, so that a list can tell that it was made before one. */
  #written = 0;
  /** Counters that the open transaction has moved, with where they stood. */
  #counted: Map<string, number> | undefined;

  constructor(schema: Schema, roots: Roots = schema.empty) {
    this.#schema = schema;
    ({ collections: this.#collections, counters: this.#counters } = cloneRoots(roots));
  }

  /** The state as it is now, to be restored later, here or in another store of the same schema. */
  get roots(): Roots {
    return cloneRoots({ collections: this.#collections, counters: this.#counters });
  }

  /** Puts other roots in. Not inside a transaction. */
  restore(roots: Roots): void {
    if (this.#writes) throw new Error('A store cannot be restored inside a transaction.');
    ({ collections: this.#collections, counters: this.#counters } = cloneRoots(roots));
  }

  /**
   * Runs `work` and keeps what it wrote, or nothing of it when it throws.
   *
   * @param drop keep nothing even if it returns (HEAD)
   * @param inspect sees the changes before they are kept; if it throws, they are not
   */
  transaction<T>(
    work: () => T,
    drop = false,
    inspect?: (changes: readonly Change[]) => void,
  ): { readonly result: T; readonly changes: readonly Change[] } {
    if (this.#writes) throw new Error('A transaction cannot be opened inside another one.');
    const writes: Write[] = [];
    this.#writes = writes;
    this.#counted = undefined;
    let kept = false;
    try {
      const result = work();
      if (drop) return { result, changes: NO_CHANGES };
      const changes = this.#toChanges(writes);
      inspect?.(changes);
      kept = true;
      return { result, changes };
    } finally {
      if (!kept) this.#undo(writes);
      this.#writes = undefined;
    }
  }

  /** What a list of writes amounts to: a record that was written twice changed once. */
  #toChanges(writes: readonly Write[]): readonly Change[] {
    const [first] = writes;
    if (!first) return NO_CHANGES;
    if (writes.length === 1) return first.before === first.after ? NO_CHANGES : [this.#toChange(first)];
    const merged = new Map<string, Write>();
    for (const write of writes) {
      const id = `${write.index}/${write.key}`;
      const earlier = merged.get(id);
      merged.set(id, earlier ? { ...write, before: earlier.before } : write);
    }
    // A record that was put and deleted again is no change.
    return [...merged.values()].filter(({ before, after }) => before !== after).map((write) => this.#toChange(write));
  }

  #toChange({ index, key, before, after }: Write): Change {
    const { provider, name } = this.#declaredAt(index);
    return { provider, collection: name, key, before, after };
  }

  #undo(writes: readonly Write[]): void {
    for (let at = writes.length - 1; at >= 0; at -= 1) {
      const write = writes[at];
      if (write) this.#putBack(write);
    }
    for (const [counter, value] of this.#counted ?? []) this.#counters.set(counter, value);
  }

  #putBack({ index, key, before }: Write): void {
    const root = this.#rootAt(index);
    const moves = findMoves(this.#declaredAt(index), root, key, root.records.get(key), before);
    replaceRecord(root, key, before, moves);
  }

  /** The next number of a named count, from 0. Part of the transaction. */
  next(counter: string): number {
    if (!this.#writes) throw new Error(OUTSIDE);
    const value = this.#counters.get(counter) ?? 0;
    this.#counted ??= new Map();
    if (!this.#counted.has(counter)) this.#counted.set(counter, value);
    this.#counters.set(counter, value + 1);
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

  #declaredAt(index: number): Declared {
    const declared = this.#schema.declared[index];
    if (!declared) throw new RangeError(`There is no collection ${index}.`);
    return declared;
  }

  #rootAt(index: number): Root {
    const root = this.#collections[index];
    if (!root) throw new RangeError(`There is no collection ${index}.`);
    return root;
  }

  #write(declared: Declared, index: number, key: string, after: object | undefined): void {
    if (!this.#writes) throw new Error(OUTSIDE);
    const root = this.#rootAt(index);
    const before = root.records.get(key);
    const moves = findMoves(declared, root, key, before, after);
    this.#written += 1;
    replaceRecord(root, key, after, moves);
    this.#writes.push({ index, key, before, after });
  }

  /** Ends a list with an error if something is written while it is read: it could skip or repeat records. */
  *#guard(name: string, records: IterableIterator<object>): IterableIterator<object> {
    const written = this.#written;
    for (const record of records) {
      yield record;
      if (this.#written !== written)
        throw new Error(`"${name}" was written to while it was listed: copy the list first.`);
    }
  }

  #createCollection(declared: Declared, index: number): Collection<object> {
    const read = (): Root => this.#rootAt(index);
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
        return this.#guard(declared.name, listRecords(root.records, treeOf(root, order), options));
      },
      values: () => this.#guard(declared.name, read().records.values()),
      put: (record) => {
        this.#write(declared, index, declared.definition.key(record), record);
      },
      delete: (key) => {
        this.#write(declared, index, key, undefined);
      },
    };
  }
}

const OUTSIDE = 'State can be written inside a transaction only.';

/** A key of a record in one of the indexes, before and after a write. */
interface Move {
  readonly place: number;
  readonly from: string | undefined;
  readonly to: string | undefined;
}

const NO_MOVES: readonly Move[] = [];

/**
 * The keys that a write moves; most updates move none. All are made before any tree is touched,
 * so that a key that cannot be made leaves everything as it was.
 *
 * @throws {UniqueViolation} where another record has a key already
 */
function findMoves(
  { name, indexes }: Declared,
  root: Root,
  key: string,
  before: object | undefined,
  after: object | undefined,
): readonly Move[] {
  let moves: Move[] | undefined;
  for (let place = 0; place < indexes.length; place += 1) {
    const index = indexes[place];
    const old = before && index?.parts(before);
    const now = after && index?.parts(after);
    if (!index || isSame(old, now)) continue;
    const to = now && toKey(...now);
    const holder = to === undefined ? undefined : root.indexes[place]?.get(to);
    if (holder !== undefined && holder !== key) throw new UniqueViolation(name, index.name);
    (moves ??= []).push({ place, from: old && toKey(...old), to });
  }
  return moves ?? NO_MOVES;
}

function replaceRecord(root: Root, key: string, after: object | undefined, moves: readonly Move[]): void {
  if (after) root.records.set(key, after);
  else root.records.delete(key);
  for (const { place, from, to } of moves) {
    const tree = root.indexes[place];
    if (from !== undefined) tree?.delete(from);
    if (to !== undefined) tree?.set(to, key);
  }
}

function isSame(a: readonly KeyPart[] | undefined, b: readonly KeyPart[] | undefined): boolean {
  return a === b || (a?.length === b?.length && a?.every((part, index) => part === b?.[index]) === true);
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
