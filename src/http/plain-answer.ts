import { STATUS_CODES } from 'node:http';

import { systemTime } from '../core/values/clock.ts';
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
/** First lines by status. */
const starts: string[] = [];
/** What is known of a name. */
interface Field {
  /** What stands in front of its value; `undefined` where it is not a plain one. */
  readonly front: string | undefined;
  /** What it was last, which for most is the same each time, and how that is written. */
  value: unknown;
  line: string;
}

/** Most names come from the code; those of faults are bounded. */
const fields = new Map<string, Field>();
const FIELDS = 1000;
const NOTHING = Symbol('a value that nobody sends');
/** Of a value that is kept. */
const LONGEST = 200;

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
  // As many characters as bytes are of ASCII.
  if (typeof body === 'string' && body.length === length) return { text: text + body };
  return { text, body: Buffer.from(body) };
}

function toStart(status: number): string | undefined {
  const reason = STATUS_CODES[status];
  return reason === undefined ? undefined : (starts[status] ??= `HTTP/1.1 ${status} ${reason}`);
}

/** @param value a text or a number by its type alone: a provider from outside may write anything */
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

/** The rest of the head: now, as the system has it and in whole seconds, and that the connection goes on. */
function toEnd(): string {
  const now = Math.floor(systemTime() / 1000);
  if (now !== second) {
    second = now;
    end = `\r\nDate: ${new Date(now * 1000).toUTCString()}\r\nConnection: keep-alive\r\n\r\n`;
  }
  return end;
}
