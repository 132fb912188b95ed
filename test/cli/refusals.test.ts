import { describe, expect, it } from 'vitest';

import { version } from '../../src/config/version.ts';
import { callCommand } from '../support/command-in-process.ts';
import { runCommand } from '../support/command.ts';
import { createFolder } from '../support/folder.ts';

/** The sentences are in command-line.test.ts, test/settings.test.ts and test/fixtures.test.ts. */
describe('credits-emulator', () => {
  it('exits with 2 for an unknown flag', async () => {
    expect(await runCommand(['start', '--prot', '0'])).toEqual({
      stdout: '',
      stderr: 'Unknown flag --prot; did you mean --port?\nTry: credits-emulator start --help\n',
      code: 2,
    });
  });

  it('exits with 2 for a flag without its value', async () => {
    expect(await callCommand(['start', '--port'])).toEqual({
      stdout: '',
      stderr: '--port needs a value.\nTry: credits-emulator start --help\n',
      code: 2,
    });
  });

  it('exits with 2 for an impossible setting', async () => {
    expect(await callCommand(['start', '--port', '65535', '--providers', 'klaim'])).toEqual({
      stdout: '',
      stderr: 'klaim would need port 65537, which does not exist. Use a lower --port, or --no-provider-ports.\n',
      code: 2,
    });
  });

  it('exits with 2 for an invalid origin', async () => {
    expect(await callCommand(['start', '--allow-origin', '*'])).toEqual({
      stdout: '',
      stderr:
        '--allow-origin must be origins such as http://localhost:3000, each in full and without a path, got "*".\n',
      code: 2,
    });
  });

  it('exits with 2 for a variable that names no setting', async () => {
    expect(await runCommand([], { env: { CREDITS_EMULATOR_LOG_LVL: 'debug' } })).toEqual({
      stdout: '',
      stderr: 'CREDITS_EMULATOR_LOG_LVL is not a setting; did you mean CREDITS_EMULATOR_LOG_LEVEL?\n',
      code: 2,
    });
  });

  it('exits with 2 for an error in the file with settings', async () => {
    const cwd = createFolder({ 'credits-emulator.config.yaml': 'port: 0\nlogLvl: debug\n' });
    expect(await callCommand(['start'], { cwd })).toEqual({
      stdout: '',
      stderr: 'credits-emulator.config.yaml:2:1: logLvl is not a setting; did you mean logLevel?\n',
      code: 2,
    });
  });

  it('exits with 2 for an error in a fixture', async () => {
    const cwd = createFolder({ 'mine.yaml': 'klaim:\n  users:\n    - { app_id: nobody, email: a@b.example }\n' });
    expect(await callCommand(['--fixtures', 'mine.yaml'], { cwd })).toEqual({
      stdout: '',
      stderr: 'mine.yaml:3:9: klaim.users[0].app_id: There is no app "nobody".\n',
      code: 2,
    });
  });

  it('exits with 2 for an address that this machine does not have', async () => {
    expect(await callCommand(['start', '--host', '192.0.2.1'])).toEqual({
      stdout: '',
      stderr: 'The host "192.0.2.1" is not an address of this machine. Start with another --host.\n',
      code: 2,
    });
  });

  it('prints its version', async () => {
    expect(await runCommand(['--version'])).toEqual({ stdout: `${version}\n`, stderr: '', code: 0 });
  });
});
