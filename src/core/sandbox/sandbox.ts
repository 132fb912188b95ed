import { Clock, type ClockState, type Instant } from '../values/clock.ts';
import { CORE, coreCollections, type DueItem } from '../store/due.ts';
import { toMessage } from '../values/message.ts';
import type { Rule } from '../faults/rule.ts';
import { Faults } from '../faults/armed-rules.ts';
import { createIds } from '../store/ids.ts';
import { Journal } from './journal.ts';
import { Windows } from './windows.ts';
import { Ledger, type Account, type BalanceBook, type LedgerEntry } from '../store/ledger.ts';
import type { Note } from '../store/note.ts';
import type { Logger } from '../values/logger.ts';
import type { Provider } from '../provider/provider.ts';
import type { Context, ProviderTypes } from '../provider/call.ts';
import type { OptionValues } from '../provider/options.ts';
import { randomBytes, toText } from '../values/random.ts';
import type { Seed } from './seed.ts';
import type { Change, Collections, StateOf } from '../store/collection.ts';
import type { Roots, Catalog } from '../store/roots.ts';
import { Topics } from './topics.ts';
import { Store } from '../store/store.ts';
import { Waits } from './waits.ts';

/** What all sandboxes of an emulator have in common. */
export interface Shared {
  readonly providers: ReadonlyMap<string, Provider>;
  readonly options: Readonly<Record<string, OptionValues<ProviderTypes['options']>>>;
  readonly schema: Catalog;
  readonly book: BalanceBook;
  readonly seed: Seed;
  /** That are armed in every sandbox from the start, and again after a reset. */
  readonly faults: readonly Rule[];
  readonly journalSize: number;
  readonly logger: Logger;
  /** Has the sandbox woken after so many milliseconds; `undefined` for not at all. */
  plan(sandbox: Sandbox, delay: number | undefined): void;
}

type State = StateOf<Collections>;

/** What of a transaction's context is the same for every transaction of one provider. */
type Workspace = Omit<Context<ProviderTypes>, 'now'>;

/** Due items that one call lets happen: some may have been made by others without end. */
const MOST_DUE = 100_000;

const NO_ENTRIES: readonly LedgerEntry[] = [];

/** What one transaction left behind. */
export interface Outcome<T> {
  readonly result: T;
  readonly changes: readonly Change[];
  readonly ledger: readonly LedgerEntry[];
}

export interface TransactionCause {
  /** The operation, control or due item, as the ledger will name it. */
  readonly operation: string;
  readonly requestId?: string;
  /** When it happens; the clock's now if left out. */
  readonly at?: Instant;
  /** Keep nothing even if it returns (HEAD). */
  readonly drop?: boolean;
}

/** An isolated copy of everything: state, clock, chance, ids, journal and ledger. */
export class Sandbox {
  readonly name: string;
  readonly clock: Clock;
  readonly journal: Journal;
  readonly ledger: Ledger;
  /** Of clients whose requests are limited. */
  readonly windows = new Windows();
  /** Of clients that listen. */
  readonly topics: Topics;
  readonly faults: Faults;
  readonly waits = new Waits();
  readonly #common: Shared;
  readonly #store: Store;
  readonly #workspaces: ReadonlyMap<string, Workspace>;
  readonly #due: StateOf<typeof coreCollections>['due'];
  /** Of the transaction under way. */
  #note: Note | undefined;
  #generation = 0;
  #beginnings = 0;
  #requests = 0;
  #acts = 0;

