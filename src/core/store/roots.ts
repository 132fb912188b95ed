import { isDeepStrictEqual } from 'node:util';

import type { ClockState } from '../values/clock.ts';
import {
  BY_KEY,
  UniqueViolation,
  type CollectionDefinition,
  type Collections,
  type ListOptions,
} from './collection.ts';
import { toKey, toRecordKey, type KeyPart } from './key.ts';
import {
  compareKeys,
  createTree,
  deferTree,
  fillTree,
  fillTreeLazily,
  walkDifferences,
  walkTree,
  type Difference,
  type Tree,
  type Unread,
} from './tree.ts';

/** The trees of one collection: records by key, then one of keys for each look-up and each order. */
export interface Trees {
  readonly records: Tree<object>;
  readonly indexes: readonly Tree<string>[];
}

/** The last numbers of requests, commits and ledger entries. They never go back while those are kept. */
export interface Numbering {
  readonly requests: number;
  readonly commits: number;
  readonly entries: number;
}

/** The whole state of a sandbox as one value that costs the same to keep at any size. */
export interface Roots {
  readonly collections: readonly Trees[];
  readonly counters: ReadonlyMap<string, number>;
  readonly numbering: Numbering;
  readonly clock: ClockState;
  readonly randomSeed: number;
}

interface Index {
  readonly name: string;
  parts(record: object): readonly KeyPart[] | undefined;
}

export interface Declared {
  readonly provider: string;
  readonly name: string;
  /** Its number among all collections. */
  readonly place: number;
  readonly definition: CollectionDefinition<object>;
  /** Whether its provider is not installed: its records are kept as they are. */
  readonly isForeign: boolean;
  /** Look-ups first, then orders. */
  readonly indexes: readonly Index[];
  /** The places of the indexes, by name. */
  readonly places: ReadonlyMap<string, number>;
}

interface Owner {
  readonly id: string;
  readonly collections: Collections;
}

interface ForeignOwner {
  readonly id: string;
  readonly collections: readonly string[];
}

/** The collections of all providers, numbered. Made once and shared by every sandbox. */
export class Catalog {
  readonly declared: readonly Declared[];
  readonly empty: Roots;
  /** The ids of providers that are not installed. */
  readonly foreign: readonly string[];
  readonly #byProvider = new Map<string, Declared[]>();

  /** @param foreign providers that are not installed, whose records are kept until they are */
  constructor(providers: readonly Owner[], foreign: readonly ForeignOwner[] = []) {
    const declared: Declared[] = [];
    for (const { id, collections } of providers) {
      const own = Object.entries(collections).map(([name, definition], index) =>
        toDeclared(id, name, declared.length + index, definition),
      );
      this.#byProvider.set(id, own);
      declared.push(...own);
    }
    for (const { id, collections } of foreign) {
      const own = collections.map((name, index) => toForeign(id, name, declared.length + index));
      this.#byProvider.set(id, own);
      declared.push(...own);
    }
    this.foreign = foreign.map(({ id }) => id);
    this.declared = declared;
    this.empty = {
      collections: declared.map(createTrees),
      counters: new Map(),
      numbering: { requests: 0, commits: 0, entries: 0 },
      clock: { frozenAt: undefined, offset: 0 },
      randomSeed: 1,
    };
  }

  of(provider: string): readonly Declared[] {
    return this.#byProvider.get(provider) ?? [];
  }

  find(provider: string, name: string): Declared | undefined {
    return this.#byProvider.get(provider)?.find((declared) => declared.name === name);
  }

  /** @throws {RangeError} if there is no such collection */
  get(provider: string, name: string): Declared {
    const found = this.find(provider, name);
    if (!found) throw new RangeError(`"${provider}" has no collection "${name}".`);
    return found;
  }
}

function toDeclared(
  provider: string,
  name: string,
  place: number,
  definition: CollectionDefinition<never, never, never>,
): Declared {
  // The type of a record is lost only here: the trees hold records of all providers.
  const erased = definition as unknown as CollectionDefinition<object>;
  const indexes: Index[] = Object.entries(erased.unique ?? {}).map(([index, parts]) => ({ name: index, parts }));
  for (const [index, parts] of Object.entries(erased.orders ?? {})) {
    if (parts !== BY_KEY) indexes.push({ name: index, parts });
  }
  const places = new Map(indexes.map((index, at) => [index.name, at]));
  return { provider, name, place, definition: erased, isForeign: false, indexes, places };
}

