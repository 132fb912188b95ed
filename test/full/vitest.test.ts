import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { afterEach, beforeAll, describe, expect, it } from 'vitest';

import { useEmulator } from '../../src/vitest.ts';
import { callCommand } from '../support/command-in-process.ts';
import { createFolder } from '../support/folder.ts';

const VITEST = fileURLToPath(new URL('../../node_modules/vitest/vitest.mjs', import.meta.url));
const LANTERN = { Authorization: 'Bearer klaim_test_lantern', 'Content-Type': 'application/json' };

async function spend(url: string): Promise<unknown> {
  const body = JSON.stringify({ credit_delta: -1 });
  const response = await fetch(`${url}/users/ada/credits`, { method: 'PUT', headers: LANTERN, body });
  return ((await response.json()) as { credit_balance: unknown }).credit_balance;
}

describe('useEmulator', () => {
  const credits = useEmulator({ providers: ['klaim'], clock: '2026-01-01T00:00:00Z' });
  const names: string[] = [];
  beforeAll(() => {
    expect(credits.emulator.url).toMatch(/^http:/);
    expect(() => credits.sandbox).toThrow('The sandbox exists only while a test runs');
  });
  afterEach(() => {
    names.push(credits.sandbox.name);
  });

  it.each([1, 2])('gives each test its own sandbox: Nº %i', async (number) => {
    expect(credits.sandbox.name).toBe(`useemulator-gives-each-test-its-own-sand-${number}`);
    expect(credits.urls.klaim).toMatch(RegExp(`/_sandbox/${credits.sandbox.name}$`));
    expect(credits.env['KLAIM_BASE_URL']).toBe(credits.urls.klaim);
    expect(await spend(credits.urls.klaim)).toBe(699);
  });

  it('also works with the context of a test', async (context) => {
    expect(credits.of(context).sandbox).toBe(credits.sandbox);
    expect(await credits.sandbox.clock.get()).toEqual({ now: '2026-01-01T00:00:00.000Z', frozen: true });
    expect(names).toHaveLength(2);
  });
});

/** Returns the output of the failing suite. @param folder the folder of its bundles */
async function runFailing(folder: string): Promise<string> {
  const words = [VITEST, 'run', '--config', 'test/support/failing-suite/config.ts', '--reporter', 'default'];
  const failed: unknown = await promisify(execFile)(process.execPath, words, {
    env: { PATH: process.env['PATH'], NO_COLOR: '1', BUNDLES: folder },
  }).catch((error: unknown) => error);
  const { stdout, stderr } = failed as { readonly stdout: string; readonly stderr: string };
  return `${stdout}${stderr}`;
}

it('prints the requests of a failed test with reasons and without secrets, writes a bundle, and refuses to guess', async () => {
  const folder = join(createFolder(), 'failures');
  const printed = await runFailing(folder);
  const file = join(folder, 'test-support-failing-suite-suite.ts.a-suite-fails-2.json');
  const told = [...printed.matchAll(/^stderr \| \S+ > (.*)\n((?:.+\n)*)/gm)].map(([, test, text = '']) => [
    test,
    text
      .replaceAll(/[\d.]+ ms/g, 'some ms')
      .replaceAll(/\d+_\w+/g, 'KEY')
      .trimEnd()
      .split('\n'),
  ]);
  expect(told).toEqual([
    [
      'a suite > fails',
      [
        '2 exchanges in the sandbox "a-suite-fails-2":',
        '  PUT  /users/ada/credits  klaim.updateUserCredits  200  some ms',
        '      asked    {"credit_delta":-2}',
        '      answered {"message":"resource updated successfully","credit_balance":698}',
        '      changed  users KEY',
        '  PUT  /users/ada/credits  klaim.updateUserCredits  400  some ms  body credit_dleta: is not known here, and "credit_delta" is missing',
        `      asked    {"credit_dleta":-3,"note":"${'x'.repeat(273)}…`,
        '      answered {"message":"Invalid JSON format in request body"}',
        `Replay it: credits-emulator bundle run ${file}`,
      ],
    ],
    [
      'a suite > fails before it asks',
      [expect.stringMatching(/^The sandbox ".*-before-it-asks-3" received no requests\.$/)],
    ],
    ['a suite at the same time > is not told otherwise', [expect.stringMatching(/received no requests\.$/)]],
  ]);
  expect(printed).not.toContain('klaim_test_lantern');
  expect(printed).toContain('Error: Concurrent tests have a sandbox each. Use of(context)');
  expect(printed).toContain('Tests  3 failed | 2 passed (5)');
  // Passed tests, and tests without requests, have none.
  expect(readdirSync(folder).map((name) => join(folder, name))).toEqual([file]);
  expect(await callCommand(['bundle', 'run', file])).toEqual({
    stdout: `${file}: 2 exchanges, all as recorded.\n`,
    stderr: '',
    code: 0,
  });
});
