import { ConfigError } from '../../config/config.ts';
import { renderInstant } from '../../core/values/clock.ts';
import type { Act } from '../act.ts';
import { toFailure } from '../problems.ts';

export const reset: Act<'reset'> = ({ sandbox, body }) => {
  sandbox.reset(body?.keep?.includes('faults'));
  return { status: 204 };
};

export const getState: Act<'getState'> = ({ sandbox, installation }) => {
  const { clock } = sandbox;
  const sections = [...installation.providers].map(([id, { fixture }]): [string, unknown] => [
    id,
    fixture.dump(sandbox.stateOf(id)),
  ]);
  return {
    status: 200,
    body: {
      ...(clock.frozen ? { clock: renderInstant(clock.now()) } : undefined),
      ...Object.fromEntries(sections),
    },
  };
};

/** What a fixture may say of a start and a state cannot: heeded it would be wrong, ignored it would be missed. */
const OF_A_START: Readonly<Record<string, string>> = {
  extends: 'A state is whole and extends nothing; send what the other fixture holds.',
  faults: 'The rules of a sandbox are not part of its state; arm them with POST /_emulator/faults.',
  randomSeed: 'The random seed is set at the start; it cannot be replaced with the state.',
};

export const putState: Act<'putState'> = ({ sandbox, installation, body }) => {
  for (const [key, why] of Object.entries(OF_A_START)) {
    if (Object.hasOwn(body, key)) throw toFailure('BAD_STATE', `body: ${key}: ${why}`);
  }
  try {
    const { roots, clock } = installation.buildState(body, sandbox);
    sandbox.replace(roots, clock);
  } catch (error) {
    if (error instanceof ConfigError) throw toFailure('BAD_STATE', error.message);
    throw error;
  }
  return { status: 204 };
};
