import type { OptionDefinitions } from '../../core/provider/options.ts';

export const options = {
  overdraft: {
    kind: 'oneOf',
    values: ['allow', 'refuse'],
    default: 'allow',
    describe: 'Whether a change may take a balance below zero; "refuse" returns 400.',
  },
  pageSize: {
    kind: 'integer',
    // ASSUMED: nothing is said of the size of a page.
    default: 100,
    minimum: 1,
    describe: 'Maximum number of users on a page of a list.',
  },
  fullPage: {
    kind: 'oneOf',
    values: ['ends', 'goes-on'],
    // ASSUMED: a table of the kind that the names in a cursor suggest does either.
    default: 'ends',
    describe: 'Whether a full last page has no lastKey, or has one that leads to an empty page.',
  },
} as const satisfies OptionDefinitions;
