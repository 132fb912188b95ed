import type { Kept } from '../store/disk/kept.ts';
import type { StateOf } from '../store/collection.ts';
import { CORE, DUE, type DueItem } from '../store/due.ts';
import type { Catalog, Roots } from '../store/roots.ts';
import { Store } from '../store/store.ts';
import { coreCollections } from './core-collections.ts';
import { Queue } from './webhooks/queue.ts';
import type { OpenWindow } from './windows.ts';

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
  const store = new Store(catalog, { ...roots, collections, counters });
  const { windows, deliveries } = store.open(CORE, coreCollections);
  const earlier = new Store(catalog, before).open(CORE, coreCollections);
  const isForeign = ({ client }: OpenWindow): boolean => foreign.some((id) => client.startsWith(`${id} `));
  store.drift(() => {
    for (const window of earlier.windows.values()) if (isForeign(window)) windows.put(window);
    // Those of others may have such a number by now; what waits for a provider that is not there goes behind them.
    const left = [...earlier.deliveries.list('seq')].filter(({ provider }) => foreign.includes(provider));
    const queue = new Queue(store, deliveries, store.open(CORE, coreCollections).tallies);
    for (const delivery of left) queue.join(delivery);
  });
  return store.roots;
}

/** Ids and streams of chance of a provider are counted under its own id. */
function isCounterOf(name: string, provider: string): boolean {
  return name.startsWith(`ids ${provider}/`) || name.startsWith(`${provider}/`);
}

/**
 * A sandbox as it was left, for the providers that are there now: one that was never there begins with the seed, what is
 * due of one that is not there waits, and what waited for one that is there again is due.
 */
export function wake<K extends Pick<Kept, 'roots' | 'providers'>>(
  kept: K,
  present: readonly string[],
  catalog: Catalog,
  toSeed: () => Roots,
): K {
  const joining = present.filter((id) => !kept.providers.includes(id));
  const seed = joining.length > 0 ? toSeed() : undefined;
  const store = new Store(catalog, seed ? join(kept.roots, seed, joining, catalog) : kept.roots);
  const { due, sleeping } = store.open(CORE, coreCollections);
  const seeded = seed ? [...new Store(catalog, seed).open(CORE, coreCollections).due.values()] : [];
  store.drift(() => {
    const isPresent = ({ provider }: DueItem): boolean => present.includes(provider);
    for (const { seq } of [...sleeping.values()]) store.raise(DUE, seq + 1);
    move(store, due, sleeping, (item) => !isPresent(item));
    move(store, sleeping, due, isPresent);
    for (const item of seeded.sort(bySeq)) {
      if (joining.includes(item.provider)) due.put({ ...item, seq: store.next(DUE) });
    }
  });
  return { ...kept, roots: store.roots };
}

type Items = StateOf<typeof coreCollections>['due'];

/** They keep their numbers, unless some of those were given again meanwhile, as a reset does. */
function move(store: Store, from: Items, to: Items, isMeant: (item: DueItem) => boolean): void {
  const items = [...from.values()].filter(isMeant).sort(bySeq);
  const isTaken = items.some(({ seq }) => to.find(String(seq)));
  for (const item of items) {
    from.delete(String(item.seq));
    to.put(isTaken ? { ...item, seq: store.next(DUE) } : item);
  }
}

function bySeq(a: DueItem, b: DueItem): number {
  return a.seq - b.seq;
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
