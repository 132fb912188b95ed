import type { Collections, StateOf } from '../store/collection.ts';
import type { Account } from '../store/balance-book.ts';
import type { Commit, TransactionCause } from '../store/commit.ts';
import { CORE, type DueItem } from '../store/due.ts';
import { Feed } from '../store/feed.ts';
import { Ledger, type Posting } from '../store/ledger.ts';
import type { Base, Kept, Snapshot } from '../store/disk/kept.ts';
import type { Roots } from '../store/roots.ts';
import { Store } from '../store/store.ts';
import { Faults } from '../faults/armed-rules.ts';
import type { Context, ProviderTypes } from '../provider/call.ts';
import type { Provider } from '../provider/provider.ts';
import type { Clock, Instant } from '../values/clock.ts';
import { Chance } from '../values/random.ts';
import { Commits } from './commits.ts';
import { coreCollections } from './core-collections.ts';
import { DueItems, isDueItem } from './due-items.ts';
import { createDueRun } from './due-run.ts';
import { EventLog } from './event-log.ts';
import type { Journal } from './journal.ts';
import { toBeginning, type Origin, type Replacement } from './origin.ts';
import { keepLasting } from './lasting.ts';
import { OpenStreams } from './open-streams.ts';
import { Recording } from './recording.ts';
import type { Seed } from './seed.ts';
import type { SharedBy } from './shared.ts';
import { TopicCache } from './topic-cache.ts';
import { Snapshots } from './snapshots.ts';
import { Timekeeper } from './timekeeper.ts';
import { Topics, toTopics } from './topics.ts';
import type { Outcome, Surround, TransactionOptions } from './transaction.ts';
import { SandboxPersistence } from './sandbox-persistence.ts';
import { Usage } from './usage.ts';
import { Waits } from './waits.ts';
import { isDelivery } from './webhooks/delivery.ts';
import { Webhooks } from './webhooks/dispatch.ts';
import { walkTo } from './webhooks/walk.ts';
import { Workspaces, type Workspace } from './workspace.ts';
import { Windows } from './windows.ts';

/** What all sandboxes of an emulator share. */
export type Shared = SharedBy<Sandbox>;

type Records = StateOf<Collections>;

/** An isolated state: records, clock, randomness, ids, rules, journal and ledger. */
export class Sandbox implements Kept {
  readonly name: string;
  /** The ids of all providers whose state it holds, installed or not. */
  readonly providers: readonly string[];
  readonly feed: Feed;
  readonly journal: Journal;
  /** What a replay of it needs. */
  readonly recording: Recording;
  readonly ledger: Ledger;
  /** Everything that happens, in order, for `GET /events`. */
  readonly events: EventLog;
  readonly streams: OpenStreams;
  /** Rate limits, by client. */
  readonly windows: Windows;
  /** The streams that clients listen to. */
  readonly topics: Topics;
  readonly faults: Faults;
  /** The topics of its providers as last rendered, by provider and topic. */
  readonly topicCache = new TopicCache();
  readonly waits = new Waits();
  /** Writes its commits to disk. */
  readonly persistence: SandboxPersistence;
  readonly time: Timekeeper;
  /** Webhooks to its subscriptions. */
  readonly webhooks: Webhooks;
  readonly usage: Usage;
  readonly #shared: Shared;
  readonly #store: Store;
  readonly #workspaces: Workspaces;
  readonly #due: DueItems;
  #ownSeed: Seed | undefined;
  #generation = 0;
  #beginnings = 0;
  #acts = 0;
  readonly #snapshots: Snapshots;
  readonly #commits: Commits;

