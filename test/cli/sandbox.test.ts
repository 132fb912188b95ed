import { describe, expect, it } from 'vitest';

import { callCommand } from '../support/command-in-process.ts';
import { runCommand, type Outcome } from '../support/command.ts';
import { START, startEmulator } from '../support/emulator.ts';
import { createFiles } from '../support/folder.ts';

const silent: Outcome = { stdout: '', stderr: '', code: 0 };
const said = (stdout: string): Outcome => ({ ...silent, stdout });
const HEAD = 'NAME     CLOCK                            REQUESTS  STREAMS  SNAPSHOTS\n';

async function readCredits(url: string, sandbox: string, user: string): Promise<unknown> {
  const headers = { Authorization: 'Bearer klaim_test_lantern', 'X-Emulator-Sandbox': sandbox };
  const answer = await fetch(`${url}/klaim/users/${user}/credits`, { headers });
  return ((await answer.json()) as { readonly credit_balance?: number }).credit_balance;
}

describe('sandbox', () => {
  it('creates, forks, lists and deletes them', async () => {
    const { url } = await startEmulator({ providers: ['klaim'] });
    const at = ['--url', url];
    expect(await runCommand(['sandbox', 'create', 'one', '--clock', '2030-01-01T00:00:00Z', ...at])).toEqual(silent);
    await callCommand(['snapshot', 'save', 'before', '--sandbox', 'one', ...at]);
    await callCommand(['clock', 'advance', 'P1D', '--sandbox', 'one', ...at]);
    expect(await callCommand(['sandbox', 'fork', 'now', '--from', 'one', ...at])).toEqual(silent);
    expect(await callCommand(['sandbox', 'fork', 'then', '--from', 'one', '--snapshot', 'before', ...at])).toEqual(
      silent,
    );
    expect(await callCommand(['sandbox', 'list', ...at])).toEqual(
      said(
        HEAD +
          `default  ${START} frozen  0         0\n` +
          'now      2030-01-02T00:00:00.000Z frozen  0         0\n' +
          'one      2030-01-02T00:00:00.000Z frozen  0         0        before\n' +
          'then     2030-01-01T00:00:00.000Z frozen  0         0\n',
      ),
    );
    for (const name of ['one', 'now', 'then']) {
      expect(await callCommand(['sandbox', 'delete', name, ...at])).toEqual(silent);
    }
    expect(await callCommand(['sandbox', 'list', ...at])).toEqual(
      said(`${HEAD}default  ${START} frozen  0         0\n`),
    );
  });

  it('creates one with fixtures, clock, chance and time to live of its own, and prints it with --json', async () => {
    const user = { app_id: 'app_lantern', user_id: 'gus', email: 'gus@a.example', credit_balance: 5 };
    const { 'mine.json': file } = createFiles({ 'mine.json': JSON.stringify({ klaim: { users: [user] } }) });
    const { url } = await startEmulator({ providers: ['klaim'] });
    const { stdout, stderr, code } = await callCommand([
      ...['sandbox', 'create', 'one', '--fixtures', 'default', '--fixtures', file, '--clock', '2030-01-01T00:00:00Z'],
      ...['--random-seed', '7', '--ttl', 'PT1H', '--json', '--url', url],
    ]);
    expect([stderr, code]).toEqual(['', 0]);
    expect(JSON.parse(stdout)).toEqual({
      name: 'one',
      clock: { now: '2030-01-01T00:00:00.000Z', frozen: true },
      randomSeed: 7,
      requests: 0,
      streams: 0,
      snapshots: [],
      ttl: expect.any(Number) as number,
      urls: { klaim: expect.stringMatching(/\/_sandbox\/one$/) as string },
    });
    expect([await readCredits(url, 'one', 'gus'), await readCredits(url, 'one', 'ada')]).toEqual([5, 700]);
    expect(await readCredits(url, 'default', 'gus')).toBeUndefined();
  });

  it('prints where one listens', async () => {
    const { url } = await startEmulator({ providers: ['klaim'] });
    const { stdout, code } = await callCommand(['sandbox', 'create', 'one', '--listen', '--url', url]);
    expect(code).toBe(0);
    const [, own = ''] = /^klaim {2}(http:\/\/127\.0\.0\.1:\d+)\n$/.exec(stdout) ?? [];
    expect((await fetch(`${own}/users`)).headers.get('x-emulator-request-id')).toBe('one-1');
  });

  it.each([
    [['create', 'two', '--clock', 'noon'], 'clock: "noon" is not an instant'],
    [['create', 'two', '--ttl', 'soon'], 'ttl is a duration above 0. '],
    [['create', 'two', '--fixtures', 'defaul'], 'There is no world "defaul"; did you mean "default"?'],
  ])('ends with 1 for %j, and says why', async (words, message) => {
    const { url } = await startEmulator({ providers: ['klaim'] });
    await callCommand(['sandbox', 'create', 'one', '--url', url]);
    const { stdout, stderr, code } = await callCommand(['sandbox', ...words, '--url', url]);
    expect([stdout, code]).toEqual(['', 1]);
    expect(stderr).toContain(`${url}: ${message}`);
  });

  it.each([
    [['sandbox'], 'sandbox needs list, create, fork or delete.', 'sandbox'],
    [['sandbox', 'crate', 'a'], 'sandbox has no "crate"; did you mean create?', 'sandbox'],
    [['sandbox', 'create', ''], 'The name cannot be empty.', 'sandbox create'],
    [['sandbox', 'create', 'a', '--random-seed', 'x'], '--random-seed must be a whole number.', 'sandbox create'],
    [['sandbox', 'fork', 'a'], 'Missing required argument: from', 'sandbox fork'],
  ])('ends with 2 for %j', async (words, message, verb) => {
    expect(await callCommand(words)).toEqual({
      stdout: '',
      stderr: `${message}\nTry: credits-emulator ${verb} --help\n`,
      code: 2,
    });
  });
});
