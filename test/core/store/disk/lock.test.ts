import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';

import { describe, expect, it, onTestFinished, vi } from 'vitest';

import { createHolder, findProcess, type Holder } from '../../../../src/core/store/disk/holder.ts';
import { lockFolder, Locked, type Lock, type LockOptions, type Taker } from '../../../../src/core/store/disk/lock.ts';
import { toMessage } from '../../../../src/core/values/message.ts';
import { createFolder } from '../../../support/folder.ts';

const STARTED = '2026-01-01T00:00:00.000Z';
const LINUX = process.platform === 'linux';

/** Process 7 of the host "here", on which process 8 runs as well, and 9 too, of which the host says no more than that. */
function createTaker(pid = 7): Taker {
  return {
    holder: { pid, started: STARTED, host: 'here', birth: `boot/${pid}` },
    folders: new Set(),
    findProcess: (id) => (id === 9 ? { birth: undefined } : id > 9 && id < 100 ? undefined : { birth: `boot/${id}` }),
  };
}

/** Released when the test ends. */
async function lock(folder: string, options: LockOptions = {}): Promise<Lock> {
  const held = await lockFolder(folder, options);
  onTestFinished(() => held.release());
  return held;
}

/** @returns what it says, or "taken" */
function judge(folder: string, options?: LockOptions): Promise<string> {
  return lock(folder, options).then(
    () => 'taken',
    (error: unknown) => {
      // How long it took to look is not what is tested.
      if (error instanceof Locked) return error.message.replaceAll(folder, 'DIR').replace(/\b\d+ s ago/, 'N s ago');
      throw error;
    },
  );
}

function readHolder(folder: string): unknown {
  return JSON.parse(readFileSync(join(folder, 'emulator.lock'), 'utf8'));
}

function touch(path: string, secondsAgo: number): void {
  const at = Date.now() / 1000 - secondsAgo;
  utimesSync(path, at, at);
}

function toUse(pid: number, host = 'here', more = ''): string {
  const user = `process ${pid} on host "${host}", started at "${STARTED}"`;
  return `DIR is in use by ${user}. One emulator may use a folder: stop that one, or name another folder.${more}`;
}

const LIMIT = 'what is untouched for 10 s counts as left behind.';
const ELSEWHERE = ` Its lock was touched N s ago; ${LIMIT}`;
const DAMAGED = `DIR/emulator.lock cannot be read as a lock. It was written N s ago. If no emulator runs there, remove it, or start again later: ${LIMIT}`;

const of = (holder: Partial<Holder>): string => `${JSON.stringify({ started: STARTED, host: 'here', ...holder })}\n`;