function toForeign(provider: string, name: string, place: number): Declared {
  const key = (): never => {
    throw new Error(`"${provider}" is not installed: its records cannot be written.`);
  };
  return { provider, name, place, definition: { key }, isForeign: true, indexes: [], places: new Map() };
}

function createTrees({ indexes }: Declared): Trees {
  return { records: createTree<object>(), indexes: indexes.map(() => createTree<string>()) };
}

/** Shares its nodes with the original until either is written to. */
export function cloneTrees({ records, indexes }: Trees): Trees {
  return { records: records.clone(), indexes: indexes.map((tree) => tree.clone()) };
}

/** A key of a record in one of the indexes, before and after a write. */
interface Move {
  readonly place: number;
  readonly from: string | undefined;
  readonly to: string | undefined;
}

const NO_MOVES: readonly Move[] = [];

/** The keys that a write moves; most updates move none. */
function findMoves({ indexes }: Declared, before: object | undefined, after: object | undefined): readonly Move[] {
  let moves: Move[] | undefined;
  for (let place = 0; place < indexes.length; place += 1) {
    const index = indexes[place];
    const old = before && index?.parts(before);
    const now = after && index?.parts(after);
    if (!index || isSame(old, now)) continue;
    (moves ??= []).push({ place, from: old && toKey(old), to: now && toKey(now) });
  }
  return moves ?? NO_MOVES;
}

/**
 * Writes or deletes a record. If it throws, nothing has changed.
 *
 * @returns the record that was there
 * @throws {UniqueViolation} if another record has one of its keys
 */
export function writeRecord(
  declared: Declared,
  trees: Trees,
  key: string,
  after: object | undefined,
): object | undefined {
  const { records } = trees;
  const before = records.get(key);
  const moves = findMoves(declared, before, after);
  let done = 0;
  for (const move of moves) {
    if (!moveKey(trees, key, move)) {
      for (const { place, from, to } of moves.slice(0, done)) moveKey(trees, key, { place, from: to, to: from });
      throw new UniqueViolation(declared.name, declared.indexes[move.place]?.name ?? '');
    }
    done += 1;
  }
  if (after) records.set(key, after);
  else records.delete(key);
  return before;
}

/** @returns whether the new key was free; else nothing is moved */
function moveKey({ indexes }: Trees, key: string, { place, from, to }: Move): boolean {
  const tree = indexes[place];
  if (to !== undefined && tree?.setIfNotPresent(to, key) === false) return false;
  if (from !== undefined) tree?.delete(from);
  return true;
}

function isSame(a: readonly KeyPart[] | undefined, b: readonly KeyPart[] | undefined): boolean {
  if (a === b) return true;
  if (!a || a.length !== b?.length) return false;
  for (let at = 0; at < a.length; at += 1) if (a[at] !== b[at]) return false;
  return true;
}

/** An order of records: a tree of their keys, or that of the records itself. */
export type Order = Tree<object | string>;

export function findFirst(records: Tree<object>, order: Order, within: readonly KeyPart[]): object | undefined {
  const prefix = toSortKey(records, order, within);
  return toRecordWithin(records, prefix, order.getPairOrNextHigher(prefix));
}

export function findLast(records: Tree<object>, order: Order, within: readonly KeyPart[]): object | undefined {
  const prefix = toSortKey(records, order, within);
  return toRecordWithin(records, prefix, order.nextLowerPair(toUpperBound(prefix)));
}

export function* listRecords(
  records: Tree<object>,
  order: Order,
  { within = [], after, reverse = false }: ListOptions = {},
): IterableIterator<object> {
  const prefix = toSortKey(records, order, within);
  const start = after && toSortKey(records, order, after);
  const sorted = reverse
    ? order.entriesReversed(start ?? toUpperBound(prefix), undefined, true)
    : order.entries(start ?? prefix);
  for (const [sortKey, found] of sorted) {
    if (sortKey === start) continue;
    if (!sortKey.startsWith(prefix)) return;
    const record = toRecord(records, found);
    if (record) yield record;
  }
}

