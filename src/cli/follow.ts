import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';

import type { JournalEntry, Sandbox, SandboxEvent } from '../client.ts';

/** Query parameters of GET /requests, as text. */
export type Filters = Readonly<Record<string, string>>;

/** Entries of one request. */
const PAGE = 1000;

/** Lists the newest entries of the journal that match, newest last. */
export async function listRequests(
  { requests: journal }: Sandbox,
  filters: Filters,
  limit: number,
): Promise<readonly JournalEntry[]> {
  const found: JournalEntry[] = [];
  let cursor: Filters = {};
  while (found.length < limit) {
    const page: Filters = { ...filters, ...cursor, limit: String(Math.min(limit - found.length, PAGE)) };
    // The emulator reads them as they were written.
    const { requests, next } = await journal.list(page);
    found.push(...requests);
    if (next === undefined) break;
    cursor = { cursor: next };
  }
  return found.reverse();
}

/** Maximum entries of a request that finds which events match: more than can arrive in between. */
const MOST = 100_000;

/** Attempts to read the journal, and milliseconds between them. */
const ATTEMPTS = 3;
const PAUSE = 250;

export interface FollowOptions {
  readonly signal: AbortSignal;
  /** Called with a message if the connection broke or events were missed. */
  readonly report: (word: string) => void;
}

type Next = Promise<IteratorResult<SandboxEvent, void>>;

/** Exchanges from now on. */
export class Following {
  readonly #sandbox: Sandbox;
  readonly #filters: Filters;
  readonly #options: FollowOptions;
  #events: AsyncGenerator<SandboxEvent, void, undefined> | undefined;
  /** The next event, already requested. */
  #next: Next = Promise.resolve({ done: true, value: undefined });
  /** The id of the last event received. */
  #last: string | undefined;
  #wasOpened = false;

  /** @throws {UnreachableError} if no emulator answers */
  static async open(sandbox: Sandbox, filters: Filters, options: FollowOptions): Promise<Following> {
    const following = new Following(sandbox, filters, options);
    await following.#open();
    return following;
  }

  private constructor(sandbox: Sandbox, filters: Filters, options: FollowOptions) {
    this.#sandbox = sandbox;
    // The list that is printed first has applied it.
    const { since: _, ...others } = filters;
    this.#filters = others;
    this.#options = options;
  }

  /**
   * Yields batches until the signal aborts.
   *
   * @param listed ids of exchanges that were printed already
   * @throws {UnreachableError} if the emulator no longer answers
   */
  async *list(listed: ReadonlySet<string>): AsyncGenerator<readonly JournalEntry[]> {
    const known = new Set(listed);
    for (;;) {
      for await (const events of this.#listTogether()) {
        const fresh = await this.#select(events.flatMap((event) => this.#take(event, known)));
        if (fresh.length > 0) yield fresh;
      }
      if (this.#options.signal.aborted) return;
      // The sandbox or the emulator may have ended.
      await this.#open();
    }
  }

  /** Opens the stream of events. Resolves once no later event can be missed. */
  async #open(): Promise<void> {
    const { signal, report } = this.#options;
    await new Promise<void>((resolve, reject) => {
      const onOpen = (): void => {
        if (this.#wasOpened) report('The connection broke; resuming after the last event received.');
        this.#wasOpened = true;
        resolve();
      };
      const brief = this.#filters['brief'] === 'true';
      this.#events = this.#sandbox.events({ after: this.#last, brief, signal, onOpen });
      this.#next = this.#events.next();
      this.#next.then(() => {
        resolve();
      }, reject);
    });
  }

  /** Yields events that arrive together as one batch. */
  async *#listTogether(): AsyncGenerator<readonly SandboxEvent[]> {
    for (;;) {
      const events: SandboxEvent[] = [];
      let next = await this.#next;
      while (!next.done) {
        events.push(next.value);
        if (!this.#events) return;
        this.#next = this.#events.next();
        // An error is thrown after the events that came before it.
        const arrived = await Promise.race([this.#next.catch(() => undefined), nextTurn()]);
        if (!arrived) break;
        next = arrived;
      }
      if (events.length > 0) yield events;
      if (next.done) return;
    }
  }

  /** The exchange of an event, if it was not printed yet. */
  #take(event: SandboxEvent, known: Set<string>): readonly JournalEntry[] {
    this.#last = event.id;
    if (event.event === 'gap') this.#options.report(describeGap(event.data));
    // A reset restarts the ids.
    if (event.event === 'reset') known.clear();
    return event.event === 'request' && !known.has(event.data.entry.id) ? [event.data.entry] : [];
  }

  /** Selects those that match the filters, by asking the emulator. */
  async #select(entries: readonly JournalEntry[]): Promise<readonly JournalEntry[]> {
    const { brief: _, ...filters } = this.#filters;
    if (entries.length === 0 || Object.keys(filters).length === 0) return entries;
    const first = Math.min(...entries.map(({ id }) => Number(id.slice(id.lastIndexOf('-') + 1))));
    const query = { ...filters, brief: 'true', since: String(first - 1) };
    const fitting = await this.#persist(() => listRequests(this.#sandbox, query, MOST));
    const ids = new Set(fitting.map(({ id }) => id));
    return entries.filter(({ id }) => ids.has(id));
  }

  /** Retries: a connection that broke together with the stream may fail only when it is used. */
  async #persist<T>(work: () => Promise<T>): Promise<T> {
    for (let tried = 1; ; tried += 1) {
      try {
        return await work();
      } catch (error) {
        if (tried === ATTEMPTS || this.#options.signal.aborted) throw error;
        await sleep(PAUSE);
      }
    }
  }
}

function describeGap({ why, from, to }: Extract<SandboxEvent, { readonly event: 'gap' }>['data']): string {
  return why === 'forgotten'
    ? `Events ${from} to ${to} were missed: they are no longer kept.`
    : 'Another emulator answers now; its kept events follow.';
}
