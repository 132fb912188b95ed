import btree from 'sorted-btree';
import bulk from 'sorted-btree/extended/bulkLoad.js';
import diff from 'sorted-btree/extended/diffAgainst.js';

const BTree = btree.default;

/**
 * What a store asks of a sorted tree, so that the library's own types, which do not hold under every way of resolving
 * modules, are in no declaration of ours.
 */
export interface Tree<V> {
  readonly size: number;
  get(key: string): V | undefined;
  set(key: string, value: V): boolean;
  delete(key: string): boolean;
  /** Costs the same at any size: nodes are shared until either tree is written to. */
  clone(): Tree<V>;
  values(): IterableIterator<V>;
  /** From that key on, itself included. */
  entries(from?: string): IterableIterator<[string, V]>;
  /** From that key back; without itself where `skipFrom` says so. */
  entriesReversed(from?: string, reused?: undefined, skipFrom?: boolean): IterableIterator<[string, V]>;
}

type Library<V> = InstanceType<typeof BTree<string, V>>;

/** Every tree is made below. */
function toLibrary<V>(tree: Tree<V>): Library<V> {
  if (tree instanceof BTree) return tree as Library<V>;
  throw new TypeError('This is a tree of somebody else.');
}

/** One function for all trees, for those with different ones cannot be compared. By code unit, as keys are made for. */
export function compareKeys(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

export function createTree<V>(): Tree<V> {
  return new BTree<string, V>(undefined, compareKeys);
}

/** The most that a node holds; the library's own choice where none is asked for. */
const NODE = 32;

/** @param keys in ascending order, none twice */
export function fillTree<V>(keys: string[], values: V[]): Tree<V> {
  return bulk.bulkLoad(keys, values, NODE, compareKeys);
}

/** What a record became; `undefined` where it is gone. */
export type Difference<V> = readonly [key: string, value: V | undefined];

/**
 * What has to be done to one tree to make it the other. Nodes that both share are not looked at.
 *
 * @returns `undefined` where there are more than `most`
 */
export function findDifferences<V>(from: Tree<V>, to: Tree<V>, most: number): readonly Difference<V>[] | undefined {
  if (from === to) return [];
  const found: Difference<V>[] = [];
  const add = (key: string, value: V | undefined): { break: true } | undefined => {
    found.push([key, value]);
    return found.length > most ? { break: true } : undefined;
  };
  const isBroken = diff.default<string, V, true>(
    toLibrary(from),
    toLibrary(to),
    (key) => add(key, undefined),
    add,
    (key, _, value) => add(key, value),
  );
  return isBroken ? undefined : found;
}

/** The same, lazily, by a walk over both. */
export function* walkDifferences<V>(from: Tree<V>, to: Tree<V>): IterableIterator<Difference<V>> {
  const before = from.entries();
  let old: IteratorResult<[string, V], undefined> = before.next();
  for (const [key, value] of to.entries()) {
    for (; !old.done && old.value[0] < key; old = before.next()) yield [old.value[0], undefined];
    if (old.done || old.value[0] !== key) yield [key, value];
    else {
      if (old.value[1] !== value) yield [key, value];
      old = before.next();
    }
  }
  for (; !old.done; old = before.next()) yield [old.value[0], undefined];
}
