import { describe, expect, it, onTestFinished, vi } from 'vitest';

import { runCommandLine } from '../../src/cli/command-line.ts';
import { UsageError } from '../../src/cli/report.ts';

describe('runCommandLine', () => {
  it.each([
    ['strat', '"strat" is not a command; did you mean start?'],
    ['start --prot 0', 'There is no flag --prot here; did you mean --port?'],
    ['start --no-provider-prots', 'There is no flag --provider-prots here; did you mean --provider-ports?'],
    [
      'start --dta x --snapshots PT1H',
      'There is no flag --dta here; did you mean --data?\nThere is no flag --snapshots here.',
    ],
    ['repair', 'Not enough non-option arguments: got 0, need at least 1'],
    ['repair ./data --into ./new', 'There is no flag --into here.'],
    ['wait --port 0', 'There is no flag --port here.'],
    ['start -p 0', 'There is no flag -p here.'],
    ['start there', '"there" is one word too many.'],
    ['start --port', '--port needs a value.'],
    ['start --strict=maybe', '--strict must be true or false, got "maybe".'],
    ['start --port 0 -- --strict', 'Only the command of exec stands behind "--".'],
    ['validate -- fixture.yaml', 'Only the command of exec stands behind "--".'],
    ['exec', 'exec needs a command: credits-emulator exec -- npm test'],
    ['exec --', 'exec needs a command: credits-emulator exec -- npm test'],
    ['exec npm test', 'The command of exec stands behind "--": credits-emulator exec -- npm test'],
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

  it.each([
    'start',
    'exec',
    'env',
    'wait',
    'providers',
    'validate',
    'reset',
    'fault add',
    'fault list',
    'fault clear',
    'healthcheck',
  ])('shows an example of %s in its help', async (verb) => {
    const help = await readHelp([...verb.split(' '), '--help']);
    const [, examples] = help.split('Examples:\n');
    expect(examples).toContain(`credits-emulator ${verb}`);
    expect(help).toContain('--json');
  });

  it('lists every verb in the help', async () => {
    const verbs = [...(await readHelp(['--help'])).matchAll(/^ {2}credits-emulator (\w+)(?=.*[A-Z])/gm)];
    expect(verbs.map(([, verb]) => verb)).toEqual([
      'start',
      'exec',
      'env',
      'wait',
      'providers',
      'validate',
      'repair',
      'reset',
      'fault',
      'healthcheck',
    ]);
  });
});

/** What yargs prints. */
async function readHelp(words: readonly string[]): Promise<string> {
  const print = vi.spyOn(console, 'log').mockReturnValue();
  onTestFinished(() => {
    print.mockRestore();
  });
  await runCommandLine(words);
  return print.mock.calls.join('\n');
}
