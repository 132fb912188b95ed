import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import request from 'supertest';
import { describe, expect, it } from 'vitest';

import { createEmulator } from '../../src/compose/emulator.ts';
import { callCommand } from '../support/command-in-process.ts';
import { runCommand } from '../support/command.ts';
import { createFolder } from '../support/folder.ts';
import { prints, refuses } from './outcome.ts';

/** Creates a folder in a new working folder. */
function putFolder(files: Readonly<Record<string, string>>): { readonly cwd: string; readonly data: string } {
  const cwd = createFolder();
  const data = join(cwd, 'data');
  mkdirSync(data);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(data, name), text);
  return { cwd, data };
}

function readFiles(folder: string): Readonly<Record<string, string>> {
  return Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
}

/** Returns the state of one service after a start on a folder. */
async function readAccounts(data: string): Promise<readonly { readonly account: string; readonly balance: string }[]> {
  const emulator = await createEmulator({ data, port: 0, providerPorts: false });
  try {
    return (await emulator.sandbox().accounts.list({ provider: 'klaim', limit: 100 })).accounts;
  } finally {
    await emulator.close();
  }
}

let whole: Readonly<Record<string, string>> | undefined;

/** Returns the files that a stop leaves for two sandboxes, the second one with another state. */
async function leaveFiles(): Promise<Readonly<Record<string, string>>> {
  if (whole) return whole;
  const { data } = putFolder({});
  const emulator = await createEmulator({ data, port: 0, providerPorts: false, clock: '2026-01-01T00:00:00Z' });
  const put = request(emulator.url).put('/_emulator/state').set('X-Emulator-Sandbox', 'other');
  await put.send({ klaim: { apps: [{ app_id: 'app', name: 'App', api_key: 'key' }] } }).expect(204);
  await emulator.close();
  return (whole = readFiles(data));
}

/** The same with one unreadable record, and the number of its line. */
async function damageFiles(): Promise<{ readonly files: Readonly<Record<string, string>>; readonly line: number }> {
  const files = await leaveFiles();
  const lines = (files['emulator.json'] ?? '').split('\n');
  const at = lines.findIndex((line) => line.includes('"userId":"ada"'));
  lines[at] = lines[at]?.replace('"userId":"ada"', '"userId:"ada"') ?? '';
  return { files: { ...files, 'emulator.json': lines.join('\n') }, line: at + 1 };
}

const LOST = 'This line is not as it was written, so what it held is lost (seed 1).';

describe('repair', () => {
  it('copies an intact folder to a new one, changes nothing in the old one and exits with 0', async () => {
    const files = await leaveFiles();
    const { cwd, data } = putFolder(files);
    expect(await runCommand(['repair', 'data'], { cwd })).toEqual(
      prints(`${data}.repaired holds everything of ${data}: 2 sandboxes.\n`),
    );
    expect(readFiles(data)).toEqual(files);
    expect(await readAccounts(`${data}.repaired`)).toEqual(await readAccounts(data));
  });

  it('lists what the new folder lacks of a damaged one, and exits with 1', async () => {
    const { files, line } = await damageFiles();
    const { cwd, data } = putFolder(files);
    expect(await callCommand(['repair', 'data', '--out', 'new'], { cwd })).toEqual({
      stdout: `${join(cwd, 'new')} holds the readable part of ${data}: 2 sandboxes.\n`,
      stderr: `${join(data, 'emulator.json')}:${line}: ${LOST}\n`,
      code: 1,
    });
    expect(readFiles(data)).toEqual(files);
    const left = (await readAccounts(join(cwd, 'new'))).map(({ account, balance }) => `${account} ${balance}`);
    expect([left.includes('ada 700'), left.includes('ada 50'), left.includes('benoit 2')]).toEqual([false, true, true]);
  });

  it('prints JSON with --json', async () => {
    const { files, line } = await damageFiles();
    const { cwd, data } = putFolder(files);
    const { stdout, stderr, code } = await callCommand(['repair', 'data', '--json'], { cwd });
    expect([stderr, code]).toEqual(['', 1]);
    expect(JSON.parse(stdout)).toEqual({
      folder: `${data}.repaired`,
      whole: false,
      sandboxes: ['default', 'other'],
      losses: [{ file: join(data, 'emulator.json'), line, lastLine: line, what: LOST }],
      more: 0,
    });
  });

  it('refuses with 2 what it cannot read or must not write', async () => {
    const { cwd, data } = putFolder(await leaveFiles());
    mkdirSync(join(cwd, 'taken', 'inner'), { recursive: true });
    mkdirSync(join(cwd, 'empty'));
    const refused: Record<string, string> = {
      'repair none': `The folder ${join(cwd, 'none')} does not exist.\n`,
      'repair data --out taken': `${join(cwd, 'taken')} is not empty. Name a new folder with --out.\n`,
      'repair data --out data/new': `${join(data, 'new')} is inside ${data}, which repair must not change. Name another folder with --out.\n`,
      'repair empty': `${join(cwd, 'empty')} has neither emulator.json nor emulator.log.\n`,
      'repair data --provider none.mjs': `The provider file "${join(cwd, 'none.mjs')}" does not exist.\n`,
    };
    for (const [words, stderr] of Object.entries(refused)) {
      expect(await callCommand(words.split(' '), { cwd }), words).toEqual(refuses(stderr));
    }
    expect(readdirSync(cwd).sort()).toEqual(['data', 'empty', 'taken']);
  });

  it('refuses a folder that an emulator uses', async () => {
    const { cwd, data } = putFolder(await leaveFiles());
    const emulator = await createEmulator({ data, port: 0, providerPorts: false });
    const { stdout, stderr, code } = await callCommand(['repair', 'data'], { cwd });
    await emulator.close();
    expect([stdout, code]).toEqual(['', 2]);
    expect(stderr).toContain(`is in use by process ${process.pid} on host`);
    expect(readdirSync(cwd)).toEqual(['data']);
  });
});
