import { describe, expect, it } from 'vitest';

import type { FixtureValue } from '../src/config/options.ts';
import type { Provider } from '../src/core/provider/provider.ts';
import { generateFixture, parseSizes } from '../src/fixtures/generation.ts';
import { bundled } from '../src/providers/index.ts';
import { ok, startControl, type ControlApi } from './control/api.ts';
import { tally } from './support/providers.ts';

const providers = bundled.map(({ provider }) => provider);

type Entry = Readonly<Record<string, unknown>>;
type Sections = Readonly<Record<string, Readonly<Record<string, readonly Entry[]>>>>;

async function generateText(words: readonly string[], randomSeed = 1): Promise<string> {
  let text = '';
  for await (const part of generateFixture(parseSizes(words, providers), randomSeed)) text += part;
  return text;
}

async function generate(words: readonly string[], randomSeed?: number): Promise<Sections> {
  return JSON.parse(await generateText(words, randomSeed)) as Sections;
}

/** The lists that a fixture of the provider may hold. */
function listsOf({ fixture }: Provider): readonly string[] {
  return Object.keys((fixture.schema as { readonly properties: object }).properties);
}

function count(sections: Sections, id: string): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(sections[id] ?? {}).map(([list, entries]) => [list, entries.length]));
}

async function readState(api: ControlApi): Promise<Sections> {
  return (await api.get('/state')).body as Sections;
}

describe.each(providers)('a made-up fixture of $id', (provider) => {
  const { id } = provider;
  const lists = listsOf(provider);
  const all = lists.map((list) => `${id}.${list}=60`);

  it('has every list that a fixture has', () => {
    expect(Object.keys(provider.fixture.generate ?? {})).toEqual(lists);
  });

  it.each(lists)('loads with nothing but %s asked for, and holds as many', async (list) => {
    const sections = await generate([`${id}.${list}=25`]);
    expect(count(sections, id)[list]).toBe(25);
    const api = await startControl({ providers: [id], fixtures: [sections] });
    const { [id]: kept = {} } = await readState(api);
    expect(Object.fromEntries(Object.keys(sections[id] ?? {}).map((name) => [name, kept[name]?.length]))).toEqual(
      count(sections, id),
    );
  });

  it('loads with all of its lists, beside the default world, and goes out and in again', async () => {
    const sections = await generate(all);
    const [alone, beside] = [
      await startControl({ providers: [id], fixtures: [sections] }),
      await startControl({ providers: [id], fixtures: ['default', sections] }),
    ];
    const before = await startControl({ providers: [id] });
    const [own, seeded, both] = [await readState(alone), await readState(before), await readState(beside)];
    const sum = (list: string): number => (own[id]?.[list]?.length ?? 0) + (seeded[id]?.[list]?.length ?? 0);
    expect(Object.fromEntries(lists.map((list) => [list, both[id]?.[list]?.length]))).toEqual(
      Object.fromEntries(lists.map((list) => [list, sum(list)])),
    );
    const { body: state } = await alone.get('/state');
    const again = await startControl({ providers: [id], fixtures: [state as FixtureValue] });
    expect(await again.get('/state')).toEqual(ok(state));
  });

  it('is the same for the same random seed, whatever follows, and another one for another seed', async () => {
    const text = await generateText(all, 7);
    expect(await generateText(all, 7)).toBe(text);
    expect(await generateText(all, 8)).not.toBe(text);
    const [first = ''] = lists;
    const [few, many] = [await generate([`${id}.${first}=3`]), await generate([`${id}.${first}=30`])];
    expect(many[id]?.[first]?.slice(0, 3)).toEqual(few[id]?.[first]);
  });

  it('has no balance below zero', async () => {
    const api = await startControl({ providers: [id], fixtures: [await generate(all)] });
    const { body } = await api.get('/accounts?limit=10000');
    const { accounts } = body as { readonly accounts: readonly { readonly balance: string }[] };
    expect(accounts.length).toBeGreaterThanOrEqual(60);
    expect(accounts.filter(({ balance }) => balance.startsWith('-'))).toEqual([]);
    expect(accounts.some(({ balance }) => balance !== '0')).toBe(true);
  });
});

