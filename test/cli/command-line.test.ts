import { describe, expect, it, onTestFinished, vi } from 'vitest';

import { version } from '../../src/config/version.ts';
import { runCommandLine } from '../../src/cli/command-line.ts';
import { UsageError } from '../../src/cli/report.ts';
import { callCommand, readHelp } from '../support/command-in-process.ts';

describe('runCommandLine', () => {
  it.each([
    ['strat', '"strat" is not a command; did you mean start?'],
    ['start --prot 0', 'Unknown flag --prot; did you mean --port?'],
    ['start --no-provider-prots', 'Unknown flag --provider-prots; did you mean --provider-ports?'],
    ['start --snapshots PT1H', 'Unknown flag --snapshots.'],
    ['start --quiet --snapshots PT1H', 'Unknown flag --quiet.\nUnknown flag --snapshots.'],
    ['repair', 'Not enough non-option arguments: got 0, need at least 1'],
    ['repair ./data --into ./new', 'Unknown flag --into.'],
    ['wait --port 0', 'Unknown flag --port.'],
    ['start -p 0', 'Unknown flag -p.'],
    ['start there', '"there" is unexpected.'],
    ['start --port', '--port needs a value.'],
    ['start --providers', '--providers needs a value.'],
    ['start --port 0 --port 1', '--port takes one value, but 2 were given.'],
    ['start --config a.yaml --config b.yaml', '--config takes one value, but 2 were given.'],
    ['requests --status 500 --status 404', '--status takes one value, but 2 were given.'],
    [
      'exec --bundle-on-failure a --bundle-on-failure b -- true',
      '--bundle-on-failure takes one value, but 2 were given.',
    ],
    ['race --operations a,b --hold 1s --hold 2s -- true', '--hold takes one value, but 2 were given.'],
    ['ledger --provider klaim --provider gamefuse', '--provider takes one value, but 2 were given.'],
    ['start --strict=maybe', '--strict must be true or false, got "maybe".'],
    ['start --port 0 -- --strict', '"--" is only for exec, matrix and race.'],
    ['validate -- fixture.yaml', '"--" is only for exec, matrix and race.'],
    ['exec', 'exec needs a command: credits-emulator exec -- npm test'],
    ['exec --', 'exec needs a command: credits-emulator exec -- npm test'],
    ['exec npm test', 'Put the command of exec after "--": credits-emulator exec -- npm test'],
    ['env --url nonsense', '--url must be a URL such as http://127.0.0.1:4620, got "nonsense".'],
    ['wait --url ftp://127.0.0.1', '--url must be a URL such as http://127.0.0.1:4620, got "ftp://127.0.0.1".'],
    [
      'wait --timeout soon',
      '--timeout: "soon" is not a duration: write ISO 8601 such as PT30S, PT1H or P30D, or milliseconds.',
    ],
  ])('refuses %s', async (words, message) => {
    await expect(runCommandLine(words.split(' '))).rejects.toEqual(new UsageError(message));
  });

  it('refuses in English, whatever the language of the machine', async () => {
    vi.stubEnv('LC_ALL', 'de_DE.UTF-8');
    onTestFinished(() => {
      vi.unstubAllEnvs();
    });
    await expect(runCommandLine(['start', '--port'])).rejects.toEqual(new UsageError('--port needs a value.'));
  });

  it('lists every verb in the help', async () => {
    const verbs = [...(await readHelp(['--help'])).matchAll(/^ {2}credits-emulator (\w+)(?=.*[A-Z])/gm)];
    expect(verbs.map(([, verb]) => verb)).toEqual([
      'start',
      'exec',
      'env',
      'ca',
      'wait',
      'providers',
      'validate',
      'repair',
      'reset',
      'state',
      'snapshot',
      'sandbox',
      'clock',
      'fault',
      'requests',
      'control',
      'ledger',
      'audit',
      'matrix',
      'race',
      'bundle',
      'rewind',
      'compare',
      'evidence',
      'webhook',
      'fixtures',
      'init',
      'healthcheck',
      'completion',
    ]);
  });

  it.each(['--help', '-h'])('shows the help of a verb with %s', async (flag) => {
    expect(await readHelp(['wait', flag])).toContain('Wait until the emulator is ready');
  });

  it.each(['--version', '-v'])('shows its version with %s', async (flag) => {
    expect(await readHelp([flag])).toBe(version);
  });

  it.each([
    [undefined, 80],
    [50, 50],
    [140, 140],
  ])('writes its help as wide as a terminal of %s columns', async (columns, widest) => {
    const terminal = { isTTY: columns !== undefined, columns };
    const before = { isTTY: process.stdout.isTTY, columns: process.stdout.columns };
    Object.assign(process.stdout, terminal);
    onTestFinished(() => void Object.assign(process.stdout, before));
    const lines = (await readHelp(['start', '--help'])).split('\n').map(({ length }) => length);
    expect(Math.max(...lines)).toBeLessThanOrEqual(widest);
    expect(Math.max(...lines)).toBeGreaterThan(widest - 20);
  });

  it('prints a script that has the shell complete, and what it completes with', async () => {
    expect(await readHelp(['completion'])).toContain('credits-emulator --get-yargs-completions');
    const complete = async (...words: readonly string[]): Promise<readonly string[]> =>
      (await readHelp(['--get-yargs-completions', 'credits-emulator', ...words])).split('\n');
    expect(await complete('f')).toEqual(expect.arrayContaining(['fault', 'env', 'completion']));
    expect(await complete('fault', 'a')).toEqual(expect.arrayContaining(['add', 'list', 'clear']));
    expect(await complete('env', '--')).toEqual(expect.arrayContaining(['--url', '--sandbox', '--format']));
  });

  it.each([
    ['strat', 'credits-emulator --help'],
    ['--prot 0', 'credits-emulator start --help'],
    ['start --prot 0', 'credits-emulator start --help'],
    ['env --url nonsense', 'credits-emulator env --help'],
    ['wait now', 'credits-emulator wait --help'],
    ['exec npm test', 'credits-emulator exec --help'],
    ['fault ad', 'credits-emulator fault --help'],
    ['fault add a.b times=0', 'credits-emulator fault add --help'],
  ])('points from a wrong %s to %s', async (words, help) => {
    const { stdout, stderr, code } = await callCommand(words.split(' '));
    expect([stdout, stderr.trimEnd().split('\n').at(-1), code]).toEqual(['', `Try: ${help}`, 2]);
  });
});
