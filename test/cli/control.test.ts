import { describe, expect, it } from 'vitest';

import { callCommand } from '../support/command-in-process.ts';
import { runCommand } from '../support/command.ts';
import { startEmulator } from '../support/emulator.ts';
import { tally } from '../support/providers.ts';

describe('control', () => {
  it('does something to a provider, and shows what came of it', async () => {
    const { url } = await startEmulator({ providers: ['klaim'] });
    const member = { app_id: 'app_lantern', email: 'gus@lantern.example' };
    const { stdout, ...others } = await runCommand([
      'control',
      'klaim',
      'addMember',
      JSON.stringify(member),
      '--url',
      url,
    ]);
    expect(others).toEqual({ stderr: '', code: 0 });
    expect(JSON.parse(stdout)).toMatchObject({ email: 'gus@lantern.example' });
  });

  it('shows which balances it moved', async () => {
    const { url } = await startEmulator({ providers: [tally] });
    const recount = ['control', 'tally', 'recount', '{"name": "a", "count": 3}', '--url', url];
    expect(await callCommand(recount)).toEqual({
      stdout: [
        '{\n  "name": "a",\n  "count": 3\n}',
        'ID  AT                        BY             TENANT  ACCOUNT  DELTA  BALANCE  UNIT    REQUEST  MEMO',
        '1   2026-01-01T00:00:00.000Z  tally.recount  shop    a        +3     3        points',
        '',
      ].join('\n'),
      stderr: '',
      code: 0,
    });
    const { stdout } = await callCommand([...recount, '--json']);
    expect(JSON.parse(stdout)).toEqual({ result: { name: 'a', count: 3 }, entries: [] });
  });

  it('alone lists what there is', async () => {
    const { url } = await startEmulator({ providers: [tally] });
    expect(await callCommand(['control', '--url', url])).toEqual({
      stdout: 'PROVIDER  NAME     DOES\ntally     recount  Set a counter.\n',
      stderr: '',
      code: 0,
    });
    const { stdout } = await callCommand(['control', '--json', '--url', url]);
    expect(JSON.parse(stdout)).toMatchObject({ controls: [{ provider: 'tally', name: 'recount' }] });
  });

  it.each([
    [['klam', 'addMember'], 'There is no provider "klam"; did you mean "klaim"?'],
    [['klaim', 'addMembr'], 'klaim has no control "addMembr"; did you mean "addMember"?'],
    [
      ['klaim', 'addMember', '{"emial":"a@b.example"}'],
      'body must NOT have additional properties (emial; did you mean "email"?)',
    ],
    [['klaim', '../reset'], 'klaim has no control "../reset".'],
  ])('ends with 1 for %j', async (words, message) => {
    const { url } = await startEmulator({ providers: ['klaim'] });
    const { stdout, stderr, code } = await callCommand(['control', ...words, '--url', url]);
    expect([stdout, code]).toEqual(['', 1]);
    expect(stderr).toContain(message);
  });

  it.each([
    [['klaim'], 'control needs a provider and the name of a control.'],
    [['klaim', 'addMember', '{'], /^The arguments are not JSON: /],
    [['klaim', 'addMember', '[1]'], 'The arguments of a control must be a JSON object.'],
    [['klaim', 'addMember', '{}', 'x'], '"x" is unexpected.'],
  ])('ends with 2 for %j, without asking anybody', async (words, message) => {
    const { stdout, stderr, code } = await callCommand(['control', ...words, '--url', 'http://127.0.0.1:9']);
    expect([stdout, code]).toEqual(['', 2]);
    const [first] = stderr.split('\n');
    expect(first).toEqual(typeof message === 'string' ? message : expect.stringMatching(message));
  });
});
