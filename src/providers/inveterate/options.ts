import type { OptionDefinitions } from '../../core/provider/options.ts';

export const options = {
  settleAfter: {
    kind: 'duration',
    default: 0,
    describe: 'Time between the 201 of a change and its effect.',
  },
  confirmCancellations: {
    kind: 'boolean',
    default: false,
    describe: 'Confirm cancellations at once, without the customer.',
  },
  webhookToken: {
    kind: 'boolean',
    default: false,
    describe: 'Give new subscriptions a token, which is in the body of each webhook.',
  },
  overdraftStatus: {
    kind: 'oneOf',
    values: ['400', '500'],
    default: '400',
    describe: 'The status if a member has fewer credits than a change would take.',
  },
} as const satisfies OptionDefinitions;
