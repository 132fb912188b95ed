import { parseInstant } from '../../values/clock.ts';
import { toMessage } from '../../values/message.ts';
import type { StateSource } from '../commit.ts';
import {
  changeTrees,
  fillTrees,
  fillTreesLazily,
  type Catalog,
  type Declared,
  type Roots,
  type Trees,
} from '../roots.ts';
import { Store } from '../store.ts';
import { Unread } from '../tree.ts';
import {
  describe,
  type DocumentEntry,
  type RecordEntry,
  type SandboxEntry,
  type SeedEntry,
  type SnapshotEntry,
} from './document.ts';
import type { LogEntry, WrittenChange, WrittenCommit } from './entries.ts';
import { readClock, readRecord, readRest, toRecord, type Base, type Kept, type Snapshot } from './kept.ts';

/** Request ids that are skipped after a crash: requests that changed nothing may have used them. */
const SKIPPED = 1000;

/** A document with so many records in one collection keeps them as they are written until they are used. */
const MANY = 10_000;

/** A sandbox of which lines are read. */
interface Sandbox {
  readonly store: Store;
  readonly base: Base;
  readonly providers: readonly string[];
  readonly snapshots: Map<string, Snapshot>;
}

/** A seed, sandbox or snapshot of which records are read. */
interface Part {
  readonly entry: SeedEntry | SandboxEntry | SnapshotEntry;
  readonly collections: Map<Declared, RecordEntry[]>;
}

/** Makes sandboxes from the entries of a document, and then of a log. */
export class Replay {
  readonly seeds = new Map<string, Base>();
  readonly #catalog: Catalog;
  readonly #onUnfit: ((what: string) => void) | undefined;
  readonly #sandboxes = new Map<string, Sandbox>();
  #part: Part | undefined;
  /** Of the collection that is being read. */
  #records: RecordEntry[] = [];
  /** Whether the last entry is that of an emulator that was stopped in good order. */
  #isClosed = false;

  /** @param onUnfit called for a seed, sandbox or snapshot that is left out; without it, an error is thrown */
  constructor(catalog: Catalog, onUnfit?: (what: string) => void) {
    this.#catalog = catalog;
    this.#onUnfit = onUnfit;
  }

  /** @throws if the entry does not fit what came before it */
  apply(entry: DocumentEntry | LogEntry): void {
    if ('key' in entry) {
      this.#records.push(entry);
      return;
    }
    this.#records = [];
    if ('collection' in entry) {
      this.#part?.collections.set(this.#catalog.get(entry.provider, entry.collection), this.#records);
      return;
    }
    this.#endPart();
    const wasClosed = this.#isClosed;
    this.#isClosed = 'closed' in entry;
    if ('from' in entry || 'numbering' in entry) this.#part = { entry, collections: new Map() };
    else if ('opened' in entry) {
      if (!wasClosed) this.#skip();
    } else if ('deleted' in entry) this.#sandboxes.delete(entry.sandbox);
    else if ('snapshot' in entry) this.#take(entry.sandbox, entry.snapshot, entry.at);
    else if ('seq' in entry) this.#commit(entry);
    else if ('changes' in entry) {
      const { store } = this.#getSandbox(entry.sandbox);
      store.replay(this.#readChanges(entry.changes), Object.entries(entry.counters));
    }
  }

  /** The sandboxes at the end. */
  finish(): ReadonlyMap<string, Kept> {
    this.#endPart();
    if (!this.#isClosed) this.#skip();
    return new Map(
      [...this.#sandboxes].map(([name, { store, ...others }]) => [name, { roots: store.roots, ...others }]),
    );
  }

  #skip(): void {
    for (const { store } of this.#sandboxes.values()) {
      store.renumber({ requests: store.numbering.requests + SKIPPED });
    }
  }

  /** Puts together what was read of a seed, sandbox or snapshot. */
  #endPart(): void {
    const part = this.#part;
    this.#part = undefined;
    if (!part) return;
    try {
      this.#addPart(part);
    } catch (error) {
      const why = `${describe(part.entry)} cannot be put together: ${toMessage(error)}`;
      if (!this.#onUnfit) throw new Error(why);
      this.#onUnfit(why);
    }
  }

  #addPart({ entry, collections }: Part): void {
    const base = this.#getBase('from' in entry ? entry.from : entry.seed);
    const trees = base.map((before, place) => {
      const declared = this.#catalog.declared[place];
      const records = declared && collections.get(declared);
      return records ? toTrees(declared, before, records) : before;
    });
    if ('from' in entry) {
      this.seeds.set(entry.seed, trees);
      return;
    }
    const { providers } = entry;
    const roots = readRest(entry, trees);
    if ('sandbox' in entry) {
      const store = new Store(this.#catalog, roots);
      this.#sandboxes.set(entry.sandbox, { store, base, providers, snapshots: new Map() });
    } else {
      const taken = { roots, base, providers, at: parseInstant(entry.at) };
      this.#getSandbox(entry.of).snapshots.set(entry.snapshot, taken);
    }
  }

  #getBase(id: string | null): Base {
    const base = id === null ? this.#catalog.empty.collections : this.seeds.get(id);
    if (!base) throw new Error(`There is no seed ${id ?? ''}.`);
    return base;
  }

  #getSandbox(name: string): Sandbox {
    const sandbox = this.#sandboxes.get(name);
    if (!sandbox) throw new Error(`There is no sandbox "${name}".`);
    return sandbox;
  }

