import type { OptionDefinitions } from '../../core/provider/options.ts';

export const options = {
  format: {
    kind: 'oneOf',
    values: ['document', 'wire'],
    default: 'document',
    describe: 'Which form credits have: that of the published document, or the one that real clients read.',
  },
  heartbeat: {
    kind: 'duration',
    default: 15_000,
    describe: 'Real time between the comments that keep a stream open.',
  },
} as const satisfies OptionDefinitions;
