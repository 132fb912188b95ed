import { describe, expect, it, onTestFinished, vi } from 'vitest';

import { version } from '../../src/config/version.ts';
import { runCommandLine } from '../../src/cli/command-line.ts';
import { UsageError } from '../../src/cli/report.ts';
import { VERBS } from '../../src/cli/verbs.ts';
import { callCommand, readHelp } from '../support/command-in-process.ts';

describe('runCommandLine', () => {
  it.each([
    ['strat', '"strat" is not a command; did you mean start?', ''],
    ['--prot 0', 'Unknown flag --prot; did you mean --port?', 'start'],
    ['start --prot 0', 'Unknown flag --prot; did you mean --port?', 'start'],
    ['start --no-provider-prots', 'Unknown flag --provider-prots; did you mean --provider-ports?', 'start'],
    ['start --snapshots PT1H', 'Unknown flag --snapshots.', 'start'],
    ['start --quiet --snapshots PT1H', 'Unknown flag --quiet.\nUnknown flag --snapshots.', 'start'],
    ['repair', 'Not enough non-option arguments: got 0, need at least 1', 'repair'],
    ['repair ./data --into ./new', 'Unknown flag --into.', 'repair'],
    ['wait --port 0', 'Unknown flag --port.', 'wait'],
    ['start -p 0', 'Unknown flag -p.', 'start'],
    ['start there', '"there" is unexpected.', 'start'],
    ['start --port', '--port needs a value.', 'start'],
    ['start --providers', '--providers needs a value.', 'start'],
    ['start --port 0 --port 1', '--port takes one value, but 2 were given.', 'start'],
    ['start --config a.yaml --config b.yaml', '--config takes one value, but 2 were given.', 'start'],
    ['requests --status 500 --status 404', '--status takes one value, but 2 were given.', 'requests'],
    ['exec --bundle-on-failure a --bundle-on-failure b -- true', /^--bundle-on-failure takes one value,/, 'exec'],
    ['race --operations a,b --hold 1s --hold 2s -- true', '--hold takes one value, but 2 were given.', 'race'],
    ['ledger --provider klaim --provider gamefuse', '--provider takes one value, but 2 were given.', 'ledger'],
    ['start --strict=maybe', '--strict must be true or false, got "maybe".', 'start'],
    ['start --port 0 -- --strict', '"--" is only for exec, matrix and race.', 'start'],
    ['validate -- fixture.yaml', '"--" is only for exec, matrix and race.', 'validate'],
    ['exec', 'exec needs a command: credits-emulator exec -- npm test', 'exec'],
    ['exec --', 'exec needs a command: credits-emulator exec -- npm test', 'exec'],
    ['exec npm test', 'Put the command of exec after "--": credits-emulator exec -- npm test', 'exec'],
    ['env --url nonsense', '--url must be a URL such as http://127.0.0.1:4620, got "nonsense".', 'env'],
    ['wait --url ftp://127.0.0.1', /^--url must be a URL such as .*, got "ftp:\/\/127\.0\.0\.1"\.$/, 'wait'],
    ['wait --timeout soon', /^--timeout: "soon" is not a duration: write ISO 8601 such as PT30S, /, 'wait'],
    ['env --format yaml', '--format cannot be "yaml". Known: dotenv, powershell, json.', 'env'],
    ['env --json --format powershell', '--json and --format powershell cannot be combined.', 'env'],
    ['requests --limit 0', '--limit must be a whole number from 1 to 9999999, got "0".', 'requests'],
    ['requests --folow', 'Unknown flag --folow; did you mean --follow?', 'requests'],
    ['clock advanc', 'clock has no "advanc"; did you mean advance?', 'clock'],
    ['clock pause', 'clock has no "pause": it has show, freeze, set, advance and run.', 'clock'],
    ['clock set', 'Not enough non-option arguments: got 0, need at least 1', 'clock set'],
    ['snapshot', 'snapshot needs save, restore, list or delete.', 'snapshot'],
    ['snapshot saev a', 'snapshot has no "saev"; did you mean save?', 'snapshot'],
    ['snapshot restore ', 'The name cannot be empty.', 'snapshot restore'],
    ['sandbox', 'sandbox needs list, create, fork or delete.', 'sandbox'],
    ['sandbox create ', 'The name cannot be empty.', 'sandbox create'],
    ['sandbox create a --random-seed x', '--random-seed must be a whole number.', 'sandbox create'],
    ['sandbox fork a', 'Missing required argument: from', 'sandbox fork'],
    ['state', 'state needs get or put.', 'state'],
    ['state dump', 'state has no "dump": it has get and put.', 'state'],
    ['webhook get ', 'The id cannot be empty.', 'webhook get'],
    ['fixtures generat', 'fixtures has no "generat"; did you mean generate?', 'fixtures'],
    ['fault', 'fault needs add, list or clear.', 'fault'],
    ['fault ad', 'fault has no "ad"; did you mean add?', 'fault'],
    ['fault add a.b times=0', /^"times" takes a whole number from 1 /, 'fault add'],
    ['fault clear ', 'A rule id cannot be empty. Omit ids to clear all rules.', 'fault clear'],
    ['control klaim', 'control needs a provider and the name of a control.', 'control'],
    ['control klaim addMember {', /^The arguments are not JSON: /, 'control'],
    ['control klaim addMember [1]', 'The arguments of a control must be a JSON object.', 'control'],
    ['control klaim addMember {} x', '"x" is unexpected.', 'control'],
  ])('refuses %s without calling an emulator', async (line, message, verb) => {
    const env = { CREDITS_EMULATOR_URL: 'http://127.0.0.1:9' };
    const { stdout, stderr, code } = await callCommand(line.split(' '), { env });
    const help = `Try: ${['credits-emulator', verb, '--help'].filter((word) => word !== '').join(' ')}\n`;
    expect([stdout, code, stderr.endsWith(help)]).toEqual(['', 2, true]);
    const said = stderr.slice(0, -help.length - 1);
    expect(said).toEqual(typeof message === 'string' ? message : expect.stringMatching(message));
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
    expect(verbs.map(([, verb]) => verb)).toEqual([...VERBS.map(({ name }) => name), 'completion']);
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

  it('prints a script for shell completion, and the words that it completes', async () => {
    expect(await readHelp(['completion'])).toContain('credits-emulator --get-yargs-completions');
    const complete = async (...words: readonly string[]): Promise<readonly string[]> =>
      (await readHelp(['--get-yargs-completions', 'credits-emulator', ...words])).split('\n');
    expect(await complete('f')).toEqual(expect.arrayContaining(['fault', 'env', 'completion']));
    expect(await complete('fault', 'a')).toEqual(expect.arrayContaining(['add', 'list', 'clear']));
    expect(await complete('env', '--')).toEqual(expect.arrayContaining(['--url', '--sandbox', '--format']));
  });
});
