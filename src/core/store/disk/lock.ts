import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { monotonic } from '../../values/clock.ts';
import { quote } from '../../values/quotation.ts';
import { isMissing } from './files.ts';

/** Milliseconds between two touches. */
const TOUCH = 2000;
/** Milliseconds after which an untouched lock counts as left behind, if nothing else says so. */
const FORGOTTEN = 10_000;
/** Milliseconds between two looks at a lock that may have been left behind. */
const WATCH = 100;
/** Milliseconds after which a replaced lock is looked at again. */
const SETTLE = 20;

/** The folder belongs to another process. The message says to which one, and what to do. */
export class Locked extends Error {
  override readonly name = 'Locked';
}

/** The process that owns a data folder, as its lock describes it. */
interface Holder {
  readonly pid: number;
  /** When the process was started, by RFC 3339; for people. */
  readonly started: string;
  readonly host: string;
  /** Differs for each process that the host ever had; left out if the system does not tell. */
  readonly birth?: string;
  readonly version?: string;
  /** Differs for each lock. */
  readonly owner: string;
}

/** A data folder that belongs to this process. */
export interface Lock {
  /** Differs for each lock. */
  readonly owner: string;
  /**
   * Touches the lock, which also happens every two seconds.
   *
   * @returns whether there is a lock
   * @throws {Locked} if it is another process's
   */
  isHeld(): Promise<boolean>;
  /** Writes the lock again after the folder was emptied. @throws {Locked} */
  restore(): Promise<void>;
  /** Stops touching, and removes the lock if it is still this one. */
  release(): Promise<void>;
}

export interface LockOptions {
  /** The version of the emulator, for people. */
  readonly version?: string;
  /** Called once if another process took the folder, for example after this one was paused for ten seconds. */
  readonly onLost?: (error: Locked) => void;
  /** Called if a lock may have been left behind and is watched for that long. */
  readonly onWait?: (why: Locked, milliseconds: number) => void;
}

/** Real paths of the folders that this process owns. All copies of this package in the process share it. */
const FOLDERS = ((globalThis as Partial<Record<symbol, Set<string>>>)[Symbol.for('credits-emulator.locked-folders')] ??=
  new Set());

/**
 * Takes a folder for this process. Two processes that take it at the same moment may both succeed: the log tells the
 * earlier one before it acknowledges anything (see `DataFolder`).
 *
 * @param folder must exist; a symbolic link counts as the folder that it leads to
 * @throws {Locked} with process id, its start and host
 */
export async function lockFolder(folder: string, options: LockOptions = {}): Promise<Lock> {
  const path = await realpath(folder);
  const holder = createHolder(options.version);
  if (FOLDERS.has(path)) throw new Locked(describeUse(path, holder));
  FOLDERS.add(path);
  try {
    await take(path, holder, options.onWait);
  } catch (error) {
    FOLDERS.delete(path);
    throw error;
  }
  return new HeldLock(path, holder, options.onLost);
}

/**
 * Checks that no process uses a folder. Writes nothing there.
 *
 * @throws {Locked}
 */
export async function assertUnused(folder: string): Promise<void> {
  const path = await realpath(folder);
  const own = createHolder();
  if (FOLDERS.has(path)) throw new Locked(describeUse(path, own));
  const found = await findLock(path);
  // The times of files on a local disk are by the clock of this machine.
  if (found && !isLeftBehind(found, Date.now(), own)) throw toLocked(path, found, Date.now());
}

