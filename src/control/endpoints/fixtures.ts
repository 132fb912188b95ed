import { ConfigError } from '../../config/config.ts';
import type { Seed } from '../../core/sandbox/seed.ts';
import type { SeedTerms } from '../../fixtures/seed-cache.ts';
import { toSource } from '../../fixtures/source.ts';
import type { Fixture } from '../../fixtures/worlds.ts';
import type { Endpoint, Installation } from '../endpoint.ts';
import { toFailure } from '../problems.ts';
import type { components } from '../../generated/emulator.ts';

type Schemas = components['schemas'];

export const listFixtures: Endpoint<'listFixtures'> = async ({ installation }) => {
  const worlds = await refuseMistakes(installation.seeds.worlds());
  return {
    status: 200,
    body: {
      fixtures: worlds.map(({ name, providers, rules }) => ({
        name,
        providers: [...providers],
        faults: rules.map(({ id, written }) => ({ ...(written as Schemas['Fault']), id })),
      })),
    },
  };
};

export const loadFixtures: Endpoint<'loadFixtures'> = async ({ sandbox, installation, body }) => {
  const { names = [], data, replace = false } = body;
  const fixtures = [...names, ...(data ? [toSource(data, 'data')] : [])];
  if (fixtures.length === 0) throw toFailure('BAD_FIXTURES', 'The request has neither names nor data.');
  if (replace) {
    sandbox.replant(await getSeed(installation, fixtures));
    return { status: 204 };
  }
  await refuseMistakes(
    installation.seeds.additions(fixtures).then((add) => {
      sandbox.import(add(sandbox), false);
    }),
  );
  return { status: 204 };
};

/** The fixtures of a request body, with their positions in it. */
export function toFixtures(written: Schemas['Fixtures']): readonly Fixture[] {
  return written.map((one, index) => (typeof one === 'string' ? one : toSource(one, `fixtures[${index}]`)));
}

/** @throws {Failure} that says what is wrong and where */
export function getSeed({ seeds }: Installation, fixtures: readonly Fixture[], terms?: SeedTerms): Promise<Seed> {
  return refuseMistakes(seeds.of(fixtures, terms));
}

async function refuseMistakes<T>(result: Promise<T>): Promise<T> {
  try {
    return await result;
  } catch (error) {
    if (error instanceof ConfigError) throw toFailure('BAD_FIXTURES', error.message);
    throw error;
  }
}
