import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it, onTestFinished } from 'vitest';

import { createEmulator } from '../../src/compose/emulator.ts';
import type { EmulatorOptions } from '../../src/config/options.ts';
import type { Logger } from '../../src/core/values/logger.ts';
import { DataFolder } from '../../src/core/store/disk/data-folder.ts';
import { files } from '../../src/core/store/disk/files.ts';
import { silent } from '../../src/core/values/logger.ts';
import { callCommand } from '../support/command-in-process.ts';
import { startServer } from '../support/command.ts';
import { createFolder } from '../support/folder.ts';

interface Line {
  readonly level: string;
  readonly message: string;
  readonly fields: object;
}

/** Returns the output of a start with these options, which is then stopped. */
async function start(options: EmulatorOptions): Promise<readonly Line[]> {
  const lines: Line[] = [];
  const toLog = (level: string) => (fields: object, message: string) => void lines.push({ level, message, fields });
  const logger: Logger = { error: toLog('error'), warn: toLog('warn'), info: toLog('info') };
  const emulator = await createEmulator({ port: 0, providers: ['klaim'], ...options }, logger);
  await emulator.close();
  return lines;
}

function refuse(
  folder: string,
  ...more: readonly string[]
): Promise<{ readonly stderr: string; readonly code: unknown }> {
  return callCommand(['start', '--port', '0', '--providers', 'klaim', '--data', folder, ...more]);
}

const REPAIR = (folder: string): string =>
  `Nothing was changed. Restore a copy of the folder, or salvage what is readable: credits-emulator repair ${folder}\n`;

