import { parseInstant, type Instant } from '../core/clock.ts';
import { toFailure } from './problems.ts';

/** An entry of a list that is read newest first. `seq` grows with every entry. */
export interface Sequenced {
  readonly at: Instant;
  readonly seq: number;
}

export interface PageQuery {
  readonly since?: string;
  readonly cursor?: string;
  readonly limit?: number;
}

export interface Page<T> {
  readonly items: readonly T[];
  /** There only where more follow. */
  readonly next: string | undefined;
}

const DEFAULT_LIMIT = 100;

/**
 * One page of entries, newest first.
 *
 * @param sequence of an entry; ids end in it, so that an id says where it stands even when the entry is gone
 */
export function takePage<T extends { readonly at: Instant }>(
  entries: Iterable<T>,
  sequence: (entry: T) => number,
  fits: (entry: T) => boolean,
  { since, cursor, limit = DEFAULT_LIMIT }: PageQuery,
): Page<T> {
  const before = cursor === undefined ? Number.POSITIVE_INFINITY : parseSequence(cursor);
  const isNew = toSinceFilter(since, sequence);
  const items: T[] = [];
  for (const entry of entries) {
    if (sequence(entry) >= before) continue;
    if (!isNew(entry)) break;
    if (!fits(entry)) continue;
    if (items.length === limit) return { items, next: String(sequence(items.at(-1) ?? entry)) };
    items.push(entry);
  }
  return { items, next: undefined };
}

function toSinceFilter<T extends { readonly at: Instant }>(
  since: string | undefined,
  sequence: (entry: T) => number,
): (entry: T) => boolean {
  if (since === undefined) return () => true;
  if (/^(?:[a-z0-9._-]+-)?\d+$/.test(since)) {
    const after = parseSequence(since);
    return (entry) => sequence(entry) > after;
  }
  const from = parseSince(since);
  return ({ at }) => at >= from;
}

/** The number at the end of an id: "42" and "default-42" both give 42. */
export function parseSequence(id: string): number {
  const digits = /(\d+)$/.exec(id)?.[1];
  if (digits === undefined) throw toFailure('BAD_CURSOR', `"${id}" is not a cursor.`);
  return Number(digits);
}

function parseSince(text: string): Instant {
  try {
    return parseInstant(text);
  } catch {
    throw toFailure('BAD_INSTANT', `"${text}" is neither an instant nor the id of an entry.`);
  }
}
