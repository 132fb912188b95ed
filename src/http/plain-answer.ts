import { systemTime } from '../core/values/clock.ts';
import { STATUS_CODES } from '../core/values/node-http.ts';
import type { Answer } from '../core/wire/answer.ts';

/** Of ASCII alone: how Node sends other characters hangs on the body. */
const VALUE = /^[\t -~]*$/;
const NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** By these Node sends an answer otherwise than with its length on a connection that goes on. */
const SPECIAL = new Set([
  'connection',
  'content-disposition',
  'date',
  'expect',
  'keep-alive',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);
/** Names that were looked at, and whether they are plain ones. Most come from the code; those of faults are bounded. */
const names = new Map<string, boolean>();
const NAMES = 1000;

/** The bytes of an answer as `node:http` would send it, or `undefined` where it must be sent by that. */
export interface PlainAnswer {
  /** The head and, where that is of ASCII alone, the body too. */
  readonly text: string;
  readonly body?: Buffer;
}

export function toPlainAnswer({
  status,
  headers,
  body,
  head,
  stream,
  tail,
  delivery,
}: Answer): PlainAnswer | undefined {
  const reason = STATUS_CODES[status];
  if (head || stream || tail || delivery || status < 200 || status === 304 || reason === undefined) return undefined;
  let lines = `HTTP/1.1 ${status} ${reason}\r\n`;
  for (const name in headers) {
    const value = headers[name];
    // Neither is so by its type alone: a provider from outside may write anything.
    if (!isPlain(name) || !(typeof value === 'string' ? VALUE.test(value) : typeof value === 'number'))
      return undefined;
    lines += `${name}: ${value}\r\n`;
  }
  const { 'Content-Length': length = 0 } = headers;
  const whole = `${lines}Date: ${toDate()}\r\nConnection: keep-alive\r\n\r\n`;
  if (status === 204 ? length !== 0 || body.length > 0 : headers['Content-Length'] === undefined) return undefined;
  if (Buffer.byteLength(body) !== length) return undefined;
  // As many characters as bytes are of ASCII.
  if (typeof body === 'string' && body.length === length) return { text: whole + body };
  return { text: whole, body: Buffer.from(body) };
}

function isPlain(name: string): boolean {
  const known = names.get(name);
  if (known !== undefined) return known;
  const plain = NAME.test(name) && !SPECIAL.has(name.toLowerCase());
  if (names.size < NAMES) names.set(name, plain);
  return plain;
}

let second = 0;
let date = '';

/** Now, as the system has it and in whole seconds. */
function toDate(): string {
  const now = Math.floor(systemTime() / 1000);
  if (now !== second) {
    second = now;
    date = new Date(now * 1000).toUTCString();
  }
  return date;
}
