import { describe, expect, it } from 'vitest';

import { callCommand } from '../support/command-in-process.ts';
import { runCommand, type Outcome } from '../support/command.ts';
import { START, startEmulator } from '../support/emulator.ts';

const silent: Outcome = { stdout: '', stderr: '', code: 0 };
const said = (stdout: string): Outcome => ({ ...silent, stdout });

describe('snapshot', () => {
  it('saves, restores, lists and deletes those of the sandbox that is named', async () => {
    const { url } = await startEmulator({ providers: ['klaim'] });
    const at = ['--url', url, '--sandbox', 'checkout'];
    expect(await runCommand(['snapshot', 'save', 'before', ...at])).toEqual(silent);
    expect(await callCommand(['clock', 'set', '2030-01-01T00:00:00Z', ...at])).toMatchObject({ code: 0 });
    expect(await callCommand(['snapshot', 'save', 'after', ...at])).toEqual(silent);
    expect(await callCommand(['snapshot', 'list', ...at])).toEqual(
      said(`NAME    AT\nafter   2030-01-01T00:00:00.000Z\nbefore  ${START}\n`),
    );
    expect(await callCommand(['snapshot', 'restore', 'before', ...at])).toEqual(silent);
    expect(await callCommand(['clock', ...at])).toEqual(said(`${START} frozen\n`));
    expect(await callCommand(['snapshot', 'delete', 'after', ...at])).toEqual(silent);
    expect(await callCommand(['snapshot', 'list', ...at])).toEqual(said(`NAME    AT\nbefore  ${START}\n`));
    expect(await callCommand(['snapshot', 'list', '--url', url])).toEqual(said('NAME  AT\n'));
  });

  it.each([
    [['snapshot'], 'snapshot needs save, restore, list or delete.', 'snapshot'],
    [['snapshot', 'saev', 'a'], 'snapshot has no "saev"; did you mean save?', 'snapshot'],
    [['snapshot', 'save'], 'Not enough non-option arguments: got 0, need at least 1', 'snapshot save'],
    [['snapshot', 'restore', ''], 'The name cannot be empty.', 'snapshot restore'],
  ])('ends with 2 for %j', async (words, message, verb) => {
    expect(await callCommand(words)).toEqual({
      stdout: '',
      stderr: `${message}\nTry: credits-emulator ${verb} --help\n`,
      code: 2,
    });
  });
});
