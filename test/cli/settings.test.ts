import { describe, expect, it } from 'vitest';

import { startServer, type CommandOptions } from '../support/command.ts';
import { createFolder } from '../support/folder.ts';

const FIXTURE = 'extends: default\nclock: 2001-01-01T00:00:00Z\n';
const FILE = 'clock: 2002-01-01T00:00:00Z\nfixtures: [mine.yaml]\n';
const VARIABLE = { CREDITS_EMULATOR_CLOCK: '2003-01-01T00:00:00Z' };
const FLAG = ['--clock', '2004-01-01T00:00:00Z'];

/** The complete order is in test/settings.test.ts, the fixture, which comes last, in test/fixtures.test.ts. */
describe('the clock is frozen at the instant that', () => {
  it('the flag names, although variable, file and fixture name others', async () => {
    const cwd = createFolder({ 'mine.yaml': FIXTURE, 'credits-emulator.config.yaml': FILE });
    expect(await readClock(FLAG, { cwd, env: VARIABLE })).toEqual({ now: '2004-01-01T00:00:00.000Z', frozen: true });
  });
});

describe('start', () => {
  it('reads the file that --config names', async () => {
    const cwd = createFolder({ 'settings/ours.json': '{ "clock": "2005-01-01T00:00:00Z" }' });
    expect(await readClock(['--config', 'settings/ours.json'], { cwd })).toMatchObject({
      now: '2005-01-01T00:00:00.000Z',
    });
  });

  it('ignores variables that container platforms set for a service of its name', async () => {
    const env = {
      PORT: '0',
      CREDITS_EMULATOR_PORT: 'tcp://10.0.0.7:4620',
      CREDITS_EMULATOR_PORT_4620_TCP: 'tcp://10.0.0.7:4620',
      CREDITS_EMULATOR_PORT_4620_TCP_ADDR: '10.0.0.7',
      CREDITS_EMULATOR_PORT_4620_TCP_PORT: '4620',
      CREDITS_EMULATOR_PORT_4620_TCP_PROTO: 'tcp',
      CREDITS_EMULATOR_SERVICE_HOST: '10.0.0.7',
      CREDITS_EMULATOR_SERVICE_PORT: '4620',
      CREDITS_EMULATOR_SERVICE_PORT_HTTP: '4620',
    };
    const { ready } = await startServer([], { env });
    expect(ready.msg).toBe('ready');
  });

  it('writes no secret into its log', async () => {
    const { child, ended, ready } = await startServer(['--control-token', 'open-sesame', '--log-level', 'debug']);
    const statuses = [];
    for (const [path, token] of [
      ['/_emulator/providers', 'open-sesame'],
      ['/_emulator/providers', 'wrong-sesame'],
      ['/klaim/users/ada', 'klaim_test_lantern'],
      ['/klaim/users/ada', 'klaim_wrong'],
    ] as const) {
      const { status } = await fetch(`${ready.url}${path}`, { headers: { Authorization: `Bearer ${token}` } });
      statuses.push(status);
    }
    expect(statuses).toEqual([200, 401, 200, 401]);
    child.kill('SIGTERM');
    const { stdout, stderr } = await ended;
    expect(stdout + stderr).not.toMatch(/sesame|klaim_/);
  });
});

async function readClock(flags: readonly string[], options: CommandOptions): Promise<unknown> {
  const { ready } = await startServer(flags, options);
  return (await fetch(`${ready.url}/_emulator/clock`)).json();
}
