import { maxHeaderSize, type IncomingHttpHeaders } from 'node:http';
import type { Socket } from 'node:net';

/** The parsed head of a request. */
export interface Head {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  /** Bytes of the head itself. */
  readonly size: number;
  /** Bytes of the body that follows; 0 for none. */
  readonly length: number;
}

/** A request that arrived whole, so that no stream is needed. */
export interface WholeRequest {
  readonly head: Head;
  readonly body: Buffer;
  readonly socket: Socket;
}

const LONGEST_HEAD = 16_384;
/** Node drops fields if there are very many. */
const MOST_FIELDS = 100;
/** A longer body is read as a stream, with the limits of its service. */
const LONGEST_BODY = 16_384;

const FIRST_LINE = /^(GET|POST|PUT|PATCH|DELETE) (\/[!-~]*) HTTP\/1\.1$/;
const NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** Without tabs: whether one may follow a length depends on Node's version. */
const VALUE = /^[ -~]*$/;
const LENGTH = /^\d{1,6}$/;
const BREAK = Buffer.from('\r\n\r\n');
/** With these headers a request is more than its bytes, or Node combines them in its own way. */
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

/** Limit of fields that a server caches. */
const MOST_SHARED = 64;
const LONGEST_SHARED = 2048;

interface Fields {
  /** The fields as received. */
  readonly text: string;
  readonly headers: IncomingHttpHeaders;
  readonly length: number;
}

/** Reads the fields of heads. All connections of a client repeat the same few, so each is parsed once. */
export class FieldReader {
  readonly #known = new Map<string, Fields>();

  /** @returns `undefined` if any field is uncommon */
  read(text: string): Fields | undefined {
    const known = this.#known.get(text);
    if (known) return known;
    // A slice would keep the whole text in memory, and headers stay in the journal.
    const own = Buffer.from(text, 'latin1').toString('latin1');
    const read = readFields(own);
    if (!read || own.length > LONGEST_SHARED) return read;
    if (this.#known.size === MOST_SHARED) this.#known.clear();
    this.#known.set(own, read);
    return read;
  }
}

/**
 * Reads the heads of one connection. It reads common heads as `node:http` does, and leaves all others, invalid or
 * special, to `node:http`. A head that equals the previous one is not parsed again.
 */
export class HeadReader {
  readonly #fields: FieldReader;
  #last: { readonly bytes: Buffer; readonly head: Head } | undefined;
  /** The fields of the last head, which most later ones repeat: with many clients the shared cache is too small. */
  #lastFields: Fields | undefined;

  constructor(fields: FieldReader) {
    this.#fields = fields;
  }

  /** @returns `undefined` if the head is uncommon */
  read(bytes: Buffer): Head | undefined {
    const last = this.#last;
    if (last && bytes.length >= last.head.size) {
      if (bytes.compare(last.bytes, 0, last.head.size, 0, last.head.size) === 0) return last.head;
    }
    const head = this.#take(bytes);
    // Copied: a slice would keep the whole chunk in memory.
    if (head) this.#last = { bytes: Buffer.from(bytes.subarray(0, head.size)), head };
    return head;
  }

  #take(bytes: Buffer): Head | undefined {
    const end = bytes.indexOf(BREAK);
    const size = end + BREAK.length;
    // Node may be configured to accept less than its default.
    if (end < 0 || size > LONGEST_HEAD || size > maxHeaderSize) return undefined;
    // Without what follows: a slice would keep all of it in memory.
    const text = bytes.toString('latin1', 0, end);
    const lineEnd = text.indexOf('\r\n');
    if (lineEnd < 0) return undefined;
    const [, method, url] = FIRST_LINE.exec(text.slice(0, lineEnd)) ?? [];
    const fields = this.#readFields(text.slice(lineEnd + 2));
    if (!fields || method === undefined || url === undefined) return undefined;
    // Stored on its own: it stays in the journal, while many requests share the fields.
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
