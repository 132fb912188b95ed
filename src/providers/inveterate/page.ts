import { assert } from './errors.ts';

/** FIDELITY: the lists of v1 have no limit by default, and at most 100. */
const MOST = 100;

/**
 * ASSUMED: an empty limit counts as left out, as for a server that only checks for a value. The vendor marks it as
 * required, so generated clients cannot leave it out, but the vendor's own text calls the list without one.
 *
 * @returns `last` only if more follow
 */
export function takePage<T>(
  list: Iterable<T>,
  limit: number | '' | undefined,
): { readonly items: readonly T[]; readonly last: T | undefined } {
  // The validator also accepts infinity.
  assert(limit !== Number.POSITIVE_INFINITY, 'BAD_LIMIT');
  const size = typeof limit === 'number' ? Math.min(limit, MOST) : Number.POSITIVE_INFINITY;
  const items: T[] = [];
  for (const item of list) {
    if (items.length === size) return { items, last: items.at(-1) };
    items.push(item);
  }
  return { items, last: undefined };
}
