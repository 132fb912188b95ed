import type { Argv, CommandModule } from 'yargs';

import { SETTINGS, type EmulatorOptions } from '../config.ts';
import { createEmulator, type Emulator } from '../emulator.ts';
import { createLogger, isPretty } from '../logger.ts';
import { resolveSettings } from '../settings.ts';
import { version } from '../version.ts';

export type StartFlags = Readonly<Record<string, unknown>>;

export const start: CommandModule<object, StartFlags> = {
  command: ['start', '$0'],
  describe: 'Run the emulator until a signal ends it',
  builder: (yargs) =>
    startFlags(yargs)
      .example('$0 start --port 0', 'on free ports')
      .example('$0 start --set klaim.overdraft=refuse', 'with an option of a provider'),
  handler: (flags) => runStart(flags),
};

export function startFlags(yargs: Argv): Argv<StartFlags> {
  for (const [name, { kind, describe }] of Object.entries(SETTINGS)) {
    yargs.option(name, { type: kind === 'boolean' ? 'boolean' : 'string', describe, requiresArg: kind !== 'boolean' });
  }
  return yargs.option('config', {
    type: 'string',
    requiresArg: true,
    describe: 'File with settings [credits-emulator.config.{yaml,yml,json}]',
  });
}

/** The options that flags, environment and file come to. */
export function resolveFlags(flags: StartFlags): Promise<EmulatorOptions> {
  const settings = Object.fromEntries(Object.keys(SETTINGS).map((name) => [name, flags[name]]));
  const file = typeof flags['config'] === 'string' ? flags['config'] : undefined;
  return resolveSettings({ flags: settings, environment: process.env, file });
}

export async function runStart(flags: StartFlags): Promise<void> {
  const options = await resolveFlags(flags);
  const logger = createLogger({ level: options.logLevel ?? 'info', format: options.logFormat });
  const starting = createEmulator(options, logger);
  endOnSignal(starting);
  const { url, urls } = await starting;
  process.stdout.write(`${renderReady(url, urls, isPretty(options.logFormat))}\n`);
}

/** Printed at every log level: scripts wait for it. */
function renderReady(url: string, providers: Emulator['urls'], pretty: boolean): string {
  if (!pretty) return JSON.stringify({ level: 'info', msg: 'ready', version, url, providers });
  const places = Object.entries(providers).map(([id, own]) => `${id} ${own}`);
  return `credits-emulator ${version} ready on ${url} (${places.join(', ')})`;
}

/** The first signal ends in good order, a second one at once. */
function endOnSignal(starting: Promise<Emulator>): void {
  let ending = false;
  const end = (): void => {
    if (ending) process.exit(1);
    ending = true;
    starting
      .then((emulator) => emulator.close())
      .then(
        () => process.exit(0),
        () => process.exit(1),
      );
  };
  process.on('SIGTERM', end);
  process.on('SIGINT', end);
}
