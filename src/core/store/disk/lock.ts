import { readFileSync } from 'node:fs';
import { readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { monotonic, systemTime } from '../../values/clock.ts';
import { quote } from '../../values/quotation.ts';
import { isMissing } from './files.ts';

/** Milliseconds between two touches. */
const TOUCH = 2000;
/** Milliseconds after which an untouched lock counts as left behind, if its process cannot be looked up. */
const FORGOTTEN = 10_000;
/** Milliseconds between two looks at a lock that may have been left behind. */
const WATCH = 100;
/** Milliseconds after which a process that has replaced a lock looks whether another one has done so, too. */
const SETTLE = 20;

/** The folder belongs to another process. The message says to which one, and what to do. */
export class Locked extends Error {
  override readonly name = 'Locked';
}

/** The process that owns a data folder, as its lock describes it. */
interface Holder {
  readonly pid: number;
  /** When the process was started, by RFC 3339. */
  readonly started: string;
  readonly host: string;
  /** Differs for each process that the host ever had; left out if the system does not tell. */
  readonly birth?: string;
  /** Of the emulator. */
  readonly version?: string;
  /** Differs for each lock. */
  readonly owner?: string;
}

interface FoundLock {
  readonly text: string;
  /** `undefined` if the text is not a lock. */
  readonly holder: Holder | undefined;
  /** In milliseconds, by the clock of the folder. */
  readonly touched: number;
}

export interface LockOptions {
  readonly version?: string;
  /** Called if a lock may have been left behind, and is watched for that long. */
  readonly onWait?: (why: Locked, milliseconds: number) => void;
}

/** Real paths of the folders that this process owns. All copies of this package in the process share it. */
const FOLDERS = ((globalThis as Partial<Record<symbol, Set<string>>>)[Symbol.for('credits-emulator.locked-folders')] ??=
  new Set());

/**
 * Takes a folder for this process. If two processes replace a lock that was left behind, both may go on for a moment: then
 * the log tells the earlier one before it acknowledges anything (see `DataFolder`).
 *
 * @param folder must exist; a symbolic link counts as the folder that it leads to
 * @throws {Locked}
 */
export async function lockFolder(folder: string, options: LockOptions = {}): Promise<Lock> {
  const lock = new Lock(await realpath(folder), options);
  await lock.take(options.onWait);
  return lock;
}

/** Checks that no process uses a folder, and writes nothing there. @throws {Locked} */
export async function assertUnused(folder: string): Promise<void> {
  const path = await realpath(folder);
  if (FOLDERS.has(path)) throw new Locked(describeUse(path, createHolder()));
  const found = await findLock(path);
  // The times of files on a local disk are by the clock of this machine.
  const now = systemTime();
  if (found && judge(found, now) !== 'left behind') throw toLocked(path, found, now);
}

/** A data folder that belongs to this process. */
export class Lock {
  /** Differs for each lock. */
  // eslint-disable-next-line no-restricted-properties -- It belongs to the process, not to a sandbox.
  readonly owner = crypto.randomUUID();
  readonly #folder: string;
  readonly #path: string;
  readonly #text: string;
  /** Called once if another process took the folder, for example while this one was paused for ten seconds. */
  onLost: (error: Locked) => void = () => undefined;
  #timer: NodeJS.Timeout | undefined;
  /** Ends with the last call that was begun. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(folder: string, { version }: LockOptions) {
    this.#folder = folder;
    this.#path = join(folder, 'emulator.lock');
    this.#text = `${JSON.stringify({ ...createHolder(), version, owner: this.owner })}\n`;
  }

  /** @throws {Locked} */
  async take(onWait: LockOptions['onWait']): Promise<void> {
    if (FOLDERS.has(this.#folder)) throw new Locked(describeUse(this.#folder, createHolder()));
    FOLDERS.add(this.#folder);
    try {
      await this.#put(onWait);
    } catch (error) {
      FOLDERS.delete(this.#folder);
      throw error;
    }
    this.#timer = setInterval(() => {
      // An error of the disk shows when something is written.
      this.isHeld().catch(() => undefined);
    }, TOUCH).unref();
  }

  /**
   * Touches the lock, which also happens every two seconds.
   *
   * @returns whether there is a lock
   * @throws {Locked} if it is another process's
   */
  isHeld(): Promise<boolean> {
    return this.#inTurn(async () => {
      const found = await findLock(this.#folder);
      if (found?.text === this.#text) {
        // The same text again, so that the folder's own clock gives the time.
        await writeFile(this.#path, this.#text, { flag: 'r+' });
      } else if (found) {
        clearInterval(this.#timer);
        const error = new Locked(describeUse(this.#folder, found.holder));
        this.onLost(error);
        throw error;
      }
      return found !== undefined;
    });
  }

  /** Writes the lock again after the folder was emptied. @throws {Locked} */
  restore(): Promise<void> {
    return this.#inTurn(() => this.#put());
  }

  /** Stops touching, and removes the lock if it is still this one. */
  release(): Promise<void> {
    clearInterval(this.#timer);
    return this.#inTurn(async () => {
      // A lock that stays counts as left behind when its process has ended.
      const found = await findLock(this.#folder).catch(() => undefined);
      if (found?.text === this.#text) await rm(this.#path, { force: true }).catch(() => undefined);
      FOLDERS.delete(this.#folder);
    });
  }

  /** Puts the lock into the folder if it has none, or one that was left behind. */
  async #put(onWait?: LockOptions['onWait']): Promise<void> {
    const own = `${this.#path}.${this.owner}.new`;
    try {
      await writeFile(own, this.#text);
      // The clock of the folder may be another machine's.
      const now = (await stat(own)).mtimeMs;
      const found = await findLock(this.#folder);
      if (found) {
        if (judge(found, now) !== 'left behind') await this.#watch(found, now, onWait);
        await rename(own, this.#path);
        await pause(SETTLE);
      } else {
        await writeFile(this.#path, this.#text, { flag: 'wx' }).catch(() => undefined);
      }
    } finally {
      await rm(own, { force: true });
    }
    const kept = await findLock(this.#folder);
    if (kept?.text !== this.#text) throw new Locked(describeUse(this.#folder, kept?.holder));
  }

  /**
   * Waits until the lock has gone, or was not touched for so long that it counts as left behind: by a container that was
   * killed, and whose successor is another host.
   */
  async #watch(found: FoundLock, now: number, onWait: LockOptions['onWait']): Promise<void> {
    const locked = toLocked(this.#folder, found, now);
    if (judge(found, now) === 'in use') throw locked;
    const milliseconds = found.touched + FORGOTTEN - now;
    onWait?.(locked, milliseconds);
    const from = monotonic();
    while (monotonic() < from + milliseconds) {
      await pause(WATCH);
      const later = await findLock(this.#folder);
      if (!later) return;
      if (later.touched !== found.touched || later.text !== found.text) throw locked;
    }
  }

  #inTurn<T>(act: () => Promise<T>): Promise<T> {
    const next = this.#turn.then(act);
    this.#turn = next.catch(() => undefined);
    return next;
  }
}

async function findLock(folder: string): Promise<FoundLock | undefined> {
  const path = join(folder, 'emulator.lock');
  try {
    const [text, { mtimeMs }] = await Promise.all([readFile(path, 'utf8'), stat(path)]);
    return { text, holder: parseHolder(text), touched: mtimeMs };
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** @param now by the clock of the folder */
function judge({ holder, touched }: FoundLock, now: number): 'in use' | 'left behind' | 'unknown' {
  // A time in the future was written before the clock was set back.
  const untouched = Math.abs(now - touched) >= FORGOTTEN ? 'left behind' : 'unknown';
  if (holder?.host !== hostname()) return untouched;
  const found = findProcess(holder.pid);
  if (!found) return 'left behind';
  if (holder.birth === undefined || found.birth === undefined) return untouched;
  return holder.birth === found.birth ? 'in use' : 'left behind';
}

function createHolder(): Holder {
  const started = new Date(performance.timeOrigin).toISOString();
  return { pid: process.pid, started, host: hostname(), ...findProcess(process.pid) };
}

/** @returns `undefined` if no process has that id, or only one that has ended */
function findProcess(pid: number): Pick<Holder, 'birth'> | undefined {
  let text: string;
  let boot: string;
  try {
    // These are not on a disk.
    text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    // Not Linux, or a system that hides the processes of others.
    return isAlive(pid) ? {} : undefined;
  }
  // The second field is a name in parentheses, which may hold any character; the third is the state, the 22nd the start.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return fields[0] === 'Z' || fields[0] === 'X' ? undefined : { birth: `${boot}/${fields[19] ?? ''}` };
}

function parseHolder(text: string): Holder | undefined {
  try {
    const holder = JSON.parse(text) as Partial<Record<keyof Holder, unknown>> | null;
    const isHolder =
      Number.isInteger(holder?.pid) && typeof holder?.started === 'string' && typeof holder.host === 'string';
    return isHolder ? (holder as Holder) : undefined;
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // The process belongs to another user.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

function toLocked(folder: string, { holder, touched }: FoundLock, now: number): Locked {
  const age = `${Math.round(Math.abs(now - touched) / 1000)} s ago`;
  const limit = `a lock that is untouched for ${FORGOTTEN / 1000} s counts as left behind`;
  if (!holder) {
    const hint = `If no emulator uses the folder, remove it, or start again later: ${limit}.`;
    return new Locked(`${join(folder, 'emulator.lock')} cannot be read as a lock. It was written ${age}. ${hint}`);
  }
  const use = describeUse(folder, holder);
  return new Locked(holder.host === hostname() ? use : `${use} Its lock was touched ${age}; ${limit}.`);
}

function describeUse(folder: string, holder: Holder | undefined): string {
  const user = holder
    ? `process ${holder.pid} on host ${quote(holder.host)}, started at ${quote(holder.started)}`
    : 'another process';
  return `${folder} is in use by ${user}. One emulator may use a folder: stop that one, or name another folder.`;
}
