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
} as const satisfies OptionDefinitions;
