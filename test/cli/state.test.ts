import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { callCommand } from '../support/command-in-process.ts';
import { runCommand } from '../support/command.ts';
import { startEmulator } from '../support/emulator.ts';
import { createFolder } from '../support/folder.ts';
import { tally } from '../support/providers.ts';
import { prints } from './outcome.ts';

const counters = (count: number): object => ({ tally: { counters: [{ name: 'a', count }] } });

async function start(): Promise<{ readonly url: string; readonly cwd: string }> {
  const { url } = await startEmulator({ providers: [tally] });
  await put(url, counters(7));
  return { url, cwd: createFolder() };
}

async function put(url: string, state: object): Promise<void> {
  const init = { method: 'PUT', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(state) };
  expect((await fetch(`${url}/_emulator/state`, init)).status).toBe(204);
}

async function read(url: string, sandbox = 'default'): Promise<unknown> {
  const headers = { 'X-Emulator-Sandbox': sandbox };
  return (await fetch(`${url}/_emulator/state`, { headers })).json();
}

describe('state get', () => {
  it('writes a complete file, and leaves no other file', async () => {
    const { url, cwd } = await start();
    writeFileSync(join(cwd, 'world.json'), 'old');
    expect(await callCommand(['state', 'get', 'world.json', '--url', url], { cwd })).toEqual(prints());
    expect(JSON.parse(readFileSync(join(cwd, 'world.json'), 'utf8'))).toEqual(await read(url));
    expect(readdirSync(cwd)).toEqual(['world.json']);
    const { stdout } = await callCommand(['state', 'get', 'other.json', '--json', '--url', url], { cwd });
    expect([stdout, readdirSync(cwd)]).toEqual(['{"file":"other.json"}\n', ['other.json', 'world.json']]);
  });

  it.each([[[]], [['-']], [['--json']]])('writes to standard output with %j', async (words) => {
    const { url } = await start();
    const { stdout, ...others } = await callCommand(['state', 'get', ...words, '--url', url]);
    expect([JSON.parse(stdout), others]).toEqual([await read(url), { stderr: '', code: 0 }]);
  });

  it('writes to the target of a link, and to a device', async () => {
    const { url, cwd } = await start();
    writeFileSync(join(cwd, 'target.json'), 'old');
    symlinkSync('target.json', join(cwd, 'link.json'));
    expect(await callCommand(['state', 'get', 'link.json', '--url', url], { cwd })).toMatchObject({ code: 0 });
    expect(JSON.parse(readFileSync(join(cwd, 'target.json'), 'utf8'))).toEqual(await read(url));
    expect(await callCommand(['state', 'get', '/dev/null', '--url', url], { cwd })).toMatchObject({ code: 0 });
    expect(readdirSync(cwd)).toEqual(['link.json', 'target.json']);
  });

  it('leaves a file unchanged if it fails', async () => {
    const { url, cwd } = await start();
    writeFileSync(join(cwd, 'world.json'), 'old');
    mkdirSync(join(cwd, 'folder'));
    for (const [words, message] of [
      [['world.json', '--url', 'http://127.0.0.1:9'], 'No emulator answers on http://127.0.0.1:9'],
      [['world.json', '--url', url, '--sandbox', 'No Name'], '"No Name" cannot name a sandbox.'],
      [['folder', '--url', url], '"folder" cannot be written: it is a folder'],
      [['nowhere/world.json', '--url', url], '"nowhere/world.json" cannot be written: ENOENT'],
    ] as const) {
      const { stdout, stderr, code } = await callCommand(['state', 'get', ...words], { cwd });
      expect([stdout, code, stderr]).toEqual(['', 1, expect.stringContaining(message)]);
    }
    expect([readFileSync(join(cwd, 'world.json'), 'utf8'), readdirSync(cwd)]).toEqual([
      'old',
      ['folder', 'world.json'],
    ]);
  });
});

describe('state put', () => {
  it('puts the state that get wrote into the named sandbox', async () => {
    const { url, cwd } = await start();
    await callCommand(['state', 'get', 'world.json', '--url', url], { cwd });
    const words = ['state', 'put', 'world.json', '--sandbox', 'copy', '--url', url];
    expect(await callCommand(words, { cwd })).toEqual(prints());
    expect(await read(url, 'copy')).toEqual(await read(url));
    expect(await callCommand([...words, '--json'], { cwd })).toMatchObject({ stdout: '{"put":"copy"}\n' });
  });

  it('reads YAML', async () => {
    const { url, cwd } = await start();
    writeFileSync(join(cwd, 'world.yaml'), 'tally:\n  counters: [{ name: b, count: 5 }]\n');
    expect(await callCommand(['state', 'put', 'world.yaml', '--url', url], { cwd })).toMatchObject({ code: 0 });
    expect(await read(url)).toMatchObject({ tally: { counters: [{ name: 'b', count: 5 }] } });
  });

  it('reads standard input, also YAML', async () => {
    const { url } = await start();
    const input = 'tally: { counters: [{ name: a, count: 9 }] }\n';
    expect(await runCommand(['state', 'put', '-', '--url', url], { input })).toEqual(prints());
    expect(await read(url)).toMatchObject(counters(9));
  });

  it.each([
    ['none.json', undefined, 'There is no file "none.json".'],
    ['half.json', '{"tally":', /^half\.json:1:\d+: /],
    ['list.json', '[]', '"list.json" is not a state document: expected an object with a key for each provider.'],
    ['', undefined, 'The file cannot be empty.'],
  ])('exits with 2 for the file %j with %j without calling an emulator', async (file, content, message) => {
    const cwd = createFolder();
    if (content !== undefined) writeFileSync(join(cwd, file), content);
    const { stdout, stderr, code } = await callCommand(['state', 'put', file, '--url', 'http://127.0.0.1:9'], { cwd });
    const [first] = stderr.split('\n');
    expect([stdout, code]).toEqual(['', 2]);
    expect(first).toEqual(typeof message === 'string' ? message : expect.stringMatching(message));
  });
});
