import { setTimeout as sleep } from 'node:timers/promises';

import type { components } from '../control/types.ts';
import { toQuery, type Client } from './client.ts';
import { NotVerified } from './report.ts';

export type JournalEntry = components['schemas']['JournalEntry'];
/** Parameters of GET /requests, as text. */
export type Filters = Readonly<Record<string, string>>;

/** Entries that are asked for at once. */
const PAGE = 1000;

interface Page {
  readonly requests: readonly JournalEntry[];
  readonly next?: string;
}

async function getPage(client: Client, filters: Filters): Promise<Page> {
  return JSON.parse(await client.request('GET', `/requests${toQuery(filters)}`)) as Page;
}

/** The last entries of the journal that fit, the newest last. */
export async function listRequests(client: Client, filters: Filters, limit: number): Promise<readonly JournalEntry[]> {
  const found: JournalEntry[] = [];
  let cursor: Filters = {};
  while (found.length < limit) {
    const { requests, next } = await getPage(client, {
      ...filters,
      ...cursor,
      limit: String(Math.min(limit - found.length, PAGE)),
    });
    found.push(...requests);
    if (next === undefined) break;
    cursor = { cursor: next };
  }
  return found.reverse();
}

/** Entries of the journal that are asked for to find those that fit: more than have come since the last look. */
const MOST = 100_000;

/** How often a broken connection is tried again, and after how many milliseconds. */
const ATTEMPTS = 3;
const PAUSE = 250;

export interface FollowOptions {
  readonly signal: AbortSignal;
  /** Is told when the connection broke or something was missed. */
  readonly report: (word: string) => void;
}

/** The exchanges that come, from now on. */
export class Following {
  readonly #client: Client;
  readonly #filters: Filters;
  readonly #options: FollowOptions;
  #events: AsyncIterable<readonly NamedEvent[]>;
  /** The id of the last event that came. */
  #last: number | undefined;

  /** @throws {NotVerified} when nobody answers */
  static async open(client: Client, filters: Filters, options: FollowOptions): Promise<Following> {
    const events = await openEvents(client, filters, { last: undefined, ...options });
    return new Following(client, filters, options, events);
  }

  private constructor(
    client: Client,
    filters: Filters,
    options: FollowOptions,
    events: AsyncIterable<readonly NamedEvent[]>,
  ) {
    this.#client = client;
    // What an instant is for is done by the list that goes before.
    const { since: _, ...others } = filters;
    this.#filters = others;
    this.#options = options;
    this.#events = events;
  }

  /**
   * In batches, until the signal aborts.
   *
   * @param listed ids of those that were told already
   * @throws {NotVerified} when the emulator is gone
   */
  async *list(listed: ReadonlySet<string>): AsyncGenerator<readonly JournalEntry[]> {
    const known = new Set(listed);
    const { signal, report } = this.#options;
    for (;;) {
      try {
        for await (const events of this.#events) {
          const fresh = await this.#select(events.flatMap((event) => this.#take(event, known)));
          if (fresh.length > 0) yield fresh;
        }
      } catch (error) {
        if (error instanceof NotVerified) throw error;
        // The connection broke, or was broken off.
      }
      if (signal.aborted) return;
      this.#events = await this.#persist(() => openEvents(this.#client, this.#filters, { last: this.#last, signal }));
      report('The connection broke; going on behind what has come.');
    }
  }

  /** The exchange that an event is about, if any that is not known. */
  #take({ name, data }: NamedEvent, known: Set<string>): readonly JournalEntry[] {
    this.#last = data.seq;
    if (name === 'gap') this.#options.report(describeGap(data));
    // Ids begin anew with it.
    if (name === 'reset') known.clear();
    return name === 'request' && data.entry && !known.has(data.entry.id) ? [data.entry] : [];
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

  /** Those that fit the filters, of which the emulator knows best. */
  async #select(entries: readonly JournalEntry[]): Promise<readonly JournalEntry[]> {
    const { brief: _, ...filters } = this.#filters;
    if (entries.length === 0 || Object.keys(filters).length === 0) return entries;
    const first = Math.min(...entries.map(({ id }) => Number(id.slice(id.lastIndexOf('-') + 1))));
    const query = { ...filters, brief: 'true', since: String(first - 1) };
    const fitting = await this.#persist(() => listRequests(this.#client, query, MOST));
    const ids = new Set(fitting.map(({ id }) => id));
    return entries.filter(({ id }) => ids.has(id));
  }
}

interface NamedEvent {
  readonly name: string;
  readonly data: {
    readonly seq: number;
    readonly entry?: JournalEntry;
    readonly why?: string;
    readonly from?: number;
    readonly to?: number;
  };
}

function describeGap({ why, from = 0, to = 0 }: NamedEvent['data']): string {
  return why === 'forgotten'
    ? `Events ${from} to ${to} were missed: they are not kept any more.`
    : 'Another emulator answers now; what it has kept follows.';
}

/** As many events at once as came together. */
async function openEvents(
  client: Client,
  { brief }: Filters,
  options: { readonly last: number | undefined; readonly signal: AbortSignal },
): Promise<AsyncIterable<readonly NamedEvent[]>> {
  return parseEvents(await client.openEvents(toQuery({ brief }), options));
}

async function* parseEvents(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<readonly NamedEvent[]> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of bytes) {
    const blocks = (rest + decoder.decode(chunk, { stream: true })).split('\n\n');
    rest = blocks.pop() ?? '';
    const events = blocks.flatMap(parseEvent);
    if (events.length > 0) yield events;
  }
}

/** As this emulator writes it: comments stand alone, and data are one line. */
const EVENT = /^id: \d+\nevent: (\w+)\ndata: (.*)$/;

function parseEvent(block: string): readonly NamedEvent[] {
  const [, name, data] = EVENT.exec(block) ?? [];
  return name === undefined || data === undefined ? [] : [{ name, data: JSON.parse(data) as NamedEvent['data'] }];
}
