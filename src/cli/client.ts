import { connect, EmulatorError, UnreachableError, type Connection, type Sandbox } from '../client.ts';
import { quote } from '../core/values/quotation.ts';
import { NotVerified, UsageError } from './report.ts';
import { defineVerb, type Inputs, type NoInputs, type Values, type Verb } from './verb.ts';

/** Flags of every verb that talks to a running emulator. */
export const CLIENT_FLAGS = {
  url: { describe: 'URL of the running emulator', default: findDefaultUrl },
  sandbox: { describe: 'Sandbox to act on [default]', default: () => process.env['CREDITS_EMULATOR_SANDBOX'] },
  'control-token': { describe: 'Token of the control API [CREDITS_EMULATOR_CONTROL_TOKEN]' },
  json: { type: 'boolean', describe: 'Print JSON' },
} as const satisfies Inputs;

export type ClientFlags = Values<typeof CLIENT_FLAGS>;

type ClientVerb<W extends Inputs, F extends Inputs, A> = Pick<Verb, 'name' | 'describe' | 'isDefault' | 'examples'> & {
  readonly words?: W;
  readonly flags?: F;
  /** Milliseconds that the answer may take. */
  readonly patience?: number;
  /** What `--json` prints; nothing for `undefined`. */
  readonly ask: (sandbox: Sandbox, given: Values<W & F & typeof CLIENT_FLAGS>, emulator: Connection) => Promise<A>;
  /** What is printed otherwise; nothing if left out. */
  readonly show?: (answer: A, given: Values<W & F & typeof CLIENT_FLAGS>) => string;
  /** What is then written to standard error. */
  readonly note?: (answer: A) => string;
};

/** A verb that asks a running emulator for one thing, and prints the answer. */
export function defineClientVerb<const W extends Inputs = NoInputs, const F extends Inputs = NoInputs, A = void>({
  flags,
  patience,
  ask,
  show,
  note,
  ...verb
}: ClientVerb<W, F, A>): Verb {
  const run = async (given: Values<W & F & typeof CLIENT_FLAGS>): Promise<void> => {
    const answer = await withSandbox(given, (sandbox, emulator) => ask(sandbox, given, emulator), patience);
    if (given.json) {
      if (answer !== undefined) process.stdout.write(`${JSON.stringify(answer)}\n`);
      return;
    }
    if (show) process.stdout.write(show(answer, given));
    if (note) process.stderr.write(note(answer));
  };
  return defineVerb({ ...verb, flags: { ...CLIENT_FLAGS, ...flags }, run } as Verb);
}

/** The address of an emulator that was started in the same environment. */
function findDefaultUrl(): string {
  const { env } = process;
  const ports = [env['CREDITS_EMULATOR_CONTROL'], env['CREDITS_EMULATOR_PORT'], env['PORT']];
  const port = ports.find((text) => text !== undefined && /^[1-9]\d*$/.test(text)) ?? '4620';
  return env['CREDITS_EMULATOR_URL'] ?? `http://127.0.0.1:${port}`;
}

/** Milliseconds that an emulator may take to answer. */
const PATIENCE = 10_000;

/**
 * Works on the sandbox that the flags name.
 *
 * @throws {UsageError} for a value of --url that is not a URL
 * @throws {NotVerified} when no emulator answers, or when it refuses
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