describe('a lock that is found', () => {
  it.each<{ what: string; text: string; fresh: string; untouched?: string }>([
    { what: 'of a process that runs', text: of({ pid: 8, birth: 'boot/8' }), fresh: toUse(8), untouched: toUse(8) },
    { what: 'of a process that has ended', text: of({ pid: 10, birth: 'boot/10' }), fresh: 'taken' },
    { what: 'of one whose id another has now', text: of({ pid: 8, birth: 'boot/5' }), fresh: 'taken' },
    { what: 'of before the machine was started again', text: of({ pid: 8, birth: 'before/8' }), fresh: 'taken' },
    { what: 'of our id in an earlier container', text: of({ pid: 7, birth: 'boot/1' }), fresh: 'taken' },
    {
      what: 'of our id, where the system tells no more',
      text: of({ pid: 7, started: '2025-12-31T00:00:00.000Z' }),
      fresh: 'taken',
    },
    { what: 'of another thread of this process', text: of({ pid: 7, birth: 'boot/7' }), fresh: toUse(7) },
    { what: 'of a process of which no more is known', text: of({ pid: 9, birth: 'boot/9' }), fresh: toUse(9) },
    { what: 'that says too little of a process', text: of({ pid: 8 }), fresh: toUse(8) },
    {
      what: 'of another host',
      text: of({ pid: 8, host: 'there', birth: 'boot/8' }),
      fresh: toUse(8, 'there', ELSEWHERE),
    },
    { what: 'of our id on another host', text: of({ pid: 7, host: 'there' }), fresh: toUse(7, 'there', ELSEWHERE) },
    {
      what: 'of an ended id on another host',
      text: of({ pid: 10, host: 'there' }),
      fresh: toUse(10, 'there', ELSEWHERE),
    },
    { what: 'that is empty', text: '', fresh: DAMAGED },
    { what: 'that is half written', text: of({ pid: 8 }).slice(0, 20), fresh: DAMAGED },
    { what: 'that is something else', text: '{"pid":"8"}', fresh: DAMAGED },
    { what: 'whose id is a group of processes', text: of({ pid: -8 }), fresh: DAMAGED },
    { what: 'that is not JSON', text: '\u0000\u0001\uFFFD', fresh: DAMAGED },
    { what: 'that is huge', text: of({ pid: 8, version: 'x'.repeat(10_000_000) }), fresh: DAMAGED },
  ])('$what', async ({ text, fresh, untouched = 'taken' }) => {
    for (const [seconds, expected] of [
      [3, fresh],
      [11, untouched],
    ] as const) {
      const taker = createTaker();
      const folder = createFolder({ 'emulator.lock': text });
      touch(join(folder, 'emulator.lock'), seconds);
      expect([seconds, await judge(folder, { taker, patience: 0 })]).toEqual([seconds, expected]);
      const left = readFileSync(join(folder, 'emulator.lock'), 'utf8');
      expect(left).toBe(expected === 'taken' ? `${JSON.stringify(taker.holder)}\n` : text);
      expect(readdirSync(folder)).toEqual(['emulator.lock']);
    }
  });

  it('of another host is told with its age', async () => {
    const folder = createFolder({ 'emulator.lock': of({ pid: 8, host: 'there' }) });
    touch(join(folder, 'emulator.lock'), 3);
    const before = Date.now();
    const said = await lock(folder, { taker: createTaker(), patience: 0 }).then(String, toMessage);
    const age = Number(/touched (\d+) s ago/.exec(said)?.[1]);
    expect(age).toBeGreaterThanOrEqual(3);
    expect(age).toBeLessThanOrEqual(Math.ceil(3 + (Date.now() - before) / 1000));
  });

  it('of another host is watched: taken once it was left behind, refused as soon as it is touched', async () => {
    for (const ends of ['left', 'removed', 'touched'] as const) {
      const folder = createFolder({ 'emulator.lock': of({ pid: 8, host: 'there' }) });
      const file = join(folder, 'emulator.lock');
      touch(file, ends === 'left' ? 9.7 : 5);
      const waits: number[] = [];
      const onWait = (_: Locked, milliseconds: number): void => {
        waits.push(milliseconds);
        if (ends === 'touched') touch(file, 0);
        if (ends === 'removed') rmSync(file);
      };
      const said = await judge(folder, { taker: createTaker(), onWait });
      const refusal = toUse(8, 'there', ELSEWHERE);
      expect([ends, said]).toEqual([ends, ends === 'touched' ? refusal : 'taken']);
      // A timer may be a millisecond early, and then the rest is waited for; and time goes by before it is looked at.
      const told = waits.reduce((sum, one) => sum + one, 0);
      expect(told).toBeLessThanOrEqual(ends === 'left' ? 400 : 5100);
      expect(told).toBeGreaterThanOrEqual(ends === 'left' ? 0 : 1000);
    }
  });

  it('of another host, touched before the clock of the folder was set back, was left behind', async () => {
    const folder = createFolder({ 'emulator.lock': of({ pid: 8, host: 'there' }) });
    touch(join(folder, 'emulator.lock'), -3600);
    expect(await judge(folder, { taker: createTaker() })).toBe('taken');
  });

  it('shows no more of what stands in it than a sentence bears', async () => {
    const folder = createFolder({ 'emulator.lock': of({ pid: 8, host: 'x'.repeat(3000) }) });
    expect((await judge(folder, { taker: createTaker(), patience: 0 })).length).toBeLessThan(600);
  });
});