  constructor(name: string, common: Shared) {
    this.name = name;
    this.#common = common;
    this.clock = new Clock(common.seed.clock);
    this.journal = new Journal(common.journalSize);
    this.ledger = new Ledger(common.book);
    this.#store = new Store(common.schema, common.seed.roots(this.clock.now()));
    this.#due = this.#store.open(CORE, coreCollections).due;
    this.#workspaces = new Map([...common.providers].map(([id, provider]) => [id, this.#createWorkspace(provider)]));
    this.topics = new Topics(common.logger);
    this.faults = new Faults(common.faults, this.clock.now());
    if (this.#due.size > 0) this.plan();
  }

  /** Grows with every reset; work that began in an earlier one has nobody to report to. */
  get generation(): number {
    return this.#generation;
  }

  /** How often ids began anew. */
  get beginnings(): number {
    return this.#beginnings;
  }

  get randomSeed(): number {
    return this.#common.seed.randomSeed;
  }

  /** How often anything was written to its state. */
  get written(): number {
    return this.#store.written;
  }

  get roots(): Roots {
    return this.#store.roots;
  }

  /** The id of the next exchange. Ids of acts are counted apart, so that looking does not disturb a run. */
  nextRequestId(): string {
    return `${this.name}-${(this.#requests += 1)}`;
  }

  nextActId(): string {
    return `${this.name}-act-${(this.#acts += 1)}`;
  }

  optionsOf(provider: string): Workspace['options'] {
    return this.#workspaceOf(provider).options;
  }

  stateOf(provider: string): State {
    return this.#workspaceOf(provider).state;
  }

  /** What a provider's code may look at outside a transaction. */
  read<T>(provider: string, look: (context: Pick<Context<ProviderTypes>, 'state' | 'options' | 'now'>) => T): T {
    const { state, options } = this.#workspaceOf(provider);
    return look({ state, options, now: this.clock.now() });
  }

  /** The next 32 bytes of a stream of chance. */
  chance(stream: string): Buffer {
    const { result } = this.#store.transaction(() => this.#store.next(stream));
    return randomBytes(this.randomSeed, stream, result);
  }

  /**
   * Back to the seed: state, clock, chance, ids, due items, faults, journal and ledger. Costs the same at any size.
   *
   * @param keepFaults as they are, with how often they have fired
   */
  reset(keepFaults = false): void {
    this.#begin();
    this.#beginnings += 1;
    const before = this.clock.now();
    this.clock.restore({ frozenAt: this.#common.seed.clock, offset: 0 });
    this.journal.clear();
    this.ledger.clear();
    this.windows.clear();
    this.#requests = 0;
    this.#acts = 0;
    if (keepFaults) this.faults.shift(this.clock.now() - before);
    else this.faults.reset(this.#common.faults, this.clock.now());
    this.#store.restore(this.#common.seed.roots(this.clock.now()));
    this.plan();
    this.topics.publishAll();
  }

  /** Replaces all state at once, as reset does but with other roots. Journal and faults stay. */
  replace(roots: Roots, clock: ClockState): void {
    this.#begin();
    const before = this.clock.now();
    this.clock.restore(clock);
    this.faults.shift(this.clock.now() - before);
    this.ledger.clear();
    this.windows.clear();
    this.#store.restore(roots);
    this.plan();
    this.topics.publishAll();
  }

  /** Ends what waits, which is not answered any more. */
  close(): void {
    this.waits.close();
  }

  #begin(): void {
    this.#generation += 1;
    this.waits.endAll();
  }

  /** Runs a provider's code in one transaction and posts what it changed to the ledger. */
  transaction<T>(
    provider: Provider,
    cause: TransactionCause,
    work: (context: Context<ProviderTypes>) => T,
  ): Outcome<T> {
    const { state, options, random, ids, note, schedule } = this.#workspaceOf(provider.id);
    const at = cause.at ?? this.clock.now();
    this.#note = undefined;
    const context: Context<ProviderTypes> = { state, options, now: at, random, ids, note, schedule };
    let ledger = NO_ENTRIES;
    const { result, changes } = this.#store.transaction(
      () => work(context),
      cause.drop,
      (written) => {
        const { operation, requestId } = cause;
        if (written.length > 0) ledger = this.ledger.derive(written, { at, operation, requestId, note: this.#note });
      },
    );
    if (changes.length === 0) return { result, changes, ledger };
    this.ledger.post(ledger);
    if (changes.some((change) => change.provider === CORE)) this.plan();
    if (provider.streams) this.topics.publish(toTopics(provider, changes));
    return { result, changes, ledger };
  }

  #workspaceOf(provider: string): Workspace {
    const workspace = this.#workspaces.get(provider);
    if (!workspace) throw new RangeError(`There is no provider "${provider}".`);
    return workspace;
  }

  #createWorkspace({ id, collections }: Provider): Workspace {
    return {
      state: this.#store.open(id, collections),
      options: this.#common.options[id] ?? {},
      random: {
        text: (stream, alphabet, length) => {
          const name = `${id}/${stream}`;
          return toText(randomBytes(this.randomSeed, name, this.#store.next(name)), alphabet, length);
        },
      },
      ids: createIds(this.#store, id),
      note: (added) => {
        this.#note = { ...this.#note, ...added };
      },
      schedule: (at, kind, payload) => {
        this.#due.put({ at, seq: this.#store.next('due'), provider: id, kind, payload });
      },
    };
  }

  /** Every balance of every provider. */
  *accounts(): IterableIterator<Account> {
    for (const [id, { collections }] of this.#common.providers) {
      const state: Readonly<Record<string, { values(): Iterable<object> }>> = this.stateOf(id);
      for (const name of Object.keys(collections)) {
        for (const record of state[name]?.values() ?? []) yield* this.#common.book.accountsOf(id, name, record);
      }
    }
  }

  /** Has everything happen that is due by now, in order, each at its own instant; returns the instant now. */
  catchUp(): Instant {
    const now = this.clock.now();
    if (this.#due.size === 0) return now;
    for (const item of this.#takeDue(now)) this.#happen(item);
    this.plan();
    return now;
  }

  /** Moves the clock; where it moves ahead, what is due on the way happens. */
  moveTo(instant: Instant): void {
    for (const item of this.#takeDue(instant)) {
      if (item.at > this.clock.now()) this.clock.set(item.at);
      this.#happen(item);
    }
    this.clock.set(instant);
    this.plan();
  }

  /** Tells the waker when this sandbox's next due item comes up. */
  plan(): void {
    const next = this.clock.frozen ? undefined : this.#nextDue();
    this.#common.plan(this, next && next.at - this.clock.now());
  }

  /** In order, those included that come up on the way; the clock waits where there is no end of them. */
  *#takeDue(until: Instant): IterableIterator<DueItem> {
    for (let count = 0; count < MOST_DUE; count += 1) {
      const item = this.#nextDue();
      if (!item || item.at > until) return;
      yield item;
    }
    this.#common.logger.error({ sandbox: this.name, count: MOST_DUE }, 'too many due items at once; the rest waits');
  }

  #nextDue(): DueItem | undefined {
    for (const item of this.#due.list('at')) return item;
    return undefined;
  }

  #happen(item: DueItem): void {
    const provider = this.#common.providers.get(item.provider);
    const key = String(item.seq);
    try {
      if (!provider?.due?.[item.kind]) throw new Error(`"${item.provider}" has no due items of kind "${item.kind}".`);
      const run = provider.due[item.kind];
      this.transaction(provider, { operation: item.kind, at: item.at }, (context) => {
        this.#due.delete(key);
        run?.(context, item.payload);
      });
    } catch (error) {
      this.#common.logger.error({ sandbox: this.name, due: item.kind, error: toMessage(error) }, 'a due item failed');
      // It is gone all the same: left in, it would fail before every exchange from now on.
      this.#store.transaction(() => {
        this.#due.delete(key);
      });
    }
  }
}

/** Topics of two providers may have the same name. */
function* toTopics({ id, streams }: Provider, changes: readonly Change[]): Iterable<string> {
  for (const topic of streams?.topics(changes) ?? []) yield `${id} ${topic}`;
}
