import fc from 'fast-check';
import { expect, it } from 'vitest';

import { BY_KEY, defineCollection, UniqueViolation, type StateOf } from '../../../src/core/store/collection.ts';
import { toRecordKey } from '../../../src/core/store/key.ts';
import { Catalog } from '../../../src/core/store/roots.ts';
import { Store } from '../../../src/core/store/store.ts';
import { propertyRuns } from '../../support/property.ts';

interface Item {
  readonly id: string;
  readonly tag: string | undefined;
  readonly name: string | undefined;
  readonly rank: number;
}

const collections = {
  items: defineCollection({
    key: (item: Item) => toItemKey(item.id),
    unique: {
      tag: ({ tag }) => (tag === undefined ? undefined : [tag]),
      name: ({ name }) => (name === undefined ? undefined : [name]),
    },
    orders: {
      rank: (item) => [item.rank, item.id],
      tagged: ({ tag, rank, id }) => (tag === undefined ? undefined : [rank, id]),
      id: BY_KEY,
    },
  }),
};
const toItemKey = (of: string): string => toRecordKey([of]);

const catalog = new Catalog([{ id: 'model', collections }]);

const opened = new WeakMap<Store, StateOf<typeof collections>>();

/** The same collections each time, as an emulator has them: they keep what was found in them. */
function open(store: Store): StateOf<typeof collections> {
  const state = opened.get(store) ?? store.open('model', collections);
  opened.set(store, state);
  return state;
}

type Write = { readonly put: Item } | { readonly delete: string } | { readonly count: string };
type Step =
  | {
      readonly kind: 'transaction';
      readonly writes: readonly Write[];
      /** Whether it goes on behind a write that was refused. */
      readonly goesOn: boolean;
      readonly end: 'return' | 'throw' | 'drop';
    }
  | { readonly kind: 'keep' }
  | { readonly kind: 'restore'; readonly kept: number }
  | { readonly kind: 'fork'; readonly kept: number };

const TAGS = ['a', 'b', 'c', '__proto__', 'a\0', 'a\0\0b', '\uffff'];

const id = fc.constantFrom(...TAGS);
const maybe = fc.option(id, { nil: undefined });
const item = fc.record({ id, tag: maybe, name: maybe, rank: fc.integer({ min: -2, max: 2 }) });
const write: fc.Arbitrary<Write> = fc.oneof(
  item.map((put) => ({ put })),
  id.map((key) => ({ delete: key })),
  fc.constantFrom('x', 'y').map((count) => ({ count })),
);
const anyStep: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('transaction' as const),
      writes: fc.array(write, { maxLength: 6 }),
      goesOn: fc.boolean(),
      end: fc.constantFrom('return' as const, 'return' as const, 'throw' as const, 'drop' as const),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'keep' as const }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('restore' as const), kept: fc.nat(9) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('fork' as const), kept: fc.nat(9) }) },
);

/** The same thing as plain maps, copied whole wherever the store shares. */
interface Model {
  items: Map<string, Item>;
  counters: Map<string, number>;
}

function copy({ items, counters }: Model): Model {
  return { items: new Map(items), counters: new Map(counters) };
}

function applyToModel(model: Model, written: Write): void {
  if ('count' in written) model.counters.set(written.count, (model.counters.get(written.count) ?? 0) + 1);
  else if ('delete' in written) model.items.delete(toItemKey(written.delete));
  else {
    const { put } = written;
    const others = [...model.items.values()].filter((other) => other.id !== put.id);
    for (const lookup of ['tag', 'name'] as const) {
      const isTaken = others.some((other) => other[lookup] !== undefined && other[lookup] === put[lookup]);
      if (isTaken) throw new UniqueViolation('items', lookup);
    }
    model.items.set(toItemKey(put.id), put);
  }
}

function applyToStore(store: Store, { items }: StateOf<typeof collections>, written: Write): void {
  if ('count' in written) store.next(written.count);
  else if ('delete' in written) items.delete(toItemKey(written.delete));
  else items.put(written.put);
}

