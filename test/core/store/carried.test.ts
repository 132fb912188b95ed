import { describe, expect, it } from 'vitest';

import { defineCollection, type StateOf } from '../../../src/core/store/collection.ts';
import { Catalog } from '../../../src/core/store/roots.ts';
import { Store } from '../../../src/core/store/store.ts';

interface Lamp {
  readonly name: string;
  readonly lit: number;
}

const collections = {
  lamps: defineCollection({ key: (lamp: Lamp) => lamp.name, orders: { lit: ({ lit, name }) => [lit, name] } }),
};
const catalog = new Catalog([{ id: 'house', collections }]);

function open(): { readonly store: Store; readonly lamps: StateOf<typeof collections>['lamps'] } {
  const store = new Store(catalog);
  return { store, lamps: store.open('house', collections).lamps };
}

function toChange(part: string, name: string, before: number | undefined, after: number | undefined): object {
  const lamp = (lit: number | undefined): Lamp | undefined => (lit === undefined ? undefined : { name, lit });
  return { part, provider: 'house', collection: 'lamps', key: name, before: lamp(before), after: lamp(after) };
}

const NOTHING = { changes: [], counters: [] };

describe('what is written without a commit', () => {
  it('is there at once, and carried once', () => {
    const { store, lamps } = open();
    expect(store.drift(() => (lamps.put({ name: 'a', lit: 1 }), 'done'))).toBe('done');
    expect([...lamps.values()]).toEqual([{ name: 'a', lit: 1 }]);
    expect(store.takeCarried()).toEqual({ changes: [toChange('carried', 'a', undefined, 1)], counters: [] });
    expect(store.takeCarried()).toEqual(NOTHING);
  });

  it('is one change for each record, from how it was at the last commit', () => {
    const { store, lamps } = open();
    store.transaction(() => lamps.put({ name: 'a', lit: 1 }));
    store.takeCarried();
    for (const lit of [2, 3, 4]) store.drift(() => lamps.put({ name: 'a', lit }));
    store.drift(() => lamps.put({ name: 'b', lit: 1 }));
    store.drift(() => lamps.delete('b'));
    expect(store.takeCarried()).toEqual({ changes: [toChange('carried', 'a', 1, 4)], counters: [] });
  });

  it('comes with counters where they stand by now, those of transactions included', () => {
    const { store } = open();
    store.drift(() => {
      store.next('draws');
      store.next('draws');
    });
    store.transaction(() => store.next('ids'));
    expect(store.takeCarried()).toEqual({
      changes: [],
      counters: [
        ['draws', 2],
        ['ids', 1],
      ],
    });
    expect(store.takeCarried()).toEqual(NOTHING);
  });

  it('is in no transaction of later', () => {
    const { store, lamps } = open();
    store.drift(() => lamps.put({ name: 'a', lit: 1 }));
    const { changes } = store.transaction(() => lamps.put({ name: 'a', lit: 2 }));
    expect(changes).toEqual([toChange('own', 'a', 1, 2)]);
    expect(store.takeCarried().changes).toEqual([toChange('carried', 'a', undefined, 1)]);
  });

  it('is taken back where it throws', () => {
    const { store, lamps } = open();
    const fail = (): never => {
      lamps.put({ name: 'a', lit: 1 });
      store.next('draws');
      throw new Error('no');
    };
    expect(() => store.drift(fail)).toThrow('no');
    expect([lamps.size, store.counters.size, store.takeCarried()]).toEqual([0, 0, NOTHING]);
  });

  it('is no part of what is put back', () => {
    const { store, lamps } = open();
    const { roots } = store;
    store.drift(() => lamps.put({ name: 'a', lit: 1 }));
    store.restore(roots);
    expect([lamps.size, store.takeCarried()]).toEqual([0, NOTHING]);
  });

  it('is written by nobody inside a transaction', () => {
    const { store } = open();
    expect(() => store.transaction(() => store.drift(() => 1))).toThrow('inside another');
    expect(() => store.drift(() => store.transaction(() => 1))).toThrow('inside another');
  });
});

