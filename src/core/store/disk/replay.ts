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
import { Unread, type Difference } from '../tree.ts';
import type { Document, RecordEntry, SandboxEntry, SeedEntry, SnapshotEntry } from './document.ts';
import { readChange, type LogEntry, type WrittenChange, type WrittenCommit } from './entries.ts';
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

export interface ReplayOptions {
  readonly catalog: Catalog;
  /** The version of the emulator that reads. */
  readonly emulator: string;
  /** Called for each part of the state that cannot be put together and is left out; without it, it is thrown. */
  readonly onUnfit?: (what: string) => void;
}

/** Makes sandboxes from a document, and applies the entries of a log to them. */
export class Replay {
  readonly seeds = new Map<string, Base>();
  readonly #catalog: Catalog;
  readonly #emulator: string;
  readonly #onUnfit: ((what: string) => void) | undefined;
  readonly #sandboxes = new Map<string, Sandbox>();
  /** Whether the last entry is that of an emulator that was stopped in good order. */
  #isClosed = false;

  constructor({ catalog, emulator, onUnfit }: ReplayOptions) {
    this.#catalog = catalog;
    this.#emulator = emulator;
    this.#onUnfit = onUnfit;
  }

  /** @throws if something in it does not fit */
  start({ entries, emulator }: Document): void {
    let part: Part | undefined;
    let records: RecordEntry[] | undefined;
    const isOwn = emulator === this.#emulator;
    const end = (): void => {
      const ended = part;
      if (!ended) return;
      this.#attempt(() => {
        try {
          this.#addPart(ended, isOwn);
        } catch (error) {
          throw new Error(`${describe(ended.entry)} cannot be put together: ${toMessage(error)}`);
        }
      });
    };
    for (const entry of entries) {
      if ('key' in entry) records?.push(entry);
      else if ('provider' in entry) {
        const declared = this.#catalog.find(entry.provider, entry.collection);
        if (!declared) this.#attempt(() => this.#catalog.get(entry.provider, entry.collection));
        records = declared && [];
        if (declared && records) part?.collections.set(declared, records);
      } else {
        end();
        part = { entry, collections: new Map() };
        records = undefined;
      }
    }
    end();
  }

  /** @throws if the entry does not fit what came before it */
  apply(entry: LogEntry): void {
    const wasClosed = this.#isClosed;
    this.#isClosed = 'closed' in entry;
    if ('opened' in entry) {
      if (!wasClosed) this.#skip();
    } else if ('seed' in entry)
      this.#attempt(() => {
        this.#addToSeed(entry.seed, entry.from, entry.changes);
      });
    else if ('deleted' in entry) this.#sandboxes.delete(entry.sandbox);
    else if ('snapshot' in entry)
      this.#attempt(() => {
        this.#take(entry.sandbox, entry.snapshot, entry.at);
      });
    else if ('seq' in entry)
      this.#attempt(() => {
        this.#commit(entry);
      });
    else if ('counters' in entry) {
      this.#attempt(() => {
        this.#getSandbox(entry.sandbox).store.replay([], Object.entries(entry.counters));
      });
    }
  }

  /** Runs work that may find that something does not fit. */
  #attempt(work: () => void): void {
    if (!this.#onUnfit) {
      work();
      return;
    }
    try {
      work();
    } catch (error) {
      this.#onUnfit(toMessage(error));
    }
  }

  /** The sandboxes at the end. */
  finish(): ReadonlyMap<string, Kept> {
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

  #addPart({ entry, collections }: Part, isOwn: boolean): void {
    const id = 'from' in entry ? entry.from : entry.seed;
    const base = this.#getBase(id);
    const trees = base.map((before, place) => {
      const declared = this.#catalog.declared[place];
      const records = declared && collections.get(declared);
      return records ? this.#toTrees(declared, before, records, isOwn) : before;
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

  #toTrees(declared: Declared, before: Trees, records: readonly RecordEntry[], isOwn: boolean): Trees {
    const isAll = before.records.size === 0;
    if (isAll && isOwn && records.length >= MANY) {
      return fillTreesLazily(
        declared,
        records.map(({ key }) => key),
        records.map((entry) => new UnreadRecord(declared, entry)),
      );
    }
    const differences: [key: string, record: object | undefined][] = [];
    for (const { key, record } of records) {
      this.#attempt(() => {
        differences.push([key, record === null ? undefined : readRecord(declared, key, record)]);
      });
    }
    const all = differences.flatMap(([, record]) => record ?? []);
    if (isAll && all.length === differences.length) {
      return fillTrees(
        declared,
        differences.map(([key]) => key),
        all,
      );
    }
    return changeTrees(declared, before, differences);
  }

  #getBase(id: string | null): Base {
    const base = id === null ? this.#catalog.empty.collections : this.seeds.get(id);
    if (!base) throw new Error(`There is no seed ${id ?? ''}.`);
    return base;
  }

  #addToSeed(id: string, from: string | null, changes: readonly WrittenChange[]): void {
    const begun = this.seeds.get(id) ?? this.#getBase(from);
    const byCollection = new Map<Declared, Difference<object>[]>();
    for (const change of changes) {
      const [declared, key, written] = readChange(change, this.#catalog, findNothing);
      const differences = byCollection.get(declared) ?? [];
      byCollection.set(declared, differences);
      differences.push([key, written === null ? undefined : readRecord(declared, key, written)]);
    }
    this.seeds.set(
      id,
      begun.map((trees, place) => {
        const declared = this.#catalog.declared[place];
        const differences = declared && byCollection.get(declared);
        return differences ? changeTrees(declared, trees, differences) : trees;
      }),
    );
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
    store.replay(this.#readChanges(changes, store), Object.entries(counters));
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
    store: Store,
  ): IterableIterator<readonly [declared: Declared, key: string, after: object | undefined]> {
    const find = ({ place }: Declared, key: string): object | undefined => store.treesAt(place).records.get(key);
    for (const change of changes) {
      const [provider, collection, key] = change;
      try {
        const [declared, , written] = readChange(change, this.#catalog, find);
        yield [declared, key, written === null ? undefined : readRecord(declared, key, written)];
      } catch (error) {
        const why = `${provider}/${collection} ${key}: ${toMessage(error)}`;
        if (!this.#onUnfit) throw new Error(why);
        this.#onUnfit(why);
      }
    }
  }
}

function describe(entry: Part['entry']): string {
  if ('from' in entry) return `Seed ${entry.seed}`;
  return 'of' in entry ? `Snapshot "${entry.snapshot}" of sandbox "${entry.of}"` : `Sandbox "${entry.sandbox}"`;
}

/** A seed has no records but its own. */
function findNothing(): undefined {
  return undefined;
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
