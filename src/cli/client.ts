import type { Argv } from 'yargs';

import { connect, EmulatorError, UnreachableError, type Connection, type Sandbox } from '../client.ts';
import { quote } from '../core/values/quotation.ts';
import { NotVerified, UsageError } from './report.ts';

/** Flags of every verb that talks to a running emulator. */
export interface ClientFlags {
  readonly url: string;
  readonly sandbox?: string | undefined;
  readonly 'control-token'?: string | undefined;
  readonly json: boolean;
}

export function clientFlags(yargs: Argv): Argv<ClientFlags> {
  return yargs
    .option('url', { type: 'string', default: toDefaultUrl(), requiresArg: true, describe: 'The running emulator' })
    .option('sandbox', {
      type: 'string',
      default: process.env['CREDITS_EMULATOR_SANDBOX'],
      requiresArg: true,
      describe: 'The sandbox to act on [default]',
    })
    .option('control-token', {
      type: 'string',
      requiresArg: true,
      describe: 'What it was started with [CREDITS_EMULATOR_CONTROL_TOKEN]',
    })
    .option('json', { type: 'boolean', default: false, describe: 'Print JSON' });
}

/** Where one that was started in the same environment answers. */
function toDefaultUrl(): string {
  const { env } = process;
  const ports = [env['CREDITS_EMULATOR_CONTROL'], env['CREDITS_EMULATOR_PORT'], env['PORT']];
  const port = ports.find((text) => text !== undefined && /^[1-9]\d*$/.test(text)) ?? '4620';
  return env['CREDITS_EMULATOR_URL'] ?? `http://127.0.0.1:${port}`;
}

/** Milliseconds after which an emulator that does not answer is none. */
const PATIENCE = 10_000;

/**
 * Has a verb do its work on the sandbox that its flags name.
 *
 * @throws {UsageError} for what is no URL
 * @throws {NotVerified} when nobody answers, or the answer is no
 */
export async function withSandbox<T>(
  flags: ClientFlags,
  work: (sandbox: Sandbox, emulator: Connection) => Promise<T>,
  patience = PATIENCE,
): Promise<T> {
  const emulator = open(flags, patience);
  try {
    return await work(emulator.sandbox(), emulator);
  } catch (error) {
    if (error instanceof UnreachableError) throw new NotVerified(error.message);
    if (error instanceof EmulatorError) throw new NotVerified(`${emulator.url}: ${error.message}`);
    throw error;
  }
}

function open(flags: ClientFlags, timeout: number): Connection {
  const token = flags['control-token'] ?? process.env['CREDITS_EMULATOR_CONTROL_TOKEN'];
  try {
    return connect(flags.url, { token, timeout, sandbox: flags.sandbox });
  } catch {
    throw new UsageError(`--url must be a URL such as http://127.0.0.1:4620, got ${quote(flags.url)}.`);
  }
}
