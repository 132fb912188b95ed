import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { packInto } from '../support/packed.ts';

const execute = promisify(execFile);

/** Where copies of the examples lie, and the packed package that they install. */
let folder = '';
let tarball = '';

interface Ended {
  readonly code: number | string;
  readonly stdout: string;
  readonly stderr: string;
}

/** What a command comes to in a folder, for a user of whom nothing is known but where commands are. */
async function run(cwd: string, name: string, ...words: readonly string[]): Promise<Ended> {
  const env = { PATH: process.env['PATH'], HOME: process.env['HOME'], NO_COLOR: '1', PYTHONDONTWRITEBYTECODE: '1' };
  try {
    return { code: 0, ...(await execute(name, words, { cwd, env, shell: process.platform === 'win32' })) };
  } catch (error) {
    return error as Ended;
  }
}

/** A copy of an example as it was packed, with the package installed. */
async function install(example: string): Promise<string> {
  const copy = join(folder, example);
  cpSync(join(folder, 'package/examples', example), copy, { recursive: true });
  expect(await run(copy, 'npm', 'install', '--no-audit', '--no-fund', tarball)).toMatchObject({ code: 0 });
  return copy;
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'credits emulator '));
  ({ tarball } = await packInto(folder));
  await execute('tar', ['-xzf', tarball, 'package/examples'], { cwd: folder });
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('examples/vitest, with the packed package', () => {
  it('passes, its types hold, and it finds a shop whose key does not stay the same', async () => {
    const copy = await install('vitest');
    expect(await run(copy, 'npm', 'test')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('Tests  7 passed (7)') as string,
    });
    spoil(join(copy, 'shop.ts'), 'idempotencyKey: id,', 'idempotencyKey: crypto.randomUUID(),');
    expect((await run(copy, 'npx', 'vitest', 'run')).stdout).toContain('Tests  2 failed | 5 passed (7)');
  });
});

describe('examples/node-test, with the packed package', () => {
  let copy = '';
  beforeAll(async () => {
    copy = await install('node-test');
  });

  it('passes with an emulator of its own', async () => {
    expect(await run(copy, 'node', '--test', '--test-reporter=tap')).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^# pass 8\n# fail 0$/m) as string,
    });
  });

  it('takes the emulator that it is given, where a lost answer shows which of the two shops is naive', async () => {
    const purchase = ['node', '--test', '--test-reporter=tap', 'purchase.test.js'];
    expect(await run(copy, 'npx', 'credits-emulator', 'exec', '--', ...purchase)).toMatchObject({ code: 0 });
    const rules = { faults: [{ provider: 'openmonetize', phase: 'after', effect: { status: 500 } }] };
    writeFileSync(join(copy, 'lost-answers.json'), JSON.stringify(rules));
    const flags = ['exec', '--faults', 'lost-answers.json', '--', ...purchase];
    const { code, stdout } = await run(copy, 'npx', 'credits-emulator', ...flags);
    expect(code).toBe(1);
    expect(stdout.match(/^(not )?ok .*/gm)).toEqual([
      'not ok 1 - the naive shop delivers what was ordered',
      'ok 2 - the shop delivers what was ordered',
    ]);
  });
});

describe('examples/story, with the packed package', () => {
  it('passes, and its ledger and the audit find a regatta that does not look before it pays again', async () => {
    const copy = await install('story');
    expect(await run(copy, 'npm', 'test')).toMatchObject({ code: 0 });
    spoil(join(copy, 'regatta.js'), 'if ((await getBalance(player)) !== before) return;', '');
    const { stdout } = await run(copy, 'node', '--test', '--test-reporter=tap');
    expect(stdout.match(/^ +not ok .*/gm)).toEqual([
      expect.stringContaining('Mira books a seat and pays once') as string,
      expect.stringContaining('in the ledger each of these stands once') as string,
      expect.stringContaining('the audit has nothing to say') as string,
    ]);
    expect(stdout).toContain('updateUserCredits of -25 to mira took effect twice');
  });
});

describe('examples/pytest, with the packed package', () => {
  it('passes by itself and with an emulator that it is given', async ({ skip }) => {
    const { code } = await run(folder, 'python3', '-m', 'pytest', '--version');
    if (code !== 0) return skip('Left out: there is no pytest here (python3 -m pytest).');
    const copy = await install('pytest');
    const pytest = ['python3', '-m', 'pytest', '-q', '-p', 'no:cacheprovider'];
    const passed = { code: 0, stdout: expect.stringContaining('6 passed') as string };
    expect(await run(copy, 'python3', ...pytest.slice(1))).toMatchObject(passed);
    expect(await run(copy, 'npx', 'credits-emulator', 'exec', '--', ...pytest)).toMatchObject(passed);
    const xdist = await run(folder, 'python3', '-c', 'import xdist');
    if (xdist.code === 0) expect(await run(copy, 'python3', ...pytest.slice(1), '-n', '4')).toMatchObject(passed);
    spoil(join(copy, 'shop.py'), '"idempotencyKey": order', '"idempotencyKey": str(time.time_ns())');
    expect((await run(copy, 'python3', ...pytest.slice(1))).stdout).toMatch(/4 failed, 2 passed/);
  });
});

function spoil(file: string, good: string, bad: string): void {
  const text = readFileSync(file, 'utf8');
  expect(text).toContain(good);
  writeFileSync(file, text.replace(good, bad));
}
