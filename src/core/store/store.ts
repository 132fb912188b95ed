import { Clock } from '../values/clock.ts';
import type { Change, ChangePart, Collection, Collections, StateOf } from './collection.ts';
import type { Commit, Draft, MovedCounters, Note } from './commit.ts';
import { Failed } from '../wire/failure.ts';
import {
  cloneTrees,
  writeRecord,
  type Catalog,
  type Declared,
  type Numbering,
  type Roots,
  type Trees,
} from './roots.ts';
import { StoredCollection, type CollectionHolder } from './stored-collection.ts';

/** The open transaction. */
interface Transaction {
  /** One for each time that a record was put or deleted. */
  readonly writes: Change[];
  /** The values of moved counters before it. */
  counted: Map<string, number> | undefined;
  part: ChangePart;
  note: Note | undefined;
}

export interface TransactionOptions {
  /** Keep nothing even if it returns (HEAD). */
  readonly drop?: boolean | undefined;
  /** Makes writes in reaction to the changes, if any. They count as `admit`. */
  readonly follow?: ((changes: readonly Change[]) => void) | undefined;
  /** Receives the changes before they are kept; if it throws, nothing is kept. */
  readonly inspect?: ((draft: Draft) => void) | undefined;
}

/** Changes without a commit of their own. */
export interface Carried {
  readonly changes: readonly Change[];
  readonly counters: MovedCounters;
}

const NO_CHANGES: readonly Change[] = [];
const NOTHING_CARRIED: Carried = { changes: NO_CHANGES, counters: [] };
const OUTSIDE = 'State can be written inside a transaction only.';

/**
 * The state of one sandbox on copy-on-write trees. Keeping a state means keeping its roots, and restoring it means
 * putting them in again; both cost the same at any size. A transaction writes in place and, if it fails, undoes its
 * writes one by one.
 */
export class Store implements CollectionHolder {
  readonly clock = new Clock();
  readonly #catalog: Catalog;
  #collections: Trees[] = [];
  /** The places of collections whose trees are not shared. */
  readonly #owned = new Set<number>();
  #counters: ReadonlyMap<string, number> = new Map();
  /** The counters, once they are not shared. */
  #ownCounters: Map<string, number> | undefined;
  #numbering: { -readonly [N in keyof Numbering]: Numbering[N] } = { requests: 0, commits: 0, entries: 0 };
  #randomSeed = 0;
  #open: Transaction | undefined;
  /** Grows with every write, so that a list notices a write after it was opened. */
  #written = 0;
  /** A number for each collection, by place, that grows with its changes. */
  #versions: number[] = [];
  /** What has been written since the last commit and is not part of one, by record. */
  #carried = new Map<string, Change>();
  /** Counters that have moved since the last commit. */
  readonly #moved = new Set<string>();

  constructor(catalog: Catalog, roots: Roots = catalog.empty) {
    this.#catalog = catalog;
    this.restore(roots);
  }

