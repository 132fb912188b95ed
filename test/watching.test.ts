import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it, onTestFinished } from 'vitest';

import { toMark, watchFiles } from '../src/fixtures/watching.ts';
import { createEmulator } from '../src/compose/emulator.ts';
import { createFolder } from './support/folder.ts';

const HEADERS = { Authorization: 'Bearer mine' };

function world(credits: number): string {
  return `klaim:
  apps: [{ app_id: app, name: App, api_key: mine }]
  users: [{ app_id: app, user_id: ada, email: ada@a.example, credit_balance: ${credits} }]
`;
}

interface Watched {
  readonly folder: string;
  /** Of ada, in a sandbox. */
  readonly credits: (sandbox?: string) => Promise<unknown>;
  readonly post: (path: string, body: object, sandbox: string) => Promise<number>;
  /** Resolves with the next line of the log that comes. */
  readonly logged: () => Promise<unknown>;
}

/** An emulator that watches `mine.yaml`, and what it extends. */
async function startWatched(files: Readonly<Record<string, string>>): Promise<Watched> {
  const folder = createFolder(files);
  const waiting: ((line: unknown) => void)[] = [];
  const lines: unknown[] = [];
  const log = (level: string) => (fields: object, message: string) => {
    const line = { level, message, ...fields };
    const next = waiting.shift();
    if (next) next(line);
    else lines.push(line);
  };
  const emulator = await createEmulator(
    { port: 0, providers: ['klaim'], providerPorts: false, fixtures: [join(folder, 'mine.yaml')], watch: true },
    { error: log('error'), warn: log('warn'), info: log('info') },
  );
  onTestFinished(() => emulator.close());
  const inSandbox = (name: string): Record<string, string> => ({ ...HEADERS, 'X-Emulator-Sandbox': name });
  return {
    folder,
    credits: async (sandbox = 'default') => {
      const answer = await fetch(`${emulator.url}/klaim/users/ada/credits`, { headers: inSandbox(sandbox) });
      return ((await answer.json()) as { credit_balance: unknown }).credit_balance;
    },
    post: async (path, body, sandbox) => {
      const headers = { ...inSandbox(sandbox), 'Content-Type': 'application/json' };
      const init = { method: 'POST', headers, body: JSON.stringify(body) };
      return (await fetch(`${emulator.url}/_emulator${path}`, init)).status;
    },
    logged: () => {
      const line = lines.shift();
      return line === undefined ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve(line);
    },
  };
}

function loadedAgain(...files: readonly string[]): object {
  return { level: 'info', message: 'fixtures loaded again; sandboxes are reset to them', files };
}

describe('an emulator that watches', () => {
  it('loads a file again that is written, or replaced by another one, and puts sandboxes back', async () => {
    const { folder, credits, logged } = await startWatched({ 'mine.yaml': world(1) });
    const file = join(folder, 'mine.yaml');
    expect([await credits(), await credits('other')]).toEqual([1, 1]);
    writeFileSync(file, world(20));
    expect(await logged()).toEqual(loadedAgain(file));
    expect([await credits(), await credits('other'), await credits('new')]).toEqual([20, 20, 20]);
    writeFileSync(`${file}.tmp`, world(3));
    renameSync(`${file}.tmp`, file);
    expect(await logged()).toEqual(loadedAgain(file));
    expect([await credits(), await credits('other')]).toEqual([3, 3]);
  });

  it('says where a mistake is, keeps what there is, and goes on when it is mended', async () => {
    const { folder, credits, logged } = await startWatched({ 'mine.yaml': world(1) });
    const file = join(folder, 'mine.yaml');
    writeFileSync(file, world(2).replace('credit_balance', 'credits'));
    expect(await logged()).toEqual({
      level: 'error',
      message: 'changed fixtures do not fit; nothing was changed',
      mistake:
        `${file}:3:62: klaim.users[0].credits: "credits" is not known here. ` +
        'Known: app_id, user_id, klaim_id, email, credit_balance, created_at, acquisition_source, name, metadata, fault.',
    });
    expect(await credits()).toBe(1);
    rmSync(file);
    expect(await logged()).toMatchObject({ level: 'error', mistake: `There is no file "${file}".` });
    expect(await credits('other')).toBe(1);
    writeFileSync(file, world(40));
    expect(await logged()).toEqual(loadedAgain(file));
    expect([await credits(), await credits('other')]).toEqual([40, 40]);
  });

  it('watches what a file extends, and what it extends from then on', async () => {
    const { folder, credits, logged } = await startWatched({
      'mine.yaml': 'extends: ./base/one.yaml',
      'base/one.yaml': world(1),
      'two.yaml': world(2),
    });
    const one = join(folder, 'base', 'one.yaml');
    writeFileSync(one, world(10));
    expect(await logged()).toEqual(loadedAgain(one));
    expect(await credits()).toBe(10);
    writeFileSync(join(folder, 'mine.yaml'), 'extends: ./two.yaml');
    expect(await logged()).toEqual(loadedAgain(join(folder, 'mine.yaml')));
    writeFileSync(join(folder, 'two.yaml'), world(200));
    expect(await logged()).toEqual(loadedAgain(join(folder, 'two.yaml')));
    expect(await credits()).toBe(200);
  });

  it('leaves sandboxes as they are that were given fixtures of their own', async () => {
    const { folder, credits, post, logged } = await startWatched({ 'mine.yaml': world(1) });
    const own = { klaim: { users: [{ app_id: 'app', user_id: 'ada', email: 'a@a.example', credit_balance: 7 }] } };
    const file = join(folder, 'mine.yaml');
    expect(await post('/reset', { fixtures: [file, own] }, 'own')).toBe(204);
    writeFileSync(file, world(20));
    await logged();
    expect([await credits('own'), await credits()]).toEqual([7, 20]);
    expect(await post('/reset', { fixtures: [file] }, 'own')).toBe(204);
    expect(await credits('own')).toBe(20);
  });
});

describe('watchFiles', () => {
  it('passes over what else changes in the folder, and tells once of what changes at once', async () => {
    const folder = createFolder({ 'a.yaml': 'a', 'b.yaml': 'b' });
    const files = ['a.yaml', 'b.yaml'].map((name) => join(folder, name));
    const told: (readonly string[])[] = [];
    await new Promise<void>((resolve) => {
      const end = watchFiles(
        () => new Map(files.map((file) => [file, toMark(file)])),
        (changed) => {
          told.push(changed);
          resolve();
          return Promise.resolve();
        },
      );
      onTestFinished(end);
      mkdirSync(join(folder, 'other'));
      writeFileSync(join(folder, 'c.yaml'), 'c');
      for (const file of files) writeFileSync(file, 'longer');
    });
    expect(told).toEqual([files]);
  });
});
