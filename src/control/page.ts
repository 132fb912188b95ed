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
  /** There only where more follow. */
  readonly next: string | undefined;
  /** Of all pages, where it was asked for. */
  readonly total: number | undefined;
}

/** A list in which every entry has a number that grows with the list. */
export interface Listing<T, P> {
  /** Newest first. */
  readonly entries: Iterable<T>;
  readonly sequence: (entry: T) => number;
  /** What stands before the number in the id of an entry. */
  readonly prefix: string;
  readonly present: (entry: T) => P;
}

/** Entries of a page where the request does not say how many. */
export const DEFAULT_LIMIT = 100;

/** Characters of JSON that the entries of a page come to at most; one entry alone may be longer. */
export const PAGE_SIZE = 8 * 1024 * 1024;

/** One page of entries as they are shown, newest first. It ends early where they grow long. */
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
    // No end of the list: where a clock was put back, an older entry may have a later instant.
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

/** What an answer says of its page beside the items. */
export function describePage({ next, total }: Pick<Page<never>, 'next' | 'total'>): { next?: string; total?: number } {
  return { ...(total !== undefined && { total }), ...(next !== undefined && { next }) };
}

/** @throws {Failure} for what no page gave as its `next` */
export function parseCursor(cursor: string): number {
  if (!DIGITS.test(cursor)) throw toFailure('BAD_CURSOR', `${quote(cursor)} is not a cursor.`);
  return Number(cursor);
}

const DIGITS = /^\d+$/;

/** The number of an id, with or without what stands before it; an instant has none. */
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
