import { UniqueViolation, type CollectionDefinition, type Collections, type ListOptions } from './collection.ts';
import { toKey, type KeyPart } from './key.ts';
import { createTree, type Tree } from './tree.ts';

/** The trees of one collection: records by key, then one of keys for each look-up and each order. */
export interface Trees {
  readonly records: Tree<object>;
  readonly indexes: readonly Tree<string>[];
}

/** Everything a store holds, as one value that costs the same to keep at any size. */
export interface Roots {
  readonly collections: readonly Trees[];
  readonly counters: ReadonlyMap<string, number>;
}

interface Index {
  readonly name: string;
  readonly unique: boolean;
  parts(record: object): readonly KeyPart[] | undefined;
}

export interface Declared {
  readonly provider: string;
  readonly name: string;
  readonly definition: CollectionDefinition<object>;
  /** Look-ups first, then orders. */
  readonly indexes: readonly Index[];
}

/** The collections of all providers, numbered. Made once and shared by every sandbox. */
export class Catalog {
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

function createRoot({ indexes }: Declared): Trees {
  return { records: createTree<object>(), indexes: indexes.map(() => createTree<string>()) };
}

/** Shares its nodes with the original until either is written to. */
function cloneRoot({ records, indexes }: Trees): Trees {
  return { records: records.clone(), indexes: indexes.map((tree) => tree.clone()) };
}

export function cloneRoots({ collections, counters }: Roots): {
  collections: readonly Trees[];
  counters: Map<string, number>;
} {
  return { collections: collections.map(cloneRoot), counters: new Map(counters) };
}

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
export function findMoves(
  { name, indexes }: Declared,
  root: Trees,
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

export function replaceRecord(root: Trees, key: string, after: object | undefined, moves: readonly Move[]): void {
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

export function* listRecords(
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
