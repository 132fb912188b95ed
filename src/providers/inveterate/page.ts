import { assert } from './errors.ts';

/** FIDELITY: v1 says that its lists have no limit by default, and 100 at most. */
const MOST = 100;

/**
 * ASSUMED: an empty limit is none, as a server takes it that looks whether there is a value: the vendor prints it as
 * required, so that generated clients cannot leave it out, and calls the list without one in its own words.
 *
 * @returns `last` only where more follow
 */
export function takePage<T>(
  list: Iterable<T>,
  limit: number | '' | undefined,
): { readonly items: readonly T[]; readonly last: T | undefined } {
  // The validator's number does not end there.
  assert(limit !== Number.POSITIVE_INFINITY, 'BAD_LIMIT');
  const size = typeof limit === 'number' ? Math.min(limit, MOST) : Number.POSITIVE_INFINITY;
  const items: T[] = [];
  for (const item of list) {
    if (items.length === size) return { items, last: items.at(-1) };
    items.push(item);
  }
  return { items, last: undefined };
}
