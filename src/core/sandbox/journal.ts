import { isAscii } from 'node:buffer';
import { createHmac, generateKeySync, type KeyObject } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { StringDecoder } from 'node:string_decoder';

import type { Clock, Instant } from '../values/clock.ts';
import type { Answer } from '../wire/answer.ts';
import type { MetFault } from '../wire/fault.ts';
import type { Refusal } from '../wire/reason.ts';
import type { Commit } from '../store/commit.ts';
import type { DeliveryState } from './webhooks/delivery.ts';
import { Held, Records, type History } from '../store/history.ts';

/** Bytes of a body that the journal keeps. */
export const KEPT_BODY = 16_384;

/** Raw bytes, or their text. */
export type KeptBody = Buffer | string;

/** An answer whose body is kept as text. */
export type KeptAnswer = Answer & {
  readonly body: string;
  /** The bytes of the whole body, if it is cut. */
  readonly cutFrom?: number;
};

/** One exchange: what the client sent and saw, and what the store did. Nothing is redacted yet. */
export interface JournalEntry {
  readonly id: string;
  readonly sandbox: string;
  readonly at: Instant;
  /** When it began in real time, on the scale of `monotonic`. */
  readonly began: number;
  /** Milliseconds of real time. */
  readonly duration: number;
  /** When the client left, if it left before its answer was complete, on the same scale. */
  readonly leftAt?: number | undefined;
  readonly provider: string;
  readonly operation: string | undefined;
  readonly subject: string | undefined;
  readonly method: string;
  readonly url: string;
  readonly requestHeaders: IncomingHttpHeaders;
  /** `undefined` for a body that was too large. */
  readonly requestBody: KeptBody | undefined;
  /** The bytes of the whole body. */
  readonly requestSize: number;
  readonly answer: KeptAnswer;
  /** How much of the answer its client received. */
  readonly fate: Fate;
  /** The number of the newest commit that the answer could know of; 0 if it read no state. */
  readonly seen: number;
  /** The client, as the provider's `authenticate` returned it. */
  readonly principal?: object | undefined;
  /** The hash of the request's body, if only a part of that is kept. */
  readonly bodyHash?: string | undefined;
  /** The bytes of the answer's body, if that may not be text and all of it is kept. */
  readonly answerBytes?: Buffer | undefined;
  /** What it did to the state; `undefined` if it changed nothing. */
  readonly commit: Commit | undefined;
  /** The faults that it met, in order. */
  readonly faults: readonly MetFault[];
  /** The events sent to the client of a stream. */
  readonly sent?: SentEvents | undefined;
  /** Reasons why the reply does not match the document. */
  readonly violations: readonly string[];
  /** The error inside the emulator, if one occurred. */
  readonly bug: string | undefined;
  /** The delivery that this is an attempt of, if the emulator sent the request itself. */
  readonly webhook?: {
    readonly id: string;
    readonly topic: string;
    readonly state: DeliveryState;
    readonly tries: number;
  };
  /** Why it was refused, if it was. */
  readonly refusal?: Refusal | undefined;
}

/**
 * `whole` if the client received all of the service's own answer, `replaced` if a fault answered instead, `cut` if the end
 * is missing, `none` if it received nothing, and `unsure` if that is unknown.
 */
export type Fate = 'whole' | 'replaced' | 'cut' | 'none' | 'unsure';

/** How many events of one stream the journal keeps, and how many bytes of them. */
const KEPT_EVENTS = 100;
const KEPT_OF_EVENTS = 65_536;

interface SentEvent {
  readonly at: Instant;
  readonly event: Buffer;
}

/** Clients that receive the same event share its kept copy. */
const keptEvents = new WeakMap<Buffer, Buffer>();

function toKeptEvent(event: Buffer): Buffer {
  const kept = keptEvents.get(event) ?? toBeginning(event);
  if (kept !== event) keptEvents.set(event, kept);
  return kept;
}

/** The last events, within the bounds above. */
class LastEvents {
  readonly list: SentEvent[] = [];
  #bytes = 0;

  get bytes(): number {
    return this.#bytes;
  }

