import type { OptionDefinitions } from '../../core/provider/options.ts';

export const options = {
  overdraft: {
    kind: 'oneOf',
    values: ['allow', 'refuse'],
    default: 'allow',
    describe: 'Whether a change may take a balance below zero; "refuse" answers 400.',
  },
} as const satisfies OptionDefinitions;
