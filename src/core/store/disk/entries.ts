import { renderInstant } from '../../values/clock.ts';
import type { Change } from '../collection.ts';
import type { Commit, MovedCounters, Replace, TransactionCause } from '../commit.ts';
import type { Catalog, Declared } from '../roots.ts';
import { addFields, findChangedFields } from './changed-fields.ts';
import {
  listDifferences,
  writeClock,
  writeRecord,
  writeRest,
  type Base,
  type RecordWrite,
  type Kept,
  type BaseIds,
  type WrittenClock,
  type WrittenRest,
} from './kept.ts';

/** A record, or `null` if it was deleted; or only the fields in which it differs from what it was before. */
export type WrittenChange =
  | readonly [provider: string, collection: string, key: string, record: object | null, form?: undefined]
  | readonly [provider: string, collection: string, key: string, fields: object, form: typeof FIELDS];

const FIELDS = 'fields';

/** What a line of the log says. */
export type LogEntry =
  /** The first line. Its number is that of the last line that the document included when the log was begun. */
  | LogHead
  /** An emulator has begun to use the folder, or was stopped in good order. */
  | { readonly opened: true }
  | { readonly closed: true }
  /** Nothing but that the disk can be written to again. */
  | { readonly mended: true }
  /** Part of a seed: all of its records, or what differs from another seed. */
  | { readonly seed: string; readonly from: string | null; readonly changes: readonly WrittenChange[] }
  | { readonly sandbox: string; readonly deleted: true }
  /** A snapshot of what the sandbox is by then; without an instant, the snapshot is deleted. */
  | { readonly sandbox: string; readonly snapshot: string; readonly at: string | null }
  /** Counters that moved without a commit. */
  | { readonly sandbox: string; readonly counters: Readonly<Record<string, number>> }
  | WrittenCommit;

export interface LogHead {
  readonly log: number;
  /** The version of the emulator that wrote it. */
  readonly emulator: string;
}

export interface WrittenCommit {
  readonly sandbox: string;
  readonly seq: number;
  readonly at: string;
  readonly cause: TransactionCause | WrittenCause;
  /** In a `replace`, what differs from the seed; nothing if the state is that of another sandbox or of a snapshot. */
  readonly changes: readonly WrittenChange[];
  readonly counters: Readonly<Record<string, number>>;
  /** The number of the last ledger entry. */
  readonly entries: number;
}

type WrittenCause =
  | { readonly kind: 'act'; readonly operation: string }
  | { readonly kind: 'clock'; readonly to: WrittenClock }
  | (Pick<Replace, 'kind' | 'how' | 'from'> & { readonly state: WrittenRest });

/** The number of changes in one line of a seed. */
const CHANGES = 500;

/** The lines of a seed, made one by one because it may be large. */
export function* writeSeed(
  id: string,
  base: Base,
  from: { readonly id: string; readonly base: Base } | undefined,
  catalog: Catalog,
): IterableIterator<LogEntry> {
  let changes: WrittenChange[] = [];
  const toLine = (): LogEntry => ({ seed: id, from: from?.id ?? null, changes });
  for (const entry of listDifferences(catalog, from?.base ?? catalog.empty.collections, base)) {
    changes.push(writeEntry(entry));
    if (changes.length < CHANGES) continue;
    yield toLine();
    changes = [];
  }
  yield toLine();
}

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
  // No line may have said what a carried change began with.
  const isWhole = changes.some(({ part }) => part === 'carried');
  const written = changes.map((change) => writeChange(change, catalog, isWhole));
  const told = cause.kind === 'clock' ? { kind: cause.kind, to: writeClock(cause.to) } : cause;
  return { sandbox, seq, at, cause: told, changes: written, counters, entries };
}

/** Most commits change a field or two: a line that changes one balance has 334 bytes instead of 556. */
function writeChange(
  { provider, collection, key, before, after }: Change,
  catalog: Catalog,
  isWhole: boolean,
): WrittenChange {
  const declared = catalog.get(provider, collection);
  const mayBePart = before && after && !isWhole && !declared.definition.stored;
  const fields = mayBePart && findChangedFields(before, after);
  return fields
    ? [provider, collection, key, fields, FIELDS]
    : [provider, collection, key, writeRecord(declared, after)];
}

function writeCounters({ counters, requests }: Committed): Record<string, number> {
  if (requests === undefined) return Object.fromEntries(counters);
  return counters.length === 0 ? { requests } : { requests, ...Object.fromEntries(counters) };
}

/**
 * @param find returns the record that was there before
 * @throws if there is no such collection or record
 */
export function readChange(
  [provider, collection, key, written, form]: WrittenChange,
  catalog: Catalog,
  find: (declared: Declared, key: string) => object | undefined,
): readonly [declared: Declared, key: string, written: object | null] {
  const declared = catalog.get(provider, collection);
  if (form !== FIELDS) return [declared, key, written];
  const before = find(declared, key);
  if (!before) throw new Error('It changes a record that is not there.');
  return [declared, key, addFields(before, written)];
}
