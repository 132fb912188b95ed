import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { callCommand } from '../support/command-in-process.ts';
import { startEmulator } from '../support/emulator.ts';
import { createFolder } from '../support/folder.ts';
import { serveStandIn } from '../trials/compare/stand-in.ts';
import { prints } from './outcome.ts';

const SEEDED = { Authorization: 'Bearer klaim_test_lantern' };
const KEY = 'live_key_of_somebody';
const anyText = expect.any(String) as unknown;

/** A service that has another name for ada, and refuses to show credits. */
async function serveOther(): Promise<{
  readonly words: readonly string[];
  readonly host: string;
  readonly url: string;
}> {
  const { url } = await startEmulator({ providers: ['klaim'] });
  const target = await serveStandIn(`${url}/klaim`, {
    headers: SEEDED,
    plant: (path, answer) =>
      path === '/users/ada'
        ? { ...answer, body: answer.body.replace('"email":"ada@lantern.example"', '"email":null') }
        : answer,
  });
  const words = ['compare', '--provider', 'klaim', '--target', target, '--pause', '0'];
  return { words: [...words, '--header', `Authorization: Bearer ${KEY}`], host: new URL(target).host, url };
}

describe('compare', () => {
  it('prints the differences as text and as JSON, and exits with 1', async () => {
    const { words, host } = await serveOther();
    expect(await callCommand(words)).toEqual(
      prints(
        [
          'GET /users/ada  getUser',
          '  body/email  null  ours "ada@lantern.example"  theirs null',
          '',
          `4 reads compared with ${host}: 3 the same, 1 differ in 1 place.`,
          '',
        ].join('\n'),
        1,
      ),
    );
    const { stdout, ...others } = await callCommand([...words, '--format', 'json']);
    expect([others, JSON.parse(stdout)]).toEqual([
      { stderr: '', code: 1 },
      {
        ...{ comparison: 1, version: '0.1.0', provider: 'klaim', target: host, at: anyText, compared: 4, same: 3 },
        differences: [
          {
            ...{ request: 'GET /users/ada', operation: 'getUser', where: 'body/email', kind: 'null' },
            ...{ ours: 'ada@lantern.example', theirs: null },
          },
        ],
        ...{ more: 0, unanswered: [], passedOver: [], repeated: 0 },
        answers: expect.arrayContaining([
          { operation: 'getUser', status: 200, reads: 1, differing: 1, otherValues: 0 },
        ]) as unknown,
      },
    ]);
  });

  it('exits with 0 if nothing differs, and with 1 if nothing was compared', async () => {
    const { url } = await startEmulator({ providers: ['klaim'], providerPorts: false });
    const header = `Authorization: ${SEEDED.Authorization}`;
    const words = [...'compare --provider klaim --pause 0 --header'.split(' '), header];
    expect(await callCommand([...words, '--target', `${url}/klaim`])).toEqual(
      prints(`4 reads compared with ${new URL(url).host}: all the same.\n`),
    );
    const { stdout, code } = await callCommand([...words, '--target', 'http://127.0.0.1:9', '--timeout', 'PT2S']);
    expect([code, stdout]).toEqual([1, expect.stringContaining('\nNothing was compared with 127.0.0.1:9.\n')]);
  });

  it('suggests --header if the service refuses every request', async () => {
    const { url } = await startEmulator({ providers: ['klaim'], providerPorts: false });
    const words = ['compare', '--provider', 'klaim', '--pause', '0', '--limit', '1', '--target', `${url}/klaim`];
    const { stdout, code } = await callCommand(words);
    expect([code, stdout.split('\n').slice(0, 2), stdout.trimEnd().split('\n').at(-1)]).toEqual([
      1,
      ['GET /users  listUsers', '  status  status  ours 200  theirs 401'],
      'The service refused every request: pass its credentials with --header.',
    ]);
  });

  it('writes the result as evidence, without the key', async () => {
    const { words, url, host } = await serveOther();
    const cwd = createFolder();
    await callCommand([...words, '--keep', 'klaim.json'], { cwd });
    const kept = readFileSync(join(cwd, 'klaim.json'), 'utf8');
    expect([kept.includes(KEY), kept.includes('klaim_test_lantern')]).toEqual([false, false]);
    for (const path of ['/users/ada', '/users/ada/credits', '/users/nobody']) {
      await (await fetch(`${url}/klaim${path}`, { headers: SEEDED })).text();
    }
    const list = async (...more: readonly string[]): Promise<readonly unknown[]> => {
      const { stdout, stderr } = await callCommand(['evidence', '--url', url, '--json', ...more], { cwd });
      expect(stderr).toBe('');
      const { evidence } = JSON.parse(stdout) as { evidence: Record<string, unknown>[] };
      return evidence.map(({ operation, status, level, source }) => [operation, status, level, source]);
    };
    const before = await list();
    const slip = 'the documented POST may be a slip; both are served';
    const date = (JSON.parse(kept) as { at: string }).at.slice(0, 10);
    expect(before).toEqual(
      expect.arrayContaining([
        ['getUser', 200, 'assumed', slip],
        ['getUserCredits', 200, 'assumed', slip],
      ]),
    );
    expect(await list('--kept', 'klaim.json')).toEqual([
      ['getUser', 200, 'assumed', `${slip}; ${host} on ${date} answered 1 of 1 otherwise`],
      ['getUser', 404, 'assumed', slip],
      ['getUserCredits', 200, 'observed', `${slip}; the same at ${host} on ${date}`],
      ['listUsers', 200, 'documented', 'vendor docs, "list users"'],
    ]);
  });

  it('prints the result even if the file cannot be written', async () => {
    const { words, host } = await serveOther();
    const { stdout, stderr, code } = await callCommand([...words, '--keep', 'no/such/folder/klaim.json']);
    expect([code, stdout.trimEnd().split('\n').at(-1), stderr]).toEqual([
      ...[1, `4 reads compared with ${host}: 3 the same, 1 differ in 1 place.`],
      expect.stringMatching(/^no\/such\/folder\/klaim\.json cannot be written: /),
    ]);
  });

  it.each([
    ['--target http://127.0.0.1:9', 'Missing required argument: provider'],
    ['--provider klaim', 'Missing required argument: target'],
    [
      '--provider klaim --target http://127.0.0.1:9 --header Authorization: Bearer live_12345',
      "compare takes only flags; quote values with spaces: --header 'Authorization: Bearer KEY'.",
    ],
    ['--provider klaim --target x?key=live_12345', '--target must be a URL such as https://api.example.com, got "x".'],
    ['--provider klaim --target x', '--target must be a URL such as https://api.example.com, got "x".'],
    [
      '--provider klam --target http://127.0.0.1:9',
      expect.stringMatching(/^There is no provider "klam"; did you mean "klaim"\?/),
    ],
    [
      '--provider klaim --target http://127.0.0.1:9 --bundle none.json',
      expect.stringMatching(/^none\.json cannot be read: /),
    ],
    ['--provider klaim --target http://127.0.0.1:9 --format junit', '--format cannot be "junit". Known: text, json.'],
    [
      '--provider klaim --target http://127.0.0.1:9 --limit 0',
      '--limit must be a whole number from 1 to 9999999, got "0".',
    ],
    [
      '--provider klaim --target http://127.0.0.1:9 --pause soon',
      expect.stringMatching(/^--pause: "soon" is not a duration/),
    ],
  ])('refuses %s', async (words, said) => {
    const { stdout, stderr, code } = await callCommand(['compare', ...words.split(' ')]);
    expect([stdout, stderr.split('\n')[0], code]).toEqual(['', said, 2]);
    expect(stderr).not.toContain('live_12345');
  });

  it('refuses a file that no comparison wrote', async () => {
    const { url } = await startEmulator({ providers: ['klaim'], providerPorts: false });
    const cwd = createFolder({ 'other.json': '{"comparison":2}', 'text.json': 'x' });
    const refuse = async (file: string): Promise<unknown> =>
      callCommand(['evidence', '--url', url, '--kept', file], { cwd });
    for (const file of ['other.json', 'text.json']) {
      expect(await refuse(file)).toEqual({
        ...{ stdout: '', code: 2 },
        stderr: expect.stringMatching(new RegExp(`^${file} is not a comparison: `)) as unknown,
      });
    }
    expect(await refuse('none.json')).toMatchObject({ code: 2 });
  });
});
