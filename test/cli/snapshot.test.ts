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

  it('prints JSON with --json', async () => {
    const { url } = await startEmulator({ providers: ['klaim'] });
    const call = async (...words: readonly string[]): Promise<unknown> => {
      const { stdout, stderr, code } = await callCommand(['snapshot', ...words, '--json', '--url', url]);
      expect([stderr, code]).toEqual(['', 0]);
      return JSON.parse(stdout);
    };
    expect(await call('save', 'before')).toEqual({ name: 'before', at: START });
    expect(await call('list')).toEqual({ snapshots: [{ name: 'before', at: START }] });
    expect(await call('restore', 'before')).toEqual({ restored: 'before' });
    expect(await call('delete', 'before')).toEqual({ deleted: 'before' });
  });

  it.each([
    ['restore', 'befor'],
    ['delete', 'befor'],
  ])('ends with 1 for %s of one that is not there, with the nearest name', async (...words) => {
    const { url } = await startEmulator({ providers: ['klaim'] });
    await callCommand(['snapshot', 'save', 'before', '--url', url]);
    expect(await callCommand(['snapshot', ...words, '--url', url])).toEqual({
      stdout: '',
      stderr:
        `${url}: The sandbox "default" has no snapshot "befor"; did you mean "before"? ` +
        'GET /_emulator/snapshots lists those of the sandbox; PUT takes one.\n',
      code: 1,
    });
  });

  it.each([
    [['snapshot'], 'snapshot needs save, restore, list or delete.', 'snapshot'],
    [['snapshot', 'saev', 'a'], 'snapshot has no "saev"; did you mean save?', 'snapshot'],
    [['snapshot', 'save'], 'Not enough non-option arguments: got 0, need at least 1', 'snapshot save'],
    [['snapshot', 'restore', ''], 'The name of a snapshot is not empty.', 'snapshot restore'],
  ])('ends with 2 for %j', async (words, message, verb) => {
    expect(await callCommand(words)).toEqual({
      stdout: '',
      stderr: `${message}\nTry: credits-emulator ${verb} --help\n`,
      code: 2,
    });
  });
});
