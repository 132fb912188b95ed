import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { connect, EmulatorError, type Sandbox } from '../../src/client.ts';
import { createEmulator, type Emulator } from '../../src/index.ts';
import { board } from '../support/board.ts';
import { callCommand } from '../support/command-in-process.ts';
import { START } from '../support/emulator.ts';
import { createFolder } from '../support/folder.ts';
import { testLogger } from '../support/log.ts';
import type { Whole } from './record-verbs.ts';
import { VERBS } from './verbs.ts';

const SANDBOX = 'case';
let emulator: Emulator;

beforeAll(async () => {
  emulator = await createEmulator(
    { port: 0, providers: ['klaim', board], providerPorts: false, clock: START },
    testLogger,
  );
});
afterAll(() => emulator.close());

/** The sandbox of a verb, as nothing but the verb before it has left it. */
async function prepare(before?: (sandbox: Sandbox) => Promise<unknown>): Promise<Sandbox> {
  const sandbox = emulator.sandbox(SANDBOX);
  for (const name of [SANDBOX, 'other', `${SANDBOX}.before-${SANDBOX}-1`])
    await emulator.sandbox(name)[Symbol.asyncDispose]();
  const { klaim } = await sandbox.urls();
  const headers = { Authorization: 'Bearer klaim_test_lantern', 'Content-Type': 'application/json' };
  const body = JSON.stringify({ credit_delta: -25 });
  expect((await fetch(`${klaim}/users/ada/credits`, { method: 'PUT', headers, body })).status).toBe(200);
  await before?.(sandbox);
  return sandbox;
}

/** `group.method` of everything that a sandbox can do, and an emulator with all of them. */
function listMethods(sandbox: Sandbox, { sandboxes, providers }: Whole): readonly string[] {
  const methodsOf = (value: object): readonly string[] =>
    Object.getOwnPropertyNames(Object.getPrototypeOf(value)).filter((name) => name !== 'constructor');
  const all: readonly (readonly [string, unknown])[] = [
    ...Object.entries(sandbox as unknown as Readonly<Record<string, unknown>>),
    ['sandboxes', sandboxes],
    ['providers', providers],
  ];
  const groups = all.filter((pair): pair is [string, object] => typeof pair[1] === 'object');
  // What is done by calling the group itself, beside what it has.
  const called = all.filter((pair): pair is [string, object] => typeof pair[1] === 'function');
  return [
    ...methodsOf(sandbox),
    ...called.flatMap(([group, value]) => [group, ...Object.keys(value).map((name) => `${group}.${name}`)]),
    ...groups.flatMap(([group, value]) => methodsOf(value).map((name) => `${group}.${name}`)),
  ];
}

it('the table has all that can be done', () => {
  const methods = listMethods(emulator.sandbox(SANDBOX), emulator);
  expect(VERBS.map(({ name }) => name).sort()).toEqual([...methods].sort());
});

const FORMS: readonly [string, () => Whole & Pick<Emulator, 'sandbox'>][] = [
  ['in process', () => emulator],
  ['over HTTP', () => connect(emulator.url)],
];
const REFUSED = VERBS.flatMap(({ name, before, refused }) => (refused ? [{ name, before, ...refused }] : []));

describe.each(FORMS)('a sandbox %s', (_, open) => {
  it.each(VERBS)('does $name', async ({ before, act, answer }) => {
    await prepare(before);
    const whole = open();
    expect(await act(whole.sandbox(SANDBOX), whole)).toEqual(answer);
  });

  it.each(REFUSED)('throws what $name refuses', async ({ before, act, how }) => {
    await prepare(before);
    const whole = open();
    const thrown = await act(whole.sandbox(SANDBOX), whole).catch((error: unknown) => error);
    expect(thrown).toBeInstanceOf(EmulatorError);
    const { type, status, title, detail, hint, message } = thrown as EmulatorError;
    expect({ status, title, detail, hint }).toEqual(how);
    expect(type).toBe('about:blank');
    expect(message.startsWith(`${detail} ${hint}`)).toBe(true);
  });
});

describe('a sandbox on the command line', () => {
  const call = (words: readonly string[], sandbox = SANDBOX): ReturnType<typeof callCommand> =>
    callCommand([...words, '--url', emulator.url, '--sandbox', sandbox], {
      cwd: createFolder({ 'state.json': '{"klaim":{"apps":[],"users":[]}}', 'wrong.json': '{"klam":{}}' }),
    });
  const SPOKEN = VERBS.flatMap(({ words, ...verb }) => (words ? [{ ...verb, words }] : []));

  it.each(SPOKEN)('does $name', async ({ before, words, answer, printed = answer, shown = '' }) => {
    await prepare(before);
    const { stdout, ...others } = await call([...words, '--json']);
    expect(others).toEqual({ stderr: '', code: 0 });
    expect(stdout === '' ? undefined : JSON.parse(stdout)).toEqual(printed);
    await prepare(before);
    expect(await call(words)).toEqual({ stdout: shown, stderr: '', code: 0 });
  });

  it.each(SPOKEN)('ends with 1 where $name is asked of a sandbox that cannot be', async ({ words }) => {
    expect(await call(words, 'No Name')).toEqual({
      stdout: '',
      stderr:
        `${emulator.url}: "No Name" cannot name a sandbox. ` +
        'Use 1 to 64 of a-z 0-9 . _ - with a letter or digit at both ends and no "--".\n',
      code: 1,
    });
  });

  it.each(REFUSED.flatMap(({ words, ...verb }) => (words ? [{ ...verb, words }] : [])))(
    'ends with 1 where $name is refused',
    async ({ before, words, how: { detail, hint } }) => {
      await prepare(before);
      for (const flags of [[], ['--json']]) {
        const ended = await call([...words, ...flags]);
        expect(ended).toEqual({ stdout: '', stderr: `${emulator.url}: ${detail} ${hint}\n`, code: 1 });
      }
    },
  );
});
