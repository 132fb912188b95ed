import type { Argv } from 'yargs';

import { SETTINGS } from '../config/setting-values.ts';

/** As they were written. */
export type StartFlags = Readonly<Record<string, unknown>>;

/** Has a command take what `start` takes. */
export function startFlags(yargs: Argv): Argv<StartFlags> {
  for (const [name, { kind, describe }] of Object.entries(SETTINGS)) {
    yargs.option(name, { type: kind === 'boolean' ? 'boolean' : 'string', describe, requiresArg: kind !== 'boolean' });
  }
  return yargs
    .option('config', {
      type: 'string',
      requiresArg: true,
      describe: 'File with settings [credits-emulator.config.{yaml,yml,json}]',
    })
    .option('json', { type: 'boolean', describe: 'The same as --log-format json' });
}
