/** Shared by the verbs that run a command many times; loaded when one of them runs. */
import type { WrittenRule } from '../core/faults/fault-rule.ts';
import { createEmulator, type Emulator } from '../compose/emulator.ts';
import { createLogger } from '../config/log.ts';
import type { Command } from '../trials/command.ts';
import type { StartEmulator } from '../trials/trials.ts';
import { toNotRun, UsageError } from './report.ts';
import { resolveFlags } from './server.ts';
import type { StartFlags } from './start-flags.ts';

/** Returns a function that starts an emulator for a run, on free ports and in memory. @throws {UsageError} */
export async function toStart(flags: StartFlags): Promise<StartEmulator> {
  const { data, ...options } = await resolveFlags(flags, { ...process.env, PORT: undefined });
  if (data !== undefined) throw new UsageError('Each run has its own emulator, so --data is not allowed.');
  const logger = createLogger({ level: options.logLevel ?? 'error', format: options.logFormat, stream: 2 });
  const { fixtures = ['default'], ...others } = options;
  return (rules: readonly WrittenRule[]): Promise<Emulator> =>
    createEmulator(
      { ...others, port: 0, fixtures: rules.length > 0 ? [...fixtures, { faults: rules }] : fixtures },
      logger,
    );
}

/** Added to the number of a signal that ends a process, it is the exit code. */
const SIGNALLED = 128;
const NUMBERS = { SIGINT: 2, SIGTERM: 15 } as const;

/** Ends all runs when a signal ends this process. @throws {NotRun} if the command cannot be started */
export async function runInterruptibly(
  command: Command,
  work: (signal: AbortSignal) => Promise<number>,
): Promise<number> {
  const controller = new AbortController();
  let code: number | undefined;
  const listeners = (['SIGINT', 'SIGTERM'] as const).map((name) => {
    const listener = (): void => {
      code = SIGNALLED + NUMBERS[name];
      controller.abort();
    };
    process.on(name, listener);
    return () => process.off(name, listener);
  });
  try {
    const ended = await work(controller.signal);
    return code ?? ended;
  } catch (error) {
    if (code !== undefined) return code;
    throw error instanceof Error ? toNotRun(command.name, error) : error;
  } finally {
    for (const stop of listeners) stop();
  }
}

/** Splits the values of a flag that takes several names separated by commas. */
export function toNames(value: unknown): readonly string[] {
  return [value ?? []]
    .flat()
    .flatMap((text) => (typeof text === 'string' ? text.split(',') : []))
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

/** The last lines of a command's output, indented. */
export function quoteOutput(output: string, lines: number): string {
  const last = output.trimEnd().split('\n').slice(-lines);
  return last.map((line) => `    ${line}\n`).join('');
}

/** A command quoted for a shell. */
export function toTyped(words: readonly string[]): string {
  return words.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`)).join(' ');
}
