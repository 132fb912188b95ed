import { isUtf8 } from 'node:buffer';
import { parse as parseQueryString } from 'node:querystring';
import { setImmediate } from 'node:timers/promises';

import { Failure, type ParseCause } from './failure.ts';
import type { BodyPolicy, MediaType } from './policies.ts';

const JSON_TYPE = 'application/json';

/**
 * Reads a body by its media type. JSON gives any JSON value, a form an object of strings and lists of strings, and text a string.
 *
 * @returns a promise for multipart and long JSON only; `undefined` for a type that the policy ignores
 * @throws {Failure} parse, with what was wrong
 */
export function parseBody(bytes: Buffer, headers: BodyHeaders, policy: BodyPolicy): unknown {
  if (bytes.length === 0) refuse('empty');
  const mediaType = findMediaType(headers['content-type'], policy);
  if (!mediaType && policy.ignoreOthers) return undefined;
  if ((headers['content-encoding'] ?? 'identity') !== 'identity') refuse('encoding');
  switch (mediaType) {
    case undefined:
      refuse('mediaType');
    case JSON_TYPE:
      return bytes.length > LONG ? parseLongJson(decode(bytes), policy) : parseJson(decode(bytes), policy);
    case 'application/x-www-form-urlencoded':
      return parseFields(decode(bytes), policy);
    case 'multipart/form-data':
      return parseMultipart(bytes, headers['content-type'] ?? '', policy);
    case 'text/plain':
      return decode(bytes);
  }
}

/** The fields of a query or a urlencoded form. */
export function parseFields(text: string, policy: Pick<BodyPolicy, 'lastValueWins'>): Record<string, unknown> {
  return toFields(Object.entries(parseQueryString(text, '&', '=', ALL)), policy);
}

/** By default Node reads a thousand names and drops the rest. The limit of a body is enough. */
const ALL = { maxKeys: 0 };
const LIST = '[]';

function toFields(
  pairs: readonly (readonly [string, string | readonly string[] | undefined])[],
  { lastValueWins }: Pick<BodyPolicy, 'lastValueWins'>,
): Record<string, unknown> {
  if (!lastValueWins) return Object.fromEntries(pairs);
  return Object.fromEntries(
    pairs.map(([name, value]): [string, unknown] =>
      name.endsWith(LIST)
        ? [name.slice(0, -LIST.length), [value].flat()]
        : [name, typeof value === 'string' ? value : value?.at(-1)],
    ),
  );
}

export interface BodyHeaders {
  readonly 'content-type'?: string | undefined;
  readonly 'content-encoding'?: string | undefined;
}

function refuse(cause: ParseCause): never {
  throw new Failure({ kind: 'parse', cause });
}

const JSON_SUFFIX = /^application\/[^;\s]+\+json$/;
const CHARSET = /;\s*charset\s*=\s*"?([^";\s]+)/i;

function findMediaType(contentType: string | undefined, policy: BodyPolicy): MediaType | undefined {
  const { accept, assume, refuseJsonSuffix } = policy;
  if (contentType === undefined) return assume;
  // Nearly every client sends exactly this type.
  if (contentType === JSON_TYPE && accept.includes(JSON_TYPE)) return JSON_TYPE;
  const named = (contentType.split(';', 1)[0] ?? '').trim().toLowerCase();
  const essence = !refuseJsonSuffix && JSON_SUFFIX.test(named) ? JSON_TYPE : named;
  const accepted = accept.find((mediaType) => mediaType === essence);
  const charset = CHARSET.exec(contentType)?.[1]?.toLowerCase() ?? 'utf-8';
  if (accepted && charset !== 'utf-8' && charset !== 'utf8' && charset !== 'us-ascii') refuse('encoding');
  return accepted;
}

function decode(bytes: Buffer): string {
  return isUtf8(bytes) ? bytes.toString('utf8') : refuse('encoding');
}

