import { constants } from 'node:buffer';
import { existsSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { callCommand } from '../support/command-in-process.ts';
import { startEmulator } from '../support/emulator.ts';
import { createFolder } from '../support/folder.ts';
import { prints, refuses } from './outcome.ts';

const CREDITS = '/klaim/users/ada/credits';
const AUTHORIZATION = { Authorization: 'Bearer klaim_test_lantern', 'Content-Type': 'application/json' };

/** Creates a folder with the bundle of a sandbox with two exchanges. */
async function save(...more: readonly string[]): Promise<string> {
  const { url } = await startEmulator({ providers: ['klaim'] });
  for (const by of [5, 6]) {
    const body = JSON.stringify({ credit_delta: by });
    await (await fetch(url + CREDITS, { method: 'PUT', headers: AUTHORIZATION, body })).text();
  }
  const cwd = createFolder();
  expect(await callCommand(['bundle', 'save', 'b.json', '--url', url, ...more], { cwd })).toEqual(prints());
  return cwd;
}

describe('bundle', () => {
  it('is saved, and replayed elsewhere', async () => {
    const cwd = await save();
    expect(await callCommand(['bundle', 'run', 'b.json'], { cwd })).toEqual(
      prints('b.json: 2 exchanges, all as recorded.\n'),
    );
    expect(await callCommand(['bundle', 'run', 'b.json', '--json'], { cwd })).toEqual(
      prints('{"file":"b.json","same":2,"difference":null}\n'),
    );
  });

  it('exits with 1 at the first response that differs, and shows the difference', async () => {
    const cwd = await save();
    const file = join(cwd, 'b.json');
    writeFileSync(
      file,
      readFileSync(file, 'utf8').replace(String.raw`\"credit_balance\":711`, String.raw`\"credit_balance\":1`),
    );
    expect(await callCommand(['bundle', 'run', 'b.json'], { cwd })).toEqual(
      refuses(
        [
          'b.json: default-2 (PUT /users/ada/credits) has another body:',
          String.raw`  was "{\"message\":\"resource updated successfully\",\"credit_balance\":1}"`,
          String.raw`  is  "{\"message\":\"resource updated successfully\",\"credit_balance\":711}"`,
          '1 exchanges before it are as recorded.',
          '',
        ].join('\n'),
        1,
      ),
    );
  });

  it('is replayed also after others that fail, and the gravest failure decides the exit code', async () => {
    const cwd = await save();
    const whole = readFileSync(join(cwd, 'b.json'), 'utf8');
    writeFileSync(join(cwd, 'other.json'), whole.replace(String.raw`\"credit_balance\":711`, String.raw`\"was\":711`));
    writeFileSync(join(cwd, 'none.json'), 'null');
    const run = async (...words: readonly string[]): Promise<object> => {
      const { stdout, stderr, code } = await callCommand(['bundle', 'run', ...words], { cwd });
      return { stdout: stdout.split('\n'), failed: stderr.match(/^\w+\.json/gm) ?? [], code };
    };
    expect(await run('other.json', 'b.json', 'none.json', 'b.json')).toEqual({
      stdout: [...Array.from({ length: 2 }, () => 'b.json: 2 exchanges, all as recorded.'), ''],
      failed: ['other.json', 'none.json'],
      code: 2,
    });
    expect(await run('other.json', 'b.json', '--json')).toEqual({
      stdout: [
        expect.stringMatching(/^\{"file":"other\.json","same":1,"difference":\{"id":"default-2",/) as unknown,
        '{"file":"b.json","same":2,"difference":null}',
        '',
      ],
      failed: [],
      code: 1,
    });
  });

  it('is refused if its secrets were removed, and if its file is missing', async () => {
    const cwd = await save('--redact');
    const run = (file: string): ReturnType<typeof callCommand> => callCommand(['bundle', 'run', file], { cwd });
    expect(await run('b.json')).toEqual(
      refuses(
        'b.json cannot be replayed: It was saved without secrets, so these parts cannot be replayed: state, default-1, default-2.\n',
        1,
      ),
    );
    expect(await run('none.json')).toMatchObject({
      stderr: expect.stringMatching(/^none\.json cannot be read: /) as unknown,
      code: 2,
    });
  });

  it('is refused before anything is replayed if it is not a bundle', async () => {
    const cwd = await save();
    const whole = readFileSync(join(cwd, 'b.json'), 'utf8');
    const change = (from: string, to: string): string => {
      expect(whole).toContain(from);
      return whole.replace(from, to);
    };
    const long = 'x'.repeat(10_000_000);
    const cases: readonly (readonly [content: string | number, said: RegExp])[] = [
      ['', /is not a bundle: Unexpected end of JSON input$/],
      [whole.slice(0, -20), /is not a bundle: .*JSON/],
      ['null', /is not a bundle: must be object$/],
      ['{}', /is not a bundle: must have required property 'bundle'; .*'chapters'$/],
      [long, /is not a bundle: .*is not valid JSON$/],
      [`{"${long}":1}`, /is not a bundle: must have required property 'bundle';.*must NOT have additional properties$/],
      [change('"sandbox":"default"', `"sandbox":"${long}"`), /is not a bundle: \/sandbox "x+…" cannot name a sandbox$/],
      [
        change('"method":"PUT"', `"headers":{"${long}":1},"method":"PUT"`).replace(/,"headers":\{"(?!x)[^}]*\}/, ''),
        /is not a bundle: \/chapters\/0\/items\/0\/headers\/x+…/,
      ],
      ['['.repeat(5000), /is not a bundle: it is nested more than 2000 levels deep$/],
      [constants.MAX_STRING_LENGTH + 1, /cannot be read: it has \d+ bytes; the maximum is \d+$/],
      [
        change('"bundle":1,"version":"', '"bundle":2,"version":"7'),
        /is a bundle of format 2, written by version 7[\d.]+; this version, [\d.]+, plays format 1\.$/,
      ],
      [change('"how":"start"', '"how":"begin"'), /is not a bundle: \/chapters\/0\/how must be equal to one of/],
      [change('"kind":"request","id":"default-1",', '"kind":"request",'), /\/chapters\/0\/items\/0 must have .*'id'/],
      [
        change('"kind":"request","id":"default-2"', '"kind":"act","path":"/rewind","id":""'),
        /items\/1\/path must match/,
      ],
      [change('"at":"2026-01-01T00:00:00.000Z","provider"', '"at":"noon","provider"'), /"noon" is not an instant/],
      [
        change('"provider":"klaim"', '"provider":"claim"'),
        /cannot be replayed: The request "default-1" is for the provider "claim", which is not/,
      ],
      [change('"providers":["klaim"]', '"providers":["claim"]'), /cannot be replayed: .*"claim"; did you mean "klaim"/],
      [change('"state":{', '"state":{"klam":{},'), /cannot be replayed: .*klam/],
    ];
    for (const [content, said] of cases) {
      const file = join(cwd, 'none.json');
      writeFileSync(file, typeof content === 'string' ? content : '');
      if (typeof content === 'number') truncateSync(file, content);
      const { stdout, stderr, code } = await callCommand(['bundle', 'run', 'none.json'], { cwd });
      expect({ stdout, code }).toEqual({ stdout: '', code: 2 });
      expect(stderr.trimEnd()).toMatch(/^none\.json /);
      expect(stderr.trimEnd()).toMatch(said);
      expect(stderr.length).toBeLessThan(1000);
    }
  });

  it('is written by exec for each used sandbox if the command fails', async () => {
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
    expect(await exec('3')).toEqual(
      refuses(
        [
          'Bundle written to f.json. Replay it with: credits-emulator bundle run f.json',
          'Bundle written to f.other.json. Replay it with: credits-emulator bundle run f.other.json',
          '',
        ].join('\n'),
        3,
      ),
    );
    for (const file of ['f.json', 'f.other.json']) {
      expect(await callCommand(['bundle', 'run', file], { cwd })).toMatchObject({
        stdout: `${file}: 1 exchanges, all as recorded.\n`,
        code: 0,
      });
    }
  });
});
