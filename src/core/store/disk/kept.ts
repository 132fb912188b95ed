import { parseInstant, renderInstantOrNull, type ClockState, type Instant } from '../../values/clock.ts';
import type { Catalog, Declared, Numbering, Roots, Trees } from '../roots.ts';
import { findDifferences, isMostlyShared, walkDifferences, type Difference } from '../tree.ts';

/** One sandbox as it is kept. */
export interface Kept {
  readonly roots: Roots;
  /** The collections of what it began with, which are written once for all that began with them. */
  readonly base: Base;
  /** Whose state it was made with. */
  readonly providers: readonly string[];
  /** By name. */
  readonly snapshots: ReadonlyMap<string, Snapshot>;
}

/** What a sandbox was at one moment, to go back to as often as one likes. */
export interface Snapshot extends Omit<Kept, 'snapshots'> {
  /** On the sandbox's clock. */
  readonly at: Instant;
}

export type Base = readonly Trees[];

/** Whether the records of one, and of its snapshots, are those of the other. */
export function isSame({ roots, snapshots }: Kept, other: Kept | undefined): boolean {
  if (!other || !hasSameRecords(roots, other.roots)) return false;
  return [...snapshots].every(([name, snapshot]) => hasSameRecords(snapshot.roots, other.snapshots.get(name)?.roots));
}

function hasSameRecords(roots: Roots, others: Roots | undefined): boolean {
  return roots.collections.every((trees, place) => trees === others?.collections[place]);
}

/** The names under which bases are written, so that a sandbox can refer to its own. */
export class BaseIds {
  readonly #ids = new WeakMap<Base, string>();
  #count = 0;

  idOf(base: Base): string {
    const known = this.#ids.get(base);
    if (known !== undefined) return known;
    const id = String((this.#count += 1));
    this.#ids.set(base, id);
    return id;
  }

  /** As it was called when it was written. */
  name(base: Base, id: string): void {
    this.#ids.set(base, id);
    this.#count = Math.max(this.#count, Number(id));
  }
}

/** A clock as it is written. */
export interface WrittenClock {
  readonly frozenAt: string | null;
  readonly offset: number;
}

export function writeClock({ frozenAt, offset }: ClockState): WrittenClock {
  return { frozenAt: renderInstantOrNull(frozenAt ?? null), offset };
}

export function readClock({ frozenAt, offset }: WrittenClock): ClockState {
  return { frozenAt: frozenAt === null ? undefined : parseInstant(frozenAt), offset };
}

/** What a sandbox has beside its collections, as it is written. */
export interface WrittenRest {
  readonly seed: string | null;
  readonly providers: readonly string[];
  readonly clock: WrittenClock;
  readonly randomSeed: number;
  readonly numbering: Numbering;
  readonly counters: Readonly<Record<string, number>>;
}

export function writeRest({ roots, providers }: Pick<Kept, 'roots' | 'providers'>, seed: string | null): WrittenRest {
  const { clock, randomSeed, numbering, counters } = roots;
  const sorted = [...counters].sort(([a], [b]) => (a < b ? -1 : 1));
  return { seed, providers, clock: writeClock(clock), randomSeed, numbering, counters: Object.fromEntries(sorted) };
}

export function readRest(written: WrittenRest, collections: readonly Trees[]): Roots {
  const { clock, randomSeed, numbering, counters } = written;
  return {
    collections,
    clock: readClock(clock),
    randomSeed,
    numbering,
    counters: new Map(Object.entries(counters)),
  };
}

/** A record that is there, or is gone, where it is written. */
export interface RecordWrite {
  readonly declared: Declared;
  readonly key: string;
  readonly record: object | undefined;
}

/** Up to so many differences are found by looking at nothing that is shared, which cannot be done in slices. */
const AT_ONCE = 2000;

/** What has to be done to one state's collections to make them the other's, lazily. */
export function* listDifferences(catalog: Catalog, from: Base, to: Base): IterableIterator<RecordWrite> {
  for (const declared of catalog.declared) {
    const [before, after] = [from[declared.place], to[declared.place]];
    if (!before || !after || before === after) continue;
    const few = findDifferences(before.records, after.records, AT_ONCE);
    const all = few ? [...few].sort(byKey) : walkDifferences(before.records, after.records);
    for (const [key, record] of all) yield { declared, key, record };
  }
}

function byKey([a]: Difference<object>, [b]: Difference<object>): number {
  return a < b ? -1 : 1;
}

export function writeRecord({ definition }: Declared, record: object | undefined): object | null {
  return record === undefined ? null : (definition.stored?.write(record) ?? record);
}

/** @throws where a record was not written under its own key */
export function readRecord(declared: Declared, key: string, written: object): object {
  const record = toRecord(declared, written);
  if (!declared.isForeign && declared.definition.key(record) !== key) throw new Error('The record has another key.');
  return record;
}

/** @param written what `writeRecord` gave */
export function toRecord({ definition }: Declared, written: object): object {
  return definition.stored?.read(written) ?? written;
}

/** Of a collection so many records are looked at. */
const SAMPLE = 1000;

/** Whether they share anything: trees, where they were not written to, or most of what is in one, by its first records. */
export function isAlike(one: Base, other: Base): boolean {
  return one.some((trees, place) => {
    const others = other[place];
    if (!others || trees.records.size === 0) return false;
    return trees === others || isMostlyShared(trees.records, others.records, SAMPLE);
  });
}
