import type { OptionDefinitions } from '../../core/provider/options.ts';

export const options = {
  settleAfter: {
    kind: 'duration',
    default: 0,
    describe: 'How long after its 201 a change has its effect.',
  },
  confirmCancellations: {
    kind: 'boolean',
    default: false,
    describe: 'Whether a cancellation counts as confirmed by the customer at once.',
  },
  webhookToken: {
    kind: 'boolean',
    default: false,
    describe: 'Whether subscriptions that are made get a token, which comes back in the body of each webhook.',
  },
  overdraftStatus: {
    kind: 'oneOf',
    values: ['400', '500'],
    default: '400',
    describe: 'What is answered where a member has fewer credits than are to be taken.',
  },
} as const satisfies OptionDefinitions;