describe('the lock of a folder', () => {
  it('says whose it is, is refused to another and goes with its release', async () => {
    const folder = createFolder();
    const held = await lock(folder, { version: '1.2.3' });
    expect(readHolder(folder)).toEqual({
      pid: process.pid,
      started: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/) as unknown,
      host: hostname(),
      version: '1.2.3',
      ...(LINUX && { birth: expect.stringMatching(/^[0-9a-f-]{36}\/\d+$/) as unknown }),
    });
    // The facts that a second emulator is refused with.
    const other = createTaker(8);
    const refused = lockFolder(folder, {
      taker: { ...other, holder: { ...other.holder, host: hostname() }, findProcess },
    });
    await expect(refused).rejects.toMatchObject({
      holder: readHolder(folder),
      message: expect.stringContaining(`process ${process.pid} on host`) as unknown,
    });
    await held.release();
    await held.release();
    expect(readdirSync(folder)).toEqual([]);
    await lock(folder);
  });

  it('is refused to a second emulator in the process, by whatever path', async () => {
    const folder = createFolder();
    const held = await lock(folder);
    const link = join(createFolder(), 'link');
    symlinkSync(folder, link);
    const [own] = [createHolder()];
    const expected = `DIR is in use by process ${own.pid} on host "${own.host}", started at "${own.started}". One emulator may use a folder: stop that one, or name another folder.`;
    // Also where nothing is left to see of it.
    rmSync(join(folder, 'emulator.lock'));
    for (const path of [folder, `${folder}/.`, link]) {
      expect((await judge(path)).replaceAll(folder, 'DIR')).toBe(expected);
    }
    await held.release();
    expect(await judge(link)).toBe('taken');
    expect(existsSync(join(folder, 'emulator.lock'))).toBe(true);
  });

  it('that was refused can be asked for again', async () => {
    const folder = createFolder({ 'emulator.lock': of({ pid: 8, birth: 'boot/8' }) });
    const taker = createTaker();
    expect(await judge(folder, { taker })).toBe(toUse(8));
    rmSync(join(folder, 'emulator.lock'));
    expect(await judge(folder, { taker })).toBe('taken');
  });

  it('is not had where there is no folder', async () => {
    const folder = createFolder();
    const missing = join(folder, 'missing');
    for (const _ of [1, 2]) await expect(lockFolder(missing)).rejects.toMatchObject({ code: 'ENOENT' });
    expect(await judge(folder)).toBe('taken');
  });

  it('leaves what it does not know in the folder alone', async () => {
    const files = ['emulator.json', 'emulator.lock-backup/emulator.lock', 'emulator.lock.door-notes'];
    const folder = createFolder(Object.fromEntries(files.map((file) => [file, 'x'])));
    for (const file of files) touch(join(folder, file), 60);
    expect(await judge(folder)).toBe('taken');
    expect(files.filter((file) => existsSync(join(folder, file)))).toEqual(files);
  });
});

