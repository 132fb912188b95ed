import { spawnSync } from 'node:child_process';
import { appendFileSync, cpSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { describe, expect, it, onTestFinished } from 'vitest';

import { createEmulator } from '../../src/compose/emulator.ts';
import { runCommand, startCommand, startServer, type Command, type Ready } from '../support/command.ts';
import { createFolder } from '../support/folder.ts';

const MAIN = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const LANTERN = { Authorization: 'Bearer klaim_test_lantern', 'Content-Type': 'application/json' };

const mayMount =
  process.platform === 'linux' && spawnSync('unshare', ['-rm', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt']).status === 0;

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

async function add(url: string, delta: number): Promise<Answer> {
  const body = JSON.stringify({ credit_delta: delta, description: 'x'.repeat(500) });
  const answer = await fetch(`${url}/klaim/users/ada/credits`, { method: 'PUT', headers: LANTERN, body });
  return { status: answer.status, body: await answer.json() };
}

async function balance(url: string): Promise<unknown> {
  const answer = await fetch(`${url}/klaim/users/ada/credits`, { headers: LANTERN });
  return ((await answer.json()) as { readonly credit_balance: unknown }).credit_balance;
}

async function health(url: string): Promise<number> {
  return (await fetch(`${url}/_emulator/health`)).status;
}

interface Mounted extends Command {
  readonly url: string;
  /** Where this process finds the folder. */
  readonly seen: string;
}

/** `start` with a file system of so many bytes for its folder, which no other process sees under that name. */
async function startMounted(size: string): Promise<Mounted> {
  const data = join(createFolder(), 'data');
  mkdirSync(data);
  const script = `mount -t tmpfs -o size=${size} tmpfs "$1" && exec "$2" "$3" start --port 0 --providers klaim --data "$1"`;
  const words = ['-rm', 'sh', '-c', script, 'sh', data, process.execPath, MAIN];
  const command = startCommand(words, { program: 'unshare' });
  const printed = await command.printed('"msg":"ready"');
  const ready = JSON.parse(printed.split('\n').find((line) => line.includes('"ready"')) ?? '') as Ready;
  const pid = String(command.child.pid);
  return {
    ...command,
    url: ready.url,
    seen: `/proc/${pid}/root${data}`,
  };
}

/** Writes until there is no more room. */
function fill(path: string): void {
  const page = Buffer.alloc(4096);
  try {
    for (;;) appendFileSync(path, page);
  } catch {
    // That is what was wanted.
  }
}

/** What a start finds in a folder as it is now, without the process that uses it. */
async function balanceIn(folder: string): Promise<unknown> {
  const copy = join(createFolder(), 'copy');
  cpSync(folder, copy, { recursive: true });
  rmSync(join(copy, 'emulator.lock'), { force: true });
  const emulator = await createEmulator({ data: copy, port: 0, providers: ['klaim'] });
  onTestFinished(() => emulator.close());
  return balance(emulator.url);
}

const REFUSED: Answer = { status: 500, body: { message: 'Internal Server Error' } };

const mayName = process.platform === 'linux' && spawnSync('unshare', ['-ru', 'hostname', 'alpha']).status === 0;

/** `start` on a host of that name. */
async function startOn(host: string, data: string): Promise<Command & { readonly url: string }> {
  const script = 'hostname "$1" && exec "$2" "$3" start --port 0 --providers klaim --data "$4"';
  const words = ['-ru', 'sh', '-c', script, 'sh', host, process.execPath, MAIN, data];
  const command = startCommand(words, { program: 'unshare' });
  const printed = await command.printed('"msg":"ready"');
  const ready = JSON.parse(printed.split('\n').find((line) => line.includes('"ready"')) ?? '') as Ready;
  return { ...command, url: ready.url };
}

describe('two hosts on one folder', () => {
  it.runIf(mayName)('lose nothing that either acknowledged, and only the later one goes on', async () => {
    const data = join(createFolder(), 'data');
    const alpha = await startOn('alpha', data);
    for (let round = 0; round < 5; round += 1) expect((await add(alpha.url, 1)).status).toBe(200);
    alpha.child.kill('SIGSTOP');
    const waiting = add(alpha.url, 100);
    const beta = await startOn('beta', data);
    for (let round = 0; round < 20; round += 1) expect((await add(beta.url, 1)).status).toBe(200);
    alpha.child.kill('SIGCONT');
    expect(await waiting).toEqual(REFUSED);
    expect([await add(alpha.url, 100), await health(alpha.url)]).toEqual([REFUSED, 503]);
    expect((await add(beta.url, 1)).status).toBe(200);
    alpha.child.kill('SIGTERM');
    expect(await alpha.ended).toMatchObject({ code: 0 });
    expect((await add(beta.url, 1)).status).toBe(200);
    expect(await balanceIn(data)).toBe(727);
    beta.child.kill('SIGTERM');
    expect(await beta.ended).toMatchObject({ code: 0 });
    expect(await balanceIn(data)).toBe(727);
  });
});

describe('an emulator whose disk fails', () => {
  it.runIf(mayMount)('has 64 kB, and loses nothing that it answered', async () => {
    const { url, seen, child, ended } = await startMounted('64k');
    let expected = 700;
    let refused = 0;
    for (let round = 0; round < 400 && refused < 5; round += 1) {
      const { status, body } = await add(url, 1);
      if (status === 200) expected += 1;
      else {
        expect({ status, body }).toEqual(REFUSED);
        refused += 1;
      }
    }
    expect(refused).toBe(5);
    expect(expected).toBeGreaterThan(720);
    expect(await balance(url)).toBe(expected);
    const asked = runCommand(['healthcheck', '--url', url]);
    // Without them it would try in a second whether there is room, and for a line as short as that there may be.
    while (await Promise.race([asked.then(() => false), add(url, 1).then(() => true)])) {
      expect(await health(url)).toBe(503);
    }
    expect(await asked).toMatchObject({ code: 1 });
    expect(await balanceIn(seen)).toBe(expected);
    child.kill('SIGTERM');
    expect(await ended).toMatchObject({ code: 0 });
  });

  it.runIf(mayMount)('is full of something else for a while, and well again by itself once there is room', async () => {
    const { url, seen } = await startMounted('1m');
    expect((await add(url, 1)).status).toBe(200);
    const filler = join(seen, 'filler');
    fill(filler);
    let expected = 701;
    // What is left of the last page takes a few.
    while ((await add(url, 1)).status === 200) expected += 1;
    expect(await add(url, 1)).toEqual(REFUSED);
    expect(await health(url)).toBe(503);
    expect(await balance(url)).toBe(expected);
    rmSync(filler);
    await expect.poll(() => health(url)).toBe(200);
    expect(await runCommand(['healthcheck', '--url', url])).toMatchObject({ code: 0 });
    expect((await add(url, 1)).status).toBe(200);
    expect(await balanceIn(seen)).toBe(expected + 1);
  });

  it('has its folder removed, and writes all of it anew', async () => {
    const data = join(createFolder(), 'data');
    const { ready, child, ended } = await startServer(['--data', data, '--providers', 'klaim']);
    expect((await add(ready.url, 1)).status).toBe(200);
    rmSync(data, { recursive: true });
    const statuses = [(await add(ready.url, 1)).status, (await add(ready.url, 1)).status];
    const kept = statuses.filter((status) => status === 200).length;
    expect(statuses[1]).toBe(200);
    expect(await balanceIn(data)).toBe(701 + kept);
    child.kill('SIGTERM');
    expect(await ended).toMatchObject({ stderr: '', code: 0 });
    expect(await balanceIn(data)).toBe(701 + kept);
  });

  it.runIf(mayMount)('is refused a folder that is read-only', async () => {
    const data = createFolder();
    const script = 'mount -t tmpfs -o ro tmpfs "$1" && exec "$2" "$3" start --port 0 --data "$1"';
    const { ended } = startCommand(['-rm', 'sh', '-c', script, 'sh', data, process.execPath, MAIN], {
      program: 'unshare',
    });
    const { stderr, code } = await ended;
    expect(code).toBe(2);
    expect(stderr).toMatch(/^\S+ cannot be used for data: EROFS: [^\n]+\n$/);
  });
});
