import { pathToFileURL } from 'node:url';

import { describe, expect, it } from 'vitest';

import { parseInstant } from '../src/core/values/clock.ts';
import { Catalog } from '../src/core/store/roots.ts';
import { CORE } from '../src/core/store/due.ts';
import { coreCollections } from '../src/core/sandbox/core-collections.ts';
import { SeedCache, type SeedCacheOptions } from '../src/fixtures/seed-cache.ts';
import { toSource, type Source } from '../src/fixtures/source.ts';
import { klaim } from '../src/providers/klaim/index.ts';
import { createFiles } from './support/folder.ts';

function createSeeds(others: Partial<SeedCacheOptions> = {}): SeedCache {
  return new SeedCache({
    catalog: new Catalog([{ id: CORE, collections: coreCollections }, klaim]),
    providers: [klaim],
    naming: { nameable: new Map([['klaim', { operations: [], codes: [] }]]), known: ['klaim'] },
    fixtures: ['default'],
    faults: [],
    randomSeed: undefined,
    clock: parseInstant('2026-01-01T00:00:00Z'),
    ...others,
  });
}

/** Another one for each number. */
function toFixture(number: number, bytes = 0): Source {
  const app = { app_id: `app_${number}`, name: `a${'b'.repeat(bytes)}`, api_key: `key_${number}` };
  return toSource({ klaim: { apps: [app] } }, 'data');
}

describe('the seeds of an emulator', () => {
  it('are built once for the same fixtures, clock and random seed', async () => {
    const seeds = createSeeds();
    const first = await seeds.of(['default', toFixture(1)]);
    expect(await seeds.of(['default', toFixture(1)])).toBe(first);
    const terms = { randomSeed: 7, clock: parseInstant('2030-01-01T00:00:00Z') };
    const others = await Promise.all([
      seeds.of([toFixture(1), 'default']),
      seeds.of(['default', toFixture(2)]),
      seeds.of(['default', toFixture(1)], { randomSeed: 7 }),
      seeds.of(['default', toFixture(1)], terms),
    ]);
    expect(new Set([first, ...others]).size).toBe(5);
    expect(await seeds.of(['default', toFixture(1)], terms)).toBe(others[3]);
    expect([first.clock, others[3].clock]).toEqual([
      parseInstant('2026-01-01T00:00:00Z'),
      parseInstant('2030-01-01T00:00:00Z'),
    ]);
  });

  it('are shared by the starts of a process, if nothing they depend on differs or may change', async () => {
    const first = await createSeeds().start();
    expect(await createSeeds().start()).toBe(first);
    const outside = { ...klaim, seed: pathToFileURL(createFiles({ 'seed.yaml': 'klaim: {}' })['seed.yaml']) };
    const rules = { source: toSource([], 'rules'), key: [], rules: [] };
    const catalog = new Catalog([{ id: CORE, collections: coreCollections }, klaim], [{ id: 'gone', collections: [] }]);
    const never = [
      { clock: undefined },
      { fixtures: ['default', toFixture(1)] },
      { providers: [outside] },
      { faults: [rules] },
      { catalog },
    ];
    const others = [{ randomSeed: 7 }, { clock: parseInstant('2030-01-01T00:00:00Z') }, { providers: [{ ...klaim }] }];
    const seeds = await Promise.all([...others, ...never, ...never].map((one) => createSeeds(one).start()));
    expect(new Set([first, ...seeds]).size).toBe(14);
    expect(await createSeeds().start()).toBe(first);
    // Eight are kept.
    for (let randomSeed = 10; randomSeed < 18; randomSeed += 1) await createSeeds({ randomSeed }).start();
    expect(await createSeeds().start()).not.toBe(first);
  });

  it('are kept up to a number, and those go first that nobody has asked for the longest', async () => {
    const seeds = createSeeds();
    const made = [];
    for (let number = 0; number < 64; number += 1) made.push(await seeds.of([toFixture(number)]));
    expect(await seeds.of([toFixture(0)])).toBe(made[0]);
    await seeds.of([toFixture(64)]);
    expect(await seeds.of([toFixture(0)])).toBe(made[0]);
    expect(await seeds.of([toFixture(2)])).toBe(made[2]);
    expect(await seeds.of([toFixture(1)])).not.toBe(made[1]);
  });

  it('are kept up to a number of bytes', async () => {
    const seeds = createSeeds();
    const small = await seeds.of([toFixture(0)]);
    const large = await seeds.of([toFixture(1, 17_000_000)]);
    expect(await seeds.of([toFixture(0)])).toBe(small);
    expect(await seeds.of([toFixture(1, 17_000_000)])).toBe(large);
    await seeds.of([toFixture(2, 17_000_000)]);
    expect(await seeds.of([toFixture(1, 17_000_000)])).not.toBe(large);
  });

  it('are not kept where they cannot be built', async () => {
    const seeds = createSeeds();
    const wrong = toSource({ klaim: { users: [{ app_id: 'gone', email: 'a@a.example' }] } }, 'data');
    for (let turn = 0; turn < 2; turn += 1) {
      await expect(seeds.of([wrong])).rejects.toThrow('data.klaim.users[0].app_id: There is no app "gone".');
    }
  });
});
