import supertest from 'supertest';
import { describe, expect, it } from 'vitest';

import {
  parseInstant,
  parseRelativeInstant,
  renderInstant,
  toInstant,
  type Instant,
} from '../../../src/core/values/clock.ts';
import { defineCollection, type StateOf } from '../../../src/core/store/collection.ts';
import { CORE } from '../../../src/core/store/due.ts';
import { coreCollections } from '../../../src/core/sandbox/core-collections.ts';
import { parseRule } from '../../../src/core/faults/fault-rule.ts';
import { FixtureMistake } from '../../../src/core/provider/fixture.ts';
import type { Provider } from '../../../src/core/provider/provider.ts';
import { Catalog, type Roots } from '../../../src/core/store/roots.ts';
import { Seed, type Section } from '../../../src/core/sandbox/seed.ts';
import { Store } from '../../../src/core/store/store.ts';
import { createApp } from '../../../src/compose/emulator.ts';
import { startControl, type ControlApi } from '../../control/api.ts';
import { createFiles } from '../../support/folder.ts';
import { testLogger } from '../../support/log.ts';
import { tally } from '../../support/providers.ts';

/** A counter of a fixture: it grows by one at that instant, which may be relative to the start. */
interface Entry {
  readonly name: string;
  readonly at: string;
}

interface Counter {
  readonly name: string;
  readonly count: number;
}

const collections = {
  counters: defineCollection({
    key: ({ name }: Counter) => name,
    balances: [{ field: 'count', unit: 'points', tenant: () => 'shop', account: ({ name }) => name }],
  }),
};

interface Watched {
  readonly provider: Provider;
  /** The counters of each section in the order in which sections were loaded. */
  readonly loads: string[];
  /** What was answered to those that asked when the start is. */
  readonly starts: Instant[];
}

/** Tally under another id, whose fixture holds counters that grow in time. */
function createTally(id: string): Watched {
  const loads: string[] = [];
  const starts: Instant[] = [];
  const provider: Provider = {
    ...tally,
    id,
    collections,
    fixture: {
      schema: { type: 'object', properties: { counters: { type: 'array' } } },
      load: (section, state: StateOf<typeof collections>, context) => {
        const { counters } = section as { readonly counters: readonly Entry[] };
        loads.push(counters.map(({ name }) => name).join(' '));
        const now = (): Instant => {
          starts.push(context.now());
          return context.now();
        };
        for (const { name, at } of counters) {
          if (name === 'broken') throw new FixtureMistake(['counters'], 'It is broken.');
          state.counters.put({ name, count: 0 });
          context.schedule(parseRelativeInstant(at, now), 'add', { name, by: 1 });
        }
      },
      dump: (state: StateOf<typeof collections>) => ({ counters: [...state.counters.values()] }),
    },
  };
  return { provider, loads, starts };
}

function toSection({ provider }: Watched, ...counters: readonly Entry[]): Section {
  return {
    provider,
    content: { counters },
    locate: (error) => new Error(`${provider.id}: ${error instanceof FixtureMistake ? error.message : 'unknown'}`),
  };
}

interface Sown {
  readonly seed: Seed;
  readonly catalog: Catalog;
  /** The scheduled items of a seed's roots, earliest first. */
  readonly listDue: (roots: Roots) => readonly string[];
  readonly listCounters: (roots: Roots, watched: Watched) => readonly string[];
}

function sow(...sections: readonly Section[]): Sown {
  const providers = [...new Set(sections.map(({ provider }) => provider))];
  const catalog = new Catalog([{ id: CORE, collections: coreCollections }, ...providers]);
  return {
    seed: new Seed({ catalog, sections, randomSeed: 1, clock: undefined }),
    catalog,
    listDue: (roots) =>
      [...new Store(catalog, roots).open(CORE, coreCollections).due.list('at')].map(
        ({ at, provider, kind, payload }) => `${renderInstant(at)} ${provider} ${kind} ${JSON.stringify(payload)}`,
      ),
    listCounters: (roots, { provider: { id } }) =>
      [...new Store(catalog, roots).open(id, collections).counters.values()].map(({ name }) => name),
  };
}