describe('a start with a data folder', () => {
  it('logs which settings apply', async () => {
    const data = join(createFolder(), 'data');
    const message = 'the data folder was empty and is seeded';
    const empty = { level: 'info', message, fields: { folder: data, sandboxes: 0 } };
    const fields = { folder: data, sandboxes: 1 };
    const left = 'sandboxes continue from the data folder';
    expect(await start({ data, clock: '2026-01-01T00:00:00Z' })).toEqual([empty]);
    expect(await start({ data })).toEqual([{ level: 'info', message: left, fields }]);
    expect(
      await start({ data, fixtures: ['default'], randomSeed: 7, clock: '2027-01-01T00:00:00Z', sandboxIdle: 'PT1H' }),
    ).toEqual([
      {
        level: 'info',
        message: `${left}; these settings affect only new sandboxes and resets: fixtures, random-seed, clock`,
        fields,
      },
      { level: 'warn', message: 'sandbox-idle has no effect: on disk a sandbox stays until it is deleted', fields },
    ]);
    expect(await start({ data, resetData: true })).toEqual([
      { ...empty, message: 'the data folder was erased and seeded' },
    ]);
  });

  it('is refused while another emulator uses the folder, and works once that one has stopped', async () => {
    const data = createFolder();
    const one = await createEmulator({ data, port: 0, providers: ['klaim'] });
    onTestFinished(() => one.close());
    expect(await refuse(data)).toMatchObject({
      stderr: expect.stringMatching(
        /^\S+ is in use by process \d+ on host "[^"]+", started at "[^"]+"\. One emulator may use a folder: stop that one, or name another folder\.\n$/,
      ) as unknown,
      code: 2,
    });
    await one.close();
    expect((await start({ data })).map(({ level }) => level)).toEqual(['info']);
    // The folder no longer belongs to the closed one; closing that again has no effect.
    const document = readFileSync(join(data, 'emulator.json'), 'utf8');
    one.reset();
    await one.close();
    expect(readFileSync(join(data, 'emulator.json'), 'utf8')).toBe(document);
  });

  it('is refused for a damaged line every time, and leaves the files unchanged', async () => {
    const data = createFolder();
    await start({ data });
    const log = join(data, 'emulator.log');
    const document = join(data, 'emulator.json');
    const [logText, documentText] = [readFileSync(log, 'utf8'), readFileSync(document, 'utf8')];
    const spoilt = documentText.replace('"creditBalance"', '"creditBalancf"');
    expect(spoilt).not.toBe(documentText);
    writeFileSync(document, spoilt);
    for (let time = 0; time < 2; time += 1) {
      const { stderr, code } = await refuse(data);
      const seen = stderr.replace(/json:\d+: [^\n]+/, 'json:N: what');
      expect([code, seen]).toEqual([2, `${document}:N: what\n${REPAIR(data)}`]);
    }
    expect(readFileSync(document, 'utf8')).toBe(spoilt);
    writeFileSync(document, documentText);
    writeFileSync(log, logText.replace('"log"', '"lag"'));
    expect(await refuse(data)).toMatchObject({ stderr: expect.stringContaining(`${log}:1: `) as unknown, code: 2 });
    writeFileSync(log, logText);
    expect((await start({ data })).map(({ level }) => level)).toEqual(['info']);
  });

  it('is refused for a path that is not a folder, or that holds unreadable files', async () => {
    const folder = createFolder({ file: 'text' });
    const file = join(folder, 'file');
    expect(await refuse(file)).toMatchObject({
      stderr: expect.stringMatching(/^\S+file cannot be used for data: EEXIST: [^\n]+\n$/) as unknown,
      code: 2,
    });
    mkdirSync(join(folder, 'emulator.json'));
    expect(await refuse(folder)).toMatchObject({
      stderr: expect.stringMatching(/^\S+ cannot be used for data: EISDIR: [^\n]+\n$/) as unknown,
      code: 2,
    });
  });

  it('is refused for records of another version', async () => {
    const data = createFolder();
    await start({ data });
    const options = { folder: data, durability: 'fsync', files, emulator: '9.9.9', logger: silent } as const;
    const providers = new Map([['klaim', { version: 2, collections: [] }]]);
    await expect(DataFolder.open({ ...options, providers }, false)).rejects.toThrow(
      `${join(data, 'emulator.json')} holds records of "klaim" in version 1, and this emulator knows version 2.`,
    );
    // The refused start released the folder.
    expect(await start({ data })).toHaveLength(1);
  });

  it('cuts off an unfinished line, and says so', async () => {
    const data = createFolder();
    await start({ data });
    appendFileSync(join(data, 'emulator.log'), '[9,9,12,"0000');
    expect((await start({ data })).map(({ level, message }) => [level, message])).toEqual([
      ['warn', 'the last line was not finished and is cut off; nobody was told that what it says was done'],
      ['info', 'sandboxes continue from the data folder'],
    ]);
  });

  it('exits with 0 on SIGTERM while clients write; the next start has every acknowledged change and skips no ids', async () => {
    const data = createFolder();
    const { child, ended, ready } = await startServer(['--data', data, '--providers', 'klaim']);
    const acknowledged: number[] = [];
    const clients = Array.from({ length: 8 }, async () => {
      for (;;) {
        const id = await addOne(ready.url).catch(() => undefined);
        if (id === undefined) return;
        acknowledged.push(id);
      }
    });
    await expect.poll(() => acknowledged.length, { timeout: 30_000 }).toBeGreaterThan(100);
    child.kill('SIGTERM');
    expect(await ended).toMatchObject({ stderr: '', code: 0 });
    await Promise.all(clients);
    const again = await createEmulator({ data, port: 0, providers: ['klaim'] });
    onTestFinished(() => again.close());
    const answer = await fetch(`${again.url}/klaim/users/ada/credits`, { headers: LANTERN });
    const { credit_balance } = (await answer.json()) as { readonly credit_balance: number };
    const added = credit_balance - 700;
    // Requests whose response was cut off may have been handled.
    expect(added).toBeGreaterThanOrEqual(acknowledged.length);
    expect(added).toBeLessThanOrEqual(acknowledged.length + clients.length);
    const next = toNumber(answer);
    expect(next).toBeGreaterThan(Math.max(...acknowledged));
    expect(next).toBeLessThanOrEqual(Math.max(...acknowledged) + clients.length + 1);
  });
});

const LANTERN = { Authorization: 'Bearer klaim_test_lantern', 'Content-Type': 'application/json' };

/** @returns the number of the request */
async function addOne(url: string): Promise<number> {
  const body = JSON.stringify({ credit_delta: 1 });
  const answer = await fetch(`${url}/klaim/users/ada/credits`, { method: 'PUT', headers: LANTERN, body });
  await answer.text();
  if (!answer.ok) throw new Error(`It answered ${answer.status}.`);
  return toNumber(answer);
}

function toNumber({ headers }: Response): number {
  return Number(headers.get('x-emulator-request-id')?.split('-')[1]);
}