  add(at: Instant, event: Buffer): void {
    this.list.push({ at, event });
    this.#bytes += event.length;
    while (this.list.length > KEPT_EVENTS || this.#bytes > KEPT_OF_EVENTS) {
      this.#bytes -= this.list.shift()?.event.length ?? 0;
    }
  }

  delete(event: Buffer): void {
    const place = this.list.findIndex((one) => one.event === event);
    if (place < 0) return;
    this.list.splice(place, 1);
    this.#bytes -= event.length;
  }
}

/** The last events that one client of a stream was sent, in order, and those that a fault withholds from it. */
export class SentEvents {
  readonly #clock: Pick<Clock, 'now'>;
  readonly #sent = new LastEvents();
  readonly #keptBack = new LastEvents();
  #count = 0;
  #grow: (bytes: number) => void = () => undefined;
  #tell: () => void = () => undefined;

  constructor(clock: Pick<Clock, 'now'>) {
    this.#clock = clock;
  }

  /** The number of events sent, kept or not. */
  get count(): number {
    return this.#count;
  }

  add(event: Buffer): void {
    const kept = toKeptEvent(event);
    this.#count += 1;
    this.#change(() => {
      this.#sent.add(this.#clock.now(), kept);
      this.#keptBack.delete(kept);
    });
    this.#tell();
  }

  /** Withholds an event because of a fault, for now or for good. */
  keepBack(event: Buffer): void {
    this.#change(() => {
      this.#keptBack.add(this.#clock.now(), toKeptEvent(event));
    });
  }

  #change(work: () => void): void {
    const before = this.#bytes;
    work();
    this.#grow(this.#bytes - before);
  }

  get #bytes(): number {
    return this.#sent.bytes + this.#keptBack.bytes;
  }

  /** Sets a listener, which is called for each event sent from now on. */
  onSend(tell: () => void): void {
    this.#tell = tell;
  }

  /** Sets a listener, which receives the bytes by which they grow or shrink. */
  onGrow(grow: (bytes: number) => void): void {
    this.#grow = grow;
    grow(this.#bytes);
  }

  list(): readonly SentEvent[] {
    return this.#sent.list;
  }

  listKeptBack(): readonly SentEvent[] {
    return this.#keptBack.list;
  }
}

/** The last exchanges of one sandbox in the order of their ids, within its own bound and that of the history. */
export class Journal {
  readonly #size: number;
  readonly #onClear: () => void;
  readonly #entries: Records<JournalEntry>;
  /** The highest number that an entry has had. */
  #highest = 0;

  /**
   * @param onGone receives each entry that is forgotten
   * @param onClear is called before all entries are forgotten
   */
  constructor(
    size: number,
    history: History,
    onGone?: (held: Held<JournalEntry>) => void,
    onClear: () => void = () => undefined,
  ) {
    this.#size = size;
    this.#onClear = onClear;
    this.#entries = new Records(history, onGone);
  }

  /** Whether it keeps any entries. */
  get isKept(): boolean {
    return this.#size > 0;
  }

