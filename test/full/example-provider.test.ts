import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { packInto } from '../support/packed.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const run = promisify(execFile);

/** A copy of examples/provider/ into which the packed package was installed. */
let folder = '';

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What a command in the folder comes to. */
async function runThere(name: string, ...words: readonly string[]): Promise<Ended> {
  const bin = join(folder, 'node_modules/.bin', name);
  try {
    return { code: 0, ...(await run(bin, words, { cwd: folder, shell: process.platform === 'win32' })) };
  } catch (error) {
    return error as Ended;
  }
}

/** Changes a file of the folder while something runs. */
async function withChange<T>(file: string, change: (text: string) => string, work: () => Promise<T>): Promise<T> {
  const path = join(folder, file);
  const text = readFileSync(path, 'utf8');
  writeFileSync(path, change(text));
  try {
    return await work();
  } finally {
    writeFileSync(path, text);
  }
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'credits emulator '));
  cpSync(join(ROOT, 'examples/provider'), folder, { recursive: true });
  const { tarball } = await packInto(folder);
  await run('npm', ['install', '--no-audit', '--no-fund', tarball], { cwd: folder });
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('the example of a provider, with the packed package', () => {
  it('passes the suite that the bundled ones pass', async () => {
    const { code, stdout } = await runThere('vitest', 'run', '--reporter', 'json');
    expect([code, JSON.parse(stdout)]).toMatchObject([0, { numTotalTests: 22, numPassedTests: 22 }]);
  });

  it.each<[string, string, (text: string) => string, string]>([
    [
      'an answer that its document does not know',
      'operations.js',
      (text) => text.replace('status: 201', 'status: 202'),
      'issueCard',
    ],
    [
      'a date that its dump leaves out',
      'fixture.js',
      (text) => text.replace('state.cards.values()', '[...state.cards.values()].map(({ issued, ...card }) => card)'),
      'giftcard.fixture: dump and load change "issued" of the record "FAIL-1" of cards',
    ],
    [
      'a fault that its dump leaves out',
      'fixture.js',
      (text) => text.replace('state.cards.values()', '[...state.cards.values()].map(({ fault, ...card }) => card)'),
      'giftcard.fixture: dump and load lose "fault" of the record "FAIL-1" of cards.',
    ],
    [
      'an operation that does not say how it is known',
      'giftcard.yaml',
      (text) => text.replace(/x-evidence: .*Look up.*/, ''),
      'The operation getCard of the document has no x-evidence',
    ],
    [
      'a text with a secret',
      'failures.js',
      (text) =>
        text.replace("bug: 'INTERNAL'", 'bug: ({ error }) => ({ status: 500, body: { error: String(error) } })'),
      'without secrets',
    ],
  ])('fails that suite with %s', async (_, file, change, message) => {
    const { code, stdout, stderr } = await withChange(file, change, () => runThere('vitest', 'run'));
    expect(code).toBe(1);
    expect(stdout + stderr).toContain(message);
  });

  it('has types that hold, with those of its document, and a wrong answer is none', async () => {
    expect(await runThere('tsc')).toMatchObject({ code: 0, stdout: '' });
    const wrong = (text: string): string => text.replace('status: 201', 'status: 202');
    expect(await withChange('operations.js', wrong, () => runThere('tsc'))).toMatchObject({
      stdout: expect.stringMatching(/^operations\.js\(\d+,\d+\): error TS2322/) as string,
    });
  });

  it('runs in the command, which has copies of what it throws', async () => {
    writeFileSync(
      join(folder, 'visit.js'),
      `
      const { GIFTCARD_URL: url, GIFTCARD_KEY: key } = process.env;
      const visit = async (path, body, bearer = key) => {
        const headers = { Authorization: 'Bearer ' + bearer, 'Content-Type': 'application/json' };
        const response = await fetch(url + path, { headers, ...(body && { method: 'POST', body: JSON.stringify(body) }) });
        const { code, issued, ...said } = await response.json();
        console.log(response.status, JSON.stringify(said), response.headers.get('x-emulator-fault'));
      };
      await visit('/cards', { cents: 700 });
      await visit('/cards/RICH-1/charges', { cents: 1200 });
      await visit('/cards/RICH-1', undefined, 'wrong');
      await visit('/cards/NONE');
      await visit('/cards/POOR-1/charges', { cents: 50 });
      await visit('/cards/FAIL-1/charges', { cents: 50 });
    `,
    );
    const { stdout, stderr } = await runThere(
      'credits-emulator',
      ...['exec', '--provider', 'giftcard.js', '--set', 'giftcard.overdraft=true', '--', process.execPath, 'visit.js'],
    );
    expect([stdout.split('\n'), stderr]).toEqual([
      [
        '201 {"cents":700} null',
        '200 {"cents":3800} null',
        '401 {"error":"UNKNOWN_KEY","message":"The key is not known."} null',
        '404 {"error":"NO_SUCH_CARD","message":"There is no such card."} null',
        '200 {"cents":-10} null',
        '500 {"error":"INTERNAL","message":"Something broke."} magic:FAIL-1; phase=after',
        '',
      ],
      '',
    ]);
  });

  it('is validated with its document and its seed', async () => {
    const validate = (): Promise<Ended> => runThere('credits-emulator', 'validate', '--provider', 'giftcard.js');
    expect(await validate()).toEqual({
      code: 0,
      stdout: 'All is well: 5 worlds, 6 providers, 1 document.\n',
      stderr: '',
    });
    const misspell = (text: string): string =>
      text.replace('operations: { issueCard', 'operations: { isueCard: issueCard');
    expect(await withChange('giftcard.js', misspell, validate)).toMatchObject({
      code: 1,
      stderr: 'giftcard.operations.isueCard is not in the document; did you mean "issueCard"?\n',
    });
    const lengthen = (text: string): string => text.replace('cents: 40', 'cnts: 40');
    expect(await withChange('giftcard-seed.yaml', lengthen, validate)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(
        'giftcard-seed.yaml:6:37: giftcard.cards[1].cnts: "cnts" is not known here',
      ) as string,
    });
  });
});
