import type { IncomingHttpHeaders } from 'node:http';
import { StringDecoder } from 'node:string_decoder';

import type { Clock, Instant } from '../values/clock.ts';
import type { Answer } from '../wire/answer.ts';
import type { MetFault } from '../wire/fault.ts';
import type { Refusal } from '../wire/reason.ts';
import type { Commit } from '../store/commit.ts';
import { Records, type History } from '../store/history.ts';

/** Bytes of a body that the journal keeps. */
export const KEPT_BODY = 16_384;

/** An answer whose bytes are text, as far as they can be. */
export type KeptAnswer = Answer & { readonly body: string };

/** One exchange: what the client sent and saw, and what the store did. Nothing is redacted yet. */
export interface JournalEntry {
  readonly id: string;
  readonly sandbox: string;
  readonly at: Instant;
  /** Milliseconds of real time. */
  readonly duration: number;
  readonly provider: string;
  readonly operation: string | undefined;
  readonly subject: string | undefined;
  readonly method: string;
  readonly url: string;
  readonly requestHeaders: IncomingHttpHeaders;
  /** `undefined` for a body over the limit. */
  readonly requestBody: Buffer | undefined;
  readonly answer: KeptAnswer;
  /** What it did to the state; `undefined` where it changed nothing. */
  readonly commit: Commit | undefined;
  /** In the order in which it met them. */
  readonly faults: readonly MetFault[];
  /** Of a stream, what its client was sent. */
  readonly sent?: SentEvents | undefined;
  /** Ways in which the reply did not fit the document. */
  readonly violations: readonly string[];
  /** What broke inside the emulator, when something did. */
  readonly bug: string | undefined;
  /** Why it was refused, where it was. */
  readonly refusal?: Refusal | undefined;
}

/** How many events of one stream the journal keeps, and how many bytes of them. */
const KEPT_EVENTS = 100;
const KEPT_OF_EVENTS = 65_536;

interface SentEvent {
  readonly at: Instant;
  readonly event: Buffer;
}

/** Those who are sent the same event share what is kept of it. */
const keptEvents = new WeakMap<Buffer, Buffer>();

function toKeptEvent(event: Buffer): Buffer {
  const kept = keptEvents.get(event) ?? toKeptBody(event) ?? event;
  if (kept !== event) keptEvents.set(event, kept);
  return kept;
}

/** The last events that one client of a stream was sent, as they went out. */
export class SentEvents {
  readonly #clock: Pick<Clock, 'now'>;
  readonly #events: SentEvent[] = [];
  #bytes = 0;
  #grow: (bytes: number) => void = () => undefined;

  constructor(clock: Pick<Clock, 'now'>) {
    this.#clock = clock;
  }

  add(event: Buffer): void {
    const kept = toKeptEvent(event);
    const before = this.#bytes;
    this.#events.push({ at: this.#clock.now(), event: kept });
    this.#bytes += kept.length;
    while (this.#events.length > KEPT_EVENTS || this.#bytes > KEPT_OF_EVENTS) {
      this.#bytes -= this.#events.shift()?.event.length ?? 0;
    }
    this.#grow(this.#bytes - before);
  }

  /** Has whoever keeps them told how many bytes more, or fewer, they are. */
  onGrow(grow: (bytes: number) => void): void {
    this.#grow = grow;
    grow(this.#bytes);
  }

  list(): readonly SentEvent[] {
    return this.#events;
  }
}

/** The last exchanges of one sandbox in the order of their ids, as many as it and the history have room for. */
export class Journal {
  readonly #size: number;
  readonly #entries: Records<JournalEntry>;

  constructor(size: number, history: History) {
    this.#size = size;
    this.#entries = new Records(history);
  }

  add(entry: JournalEntry): void {
    if (this.#size === 0) return;
    if (this.#entries.size === this.#size) this.#entries.forget();
    const answer = toKeptAnswer(entry.answer);
    const kept = answer === entry.answer ? entry : { ...entry, answer };
    const grow = this.#entries.push(kept, countBytes(kept));
    kept.sent?.onGrow(grow);
    this.#sink(toSequence(entry.id));
  }

  /** Says more of an exchange that is kept still; of one that is not, nothing. */
  amend(id: string, more: Partial<JournalEntry>): void {
    for (let place = this.#entries.size - 1; place >= 0; place -= 1) {
      const entry = this.#entries.at(place);
      if (entry?.id !== id) continue;
      this.#entries.put(place, { ...entry, ...more, answer: toKeptAnswer(more.answer ?? entry.answer) });
      return;
    }
  }

  /** Exchanges may end in another order than they began: moves the last entry below those that began later. */
  #sink(sequence: number): void {
    for (let place = this.#entries.size - 1; place > 0; place -= 1) {
      const [entry, lower] = [this.#entries.at(place), this.#entries.at(place - 1)];
      if (!entry || !lower || toSequence(lower.id) < sequence) return;
      this.#entries.swap(place, place - 1);
    }
  }

  /** Newest first, lazily. */
  newest(): IterableIterator<JournalEntry> {
    return this.#entries.newest();
  }

  /** The id of the first that is kept, where there were others before it. */
  get from(): string | undefined {
    return this.#entries.hasForgotten ? this.#entries.at(0)?.id : undefined;
  }

  find(id: string): JournalEntry | undefined {
    for (const entry of this.newest()) if (entry.id === id) return entry;
    return undefined;
  }

  clear(): void {
    this.#entries.clear();
  }
}

/** Bytes of an entry beside its texts, as measured. */
const ENTRY = 1500;

/** About what an entry takes in memory. What its changes hold is counted with their commit. */
function countBytes({ url, requestHeaders, requestBody, answer, refusal }: JournalEntry): number {
  let bytes = ENTRY + url.length + (requestBody?.length ?? 0) + answer.body.length + (refusal?.bytes ?? 0);
  for (const name in requestHeaders) bytes += name.length + (requestHeaders[name]?.length ?? 0);
  return bytes;
}

/** The number that an id ends in; it grows with every exchange that begins. */
export function toSequence(id: string): number {
  return Number(id.slice(id.lastIndexOf('-') + 1));
}

/** The beginning of a body, copied when keeping the slice would keep the rest alive. */
export function toKeptBody(body: Buffer | undefined): Buffer | undefined {
  if (!body || body.length <= KEPT_BODY) return body;
  // Not from Node's pool, whose slabs are larger than what is kept.
  const kept = Buffer.allocUnsafeSlow(KEPT_BODY);
  body.copy(kept);
  return kept;
}

function toKeptAnswer(answer: KeptAnswer): KeptAnswer {
  const { body } = answer;
  // Three bytes are the most that a character of a string takes.
  if (body.length * 3 <= KEPT_BODY) return answer;
  // Cut by characters first, so that a huge answer is not copied as a whole.
  const bytes = Buffer.from(body.slice(0, KEPT_BODY));
  const fits = body.length <= KEPT_BODY && bytes.length <= KEPT_BODY;
  return fits ? answer : { ...answer, body: toKeptText(bytes) };
}

/** The text of kept bytes, without the character that was cut in two. */
export function toKeptText(bytes: Buffer): string {
  const decoder = new StringDecoder('utf8');
  const text = decoder.write(bytes.subarray(0, KEPT_BODY));
  return bytes.length < KEPT_BODY ? text + decoder.end() : text;
}
