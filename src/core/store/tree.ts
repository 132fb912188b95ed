import btree from 'sorted-btree';

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

/** Sorted by code unit, which is the order that keys are made for. */
export function createTree<V>(): Tree<V> {
  return new BTree<string, V>(undefined, (a, b) => (a < b ? -1 : a > b ? 1 : 0));
}
