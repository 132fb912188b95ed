import { parseInstant, type Instant } from '../core/values/clock.ts';
import { quote } from '../core/values/quotation.ts';
import { toFailure } from './problems.ts';

export interface PageQuery {
  readonly since?: string;
  readonly cursor?: string;
  readonly limit?: number;
  readonly count?: boolean;
}

export interface Page<T> {
  readonly items: readonly T[];
  /** The cursor of the next page, if more entries follow. */
  readonly next: string | undefined;
  /** The number of entries on all pages, if the request asks for it. */
  readonly total: number | undefined;
}

/** A list whose entries have growing numbers. */
export interface Listing<T, P> {
  /** Newest first. */
  readonly entries: Iterable<T>;
  readonly sequence: (entry: T) => number;
  /** The text before the number in the id of an entry. */
  readonly prefix: string;
  readonly present: (entry: T) => P;
}

/** Entries of a page if the request names no limit. */
export const DEFAULT_LIMIT = 100;

/** Maximum characters of JSON on a page; a single entry may be longer. */
export const PAGE_SIZE = 8 * 1024 * 1024;

/** Takes a page of entries, newest first. It ends early if they are long. */
export function takePage<T extends { readonly at: Instant }, P>(
  { entries, sequence, prefix, present }: Listing<T, P>,
  fits: (entry: T) => boolean,
  { since, cursor, limit = DEFAULT_LIMIT, count = false }: PageQuery,
): Page<P> {
  const before = cursor === undefined ? Number.POSITIVE_INFINITY : parseCursor(cursor);
  const after = since === undefined ? -1 : findSequence(since, prefix);
  const from = since === undefined || after !== undefined ? undefined : parseSince(since);
  const items: P[] = [];
  let size = 0;
  let last = 0;
  let total = 0;
  let next: string | undefined;
  for (const entry of entries) {
    const at = sequence(entry);
    if (at >= before && !count) continue;
    if (after !== undefined && at <= after) break;
    // Not the end of the list: after a clock was set back, an older entry may have a later instant.
    if (from !== undefined && entry.at < from) continue;
    if (!fits(entry)) continue;
    total += 1;
    if (at >= before || next !== undefined) continue;
    const item = items.length < limit ? present(entry) : undefined;
    if (item !== undefined) size += JSON.stringify(item).length;
    if (item === undefined || (items.length > 0 && size > PAGE_SIZE)) {
      next = String(last);
      if (!count) break;
      continue;
    }
    items.push(item);
    last = at;
  }
  return { items, next, total: count ? total : undefined };
}

/** The fields of a response that describe its page. */
export function describePage({ next, total }: Pick<Page<never>, 'next' | 'total'>): { next?: string; total?: number } {
  return { ...(total !== undefined && { total }), ...(next !== undefined && { next }) };
}

/** @throws {Failure} if it cannot be the `next` of a page */
export function parseCursor(cursor: string): number {
  if (!DIGITS.test(cursor)) throw toFailure('BAD_CURSOR', `${quote(cursor)} is not a cursor.`);
  return Number(cursor);
}

const DIGITS = /^\d+$/;

/** The number of an id, with or without its prefix; `undefined` for an instant. */
function findSequence(id: string, prefix: string): number | undefined {
  const digits = id.startsWith(prefix) ? id.slice(prefix.length) : id;
  return DIGITS.test(digits) ? Number(digits) : undefined;
}

function parseSince(text: string): Instant {
  try {
    return parseInstant(text);
  } catch {
    throw toFailure('BAD_SINCE', `${quote(text)} is neither an instant nor the id of an entry in this list.`);
  }
}
