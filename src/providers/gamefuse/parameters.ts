import { parseJson } from '../../core/wire/body.ts';
import { DEPTH } from './policies.ts';
import { NO_EXTRA_ATTRIBUTES } from './state.ts';
import type { components } from '../../generated/gamefuse.ts';

type Scalar = string | number | boolean;

/**
 * Whether a parameter has a value.
 *
 * ASSUMED: an empty string and JSON null count as missing. FIDELITY: 0 does not (the JavaScript
 * client sends it as a number).
 */
export function isGiven<T>(value: T): value is Exclude<T, '' | null | undefined> {
  return value !== undefined && value !== null && value !== '';
}

/** A given text, in the form of a string. */
export function toText(value: Scalar | null | undefined): string | undefined {
  return isGiven(value) ? String(value) : undefined;
}

/** Whitespace is Ruby's, which has no other spaces than these. */
const LEADING_INTEGER = /^[\t-\r ]*([+-]?\d+(?:_\d+)*)/;

/**
 * ASSUMED: as Ruby makes an integer of it. Of a string the digits that it begins with count, and
 * 0 where it begins with none; a number is cut toward zero.
 */
export function toWhole(value: string | number): number {
  const number = typeof value === 'number' ? value : Number(LEADING_INTEGER.exec(value)?.[1]?.replaceAll('_', '') ?? 0);
  // There is a negative zero, too.
  return Math.trunc(number) || 0;
}

/** FIDELITY: the JavaScript clients write `true`, the C# client writes `True`. ASSUMED: 1 counts, too. */
export function toFlag(value: Scalar | null | undefined): boolean {
  return ['true', '1'].includes(String(value).toLowerCase());
}

/** The value that a text is the JSON of; `undefined` for any other text. */
export function parseJsonText(text: string): unknown {
  try {
    return parseJson(text, { depth: DEPTH, protoKeys: 'data' });
  } catch {
    return undefined;
  }
}

/** The text of extras as it is kept; `undefined` for what is not the JSON of an object. */
export function toExtraAttributes(text: string): string | undefined {
  const value = parseJsonText(text);
  if (!isRecord(value)) return undefined;
  return Object.keys(value).length > 0 ? text : NO_EXTRA_ATTRIBUTES;
}

export function isScalar(value: unknown): value is Scalar {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Parameters that some client wraps; each may be anything. */
export type Fields = Readonly<Partial<Record<WrappedName, unknown>>>;

type WrappedName = keyof (components['schemas']['GameRoundParameters'] &
  components['schemas']['GroupParameters'] &
  components['schemas']['ConnectionParameters'] &
  components['schemas']['AnswerParameters'] &
  components['schemas']['MessageParameters'] & { action_type: unknown });

/**
 * Parameters that may be wrapped in an object. FIDELITY: one client wraps them (JavaScript client, v3).
 * ASSUMED: what is inside counts more.
 */
export function unwrap(params: object, wrapper: string): Fields {
  const inner = (params as Readonly<Record<string, unknown>>)[wrapper];
  return isRecord(inner) ? { ...params, ...inner } : params;
}

/** As `toText`, of what may be anything. */
export function findText(value: unknown): string | undefined {
  return isScalar(value) ? toText(value) : undefined;
}

/** As `toWhole`, of what may be anything. */
export function findWhole(value: unknown): number | undefined {
  return isGiven(value) && (typeof value === 'string' || typeof value === 'number') ? toWhole(value) : undefined;
}

/** As `toFlag`; `undefined` where nothing is said. */
export function findFlag(value: unknown): boolean | undefined {
  return isGiven(value) && isScalar(value) ? toFlag(value) : undefined;
}

/** The entries of a page. @param page from 1; what is less is the first */
export function* takePage<T>(entries: Iterable<T>, page: number, size: number): Iterable<T> {
  const from = (Math.max(page, 1) - 1) * size;
  let index = 0;
  for (const entry of entries) {
    if (index >= from + size) return;
    if (index >= from) yield entry;
    index += 1;
  }
}
