import {
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';

import { describe, expect, it, onTestFinished, vi } from 'vitest';

import { assertUnused, lockFolder, Locked, type Lock, type LockOptions } from '../../../../src/core/store/disk/lock.ts';
import { createFolder } from '../../../support/folder.ts';

const STARTED = '2026-01-01T00:00:00.000Z';
/** Higher than the id of any process on Linux. */
const NOBODY = 2 ** 22 + 1;

/** Released when the test ends. */
async function lock(folder: string, options: LockOptions = {}): Promise<Lock> {
  const held = await lockFolder(folder, options);
  onTestFinished(() => held.release());
  return held;
}

/** Returns the message of a refusal, or "taken". */
async function judge(attempt: Promise<unknown>, folder: string): Promise<string> {
  try {
    await attempt;
    return 'taken';
  } catch (error) {
    if (!(error instanceof Locked)) throw error;
    return error.message.replaceAll(folder, 'DIR').replace(/\b\d+ s ago/, 'N s ago');
  }
}

function toPath(folder: string): string {
  return join(folder, 'emulator.lock');
}

function put(folder: string, text: string, secondsAgo: number): void {
  writeFileSync(toPath(folder), text);
  const at = Date.now() / 1000 - secondsAgo;
  utimesSync(toPath(folder), at, at);
}

function of(holder: { readonly pid: number; readonly host: string; readonly birth?: string }): string {
  return `${JSON.stringify({ started: STARTED, ...holder })}\n`;
}

function toUse(pid: number, host: string): string {
  const user = `process ${pid} on host "${host}", started at "${STARTED}"`;
  return `DIR is in use by ${user}. One emulator may use a folder: stop that one, or name another folder.`;
}

const LIMIT = 'a lock that is untouched for 10 s counts as left behind.';
const UNREADABLE = `DIR/emulator.lock cannot be read as a lock. It was written N s ago. If no emulator uses the folder, remove it, or start again later: ${LIMIT}`;

describe('the lock of a folder', () => {
  it.each([
    ['of a process that has ended', of({ pid: NOBODY, host: hostname() }), 0, 'taken'],
    ['of an earlier process with the id of one that runs', of({ pid: 1, host: hostname(), birth: 'x/1' }), 0, 'taken'],
    ['of another host, untouched for 10 s', of({ pid: 7, host: 'there' }), 11, 'taken'],
    ['of another host, touched after the clock was set back', of({ pid: 7, host: 'there' }), -60, 'taken'],
    [
      'of another host',
      of({ pid: 7, host: 'there' }),
      1,
      `${toUse(7, 'there')} Its lock was touched N s ago; ${LIMIT}`,
    ],
    ['that is empty, untouched for 10 s', '', 11, 'taken'],
    ['that is only half there', '{"pid":7,"star', 1, UNREADABLE],
    [
      'of a process id that is not a number',
      JSON.stringify({ pid: 'x', started: STARTED, host: 'there' }),
      1,
      UNREADABLE,
    ],
  ])('%s is judged by its text, and by the time of the folder', async (_, text, secondsAgo, expected) => {
    const folder = createFolder();
    put(folder, text, secondsAgo);
    expect(await judge(assertUnused(folder), folder)).toBe(expected);
    expect(readFileSync(toPath(folder), 'utf8')).toBe(text);
    if (expected === 'taken') expect(await judge(lock(folder), folder)).toBe('taken');
  });

  it('of another host is watched: taken if nothing touches it, refused as soon as something does', async () => {
    const folder = createFolder();
    const text = of({ pid: 7, host: 'there' });
    const waits: number[] = [];
    const onWait = (_: Locked, milliseconds: number): void => {
      waits.push(milliseconds);
    };
    put(folder, text, 9.5);
    const refused = judge(lock(folder, { onWait }), folder);
    await vi.waitUntil(() => waits.length === 1);
    put(folder, text, 0);
    expect(await refused).toBe(`${toUse(7, 'there')} Its lock was touched N s ago; ${LIMIT}`);
    put(folder, text, 9.8);
    expect(await judge(lock(folder, { onWait }), folder)).toBe('taken');
    expect(waits.map((wait) => wait > 0 && wait < 1000)).toEqual([true, true]);
  });

  it('names process, start, host and version, is refused to others at once, and goes when it is released', async () => {
    const folder = createFolder();
    const held = await lock(folder, { version: '1.2.3' });
    const text = readFileSync(toPath(folder), 'utf8');
    expect(JSON.parse(text)).toMatchObject({ pid: process.pid, host: hostname(), version: '1.2.3' });
    // To this folder it looks like that of a process that runs.
    const other = createFolder();
    put(other, text, 60);
    if (process.platform === 'linux') expect(await judge(lock(other), other)).toContain(`process ${process.pid} on`);
    const link = join(createFolder(), 'link');
    symlinkSync(folder, link);
    for (const path of [folder, link]) {
      expect(await judge(lock(path), folder)).toContain(`DIR is in use by process ${process.pid} on host`);
    }
    await held.release();
    expect(readdirSync(folder)).toEqual([]);
    expect(await judge(lock(link), folder)).toBe('taken');
  });

  it('is had by one of many that ask at the same moment', async () => {
    const folder = createFolder();
    const asked = await Promise.all(Array.from({ length: 8 }, () => judge(lock(folder), folder)));
    expect(asked.filter((answer) => answer === 'taken')).toEqual(['taken']);
  });

  it('is touched every two seconds, and no more once it is released', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    onTestFinished(() => void vi.useRealTimers());
    const folder = createFolder();
    const held = await lock(folder);
    const text = readFileSync(toPath(folder), 'utf8');
    put(folder, text, 100);
    vi.advanceTimersByTime(2000);
    await vi.waitUntil(() => Date.now() - statSync(toPath(folder)).mtimeMs < 50_000);
    await held.release();
    vi.advanceTimersByTime(10_000);
    expect(existsSync(toPath(folder))).toBe(false);
  });

  it('that was removed can be restored; one that another process has taken is lost, and left as it is', async () => {
    const folder = createFolder();
    const lost: string[] = [];
    const held = await lock(folder);
    held.onLost = ({ message }) => void lost.push(message.replace(folder, 'DIR'));
    rmSync(toPath(folder));
    expect(await held.isHeld()).toBe(false);
    await held.restore();
    expect(await held.isHeld()).toBe(true);
    const text = of({ pid: 7, host: 'there' });
    put(folder, text, 0);
    await expect(held.isHeld()).rejects.toThrow('process 7 on host "there"');
    expect(lost).toEqual([toUse(7, 'there')]);
    await held.release();
    expect(readFileSync(toPath(folder), 'utf8')).toBe(text);
  });
});