  add(entry: JournalEntry): Held<JournalEntry> {
    const answer = toKeptAnswer(entry.answer);
    const kept = answer === entry.answer ? entry : { ...entry, answer };
    if (this.#size === 0) return toUnkept(kept);
    if (this.#entries.size === this.#size) this.#entries.forget();
    const held = this.#entries.push(kept, countBytes(kept));
    kept.sent?.onGrow((more) => {
      this.#entries.grow(held, more);
    });
    this.#sink(toSequence(entry.id));
    return held;
  }

  /** Changes an entry, also for listeners that have not received it yet. */
  amend(held: Held<JournalEntry>, more: Partial<JournalEntry>): void {
    const entry = { ...held.item, ...more };
    held.item = { ...entry, answer: toKeptAnswer(entry.answer) };
  }

  /** Moves the last entry below those that began later: exchanges may end in another order than they began. */
  #sink(sequence: number): void {
    if (sequence > this.#highest) {
      this.#highest = sequence;
      return;
    }
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

  /** The id of the oldest entry, if older ones have been forgotten. */
  get from(): string | undefined {
    return this.#entries.hasForgotten ? this.#entries.at(0)?.id : undefined;
  }

  find(id: string): JournalEntry | undefined {
    for (const entry of this.newest()) if (entry.id === id) return entry;
    return undefined;
  }

  clear(): void {
    this.#onClear();
    this.#entries.clear();
    this.#highest = 0;
  }
}

/** Returns an entry for listeners only. */
function toUnkept(entry: JournalEntry): Held<JournalEntry> {
  const held = new Held(entry, 0, 0);
  held.isGone = true;
  return held;
}

/** Bytes of an entry in addition to its texts, as measured. */
const ENTRY = 1500;

/** Estimates the memory that an entry takes. Its changes are counted with their commit. */
function countBytes({ url, requestHeaders, requestBody, answer, answerBytes, refusal }: JournalEntry): number {
  let bytes = ENTRY + url.length + answer.body.length + (refusal?.bytes ?? 0);
  bytes += (requestBody?.length ?? 0) + (answerBytes?.length ?? 0);
  for (const name in requestHeaders) bytes += name.length + (requestHeaders[name]?.length ?? 0);
  return bytes;
}

/** Returns the number at the end of an id; it grows with every exchange. */
export function toSequence(id: string): number {
  return Number(id.slice(id.lastIndexOf('-') + 1));
}

/** Bodies of up to this many bytes are kept as text. */
const SHORT = 1024;

/**
 * Returns the beginning of a body, copied if a slice would keep the rest in memory. A short body is kept as text, which
 * takes less memory than a buffer of its own.
 */
export function toKeptBody(body: Buffer | undefined): KeptBody | undefined {
  if (!body) return undefined;
  if (body.length > 0 && body.length <= SHORT && isAscii(body)) return body.toString('latin1');
  return body.length < body.buffer.byteLength ? copyBeginning(body) : toBeginning(body);
}

/** A key of this process, so that no reader of a hash can find the body by trial. */
let hashKey: KeyObject | undefined;

/** Returns a hash that distinguishes bodies of which only a part is kept. */
export function toBodyHash(body: Buffer | undefined): string | undefined {
  if (!body || body.length <= KEPT_BODY) return undefined;
  hashKey ??= generateKeySync('hmac', { length: 256 });
  return createHmac('sha256', hashKey).update(body).digest('base64');
}

function toBeginning(body: Buffer): Buffer {
  return body.length <= KEPT_BODY ? body : copyBeginning(body);
}

function copyBeginning(body: Buffer): Buffer {
  // Node's pool is avoided: its slabs are larger than the kept bytes.
  const kept = Buffer.allocUnsafeSlow(Math.min(KEPT_BODY, body.length));
  body.copy(kept);
  return kept;
}

function toKeptAnswer(answer: KeptAnswer): KeptAnswer {
  const { body } = answer;
  // A character of a string takes at most three bytes.
  if (body.length * 3 <= KEPT_BODY) return answer;
  // Cut by characters first, so that a huge answer is not copied as a whole.
  const bytes = Buffer.from(body.slice(0, KEPT_BODY));
  const fits = body.length <= KEPT_BODY && bytes.length <= KEPT_BODY;
  return fits ? answer : { ...answer, body: toKeptText(bytes), cutFrom: Buffer.byteLength(body) };
}

/** Texts of events: all streams that begin with the same event share its text. */
const keptTexts = new WeakMap<Buffer, string>();

/** Returns the part of an answer that the journal keeps. */
export function toKept(answer: Answer, body: string | Buffer): KeptAnswer {
  if (isText(answer) && answer.body === body) return answer;
  if (typeof body === 'string') return { ...answer, body };
  const text = keptTexts.get(body) ?? toKeptText(body);
  keptTexts.set(body, text);
  return { ...answer, body: text, ...(body.length > KEPT_BODY && { cutFrom: body.length }) };
}

function isText(answer: Answer): answer is KeptAnswer {
  return typeof answer.body === 'string';
}

/** Returns the text of kept bytes, without a character that was cut in two. */
export function toKeptText(bytes: KeptBody): string {
  if (typeof bytes === 'string') return bytes;
  const decoder = new StringDecoder('utf8');
  const text = decoder.write(bytes.subarray(0, KEPT_BODY));
  return bytes.length < KEPT_BODY ? text + decoder.end() : text;
}