  /** The current state, to be restored later, here or in another store of the same catalog. */
  get roots(): Roots {
    this.#owned.clear();
    this.#ownCounters = undefined;
    return {
      collections: [...this.#collections],
      counters: this.#counters,
      numbering: { ...this.#numbering },
      clock: this.clock.state,
      randomSeed: this.#randomSeed,
    };
  }

  get randomSeed(): number {
    return this.#randomSeed;
  }

  /** Puts other roots in. Not inside a transaction. */
  restore(roots: Roots): void {
    if (this.#open) throw new Error('A store cannot be restored inside a transaction.');
    this.#collections = [...roots.collections];
    this.#versions = this.#versions.map((version) => version + 1);
    this.#owned.clear();
    this.#counters = roots.counters;
    this.#ownCounters = undefined;
    this.#numbering = { ...roots.numbering };
    this.#randomSeed = roots.randomSeed;
    this.clock.restore(roots.clock);
    this.#carried.clear();
    this.#moved.clear();
  }

  /** Runs `work` and keeps what it wrote, or nothing of it when it throws or gives a failure that commits nothing. */
  transaction<T>(
    work: () => T,
    { drop = false, follow, inspect }: TransactionOptions = {},
  ): { readonly result: T; readonly changes: readonly Change[] } {
    const open = this.#begin('own');
    let kept = false;
    try {
      const result = work();
      if (drop || (result instanceof Failed && !result.commits)) return { result, changes: NO_CHANGES };
      let changes = this.#toChanges(open.writes);
      if (follow && changes.length > 0) {
        open.part = 'admit';
        const { length } = open.writes;
        follow(changes);
        if (open.writes.length > length) changes = this.#toChanges(open.writes);
      }
      inspect?.({ changes, note: open.note });
      kept = true;
      return { result, changes };
    } finally {
      this.#finish(open, kept);
    }
  }

  /** Attributes writes of `work` to `admit`. */
  surround<T>(work: () => T): T {
    if (!this.#open) throw new Error(OUTSIDE);
    const { part } = this.#open;
    this.#open.part = 'admit';
    try {
      return work();
    } finally {
      this.#open.part = part;
    }
  }

  /** Writes without a commit; the next commit includes it. */
  drift<T>(work: () => T): T {
    const open = this.#begin('carried');
    let kept = false;
    try {
      const result = work();
      kept = true;
      return result;
    } finally {
      this.#finish(open, kept);
      if (kept) mergeWrites(open.writes, this.#carried);
    }
  }

  /** Whether records have been written that are not in any commit yet. */
  get hasCarried(): boolean {
    return this.#carried.size > 0;
  }

  /** What was written without a commit since the last call. */
  takeCarried(): Carried {
    if (this.#carried.size === 0 && this.#moved.size === 0) return NOTHING_CARRIED;
    const changes = this.#toChanges([...this.#carried.values()]);
    const counters = Array.from(this.#moved, (name): [string, number] => [name, this.#count(name)]);
    this.#carried = new Map();
    this.#moved.clear();
    return { changes, counters };
  }

  /** Repeats what a commit did, or part of it. */
  replay(
    changes: Iterable<readonly [declared: Declared, key: string, after: object | undefined]>,
    counters: Iterable<readonly [name: string, value: number]>,
  ): void {
    this.#putAll([...changes]);
    for (const [name, value] of counters) {
      if (name === REQUESTS) this.#numbering.requests = value;
      else this.#setCount(name, value);
    }
  }

  /** Deletes all records first: if two exchanged keys of a look-up, no order of single writes would work. */
  #putAll(changes: readonly (readonly [declared: Declared, key: string, after: object | undefined])[]): void {
    const open = this.#begin('own');
    let kept = false;
    try {
      if (changes.length > 1) for (const [declared, key] of changes) this.write(declared, key, undefined);
      for (const [declared, key, after] of changes) this.write(declared, key, after);
      kept = true;
    } finally {
      this.#finish(open, kept);
    }
  }

  /** Sets the last used numbers; later requests, commits and entries continue after them. */
  renumber(numbering: Partial<Numbering>): void {
    this.#numbering = { ...this.#numbering, ...numbering };
  }

  /**
   * Undoes the newest commit. Writes that it only carried stay, and the next commit carries them. Ids are not used
   * again.
   */
  takeBack({ changes, entries, seq }: Commit, counters: MovedCounters): void {
    const carried: Change[] = [];
    const undone: [Declared, string, object | undefined][] = [];
    for (const change of changes) {
      if (change.part === 'carried') carried.push(change);
      else {
        this.#carried.delete(toRecordId(change));
        undone.push([this.#catalog.get(change.provider, change.collection), change.key, change.before]);
      }
    }
    this.#putAll(undone);
    if (carried.length > 0) {
      const later = [...this.#carried.values()];
      this.#carried = new Map();
      mergeWrites([...carried, ...later], this.#carried);
    }
    for (const [name] of counters) this.#moved.add(name);
    this.#numbering.commits = seq - 1;
    this.#numbering.entries -= entries;
  }

  /** Adds a memo or a key to the ledger entries of the transaction under way. */
  note(note: Note): void {
    if (!this.#open) throw new Error(OUTSIDE);
    this.#open.note = this.#open.note ? { ...this.#open.note, ...note } : note;
  }

  #begin(part: ChangePart): Transaction {
    if (this.#open) throw new Error('A transaction cannot be opened inside another one.');
    return (this.#open = { writes: [], counted: undefined, part, note: undefined });
  }

  #finish({ writes, counted }: Transaction, kept: boolean): void {
    this.#open = undefined;
    if (kept) {
      if (counted) for (const name of counted.keys()) this.#moved.add(name);
      return;
    }
    for (let at = writes.length - 1; at >= 0; at -= 1) {
      const write = writes[at];
      if (write) this.#putBack(write);
    }
    if (counted) for (const [name, value] of counted) this.#setCount(name, value);
  }

  #putBack({ provider, collection, key, before }: Change): void {
    const declared = this.#catalog.get(provider, collection);
    this.#touch(declared.place);
    writeRecord(declared, this.#ownTrees(declared.place), key, before);
  }

  /** The changes that a list of writes adds up to: a record that was written twice changed once. */
  #toChanges(writes: readonly Change[]): readonly Change[] {
    if (writes.length <= 1) return toEffective(writes);
    const merged = new Map<string, Change>();
    mergeWrites(writes, merged);
    return toEffective([...merged.values()]);
  }

  /** The next number of a named count, from 0. Part of the transaction. */
  next(counter: string): number {
    const value = this.#count(counter);
    this.#move(counter, value + 1);
    return value;
  }

  /** Raises a named count to at least `value`. Part of the transaction. */
  raise(counter: string, value: number): void {
    this.#move(counter, Math.max(this.#count(counter), value));
  }

  /** Sets a named count to `value`, even if that is lower. Part of the transaction. */
  setCounter(counter: string, value: number): void {
    this.#move(counter, value);
  }

  get counters(): ReadonlyMap<string, number> {
    return this.#counters;
  }

  /** The next number of requests, commits or entries, from 1. No transaction takes it back. */
  number(of: keyof Numbering): number {
    return (this.#numbering[of] += 1);
  }

  get numbering(): Numbering {
    return this.#numbering;
  }

  #move(counter: string, value: number): void {
    if (!this.#open) throw new Error(OUTSIDE);
    const counted = (this.#open.counted ??= new Map<string, number>());
    if (!counted.has(counter)) counted.set(counter, this.#count(counter));
    this.#setCount(counter, value);
  }

  #count(counter: string): number {
    return this.#counters.get(counter) ?? 0;
  }

  #setCount(counter: string, value: number): void {
    if (!this.#ownCounters) this.#counters = this.#ownCounters = new Map(this.#counters);
    if (value === 0) this.#ownCounters.delete(counter);
    else this.#ownCounters.set(counter, value);
  }

  /**
   * One provider's collections as its code sees them, valid for the life of the store.
   *
   * @param collections those that the catalog was made with; they carry the types
   */
  open<C extends Collections>(provider: string, collections: C): StateOf<C> {
    const opened: Record<string, Collection<object>> = {};
    for (const declared of this.#catalog.of(provider)) opened[declared.name] = new StoredCollection(this, declared);
    if (Object.keys(collections).some((name) => !opened[name])) {
      throw new RangeError(`The catalog does not hold the collections of "${provider}".`);
    }
    // The cast is safe: only the collections that `C` declares write records to these trees.
    return opened as unknown as StateOf<C>;
  }

  treesAt(place: number): Trees {
    const trees = this.#collections[place];
    if (!trees) throw new RangeError(`No collection ${place} is declared.`);
    return trees;
  }

  versionAt(place: number): number {
    return (this.#versions[place] ??= 0);
  }

  #touch(place: number): void {
    this.#versions[place] = this.versionAt(place) + 1;
  }

  write(declared: Declared, key: string, after: object | undefined): void {
    if (!this.#open) throw new Error(OUTSIDE);
    const { place } = declared;
    // Counted before it, because a write that throws may have moved keys and put them back.
    this.#written += 1;
    this.#touch(place);
    const before = writeRecord(declared, this.#ownTrees(place), key, after);
    const { provider, name: collection } = declared;
    this.#open.writes.push({ part: this.#open.part, provider, collection, key, before, after });
  }

  *guard(name: string, records: IterableIterator<object>): IterableIterator<object> {
    const written = this.#written;
    for (const record of records) {
      yield record;
      if (this.#written !== written)
        throw new Error(`"${name}" was written to while it was listed: copy the list first.`);
    }
  }

  /** Trees are copied when first written to after the roots were given or put in. */
  #ownTrees(place: number): Trees {
    const trees = this.treesAt(place);
    if (this.#owned.has(place)) return trees;
    this.#owned.add(place);
    return (this.#collections[place] = cloneTrees(trees));
  }
}

const REQUESTS = 'requests';

function toEffective(writes: readonly Change[]): readonly Change[] {
  const effective = writes.filter(isEffective);
  return effective.length > 0 ? effective : NO_CHANGES;
}

/** Whether a write changed anything: a record that was put and deleted again did not change. */
function isEffective({ before, after }: Change): boolean {
  return before !== after;
}

/** Identifies a record among those of all collections. */
function toRecordId({ provider, collection, key }: Pick<Change, 'provider' | 'collection' | 'key'>): string {
  return `${provider}\0${collection}\0${key}`;
}

/** Adds writes to those of before, one for each record. */
function mergeWrites(writes: readonly Change[], into: Map<string, Change>): void {
  for (const write of writes) {
    const id = toRecordId(write);
    const earlier = into.get(id);
    const part = earlier?.part === 'own' ? 'own' : write.part;
    into.set(id, earlier ? { ...write, before: earlier.before, part } : write);
  }
}
