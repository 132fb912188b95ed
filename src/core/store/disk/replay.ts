import { parseInstant } from '../../values/clock.ts';
import { toMessage } from '../../values/message.ts';
import type { StateSource } from '../commit.ts';
import { changeTrees, type Catalog, type Declared, type Roots } from '../roots.ts';
import { Store } from '../store.ts';
import type { Difference } from '../tree.ts';
import { readChange, type LogEntry, type WrittenChange, type WrittenCommit } from './entries.ts';
import { readClock, readRecord, readRest, type Base, type Kept, type Snapshot } from './kept.ts';

/** Request ids that are passed over after a crash: those of requests that changed nothing may have been told. */
const SKIPPED = 1000;

/** A sandbox of which lines are read. */
interface Sandbox {
  readonly store: Store;
  readonly base: Base;
  readonly providers: readonly string[];
  readonly snapshots: Map<string, Snapshot>;
}

/** Does what the lines of a log say to what the document held. */
export class Replay {
  readonly seeds: Map<string, Base>;
  readonly #catalog: Catalog;
  readonly #sandboxes = new Map<string, Sandbox>();
  /** Lines of a seed that are not followed by its last one yet. */
  #isClosed: boolean;

  /** @param closed whether the emulator that wrote the document was stopped in good order then */
  constructor(
    catalog: Catalog,
    sandboxes: ReadonlyMap<string, Kept>,
    seeds: ReadonlyMap<string, Base>,
    closed: boolean,
  ) {
    this.#catalog = catalog;
    this.seeds = new Map(seeds);
    this.#isClosed = closed;
    for (const [name, { roots, base, providers, snapshots }] of sandboxes) {
      this.#sandboxes.set(name, { store: new Store(catalog, roots), base, providers, snapshots: new Map(snapshots) });
    }
  }

  /**
   * @param onUnfit told of each change of a commit that does not fit and is left out; without it none may be
   * @throws where the line does not fit what was there before it
   */
  apply(entry: LogEntry, onUnfit?: (why: string) => void): void {
    const wasClosed = this.#isClosed;
    this.#isClosed = 'closed' in entry;
    if ('opened' in entry) {
      if (!wasClosed) this.#skip();
    } else if ('seed' in entry) this.#addToSeed(entry.seed, entry.from, entry.changes);
    else if ('deleted' in entry) this.#sandboxes.delete(entry.sandbox);
    else if ('snapshot' in entry) this.#take(entry.sandbox, entry.snapshot, entry.at);
    else if ('seq' in entry) this.#commit(entry, onUnfit);
    else if ('counters' in entry) this.#getSandbox(entry.sandbox).store.replay([], Object.entries(entry.counters));
  }

  /** The number of the last commit of a sandbox; `undefined` where there is none of that name. */
  findCommits(sandbox: string): number | undefined {
    return this.#sandboxes.get(sandbox)?.store.numbering.commits;
  }

  /** What there is at the end. @param closed whether that end was one in good order */
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

  #addToSeed(id: string, from: string | null, changes: readonly WrittenChange[]): void {
    const begun = this.seeds.get(id) ?? (from === null ? this.#catalog.empty.collections : this.seeds.get(from));
    if (!begun) throw new Error(`There is no seed ${from ?? ''}.`);
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

  #commit(entry: WrittenCommit, onUnfit: ((why: string) => void) | undefined): void {
    const { sandbox: name, seq, at, cause, changes, counters, entries } = entry;
    const sandbox = cause.kind === 'replace' ? this.#begin(name, cause) : this.#getSandbox(name);
    const { store } = sandbox;
    store.replay(this.#readChanges(changes, store, onUnfit), Object.entries(counters));
    store.renumber({ commits: seq, entries });
    if (cause.kind === 'clock') store.clock.restore(readClock(cause.to));
    // What was due on the way of a clock that stands still happened when it had got there.
    const instant = parseInstant(at);
    if (cause.kind === 'due' && store.clock.frozen && store.clock.now() < instant) store.clock.freeze(instant);
    this.#sandboxes.set(name, sandbox);
  }

  #begin(name: string, { state, from }: Extract<WrittenCommit['cause'], { kind: 'replace' }>): Sandbox {
    const base = state.seed === null ? this.#catalog.empty.collections : this.seeds.get(state.seed);
    if (!base) throw new Error(`There is no seed ${state.seed ?? ''}.`);
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
    onUnfit: ((why: string) => void) | undefined,
  ): IterableIterator<readonly [declared: Declared, key: string, after: object | undefined]> {
    const find = ({ place }: Declared, key: string): object | undefined => store.treesAt(place).records.get(key);
    for (const change of changes) {
      const [provider, collection, key] = change;
      try {
        const [declared, , written] = readChange(change, this.#catalog, find);
        yield [declared, key, written === null ? undefined : readRecord(declared, key, written)];
      } catch (error) {
        const why = `${provider}/${collection} ${key}: ${toMessage(error)}`;
        if (!onUnfit) throw new Error(why);
        onUnfit(why);
      }
    }
  }
}

/** A seed says all of its records. */
function findNothing(): undefined {
  return undefined;
}
