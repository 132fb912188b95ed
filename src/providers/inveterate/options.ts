import type { OptionDefinitions } from '../../core/provider/options.ts';

export const options = {
  settleAfter: {
    kind: 'duration',
    default: 0,
    describe: 'How long after its 201 a change has its effect.',
  },
  overdraftStatus: {
    kind: 'oneOf',
    values: ['400', '500'],
    default: '400',
    describe: 'What is answered where a member has fewer credits than are to be taken.',
  },
} as const satisfies OptionDefinitions;
