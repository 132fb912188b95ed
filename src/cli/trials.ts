/** Verbs that run a command many times. */
import { availableParallelism } from 'node:os';

import { START_FLAGS } from './start-flags.ts';
import { defineVerb } from './verb.ts';

export const matrix = defineVerb({
  name: 'matrix',
  describe: 'Run a command per operation and fault',
  flags: {
    ...START_FLAGS,
    faults: {
      isRepeated: true,
      describe: 'lost-answers, outage, slow, reset, and files with rules of your own [the four names]',
    },
    operations: {
      isRepeated: true,
      describe: 'Only these of the operations it calls: OPERATION or PROVIDER.OPERATION, separated by commas',
    },
    jobs: { type: 'count', describe: 'Runs at a time [the number of processor cores]' },
    'fail-fast': { type: 'boolean', describe: 'Start no run after the first failure' },
    only: { describe: 'One run: PROVIDER.OPERATION:FAULT' },
  },
  usage: '$0 matrix [flags] -- COMMAND...',
  examples: ['$0 matrix -- npm test', '$0 matrix --faults lost-answers,./my-faults.yaml -- npm test'],
  runCommand: async (flags, command) => {
    const { runMatrixVerb } = await import('./matrix-table.ts');
    process.exitCode = await runMatrixVerb(flags, command, flags.jobs ?? availableParallelism());
  },
});

export const race = defineVerb({
  name: 'race',
  describe: 'Run a command per order of requests',
  flags: {
    ...START_FLAGS,
    operations: {
      isRepeated: true,
      isRequired: true,
      describe: 'Two to four operations, each held until all have arrived; one can be named twice: add,add',
    },
    hold: { type: 'duration', default: 'PT5S', describe: 'How long the first waits for the others' },
  },
  usage: '$0 race --operations A,B [flags] -- COMMAND...',
  examples: ['$0 race --operations setCredits,setCredits -- npm test'],
  runCommand: async (flags, command) => {
    const { runRaceVerb } = await import('./race-table.ts');
    process.exitCode = await runRaceVerb(flags, command, flags.hold);
  },
});
