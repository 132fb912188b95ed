import { describe, expect, it } from 'vitest';

import { callCommand } from '../support/command-in-process.ts';
import { createFolder } from '../support/folder.ts';
import { refuses } from './outcome.ts';

/** Adds 5 to ada's 700, up to three times until a response says so; passes if she then has 705. */
const NAIVE = `
const { KLAIM_BASE_URL: url, KLAIM_API_KEY: key } = process.env;
const send = (method, body) => fetch(url + '/users/ada/credits', {
  method,
  headers: { Authorization: 'Bearer ' + key, 'Content-Type': 'application/json' },
  ...(body && { body: JSON.stringify(body) }),
}).catch(() => ({ ok: false }));
for (let attempt = 0; attempt < 3; attempt += 1) if ((await send('PUT', { credit_delta: 5 })).ok) break;
let answer;
for (let attempt = 0; attempt < 3 && !answer?.ok; attempt += 1) answer = await send('GET');
const { credit_balance } = await answer.json();
console.log('ada has ' + credit_balance);
process.exit(credit_balance === 705 ? 0 : 1);
`;
const FILES = {
  'naive.mjs': NAIVE,
  'deaf.mjs': 'process.exit(0)',
  'broken.mjs': 'console.log("no"); process.exit(4)',
  'rules.yaml':
    'faults: [{ id: broke, operation: updateUserCredits, effect: { code: NOT_ENOUGH_CREDITS }, provider: klaim }]',
  'wrong.yaml': 'faults: [{ id: broke, effect: { status: 99 } }]',
};

const OWN = ['--providers', 'klaim', '--no-provider-ports'];

const matrix = (words: readonly string[], file = 'naive.mjs'): ReturnType<typeof callCommand> =>
  callCommand(
    ['matrix', ...OWN, ...(words.includes('--jobs') ? [] : ['--jobs', '2']), ...words, '--', process.execPath, file],
    { cwd: createFolder(FILES) },
  );

/** Removes what differs between any two runs. */
function toRuns(stdout: string): unknown {
  const { runs } = JSON.parse(stdout) as { runs: readonly { line: string; result: string; code: number }[] };
  return runs.map(({ line, result, code }) => [line, result, code]);
}