class HeldLock implements Lock {
  readonly #folder: string;
  readonly #holder: Holder;
  readonly #onLost: ((error: Locked) => void) | undefined;
  readonly #timer: NodeJS.Timeout;
  /** Ends with the last call that was begun. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(folder: string, holder: Holder, onLost: ((error: Locked) => void) | undefined) {
    this.#folder = folder;
    this.#holder = holder;
    this.#onLost = onLost;
    this.#timer = setInterval(() => {
      // An error of the disk shows when something is written.
      this.isHeld().catch(() => undefined);
    }, TOUCH).unref();
  }

  get owner(): string {
    return this.#holder.owner;
  }

  isHeld(): Promise<boolean> {
    return this.#inTurn(async () => {
      const found = await findLock(this.#folder);
      if (!found) return false;
      if (found.text !== render(this.#holder)) this.#lose(new Locked(describeUse(this.#folder, found.holder)));
      // The same text again, so that the folder's own clock gives the time.
      await writeFile(toPath(this.#folder), found.text, { flag: 'r+' });
      return true;
    });
  }

  restore(): Promise<void> {
    return this.#inTurn(() => take(this.#folder, this.#holder));
  }

  release(): Promise<void> {
    return this.#inTurn(async () => {
      clearInterval(this.#timer);
      try {
        const found = await findLock(this.#folder);
        if (found?.text === render(this.#holder)) await rm(toPath(this.#folder), { force: true });
      } catch {
        // A lock whose process has ended counts as left behind.
      } finally {
        FOLDERS.delete(this.#folder);
      }
    });
  }

  #lose(error: Locked): never {
    clearInterval(this.#timer);
    this.#onLost?.(error);
    throw error;
  }

  #inTurn<T>(act: () => Promise<T>): Promise<T> {
    const next = this.#turn.then(act);
    this.#turn = next.catch(() => undefined);
    return next;
  }
}

/** Puts the lock into the folder if it has none, or one that was left behind. */
async function take(folder: string, holder: Holder, onWait?: LockOptions['onWait']): Promise<void> {
  const own = `${toPath(folder)}.${holder.owner}.new`;
  try {
    await writeFile(own, render(holder), { flag: 'wx' });
    // The clock of the folder, which may be another machine's.
    const now = (await stat(own)).mtimeMs;
    const found = await findLock(folder);
    if (!found) {
      if (await isCreated(toPath(folder), holder)) return;
      throw new Locked(describeUse(folder, (await findLock(folder))?.holder));
    }
    if (!isLeftBehind(found, now, holder)) await watch(folder, found, now, holder, onWait);
    await rename(own, toPath(folder));
  } finally {
    await rm(own, { force: true });
  }
  // Of two processes that replace one lock the later one keeps the folder.
  await pause(SETTLE);
  const kept = await findLock(folder);
  if (kept?.text !== render(holder)) throw new Locked(describeUse(folder, kept?.holder));
}

/** @returns whether no other process was quicker */
async function isCreated(path: string, holder: Holder): Promise<boolean> {
  try {
    await writeFile(path, render(holder), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

/**
 * Waits until a lock has gone, or was not touched for so long that it counts as left behind: by a container that was
 * killed, and whose successor is another host.
 *
 * @throws {Locked} if it is touched, or if its process is known to run
 */
async function watch(
  folder: string,
  found: FoundLock,
  now: number,
  own: Holder,
  onWait: LockOptions['onWait'],
): Promise<void> {
  const locked = toLocked(folder, found, now);
  if (found.holder && isKnownToRun(found.holder, own)) throw locked;
  const milliseconds = found.touched + FORGOTTEN - now;
  onWait?.(locked, milliseconds);
  const from = monotonic();
  while (monotonic() < from + milliseconds) {
    await pause(WATCH);
    const later = await findLock(folder);
    if (!later) return;
    if (later.touched !== found.touched || later.text !== found.text) throw locked;
  }
}

interface FoundLock {
  readonly text: string;
  /** `undefined` if the text is not a lock, or only half of one. */
  readonly holder: Holder | undefined;
  /** In milliseconds, by the clock of the folder. */
  readonly touched: number;
}

async function findLock(folder: string): Promise<FoundLock | undefined> {
  try {
    const [text, { mtimeMs }] = await Promise.all([readFile(toPath(folder), 'utf8'), stat(toPath(folder))]);
    return { text, holder: parseHolder(text), touched: mtimeMs };
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** @param now by the clock of the folder */
function isLeftBehind({ holder, touched }: FoundLock, now: number, own: Holder): boolean {
  // A time in the future was written before the clock was set back.
  const isForgotten = Math.abs(now - touched) >= FORGOTTEN;
  if (!holder || holder.host !== own.host) return isForgotten;
  const birth = holder.pid === own.pid ? { birth: own.birth } : findProcess(holder.pid);
  if (!birth) return true;
  return holder.birth === undefined || birth.birth === undefined ? isForgotten : holder.birth !== birth.birth;
}

/** Whether waiting cannot free the folder. */
function isKnownToRun(holder: Holder, own: Holder): boolean {
  return holder.host === own.host && holder.birth !== undefined && findProcess(holder.pid)?.birth === holder.birth;
}

function createHolder(version?: string): Holder {
  const birth = findProcess(process.pid)?.birth;
  return {
    pid: process.pid,
    started: new Date(performance.timeOrigin).toISOString(),
    host: hostname(),
    ...(birth !== undefined && { birth }),
    ...(version !== undefined && { version }),
    owner: randomBytes(6).toString('hex'),
  };
}

/** @returns `undefined` if no process has that id, or only one that has ended */
function findProcess(pid: number): { readonly birth: string | undefined } | undefined {
  const text = findText(`/proc/${pid}/stat`);
  // A system may hide the processes of others.
  if (text === undefined) return isAlive(pid) ? { birth: undefined } : undefined;
  // The second field is a name in parentheses, which may hold any character; the third is the state, the 22nd the start.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  if (fields[0] === 'Z' || fields[0] === 'X') return undefined;
  const boot = findText('/proc/sys/kernel/random/boot_id')?.trim();
  return { birth: boot === undefined || fields[19] === undefined ? undefined : `${boot}/${fields[19]}` };
}

function parseHolder(text: string): Holder | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const { pid, started, host, birth } = value as Partial<Record<keyof Holder, unknown>>;
  const isHolder =
    Number.isInteger(pid) && typeof started === 'string' && typeof host === 'string' && isTextOrMissing(birth);
  return isHolder && Number(pid) > 0 ? (value as Holder) : undefined;
}

function isTextOrMissing(value: unknown): boolean {
  return value === undefined || typeof value === 'string';
}

/** `/proc` is memory, not a disk: reading it does not block. */
function findText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
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

function toPath(folder: string): string {
  return join(folder, 'emulator.lock');
}

function render(holder: Holder): string {
  return `${JSON.stringify(holder)}\n`;
}

function toLocked(folder: string, { holder, touched }: FoundLock, now: number): Locked {
  const age = `${Math.round(Math.abs(now - touched) / 1000)} s ago`;
  const limit = `a lock that is untouched for ${FORGOTTEN / 1000} s counts as left behind`;
  if (!holder) {
    const hint = `If no emulator uses the folder, remove it, or start again later: ${limit}.`;
    return new Locked(`${toPath(folder)} cannot be read as a lock. It was written ${age}. ${hint}`);
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
