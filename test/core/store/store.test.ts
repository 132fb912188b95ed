import { describe, expect, it } from 'vitest';

import { defineCollection, UniqueViolation, type StateOf } from '../../../src/core/store/collection.ts';
import { Catalog } from '../../../src/core/store/roots.ts';
import { Store } from '../../../src/core/store/store.ts';
import { failed, refused, unauthenticated, type Failed } from '../../../src/core/wire/failure.ts';

interface Book {
  readonly id: string;
  readonly isbn?: string;
  readonly shelf: string;
  readonly place: number;
}

const collections = {
  books: defineCollection({
    key: (book: Book) => book.id,
    unique: { isbn: (book) => (book.isbn === undefined ? undefined : [book.isbn]) },
    orders: { shelf: (book) => [book.shelf, book.place, book.id] },
  }),
};
const catalog = new Catalog([{ id: 'library', collections }]);

function open(): { store: Store; books: StateOf<typeof collections>['books'] } {
  const store = new Store(catalog);
  return { store, books: store.open('library', collections).books };
}

function book(id: string, rest: Partial<Book> = {}): Book {
  return { id, shelf: 'a', place: 0, ...rest };
}

describe('Store', () => {
  it('keeps what a transaction wrote and tells what changed', () => {
    const { store, books } = open();
    const before = book('1', { isbn: 'x' });
    store.transaction(() => books.put(before));
    const after = book('1', { isbn: 'y' });
    const { changes } = store.transaction(() => books.put(after));
    expect(changes).toEqual([{ part: 'own', provider: 'library', collection: 'books', key: '1', before, after }]);
    expect([books.find('1'), books.findBy('isbn', 'y'), books.findBy('isbn', 'x')]).toEqual([after, after, undefined]);
  });

  it('keeps nothing of a transaction that throws, look-ups, orders and counters included', () => {
    const { store, books } = open();
    store.transaction(() => {
      books.put(book('1', { isbn: 'x' }));
      store.next('loans');
    });
    const failing = (): void => {
      books.put(book('1', { isbn: 'y', shelf: 'b' }));
      books.put(book('2', { isbn: 'x' }));
      books.delete('1');
      store.next('loans');
      throw new Error('no');
    };
    expect(() => store.transaction(failing)).toThrow('no');
    expect([...books.list('shelf')]).toEqual([book('1', { isbn: 'x' })]);
    expect([books.findBy('isbn', 'x')?.id, books.findBy('isbn', 'y'), books.size]).toEqual(['1', undefined, 1]);
    expect(store.transaction(() => store.next('loans')).result).toBe(1);
  });

  it('keeps nothing where a failure is given back that commits nothing, and all where one is that does', () => {
    const { store, books } = open();
    const put = (id: string, given: Failed) => store.transaction(() => (books.put(book(id)), given)).changes.length;
    expect([put('1', refused('NO')), put('2', unauthenticated()), put('3', failed('NO'))]).toEqual([0, 0, 1]);
    expect([...books.values()].map(({ id }) => id)).toEqual(['3']);
  });

  it('numbers the versions of a collection, also where a write is taken back or other roots are put in', () => {
    const { store, books } = open();
    const versions = new Set([books.version]);
    const { roots } = store;
    expect(versions.has(books.version)).toBe(true);
    for (const change of [
      () => store.transaction(() => books.put(book('1'))),
      () => store.transaction(() => (books.put(book('2')), refused('NO'))),
      () => store.restore(roots),
    ]) {
      change();
      expect(versions.has(books.version)).toBe(false);
      versions.add(books.version);
    }
  });

  it('keeps nothing of a transaction that is dropped', () => {
    const { store, books } = open();
    expect(store.transaction(() => books.put(book('1')), { drop: true }).changes).toEqual([]);
    expect(books.size).toBe(0);
  });

  it('counts a record that was put and deleted again as no change', () => {
    const { store, books } = open();
    const { changes } = store.transaction(() => {
      books.put(book('1'));
      books.delete('1');
      books.delete('never there');
    });
    expect(changes).toEqual([]);
  });

  it('tells records of collections apart whose names and keys have slashes', () => {
    const item = defineCollection({ key: ({ id }: Pick<Book, 'id'>) => id });
    const all = { a: item, 'a/b': item };
    const store = new Store(new Catalog([{ id: 'library', collections: all }]));
    const state = store.open('library', all);
    const { changes } = store.transaction(() => {
      state.a.put({ id: 'b/x' });
      state['a/b'].put({ id: 'x' });
      for (const id of ['1', '2', '3']) state.a.put({ id });
    });
    expect(changes.map(({ collection, key }) => [collection, key])).toEqual([
      ['a', 'b/x'],
      ['a/b', 'x'],
      ['a', '1'],
      ['a', '2'],
      ['a', '3'],
    ]);
  });

  it('refuses a unique value that another record holds, and frees the value of a record that lets go of it', () => {
    const { store, books } = open();
    store.transaction(() => books.put(book('1', { isbn: 'x' })));
    expect(() => store.transaction(() => books.put(book('2', { isbn: 'x' })))).toThrow(UniqueViolation);
    store.transaction(() => {
      books.put(book('1'));
      books.put(book('2', { isbn: 'x' }));
    });
    expect(books.findBy('isbn', 'x')?.id).toBe('2');
  });

  it('lists within a prefix, after a place, in both directions', () => {
    const { store, books } = open();
    store.transaction(() => {
      for (const place of [-1, 0, 2, 10]) books.put(book(`a${place}`, { place }));
      books.put(book('b', { shelf: 'b' }));
      books.put(book('ab', { shelf: 'ab' }));
      books.put(book('far', { shelf: 'a\uffff' }));
    });
    const ids = (options: Parameters<typeof books.list>[1]): string[] =>
      [...books.list('shelf', options)].map(({ id }) => id);
    expect(ids({ within: ['a'] })).toEqual(['a-1', 'a0', 'a2', 'a10']);
    expect(ids({ within: ['a'], reverse: true })).toEqual(['a10', 'a2', 'a0', 'a-1']);
    expect(ids({ within: ['a'], after: ['a', 0, 'a0'] })).toEqual(['a2', 'a10']);
    expect(ids({ within: ['a'], after: ['a', 2, 'a2'], reverse: true })).toEqual(['a0', 'a-1']);
    expect(ids({ reverse: true })).toEqual(['b', 'far', 'ab', 'a10', 'a2', 'a0', 'a-1']);
  });

  it('treats names of object properties as data', () => {
    const { store, books } = open();
    store.transaction(() => books.put(book('__proto__', { isbn: 'constructor' })));
    expect(books.find('__proto__')?.isbn).toBe('constructor');
    expect(books.findBy('isbn', 'toString')).toBeUndefined();
  });

  it('goes back to roots that were kept, and forks from them without either seeing the other', () => {
    const { store, books } = open();
    store.transaction(() => books.put(book('1')));
    const kept = store.roots;
    const fork = new Store(catalog, kept);
    store.transaction(() => books.put(book('2')));
    fork.transaction(() => fork.open('library', collections).books.delete('1'));
    expect([books.size, fork.open('library', collections).books.size]).toEqual([2, 0]);
    store.restore(kept);
    expect([...books.values()]).toEqual([book('1')]);
  });

  it('changes nothing where a key of the record cannot be made', () => {
    const { store, books } = open();
    store.transaction(() => books.put(book('1', { isbn: 'x' })));
    expect(() => store.transaction(() => books.put(book('1', { isbn: 'y', place: 0.5 })))).toThrow('safe integer');
    expect(() => store.transaction(() => books.put(book('2', { place: Number.NaN })))).toThrow('safe integer');
    expect([...books.list('shelf')]).toEqual([book('1', { isbn: 'x' })]);
    expect([books.size, books.findBy('isbn', 'y'), books.findBy('isbn', 'x')?.id]).toEqual([1, undefined, '1']);
  });

  it('keeps nothing where the changes are refused by who inspects them', () => {
    const { store, books } = open();
    const refuse = (): never => {
      throw new Error('not in the ledger');
    };
    expect(() => store.transaction(() => books.put(book('1')), { inspect: refuse })).toThrow('not in the ledger');
    expect(books.size).toBe(0);
  });

  it('ends a list with an error when something is written while it is read', () => {
    const { store, books } = open();
    store.transaction(() => {
      for (const id of ['1', '2', '3']) books.put(book(id));
    });
    const write = (): void => {
      for (const { id } of books.list('shelf')) books.delete(id);
    };
    expect(() => store.transaction(write)).toThrow('copy the list first');
    store.transaction(() => {
      for (const { id } of [...books.list('shelf')]) books.delete(id);
    });
    expect(books.size).toBe(0);
  });

  it('refuses a sort key that another record has', () => {
    const places = defineCollection({ key: (item: Book) => item.id, orders: { place: ({ place }) => [place] } });
    const store = new Store(new Catalog([{ id: 'x', collections: { places } }]));
    const { places: opened } = store.open('x', { places });
    store.transaction(() => opened.put(book('1')));
    expect(() => store.transaction(() => opened.put(book('2')))).toThrow(UniqueViolation);
  });

  it('refuses writes outside a transaction, and transactions and restores inside one', () => {
    const { store, books } = open();
    expect(() => books.put(book('1'))).toThrow('inside a transaction only');
    expect(() => store.next('loans')).toThrow('inside a transaction only');
    expect(() => store.transaction(() => store.transaction(() => 1))).toThrow('inside another');
    expect(() => store.transaction(() => store.restore(catalog.empty))).toThrow('inside a transaction');
  });

  it('refuses look-ups, orders and collections that nobody declared', () => {
    const { store, books } = open();
    expect(() => books.findBy('title' as never)).toThrow('declares no "title"');
    expect(() => [...books.list('title' as never)]).toThrow('declares no "title"');
    expect(() => store.open('elsewhere', collections)).toThrow('does not hold');
  });
});
