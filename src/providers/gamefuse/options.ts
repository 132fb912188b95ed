import type { OptionDefinitions } from '../../core/provider/options.ts';

export const options = {
  overdraft: {
    kind: 'oneOf',
    values: ['allow', 'refuse'],
    default: 'allow',
    describe: 'Whether credits may be added or set to a balance below zero; "refuse" answers 403.',
  },
} as const satisfies OptionDefinitions;
