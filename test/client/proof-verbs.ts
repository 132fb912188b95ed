import { expect } from 'vitest';

import type { Verb } from './record-verbs.ts';

const anything = expect.anything() as unknown;
/** Over all runs in the same sandbox. */
const anyCount = expect.any(Number) as unknown;

/** Of what shows a client's mistakes, and how to see them again. */
export const PROOF_VERBS: readonly Verb[] = [
  {
    name: 'bundle',
    act: (sandbox) => sandbox.bundle(),
    answer: expect.objectContaining({ bundle: 1, sandbox: 'case', chapters: [anything] }),
  },
  {
    name: 'rewind',
    act: (sandbox) => sandbox.rewind('case-1'),
    words: ['rewind', 'case-1'],
    shown: 'case.before-case-1\n',
    answer: 'case.before-case-1',
    printed: { sandbox: 'case.before-case-1' },
    refused: {
      act: (sandbox) => sandbox.rewind('case-9'),
      words: ['rewind', 'case-9'],
      how: {
        status: 404,
        title: 'No such exchange',
        detail: 'The journal of "case" has no "case-9".',
        hint: 'The journal keeps the last ones of a sandbox only, and none over a reset.',
      },
    },
  },
  {
    name: 'evidence',
    act: (sandbox) => sandbox.evidence(),
    words: ['evidence'],
    shown: expect.stringMatching(
      /^LEVEL\s+COUNT\s+OPERATION\s+STATUS\s+SOURCE\ndocumented\s+\d+\s+klaim\.updateUserCredits\s+200 .*\n$/,
    ) as string,
    answer: {
      evidence: [
        {
          provider: 'klaim',
          operation: 'updateUserCredits',
          status: 200,
          level: 'documented',
          source: anything,
          count: anyCount,
          changed: anyCount,
        },
      ],
    },
  },
];
