import fc from 'fast-check';
import type TestAgent from 'supertest/lib/agent.js';
import { describe, expect, it } from 'vitest';

import { Contract } from '../src/core/contract/contract.ts';
import { readBundled } from '../src/core/values/bundled-file.ts';
import type { Provider } from '../src/core/provider/provider.ts';
import { bundled } from '../src/providers/index.ts';
import { BODY_LIMIT, commandsOf, Pools, type Command } from './support/commands.ts';
import { startApp } from './support/emulator.ts';
import { withoutMagic } from './support/magic.ts';
import { propertyRuns } from './support/property.ts';
import { listSubjects, loadRequests, type Subject } from './support/requests.ts';
import { sendCommand } from './support/send-command.ts';

const COMMANDS = 150;
/** So that something is on its way when the state is taken. */
const LATE: Readonly<Record<string, readonly string[]>> = {
  inveterate: ['inveterate.settleAfter=PT5S'],
  openmonetize: ['openmonetize.burnDelay=PT5S'],
};

const subjects = await Promise.all(
  bundled.map(async ({ provider }) => listSubjects(provider, await loadRequests(provider.id))),
);

interface Step {
  /** What stands before the command's path. */
  readonly prefix: string;
  readonly command: Command;
}

/** A schema in the form that documents have: there null is no type of its own. */
function toDocumented(schema: object): unknown {
  return JSON.parse(JSON.stringify(schema), (_, part: unknown) => {
    const types = typeof part === 'object' && part !== null && 'type' in part ? part.type : undefined;
    if (!Array.isArray(types)) return part;
    return {
      ...(part as object),
      type: types.find((type) => type !== 'null') as unknown,
      nullable: types.includes('null'),
    };
  });
}

/** The controls of a provider as a document, so that commands can be drawn for them as for anything else. */
function toControlDocument({ id, controls }: Provider): object {
  const paths = Object.entries(controls).map(([name, { schema }]) => {
    const requestBody = { content: { 'application/json': { schema: toDocumented(schema) } } };
    return [`/controls/${id}/${name}`, { post: { operationId: name, requestBody, responses: {} } }] as const;
  });
  const advance = {
    content: {
      'application/json': { schema: { type: 'object', properties: { by: { enum: ['PT1S', 'PT4S', 'P3D'] } } } },
    },
  };
  const clock = { post: { operationId: 'advance', requestBody: advance, responses: {} } };
  return { paths: { ...Object.fromEntries(paths), '/clock/advance': clock } };
}

async function stepsOf({ provider, requests }: Subject): Promise<fc.Arbitrary<readonly Step[]>> {
  const { document } = await Contract.load((await readBundled(provider.document)) as object, { check: false });
  const request = commandsOf(document, requests, provider.basePaths);
  const control = commandsOf(toControlDocument(provider), { ...requests, headers: {} });
  const step = fc.oneof(
    { weight: 3, arbitrary: request.map((command): Step => ({ prefix: `/${provider.id}`, command })) },
    { weight: 1, arbitrary: control.map((command): Step => ({ prefix: '/_emulator', command })) },
  );
  return fc.array(step, { minLength: COMMANDS, maxLength: COMMANDS, size: 'max' });
}

async function readState(app: TestAgent, sandbox: string): Promise<object> {
  return (await app.get('/_emulator/state').set('X-Emulator-Sandbox', sandbox).expect(200)).body as object;
}

describe.each(subjects.flat())('the state of $title', (subject) => {
  const { provider, requests, set } = subject;

  it('comes out of another sandbox as it was put in, after any requests, controls and moves of the clock', async () => {
    const run = async (steps: readonly Step[]): Promise<void> => {
      const late = LATE[provider.id] ?? [];
      const app = await startApp({
        providers: [provider.id],
        set: [...set, ...(requests.set ?? []), ...late],
        bodyLimit: BODY_LIMIT,
      });
      await app
        .put('/_emulator/state')
        .send(withoutMagic(await readState(app, 'default')))
        .expect(204);
      const pools = new Pools(requests);
      pools.learn(await readState(app, 'default'));
      for (const { prefix, command } of steps) {
        const isStream = requests.operations[command.operationId]?.stream === true;
        const { status, body } = await sendCommand(app, prefix, command, pools, isStream);
        if (status < 300) pools.learn(body);
      }
      const state = await readState(app, 'default');
      const put = await app.put('/_emulator/state').set('X-Emulator-Sandbox', 'copy').send(state);
      expect([put.status, put.text]).toEqual([204, '']);
      expect(await readState(app, 'copy')).toEqual(state);
    };
    await fc.assert(fc.asyncProperty(await stepsOf(subject), run), { numRuns: propertyRuns(2), seed: 20_260_101 });
  });
});
