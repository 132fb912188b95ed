import { isDeepStrictEqual } from 'node:util';

import type { Provider } from '../provider/provider.ts';
import { coreCollections } from './core-collections.ts';
import { CORE, DUE, type DueItem } from '../store/due.ts';
import { Catalog, type Roots } from '../store/roots.ts';
import { Store } from '../store/store.ts';
import { parseInstant, type Instant } from '../values/clock.ts';
import { loadSection, type Moment } from './section-load.ts';

/** A scheduled item of a seed, at an absolute instant or at milliseconds after the start. */
export type OutlinedItem = Pick<DueItem, 'kind' | 'payload'> &
  ({ readonly at: Instant } | { readonly fromStart: number } | { readonly fromNow: number });

/**
 * The effects of a section except its provider's records. They are enough to start a sandbox, so that the records can
 * be made on first use. The build computes them for sections that cannot change.
 */
export interface Outline {
  /** Whether it has instants relative to the start of each sandbox. */
  readonly isRelative: boolean;
  readonly counters: Readonly<Record<string, number>>;
  /** The items in the order of their scheduling. */
  readonly due: readonly OutlinedItem[];
}

/** Leap days, months of each length and chance must make no difference. */
const TRIALS: readonly { readonly moment: Moment; readonly randomSeed: number }[] = [
  ['2024-01-31T23:59:59.999Z', '2024-01-31T23:59:59.999Z', 1] as const,
  ['2024-01-31T23:59:59.999Z', '2024-02-28T12:00:00.000Z', 1] as const,
  ['2023-11-05T01:30:00.000Z', '2025-03-09T07:30:00.000Z', 2] as const,
  ['2026-07-01T00:00:00.000Z', '2026-07-01T00:00:00.000Z', 3] as const,
].map(([start, now, randomSeed]) => ({
  moment: { start: parseInstant(start), now: parseInstant(now) },
  randomSeed,
}));

/**
 * @returns `undefined` if the effects depend on more than the start, so that the section has to be loaded to know them
 */
export function findOutline(provider: Provider, content: unknown): Outline | undefined {
  const catalog = new Catalog([{ id: CORE, collections: coreCollections }, provider]);
  const found = TRIALS.map(({ moment, randomSeed }) => {
    const store = new Store(catalog);
    let isRelative = false;
    store.transaction(() => {
      loadSection(store, provider, content, { ...moment, randomSeed, onNow: () => (isRelative = true) });
    });
    return { moment, isRelative, roots: store.roots };
  });
  const [first, ...others] = found;
  if (!first) return undefined;
  const counters = Object.fromEntries([...first.roots.counters].filter(([name]) => name !== DUE));
  const due = listDue(catalog, first.roots).map((item, index) => {
    const all = found.map(({ moment, roots }) => ({ moment, item: listDue(catalog, roots)[index] }));
    return outlineItem(item, all);
  });
  const isSame = others.every(
    ({ roots, isRelative }) =>
      isDeepStrictEqual(roots.counters, first.roots.counters) && isRelative === first.isRelative,
  );
  return isSame && due.every((item) => item !== undefined)
    ? { isRelative: first.isRelative, counters, due }
    : undefined;
}

function outlineItem(
  { at, kind, payload }: DueItem,
  trials: readonly { readonly moment: Moment; readonly item: DueItem | undefined }[],
): OutlinedItem | undefined {
  const isSame = trials.every(({ item }) => item?.kind === kind && isDeepStrictEqual(item.payload, payload));
  const rests = (from: (moment: Moment) => number): boolean =>
    new Set(trials.map(({ moment, item }) => (item?.at ?? NaN) - from(moment))).size === 1;
  const [first] = trials;
  if (!isSame || !first) return undefined;
  if (rests(() => 0)) return { kind, payload, at };
  if (rests(({ now }) => now)) return { kind, payload, fromNow: at - first.moment.now };
  if (rests(({ start }) => start)) return { kind, payload, fromStart: at - first.moment.start };
  return undefined;
}

/** Lists the items in the order of their scheduling. */
function listDue(catalog: Catalog, roots: Roots): readonly DueItem[] {
  const items = [...new Store(catalog, roots).open(CORE, coreCollections).due.values()];
  return items.sort((a, b) => a.seq - b.seq);
}

/** Does what loading the section would do, except the provider's records. Runs inside a transaction. */
export function applyOutline(store: Store, { id }: Provider, { counters, due }: Outline, { start, now }: Moment): void {
  for (const [name, value] of Object.entries(counters)) store.raise(name, value);
  const items = store.open(CORE, coreCollections).due;
  for (const { kind, payload, ...when } of due) {
    const at = 'at' in when ? when.at : 'fromNow' in when ? now + when.fromNow : start + when.fromStart;
    items.put({ at: at as Instant, seq: store.next(DUE), provider: id, kind, payload });
  }
}
