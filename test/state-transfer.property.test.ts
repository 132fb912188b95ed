import fc from 'fast-check';
import type { Response } from 'supertest';
import type TestAgent from 'supertest/lib/agent.js';
import { describe, expect, it } from 'vitest';

import { Contract } from '../src/core/contract/contract.ts';
import { readBundled } from '../src/core/values/bundled-file.ts';
import { bundled } from '../src/providers/index.ts';
import { BODY_LIMIT, commandsOf, Pools, type Command } from './support/commands.ts';
import { startApp } from './support/emulator.ts';
import { takeLogged } from './support/log.ts';
import { withoutMagic } from './support/magic.ts';
import { propertyRuns } from './support/property.ts';
import { listSubjects, loadRequests } from './support/requests.ts';
import { sendCommand } from './support/send-command.ts';

const BEFORE = 60;
const AFTER = 100;
/** Runs of the full length; each takes seconds. */
const LONGEST = 25;

/** Rules of which some are half used when the state is taken, and that go on to fire, by chance too. */
const RULES = [
  { id: 'twice', skip: 10, times: 2, effect: { status: 503 } },
  { id: 'late', skip: BEFORE + 20, times: 3, effect: { status: 500 } },
  { id: 'seldom', probability: 0.1, effect: { code: undefined, status: 502 } },
  { id: 'for-a-while', ttl: 'PT2H', skip: 40, phase: 'after', effect: { status: 504 } },
];

/** Each event of a run: a command, or time that goes by. */
type Step = { readonly command: Command } | { readonly advance: string };

function stepsOf(commands: fc.Arbitrary<Command>, length: number): fc.Arbitrary<readonly Step[]> {
  const step: fc.Arbitrary<Step> = fc.oneof(
    { weight: 20, arbitrary: commands.map((command) => ({ command })) },
    { weight: 1, arbitrary: fc.constantFrom('PT10M', 'P1D', 'P70D').map((advance) => ({ advance })) },
  );
  return fc.array(step, { minLength: length, maxLength: length, size: 'max' });
}

/** All that a client sees, but for what is never the same twice and the number of the exchange. */
function toSeen({ status, headers, text }: Response): unknown {
  const {
    date: _date,
    connection: _connection,
    'x-emulator-request-id': _id,
    ...others
  } = headers as Record<string, string>;
  return { status, headers: others, text };
}

const subjects = await Promise.all(
  bundled.map(async ({ provider }) => listSubjects(provider, await loadRequests(provider.id))),
);

describe.each(subjects.flat())('a state of $title', ({ provider, requests, set }) => {
  const { id } = provider;

  it('goes on elsewhere as it would have where it was', async () => {
    const { document } = await Contract.load((await readBundled(provider.document)) as object, { check: false });
    const start = (randomSeed: number): Promise<TestAgent> =>
      startApp({ providers: [id], set: [...set, ...(requests.set ?? [])], bodyLimit: BODY_LIMIT, randomSeed });
    const commands = commandsOf(document, requests, provider.basePaths);

    const take = async (app: TestAgent, step: Step, pools: Pools): Promise<unknown> => {
      if ('advance' in step)
        return (await app.post('/_emulator/clock/advance').send({ by: step.advance })).body as unknown;
      const { command } = step;
      const isStream = requests.operations[command.operationId]?.stream === true;
      const response = await sendCommand(app, command, { id, pools, isStream });
      return toSeen(response);
    };

    await fc.assert(
      fc.asyncProperty(stepsOf(commands, BEFORE), stepsOf(commands, AFTER), async (before, after) => {
        const one = await start(1);
        // Another seed, and things that have happened: all of that goes with the state that is put in.
        const other = await start(2);
        const pools = new Pools(requests);
        // What magic subjects bring on themselves is shown elsewhere.
        const { body: seed } = (await one.get('/_emulator/state')) as { body: object };
        await one.put('/_emulator/state').send(withoutMagic(seed)).expect(204);
        pools.learn(seed);
        for (const rule of RULES) await one.post('/_emulator/faults').send(rule).expect(201);
        for (const step of before) await take(one, step, pools);
        for (const step of before.slice(0, 5)) await take(other, step, pools);
        const state = await one.get('/_emulator/state').expect(200);
        await other.put('/_emulator/state').type('json').send(state.text).expect(204);
        expect((await other.get('/_emulator/state')).body).toEqual(state.body);
        for (const step of after) expect(await take(other, step, pools)).toEqual(await take(one, step, pools));
        expect((await other.get('/_emulator/state')).body).toEqual((await one.get('/_emulator/state')).body);
        takeLogged();
      }),
      { numRuns: Math.min(propertyRuns(1), LONGEST), endOnFailure: true, seed: 20_260_102 },
    );
  });
});
