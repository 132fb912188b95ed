import type { CommandModule } from 'yargs';

import { startFlags, type StartFlags } from './start-flags.ts';

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
