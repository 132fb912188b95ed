import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { connect, EmulatorError, type Sandbox } from '../../src/client.ts';
import { createEmulator, type Emulator } from '../../src/index.ts';
import { board } from '../support/board.ts';
import { callCommand } from '../support/command-in-process.ts';
import { START } from '../support/emulator.ts';
import { testLogger } from '../support/log.ts';
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
  await sandbox[Symbol.asyncDispose]();
  const { klaim } = await sandbox.urls();
  const headers = { Authorization: 'Bearer klaim_test_lantern', 'Content-Type': 'application/json' };
  const body = JSON.stringify({ credit_delta: -25 });
  expect((await fetch(`${klaim}/users/ada/credits`, { method: 'PUT', headers, body })).status).toBe(200);
  await before?.(sandbox);
  return sandbox;
}

/** `group.method` of everything that a sandbox can do by itself, and not by asking where it is. */
function listMethods(sandbox: Sandbox): readonly string[] {
  const methodsOf = (value: object): readonly string[] =>
    Object.getOwnPropertyNames(Object.getPrototypeOf(value)).filter((name) => name !== 'constructor');
  const groups = Object.entries(sandbox).filter((pair): pair is [string, object] => typeof pair[1] === 'object');
  return [
    ...methodsOf(sandbox).filter((name) => !['urls', 'env', 'health'].includes(name)),
    ...groups.flatMap(([group, value]) => methodsOf(value).map((name) => `${group}.${name}`)),
  ];
}

it('the table has all that a sandbox can do', () => {
  expect(VERBS.map(({ name }) => name).sort()).toEqual([...listMethods(emulator.sandbox(SANDBOX))].sort());
});

const FORMS: readonly [string, () => Sandbox][] = [
  ['in process', () => emulator.sandbox(SANDBOX)],
  ['over HTTP', () => connect(emulator.url).sandbox(SANDBOX)],
];
const REFUSED = VERBS.flatMap(({ name, before, refused }) => (refused ? [{ name, before, ...refused }] : []));

describe.each(FORMS)('a sandbox %s', (_, open) => {
  it.each(VERBS)('does $name', async ({ before, act, answer }) => {
    await prepare(before);
    expect(await act(open())).toEqual(answer);
  });

  it.each(REFUSED)('throws what $name refuses', async ({ before, act, how }) => {
    await prepare(before);
    const thrown = await act(open()).catch((error: unknown) => error);
    expect(thrown).toBeInstanceOf(EmulatorError);
    const { type, status, title, detail, hint, message } = thrown as EmulatorError;
    expect({ status, title, detail, hint }).toEqual(how);
    expect(type).toBe('about:blank');
    expect(message.startsWith(`${detail} ${hint}`)).toBe(true);
  });
});

describe('a sandbox on the command line', () => {
  const call = (words: readonly string[]): ReturnType<typeof callCommand> =>
    callCommand([...words, '--json', '--url', emulator.url, '--sandbox', SANDBOX]);

  it.each(VERBS.flatMap(({ words, ...verb }) => (words ? [{ ...verb, words }] : [])))(
    'does $name',
    async ({ before, words, answer, printed = answer }) => {
      await prepare(before);
      const { stdout, ...others } = await call(words);
      expect(others).toEqual({ stderr: '', code: 0 });
      expect(stdout === '' ? undefined : JSON.parse(stdout)).toEqual(printed);
    },
  );

  it.each(REFUSED.flatMap(({ words, ...verb }) => (words ? [{ ...verb, words }] : [])))(
    'ends with 1 where $name is refused',
    async ({ before, words, how: { detail, hint } }) => {
      await prepare(before);
      expect(await call(words)).toEqual({ stdout: '', stderr: `${emulator.url}: ${detail} ${hint}\n`, code: 1 });
    },
  );
});
