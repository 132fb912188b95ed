import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { callCommand } from '../support/command-in-process.ts';
import { runCommand } from '../support/command.ts';
import { startEmulator } from '../support/emulator.ts';
import { createFolder } from '../support/folder.ts';
import { prints, refuses } from './outcome.ts';

const HEADERS = { Authorization: 'Bearer klaim_test_lantern' };
const GUS = 'klaim: { users: [{ app_id: app_lantern, user_id: gus, email: gus@a.example, credit_balance: 5 }] }\n';

async function readCredits(url: string, user: string, sandbox = 'default'): Promise<unknown> {
  const headers = { ...HEADERS, 'X-Emulator-Sandbox': sandbox };
  const answer = await fetch(`${url}/klaim/users/${user}/credits`, { headers });
  return ((await answer.json()) as { credit_balance: unknown }).credit_balance;
}

describe('fixtures', () => {
  it('lists worlds, with the providers and fault rules of each', async () => {
    const { url } = await startEmulator({ providers: ['klaim'] });
    const { stdout, ...rest } = await callCommand(['fixtures', '--url', url]);
    expect(rest).toEqual({ stderr: '', code: 0 });
    expect(stdout).toBe(
      [
        'NAME          HOLDS  FAULTS',
        'default       klaim',
        'flaky         klaim  flaky-500 {"status":500}, flaky-503 {"status":503,"retryAfter":1}, flaky-reset {"connection":"reset"}',
        'lost-answers  klaim  lost-500 {"status":500}, lost-reset {"connection":"reset"}',
        'outage        klaim  outage {"status":503,"retryAfter":30}',
        'slow          klaim  slow {"delay":{"lognormal":{"median":400,"sigma":0.8}}}',
        '',
      ].join('\n'),
    );
  });
});

describe('fixtures load', () => {
  it('loads worlds and then a local file into the sandbox', async () => {
    const { url } = await startEmulator({ providers: ['klaim'] });
    const cwd = createFolder({ 'mine.yaml': GUS });
    const words = ['fixtures', 'load', 'default', 'mine.yaml', '--url', url, '--sandbox', 'checkout', '--json'];
    expect(await callCommand(words, { cwd })).toEqual(prints('{"loaded":["default","mine.yaml"]}\n'));
    expect([await readCredits(url, 'gus', 'checkout'), await readCredits(url, 'gus')]).toEqual([5, undefined]);
  });

  it('makes them the seed with --replace', async () => {
    const { url } = await startEmulator({ providers: ['klaim'] });
    const cwd = createFolder({ 'mine.yaml': GUS });
    await callCommand(['fixtures', 'load', 'default', './mine.yaml', '--replace', '--url', url], { cwd });
    await callCommand(['reset', '--url', url]);
    expect([await readCredits(url, 'gus'), await readCredits(url, 'ada')]).toEqual([5, 700]);
  });

  it('says what is wrong', async () => {
    const { url } = await startEmulator({ providers: ['klaim'] });
    const cwd = createFolder({ 'mine.yaml': GUS, 'list.yaml': '[]', 'none.yaml': '5' });
    const call = async (...words: string[]): Promise<unknown> => {
      const { stderr, code } = await callCommand(['fixtures', 'load', ...words, '--url', url], { cwd });
      return [code, stderr.split('\n')[0]];
    };
    const detail =
      'There is no world "outag"; did you mean "outage"? Known: default, flaky, lost-answers, outage, slow.';
    const hint = 'Nothing was changed. GET /_emulator/fixtures lists the names; docs/fixtures.md shows the format.';
    expect(await call('outag')).toEqual([1, `${url}: ${detail} ${hint}`]);
    expect(await call('mine.yaml', 'default')).toEqual([2, 'Pass at most one file, after the world names.']);
    expect(await call('none.yaml')).toEqual([2, '"none.yaml" is not a fixture: it holds no mapping.']);
    expect(await call('gone.yaml')).toEqual([2, 'There is no file "gone.yaml".']);
  });
});

describe('fixtures generate', () => {
  it('prints a fixture and nothing else', async () => {
    const { stdout, ...rest } = await runCommand(['fixtures', 'generate', 'klaim.users=3', '--random-seed', '7']);
    expect(rest).toEqual({ stderr: '', code: 0 });
    const { klaim } = JSON.parse(stdout) as { readonly klaim: Readonly<Record<string, readonly unknown[]>> };
    expect([klaim['apps']?.length, klaim['users']?.length]).toEqual([1, 3]);
  });

  it('writes a file with which an emulator starts', async () => {
    const cwd = createFolder();
    const words = ['fixtures', 'generate', 'klaim.users=3', 'gamefuse.games=1', '--out', 'big.json', '--json'];
    expect(await callCommand(words, { cwd })).toEqual(
      prints('{"out":"big.json","klaim":{"apps":1,"users":3},"gamefuse":{"games":1}}\n'),
    );
    const { env } = await startEmulator({ fixtures: [join(cwd, 'big.json')], providers: ['klaim', 'gamefuse'] });
    expect(env).toMatchObject({ KLAIM_API_KEY: 'klaim_generated_1', GAMEFUSE_GAME_TOKEN: 'generated_game_1' });
  });

  it('overwrites a file only with --force', async () => {
    const cwd = createFolder({ 'big.json': 'mine' });
    const words = ['fixtures', 'generate', 'klaim.users=3', '--out', 'big.json'];
    expect(await callCommand(words, { cwd })).toEqual(
      refuses('big.json: The file exists already; --force overwrites it.\n', 1),
    );
    expect(readFileSync(join(cwd, 'big.json'), 'utf8')).toBe('mine');
    expect(await callCommand([...words, '--force'], { cwd })).toEqual(prints());
    expect(statSync(join(cwd, 'big.json')).size).toBeGreaterThan(100);
  });

  it.each([
    [['klaim.user=3'], 2, 'klaim cannot generate the list "user"; did you mean "users"? Known: apps, users.'],
    [['klaim.users=3', '--out', 'big.yaml'], 2, '--out must end in .json.'],
    [['klaim.users=3', '--json'], 2, '--json needs --out: standard output is the fixture itself.'],
    [['klaim.users=3', '--random-seed', 'x'], 2, '--random-seed must be a whole number.'],
    [['klaim.users=3', '--out', 'gone/big.json'], 1, 'gone/big.json: The file cannot be written (ENOENT).'],
    [[], 2, 'Not enough non-option arguments: got 0, need at least 1'],
  ])('refuses %j', async (words, code, line) => {
    const cwd = createFolder();
    const { stderr, ...rest } = await callCommand(['fixtures', 'generate', ...words], { cwd });
    expect([rest, stderr.split('\n')[0]]).toEqual([{ stdout: '', code }, line]);
    expect(existsSync(join(cwd, 'big.yaml'))).toBe(false);
  });
});