  /** @param origin its saved state, or the source of a fork; if left out, it starts from the seed */
  constructor(name: string, shared: Shared, origin?: Origin) {
    this.name = name;
    this.#shared = shared;
    this.usage = new Usage(origin !== undefined);
    this.#ownSeed = origin?.ownSeed;
    this.#store = new Store(shared.catalog);
    this.#workspaces = new Workspaces(shared, this.#store);
    this.#store.clock.restore({ frozenAt: shared.seed.clock, offset: 0 });
    const roots = origin?.roots ?? shared.seed.roots(this.clock.now());
    this.#store.restore(roots);
    this.providers = [...new Set([...(origin?.providers ?? []), ...shared.providers.keys()])];
    const { due, rules, windows, ...records } = this.#store.open(CORE, coreCollections);
    this.#due = new DueItems(due, () => {
      shared.logger.error({ sandbox: name }, 'too many scheduled items at once; the rest waits');
    });
    this.time = new Timekeeper({
      clock: this.#store.clock,
      due: this.#due,
      happen: createDueRun(this, shared, this.#dropDue.bind(this)),
      moved: (undo) => {
        this.#commits.append({ kind: 'clock', to: this.clock.state }, this.clock.now(), { undo });
      },
      next: () => this.webhooks.nextAt,
      wake: (delay) => {
        shared.plan(this, delay);
      },
    });
    this.windows = new Windows(this.#store, windows);
    this.faults = new Faults(this.#store, rules);
    this.persistence = new SandboxPersistence(name, this.providers, shared.disk);
    this.#snapshots = new Snapshots(origin?.snapshots, this.persistence);
    this.events = new EventLog(shared.history, this.persistence);
    this.feed = new Feed(shared.history, this.events);
    this.ledger = new Ledger(this.feed);
    this.recording = new Recording(name, shared, () => this.#store.numbering.requests);
    this.journal = this.recording.openJournal(shared.journalSize, this.events.forget, () => {
      shared.onForget?.(this);
    });
    this.streams = new OpenStreams(this.clock, this.events);
    this.topics = new Topics(shared.logger, (tell) => {
      this.persistence.whenKept(tell);
    });
    this.#commits = new Commits({
      store: this.#store,
      book: shared.book,
      feed: this.feed,
      persistence: this.persistence,
      base: origin?.base ?? roots.collections,
      onRules: () => {
        this.faults.forgetPlans();
      },
      onUndone: () => {
        this.topicCache.clear();
        this.time.plan();
      },
    });
    this.webhooks = new Webhooks(this, { ...shared, store: this.#store, records, act: this.#act.bind(this) });
    this.feed.listen(this.#follow);
    this.feed.listen(this.recording.follow);
    const start = this.#commits.open(origin?.from ? 'fork' : 'start', origin?.from);
    if (!origin || origin.from) this.persistence.begin(start.item, this.base);
  }

  get clock(): Pick<Clock, 'now' | 'frozen' | 'state'> {
    return this.#store.clock;
  }

  /** Whether requests are in progress, or clients listen. */
  get isBusy(): boolean {
    return this.usage.isBusy || this.topics.size > 0 || this.events.size > 0;
  }

  /** Ends a request to it. @param wasLetIn whether its credential was accepted */
  leave(wasLetIn: boolean): void {
    this.usage.end(wasLetIn);
    if (wasLetIn) this.persistence.introduce();
  }

  /** Grows with every reset. Work of an earlier generation is abandoned. */
  get generation(): number {
    return this.#generation;
  }

  /** How many times ids have started again. */
  get beginnings(): number {
    return this.#beginnings;
  }

  get randomSeed(): number {
    return this.#store.randomSeed;
  }

  /** The number of the newest commit. */
  get seq(): number {
    return this.#store.numbering.commits;
  }

  get roots(): Roots {
    return this.#store.roots;
  }

  /** The collections that it shares with all that started from the same state. */
  get base(): Base {
    return this.#commits.base;
  }

  /** The seed for resets. */
  get seed(): Seed {
    return this.#ownSeed ?? this.#shared.seed;
  }

  /** The seed that it was given as its own, if any. */
  get ownSeed(): Seed | undefined {
    return this.#ownSeed;
  }

  /** The id of the next exchange. Requests to the control API have ids of their own, so that they do not change those of a run. */
  nextRequestId(): string {
    const number = this.#store.number('requests');
    this.persistence.count(number);
    return `${this.name}-${number}`;
  }

  nextActId(): string {
    return `${this.name}-act-${(this.#acts += 1)}`;
  }

  optionsOf(provider: string): Workspace['options'] {
    return this.#workspaces.get(provider).options;
  }

  stateOf(provider: string): Records {
    return this.#workspaces.get(provider).state;
  }

  /** Returns what a provider's code may read outside a transaction. */
  viewOf(provider: string): Pick<Workspace, 'state' | 'options'> {
    const { state, options } = this.#workspaces.get(provider);
    return { state, options };
  }

  read<T>(provider: string, look: (context: Pick<Context<ProviderTypes>, 'state' | 'options' | 'now'>) => T): T {
    return look({ ...this.viewOf(provider), now: this.time.reached });
  }

  /** Returns the next value of a random stream. */
  chance(stream: string): Chance {
    return new Chance(
      this.randomSeed,
      stream,
      this.#store.drift(() => this.#store.next(stream)),
    );
  }

  /**
   * Resets everything to the seed: state, clock, randomness, ids, scheduled items, faults, journal and ledger. Costs the same
   * at any size.
   *
   * @param keepFaults keeps fault rules and their counters
   * @param own its own seed from now on
   */
  reset(keepFaults = false, own = this.#ownSeed): void {
    const seed = own ?? this.#shared.seed;
    this.#replace({ how: 'reset', ...toBeginning(seed), ownSeed: own, keepFaults, isAnew: true });
  }

  /**
   * Replaces all state at once, as a reset does, but keeps the journal and continues all numbers.
   *
   * @param keepFaults keeps fault rules and their counters
   */
  import(roots: Roots, keepFaults: boolean): void {
    this.#replace({ how: 'import', roots, base: roots.collections, keepFaults });
  }

  /** Resets it to a seed of its own, but keeps the journal and continues all numbers. */
  replant(own: Seed): void {
    this.#replace({ how: 'import', ...toBeginning(own), ownSeed: own });
  }

  get snapshots(): ReadonlyMap<string, Snapshot> {
    return this.#snapshots.byName;
  }

  /** Saves its state under a name, replacing any snapshot of that name. Costs the same at any size. */
  takeSnapshot(name: string): Snapshot {
    this.settle('takeSnapshot');
    const { providers } = this;
    const taken: Snapshot = { at: this.clock.now(), roots: this.roots, base: this.base, providers };
    this.#snapshots.put(name, taken);
    return taken;
  }

  dropSnapshot(name: string): void {
    this.#snapshots.delete(name);
  }

  /** Restores a snapshot as an import does. @param name of an existing snapshot */
  restore(name: string): void {
    const snapshot = this.snapshots.get(name);
    if (!snapshot) throw new RangeError(`Snapshot "${name}" does not exist.`);
    const { roots, base } = snapshot;
    this.#replace({ how: 'restore', roots, base, from: { sandbox: this.name, snapshot: name } });
  }

  /** Becomes a fork of a sandbox or a snapshot, with numbers, journal and ledger of its own. */
  remake({ roots, base, from, ownSeed }: Origin): void {
    this.#replace({ how: 'fork', roots, base, from, ownSeed, isAnew: true });
  }

  /** Commits changes that are not in any commit yet, so that its roots hold nothing that the feed lacks. */
  settle(operation: string): void {
    if (this.#store.hasCarried) this.#commits.append({ kind: 'act', operation }, this.clock.now());
  }

  #replace(replacement: Replacement): void {
    const { how, roots, base, from, keepFaults = false, isAnew = false } = replacement;
    this.#generation += 1;
    this.waits.endAll();
    const ownSeed = this.#ownSeed;
    const undo = (): void => {
      this.#ownSeed = ownSeed;
    };
    const before = { roots: this.roots, base: this.base, undo };
    if ('ownSeed' in replacement) this.#ownSeed = replacement.ownSeed;
    const now = this.clock.now();
    const numbered = isAnew ? roots : { ...roots, numbering: before.roots.numbering };
    const replaced = keepLasting(numbered, before.roots, this.#shared.catalog, keepFaults);
    this.#store.restore(replaced);
    // Rules do not expire because the clock was replaced.
    if (keepFaults) this.#store.drift(() => this.faults.shift(this.clock.now() - now));
    if (isAnew) {
      this.#beginnings += 1;
      this.#acts = 0;
      this.journal.clear();
      this.feed.clear();
      this.events.clear();
    }
    // If parts of the old state were kept, the state is not that of the source.
    this.#commits.replace(how, base, before, replaced.collections === roots.collections ? from : undefined);
  }

  /** Stops it for a deletion: exchanges that wait are not answered, and no scheduled item runs. */
  halt(): void {
    this.#generation += 1;
    this.webhooks.restart();
    this.waits.endAll();
    this.#shared.plan(this, undefined);
  }

  /** Undoes `halt` if the deletion could not be stored. */
  resume(): void {
    this.webhooks.wake();
    this.time.plan();
  }

  /** Stores what no commit includes, before the process ends. */
  storeDrift(): void {
    this.persistence.storeDrift(this.#store.takeCarried(), this.#store.numbering.requests);
  }

  /** Ends exchanges that wait, without an answer, and forgets everything. */
  close(): void {
    this.waits.close();
    this.webhooks.close();
    this.topics.close();
    this.#shared.plan(this, undefined);
    this.recording.close();
    this.journal.clear();
    this.feed.clear();
    this.events.close();
  }

  /** Runs a provider's code in one transaction, which makes a commit if it changes anything. */
  transaction<T>(
    provider: Provider,
    cause: TransactionCause,
    work: (context: Context<ProviderTypes>, surround: Surround) => T,
    { at = this.clock.now(), drop, brought = 0 }: TransactionOptions = {},
  ): Outcome<T> {
    const context = { ...this.#workspaces.get(provider.id), now: at };
    let posting: Posting | undefined;
    const { result, changes } = this.#store.transaction(() => work(context, this.#surround), {
      drop,
      follow: provider.webhooks?.isAwaited(context.state)
        ? (changed) => {
            this.webhooks.take(provider, changed, context);
          }
        : undefined,
      inspect: (draft) => {
        posting = this.#commits.prepare(provider.id, draft);
      },
    });
    if (changes.length === 0) return { result, commit: undefined };
    return { result, commit: this.#commits.append(cause, at, { changes, posting, brought }) };
  }

  readonly #surround: Surround = (work) => this.#store.surround(work);

  /** Updates everything that depends on a commit. */
  readonly #follow = ({ cause, changes }: Commit): void => {
    const topics = toTopics(this.#shared.streaming, changes);
    const isAnother = cause.kind === 'replace' || cause.kind === 'clock';
    // Before streams are updated, so that they show the new state.
    if (isAnother) this.topicCache.clear();
    else this.topicCache.forget(topics);
    if (cause.kind === 'replace') {
      this.time.restart();
      this.topics.publishAll();
      this.webhooks.restart();
    } else if (changes.some(isDelivery)) this.webhooks.wake();
    if (isAnother || changes.some(isDueItem)) this.time.plan();
    this.topics.publish(topics);
  };

  /** Removes a scheduled item. @param cause makes that a commit of its own, for an item that failed */
  #dropDue(item: DueItem, cause: TransactionCause | undefined): void {
    const drop = (): void => {
      this.#due.delete(item);
    };
    if (!cause) drop();
    else this.#commits.append(cause, item.at, { changes: this.#store.transaction(drop).changes });
  }

  /** Changes fault rules, in a commit. */
  changeFaults<T>(operation: string, change: (faults: Faults) => T): T {
    const result = this.#act(operation, () => change(this.faults));
    this.faults.forgetPlans();
    this.waits.gates.keepOnly((rule) => this.faults.find(rule.id)?.rule === rule);
    return result;
  }

  #act<T>(operation: string, work: () => T): T {
    const { result, changes } = this.#store.transaction(work);
    if (changes.length > 0) this.#commits.append({ kind: 'act', operation }, this.clock.now(), { changes });
    return result;
  }

  /** Yields every balance of every provider. */
  accounts(): IterableIterator<Account> {
    return this.#shared.book.listAccounts((place) => this.#store.treesAt(place));
  }

  /** Yields every balance at the start of the ledger; `undefined` if its oldest entries have been forgotten. */
  openingAccounts(): IterableIterator<Account> | undefined {
    const { opening } = this.ledger;
    return opening && this.#shared.book.listAccounts((place) => opening.collections[place]);
  }

  /** The id of the first ledger entry that is kept, if older ones have been forgotten. */
  get ledgerFrom(): number | undefined {
    return this.ledger.from(this.#store.numbering.entries + 1);
  }

  /** Runs everything that is due by now, in order, each item at its own instant. @returns the instant now */
  catchUp(): Instant {
    const now = this.time.catchUp();
    if (this.webhooks.queue.size > 0) this.webhooks.pump();
    return now;
  }

  /**
   * Moves the clock. If any subscription receives webhooks, it stops at each instant until the webhooks that are due then
   * have been answered.
   */
  moveTo(instant: Instant): void | Promise<void> {
    if (this.webhooks.isInUse((id) => this.stateOf(id))) return walkTo(instant, this, this.#generation);
    this.time.moveTo(instant);
  }
}
