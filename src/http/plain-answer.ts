import { STATUS_CODES } from 'node:http';

import { systemTime } from '../core/values/clock.ts';
import type { Answer } from '../core/wire/answer.ts';

/** ASCII only: how Node sends other characters depends on the body. */
const VALUE = /^[\t -~]*$/;
const NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** With these headers Node sends an answer without its length or ends the connection. */
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
/** First lines by status. */
const starts: string[] = [];
/** The known facts of a header name. */
interface Field {
  /** The text before its value; `undefined` if the header is not a plain one. */
  readonly front: string | undefined;
  /** Its last value, which is usually the same each time, and how that is written. */
  value: unknown;
  line: string;
}

/** Most names come from the code; those of faults are bounded. */
const fields = new Map<string, Field>();
const FIELDS = 1000;
const NOTHING = Symbol('no value yet');
/** Limit of characters of a cached value. */
const LONGEST = 200;

/** The bytes of an answer as `node:http` would send it, or `undefined` if `node:http` must send it. */
export interface PlainAnswer {
  /** The head and, if that is ASCII only, the body too. */
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
  if (head || stream || tail || delivery || status < 200 || status === 304) return undefined;
  let text = toStart(status);
  if (text === undefined) return undefined;
  for (const name in headers) {
    const line = toLine(name, headers[name]);
    if (line === undefined) return undefined;
    text += line;
  }
  text += toEnd();
  const { 'Content-Length': length = 0 } = headers;
  if (status === 204 ? length !== 0 || body.length > 0 : headers['Content-Length'] === undefined) return undefined;
  if (Buffer.byteLength(body) !== length) return undefined;
  // The body is ASCII if it has as many characters as bytes.
  if (typeof body === 'string' && body.length === length) return { text: text + body };
  return { text, body: Buffer.from(body) };
}

function toStart(status: number): string | undefined {
  const reason = STATUS_CODES[status];
  return reason === undefined ? undefined : (starts[status] ??= `HTTP/1.1 ${status} ${reason}`);
}

/** @param value checked by its type: a provider from outside may return anything */
function toLine(name: string, value: unknown): string | undefined {
  const field = toField(name);
  if (value === field.value) return field.line;
  const isPlain = typeof value === 'string' ? VALUE.test(value) : typeof value === 'number';
  if (field.front === undefined || !isPlain) return undefined;
  const line = `${field.front}${String(value)}`;
  if (line.length <= LONGEST) {
    field.value = value;
    field.line = line;
  }
  return line;
}

function toField(name: string): Field {
  const known = fields.get(name);
  if (known) return known;
  const isPlain = NAME.test(name) && !SPECIAL.has(name.toLowerCase());
  const field = { front: isPlain ? `\r\n${name}: ` : undefined, value: NOTHING, line: '' };
  if (fields.size < FIELDS) fields.set(name, field);
  return field;
}

let second = Number.NaN;
let end = '';

/** Returns the rest of the head: the real time in whole seconds, and that the connection continues. */
function toEnd(): string {
  const now = Math.floor(systemTime() / 1000);
  if (now !== second) {
    second = now;
    end = `\r\nDate: ${new Date(now * 1000).toUTCString()}\r\nConnection: keep-alive\r\n\r\n`;
  }
  return end;
}
