import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';

/** The process that holds a data folder, as its lock says it. */
export interface Holder {
  readonly pid: number;
  /** When it was started, by RFC 3339; for people. */
  readonly started: string;
  readonly host: string;
  /** What no other process of that host has or had; without it where the system does not tell. */
  readonly birth?: string;
  readonly version?: string;
}

/** What a host knows of a process that runs. */
export interface RunningProcess {
  readonly birth: string | undefined;
}

/** This process. */
export function createHolder(version?: string): Holder {
  const birth = findProcess(process.pid)?.birth;
  return {
    pid: process.pid,
    started: new Date(performance.timeOrigin).toISOString(),
    host: hostname(),
    ...(birth !== undefined && { birth }),
    ...(version !== undefined && { version }),
  };
}

/** @returns `undefined` where none has that id, or the one that had it has ended and is not yet buried */
export function findProcess(pid: number): RunningProcess | undefined {
  const stat = process.platform === 'linux' ? findText(`/proc/${pid}/stat`) : undefined;
  // A system may hide the processes of others.
  if (stat === undefined) return isAlive(pid) ? { birth: undefined } : undefined;
  // The second field is a name in parentheses, which may hold any character; the third is the state, the 22nd the start.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  if (fields[0] === 'Z' || fields[0] === 'X') return undefined;
  const boot = findText('/proc/sys/kernel/random/boot_id')?.trim();
  return { birth: boot === undefined || fields[19] === undefined ? undefined : `${boot}/${fields[19]}` };
}

/** @returns `undefined` for what is no lock: half of one, or anything else */
export function parseHolder(text: string): Holder | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  return isHolder(value) ? value : undefined;
}

function isHolder(value: unknown): value is Holder {
  if (typeof value !== 'object' || value === null) return false;
  const { pid, started, host, birth } = value as Partial<Record<keyof Holder, unknown>>;
  const isId = Number.isInteger(pid) && Number(pid) > 0 && Number(pid) < 2 ** 31;
  return (
    isId && typeof started === 'string' && typeof host === 'string' && ['string', 'undefined'].includes(typeof birth)
  );
}

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
    // Somebody else's.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