describe('matrix', () => {
  it('finds the fault after which a client repeats a change that was stored', async () => {
    const { stdout, stderr, code } = await matrix(['--faults', 'lost-answers,outage,reset']);
    const lines = stdout.split('\n');
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(
        /^4 runs, 2 at a time, about \d+ s\nklaim\.updateUserCredits:(reset|lost-answers) failed\n/,
      ),
    ]);
    expect(lines.slice(0, 5).map((line) => line.replace(/ +\d+\.\d s(?= |$)/, '').split(/ {2,}/))).toEqual([
      ['RUN', 'RESULT', 'TIME', 'FINDINGS'],
      ['klaim.getUserCredits:outage', 'passed'],
      ['klaim.updateUserCredits:lost-answers', 'failed', 'double-effect (warning)'],
      ['klaim.updateUserCredits:outage', 'passed'],
      ['klaim.updateUserCredits:reset', 'failed', 'double-effect (warning)'],
    ]);
    expect(lines.slice(5)).toEqual([
      '',
      'klaim.updateUserCredits:lost-answers failed',
      '    updateUserCredits of 5 to ada took effect twice: balance 700, 705, 710; the first got a 500 from a fault although it had taken effect.',
      '    ada has 710',
      '',
      'klaim.updateUserCredits:reset failed',
      '    updateUserCredits of 5 to ada took effect twice: balance 700, 705, 710; the first was reset without an answer.',
      '    ada has 710',
      '',
      '4 of 4 runs, 2 of them bad.',
      'Repeat one with all of its output:',
      ...['lost-answers', 'reset'].map(
        (fault) =>
          `  credits-emulator matrix --faults lost-answers,outage,reset --only klaim.updateUserCredits:${fault} -- ${process.execPath} naive.mjs`,
      ),
      '',
    ]);
  });

  it('repeats one run by its name', async () => {
    const { stdout, code } = await matrix(['--only', 'klaim.updateUserCredits:lost-answers', '--json']);
    expect([toRuns(stdout), code]).toEqual([[['klaim.updateUserCredits:lost-answers', 'failed', 1]], 1]);
    expect((JSON.parse(stdout) as { first: object }).first).toMatchObject({
      operations: [
        { provider: 'klaim', operation: 'getUserCredits', isChange: false },
        { provider: 'klaim', operation: 'updateUserCredits', isChange: true },
      ],
    });
  });

  it('accepts rules of a file, and operations by name', async () => {
    const words = ['--faults', 'outage,./rules.yaml', '--operations', 'klaim.updateUserCredits', '--json'];
    const { stdout, code } = await matrix(words);
    expect([toRuns(stdout), code]).toEqual([
      [
        ['klaim.updateUserCredits:outage', 'passed', 0],
        ['klaim.updateUserCredits:broke', 'failed', 1],
      ],
      1,
    ]);
  });

  it('starts no run after the first failure with --fail-fast', async () => {
    const words = '--faults lost-answers,outage --operations updateUserCredits --jobs 1 --fail-fast --json';
    const { stdout } = await matrix(words.split(' '));
    expect(toRuns(stdout)).toEqual([
      ['klaim.updateUserCredits:lost-answers', 'failed', 1],
      ['klaim.updateUserCredits:outage', 'not run', undefined],
    ]);
  });

  it('exits with 0 if the client survives every fault', async () => {
    const { stdout, code } = await matrix(['--faults', 'outage', '--operations', 'getUserCredits']);
    expect([stdout.split('\n').slice(-3), code]).toEqual([['', '1 of 1 runs, 0 of them bad.', ''], 0]);
  });

  it.each([
    [
      '--faults outtage',
      'Unknown fault "outtage"; did you mean "outage"? The name of a file must have a "." or a "/".',
    ],
    [
      '--operations getUser',
      'The command does not call "getUser". Known: klaim.getUserCredits, klaim.updateUserCredits.',
    ],
    [
      '--only klaim.getUserCredits:outtage',
      'Unknown run "klaim.getUserCredits:outtage"; did you mean "klaim.getUserCredits:outage"?',
    ],
    ['--jobs 0', '--jobs must be a whole number from 1 to 9999999, got "0".'],
    ['--data here', 'Each run has its own emulator, so --data is not allowed.'],
  ])('refuses %s', async (words, message) => {
    const stderr = `${message}\nTry: credits-emulator matrix --help\n`;
    expect(await matrix(words.split(' '))).toEqual(refuses(stderr));
  });

  it('refuses a file of faults with an error', async () => {
    expect(await matrix(['--faults', './wrong.yaml'])).toEqual({
      ...refuses(''),
      stderr: expect.stringMatching(/^\S+wrong\.yaml:1:\d+: faults\[0\]\.effect\.status: must be >= 200\n$/) as string,
    });
  });

  it.each([
    ['deaf.mjs', 'The command called no operation. It must use the variables that `credits-emulator env` prints.\n'],
    ['broken.mjs', 'The command fails even without a fault (exit 4):\n    no\n\n'],
  ])('refuses the command %s', async (file, stderr) => {
    expect(await matrix([], file)).toEqual(refuses(stderr, 1));
  });

  it('needs a command that exists', async () => {
    expect(await callCommand(['matrix'])).toEqual(
      refuses('matrix needs a command: credits-emulator matrix -- npm test\nTry: credits-emulator matrix --help\n'),
    );
    expect(await callCommand(['matrix', ...OWN, '--', 'no-such-command'])).toEqual(
      refuses('Cannot run no-such-command: command not found.\n', 127),
    );
  });
});
