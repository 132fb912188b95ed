import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';

import type { JournalEntry, Sandbox, SandboxEvent } from '../client.ts';

/** Parameters of GET /requests, as text. */
export type Filters = Readonly<Record<string, string>>;

/** Entries that are asked for at once. */
const PAGE = 1000;

/** The last entries of the journal that fit, the newest last. */
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

/** Entries of the journal that are asked for to find those that fit: more than have come since the last look. */
const MOST = 100_000;

/** How often a look into the journal is tried, and after how many milliseconds again. */
const ATTEMPTS = 3;
const PAUSE = 250;

export interface FollowOptions {
  readonly signal: AbortSignal;
  /** Is told when the connection broke or something was missed. */
  readonly report: (word: string) => void;
}

type Next = Promise<IteratorResult<SandboxEvent, void>>;

/** The exchanges that come, from now on. */
export class Following {
  readonly #sandbox: Sandbox;
  readonly #filters: Filters;
  readonly #options: FollowOptions;
  #events: AsyncGenerator<SandboxEvent, void, undefined> | undefined;
  /** The next event, which was asked for already. */
  #next: Next = Promise.resolve({ done: true, value: undefined });
  /** The id of the last event that came. */
  #last: string | undefined;
  #wasOpened = false;

  /** @throws {UnreachableError} when nobody answers */
  static async open(sandbox: Sandbox, filters: Filters, options: FollowOptions): Promise<Following> {
    const following = new Following(sandbox, filters, options);
    await following.#open();
    return following;
  }

  private constructor(sandbox: Sandbox, filters: Filters, options: FollowOptions) {
    this.#sandbox = sandbox;
    // What an instant is for is done by the list that goes before.
    const { since: _, ...others } = filters;
    this.#filters = others;
    this.#options = options;
  }

  /**
   * In batches, until the signal aborts.
   *
   * @param listed ids of those that were told already
   * @throws {UnreachableError} when the emulator is gone
   */
  async *list(listed: ReadonlySet<string>): AsyncGenerator<readonly JournalEntry[]> {
    const known = new Set(listed);
    for (;;) {
      for await (const events of this.#listTogether()) {
        const fresh = await this.#select(events.flatMap((event) => this.#take(event, known)));
        if (fresh.length > 0) yield fresh;
      }
      if (this.#options.signal.aborted) return;
      // Its sandbox may have gone, or all of it.
      await this.#open();
    }
  }

  /** Until from here on nothing is missed. */
  async #open(): Promise<void> {
    const { signal, report } = this.#options;
    await new Promise<void>((resolve, reject) => {
      const onOpen = (): void => {
        if (this.#wasOpened) report('The connection broke; going on behind what has come.');
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

  /** As many events at once as come together. */
  async *#listTogether(): AsyncGenerator<readonly SandboxEvent[]> {
    for (;;) {
      const events: SandboxEvent[] = [];
      let next = await this.#next;
      while (!next.done) {
        events.push(next.value);
        if (!this.#events) return;
        this.#next = this.#events.next();
        // What is thrown is told behind what came.
        const come = await Promise.race([this.#next.catch(() => undefined), nextTurn()]);
        if (!come) break;
        next = come;
      }
      if (events.length > 0) yield events;
      if (next.done) return;
    }
  }

  /** The exchange that an event is about, if any that is not known. */
  #take(event: SandboxEvent, known: Set<string>): readonly JournalEntry[] {
    this.#last = event.id;
    if (event.event === 'gap') this.#options.report(describeGap(event.data));
    // Ids begin anew with it.
    if (event.event === 'reset') known.clear();
    return event.event === 'request' && !known.has(event.data.entry.id) ? [event.data.entry] : [];
  }

  /** Those that fit the filters, of which the emulator knows best. */
  async #select(entries: readonly JournalEntry[]): Promise<readonly JournalEntry[]> {
    const { brief: _, ...filters } = this.#filters;
    if (entries.length === 0 || Object.keys(filters).length === 0) return entries;
    const first = Math.min(...entries.map(({ id }) => Number(id.slice(id.lastIndexOf('-') + 1))));
    const query = { ...filters, brief: 'true', since: String(first - 1) };
    const fitting = await this.#persist(() => listRequests(this.#sandbox, query, MOST));
    const ids = new Set(fitting.map(({ id }) => id));
    return entries.filter(({ id }) => ids.has(id));
  }

  /** All connections may break at once, and for some that is found out only by using them. */
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
    ? `Events ${from} to ${to} were missed: they are not kept any more.`
    : 'Another emulator answers now; what it has kept follows.';
}
