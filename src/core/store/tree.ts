import btree from 'sorted-btree';
import bulk from 'sorted-btree/extended/bulkLoad.js';
import diff from 'sorted-btree/extended/diffAgainst.js';

const BTree = btree.default;

/**
 * The part of a sorted tree that a store uses. Declarations name this instead of the library's own types, which do not
 * resolve under every setting of TypeScript.
 */
export interface Tree<V> {
  readonly size: number;
  get(key: string): V | undefined;
  set(key: string, value: V): boolean;
  /** @returns whether the key was free; otherwise the old value stays */
  setIfNotPresent(key: string, value: V): boolean;
  delete(key: string): boolean;
  /** Costs the same at any size: nodes are shared until either tree is written to. */
  clone(): Tree<V>;
  /** Returns the pair of that key or the next higher one. */
  getPairOrNextHigher(key: string): [string, V] | undefined;
  /** Returns the pair right before that key; the last of all if none is given. */
  nextLowerPair(key: string | undefined): [string, V] | undefined;
  values(): IterableIterator<V>;
  /** Yields pairs from that key on, including it. */
  entries(from?: string): IterableIterator<[string, V]>;
  /** Yields pairs from that key back, without it if `skipFrom` is set. */
  entriesReversed(from?: string, reused?: undefined, skipFrom?: boolean): IterableIterator<[string, V]>;
}

type Library<V> = InstanceType<typeof BTree<string, V>>;

/** Every tree is made below. Its values are compared unread, so that none shared by both trees is read. */
function toLibrary<V>(tree: Tree<V>): Library<V | Unread<V>> {
  if (tree instanceof LazyTree) return tree.tree as Library<V | Unread<V>>;
  if (tree instanceof BTree) return tree as Library<V>;
  throw new TypeError('The tree was not made by this module.');
}

/**
 * One function for all trees: trees with different ones cannot be compared. It compares by code unit, as keys require.
 */
