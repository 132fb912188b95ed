import type { CommandModule } from 'yargs';

import { startFlags, type StartFlags } from './start-flags.ts';

export const race: CommandModule<object, StartFlags> = {
  command: 'race',
  describe: 'Run a command once for each order of requests that cross',
  builder: (yargs) =>
    startFlags(yargs)
      .option('operations', {
        type: 'string',
        requiresArg: true,
        demandOption: true,
        describe: 'Two to four that are held until all are there; one may be there twice: add,add',
      })
      .option('hold', { type: 'string', requiresArg: true, describe: 'How long the first waits for the others [PT5S]' })
      .usage('$0 race --operations A,B [flags] -- COMMAND...')
      .example('$0 race --operations setCredits,setCredits -- npm test', ''),
  handler: async (flags) => {
    const { runRaceVerb } = await import('./race-table.ts');
    process.exitCode = await runRaceVerb(flags);
  },
};
