import { parseJson } from '../../core/wire/body.ts';
import { DEPTH } from './policies.ts';
import { NO_EXTRA_ATTRIBUTES } from './state.ts';
import type { components } from '../../generated/gamefuse.ts';

type Scalar = string | number | boolean;

/**
 * Tests whether a parameter has a value.
 *
 * ASSUMED: an empty string and JSON null count as missing. FIDELITY: 0 does not (the JavaScript
 * client sends it as a number).
 */
export function isGiven<T>(value: T): value is Exclude<T, '' | null | undefined> {
  return value !== undefined && value !== null && value !== '';
}

/** Returns a given value as a string. */
export function toText(value: Scalar | null | undefined): string | undefined {
  return isGiven(value) ? String(value) : undefined;
}

/** These are all the whitespace characters of Ruby. */
const LEADING_INTEGER = /^[\t-\r ]*([+-]?\d+(?:_\d+)*)/;

/**
 * ASSUMED: converts like Ruby's `to_i`. A string is the integer that it begins with, or else 0; a number is truncated
 * toward zero.
 */
export function toWhole(value: string | number): number {
  const number = typeof value === 'number' ? value : Number(LEADING_INTEGER.exec(value)?.[1]?.replaceAll('_', '') ?? 0);
  // Turns -0 into 0.
  return Math.trunc(number) || 0;
}

/** FIDELITY: the JavaScript clients send `true`, the C# client sends `True`. ASSUMED: 1 counts, too. */
export function toFlag(value: Scalar | null | undefined): boolean {
  return ['true', '1'].includes(String(value).toLowerCase());
}

/** Parses JSON; `undefined` for any other text. */
export function parseJsonText(text: string): unknown {
  try {
    return parseJson(text, { depth: DEPTH, protoKeys: 'data' });
  } catch {
    return undefined;
  }
}

/** Normalizes extra attributes; `undefined` for a text that is not the JSON of an object. */
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

/** Parameters that a client may wrap in an object; each can be of any type. */
export type Fields = Readonly<Partial<Record<WrappedName, unknown>>>;

type WrappedName = keyof (components['schemas']['GameRoundParameters'] &
  components['schemas']['GroupParameters'] &
  components['schemas']['ConnectionParameters'] &
  components['schemas']['AnswerParameters'] &
  components['schemas']['MessageParameters'] & { action_type: unknown });

/**
 * Unwraps parameters that may be inside an object. FIDELITY: one client wraps them (JavaScript client, v3).
 * ASSUMED: the inner parameters override the outer ones.
 */
export function unwrap(params: object, wrapper: string): Fields {
  const inner = (params as Readonly<Record<string, unknown>>)[wrapper];
  return isRecord(inner) ? { ...params, ...inner } : params;
}

/** Like `toText`, for a value of any type. */
export function findText(value: unknown): string | undefined {
  return isScalar(value) ? toText(value) : undefined;
}

/** Like `toWhole`, for a value of any type. */
export function findWhole(value: unknown): number | undefined {
  return isGiven(value) && (typeof value === 'string' || typeof value === 'number') ? toWhole(value) : undefined;
}

/** Like `toFlag`, for a value of any type; `undefined` without a value. */
export function findFlag(value: unknown): boolean | undefined {
  return isGiven(value) && isScalar(value) ? toFlag(value) : undefined;
}

/** Takes the entries of a page. @param page from 1; lower numbers mean the first page */
export function* takePage<T>(entries: Iterable<T>, page: number, size: number): Iterable<T> {
  const from = (Math.max(page, 1) - 1) * size;
  let index = 0;
  for (const entry of entries) {
    if (index >= from + size) return;
    if (index >= from) yield entry;
    index += 1;
  }
}
