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
import { findContent, renderLine, START, toChecksum, type Line } from './lines.ts';

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

/**
 * The checksums of the lines of one file. That of a record continues the checksum of its collection, and that one the
 * checksum of its seed, sandbox or snapshot: if one of these lines is damaged, the lines that belong to it do not fit.
 */
export class Checksums {
  #part = 0;
  #collection = 0;

  /** @param content the entry, and what comes before it in the line */
  render(entry: object, content: string): string {
    const line = renderLine(content, 'key' in entry ? this.#collection : 'collection' in entry ? this.#part : 0);
    this.#note(entry, line);
    return line;
  }

  /** @returns the content of a line; `undefined` if it is not as it was written */
  findContent(line: Line): Buffer | undefined {
    return findContent(line, this.#collection) ?? findContent(line, this.#part) ?? findContent(line);
  }

  /** Goes on after a line whose content was found. */
  pass(entry: object, { bytes }: Line): void {
    if (!('key' in entry)) this.#note(entry, bytes.toString('latin1', 0, START));
  }

  #note(entry: object, line: string): void {
    if ('key' in entry) return;
    this.#collection = toChecksum(line);
    if (!('collection' in entry)) this.#part = this.#collection;
  }
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

/** What an entry is about, for messages. */
export function describe(entry: DocumentEntry): string {
  if ('from' in entry) return `seed ${entry.seed}`;
  if ('of' in entry) return `snapshot "${entry.snapshot}" of sandbox "${entry.of}"`;
  return 'sandbox' in entry ? `sandbox "${entry.sandbox}"` : 'a part';
}
