import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { callCommand } from '../support/command-in-process.ts';
import { startEmulator } from '../support/emulator.ts';
import { createFolder } from '../support/folder.ts';

const CREDITS = '/klaim/users/ada/credits';
const AUTHORIZATION = { Authorization: 'Bearer klaim_test_lantern', 'Content-Type': 'application/json' };

/** A folder with the bundle of a sandbox with two exchanges. */
async function save(...more: readonly string[]): Promise<string> {
  const { url } = await startEmulator({ providers: ['klaim'] });
  for (const by of [5, 6]) {
    const body = JSON.stringify({ credit_delta: by });
    await (await fetch(url + CREDITS, { method: 'PUT', headers: AUTHORIZATION, body })).text();
  }
  const cwd = createFolder();
  expect(await callCommand(['bundle', 'save', 'b.json', '--url', url, ...more], { cwd })).toEqual({
    stdout: '',
    stderr: '',
    code: 0,
  });
  return cwd;
}

describe('bundle', () => {
  it('is saved, and run elsewhere', async () => {
    const cwd = await save();
    expect(await callCommand(['bundle', 'run', 'b.json'], { cwd })).toEqual({
      stdout: 'b.json: 2 exchanges, all as they were.\n',
      stderr: '',
      code: 0,
    });
    expect(await callCommand(['bundle', 'run', 'b.json', '--json'], { cwd })).toEqual({
      stdout: '{"same":2,"difference":null}\n',
      stderr: '',
      code: 0,
    });
  });

  it('ends with 1 at the first answer that differs, and shows how', async () => {
    const cwd = await save();
    const file = join(cwd, 'b.json');
    writeFileSync(
      file,
      readFileSync(file, 'utf8').replace(String.raw`\"credit_balance\":711`, String.raw`\"credit_balance\":1`),
    );
    expect(await callCommand(['bundle', 'run', 'b.json'], { cwd })).toEqual({
      stdout: '',
      stderr: [
        'default-2 (PUT /users/ada/credits) has another body:',
        String.raw`  was "{\"message\":\"resource updated successfully\",\"credit_balance\":1}"`,
        String.raw`  is  "{\"message\":\"resource updated successfully\",\"credit_balance\":711}"`,
        '1 exchanges before it are as they were.',
        '',
      ].join('\n'),
      code: 1,
    });
  });

  it('is refused where its secrets are gone, and where it is none', async () => {
    const cwd = await save('--redact');
    const run = (file: string): ReturnType<typeof callCommand> => callCommand(['bundle', 'run', file], { cwd });
    expect(await run('b.json')).toEqual({
      stdout: '',
      stderr:
        'b.json cannot be played: Its secrets were taken out, so that what depends on them cannot be played: default-1, default-2.\n',
      code: 1,
    });
    writeFileSync(join(cwd, 'wrong.json'), '{"bundle":2}');
    expect(await run('wrong.json')).toEqual({
      stdout: '',
      stderr: expect.stringMatching(/^wrong\.json is no bundle: .*version/) as unknown,
      code: 2,
    });
    expect(await run('none.json')).toMatchObject({
      stderr: expect.stringMatching(/^none\.json cannot be read: /) as unknown,
      code: 2,
    });
  });

  it('is written by exec where its command fails, for each sandbox that was used', async () => {
    const cwd = createFolder();
    const script = `
      const { KLAIM_BASE_URL: url, KLAIM_API_KEY: key } = process.env;
      for (const sandbox of ['default', 'other']) {
        await fetch(url + '/users', { headers: { Authorization: 'Bearer ' + key, 'X-Emulator-Sandbox': sandbox } });
      }
      process.exit(Number(process.argv[1]));
    `;
    const exec = (code: string): ReturnType<typeof callCommand> => {
      const words = ['exec', '--providers', 'klaim', '--no-provider-ports', '--bundle-on-failure', 'f.json'];
      return callCommand([...words, '--', process.execPath, '--input-type=module', '-e', script, code], { cwd });
    };
    expect([await exec('0'), existsSync(join(cwd, 'f.json'))]).toEqual([{ stdout: '', stderr: '', code: 0 }, false]);
    expect(await exec('3')).toEqual({
      stdout: '',
      stderr: [
        'What it did is in f.json: credits-emulator bundle run f.json',
        'What it did is in f.other.json: credits-emulator bundle run f.other.json',
        '',
      ].join('\n'),
      code: 3,
    });
    for (const file of ['f.json', 'f.other.json']) {
      expect(await callCommand(['bundle', 'run', file], { cwd })).toMatchObject({
        stdout: `${file}: 1 exchanges, all as they were.\n`,
        code: 0,
      });
    }
  });
});
