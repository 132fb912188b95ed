import { renderInstant } from '../../values/clock.ts';
import type { Change } from '../collection.ts';
import type { Commit, MovedCounters, Replace, TransactionCause } from '../commit.ts';
import type { Catalog } from '../roots.ts';
import type { CollectionEntry, RecordEntry, SeedEntry } from './document.ts';
import {
  listDifferences,
  writeClock,
  writeRecord,
  writeRest,
  type RecordWrite,
  type Kept,
  type BaseIds,
  type WrittenClock,
  type WrittenRest,
} from './kept.ts';

/** A record, or `null` if it was deleted. */
export type WrittenChange = readonly [provider: string, collection: string, key: string, record: object | null];

/** What a line of the log says. */
export type LogEntry =
  /** The first line. Its number is that of the last line that the document included when the log was begun. */
  | LogHead
  /** An emulator has begun to use the folder, or was stopped in good order. */
  | { readonly opened: true }
  | { readonly closed: true }
  /** Nothing but that the disk can be written to again. */
  | { readonly mended: true }
  /** A seed, as in the document. */
  | SeedEntry
  | CollectionEntry
  | RecordEntry
  | { readonly sandbox: string; readonly deleted: true }
  /** A snapshot of what the sandbox is by then; without an instant, the snapshot is deleted. */
  | { readonly sandbox: string; readonly snapshot: string; readonly at: string | null }
  /** What changed without a commit. */
  | WrittenDrift
  | WrittenCommit;

export interface LogHead {
  readonly log: number;
  /** The version of the emulator that wrote it. */
  readonly emulator: string;
}

export interface WrittenDrift {
  readonly sandbox: string;
  /** In a `replace`, what differs from the seed; nothing if the state is that of another sandbox or of a snapshot. */
  readonly changes: readonly WrittenChange[];
  readonly counters: Readonly<Record<string, number>>;
}

export interface WrittenCommit extends WrittenDrift {
  readonly seq: number;
  readonly at: string;
  readonly cause: TransactionCause | WrittenCause;
  /** The number of the last ledger entry. */
  readonly entries: number;
}

type WrittenCause =
  | { readonly kind: 'act'; readonly operation: string }
  | { readonly kind: 'clock'; readonly to: WrittenClock }
  | (Pick<Replace, 'kind' | 'how' | 'from'> & { readonly state: WrittenRest });

function writeEntry({ declared, key, record }: RecordWrite): WrittenChange {
  return [declared.provider, declared.name, key, writeRecord(declared, record)];
}

/** A commit of a sandbox with what the log says about it. */
export interface Committed extends Pick<Kept, 'base' | 'providers'> {
  readonly sandbox: string;
  readonly commit: Commit;
  readonly counters: MovedCounters;
  /** The number of the last request, if its roots do not have it. */
  readonly requests: number | undefined;
  /** The number of the last ledger entry. */
  readonly entries: number;
}

export function writeCommit(committed: Committed, catalog: Catalog, seeds: BaseIds): WrittenCommit {
  const { sandbox, base, providers, entries } = committed;
  const { seq, at: instant, cause, changes } = committed.commit;
  const at = renderInstant(instant);
  const counters = writeCounters(committed);
  if (cause.kind === 'replace') {
    const seed = base === catalog.empty.collections ? null : seeds.idOf(base);
    const { kind, how, from, roots } = cause;
    const state = writeRest({ providers, roots }, seed);
    const differing = from ? [] : [...listDifferences(catalog, base, roots.collections)].map(writeEntry);
    return { sandbox, seq, at, cause: { kind, how, from, state }, changes: differing, counters, entries };
  }
  const written = writeChanges(changes, catalog);
  const told = cause.kind === 'clock' ? { kind: cause.kind, to: writeClock(cause.to) } : cause;
  return { sandbox, seq, at, cause: told, changes: written, counters, entries };
}

function writeCounters({ counters, requests }: Committed): Record<string, number> {
  if (requests === undefined) return Object.fromEntries(counters);
  return counters.length === 0 ? { requests } : { requests, ...Object.fromEntries(counters) };
}

export function writeChanges(changes: readonly Change[], catalog: Catalog): readonly WrittenChange[] {
  return changes.map(({ provider, collection, key, after }) => {
    return [provider, collection, key, writeRecord(catalog.get(provider, collection), after)];
  });
}
