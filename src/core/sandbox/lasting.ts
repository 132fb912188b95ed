import type { Kept } from '../store/disk/kept.ts';
import type { StateOf } from '../store/collection.ts';
import { CORE, DUE, type DueItem } from '../store/due.ts';
import type { Catalog, Roots } from '../store/roots.ts';
import { Store } from '../store/store.ts';
import { coreCollections } from './core-collections.ts';
import { Queue } from './webhooks/queue.ts';
import type { OpenWindow } from './windows.ts';

/**
 * Returns other roots with the parts of `before` that last: the state of providers that are not installed, and, on
 * request, the fault rules.
 */
export function keepLasting(roots: Roots, before: Roots, catalog: Catalog, keepFaults: boolean): Roots {
  const { foreign } = catalog;
  if (foreign.length === 0 && !keepFaults) return roots;
  const collections = catalog.declared.map(({ provider, name, place, isForeign }) => {
    const isSleeping = foreign.length > 0 && provider === CORE && name === 'sleeping';
    const isRules = keepFaults && provider === CORE && name === 'rules';
    const trees = (isForeign || isSleeping || isRules ? before : roots).collections[place];
    if (!trees) throw new RangeError(`No collection ${place} is declared.`);
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
    // The other deliveries may use these numbers by now, so those of absent providers get later ones.
    const left = [...earlier.deliveries.list('seq')].filter(({ provider }) => foreign.includes(provider));
    const queue = new Queue(store, deliveries, store.open(CORE, coreCollections).tallies);
    for (const delivery of left) queue.join(delivery);
  });
  return store.roots;
}

/** Ids and random streams of a provider are counted under its own id. */
function isCounterOf(name: string, provider: string): boolean {
  return name.startsWith(`ids ${provider}/`) || name.startsWith(`${provider}/`);
}

/**
 * Returns a stored sandbox adapted to the installed providers: a new one starts from the seed, scheduled items of an absent
 * one wait, and those of one that is back are due again.
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

/** Items keep their numbers, unless these were used again meanwhile, as after a reset. */
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
    if (!trees) throw new RangeError(`No collection ${place} is declared.`);
    return trees;
  });
  const counters = new Map(roots.counters);
  for (const [name, value] of seed.counters) if (joining.some((id) => isCounterOf(name, id))) counters.set(name, value);
  return { ...roots, collections, counters };
}
