/**
 * What `start` and `exec` run. It is loaded only for them: other verbs need none of its libraries, and some run every
 * few seconds.
 */
import type { EmulatorOptions } from '../config/options.ts';
import { monotonic } from '../core/values/clock.ts';
import { createEmulator, type Emulator } from '../compose/emulator.ts';
import { createLogger, isPretty, isTerminal } from '../config/log.ts';
import { SETTINGS } from '../config/setting-values.ts';
import { resolveSettings } from '../config/settings.ts';
import { version } from '../config/version.ts';
import type { Logger } from '../core/values/logger.ts';
import { Progress } from './progress.ts';
import type { StartFlags } from './start-flags.ts';

export { report } from './report.ts';
export { findPlainFlags } from './start-flags.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Resolves flags, environment and file to options. */
export function resolveFlags(flags: StartFlags, environment: Environment = process.env): Promise<EmulatorOptions> {
  const settings = Object.fromEntries(Object.keys(SETTINGS).map((name) => [name, flags[name]]));
  if (flags['json'] === true) settings['log-format'] ??= 'json';
  const file = typeof flags['config'] === 'string' ? flags['config'] : undefined;
  return resolveSettings({ flags: settings, environment, file });
}

/** Resolves when the emulator is ready; a signal ends the process. */
export async function runStart(flags: StartFlags): Promise<void> {
  await startWith(await resolveFlags(flags));
}

/** As `runStart`, with resolved options. */
export async function startWith(options: EmulatorOptions): Promise<void> {
  const pretty = isPretty(options.logFormat);
  const logger = createLogger({ level: options.logLevel ?? 'info', format: options.logFormat });
  const starting = startShown({ ...options, explain: options.explain ?? (pretty && isTerminal()) }, logger, 1);
  endOnSignal(starting);
  process.stdout.off('error', loseLines).on('error', loseLines);
  const { url, urls } = await starting;
  process.stdout.write(`${renderReady(url, urls, pretty)}\n`);
}

/** Starts an emulator for a command: on free ports, with standard output left to the command. */
export async function startBeside(flags: StartFlags): Promise<Emulator> {
  // PORT may be meant for the command, which could not use a port that the emulator has taken.
  const options = await resolveFlags(flags, { ...process.env, PORT: undefined });
  const logger = createLogger({ level: options.logLevel ?? 'warn', format: options.logFormat, stream: 2 });
  return startShown({ ...options, port: options.port ?? 0 }, logger, 2);
}

/** A full disk or a closed pipe loses lines of the output; the emulator goes on. */
function loseLines(): void {
  return undefined;
}

/** @param stream the one that logs are written to */
async function startShown(options: EmulatorOptions, logger: Logger, stream: 1 | 2): Promise<Emulator> {
  if (!process.stderr.isTTY || !isPretty(options.logFormat, stream)) return createEmulator(options, logger);
  const progress = new Progress(`Reading ${options.data ?? ''}`);
  try {
    return await createEmulator(options, logger, (part) => {
      progress.tell(part);
    });
  } finally {
    progress.end();
  }
}

/** Printed at every log level: scripts wait for it. */
function renderReady(url: string, providers: Emulator['urls'], pretty: boolean): string {
  if (!pretty) return JSON.stringify({ level: 'info', msg: 'ready', version, url, providers });
  const places = Object.entries(providers).map(([id, own]) => `${id} ${own}`);
  return `credits-emulator ${version} ready on ${url} (${places.join(', ')})`;
}

/** Milliseconds in which a repeated signal counts once: Ctrl-C arrives from the terminal and from npm. */
const ECHO = 100;
const ENDS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;

/** The first signal ends the emulator in order, a second one at once. */
function endOnSignal(starting: Promise<Emulator>): void {
  let first: { readonly signal: NodeJS.Signals; readonly at: number } | undefined;
  const end = (signal: NodeJS.Signals): void => {
    if (first) {
      if (signal === first.signal && monotonic() - first.at < ECHO) return;
      process.exit(1);
    }
    first = { signal, at: monotonic() };
    starting
      .then((emulator) => emulator.close())
      .then(
        () => process.exit(0),
        () => process.exit(1),
      );
  };
  for (const signal of ENDS) process.on(signal, end);
  // An emulator that did not start needs no end.
  starting.catch(() => {
    for (const signal of ENDS) process.off(signal, end);
  });
}
