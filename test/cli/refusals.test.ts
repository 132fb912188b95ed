import { describe, expect, it } from 'vitest';

import { version } from '../../src/config/version.ts';
import { callCommand } from '../support/command-in-process.ts';
import { runCommand } from '../support/command.ts';
import { createFolder } from '../support/folder.ts';
import { prints, refuses } from './outcome.ts';

const FILES = {
  'wrong.yaml': 'port: 0\nlogLvl: debug\n',
  'mine.yaml': 'klaim:\n  users:\n    - { app_id: nobody, email: a@b.example }\n',
};

/** The sentences are in command-line.test.ts, test/settings.test.ts and test/fixtures.test.ts. */
describe('credits-emulator', () => {
  it.each([
    ['start --port', '--port needs a value.\nTry: credits-emulator start --help'],
    [
      'start --port 65535 --providers klaim',
      'klaim would need port 65537, which does not exist. Use a lower --port, or --no-provider-ports.',
    ],
    [
      'start --allow-origin *',
      '--allow-origin must be origins such as http://localhost:3000, each in full and without a path, got "*".',
    ],
    ['start --config wrong.yaml', 'wrong.yaml:2:1: logLvl is not a setting; did you mean logLevel?'],
    ['--fixtures mine.yaml', 'mine.yaml:3:9: klaim.users[0].app_id: There is no app "nobody".'],
    ['start --host 192.0.2.1', 'The host "192.0.2.1" is not an address of this machine. Start with another --host.'],
  ])('exits with 2 for %s', async (words, stderr) => {
    expect(await callCommand(words.split(' '), { cwd: createFolder(FILES) })).toEqual(refuses(`${stderr}\n`));
  });

  it('exits with 2 for an unknown flag, and for a variable that names no setting', async () => {
    const unknown = 'Unknown flag --prot; did you mean --port?\nTry: credits-emulator start --help\n';
    expect(await runCommand(['start', '--prot', '0'])).toEqual(refuses(unknown));
    expect(await callCommand([], { env: { CREDITS_EMULATOR_LOG_LVL: 'debug' } })).toEqual(
      refuses('CREDITS_EMULATOR_LOG_LVL is not a setting; did you mean CREDITS_EMULATOR_LOG_LEVEL?\n'),
    );
  });

  it('prints its version', async () => {
    expect(await runCommand(['--version'])).toEqual(prints(`${version}\n`));
  });
});
