import type { StreamEffect } from './fault.ts';
import type { Listener, Reply, TailEvent } from './reply.ts';

/** Writes bytes to one client. */
export interface Sink {
  push(event: Buffer): void;
  /** Ends the output. */
  end(): void;
}

/** A reply's stream, ready to be sent. It has no listener before. */
export interface OpenStream {
  /** Milliseconds of real time between comments that keep the connection open. */
  readonly heartbeat: number;
  /** Milliseconds for which a client may leave sent bytes unread before it is cut off. */
  readonly patience: number;
  /** Sends the client the current view, and each later one. Returns a function that ends this. */
  subscribe(sink: Sink): () => void;
  /** The fault that changes the events of this connection. */
  readonly effect?: StreamEffect | undefined;
  /** Keeps events in the journal. */
  readonly sent: {
    add(event: Buffer): void;
    /** Withholds an event because of a fault, for now or for good. */
    keepBack(event: Buffer): void;
  };
  /** Records in the journal how the connection ended. */
  reportEnd(how: string): void;
}

/** A reply's tail, ready to be sent. Its client reads events at its own pace. */
export interface OpenTail {
  /** Milliseconds of real time between comments that keep the connection open. */
  readonly heartbeat: number;
  open(listener: Listener): OpenedTail;
}

export interface OpenedTail {
  /** Returns the next event as bytes, or `undefined` if the listener will be woken for it. */
  next(): Buffer | undefined;
  close(): void;
}

/** An answer as sent to a client. */
export interface Answer {
  readonly status: number;
  readonly headers: Record<string, string | number>;
  readonly body: string | Buffer;
  /** Whether the request was HEAD: `body` then gives the length and is not sent. */
  readonly head: boolean;
  /** Instead of `body`. */
  readonly stream?: OpenStream;
  /** Instead of `body`. */
  readonly tail?: OpenTail;
  /** How the bytes are sent, if not whole and at once. */
  readonly delivery?: Delivery;
  /** How the connection ended, unless by the end of the answer. */
  readonly ended?: string;
  /** Records in the journal when it ended, and how, unless as expected. */
  readonly reportEnd?: (how?: string) => void;
}

/** The body is cut after a number of bytes, or sent slowly. */
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

/** Returns the journal's answer for an exchange that was not answered. */
export function toNoAnswer(how: keyof typeof ENDS): Answer & { readonly body: string } {
  return { status: 0, headers: {}, body: '', head: false, ended: ENDS[how] };
}

/** Returned if the exchange's sandbox was reset or deleted while it waited: no answer is sent. */
export const abandoned = Symbol('abandoned');

const JSON_TYPE = 'application/json; charset=utf-8';
const EVENTS: Readonly<Record<string, string>> = { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-cache' };
const TEXT_TYPE = 'text/plain; charset=utf-8';
const BYTES_TYPE = 'application/octet-stream';

/** Renders an event of a stream, without a name, so that clients treat it as a message. */
export function renderEvent(data: unknown): Buffer {
  return Buffer.from(`data: ${JSON.stringify(data)}\n\n`);
}

let newest: Buffer = Buffer.alloc(0);

/**
 * Renders the first event of a stream. Clients that subscribe one after another share its bytes, and so do their
 * journal entries: that saved 5 to 8 of 42 kB per stream with events of 700 bytes. Later events are distinguished by
 * the identity of their bytes, and so are never shared with an equal earlier one.
 */
export function renderFirstEvent(data: unknown): Buffer {
  const event = renderEvent(data);
  if (!event.equals(newest)) newest = event;
  return newest;
}

/** Renders an event that clients find by its name, and after whose id they can resume. */
export function renderTailEvent({ id, name, data }: TailEvent): Buffer {
  return Buffer.from(`id: ${id}\nevent: ${name}\ndata: ${JSON.stringify(data)}\n\n`);
}

/** Renders the head of a stream. */
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
 * Renders a reply for sending. A reply's own headers override added ones.
 *
 * @param written its body, if that was written before
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
