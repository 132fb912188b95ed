/** What the verbs have in common that run a command again and again. They are loaded when one of them does. */
import type { WrittenRule } from '../core/faults/fault-rule.ts';
import { createEmulator, type Emulator } from '../compose/emulator.ts';
import { createLogger } from '../config/log.ts';
import type { Command } from '../trials/command.ts';
import type { StartEmulator } from '../trials/trials.ts';
import { toNotRun, UsageError } from './report.ts';
import { resolveFlags } from './server.ts';
import type { StartFlags } from './start-flags.ts';

/** Starts an emulator for each run, on free ports and in memory. @throws {UsageError} */
export async function toStart(flags: StartFlags): Promise<StartEmulator> {
  const { data, ...options } = await resolveFlags(flags, { ...process.env, PORT: undefined });
  if (data !== undefined)
    throw new UsageError('Each run has an emulator of its own, so that --data has no place here.');
  const logger = createLogger({ level: options.logLevel ?? 'error', format: options.logFormat, stream: 2 });
  const { fixtures = ['default'], ...others } = options;
  return (rules: readonly WrittenRule[]): Promise<Emulator> =>
    createEmulator(
      { ...others, port: 0, fixtures: rules.length > 0 ? [...fixtures, { faults: rules }] : fixtures },
      logger,
    );
}

/** The exit code of what a signal ends, less the number of the signal. */
const SIGNALLED = 128;
const NUMBERS = { SIGINT: 2, SIGTERM: 15 } as const;

/** Has runs end with this process, where a signal ends it. @throws {NotRun} where the command cannot be run */
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

/** Flags that take several names with commas between. */
export function toNames(value: unknown): readonly string[] {
  return [value ?? []]
    .flat()
    .flatMap((text) => (typeof text === 'string' ? text.split(',') : []))
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

/** The end of what a command wrote, indented. */
export function quoteOutput(output: string, lines: number): string {
  const last = output.trimEnd().split('\n').slice(-lines);
  return last.map((line) => `    ${line}\n`).join('');
}

/** A command as it can be typed again. */
export function toTyped(words: readonly string[]): string {
  return words.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`)).join(' ');
}