const at = (text: string): Instant => parseInstant(text);
const NEW_YEAR = at('2026-01-01T00:00:00Z');
const EASTER = at('2026-04-05T00:00:00Z');
const after = (instant: Instant, milliseconds: number): Instant => toInstant(instant + milliseconds);

describe(Seed, () => {
  it('is built once for every start where no fixture asks when that is', () => {
    const lasting = createTally('lasting');
    const { seed, listDue } = sow(toSection(lasting, { name: 'a', at: '2026-02-01T00:00:00Z' }));
    const roots = seed.roots(NEW_YEAR);
    expect(seed.roots(EASTER)).toBe(roots);
    expect(seed.roots(NEW_YEAR)).toBe(roots);
    expect(lasting.loads).toEqual(['a']);
    expect(listDue(roots)).toEqual(['2026-02-01T00:00:00.000Z lasting add {"name":"a","by":1}']);
  });

  it('is built once for one start where a fixture asks', () => {
    const relative = createTally('relative');
    const { seed } = sow(toSection(relative, { name: 'a', at: 'now+P1D' }));
    const roots = seed.roots(NEW_YEAR);
    const { length } = relative.loads;
    expect(seed.roots(NEW_YEAR)).toBe(roots);
    expect(relative.loads).toHaveLength(length);
  });

  it('has scheduled items that move with the start, and never twice', () => {
    const relative = createTally('relative');
    const { seed, listDue } = sow(toSection(relative, { name: 'a', at: 'now+P1D' }, { name: 'b', at: 'now-P1D' }));
    const of = (start: Instant): readonly string[] => listDue(seed.roots(start)).map((item) => item.slice(0, 10));
    expect(of(NEW_YEAR)).toEqual(['2025-12-31', '2026-01-02']);
    expect(of(EASTER)).toEqual(['2026-04-04', '2026-04-06']);
    expect(of(NEW_YEAR)).toEqual(['2025-12-31', '2026-01-02']);
  });

  it('builds anew only what asks, and keeps the scheduled items of all', () => {
    const [lasting, relative] = [createTally('lasting'), createTally('relative')];
    const { seed, listDue, listCounters } = sow(
      toSection(relative, { name: 'moving', at: 'now+P1D' }),
      toSection(lasting, { name: 'standing', at: '2026-02-01T00:00:00Z' }),
    );
    const first = seed.roots(NEW_YEAR);
    expect(listDue(first)).toEqual([
      '2026-01-02T00:00:00.000Z relative add {"name":"moving","by":1}',
      '2026-02-01T00:00:00.000Z lasting add {"name":"standing","by":1}',
    ]);
    const loads = lasting.loads.length;
    const second = seed.roots(EASTER);
    expect(lasting.loads).toHaveLength(loads);
    expect(listDue(second)).toEqual([
      '2026-02-01T00:00:00.000Z lasting add {"name":"standing","by":1}',
      '2026-04-06T00:00:00.000Z relative add {"name":"moving","by":1}',
    ]);
    expect([listCounters(second, lasting), listCounters(second, relative)]).toEqual([['standing'], ['moving']]);
    // Seeds that were handed out are nobody's to change.
    expect(listDue(first)).toHaveLength(2);
  });

  it('is shared by sandboxes that start within a second, or within twenty times what it took to make', () => {
    const relative = createTally('relative');
    const { seed } = sow(toSection(relative, { name: 'a', at: 'now+P1D' }));
    const roots = seed.roots(NEW_YEAR);
    const { length } = relative.loads;
    expect(seed.roots(after(NEW_YEAR, 999))).toBe(roots);
    expect(relative.loads).toHaveLength(length);
    const later = seed.roots(after(NEW_YEAR, 3_600_000));
    expect(later).not.toBe(roots);
    expect(relative.loads).toHaveLength(length + 1);
    // A clock that went back is no start that has just been.
    expect(seed.roots(NEW_YEAR)).not.toBe(later);
  });

  it('shares every record with an earlier one but those that hold instants relative to the start', () => {
    const mixed = createTally('mixed');
    const { seed, catalog } = sow(
      toSection(mixed, { name: 'a', at: '2026-02-01T00:00:00Z' }, { name: 'b', at: 'now+P1D' }),
    );
    const [first, second] = [NEW_YEAR, EASTER].map((start) => {
      const store = new Store(catalog, seed.roots(start));
      return [store.open('mixed', collections).counters.values(), store.open(CORE, coreCollections).due.list('at')];
    });
    const records = (lists = [] as readonly Iterable<object>[]): readonly object[] =>
      lists.flatMap((list) => [...list]);
    const known = new Set(records(first));
    expect(records(second).filter((record) => !known.has(record))).toMatchObject([{ payload: { name: 'b', by: 1 } }]);
    expect(known.size).toBe(4);
  });

  it('arms rules with a time anew for each start, and shares all others', () => {
    const catalog = new Catalog([{ id: CORE, collections: coreCollections }]);
    const rules = [
      parseRule({ effect: { status: 500 }, ttl: 'PT1H' }, 'short', new Map()),
      parseRule({ effect: { status: 500 } }, 'endless', new Map()),
    ];
    const seed = new Seed({ catalog, sections: [], randomSeed: 1, clock: undefined, rules });
    const armed = (start: Instant): readonly object[] => [
      ...new Store(catalog, seed.roots(start)).open(CORE, coreCollections).rules.list('place'),
    ];
    const [first, second] = [armed(NEW_YEAR), armed(EASTER)];
    expect([first, second]).toMatchObject([
      [{ expiresAt: after(NEW_YEAR, 3_600_000) }, { expiresAt: null }],
      [{ expiresAt: after(EASTER, 3_600_000) }, { expiresAt: null }],
    ]);
    expect(second[1]).toBe(first[1]);
  });

  it('loads all sections of a provider of which one asks, in their order', () => {
    const both = createTally('both');
    const { seed, listDue, listCounters } = sow(
      toSection(both, { name: 'a', at: '2026-02-01T00:00:00Z' }, { name: 'b', at: '2026-02-01T00:00:00Z' }),
      toSection(both, { name: 'b', at: 'now' }, { name: 'c', at: '2026-02-01T00:00:00Z' }),
    );
    for (const start of [NEW_YEAR, EASTER]) {
      const roots = seed.roots(start);
      expect(both.loads.slice(-2)).toEqual(['a b', 'b c']);
      expect([...listCounters(roots, both)].sort()).toEqual(['a', 'b', 'c']);
      expect(listDue(roots)).toHaveLength(4);
    }
  });

  it('has scheduled items of one instant in the order of the fixture', () => {
    const watched = createTally('lasting');
    const names = ['c', 'a', 'd', 'b'];
    const { seed, listDue } = sow(toSection(watched, ...names.map((name) => ({ name, at: '2026-02-01T00:00:00Z' }))));
    const order = listDue(seed.roots(NEW_YEAR)).map((item) => /"name":"(.)"/.exec(item)?.[1]);
    expect(order).toEqual(names);
  });

  it.each([
    ['lasts', '2026-02-01T00:00:00Z'],
    ['is relative', 'now+P1D'],
  ])('says where the fault of a section is that %s', (_, instant) => {
    const watched = createTally('faulty');
    const { seed } = sow(
      toSection(watched, { name: 'a', at: instant }),
      toSection(watched, { name: 'broken', at: 'now' }),
    );
    expect(() => seed.roots(NEW_YEAR)).toThrow('faulty: It is broken.');
    expect(() => seed.roots(EASTER)).toThrow('faulty: It is broken.');
  });
});

