import type { OptionDefinitions, OptionValues } from '../../core/provider/options.ts';

export const options = {
  overdraft: {
    kind: 'oneOf',
    values: ['allow', 'refuse'],
    default: 'allow',
    describe: 'Whether adding or setting credits can make a balance negative; "refuse" responds with 403.',
  },
  lists: {
    kind: 'oneOf',
    values: ['wrapped', 'bare'],
    default: 'wrapped',
    describe:
      'How v3 lists the attributes of a group and the messages of a chat: in an object, or "bare", as the JavaScript client for v3 expects.',
  },
  extraAttributes: {
    kind: 'oneOf',
    values: ['off', 'also'],
    default: 'off',
    describe:
      'Whether v3 also shows the metadata of leaderboard entries as `extra_attributes`, which the JavaScript client for v3 reads.',
  },
} as const satisfies OptionDefinitions;

export type Options = OptionValues<typeof options>;
