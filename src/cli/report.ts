import { ConfigError } from '../core/values/config-error.ts';
import { findBlamed } from '../core/provider/blame.ts';
import { toMessage } from '../core/values/message.ts';

/** The command was used wrongly. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  readonly #verb: string | undefined;

  constructor(message: string, verb?: string) {
    super(message);
    this.#verb = verb;
  }

  /** The command whose help says more. */
  get help(): string {
    return ['credits-emulator', this.#verb, '--help'].filter((word) => word !== undefined).join(' ');
  }
}

/** A verb did its work and the answer is no: 1, with the reason if there is one to give. */
export class NotVerified extends Error {
  override readonly name = 'NotVerified';
}

/** The command of `exec`, or of another verb that runs one, could not be run; the code is what shells give. */
export class NotRun extends Error {
  override readonly name = 'NotRun';
  readonly code: 126 | 127;

  constructor(message: string, code: 126 | 127) {
    super(message);
    this.code = code;
  }
}

/** Why Node could not run a command; what is something else stays as it is. */
export function toNotRun(command: string, error: Error): Error {
  if (!('syscall' in error) || !String(error.syscall).startsWith('spawn')) return error;
  const isMissing = 'code' in error && error.code === 'ENOENT';
  const reason = isMissing ? 'there is no such command' : error.message;
  return new NotRun(`${command} cannot be run: ${reason}.`, isMissing ? 127 : 126);
}

/** Says on standard error what went wrong and gives the exit code: 2 for what the user can mend, else 1. */
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
