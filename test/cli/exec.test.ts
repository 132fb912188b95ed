import { describe, expect, it } from 'vitest';

import { callCommand } from '../support/command-in-process.ts';
import { runCommand, startCommand, type CommandOptions, type Outcome } from '../support/command.ts';
import { createFolder } from '../support/folder.ts';
import { prints, refuses } from './outcome.ts';

/** `exec` with a script for Node as its command. */
function exec(script: string, options?: CommandOptions & { flags?: readonly string[] }): Promise<Outcome> {
  return runCommand(['exec', ...(options?.flags ?? []), '--', process.execPath, '-e', script], options);
}

describe('exec', () => {
  it('runs a command with the variables of env and its own PORT, and prints nothing else', async () => {
    const { stdout, ...others } = await exec('console.log(JSON.stringify(process.env))', {
      flags: ['--providers', 'klaim'],
      env: { MINE: 'kept', PORT: '4321' },
    });
    expect(others).toEqual({ stderr: '', code: 0 });
    const { CREDITS_EMULATOR_URL, KLAIM_BASE_URL, ...variables } = JSON.parse(stdout) as Record<string, string>;
    expect(CREDITS_EMULATOR_URL).toMatch(/^http:\/\/127\.0\.0\.1:(?!4321$)\d+$/);
    expect(KLAIM_BASE_URL).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(variables).toEqual({
      KLAIM_API_KEY: 'klaim_test_lantern',
      MINE: 'kept',
      PORT: '4321',
      PATH: process.env['PATH'],
    });
  });

  it('answers while the command runs, and not afterwards; takes the flags of start, and logs no requests', async () => {
    const script = `
      const { CREDITS_EMULATOR_URL: url, KLAIM_BASE_URL: klaim } = process.env;
      fetch(klaim + '/usres')
        .then(() => fetch(url + '/_emulator/clock'))
        .then((response) => response.json())
        .then(({ now }) => console.log(url + ' ' + now));`;
    const { stdout, ...others } = await exec(script, { flags: ['--clock', '2031-02-03T04:05:06Z'] });
    const [url = '', now] = stdout.trim().split(' ');
    expect([now, others]).toEqual(['2031-02-03T04:05:06.000Z', { stderr: '', code: 0 }]);
    await expect(fetch(url)).rejects.toThrow('fetch failed');
  });

  it('logs the reasons of a refusal on standard error with --explain', async () => {
    const script =
      'fetch(process.env.KLAIM_BASE_URL + "/usres").then(() => fetch(process.env.KLAIM_BASE_URL + "/users"))';
    const { stderr, ...others } = await exec(script, { flags: ['--explain'] });
    expect(others).toEqual({ stdout: '', code: 0 });
    const lines = stderr
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown);
    const refused = { level: 'warn', msg: 'refused' };
    expect(lines).toMatchObject([
      { ...refused, url: '/usres', status: 404, reasons: [{ where: 'path', nearest: 'GET /users' }] },
      { ...refused, url: '/users', status: 401, reasons: [{ where: 'header', field: 'Authorization' }] },
    ]);
  });

  it('exits with 128 plus the number of the signal that ended the command', async () => {
    const words = ['exec', '--', process.execPath, '-e', "process.kill(process.pid, 'SIGKILL')"];
    expect(await callCommand(words)).toEqual(prints('', 137));
  });

  it("connects the command's streams with its own, and exits with its exit code", async () => {
    const script =
      "process.stdin.on('data', (text) => { process.stdout.write(text); process.stderr.write('heard\\n'); process.exitCode = 7 })";
    expect(await exec(script, { input: 'a line\n' })).toEqual({ stdout: 'a line\n', stderr: 'heard\n', code: 7 });
  });

  it.each(['SIGTERM', 'SIGINT'] as const)('passes %s on to the command', async (signal) => {
    const script = `process.on('${signal}', () => process.exit(5)); console.log('listening'); setInterval(() => {}, 1e6)`;
    const { child, printed, ended } = startCommand(['exec', '--', process.execPath, '-e', script]);
    await printed('listening');
    child.kill(signal);
    expect(await ended).toEqual(prints('listening\n', 5));
  });

  it('exits with 126 for a command that cannot be run', async () => {
    const cwd = createFolder({ 'notes.txt': 'nothing to run' });
    expect(await callCommand(['exec', '--', './notes.txt'], { cwd })).toEqual(
      refuses('Cannot run ./notes.txt: spawn ./notes.txt EACCES.\n', 126),
    );
  });
});
