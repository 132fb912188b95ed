import { mkdtemp, open, readdir, realpath, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { Clock, monotonic } from '../../values/clock.ts';
import { quote } from '../../values/quotation.ts';
import { createHolder, findProcess, parseHolder, type Holder, type RunningProcess } from './holder.ts';

const NAME = 'emulator.lock';
/** How doors are called, see `take`. */
const DOOR = `${NAME}.door-`;
/** Milliseconds between two touches. */
const TOUCH = 2000;
/** Milliseconds after which what nobody has touched counts as left behind, where nothing else tells. */
const FORGOTTEN = 10_000;
/** Bytes that a lock can have. */
const LONGEST = 4096;
/** Milliseconds for which others are waited for: longer than it takes for what a crash left behind to be forgotten. */
const PATIENCE = FORGOTTEN + 2000;
/** Milliseconds between two looks at those who are about to take the folder. */
const LOOK = 5;
/** Milliseconds between two looks at a lock that may have been left behind. */
const WATCH = 100;

/** The folder is somebody else's. The message says whose, and what can be done. */
export class Locked extends Error {
  override readonly name = 'Locked';
  /** Unknown where the lock cannot be read, or is only about to be made. */
  readonly holder: Holder | undefined;
  /** Where only time tells whether the holder still runs: when it was touched, by the clock of the folder. */
  readonly touched: number | undefined;

  constructor(message: string, holder?: Holder, touched?: number) {
    super(message);
    this.holder = holder;
    this.touched = touched;
  }
}

/** A data folder that is ours. */
export interface Lock {
  /** Stops touching, and removes the file if it is still ours. */
  release(): Promise<void>;
  /**
   * Makes sure of the lock now, which happens every two seconds by itself: writes it again where folder or file were
   * removed and the folder is there anew.
   *
   * @throws {Locked} where somebody else has taken the folder
   */
  renew(): Promise<void>;
}

/** Who takes folders. */
export interface Taker {
  readonly holder: Holder;
  /** Real paths of the folders that it holds. */
  readonly folders: Set<string>;
  /** What its host says of a process. */
  readonly findProcess: (pid: number) => RunningProcess | undefined;
}

export interface LockOptions {
  /** Stands in the lock for people. */
  readonly version?: string;
  /**
   * Somebody took the folder although this process holds it, as may happen to one that stood still for ten seconds.
   * Called once; nothing may be written there any more.
   */
  readonly onLost?: (error: Locked) => void;
  /** This process, if left out. */
  readonly taker?: Taker;
  /** Milliseconds for which others who are about to take the folder, or may have left it behind, are waited for. */
  readonly patience?: number;
  /** A lock was found that may have been left behind: it is watched for so many milliseconds. */
  readonly onWait?: (why: Locked, milliseconds: number) => void;
}

/**
 * Takes a folder for this process. All comparisons of times are between files of the folder, so that
 * no clocks of two hosts are compared.
 *
 * @param folder must be there; those that a symbolic link leads to are taken themselves
 * @throws {Locked} which says process id, its start and host
 */
export async function lockFolder(folder: string, options: LockOptions = {}): Promise<Lock> {
  const { taker = createTaker(options.version), onLost, ...waiting } = options;
  const place = await realpath(folder);
  if (taker.folders.has(place)) throw new Locked(describeUse(place, taker.holder), taker.holder);
  taker.folders.add(place);
  try {
    await take(place, taker, waiting);
  } catch (error) {
    taker.folders.delete(place);
    throw error;
  }
  return new HeldLock(place, taker, onLost);
}

/**
 * Makes sure that nobody uses a folder of a local disk, and writes nothing there.
 *
 * @throws {Locked}
 */
export async function assertUnused(folder: string, taker: Taker = createTaker(undefined)): Promise<void> {
  const place = await realpath(folder);
  if (taker.folders.has(place)) throw new Locked(describeUse(place, taker.holder), taker.holder);
  // The times of files on a local disk are by the clock of this machine.
  await assertFree(place, new Clock().now(), taker);
}

/** Shared by all copies of this package in the process. */
const FOLDERS = Symbol.for('credits-emulator.locked-folders');

function createTaker(version: string | undefined): Taker {
  const shared = globalThis as Partial<Record<symbol, Set<string>>>;
  const folders = (shared[FOLDERS] ??= new Set());
  return { holder: createHolder(version), folders, findProcess };
}

class HeldLock implements Lock {
  readonly #place: string;
  readonly #taker: Taker;
  readonly #onLost: ((error: Locked) => void) | undefined;
  readonly #timer: NodeJS.Timeout;
  /** Ends when nothing is under way. */
  #turn: Promise<void> = Promise.resolve();
  #state: 'held' | 'lost' | 'released' = 'held';

  constructor(place: string, taker: Taker, onLost: ((error: Locked) => void) | undefined) {
    this.#place = place;
    this.#taker = taker;
    this.#onLost = onLost;
    this.#timer = setInterval(() => {
      // What fails on a disk that is full or away is tried again.
      this.renew().catch(() => undefined);
    }, TOUCH).unref();
  }

  renew(): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#state !== 'held') return;
      try {
        await this.#touch();
      } catch (error) {
        if (error instanceof Locked) this.#lose(error);
        throw error;
      }
    });
  }

  release(): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#state === 'released') return;
      this.#state = 'released';
      clearInterval(this.#timer);
      const path = join(this.#place, NAME);
      try {
        const found = await findLock(path);
        if (found?.text === render(this.#taker.holder)) await rm(path, { force: true });
      } catch {
        // It tells by itself that its process has ended.
      } finally {
        this.#taker.folders.delete(this.#place);
      }
    });
  }

  /** By writing the same again, so that the time is the file's own. Who takes it meanwhile puts another file there. */
  async #touch(): Promise<void> {
    const line = render(this.#taker.holder);
    const handle = await findFile(join(this.#place, NAME), 'r+');
    if (handle === undefined) {
      await take(this.#place, this.#taker);
      return;
    }
    try {
      const text = await readText(handle);
      const holder = parseHolder(text);
      if (holder !== undefined && text !== line) throw new Locked(describeUse(this.#place, holder), holder);
      await handle.write(line, 0);
      await handle.truncate(Buffer.byteLength(line));
    } finally {
      await handle.close();
    }
  }

  #lose(error: Locked): void {
    this.#state = 'lost';
    clearInterval(this.#timer);
    this.#onLost?.(error);
  }

  #inTurn(act: () => Promise<void>): Promise<void> {
    const next = this.#turn.then(act);
    this.#turn = next.catch(() => undefined);
    return next;
  }
}

/**
 * Puts our lock into the folder if there is none, or one that was left behind.
 *
 * Looking at a lock and putting another in its place are two steps, so whoever takes them first puts up a **door**: a
 * folder of a name that nobody else has, with the lock inside. Of any two that do, the later one sees both doors. One
 * who sees another door of a smaller name takes their own away until that one is gone; who has the smallest waits until
 * it is the only one. A door that was left behind can be removed by anyone, because its name does not come again.
 */
async function take(
  place: string,
  taker: Taker,
  { patience = PATIENCE, onWait }: Pick<LockOptions, 'patience' | 'onWait'> = {},
): Promise<void> {
  const deadline = monotonic() + patience;
  for (;;) {
    const door = await mkdtemp(join(place, DOOR));
    let rival: string | undefined;
    let held: Locked | undefined;
    let now: () => number;
    try {
      const own = join(door, NAME);
      const written = await writeLock(own, render(taker.holder));
      const from = monotonic();
      now = () => written + monotonic() - from;
      rival = await findRival(door, now, taker, deadline);
      if (rival === undefined) {
        held = await findUse(place, now(), taker);
        if (held === undefined) {
          await rename(own, join(place, NAME));
          return;
        }
      }
    } finally {
      await rm(door, { recursive: true, force: true });
    }
    if (held !== undefined) {
      await watch(place, held, now(), deadline, onWait);
      continue;
    }
    if (rival === undefined) continue;
    while ((await listOtherDoors(door, now(), taker)).includes(rival)) await look(place, deadline);
    // Mostly it is taken now, and nobody need be kept waiting to see that.
    await assertFree(place, now(), taker);
  }
}

/** Waits until the door is the only one, or gives one that goes before it. */
async function findRival(door: string, now: () => number, taker: Taker, deadline: number): Promise<string | undefined> {
  for (;;) {
    const [first] = [...(await listOtherDoors(door, now(), taker))].sort();
    if (first === undefined || first < door) return first;
    await look(dirname(door), deadline);
  }
}

/** @throws {Locked} when it has been long enough */
async function look(place: string, deadline: number): Promise<void> {
  if (monotonic() < deadline) await pause(LOOK);
  else throw new Locked(`Others are about to take ${place} at this moment. One emulator may use a folder: try again.`);
}

/** Removes those that were left behind. */
async function listOtherDoors(door: string, now: number, taker: Taker): Promise<readonly string[]> {
  const place = dirname(door);
  const others: string[] = [];
  for (const entry of await readdir(place, { withFileTypes: true })) {
    const other = join(place, entry.name);
    if (!entry.name.startsWith(DOOR) || !entry.isDirectory() || other === door) continue;
    const touched = await findTouched(other);
    if (touched === undefined) continue;
    const holder = (await findLock(join(other, NAME)).catch(() => undefined))?.holder;
    if (!isLeftBehind({ holder, touched }, now, taker)) others.push(other);
    // Another user's can stay, and is passed by.
    else await rm(other, { recursive: true, force: true }).catch(() => undefined);
  }
  return others;
}

/**
 * Waits until a lock has gone, or was not touched for so long that it was left behind: as by a container that was killed,
 * whose successor is another host.
 *
 * @throws {Locked} when it was touched, or time cannot tell
 */
async function watch(
  place: string,
  held: Locked,
  now: number,
  deadline: number,
  onWait: LockOptions['onWait'],
): Promise<void> {
  const { touched } = held;
  if (touched === undefined) throw held;
  const from = monotonic();
  const milliseconds = touched + FORGOTTEN - now;
  if (from + milliseconds > deadline) throw held;
  onWait?.(held, milliseconds);
  while (monotonic() < from + milliseconds) {
    await pause(WATCH);
    const found = await findTouched(join(place, NAME));
    if (found === undefined) return;
    if (found !== touched) throw held;
  }
}

/** @throws {Locked} */
async function assertFree(place: string, now: number, taker: Taker): Promise<void> {
  const held = await findUse(place, now, taker);
  if (held !== undefined) throw held;
}

/** @returns why it is not free */
async function findUse(place: string, now: number, taker: Taker): Promise<Locked | undefined> {
  const found = await findLock(join(place, NAME));
  if (found === undefined || isLeftBehind(found, now, taker)) return undefined;
  const { holder, touched } = found;
  const age = `${Math.round(Math.abs(now - touched) / 1000)} s ago`;
  const limit = `what is untouched for ${FORGOTTEN / 1000} s counts as left behind`;
  if (holder === undefined) {
    const hint = `If no emulator runs there, remove it, or start again later: ${limit}.`;
    const why = `${join(place, NAME)} cannot be read as a lock. It was written ${age}. ${hint}`;
    return new Locked(why, undefined, touched);
  }
  if (holder.host === taker.holder.host) return new Locked(describeUse(place, holder), holder);
  const why = `${describeUse(place, holder)} Its lock was touched ${age}; ${limit}.`;
  return new Locked(why, holder, touched);
}

function describeUse(place: string, { pid, started, host }: Holder): string {
  const user = `process ${pid} on host ${quote(host)}, started at ${quote(started)}`;
  return `${place} is in use by ${user}. One emulator may use a folder: stop that one, or name another folder.`;
}

interface Trace {
  readonly holder: Holder | undefined;
  /** By the clock of the folder, in milliseconds. */
  readonly touched: number;
}

/** @param now by the clock of the folder */
function isLeftBehind({ holder, touched }: Trace, now: number, { holder: own, findProcess }: Taker): boolean {
  // In the future lies what was touched before that clock was set back.
  const isForgotten = Math.abs(now - touched) >= FORGOTTEN;
  if (holder?.host !== own.host) return isForgotten;
  if (holder.pid === own.pid) {
    // This process itself: another thread may hold it. Otherwise ids begin anew, as in a container.
    return (holder.birth ?? holder.started) !== (own.birth ?? own.started) || isForgotten;
  }
  const found = findProcess(holder.pid);
  if (found === undefined) return true;
  return holder.birth === undefined || found.birth === undefined ? isForgotten : holder.birth !== found.birth;
}

function render(holder: Holder): string {
  return `${JSON.stringify(holder)}\n`;
}

/** @returns when it was written, by the clock of the folder */
async function writeLock(path: string, line: string): Promise<number> {
  const handle = await open(path, 'wx');
  try {
    await handle.write(line);
    return (await handle.stat()).mtimeMs;
  } finally {
    await handle.close();
  }
}

async function findLock(path: string): Promise<(Trace & { readonly text: string }) | undefined> {
  const handle = await findFile(path, 'r');
  if (handle === undefined) return undefined;
  try {
    const { mtimeMs } = await handle.stat();
    const text = await readText(handle);
    return { text, holder: parseHolder(text), touched: mtimeMs };
  } finally {
    await handle.close();
  }
}

/** What is longer than a lock can be is cut, and so none. */
async function readText(handle: FileHandle): Promise<string> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(LONGEST), 0, LONGEST, 0);
  return buffer.toString('utf8', 0, bytesRead);
}

function findFile(path: string, flags: 'r' | 'r+'): Promise<FileHandle | undefined> {
  return open(path, flags).catch(ignoreMissing);
}

async function findTouched(path: string): Promise<number | undefined> {
  return (await stat(path).catch(ignoreMissing))?.mtimeMs;
}

function ignoreMissing(error: unknown): undefined {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
  throw error;
}