it('histories come to the balances of those whose they are', async () => {
  const { inveterate, openmonetize } = await generate(['inveterate.members=100', 'openmonetize.transactions=300']);
  const members = inveterate?.['members'] ?? [];
  const sums = members.map(({ credits }) =>
    (credits as readonly { readonly amount: number }[]).reduce((sum, { amount }) => sum + amount, 0),
  );
  expect(members.map(({ credit }) => credit)).toEqual(sums);
  const api = await startControl({ providers: ['openmonetize'], fixtures: [{ openmonetize }] });
  const { openmonetize: kept } = await readState(api);
  const balances = new Map<unknown, number>();
  for (const { walletId, amount } of openmonetize?.['transactions'] ?? []) {
    balances.set(walletId, (balances.get(walletId) ?? 0) + Number(amount));
  }
  expect(new Map(kept?.['wallets']?.map(({ id, balance }) => [id, Number(balance)]))).toEqual(balances);
});

it('takes several providers and lists at once, and makes what those need', async () => {
  const sections = await generate(['openmonetize.transactions=9', 'klaim.apps=2', 'klaim.users=5']);
  expect([Object.keys(sections), count(sections, 'openmonetize'), count(sections, 'klaim')]).toEqual([
    ['openmonetize', 'klaim'],
    { customers: 1, users: 3, wallets: 3, transactions: 9 },
    { apps: 2, users: 5 },
  ]);
  expect(new Set(sections['klaim']?.['users']?.map(({ app_id }) => app_id))).toEqual(
    new Set(['generated_1', 'generated_2']),
  );
});

describe('sizes', () => {
  it.each([
    ['klaim.users', '"klaim.users" is not provider.list=count, such as gamefuse.users=1000.'],
    ['klaim.users=many', '"klaim.users=many" is not provider.list=count, such as gamefuse.users=1000.'],
    ['klaim.users=-1', '"klaim.users=-1" is not provider.list=count, such as gamefuse.users=1000.'],
    [
      'klam.users=1',
      'There is no provider "klam"; did you mean "klaim"? Known: gamefuse, klaim, decentraland, inveterate, openmonetize.',
    ],
    ['klaim.user=1', 'klaim cannot generate the list "user"; did you mean "users"? Known: apps, users.'],
    ['klaim.users=1 klaim.users=2', 'klaim.users appears twice.'],
    ['klaim.apps=0 klaim.users=2', 'klaim.users needs some of klaim.apps, got 0.'],
    ['decentraland.seasons=20001', 'decentraland.seasons can have at most 20000 entries, got 20001.'],
  ])('%s are refused', (words, message) => {
    expect(() => parseSizes(words.split(' '), providers)).toThrow(expect.objectContaining({ message }) as Error);
  });

  const list = { fields: {}, complete: () => ({}) };

  it.each([
    [{ counters: { ...list, needs: { shops: () => 1 } } }, 'It needs "shops", which must come before it.'],
    [{ counters: { ...list, needs: { counters: () => 1 } } }, 'It needs "counters", which must come before it.'],
    [{ counters: { ...list, fields: { colour: true as const } } }, 'The schema has no field "colour".'],
  ])('are refused of a provider that contradicts itself: %o', async (generated, message) => {
    const provider: Provider = { ...tally, fixture: { ...tally.fixture, generate: generated } };
    const parts = (async () => {
      for await (const _ of generateFixture(parseSizes(['tally.counters=1'], [provider]), 1));
    })();
    await expect(parts).rejects.toMatchObject({ message: `tally.fixture.generate.counters: ${message}` });
  });

  it('are refused of a provider that says nothing of how its records are made up', () => {
    expect(() => parseSizes(['tally.counters=1'], [tally])).toThrow(
      'tally cannot generate the list "counters"; it generates no lists.',
    );
  });
});
