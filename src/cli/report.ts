import { ConfigError } from '../core/values/config-error.ts';
import { findBlamed } from '../core/provider/blame.ts';
import { toMessage } from '../core/values/message.ts';

/** Wrong usage of the command. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  readonly #verb: string | undefined;

  constructor(message: string, verb?: string) {
    super(message);
    this.#verb = verb;
  }

  /** The command that prints the matching help. */
  get help(): string {
    return ['credits-emulator', this.#verb, '--help'].filter((word) => word !== undefined).join(' ');
  }
}

/** A verb ran and its result is negative: exit code 1, with the reason if known. */
export class NotVerified extends Error {
  override readonly name = 'NotVerified';
}

/** The command of `exec` or of another verb could not be started; the code is the one of shells. */
export class NotRun extends Error {
  override readonly name = 'NotRun';
  readonly code: 126 | 127;

  constructor(message: string, code: 126 | 127) {
    super(message);
    this.code = code;
  }
}

/** Explains why Node could not start a command; returns other errors unchanged. */
export function toNotRun(command: string, error: Error): Error {
  if (!('syscall' in error) || !String(error.syscall).startsWith('spawn')) return error;
  const isMissing = 'code' in error && error.code === 'ENOENT';
  const reason = isMissing ? 'command not found' : error.message;
  return new NotRun(`Cannot run ${command}: ${reason}.`, isMissing ? 127 : 126);
}

/** Prints an error to standard error. @returns the exit code: 2 for errors of usage and configuration, else 1 */
export function report(error: unknown): number {
  if (error instanceof UsageError) {
    process.stderr.write(`${error.message}\nTry: ${error.help}\n`);
    return 2;
  }
  if (error instanceof ConfigError) {
    process.stderr.write(`${error.message}\n`);
    return 2;
  }
  if (error instanceof NotVerified) {
    if (error.message !== '') process.stderr.write(`${error.message}\n`);
    return 1;
  }
  if (error instanceof NotRun) {
    process.stderr.write(`${error.message}\n`);
    return error.code;
  }
  const place = findBlamed(error);
  if (place !== undefined) process.stderr.write(`A bug in ${place}:\n`);
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : toMessage(error)}\n`);
  return 1;
}
