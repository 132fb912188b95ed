import { spawn, type ChildProcess } from 'node:child_process';

import { monotonic } from '../core/values/clock.ts';
import { startCommand, type Command } from './command.ts';

export interface RunTerms {
  /** Variables in addition to those of this process. */
  readonly env: Readonly<Record<string, string>>;
  /** Milliseconds after which the command is ended. Default: never. */
  readonly limit?: number | undefined;
  /** Ends the command early. */
  readonly signal?: AbortSignal | undefined;
}

export interface CommandRun {
  /** The exit code; `undefined` if a signal ended the command. */
  readonly code: number | undefined;
  /** Whether it was still running at its limit. */
  readonly isHung: boolean;
  /** Milliseconds. */
  readonly duration: number;
  /** The end of its output on both streams. */
  readonly output: string;
}

/** Maximum characters of output that are kept. */
const KEPT = 16_384;
/** Milliseconds between SIGTERM and SIGKILL. */
const GRACE = 500;
const HAS_GROUPS = process.platform !== 'win32';

/**
 * Runs a command and then ends every process that it started. The command has no standard input, because several may run at once.
 *
 * @throws {Error} Node's error, with a `code`, if the command cannot be started
 */
export function runCommand(command: Command, { env, limit, signal }: RunTerms): Promise<CommandRun> {
  signal?.throwIfAborted();
  return new Promise((resolve, reject) => {
    const started = monotonic();
    const child = startCommand(command, env, {
      stdio: ['ignore', 'pipe', 'pipe'],
      // The leader of a process group, so that everything it starts can be ended.
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
      // A process left running would keep the streams open and call an emulator that no longer exists.
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
