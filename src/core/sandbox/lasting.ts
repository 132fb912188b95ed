import type { Kept } from '../store/disk/kept.ts';
import { CORE, DUE, type DueItem } from '../store/due.ts';
import type { Catalog, Roots } from '../store/roots.ts';
import { Store } from '../store/store.ts';
import { coreCollections } from './core-collections.ts';

/**
 * Other roots with what is to stay of those before: the state of providers that are not there, of which the others know
 * nothing, and the rules of faults where they are asked for.
 */
export function keepLasting(roots: Roots, before: Roots, catalog: Catalog, keepFaults: boolean): Roots {
  const { foreign } = catalog;
  if (foreign.length === 0 && !keepFaults) return roots;
  const collections = catalog.declared.map(({ provider, name, place, isForeign }) => {
    const isSleeping = foreign.length > 0 && provider === CORE && name === 'sleeping';
    const isRules = keepFaults && provider === CORE && name === 'rules';
    const trees = (isForeign || isSleeping || isRules ? before : roots).collections[place];
    if (!trees) throw new RangeError(`There is no collection ${place}.`);
    return trees;
  });
  const counters = new Map(roots.counters);
  for (const [name, value] of before.counters)
    if (foreign.some((id) => isCounterOf(name, id))) counters.set(name, value);
  return { ...roots, collections, counters };
}

/** Ids and streams of chance of a provider are counted under its own id. */
function isCounterOf(name: string, provider: string): boolean {
  return name.startsWith(`ids ${provider}/`) || name.startsWith(`${provider}/`);
}

/**
 * A sandbox as it was left, for the providers that are there now: one that was never there begins with the seed, what is
 * due of one that is not there waits, and what waited for one that is there again is due.
 */
export function wake(kept: Kept, present: readonly string[], catalog: Catalog, toSeed: () => Roots): Kept {
  const joining = present.filter((id) => !kept.providers.includes(id));
  const seed = joining.length > 0 ? toSeed() : undefined;
  const store = new Store(catalog, seed ? join(kept.roots, seed, joining, catalog) : kept.roots);
  const { due, sleeping } = store.open(CORE, coreCollections);
  const seeded = seed ? [...new Store(catalog, seed).open(CORE, coreCollections).due.list('at')] : [];
  store.drift(() => {
    const move = (item: DueItem, from: typeof due, to: typeof due): void => {
      from.delete(String(item.seq));
      to.put(item);
    };
    for (const item of [...due.values()]) if (!present.includes(item.provider)) move(item, due, sleeping);
    for (const item of [...sleeping.values()]) if (present.includes(item.provider)) move(item, sleeping, due);
    for (const item of seeded) if (joining.includes(item.provider)) due.put({ ...item, seq: store.next(DUE) });
  });
  return { ...kept, roots: store.roots };
}

function join(roots: Roots, seed: Roots, joining: readonly string[], catalog: Catalog): Roots {
  const collections = catalog.declared.map(({ provider, place }) => {
    const trees = (joining.includes(provider) ? seed : roots).collections[place];
    if (!trees) throw new RangeError(`There is no collection ${place}.`);
    return trees;
  });
  const counters = new Map(roots.counters);
  for (const [name, value] of seed.counters) if (joining.some((id) => isCounterOf(name, id))) counters.set(name, value);
  return { ...roots, collections, counters };
}
