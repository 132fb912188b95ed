import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { addFields, findChangedFields } from '../../../../src/core/store/disk/changed-fields.ts';
import { writeCommit } from '../../../../src/core/store/disk/entries.ts';
import { BaseIds } from '../../../../src/core/store/disk/kept.ts';
import { Catalog } from '../../../../src/core/store/roots.ts';
import { toInstant } from '../../../../src/core/values/clock.ts';
import { till } from '../../../support/till.ts';

const names = ['a', 'b', 'c', '1', '2', '__proto__'];
/** With few values, so that two have the same often. */
const field = fc.tuple(
  fc.constantFrom(...names),
  fc.constantFrom<unknown>(undefined, null, 0, 1, 'x', [], { a: 1 }, { a: undefined }),
);
/** `Object.fromEntries` makes `__proto__` a field like any other. */
const record = fc.array(field, { maxLength: 6 }).map((fields) => Object.fromEntries(fields) as object);

describe('the fields in which a record differs', () => {
  it('make it of what the disk has of the one before, to the letter, or are not told', () => {
    let told = 0;
    fc.assert(
      fc.property(record, record, (before, other) => {
        for (const after of [other, { ...before, ...other }]) {
          const fields = findChangedFields(before, after);
          if (!fields) continue;
          told += 1;
          const [kept, written] = [before, fields].map((one) => JSON.parse(JSON.stringify(one)) as object);
          expect(JSON.stringify(addFields(kept ?? {}, written ?? {}))).toBe(JSON.stringify(after));
        }
      }),
    );
    expect(told).toBeGreaterThan(20);
  });

  it('are told of no record in a commit that carries what no line has told', () => {
    const catalog = new Catalog([till]);
    const before = { id: 'a', name: 'name of a', balance: '1' };
    const change = { provider: 'till', collection: 'accounts', key: 'a', before, after: { ...before, balance: '2' } };
    const write = (...parts: ('carried' | 'own')[]): readonly unknown[] => {
      const commit = {
        seq: 1,
        at: toInstant(0),
        cause: { kind: 'control', provider: 'till', operation: 'change' },
        changes: parts.map((part) => ({ ...change, part })),
        entries: 1,
        ledger: [],
      } as const;
      const committed = { sandbox: 'default', commit, counters: [], requests: 1, entries: 1 };
      const seeds = new BaseIds();
      return writeCommit({ ...committed, base: catalog.empty.collections, providers: [] }, catalog, seeds).changes;
    };
    const whole = ['till', 'accounts', 'a', change.after];
    expect(write('own')).toEqual([['till', 'accounts', 'a', { balance: '2' }, 'fields']]);
    expect(write('carried', 'own')).toEqual([whole, whole]);
  });
});
