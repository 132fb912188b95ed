import { toMessage } from '../../values/message.ts';
import type { BalanceBook } from '../balance-book.ts';
import type { Declared, Trees } from '../roots.ts';

/**
 * The records of a part whose checksum does not fit that could be read, but not used.
 *
 * @param base what the part is written against
 * @returns why, by their places
 */
export function listUnusable(
  declared: Declared,
  records: readonly (object | undefined)[],
  base: Trees | undefined,
  book: BalanceBook,
): ReadonlyMap<number, string> {
  const misnamed = findMisnamed(records, listSome(base));
  const unusable = new Map<number, string>();
  for (const [at, record] of records.entries()) {
    if (!record) continue;
    const why = misnamed.has(record) ? 'a field in it has a damaged name.' : findWrongBalance(declared, record, book);
    if (why !== undefined) unusable.set(at, why);
  }
  return unusable;
}

function findWrongBalance(
  { provider, name: collection, isForeign }: Declared,
  after: object,
  book: BalanceBook,
): string | undefined {
  if (isForeign) return undefined;
  try {
    book.movementsOf([{ part: 'own', provider, collection, key: '', before: undefined, after }]);
    return undefined;
  } catch (error) {
    return toMessage(error);
  }
}

/** Records that others are compared with. */
const SOME = 1000;

function* listSome(trees: Trees | undefined): IterableIterator<object> {
  let count = 0;
  for (const record of trees?.records.values() ?? []) {
    if ((count += 1) > SOME) return;
    yield record;
  }
}

/** The names that objects at one place of the records of a collection have. */
interface FieldNameCounts {
  objects: number;
  readonly names: Map<string, number>;
}

/** Objects that are inside of each other so deep are not looked at. */
const DEEPEST = 8;
/** With more names than these a place is a table with keys of its own, not an object with fields. */
const MOST = 1000;

/**
 * The records of which a field has a damaged name: by one character another one than it has in all others.
 *
 * @param records those that are looked at
 * @param others more of the same collection, to compare with
 */
function findMisnamed(records: readonly (object | undefined)[], others: Iterable<object>): ReadonlySet<object> {
  const places = new Map<string, FieldNameCounts>();
  const count = (object: object, path: string): void => {
    const place = places.get(path) ?? { objects: 0, names: new Map<string, number>() };
    places.set(path, place);
    place.objects += 1;
    if (place.names.size > MOST) return;
    for (const name of Object.keys(object)) place.names.set(name, (place.names.get(name) ?? 0) + 1);
  };
  for (const record of records) if (record) walk(record, '', 0, count);
  for (const record of others) walk(record, '', 0, count);
  const misnamed = new Set<object>();
  for (const record of records) {
    if (!record) continue;
    walk(record, '', 0, (object, path) => {
      const place = places.get(path);
      if (place && isMisnamed(object, place)) misnamed.add(record);
    });
  }
  return misnamed;
}

function isMisnamed(object: object, { objects, names }: FieldNameCounts): boolean {
  if (objects < 2 || names.size > MOST) return false;
  const odd = Object.keys(object).filter((name) => names.get(name) === 1);
  if (odd.length === 0) return false;
  const missing = [...names].filter(([name, count]) => count === objects - 1 && !Object.hasOwn(object, name));
  return odd.some((name) => missing.some(([other]) => differsByOne(name, other)));
}

function differsByOne(name: string, other: string): boolean {
  if (name.length !== other.length) return false;
  let differing = 0;
  for (let at = 0; at < name.length; at += 1) if (name[at] !== other[at]) differing += 1;
  return differing === 1;
}

function walk(value: unknown, path: string, depth: number, visit: (object: object, path: string) => void): void {
  if (typeof value !== 'object' || value === null || depth > DEEPEST) return;
  if (Array.isArray(value)) {
    for (const item of value) walk(item, `${path}[]`, depth + 1, visit);
    return;
  }
  visit(value, path);
  for (const [name, inner] of Object.entries(value)) walk(inner, `${path}\0${name}`, depth + 1, visit);
}