export function compareKeys(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

export function createTree<V>(): Tree<V> {
  return new BTree<string, V>(undefined, compareKeys);
}

/** The maximum size of a node, equal to the library's default. */
const NODE = 32;

/** @param keys in ascending order, none twice */
export function fillTree<V>(keys: string[], values: V[]): Tree<V> {
  return bulk.bulkLoad(keys, values, NODE, compareKeys);
}

/** Like `fillTree`, for values that are made on first use. */
export function fillTreeLazily<V extends object>(keys: string[], values: Unread<V>[]): Tree<V> {
  return new LazyTree(bulk.bulkLoad<string, V | Unread<V>>(keys, values, NODE, compareKeys));
}

/**
 * Returns a tree that is made when it is first read or written to. @param make returns a tree that is never written to
 */
export function deferTree<V>(make: () => Tree<V>): Tree<V> {
  return new DeferredTree(make);
}

/** A value of a tree that has not been read yet. */
export abstract class Unread<V> {
  #value: V | undefined;

  /** Returns the same value each time. */
  get(): V {
    return (this.#value ??= this.make());
  }

  /** Like `get`, without keeping the value: for a walk over all. */
  peek(): V {
    return this.#value ?? this.make();
  }

  protected abstract make(): V;
}

/** Visits all pairs of a tree in the order of its keys, without keeping the values that it makes. */
export function walkTree<V>(tree: Tree<V>, tell: (key: string, value: V) => void): void {
  toLibrary(tree).forEachPair((key, value) => {
    tell(key, toPassing(value));
  });
}

function toValue<V extends object>(value: V | Unread<V>): V {
  return value instanceof Unread ? value.get() : value;
}

function toPassing<V>(value: V | Unread<V>): V {
  return value instanceof Unread ? value.peek() : value;
}

class LazyTree<V extends object> implements Tree<V> {
  readonly tree: Library<V | Unread<V>>;

  constructor(tree: Library<V | Unread<V>>) {
    this.tree = tree;
  }

  get size(): number {
    return this.tree.size;
  }

  get(key: string): V | undefined {
    const value = this.tree.get(key);
    return value && toValue(value);
  }

  set(key: string, value: V): boolean {
    return this.tree.set(key, value);
  }

  setIfNotPresent(key: string, value: V): boolean {
    return this.tree.setIfNotPresent(key, value);
  }

  delete(key: string): boolean {
    return this.tree.delete(key);
  }

  clone(): Tree<V> {
    return new LazyTree(this.tree.clone());
  }

  getPairOrNextHigher(key: string): [string, V] | undefined {
    const pair = this.tree.getPairOrNextHigher(key);
    return pair && [pair[0], toValue(pair[1])];
  }

  nextLowerPair(key: string | undefined): [string, V] | undefined {
    const pair = this.tree.nextLowerPair(key);
    return pair && [pair[0], toValue(pair[1])];
  }

  *values(): IterableIterator<V> {
    for (const value of this.tree.values()) yield toValue(value);
  }

  *entries(from?: string): IterableIterator<[string, V]> {
    for (const [key, value] of this.tree.entries(from)) yield [key, toValue(value)];
  }

  *entriesReversed(from?: string, reused?: undefined, skipFrom?: boolean): IterableIterator<[string, V]> {
    for (const [key, value] of this.tree.entriesReversed(from, reused, skipFrom)) yield [key, toValue(value)];
  }
}

class DeferredTree<V> implements Tree<V> {
  #make: (() => Tree<V>) | undefined;
  #made: Tree<V> | undefined;

  constructor(make: () => Tree<V>) {
    this.#make = make;
  }

  #get(): Tree<V> {
    this.#made ??= this.#make?.() ?? createTree<V>();
    this.#make = undefined;
    return this.#made;
  }

  get size(): number {
    return this.#get().size;
  }

  get(key: string): V | undefined {
    return this.#get().get(key);
  }

  set(key: string, value: V): boolean {
    return this.#get().set(key, value);
  }

  setIfNotPresent(key: string, value: V): boolean {
    return this.#get().setIfNotPresent(key, value);
  }

  delete(key: string): boolean {
    return this.#get().delete(key);
  }

  /** Made once for all clones. */
  clone(): Tree<V> {
    return this.#made?.clone() ?? new DeferredTree(() => this.#get().clone());
  }

  getPairOrNextHigher(key: string): [string, V] | undefined {
    return this.#get().getPairOrNextHigher(key);
  }

  nextLowerPair(key: string | undefined): [string, V] | undefined {
    return this.#get().nextLowerPair(key);
  }

  values(): IterableIterator<V> {
    return this.#get().values();
  }

  entries(from?: string): IterableIterator<[string, V]> {
    return this.#get().entries(from);
  }

  entriesReversed(from?: string, reused?: undefined, skipFrom?: boolean): IterableIterator<[string, V]> {
    return this.#get().entriesReversed(from, reused, skipFrom);
  }
}

/** The new value of a record; `undefined` if it was deleted. */
export type Difference<V> = readonly [key: string, value: V | undefined];

/**
 * Returns the changes that turn one tree into the other. Nodes that both share are skipped.
 *
 * @returns `undefined` if there would be more than `most`
 */
export function findDifferences<V>(from: Tree<V>, to: Tree<V>, most: number): readonly Difference<V>[] | undefined {
  if (from === to) return [];
  const found: Difference<V>[] = [];
  const add = (key: string, value: V | undefined): { break: true } | undefined => {
    found.push([key, value]);
    return found.length > most ? { break: true } : undefined;
  };
  const isBroken = diff.default<string, V | Unread<V>, true>(
    toLibrary(from),
    toLibrary(to),
    (key) => add(key, undefined),
    (key, value) => add(key, toPassing(value)),
    (key, _, value) => add(key, toPassing(value)),
  );
  return isBroken ? undefined : found;
}

/** The same, lazily, by a walk over both. */
export function* walkDifferences<V>(from: Tree<V>, to: Tree<V>): IterableIterator<Difference<V>> {
  const before = toLibrary(from).entries();
  let old: IteratorResult<[string, V | Unread<V>], undefined> = before.next();
  for (const [key, value] of toLibrary(to).entries()) {
    for (; !old.done && old.value[0] < key; old = before.next()) yield [old.value[0], undefined];
    if (old.done || old.value[0] !== key) yield [key, toPassing(value)];
    else {
      if (old.value[1] !== value) yield [key, toPassing(value)];
      old = before.next();
    }
  }
  for (; !old.done; old = before.next()) yield [old.value[0], undefined];
}

/** Whether most of the first `some` values of one are in the other, too. */
export function isMostlyShared<V>(one: Tree<V>, other: Tree<V>, some: number): boolean {
  const others = toLibrary(other);
  let seen = 0;
  let shared = 0;
  for (const [key, value] of toLibrary(one).entries()) {
    if (others.get(key) === value) shared += 1;
    seen += 1;
    if (seen === some) break;
  }
  return shared * 2 >= seen;
}