/** Does them in order. @returns what was refused, where it goes on behind that */
function applyAll(writes: readonly Write[], goesOn: boolean, apply: (written: Write) => void): readonly string[] {
  const refused: string[] = [];
  for (const written of writes) {
    try {
      apply(written);
    } catch (error) {
      if (!goesOn || !(error instanceof UniqueViolation)) throw error;
      refused.push(error.message);
    }
  }
  return refused;
}

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function expectSame(store: Store, model: Model): void {
  const { items } = open(store);
  const byKey = [...model.items.values()].sort((a, b) => compareText(toItemKey(a.id), toItemKey(b.id)));
  const byRank = [...byKey].sort((a, b) => a.rank - b.rank || compareText(a.id, b.id));
  expect([...items.values()]).toEqual(byKey);
  expect([...items.list('id')]).toEqual(byKey);
  expect([...items.list('id', { reverse: true })]).toEqual([...byKey].reverse());
  expect([items.first('id', []), items.last('id', [])]).toEqual([byKey[0], byKey.at(-1)]);
  for (const [place, { id: own }] of byKey.entries()) {
    expect([...items.list('id', { after: [own] })]).toEqual(byKey.slice(place + 1));
    expect([items.first('id', [own]), items.last('id', [own])]).toEqual([byKey[place], byKey[place]]);
  }
  expect([...items.list('tagged')]).toEqual(byRank.filter(({ tag }) => tag !== undefined));
  expect(items.last('rank', [1])).toEqual(byRank.filter(({ rank }) => rank === 1).at(-1));
  expect([...items.list('rank')]).toEqual(byRank);
  expect([...items.list('rank', { reverse: true })]).toEqual([...byRank].reverse());
  expect([...items.list('rank', { within: [1] })]).toEqual(byRank.filter(({ rank }) => rank === 1));
  expect(items.size).toBe(model.items.size);
  for (const tag of TAGS) {
    expect(items.findBy('tag', tag)).toEqual(byKey.find((candidate) => candidate.tag === tag));
    expect(items.findBy('name', tag)).toEqual(byKey.find((candidate) => candidate.name === tag));
  }
  for (const counter of ['x', 'y']) {
    expect(store.transaction(() => store.next(counter), { drop: true }).result).toBe(model.counters.get(counter) ?? 0);
  }
}

/** Runs one transaction on both; both must end the same way and see the same changes. */
function runTransaction(store: Store, model: Model, step: Extract<Step, { kind: 'transaction' }>): Model {
  const { writes, goesOn, end } = step;
  const draft = copy(model);
  const state = open(store);
  let expected: 'return' | 'throw' | 'drop' = end;
  let refused: readonly string[] = [];
  try {
    refused = applyAll(writes, goesOn, (written) => {
      applyToModel(draft, written);
    });
  } catch {
    expected = 'throw';
  }
  const work = (): void => {
    const refusals = applyAll(writes, goesOn, (written) => {
      applyToStore(store, state, written);
      for (const tag of TAGS) state.items.findBy('tag', tag);
    });
    if (expected !== 'throw') expect(refusals).toEqual(refused);
    if (end === 'throw') throw new Error('thrown on purpose');
  };
  if (expected === 'throw') {
    expect(() => store.transaction(work, { drop: end === 'drop' })).toThrow();
    return model;
  }
  const { changes } = store.transaction(work, { drop: end === 'drop' });
  if (end === 'drop') {
    expect(changes).toEqual([]);
    return model;
  }
  for (const { key, before, after } of changes) {
    expect([before, after]).toEqual([model.items.get(key), draft.items.get(key)]);
  }
  const changed = new Set(changes.map(({ key }) => key));
  for (const key of new Set([...model.items.keys(), ...draft.items.keys()])) {
    if (!changed.has(key)) expect(draft.items.get(key)).toEqual(model.items.get(key));
  }
  return draft;
}

it('behaves as plain maps that are copied whole: transactions, look-ups, orders, counters, forks, going back', () => {
  fc.assert(
    fc.property(fc.array(anyStep, { maxLength: 30 }), (steps) => {
      let store = new Store(catalog);
      let model: Model = { items: new Map(), counters: new Map() };
      const kept: { roots: Store['roots']; model: Model }[] = [{ roots: store.roots, model: copy(model) }];
      const abandonedStores: { store: Store; model: Model }[] = [];
      for (const next of steps) {
        if (next.kind === 'transaction') model = runTransaction(store, model, next);
        else if (next.kind === 'keep') kept.push({ roots: store.roots, model: copy(model) });
        else {
          const from = kept[next.kept % kept.length];
          if (!from) continue;
          if (next.kind === 'restore') store.restore(from.roots);
          else {
            abandonedStores.push({ store, model });
            store = new Store(catalog, from.roots);
          }
          model = copy(from.model);
        }
        expectSame(store, model);
      }
      for (const left of abandonedStores) expectSame(left.store, left.model);
    }),
    { numRuns: propertyRuns(50) },
  );
});
