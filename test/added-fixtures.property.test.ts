import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { ConfigError } from '../src/core/values/config-error.ts';
import type { FixtureValue } from '../src/config/options.ts';
import { generateFixture, parseSizes } from '../src/fixtures/generation.ts';
import { bundled } from '../src/providers/index.ts';
import { done, ok, startControl, type ControlApi } from './control/api.ts';
import { propertyRuns } from './support/property.ts';

type Lists = Readonly<Record<string, readonly unknown[]>>;

/** A made-up entry of each list but the last ones, and records of the default world, some as they are and some twice as rich. */
interface Addition {
  readonly randomSeed: number;
  readonly made: number;
  readonly picks: readonly { readonly share: number; readonly isChanged: boolean }[];
}

const addition: fc.Arbitrary<Addition> = fc.record({
  randomSeed: fc.integer({ min: 1, max: 1000 }),
  // Of one or two players no three pairs can be friends.
  made: fc.constantFrom(0, 3, 4),
  picks: fc.array(
    fc.record({ share: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), isChanged: fc.boolean() }),
    { maxLength: 6 },
  ),
});

async function toFixture(id: string, state: Lists, { randomSeed, made, picks }: Addition): Promise<FixtureValue> {
  const provider = bundled.find((one) => one.provider.id === id)?.provider;
  if (!provider) throw new RangeError(id);
  const lists = Object.keys(state);
  let text = '';
  const sizes = parseSizes(
    lists.map((list) => `${id}.${list}=${made}`),
    [provider],
  );
  for await (const part of generateFixture(sizes, randomSeed)) text += part;
  const { [id]: generated = {} } = JSON.parse(text) as Readonly<Record<string, Lists>>;
  const taken = new Map(lists.map((list) => [list, new Map<number, unknown>()]));
  picks.forEach(({ share, isChanged }, at) => {
    const list = lists[at % lists.length] ?? '';
    const index = Math.floor(share * (state[list]?.length ?? 0));
    const entry = state[list]?.[index];
    if (entry !== undefined) taken.get(list)?.set(index, isChanged ? enrich(entry as object) : entry);
  });
  return {
    [id]: Object.fromEntries(
      lists.map((list) => [list, [...(taken.get(list)?.values() ?? []), ...(generated[list] ?? [])]]),
    ),
  };
}

/** Of the fields that are balances, those that nothing else contradicts. */
const BALANCES: ReadonlySet<string> = new Set(['credits', 'credit_balance', 'score', 'totalSpend', 'referrals']);

function enrich(entry: object): object {
  return Object.fromEntries(
    Object.entries(entry).map(([name, value]) => [
      name,
      BALANCES.has(name) && typeof value === 'number' ? value * 2 + 1 : (value as unknown),
    ]),
  );
}

async function startWith(id: string, data: FixtureValue): Promise<ControlApi | string> {
  try {
    return await startControl({ providers: [id], fixtures: ['default', data] });
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
}

describe.each(bundled.map(({ provider }) => provider.id))('fixtures of %s', (id) => {
  it('come to the same whether an emulator starts with them or they are added to what there is', async () => {
    const later = await startControl({ providers: [id] });
    const { body } = await later.get('/state');
    const { [id]: state = {} } = body as Readonly<Record<string, Lists>>;
    await fc.assert(
      fc.asyncProperty(addition, async (written) => {
        const data = await toFixture(id, state, written);
        const first = await startWith(id, data);
        await later.post('/reset');
        const answer = await later.post('/fixtures', { data });
        if (typeof first === 'string') {
          expect(answer).toMatchObject({ status: 400, body: { detail: first.replaceAll('fixtures[1]', 'data') } });
          expect(await later.get('/state')).toEqual(ok(body));
          return;
        }
        expect(answer).toEqual(done);
        expect(await later.get('/state')).toEqual(await first.get('/state'));
      }),
      { numRuns: propertyRuns(6) },
    );
  });
});