  #take(name: string, snapshot: string, at: string | null): void {
    const { store, base, providers, snapshots } = this.#getSandbox(name);
    if (at === null) snapshots.delete(snapshot);
    else snapshots.set(snapshot, { roots: store.roots, base, providers, at: parseInstant(at) });
  }

  #commit(entry: WrittenCommit): void {
    const { sandbox: name, seq, at, cause, changes, counters, entries } = entry;
    const sandbox = cause.kind === 'replace' ? this.#begin(name, cause) : this.#getSandbox(name);
    const { store } = sandbox;
    store.replay(this.#readChanges(changes), Object.entries(counters));
    store.renumber({ commits: seq, entries });
    if (cause.kind === 'clock') store.clock.restore(readClock(cause.to));
    // A frozen clock that was moved had come as far as the scheduled item.
    const instant = parseInstant(at);
    if (cause.kind === 'due' && store.clock.frozen && store.clock.now() < instant) store.clock.freeze(instant);
    this.#sandboxes.set(name, sandbox);
  }

  #begin(name: string, { state, from }: Extract<WrittenCommit['cause'], { kind: 'replace' }>): Sandbox {
    const base = this.#getBase(state.seed);
    const collections = from ? this.#find(from).collections : base;
    return {
      store: new Store(this.#catalog, readRest(state, collections)),
      base,
      providers: state.providers,
      snapshots: this.#sandboxes.get(name)?.snapshots ?? new Map<string, Snapshot>(),
    };
  }

  #find({ sandbox, snapshot }: StateSource): Roots {
    const { store, snapshots } = this.#getSandbox(sandbox);
    if (snapshot === undefined) return store.roots;
    const taken = snapshots.get(snapshot);
    if (!taken) throw new Error(`The sandbox "${sandbox}" has no snapshot "${snapshot}".`);
    return taken.roots;
  }

  *#readChanges(
    changes: readonly WrittenChange[],
  ): IterableIterator<readonly [declared: Declared, key: string, after: object | undefined]> {
    for (const [provider, collection, key, written] of changes) {
      const declared = this.#catalog.get(provider, collection);
      yield [declared, key, written === null ? undefined : readRecord(declared, key, written)];
    }
  }
}

function toTrees(declared: Declared, before: Trees, records: readonly RecordEntry[]): Trees {
  const isAll = before.records.size === 0;
  const keys = records.map(({ key }) => key);
  if (isAll && records.length >= MANY) {
    const unread = records.map((entry) => new UnreadRecord(declared, entry));
    return fillTreesLazily(declared, keys, unread);
  }
  const read = records.map(({ key, record }) => (record === null ? undefined : readRecord(declared, key, record)));
  if (isAll && read.every((record) => record !== undefined)) return fillTrees(declared, keys, read);
  return changeTrees(
    declared,
    before,
    keys.map((key, at) => [key, read[at]]),
  );
}

class UnreadRecord extends Unread<object> {
  readonly #declared: Declared;
  readonly #entry: RecordEntry;

  constructor(declared: Declared, entry: RecordEntry) {
    super();
    this.#declared = declared;
    this.#entry = entry;
  }

  protected make(): object {
    return toRecord(this.#declared, this.#entry.record ?? {});
  }
}
