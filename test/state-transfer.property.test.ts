import fc from 'fast-check';
import type TestAgent from 'supertest/lib/agent.js';
import { describe, expect, it } from 'vitest';

import { BODY_LIMIT, commandsOf, Pools, type Command } from './support/commands.ts';
import { controlCommandsOf } from './support/control-commands.ts';
import { startApp } from './support/emulator.ts';
import { takeLogged } from './support/log.ts';
import { withoutMagic } from './support/magic.ts';
import { propertyRuns } from './support/property.ts';
import { type Subject } from '../src/conformance/subject.ts';
import { sendCommand, type Answered } from './support/send-command.ts';
import { loadDocument, loadSubjects } from './support/requests.ts';

/** Steps before a state is taken, and after; the full length is that of `npm run test:full`. */
const IS_FULL = propertyRuns(1) > 1;
const BEFORE = IS_FULL ? 60 : 20;
const AFTER = IS_FULL ? 100 : 28;
/** Runs of the full length; each takes seconds. */
const LONGEST = 10;

/** Rules of which some are half used when the state is taken, and that go on to fire, by chance too. */
const RULES = [
  { id: 'twice', skip: 10, times: 2, effect: { status: 503 } },
  { id: 'late', skip: BEFORE + 20, times: 3, effect: { status: 500 } },
  { id: 'seldom', probability: 0.1, effect: { code: undefined, status: 502 } },
  { id: 'for-a-while', ttl: 'PT2H', skip: 40, phase: 'after', effect: { status: 504 } },
];

/** So that something is on its way when the state is taken. */
const LATE: Readonly<Record<string, readonly string[]>> = {
  inveterate: ['inveterate.settleAfter=PT5S'],
  openmonetize: ['openmonetize.burnDelay=PT5S'],
};

interface Step {
  /** What stands before the command's path. */
  readonly prefix: string;
  readonly command: Command;
}

async function stepsOf({ provider, requests }: Subject): Promise<(length: number) => fc.Arbitrary<readonly Step[]>> {
  const document = await loadDocument(provider.document);
  const request = commandsOf(document, requests, provider.basePaths);
  const control = controlCommandsOf(provider, requests);
  const step = fc.oneof(
    { weight: 4, arbitrary: request.map((command): Step => ({ prefix: `/${provider.id}`, command })) },
    { weight: 1, arbitrary: control.map((command): Step => ({ prefix: '/_emulator', command })) },
  );
  return (length) => fc.array(step, { minLength: length, maxLength: length, size: 'max' });
}

/**
 * All that a client sees, but for what is never the same twice, and the numbers that are no part of a state: those of
 * the exchange and of the ledger's entries, which a control names.
 */
function toSeen({ status, headers, body, text = String(body) }: Answered): unknown {
  const { date: _date, connection: _connection, 'x-emulator-request-id': _id, ...others } = headers;
  const seen = text.replaceAll(ENTRY_ID, '{"at"');
  return { status, headers: seen === text ? others : { ...others, 'content-length': undefined }, text: seen };
}

/** But for what of webhooks is a sandbox's own: by which number its journal has them, and how long each try took. */
function toLasting(state: object): unknown {
  return JSON.parse(JSON.stringify(state, (key, value: unknown) => (DELIVERED.has(key) ? undefined : value)));
}

const DELIVERED: ReadonlySet<string> = new Set(['request', 'duration']);

const ENTRY_ID = /\{"id":"\d+","at"/g;

describe.each(await loadSubjects())('a state of $title', (subject) => {
  const { provider, requests, set } = subject;
  const { id } = provider;

  it('goes on elsewhere as it would have where it was', async () => {
    const steps = await stepsOf(subject);
    const options = [...set, ...(requests.set ?? []), ...(LATE[id] ?? [])];
    const start = (randomSeed: number): Promise<TestAgent> =>
      startApp({ providers: [id], set: options, bodyLimit: BODY_LIMIT, randomSeed });
    const take = (app: TestAgent, { prefix, command }: Step, pools: Pools): Promise<Answered> => {
      const isStream = requests.operations[command.operationId]?.stream === true;
      return sendCommand(app, command, { prefix, pools, isStream });
    };
    const readState = async (app: TestAgent): Promise<object> =>
      (await app.get('/_emulator/state').expect(200)).body as object;

    const run = async (before: readonly Step[], after: readonly Step[]): Promise<void> => {
      const one = await start(1);
      // Another seed, and things that have happened: all of that goes with the state that is put in.
      const other = await start(2);
      const pools = new Pools(requests);
      const seed = await readState(one);
      pools.learn(seed);
      // What magic subjects bring on themselves is shown elsewhere.
      for (const app of [one, other]) await app.put('/_emulator/state').send(withoutMagic(seed)).expect(204);
      for (const rule of RULES) await one.post('/_emulator/faults').send(rule).expect(201);
      for (const step of before) {
        const { status, body } = await take(one, step, pools);
        if (status < 300) pools.learn(body);
      }
      for (const step of before.slice(0, 5)) await take(other, step, pools);
      const state = await readState(one);
      await other.put('/_emulator/state').send(state).expect(204);
      expect(await readState(other)).toEqual(state);
      for (const step of after) {
        expect(toSeen(await take(other, step, pools))).toEqual(toSeen(await take(one, step, pools)));
      }
      expect(toLasting(await readState(other))).toEqual(toLasting(await readState(one)));
      takeLogged();
    };
    await fc.assert(fc.asyncProperty(steps(BEFORE), steps(AFTER), run), {
      numRuns: Math.min(propertyRuns(1), LONGEST),
      endOnFailure: true,
      seed: 20_260_102,
    });
  });
});
