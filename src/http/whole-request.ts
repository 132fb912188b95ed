import { maxHeaderSize, type IncomingHttpHeaders } from 'node:http';
import type { Socket } from 'node:net';

/** The head of a request, taken apart. */
export interface Head {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  /** Bytes of the head itself. */
  readonly size: number;
  /** Bytes of the body that follows; 0 where there is none. */
  readonly length: number;
}

/** A request that is there as a whole, of which nobody need read. */
export interface WholeRequest {
  readonly head: Head;
  readonly body: Buffer;
  readonly socket: Socket;
}

const LONGEST_HEAD = 16_384;
/** Of very many Node forgets some. */
const MOST_FIELDS = 100;
/** What is longer is read as a stream, with the limits of its service. */
const LONGEST_BODY = 16_384;

const FIRST_LINE = /^(GET|POST|PUT|PATCH|DELETE) (\/[!-~]*) HTTP\/1\.1$/;
const NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const VALUE = /^[\t -~]*$/;
const LENGTH = /^\d{1,6}$/;
const BREAK = Buffer.from('\r\n\r\n');
/** With these a request is more than its bytes, or Node puts it together in a way of its own. */
const SPECIAL = new Set([
  '__proto__',
  'expect',
  'http2-settings',
  'proxy-connection',
  'set-cookie',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** Fields that a server keeps. */
const MOST_SHARED = 64;
const LONGEST_SHARED = 2048;

interface Fields {
  /** As they came. */
  readonly text: string;
  readonly headers: IncomingHttpHeaders;
  readonly length: number;
}

/** Reads the fields of heads. All connections of a client send the same few again and again, and those are read once. */
export class FieldReader {
  readonly #known = new Map<string, Fields>();

  /** @returns `undefined` where any of them is not as most are */
  read(text: string): Fields | undefined {
    const known = this.#known.get(text);
    if (known) return known;
    // A piece of a text keeps all of it, and headers stay in the journal.
    const own = Buffer.from(text, 'latin1').toString('latin1');
    const read = readFields(own);
    if (!read || own.length > LONGEST_SHARED) return read;
    if (this.#known.size === MOST_SHARED) this.#known.clear();
    this.#known.set(own, read);
    return read;
  }
}

/**
 * Reads the heads of one connection. It takes what clients usually send, and that as `node:http` does; all else it leaves to
 * `node:http`, whatever is wrong with it or special about it. The same head as the one before is not read again.
 */
export class HeadReader {
  readonly #fields: FieldReader;
  #last: { readonly bytes: Buffer; readonly head: Head } | undefined;
  /** Of the last head, which most of the next ones share: where there are many clients the others' are more than are kept. */
  #lastFields: Fields | undefined;

  constructor(fields: FieldReader) {
    this.#fields = fields;
  }

  /** @returns `undefined` where it is not a head as most are */
  read(bytes: Buffer): Head | undefined {
    const last = this.#last;
    if (last && bytes.length >= last.head.size) {
      if (bytes.compare(last.bytes, 0, last.head.size, 0, last.head.size) === 0) return last.head;
    }
    const head = this.#take(bytes);
    // Not a part of what was read: that may be larger.
    if (head) this.#last = { bytes: Buffer.from(bytes.subarray(0, head.size)), head };
    return head;
  }

  #take(bytes: Buffer): Head | undefined {
    const end = bytes.indexOf(BREAK);
    const size = end + BREAK.length;
    // Node may have been told to take less than it does by itself.
    if (end < 0 || size > LONGEST_HEAD || size > maxHeaderSize) return undefined;
    // Nothing of what follows: a piece of a text keeps all of it.
    const text = bytes.toString('latin1', 0, end);
    const lineEnd = text.indexOf('\r\n');
    if (lineEnd < 0) return undefined;
    const [, method, url] = FIRST_LINE.exec(text.slice(0, lineEnd)) ?? [];
    const fields = this.#readFields(text.slice(lineEnd + 2));
    if (!fields || method === undefined || url === undefined) return undefined;
    // By itself, for it stays in the journal while the fields of many are the same.
    const at = method.length + 1;
    const own = bytes.toString('latin1', at, at + url.length);
    return { method, url: own, headers: fields.headers, size, length: fields.length };
  }

  #readFields(text: string): Fields | undefined {
    if (this.#lastFields?.text === text) return this.#lastFields;
    const fields = this.#fields.read(text);
    if (fields) this.#lastFields = fields;
    return fields;
  }
}

function readFields(text: string): Fields | undefined {
  const headers: IncomingHttpHeaders = {};
  const lines = text.split('\r\n');
  if (lines.length > MOST_FIELDS) return undefined;
  for (const line of lines) {
    const colon = line.indexOf(':');
    const name = line.slice(0, colon).toLowerCase();
    const value = line.slice(colon + 1);
    if (colon < 0 || !NAME.test(name) || !VALUE.test(value)) return undefined;
    if (SPECIAL.has(name) || name in headers) return undefined;
    headers[name] = value.trim();
  }
  const { host, connection = 'keep-alive', 'content-length': length = '0' } = headers;
  if (host === undefined || connection.toLowerCase() !== 'keep-alive' || !LENGTH.test(length)) return undefined;
  return Number(length) > LONGEST_BODY ? undefined : { text, headers: Object.freeze(headers), length: Number(length) };
}
