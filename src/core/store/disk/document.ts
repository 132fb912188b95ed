import { renderInstant } from '../../values/clock.ts';
import type { Catalog, Declared } from '../roots.ts';
import {
  isAlike,
  listDifferences,
  writeRecord,
  writeRest,
  type Base,
  type BaseIds,
  type Kept,
  type WrittenRest,
} from './kept.ts';

/** The format of both files. */
export const FORMAT = 1;

/** All sandboxes with their snapshots at one moment: the document of lowdb. */
export interface Document extends DocumentHead {
  readonly entries: Iterable<DocumentEntry>;
}

export interface DocumentHead {
  readonly format: number;
  /** The version of the emulator that wrote it. */
  readonly emulator: string;
  /** The number of the last line of the log that it includes. */
  readonly lines: number;
  readonly providers: Readonly<Record<string, StoredProvider>>;
}

export interface StoredProvider {
  /** Of the format of its records. */
  readonly version: number;
  readonly collections: readonly string[];
}

/** A seed, sandbox or snapshot, or a part of the last one of these: a collection, or a record of the last collection. */
export type DocumentEntry = SeedEntry | SandboxEntry | SnapshotEntry | CollectionEntry | RecordEntry;

/** Records that sandboxes begin with, as the difference from another seed. */
export interface SeedEntry {
  readonly seed: string;
  readonly from: string | null;
}

/** A sandbox, as the difference from its seed. */
export interface SandboxEntry extends WrittenRest {
  readonly sandbox: string;
}

/** A snapshot of a sandbox, as the difference from its seed. */
export interface SnapshotEntry extends WrittenRest {
  readonly snapshot: string;
  readonly of: string;
  readonly at: string;
}

export interface CollectionEntry {
  readonly provider: string;
  readonly collection: string;
}

export interface RecordEntry {
  readonly key: string;
  /** `null` if the seed has such a record and this has not. */
  readonly record: object | null;
}

/** The entries of a document, made each time that they are read. */
export class Entries implements Iterable<DocumentEntry> {
  readonly #sandboxes: readonly (readonly [name: string, kept: Kept])[];
  readonly #catalog: Catalog;
  readonly #ids: BaseIds;

  /** @param sandboxes as they were at one moment */
  constructor(sandboxes: readonly (readonly [name: string, kept: Kept])[], catalog: Catalog, ids: BaseIds) {
    this.#sandboxes = sandboxes;
    this.#catalog = catalog;
    this.#ids = ids;
  }

  toJSON(): readonly DocumentEntry[] {
    return [...this];
  }

  *[Symbol.iterator](): IterableIterator<DocumentEntry> {
    const bases = listBases(this.#sandboxes, this.#catalog);
    const [first] = bases;
    for (const base of bases) yield* listSeed(base, first, this.#catalog, this.#ids);
    for (const [sandbox, kept] of this.#sandboxes) {
      yield { sandbox, ...this.#toRest(kept) };
      yield* listRecords(this.#catalog, kept.base, kept.roots.collections);
      for (const [snapshot, taken] of kept.snapshots) {
        yield { snapshot, of: sandbox, at: renderInstant(taken.at), ...this.#toRest(taken) };
        yield* listRecords(this.#catalog, taken.base, taken.roots.collections);
      }
    }
  }

  #toRest(kept: Pick<Kept, 'roots' | 'base' | 'providers'>): WrittenRest {
    return writeRest(kept, kept.base === this.#catalog.empty.collections ? null : this.#ids.idOf(kept.base));
  }
}

/** @param other a seed that is written already: one that is like it is written as the difference */
export function* listSeed(
  base: Base,
  other: Base | undefined,
  catalog: Catalog,
  ids: BaseIds,
): IterableIterator<SeedEntry | CollectionEntry | RecordEntry> {
  const from = other && other !== base && isAlike(other, base) ? other : undefined;
  yield { seed: ids.idOf(base), from: from ? ids.idOf(from) : null };
  yield* listRecords(catalog, from ?? catalog.empty.collections, base);
}

function* listRecords(catalog: Catalog, from: Base, to: Base): IterableIterator<CollectionEntry | RecordEntry> {
  let open: Declared | undefined;
  for (const { declared, key, record } of listDifferences(catalog, from, to)) {
    if (declared !== open) yield { provider: declared.provider, collection: declared.name };
    open = declared;
    yield { key, record: writeRecord(declared, record) };
  }
}

/** What sandboxes and their snapshots began with, each once. */
export function listBases(sandboxes: Iterable<readonly [name: string, kept: Kept]>, catalog: Catalog): Set<Base> {
  const bases = new Set<Base>();
  for (const [, { base, snapshots }] of sandboxes) {
    bases.add(base);
    for (const taken of snapshots.values()) bases.add(taken.base);
  }
  bases.delete(catalog.empty.collections);
  return bases;
}
