import type { OptionDefinitions } from '../../core/provider/options.ts';

export const options = {
  profile: {
    kind: 'oneOf',
    values: ['seed', 'head'],
    default: 'seed',
    describe: 'The contract: `seed` is the vendor’s documented one, repaired; `head` is that of the current server.',
  },
  autoCreateUsers: {
    kind: 'boolean',
    default: undefined,
    describe:
      'Create a user that a grant, a purchase or an event names but does not exist. Default: on in profile head.',
  },
  rateLimit: {
    kind: 'rate',
    default: undefined,
    describe: 'The maximum rate of requests per key, such as the service’s 100/PT1M. Default: no limit.',
  },
  burnDelay: {
    kind: 'duration',
    default: 100,
    describe: 'The time from accepting an event to burning its credits.',
  },
  monthlyQuota: {
    kind: 'boolean',
    default: true,
    describe: 'In profile head, count each month’s events and refuse more than the tier allows.',
  },
  workingRating: {
    kind: 'boolean',
    default: false,
    describe: 'In profile head, return prices of tokens instead of the service’s own 500.',
  },
} as const satisfies OptionDefinitions;

export type Profile = (typeof options)['profile']['values'][number];