function toSortKey(records: Tree<object>, order: Order, parts: readonly KeyPart[]): string {
  return order === records ? toRecordKey(parts) : toKey(parts);
}

function toRecordWithin(
  records: Tree<object>,
  prefix: string,
  pair: readonly [string, object | string] | undefined,
): object | undefined {
  return pair?.[0].startsWith(prefix) === true ? toRecord(records, pair[1]) : undefined;
}

function toRecord(records: Tree<object>, found: object | string): object | undefined {
  return typeof found === 'string' ? records.get(found) : found;
}

/** The first key after all that start with `prefix`; `undefined` for an empty prefix. */
function toUpperBound(prefix: string): string | undefined {
  const last = prefix.length - 1;
  return last < 0 ? undefined : prefix.slice(0, last) + String.fromCharCode(prefix.charCodeAt(last) + 1);
}

/**
 * Trees with the content of `trees` that share with `base` all that is the same in both. Costs a walk over both.
 */
export function shareTrees(declared: Declared, base: Trees, trees: Trees): Trees {
  const differences = [...walkDifferences(base.records, trees.records)];
  return changeTrees(
    declared,
    base,
    differences.filter(([key, record]) => !record || !isDeepStrictEqual(base.records.get(key), record)),
  );
}

/**
 * Trees that share with `base` all but what differs.
 *
 * @throws {UniqueViolation} if two records would have one key of a look-up
 */
export function changeTrees(declared: Declared, base: Trees, differences: readonly Difference<object>[]): Trees {
  if (differences.length === 0) return base;
  const changed = cloneTrees(base);
  const put = (key: string, after: object | undefined): void => {
    if (changed.records.get(key) !== after) writeRecord(declared, changed, key, after);
  };
  // Deletes first: a record may take the key in a look-up that a later one gives up.
  for (const [key] of differences) put(key, undefined);
  for (const [key, record] of differences) put(key, record);
  return changed;
}

/**
 * Trees of these records alone.
 *
 * @param keys in ascending order, none twice
 * @throws {UniqueViolation} if two records have one key of a look-up
 */
export function fillTrees({ name, indexes }: Declared, keys: string[], records: object[]): Trees {
  const tree = fillTree(keys, records);
  return { records: tree, indexes: indexes.map((index) => fillIndex(name, index, tree)) };
}

/**
 * Like `fillTrees`, for records without conflicts: each look-up and each order is made when it is first used.
 *
 * @param keys in ascending order, none twice
 */
export function fillTreesLazily({ name, indexes }: Declared, keys: string[], records: Unread<object>[]): Trees {
  const tree = fillTreeLazily(keys, records);
  return { records: tree, indexes: indexes.map((index) => deferTree(() => fillIndex(name, index, tree))) };
}

/** @throws {UniqueViolation} if two records have one key */
function fillIndex(collection: string, index: Index, records: Tree<object>): Tree<string> {
  const places: string[] = [];
  const holders: string[] = [];
  let last = '';
  let falls = 0;
  walkTree(records, (key, record) => {
    const parts = index.parts(record);
    if (!parts) return;
    const place = toKey(parts);
    if (!(last < place)) falls += 1;
    last = place;
    places.push(place);
    holders.push(key);
  });
  if (falls === 0) return fillTree(places, holders);
  // Sorting and filling costs half of what single insertions do.
  const order = places.map((_, at) => at).sort((a, b) => compareKeys(places[a] ?? '', places[b] ?? ''));
  const sorted = order.map((at) => places[at] ?? '');
  if (!isAscending(sorted)) throw new UniqueViolation(collection, index.name);
  return fillTree(
    sorted,
    order.map((at) => holders[at] ?? ''),
  );
}

/** Whether keys are in ascending order, none twice. */
export function isAscending(keys: readonly string[]): boolean {
  for (let at = 1; at < keys.length; at += 1) {
    if ((keys[at - 1] ?? '') >= (keys[at] ?? '')) return false;
  }
  return true;
}
