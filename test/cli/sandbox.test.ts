import { describe, expect, it } from 'vitest';

import { callCommand } from '../support/command-in-process.ts';
import { startEmulator } from '../support/emulator.ts';
import { createFiles } from '../support/folder.ts';

async function readCredits(url: string, sandbox: string, user: string): Promise<unknown> {
  const headers = { Authorization: 'Bearer klaim_test_lantern', 'X-Emulator-Sandbox': sandbox };
  const answer = await fetch(`${url}/klaim/users/${user}/credits`, { headers });
  return ((await answer.json()) as { readonly credit_balance?: number }).credit_balance;
}

describe('sandbox', () => {
  it('creates one with its own fixtures, clock, random seed and time to live, and prints it with --json', async () => {
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

  it('prints the ports of a sandbox that listens', async () => {
    const { url } = await startEmulator({ providers: ['klaim'] });
    const { stdout, code } = await callCommand(['sandbox', 'create', 'one', '--listen', '--url', url]);
    expect(code).toBe(0);
    const [, own = ''] = /^klaim {2}(http:\/\/127\.0\.0\.1:\d+)\n$/.exec(stdout) ?? [];
    expect((await fetch(`${own}/users`)).headers.get('x-emulator-request-id')).toBe('one-1');
  });
});
