import type { StreamEffect } from './fault.ts';
import type { Listener, Reply, TailEvent } from './reply.ts';

/** Who listens: something that writes bytes to one client. */
export interface Sink {
  push(event: Buffer): void;
  /** There will be nothing more. */
  end(): void;
}

/** A reply's stream, ready to be sent. Nobody listens before it is. */
export interface OpenStream {
  /** Milliseconds of real time between comments that keep the connection open. */
  readonly heartbeat: number;
  /** Milliseconds that a client may leave unread what it was sent, before it is cut off. */
  readonly patience: number;
  /** Has the client get the snapshot as it is now, and each one after it. Returns what ends it. */
  subscribe(sink: Sink): () => void;
  /** What happens to the events of this connection. */
  readonly effect?: StreamEffect | undefined;
  /** For the journal. */
  readonly sent: {
    add(event: Buffer): void;
    /** A fault does not let it through, or not now. */
    keepBack(event: Buffer): void;
  };
  /** Keeps in the journal how the connection ended. */
  reportEnd(how: string): void;
}

/** A reply's tail, ready to be sent. Its client takes events at its own pace. */
export interface OpenTail {
  /** Milliseconds of real time between comments that keep the connection open. */
  readonly heartbeat: number;
  open(listener: Listener): OpenedTail;
}

export interface OpenedTail {
  /** The next event as it goes on the wire, or `undefined` where the listener will be woken for it. */
  next(): Buffer | undefined;
  close(): void;
}

/** What goes on the wire. */
export interface Answer {
  readonly status: number;
  readonly headers: Record<string, string | number>;
  readonly body: string | Buffer;
  /** The request was HEAD: `body` gives the length and is not sent. */
  readonly head: boolean;
  /** Instead of `body`. */
  readonly stream?: OpenStream;
  /** Instead of `body`. */
  readonly tail?: OpenTail;
  /** How the bytes go out, where not whole and at once. */
  readonly delivery?: Delivery;
  /** How the connection ended, where it was not by the answer's own end. */
  readonly ended?: string;
  /** Keeps in the journal when it ended, and how, if not as it should. */
  readonly reportEnd?: (how?: string) => void;
}

/** The body is cut after so many bytes, or comes slowly. */
export type Delivery =
  | {
      readonly kind: 'cut';
      readonly bytes: number;
      readonly end: 'reset' | 'close';
      /** Whether bytes of the body are missing. */
      readonly isShort: boolean;
    }
  | { readonly kind: 'slow'; readonly bytesPerSecond: number };

/** The connection is reset or closed without an answer, or the client has left it. */
export interface NoAnswer {
  readonly severed: 'reset' | 'empty' | 'left';
}

/** Ends an exchange without an answer. */
export class Severed extends Error {
  override readonly name = 'Severed';
  readonly how: NoAnswer['severed'];

  constructor(how: NoAnswer['severed']) {
    super(how);
    this.how = how;
  }
}

const ENDS: Readonly<Record<NoAnswer['severed'] | 'abandoned', string>> = {
  reset: 'reset without an answer',
  empty: 'closed without an answer',
  left: 'never answered; the client left',
  abandoned: 'abandoned; the sandbox was given another state',
};

/** What the journal keeps of an exchange that was not answered. */
export function toNoAnswer(how: keyof typeof ENDS): Answer & { readonly body: string } {
  return { status: 0, headers: {}, body: '', head: false, ended: ENDS[how] };
}

/** The exchange's sandbox was reset or deleted while it waited: there is nobody left to answer. */
export const abandoned = Symbol('abandoned');

const JSON_TYPE = 'application/json; charset=utf-8';
const EVENTS: Readonly<Record<string, string>> = { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-cache' };
const TEXT_TYPE = 'text/plain; charset=utf-8';
const BYTES_TYPE = 'application/octet-stream';

/** One event of a stream, without a name, so that clients take it for a message. */
export function renderEvent(data: unknown): Buffer {
  return Buffer.from(`data: ${JSON.stringify(data)}\n\n`);
}

let newest: Buffer = Buffer.alloc(0);

/**
 * The event that a stream begins with. Many who begin to listen one after another share its bytes, and with them what the
 * journal keeps of it: of a stream whose events have 700 bytes that was 5 to 8 of 42 kB. Later events are told apart by
 * which bytes they are, and so are never shared with an earlier one that was the same.
 */
export function renderFirstEvent(data: unknown): Buffer {
  const event = renderEvent(data);
  if (!event.equals(newest)) newest = event;
  return newest;
}

/** An event that clients find by its name, and go on behind by its id. */
export function renderTailEvent({ id, name, data }: TailEvent): Buffer {
  return Buffer.from(`id: ${id}\nevent: ${name}\ndata: ${JSON.stringify(data)}\n\n`);
}

/** What of a stream goes on the wire before its first event. */
export function renderStream(
  { status, headers }: Reply,
  id: string,
  method: string | undefined,
  added?: Readonly<Record<string, string>>,
): Answer {
  const wire = { 'X-Emulator-Request-Id': id, ...EVENTS, ...added, ...headers };
  return { status, headers: wire, body: '', head: method === 'HEAD' };
}

/**
 * A reply as it goes on the wire. A reply's own headers win over those that are added to it.
 *
 * @param written its body, where that was written before
 */
export function renderAnswer(
  { status, headers, body }: Reply,
  id: string,
  method: string | undefined,
  added?: Readonly<Record<string, string>>,
  written?: string,
): Answer {
  const text = written ?? toBytes(body);
  const wire: Answer['headers'] = { 'X-Emulator-Request-Id': id };
  if (body !== undefined) wire['Content-Type'] = toType(body);
  if (status !== 204) wire['Content-Length'] = Buffer.byteLength(text);
  return { status, headers: Object.assign(wire, added, headers), body: text, head: method === 'HEAD' };
}

function toBytes(body: unknown): string | Buffer {
  if (body === undefined) return '';
  return typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
}

function toType(body: unknown): string {
  if (typeof body === 'string') return TEXT_TYPE;
  return Buffer.isBuffer(body) ? BYTES_TYPE : JSON_TYPE;
}
