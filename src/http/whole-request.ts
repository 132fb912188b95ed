import type { IncomingHttpHeaders } from 'node:http';
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

/** As long as Node takes them; what is longer it refuses. */
const LONGEST_HEAD = 16_384;
/** What is longer is read as a stream, with the limits of its service. */
const LONGEST_BODY = 16_384;

const FIRST_LINE = /^(GET|POST|PUT|PATCH|DELETE) (\/[!-~]*) HTTP\/1\.1$/;
const NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const VALUE = /^[\t -~]*$/;
const LENGTH = /^\d{1,6}$/;
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

interface Fields {
  /** As they came. */
  readonly text: string;
  readonly headers: IncomingHttpHeaders;
  readonly length: number;
}

/** Reads the fields of heads. All connections of a client send the same ones again and again, and those are read once. */
export class FieldReader {
  #last: Fields | undefined;

  /** @returns `undefined` where any of them is not as most are */
  read(text: string): Fields | undefined {
    if (this.#last?.text === text) return this.#last;
    const read = readFields(text);
    if (read) this.#last = read;
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
    const text = bytes.toString('latin1', 0, LONGEST_HEAD);
    const end = text.indexOf('\r\n\r\n');
    const lineEnd = text.indexOf('\r\n');
    if (end <= lineEnd) return undefined;
    const [, method, url] = FIRST_LINE.exec(text.slice(0, lineEnd)) ?? [];
    const fields = this.#fields.read(text.slice(lineEnd + 2, end));
    if (!fields || method === undefined || url === undefined) return undefined;
    // A piece of a text keeps all of it, and this one stays in the journal.
    const at = method.length + 1;
    const own = bytes.toString('latin1', at, at + url.length);
    return { method, url: own, headers: fields.headers, size: end + 4, length: fields.length };
  }
}

function readFields(text: string): Fields | undefined {
  const headers: IncomingHttpHeaders = {};
  for (const line of text.split('\r\n')) {
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
