import { describe, expect, it } from 'vitest';

import { defineCollection } from '../../../../src/core/store/collection.ts';
import { DocumentReader } from '../../../../src/core/store/disk/document-reader.ts';
import { renderDocument } from '../../../../src/core/store/disk/document.ts';
import { BaseIds, listDifferences, type Kept } from '../../../../src/core/store/disk/kept.ts';
import { Line } from '../../../../src/core/store/disk/lines.ts';
import { Catalog } from '../../../../src/core/store/roots.ts';
import { Store } from '../../../../src/core/store/store.ts';

interface User {
  readonly id: string;
  readonly email: string;
  readonly joined: number;
  readonly tags: Set<string>;
}

const collections = {
  users: defineCollection({
    key: (user: User) => user.id,
    unique: { email: (user) => (user.email === '' ? undefined : [user.email]) },
    orders: { joined: (user) => [user.joined, user.id] },
    stored: {
      write: ({ tags, ...rest }) => ({ ...rest, tags: [...tags] }),
      read: (written) => {
        const { tags, ...rest } = written as { readonly tags: readonly string[] } & Omit<User, 'tags'>;
        return { ...rest, tags: new Set(tags) };
      },
    },
  }),
};

const catalog = new Catalog([{ id: 'club', collections }]);
const NAMES = [
  'ada',
  'b"ob',
  'back\\',
  'é\u0000',
  'a "quoted\\" end',
  ...Array.from({ length: 60 }, (_, at) => `user-${at}`),
];
const LARGE = 1 << 30;

function fill(): Kept {
  const seed = new Store(catalog);
  const users = seed.open('club', collections).users;
  seed.transaction(() => {
    for (const [at, id] of NAMES.entries()) {
      users.put({ id, email: at === 3 ? '' : `${id}@club.example`, joined: 1000 - (at % 7), tags: new Set([`${at}`]) });
    }
  });
  const base = seed.roots;
  const changed = new Store(catalog, base);
  changed.transaction(() => {
    const own = changed.open('club', collections).users;
    own.delete('user-3');
    own.put({ id: 'ada', email: 'user-4@elsewhere.example', joined: 5, tags: new Set() });
  });
  return { roots: changed.roots, base: base.collections, providers: ['club'], snapshots: new Map() };
}

const head = { format: 1, emulator: '1.2.3', lines: 7, closed: true, providers: {} };

function read(text: string, size: number, emulator = head.emulator): DocumentReader {
  const reader = new DocumentReader('emulator.json', catalog, size, emulator);
  const chunk = Buffer.from(text);
  let from = 0;
  let number = 0;
  for (let to = chunk.indexOf('\n'); to >= 0; to = chunk.indexOf('\n', from)) {
    number += 1;
    reader.feed(new Line({ number, offset: from, isEnded: true }, chunk, from, to));
    from = to + 1;
  }
  reader.finish(number);
  return reader;
}

function toText(kept: Kept): string {
  return [...renderDocument(head, [['default', kept]], catalog, new BaseIds())].join('');
}

/** All that operations could see of it. */
function look(kept: Kept | undefined): unknown {
  const store = new Store(catalog, kept?.roots);
  const { users } = store.open('club', collections);
  return {
    size: users.size,
    found: NAMES.map((id) => users.find(id)),
    byEmail: NAMES.map((id) => users.findBy('email', `${id}@club.example`)),
    inOrder: [...users.list('joined')],
    backwards: [...users.list('joined', { reverse: true })].slice(0, 5),
    all: [...users.values()],
  };
}

describe('a large document', () => {
  const kept = fill();
  const text = toText(kept);

  it('holds what a small one holds, although its records are made when they are asked for', () => {
    const large = read(text, LARGE).sandboxes.get('default');
    expect(look(large)).toEqual(look(kept));
    expect(look(large)).toEqual(look(read(text, 0).sandboxes.get('default')));
  });

  it('gives the same record each time', () => {
    const store = new Store(catalog, read(text, LARGE).sandboxes.get('default')?.roots);
    const { users } = store.open('club', collections);
    expect(users.find('user-9')).toBe(users.findBy('email', 'user-9@club.example'));
  });

  it('is written again as it was, whatever of it was read and changed back', () => {
    const large = read(text, LARGE).sandboxes.get('default');
    expect(large && toText(large)).toBe(text);
    look(large);
    expect(large && toText(large)).toBe(text);
  });

  it('shares with its seed all that no change is about', () => {
    const large = read(text, LARGE).sandboxes.get('default');
    const differences = large && [...listDifferences(catalog, large.base, large.roots.collections)];
    expect(differences?.map(({ key }) => key)).toEqual(['ada', 'user-3']);
  });

  it('takes writes before any look-up was made, and refuses what a record that nobody has read holds', () => {
    const store = new Store(catalog, read(text, LARGE).sandboxes.get('default')?.roots);
    const { users } = store.open('club', collections);
    const add = (id: string, email: string) => () =>
      store.transaction(() => {
        users.put({ id, email, joined: 1, tags: new Set() });
      });
    expect(add('new', 'user-8@club.example')).toThrow('Another record of "users" has the same "email".');
    add('new', 'new@club.example')();
    expect([users.findBy('email', 'new@club.example')?.id, users.size]).toEqual(['new', NAMES.length]);
  });

  it('is refused where a byte of a record is another one', () => {
    for (const [is, was] of [
      ['ser-7@clab', 'ser-7@club'],
      ['"user-7";', '"user-7":'],
    ] as const) {
      expect(() => read(text.replace(was, is), LARGE)).toThrow(/emulator\.json.*line/s);
    }
  });

  it('of another version of the emulator is looked at as a whole, so that what does not fit is found at the start', () => {
    const wrong = { ...collections.users, key: (user: User) => user.email };
    const changed = new Catalog([{ id: 'club', collections: { users: wrong } }]);
    const reader = new DocumentReader('emulator.json', changed, LARGE, '1.2.4');
    const lines = text.split('\n').map((line, at) => {
      const chunk = Buffer.from(`${line}\n`);
      return new Line({ number: at + 1, offset: 0, isEnded: true }, chunk, 0, chunk.length - 1);
    });
    expect(() => {
      for (const line of lines) reader.feed(line);
    }).toThrow('This record cannot be read: The record has another key.');
  });
});
