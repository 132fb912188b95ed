import type { Change, Collection, Collections, StateOf } from './collection.ts';
import { toKey } from './key.ts';
import {
  cloneRoots,
  findMoves,
  listRecords,
  replaceRecord,
  type Declared,
  type Trees,
  type Roots,
  type Catalog,
} from './roots.ts';
import type { Tree } from './tree.ts';

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
  readonly #schema: Catalog;
  #collections: readonly Trees[];
  #counters: Map<string, number>;
  /** Of the open transaction, in order. */
  #writes: Write[] | undefined;
  /** Grows with every write, so that a list can tell that it was made before one. */
  #written = 0;
  /** Counters that the open transaction has moved, with where they stood. */
  #counted: Map<string, number> | undefined;

  constructor(schema: Catalog, roots: Roots = schema.empty) {
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

  /** How often anything was written, so that one can tell whether something was in between. */
  get written(): number {
    return this.#written;
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

  /** Has a named count go on from `value` at least. Part of the transaction. */
  raise(counter: string, value: number): void {
    const current = this.next(counter);
    this.#counters.set(counter, Math.max(current, value));
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

  #rootAt(index: number): Trees {
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
    const read = (): Trees => this.#rootAt(index);
    const places = new Map(declared.indexes.map(({ name }, place) => [name, place]));
    const treeOf = (root: Trees, name: string): Tree<string> => {
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
