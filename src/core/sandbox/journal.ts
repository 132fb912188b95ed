import type { IncomingHttpHeaders } from 'node:http';
import { StringDecoder } from 'node:string_decoder';

import type { Clock, Instant } from '../values/clock.ts';
import type { Answer } from '../wire/answer.ts';
import type { MetFault } from '../wire/fault.ts';
import type { LedgerEntry } from '../store/ledger.ts';
import type { Change } from '../store/collection.ts';

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
  readonly changes: readonly Change[];
  readonly ledger: readonly LedgerEntry[];
  /** In the order in which it met them. */
  readonly faults: readonly MetFault[];
  /** Of a stream, what its client was sent. */
  readonly sent?: SentEvents | undefined;
  /** Ways in which the reply did not fit the document. */
  readonly violations: readonly string[];
  /** What broke inside the emulator, when something did. */
  readonly bug: string | undefined;
}

/** How many events of one stream the journal keeps. */
const KEPT_EVENTS = 100;

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
  readonly #clock: Clock;
  readonly #events: SentEvent[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  add(event: Buffer): void {
    if (this.#events.length === KEPT_EVENTS) this.#events.shift();
    this.#events.push({ at: this.#clock.now(), event: toKeptEvent(event) });
  }

  list(): readonly SentEvent[] {
    return this.#events;
  }
}

/** The last exchanges of one sandbox in the order of their ids, in a ring of fixed size. */
export class Journal {
  readonly #size: number;
  #ring: JournalEntry[] = [];
  #next = 0;
  /** The highest sequence so far. */
  #newest = 0;

  constructor(size: number) {
    this.#size = size;
  }

  add(entry: JournalEntry): void {
    if (this.#size === 0) return;
    const answer = toKeptAnswer(entry.answer);
    this.#ring[this.#next] = answer === entry.answer ? entry : { ...entry, answer };
    const sequence = toSequence(entry.id);
    if (sequence > this.#newest) this.#newest = sequence;
    else this.#sink(this.#next, sequence);
    this.#next = (this.#next + 1) % this.#size;
  }

  /** Says more of an exchange that is kept still; of one that is not, nothing. */
  amend(id: string, more: Partial<JournalEntry>): void {
    const at = this.#ring.findIndex((entry) => entry.id === id);
    const entry = this.#ring[at];
    if (entry) this.#ring[at] = { ...entry, ...more, answer: toKeptAnswer(more.answer ?? entry.answer) };
  }

  /** Exchanges may end in another order than they began: moves the last entry below those that began later. */
  #sink(from: number, sequence: number): void {
    const { length } = this.#ring;
    for (let at = from, steps = 1; steps < length; steps += 1) {
      const below = (at - 1 + length) % length;
      const [entry, lower] = [this.#ring[at], this.#ring[below]];
      if (!entry || !lower || toSequence(lower.id) < sequence) return;
      this.#ring[at] = lower;
      this.#ring[below] = entry;
      at = below;
    }
  }

  /** Newest first, lazily. */
  *newest(): IterableIterator<JournalEntry> {
    const { length } = this.#ring;
    for (let back = 1; back <= length; back += 1) {
      const entry = this.#ring[(this.#next - back + length) % length];
      if (entry) yield entry;
    }
  }

  find(id: string): JournalEntry | undefined {
    for (const entry of this.newest()) if (entry.id === id) return entry;
    return undefined;
  }

  clear(): void {
    this.#ring = [];
    this.#next = 0;
    this.#newest = 0;
  }
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