/** An emulator whose fixture has a counter that grows an hour after the start, and one that grew an hour before. */
async function startSown(): Promise<ControlApi> {
  const { 'seed.json': file } = createFiles({
    'seed.json': JSON.stringify({
      clockwork: {
        counters: [
          { name: 'soon', at: 'now+PT1H' },
          { name: 'past', at: 'now-PT1H' },
        ],
      },
    }),
  });
  return startControl({ providers: [createTally('clockwork').provider], fixtures: [file] });
}

/** What happened to balances, oldest first. */
async function history({ get }: ControlApi): Promise<readonly string[]> {
  const { body } = await get('/ledger');
  const { entries } = body as { entries: readonly { at: string; account: string; delta: string }[] };
  return entries.map(({ at: when, account, delta }) => `${when} ${account} ${delta}`).toReversed();
}

const PAST = '2025-12-31T23:00:00.000Z past 1';
const SOON = '2026-01-01T01:00:00.000Z soon 1';

describe('a scheduled item of a fixture', () => {
  it('happens when the clock comes to it, and what was due before the start happens first', async () => {
    const api = await startSown();
    expect(await history(api)).toEqual([PAST]);
    await api.post('/clock/advance', { by: 'PT59M' });
    expect(await history(api)).toEqual([PAST]);
    await api.post('/clock/advance', { by: 'PT1M' });
    expect(await history(api)).toEqual([PAST, SOON]);
    await api.post('/clock/advance', { by: 'P1D' });
    expect(await history(api)).toEqual([PAST, SOON]);
  });

  it('happens in every sandbox by itself', async () => {
    const api = await startSown();
    const [one, two] = [api.in('one'), api.in('two')];
    await one.post('/clock/advance', { by: 'PT1H' });
    expect([await history(one), await history(two)]).toEqual([[PAST, SOON], [PAST]]);
    await two.post('/clock/advance', { by: 'PT1H' });
    expect(await history(two)).toEqual([PAST, SOON]);
  });

  it('happens again after a reset', async () => {
    const api = await startSown();
    for (let run = 0; run < 2; run += 1) {
      await api.post('/clock/advance', { by: 'PT1H' });
      expect(await history(api)).toEqual([PAST, SOON]);
      await api.post('/reset');
    }
    expect(await history(api)).toEqual([PAST]);
  });

  it('of a state that is put in happens, and those of the state before do not', async () => {
    const api = await startSown();
    const counters = [{ name: 'new', at: 'now+PT2H' }];
    expect(await api.put('/state', { clockwork: { counters } })).toMatchObject({ status: 204 });
    await api.post('/clock/advance', { by: 'P1D' });
    expect(await history(api)).toEqual(['2026-01-01T02:00:00.000Z new 1']);
  });

  it('of a state with a clock of its own is relative to that', async () => {
    const api = await startSown();
    const counters = [{ name: 'new', at: 'now+PT2H' }];
    await api.put('/state', { clock: '2030-01-01T00:00:00Z', clockwork: { counters } });
    await api.post('/clock/advance', { by: 'PT2H' });
    expect(await history(api)).toEqual(['2030-01-01T02:00:00.000Z new 1']);
  });

  it('is counted from the start of a sandbox whose clock runs, and anew from its reset', async () => {
    const watched = createTally('clockwork');
    const { 'seed.json': file } = createFiles({
      'seed.json': JSON.stringify({ clockwork: { counters: [{ name: 'soon', at: 'now+PT1H' }] } }),
    });
    const app = supertest(await createApp({ providers: [watched.provider], fixtures: [file] }, testLogger));
    const [start] = watched.starts;
    // Those that start at about the same time share a seed.
    const restart = async (): Promise<Instant | undefined> => {
      await app.post('/_emulator/reset');
      return watched.starts.at(-1);
    };
    await expect.poll(restart, { timeout: 30_000 }).toBeGreaterThan(start ?? Number.POSITIVE_INFINITY);
    const again = watched.starts.at(-1);
    const due = renderInstant(toInstant((again ?? 0) + 3_600_000));
    await app.put('/_emulator/clock').send({ now: due, frozen: true });
    expect(await app.get('/_emulator/ledger')).toMatchObject({
      body: { entries: [{ at: due, account: 'soon', operation: 'add' }] },
    });
  });
});