describe('what surrounds an operation', () => {
  it('is told from its own changes, and a record of both is its own', () => {
    const { store, lamps } = open();
    const { changes } = store.transaction(() => {
      const name = store.surround(() => {
        for (const each of ['hall', 'both']) lamps.put({ name: each, lit: 1 });
        return 'own';
      });
      lamps.put({ name, lit: 1 });
      lamps.put({ name: 'both', lit: 2 });
      store.surround(() => lamps.put({ name, lit: 2 }));
    });
    expect(changes).toEqual([
      toChange('admit', 'hall', undefined, 1),
      toChange('own', 'both', undefined, 2),
      toChange('own', 'own', undefined, 2),
    ]);
  });

  it('ends where it throws', () => {
    const { store, lamps } = open();
    const { changes } = store.transaction(() => {
      try {
        store.surround(() => {
          throw new Error('no');
        });
      } catch {
        lamps.put({ name: 'a', lit: 1 });
      }
    });
    expect(changes).toEqual([toChange('own', 'a', undefined, 1)]);
  });

  it('is there inside a transaction only', () => {
    const { store } = open();
    expect(() => store.surround(() => 1)).toThrow('inside a transaction only');
  });
});

describe('numbers', () => {
  it('go on although what they were drawn in is taken back, and back with the roots only', () => {
    const { store } = open();
    const { roots } = store;
    expect([store.number('entries'), store.number('requests')]).toEqual([1, 1]);
    const fail = (): never => {
      store.number('entries');
      throw new Error('no');
    };
    expect(() => store.transaction(fail)).toThrow('no');
    expect(store.numbering).toEqual({ requests: 1, commits: 0, entries: 2 });
    store.restore(roots);
    expect(store.number('entries')).toBe(1);
  });
});

describe('trees', () => {
  const two = new Catalog([{ id: 'house', collections: { ...collections, rooms: collections.lamps } }]);

  function write(store: Store, name: 'lamps' | 'rooms'): void {
    const state = store.open('house', { ...collections, rooms: collections.lamps });
    store.transaction(() => state[name].put({ name: 'a', lit: 1 }));
  }

  /** Which collections two roots share. */
  function compare(one: Store['roots'], other: Store['roots']): readonly boolean[] {
    return one.collections.map((trees, place) => trees === other.collections[place]);
  }

  it('are shared by all who have the same roots until one of them writes, and then only that one is copied', () => {
    const roots = two.empty;
    const [store, fork] = [new Store(two, roots), new Store(two, roots)];
    expect([compare(store.roots, roots), compare(fork.roots, roots)]).toEqual([
      [true, true],
      [true, true],
    ]);
    write(store, 'rooms');
    expect([compare(store.roots, roots), compare(fork.roots, roots)]).toEqual([
      [true, false],
      [true, true],
    ]);
    expect(roots.collections.map(({ records }) => records.size)).toEqual([0, 0]);
  });

  it('are copied once for as many writes as come before the roots are asked for again', () => {
    const store = new Store(two);
    write(store, 'lamps');
    const before = store.treesAt(0);
    write(store, 'lamps');
    expect(store.treesAt(0)).toBe(before);
    const { roots } = store;
    write(store, 'lamps');
    expect(compare(store.roots, roots)).toEqual([false, true]);
  });

  it('are not copied by what is only read', () => {
    const store = new Store(two, two.empty);
    const state = store.open('house', { ...collections, rooms: collections.lamps });
    expect([[...state.lamps.values()], [...state.rooms.list('lit')], state.lamps.find('a')]).toEqual([
      [],
      [],
      undefined,
    ]);
    store.transaction(() => state.lamps.size);
    expect(compare(store.roots, two.empty)).toEqual([true, true]);
  });
});