type JsonPolicy = Pick<BodyPolicy, 'depth' | 'protoKeys'>;

/** @throws {Failure} parse */
export function parseJson(text: string, policy: JsonPolicy): unknown {
  if (isDeeperThan(text, policy.depth)) refuse('tooDeep');
  return readJson(text, policy);
}

/** Bytes of a body whose steps take so long that others are served in between. */
const LONG = 4_194_304;

async function parseLongJson(text: string, policy: JsonPolicy): Promise<unknown> {
  if (isDeeperThan(text, policy.depth)) refuse('tooDeep');
  await setImmediate();
  return readJson(text, policy);
}

function readJson(text: string, { protoKeys }: JsonPolicy): unknown {
  try {
    // JSON.parse makes `__proto__` a field like any other. A check of each field takes longer than the parsing.
    const isChecked = protoKeys === 'refuse' && mayHaveProtoKey(text);
    return JSON.parse(text, isChecked ? refuseProtoKey : undefined) as unknown;
  } catch (error) {
    if (error instanceof Failure) throw error;
    return refuse('json');
  }
}

/** Parsers that guard prototypes refuse a `constructor` with a `prototype`, too. */
function hasPrototype(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, 'prototype');
}

/** An escaped letter of these names begins with `\u`. */
function mayHaveProtoKey(text: string): boolean {
  return text.includes('__proto__') || text.includes('constructor') || text.includes('\\u');
}

function refuseProtoKey(key: string, value: unknown): unknown {
  if (key === '__proto__' || (key === 'constructor' && hasPrototype(value))) refuse('json');
  return value;
}

/** Measures nesting before anything recursive reads the text: a validator or a serialiser would run out of stack. */
export function isDeeperThan(text: string, limit: number): boolean {
  // Every level takes two brackets, so most bodies need not be read.
  if (text.length < limit * 2) return false;
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = findClosingQuote(text, at);
    else if (code === OPEN_BRACE || code === OPEN_BRACKET) depth += 1;
    else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) depth -= 1;
    if (depth > limit) return true;
  }
  return false;
}

/** Finds the quote that ends the string which begins at an offset, or the end of the text. */
function findClosingQuote(text: string, start: number): number {
  for (let at = start; ;) {
    at = text.indexOf('"', at + 1);
    if (at < 0) return text.length;
    let slash = at;
    while (text.charCodeAt(slash - 1) === BACKSLASH) slash -= 1;
    // Two backslashes are one character, so an even number of them leaves the quote as it is.
    if ((at - slash) % 2 === 0) return at;
  }
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/** Reads the fields; a file is read and dropped. */
async function parseMultipart(bytes: Buffer, contentType: string, policy: BodyPolicy): Promise<unknown> {
  // Bundled, a CommonJS library that is imported late has a default export only.
  const { Busboy } = (await import('@fastify/busboy')).default;
  return new Promise((resolve, reject) => {
    const refused = (): void => {
      reject(new Failure({ kind: 'parse', cause: 'mediaType' }));
    };
    // Flattened once at the end: one name may repeat as often as the limit allows.
    const fields = new Map<string, string[]>();
    try {
      const busboy = new Busboy({
        headers: { 'content-type': contentType },
        limits: { fieldSize: bytes.length, fieldNameSize: bytes.length },
      });
      busboy.on('field', (name, value, _nameCut, valueCut) => {
        if (valueCut) refused();
        const values = fields.get(name);
        if (values) values.push(value);
        else fields.set(name, [value]);
      });
      // A file that is cut emits an error of its own, and an error without a listener would end the process.
      busboy.on('file', (_name, file) => file.on('error', refused).resume());
      busboy.on('error', refused);
      busboy.on('finish', () => {
        const pairs = [...fields].map(([name, values]) => [name, values.length > 1 ? values : values[0]] as const);
        resolve(toFields(pairs, policy));
      });
      busboy.end(bytes);
    } catch {
      refused();
    }
  });
}
