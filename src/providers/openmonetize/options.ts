import type { OptionDefinitions } from '../../core/provider/options.ts';

export const options = {
  profile: {
    kind: 'oneOf',
    values: ['seed', 'head'],
    default: 'seed',
    describe:
      'Which contract is served: that of the vendor’s documents, repaired, or the one that its server moved to.',
  },
  autoCreateUsers: {
    kind: 'boolean',
    default: undefined,
    describe: 'Whether a user who is not there is made by what is granted to it. Off in profile seed, on in head.',
  },
  rateLimit: {
    kind: 'rate',
    default: undefined,
    describe: 'How many requests each key may make, such as the service’s own 100/PT1M; off by default.',
  },
  burnDelay: {
    kind: 'duration',
    default: 100,
    describe: 'How long after an event was taken its credits are burned.',
  },
  monthlyQuota: {
    kind: 'boolean',
    default: true,
    describe: 'Whether profile head counts the events of each month and refuses more than the tier allows.',
  },
  workingRating: {
    kind: 'boolean',
    default: false,
    describe: 'Whether profile head says what tokens would cost, where the service itself ends in a 500.',
  },
} as const satisfies OptionDefinitions;

export type Profile = (typeof options)['profile']['values'][number];
