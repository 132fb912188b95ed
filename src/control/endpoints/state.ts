import { ConfigError } from '../../config/config.ts';
import type { Endpoint } from '../endpoint.ts';
import { toFailure } from '../problems.ts';
import { renderState } from '../../bundles/state-document.ts';
import { getSeed, toFixtures } from './fixtures.ts';

export const reset: Endpoint<'reset'> = async ({ sandbox, installation, body }) => {
  const { keep = [], fixtures } = body ?? {};
  const seed = fixtures && (await getSeed(installation, toFixtures(fixtures)));
  sandbox.reset(keep.includes('faults'), seed);
  return { status: 204 };
};

export const getState: Endpoint<'getState'> = ({ sandbox, installation }) => ({
  status: 200,
  body: renderState(sandbox.roots, installation),
});

/** Keys of fixtures that a state must not have; to ignore them would go unnoticed. */
const OF_A_START: Readonly<Record<string, string>> = {
  extends: 'A state is complete and extends nothing; send the records of the other fixture.',
  faults:
    'A state has its rules under emulator, as GET /_emulator/state returns them; add others with POST /_emulator/faults.',
  randomSeed: 'A state has it under emulator, as GET /_emulator/state returns it.',
};

export const putState: Endpoint<'putState'> = async ({ sandbox, installation, body }) => {
  for (const [key, why] of Object.entries(OF_A_START)) {
    if (Object.hasOwn(body, key)) throw toFailure('BAD_STATE', `body: ${key}: ${why}`);
  }
  try {
    const { roots, keepsFaults } = await installation.buildState(body, sandbox);
    sandbox.import(roots, keepsFaults);
  } catch (error) {
    if (error instanceof ConfigError) throw toFailure('BAD_STATE', error.message);
    throw error;
  }
  return { status: 204 };
};
