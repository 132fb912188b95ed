import { describe, expect, it } from 'vitest';

import { ConfigError } from '../../../src/index.ts';
import { defineCollection } from '../../../src/core/store/collection.ts';
import type { Provider } from '../../../src/core/provider/provider.ts';
import { startControl } from '../../control/api.ts';
import { startApp } from '../../support/emulator.ts';
import { createFiles } from '../../support/folder.ts';
import { takeLogged } from '../../support/log.ts';
import { tally } from '../../support/providers.ts';

interface Counter {
  readonly name: string;
  readonly count: unknown;
}

/** Tally with another field for its balance, and with counts of any kind in its fixtures. */
function withField(field: string, account = ({ name }: Counter): string => name): Provider {
  const balance = { field, unit: 'points', tenant: () => 'shop', account };
  return {
    ...tally,
    // A field that is none is what a compiler would have told.
    collections: { counters: defineCollection({ key: ({ name }: Counter) => name, balances: [balance as never] }) },
    fixture: { ...tally.fixture, schema: {}, dump: () => ({}) },
  };
}

const load = (field: string, counts: readonly unknown[]): Promise<unknown> => {
  const counters = counts.map((count, index) => ({ name: `c${index}`, count }));
  const files = createFiles({ 'world.json': JSON.stringify({ tally: { counters } }) });
  return startApp({ providers: [withField(field)], fixtures: Object.values(files) }).catch((error: unknown) =>
    error instanceof ConfigError ? error.message.replace(/^.*world\.json/, '') : error,
  );
};

const WHERE = ':1:2: tally: tally.collections.counters: the balance';

describe('a balance', () => {
  it.each<[string, readonly unknown[], string]>([
    ['cuont', [1], `${WHERE} "cuont" of the record "c0" is missing; did you mean "count"?`],
    ['cents', [1], `${WHERE} "cents" of the record "c0" is missing. Known: name, count.`],
    [
      'count',
      [1, '2.50', 'many'],
      `${WHERE} "count" of the record "c2" must be an amount or a whole number, got "many".`,
    ],
    ['count', [{}], `${WHERE} "count" of the record "c0" must be an amount or a whole number, got something else.`],
    ['count', ['1e3'], `${WHERE} "count" of the record "c0" must be an amount or a whole number, got "1e3".`],
  ])('in the field "%s" of %j stops the start', async (field, counts, message) => {
    expect(await load(field, counts)).toBe(message);
  });

  it('in a state that is put in is refused in the same words', async () => {
    const api = await startControl({ providers: [withField('count')] });
    expect(await api.put('/state', { tally: { counters: [{ name: 'a', count: 'x' }] } })).toMatchObject({
      status: 400,
      body: { detail: expect.stringContaining('the balance "count" of the record "a" must be') as string },
    });
  });

  it('that an operation makes none of is a bug of that operation', async () => {
    const provider = withField('cuont');
    const api = await startControl({ providers: [provider] });
    const { id } = await api.call('post', '/tally/counters/a/add', { by: 1 });
    expect(await api.get(`/requests/${id}`)).toMatchObject({
      body: {
        changes: [],
        bug: 'tally.collections.counters: the balance "cuont" of the record "a" is missing; did you mean "count"?',
      },
    });
    expect(takeLogged()).toMatchObject([
      { message: 'a bug in tally.collections', fields: { operation: 'addToCounter' } },
    ]);
  });

  it('of an account that cannot be told is a bug of the operation that makes it', async () => {
    const provider = withField('count', ({ name }) => {
      throw new Error(`whose is ${name}?`);
    });
    const api = await startControl({ providers: [provider] });
    const { id } = await api.call('post', '/tally/counters/a/add', { by: 1 });
    expect(await api.get(`/requests/${id}`)).toMatchObject({ body: { changes: [], bug: 'whose is a?' } });
    expect(takeLogged()).toMatchObject([{ message: 'a bug in tally.collections' }]);
  });
});
