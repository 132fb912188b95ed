import { availableParallelism } from 'node:os';

import type { CommandModule } from 'yargs';

import { UsageError } from './report.ts';
import { startFlags, type StartFlags } from './start-flags.ts';

export const matrix: CommandModule<object, StartFlags> = {
  command: 'matrix',
  describe: 'Run a command once for each operation it calls and each fault that fits',
  builder: (yargs) =>
    startFlags(yargs)
      .option('faults', {
        type: 'string',
        requiresArg: true,
        describe: 'Of lost-answers, outage, slow and reset, and files with rules of your own [all four]',
      })
      .option('operations', {
        type: 'string',
        requiresArg: true,
        describe: 'Only these of those it calls: OPERATION or PROVIDER.OPERATION, with commas between',
      })
      .option('jobs', { type: 'string', requiresArg: true, describe: 'Runs at a time [as many as there are cores]' })
      .option('fail-fast', { type: 'boolean', describe: 'Begin no run after the first that fails' })
      .option('only', { type: 'string', requiresArg: true, describe: 'One run: PROVIDER.OPERATION:FAULT' })
      .usage('$0 matrix [flags] -- COMMAND...')
      .example('$0 matrix -- npm test', '')
      .example('$0 matrix --faults lost-answers,./my-faults.yaml -- npm test', ''),
  handler: async (flags) => {
    const jobs = flags['jobs'] === undefined ? availableParallelism() : Number(flags['jobs']);
    if (!Number.isInteger(jobs) || jobs < 1) throw new UsageError('--jobs is a whole number of at least 1.');
    const { runMatrixVerb } = await import('./matrix-table.ts');
    process.exitCode = await runMatrixVerb(flags, jobs);
  },
};
