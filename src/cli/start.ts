import type { Argv, CommandModule } from 'yargs';

import { SETTINGS } from '../config/setting-values.ts';

export type StartFlags = Readonly<Record<string, unknown>>;

export const start: CommandModule<object, StartFlags> = {
  command: ['start', '$0'],
  describe: 'Run the emulator until a signal ends it',
  builder: (yargs) =>
    startFlags(yargs)
      .example('$0 start --port 0', 'on free ports')
      .example('$0 start --set klaim.overdraft=refuse', 'with an option of a provider'),
  handler: async (flags) => {
    const { runStart } = await import('./server.ts');
    await runStart(flags);
  },
};

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
