import { crc32 } from 'node:zlib';

import type { Catalog, Declared } from '../roots.ts';
import { renderInstant } from '../../values/clock.ts';
import {
  isAlike,
  listDifferences,
  writeRecord,
  writeRest,
  type Base,
  type WrittenRest,
  type RecordWrite,
  type Kept,
  type BaseIds,
} from './kept.ts';
import { toChecksum } from './lines.ts';

export const FORMAT = 1;

/** What the first line of a document says. */
export interface DocumentHead {
  readonly format: number;
  /** The version of the emulator that wrote it. */
  readonly emulator: string;
  /** The number of the last line of the log that it holds. */
  readonly lines: number;
  /** Whether the emulator was stopped in good order, and all counters stand where they stood. */
  readonly closed: boolean;
  readonly providers: Readonly<Record<string, StoredProvider>>;
}

export interface StoredProvider {
  /** Of the form of its records. */
  readonly version: number;
  readonly collections: readonly string[];
}

/**
 * The text of a document by lines, lazily: a record has a line of its own.
 *
 * @param sandboxes what they were at one instant
 */
export function* renderDocument(
  head: DocumentHead,
  sandboxes: readonly (readonly [name: string, kept: Kept])[],
  catalog: Catalog,
  seeds: BaseIds,
): IterableIterator<string> {
  yield renderHead(head);
  const empty = catalog.empty.collections;
  const snapshots = sandboxes.flatMap(([name, kept]) =>
    [...kept.snapshots].map(([snapshot, taken]) => [toSnapshotName(name, snapshot), taken] as const),
  );
  const bases = listBases(sandboxes, catalog);
  const [first = empty] = bases;
  yield '"seeds":{\n';
  let left = bases.size;
  for (const base of bases) {
    left -= 1;
    // What is unlike the first shares nothing with it that would be worth a reference.
    const from = base === first || !isAlike(first, base) ? empty : first;
    const rest = JSON.stringify({ from: from === empty ? null : seeds.idOf(from) });
    yield* renderPart(seeds.idOf(base), rest, listDifferences(catalog, from, base), left > 0);
  }
  const toRest = (kept: Pick<Kept, 'roots' | 'base' | 'providers'>): WrittenRest =>
    writeRest(kept, kept.base === empty ? null : seeds.idOf(kept.base));
  yield '},\n"sandboxes":{\n';
  left = sandboxes.length;
  for (const [name, kept] of sandboxes) {
    left -= 1;
    const entries = listDifferences(catalog, kept.base, kept.roots.collections);
    yield* renderPart(name, JSON.stringify(toRest(kept)), entries, left > 0);
  }
  yield '},\n"snapshots":{\n';
  left = snapshots.length;
  for (const [name, taken] of snapshots) {
    left -= 1;
    const rest = JSON.stringify({ ...toRest(taken), at: renderInstant(taken.at) });
    yield* renderPart(name, rest, listDifferences(catalog, taken.base, taken.roots.collections), left > 0);
  }
  const end: Counts = { seeds: bases.size, sandboxes: sandboxes.length, snapshots: snapshots.length };
  yield `},\n"end":${JSON.stringify(end)}}\n`;
}

/** How many parts each section of a document has. */
export interface Counts {
  readonly seeds: number;
  readonly sandboxes: number;
  readonly snapshots: number;
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

/** No name of a sandbox has a slash in it. */
function toSnapshotName(sandbox: string, snapshot: string): string {
  return `${sandbox}/${snapshot}`;
}

export function splitSnapshotName(name: string): readonly [sandbox: string, snapshot: string] {
  const at = name.indexOf('/');
  return [name.slice(0, at), name.slice(at + 1)];
}

export const HEAD_START = '{"checksum":"';

function renderHead(head: DocumentHead): string {
  const text = JSON.stringify(head).slice(1, -1);
  return `${HEAD_START}${toChecksum(crc32(text))}",${text},\n`;
}

/** One seed or one sandbox, with a checksum over all its lines. */
function* renderPart(
  name: string,
  rest: string,
  entries: IterableIterator<RecordWrite>,
  isFollowed: boolean,
): IterableIterator<string> {
  let crc = 0;
  for (const line of renderLines(name, rest, entries)) {
    crc = crc32(line, crc);
    yield line;
  }
  yield `},"checksum":"${toChecksum(crc)}"}${isFollowed ? ',' : ''}\n`;
}

function* renderLines(name: string, rest: string, entries: IterableIterator<RecordWrite>): IterableIterator<string> {
  yield `${JSON.stringify(name)}:${rest.slice(0, -1)},"records":{\n`;
  let open: Declared | undefined;
  let last = '';
  for (const { declared, key, record } of entries) {
    if (declared === open) yield `${last},\n`;
    else {
      if (open) yield `${last}\n}${declared.provider === open.provider ? ',' : '\n},'}\n`;
      if (declared.provider !== open?.provider) yield `${JSON.stringify(declared.provider)}:{\n`;
      yield `${JSON.stringify(declared.name)}:{\n`;
      open = declared;
    }
    last = `${JSON.stringify(key)}:${JSON.stringify(writeRecord(declared, record))}`;
  }
  if (open) yield `${last}\n}\n}\n`;
}