describe('a lock that is held', () => {
  it('is touched every two seconds, and no more after its release', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    onTestFinished(() => void vi.useRealTimers());
    const folder = createFolder();
    const file = join(folder, 'emulator.lock');
    const held = await lock(folder, { taker: createTaker() });
    const renew = vi.spyOn(held, 'renew');
    for (const times of [1, 2]) {
      touch(file, 60);
      vi.advanceTimersByTime(1999);
      expect(renew).toHaveBeenCalledTimes(times - 1);
      vi.advanceTimersByTime(1);
      expect(renew).toHaveBeenCalledTimes(times);
      await renew.mock.results.at(-1)?.value;
      expect(statSync(file).mtimeMs).toBeGreaterThan(Date.now() - 30_000);
    }
    await held.release();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('is written again where it was removed or damaged, or its folder went and is there anew', async () => {
    const folder = createFolder();
    const file = join(folder, 'emulator.lock');
    const taker = createTaker();
    const held = await lock(folder, { taker });
    const written = readFileSync(file, 'utf8');
    const changes: (() => void)[] = [
      () => rmSync(file),
      () => writeFileSync(file, ''),
      () => writeFileSync(file, written.slice(0, 9)),
      () => writeFileSync(file, 'x'.repeat(9000)),
      () => {
        rmSync(folder, { recursive: true });
        mkdirSync(folder);
      },
    ];
    for (const change of changes) {
      change();
      await held.renew();
      expect(readFileSync(file, 'utf8')).toBe(written);
    }
    rmSync(folder, { recursive: true });
    await expect(held.renew()).rejects.toMatchObject({ code: 'ENOENT' });
    mkdirSync(folder);
    await held.renew();
    expect(readFileSync(file, 'utf8')).toBe(written);
  });

  it('that another took is lost: it says so once, touches and removes nothing', async () => {
    for (const gone of [false, true]) {
      const folder = createFolder();
      const file = join(folder, 'emulator.lock');
      const lost: Locked[] = [];
      const held = await lock(folder, { taker: createTaker(), onLost: (error) => lost.push(error) });
      if (gone) renameSync(file, join(createFolder(), 'old'));
      else touch(file, 11);
      // It may be that the other host could not see that it was held.
      const other = { ...createTaker(8), holder: { ...createTaker(8).holder, host: 'there' } };
      const others = await lock(folder, { taker: other });
      const taken = readFileSync(file, 'utf8');
      await expect(held.renew()).rejects.toThrow('is in use by process 8 on host "there"');
      await held.renew();
      expect(lost.map(({ holder }) => holder)).toEqual([other.holder]);
      await held.release();
      expect(readFileSync(file, 'utf8')).toBe(taken);
      await others.release();
    }
  });
});

describe('of several that take one lock', () => {
  it('exactly one gets it, whatever they find', async () => {
    for (let round = 0; round < 15; round += 1) {
      const folder = createFolder(round % 5 === 0 ? {} : { 'emulator.lock': of({ pid: 10, birth: 'boot/10' }) });
      if (round % 3 === 0) {
        // One who ended while taking it.
        const door = join(folder, 'emulator.lock.door-aaaaaa');
        mkdirSync(door);
        writeFileSync(join(door, 'emulator.lock'), of({ pid: 11, birth: 'boot/11' }));
      }
      const takers = Array.from({ length: 8 }, (_, index) => createTaker(100 + index));
      const outcomes = await Promise.allSettled(takers.map((taker) => lockFolder(folder, { taker })));
      const locks = outcomes.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
      const errors = outcomes.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : []));
      expect([locks.length, errors.filter((error) => error instanceof Locked).length]).toEqual([1, 7]);
      const winner = takers[outcomes.findIndex(({ status }) => status === 'fulfilled')];
      expect(readHolder(folder)).toEqual(winner?.holder);
      expect(readdirSync(folder)).toEqual(['emulator.lock']);
      await locks[0]?.release();
    }
  });

  it('waits for one who is about to take it, and passes by what was left ten seconds ago', async () => {
    const folder = createFolder();
    const door = join(folder, 'emulator.lock.door-aaaaaa');
    mkdirSync(door);
    const busy = `Others are about to take DIR at this moment. One emulator may use a folder: try again.`;
    expect(await judge(folder, { taker: createTaker(), patience: 20 })).toBe(busy);
    expect(readdirSync(folder)).toEqual(['emulator.lock.door-aaaaaa']);
    touch(door, 11);
    expect(await judge(folder, { taker: createTaker() })).toBe('taken');
    expect(readdirSync(folder)).toEqual(['emulator.lock']);
  });
});

describe('what one left behind who was killed between its lock and its door', () => {
  it.each(['000000', 'zzzzzz'])('is waited for until it is ten seconds old: %s', async (name) => {
    const folder = createFolder({ 'emulator.lock': of({ pid: 10, birth: 'boot/10' }) });
    const door = join(folder, `emulator.lock.door-${name}`);
    mkdirSync(door);
    touch(door, 9.7);
    expect(await judge(folder, { taker: createTaker() })).toBe('taken');
    expect(readdirSync(folder)).toEqual(['emulator.lock']);
  });
});

describe('what a host says of a process', () => {
  it('is the same for one that runs, and nothing for one that has ended', async () => {
    const child = spawn(process.execPath, ['-e', 'process.stdin.resume()']);
    await once(child, 'spawn');
    const pid = child.pid ?? 0;
    const first = findProcess(pid);
    expect(first).toEqual({ birth: LINUX ? (expect.stringMatching(/^[0-9a-f-]{36}\/\d+$/) as unknown) : undefined });
    expect(findProcess(pid)).toEqual(first);
    if (LINUX) expect(first).not.toEqual(findProcess(process.pid));
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(findProcess(pid)).toBeUndefined();
  });
});
