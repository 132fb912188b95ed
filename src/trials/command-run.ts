import { spawn, type ChildProcess } from 'node:child_process';

import { monotonic } from '../core/values/clock.ts';
import { startCommand, type Command } from './command.ts';

export interface RunTerms {
  /** Beside those of this process. */
  readonly env: Readonly<Record<string, string>>;
  /** Milliseconds after which it is ended; never if left out. */
  readonly limit?: number | undefined;
  /** Ends it before. */
  readonly signal?: AbortSignal | undefined;
}

export interface CommandRun {
  /** Its exit code; `undefined` where it was ended from outside, by us or another. */
  readonly code: number | undefined;
  /** It had not ended at its limit. */
  readonly isHung: boolean;
  /** Milliseconds. */
  readonly duration: number;
  /** The end of what it wrote to both streams. */
  readonly output: string;
}

/** Characters of output that are kept. */
const KEPT = 16_384;
/** Milliseconds in which what is ended may do so in good order. */
const GRACE = 500;
const HAS_GROUPS = process.platform !== 'win32';

/**
 * Runs a command to its end, and ends with it all that it has started. It reads nothing, since several may run at once.
 *
 * @throws {Error} of Node, with a `code`, where it cannot be run
 */
export function runCommand(command: Command, { env, limit, signal }: RunTerms): Promise<CommandRun> {
  signal?.throwIfAborted();
  return new Promise((resolve, reject) => {
    const started = monotonic();
    const child = startCommand(command, env, {
      stdio: ['ignore', 'pipe', 'pipe'],
      // The leader of a group, by which all can be ended that it starts.
      detached: HAS_GROUPS,
      windowsHide: true,
    });
    let output = '';
    let isHung = false;
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => (output = (output + text).slice(-KEPT)));
    }
    const end = (): void => {
      endAll(child, 'SIGTERM');
      setTimeout(() => {
        endAll(child, 'SIGKILL');
      }, GRACE).unref();
    };
    const timer =
      limit === undefined
        ? undefined
        : setTimeout(() => {
            isHung = true;
            end();
          }, limit);
    signal?.addEventListener('abort', end);
    const stop = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', end);
    };
    child.on('error', (error) => {
      stop();
      reject(error);
    });
    child.on('exit', () => {
      // What it leaves behind would hold its streams open, and talk to an emulator that is gone.
      if (HAS_GROUPS) endAll(child, 'SIGKILL');
    });
    child.on('close', (code) => {
      stop();
      resolve({ code: isHung ? undefined : (code ?? undefined), isHung, duration: monotonic() - started, output });
    });
  });
}

function endAll(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  if (!HAS_GROUPS) {
    if (child.exitCode === null) spawn('taskkill', ['/pid', String(child.pid), '/t', '/f'], { stdio: 'ignore' });
    return;
  }
  try {
    process.kill(-child.pid, signal);
  } catch {
    // Nobody is left in it.
  }
}
