import { expect } from 'vitest';

import type { EndpointId } from '../../src/control/endpoint.ts';
import { RULE_NAMES } from '../../src/audit/finding.ts';
import { START } from '../support/emulator.ts';
import { anyNumber, count, done, made, ok, refused, SANDBOX, something, type Act } from './act.ts';
import { DOCUMENT_HINT } from './api.ts';

const NO_EXCHANGE = {
  title: 'No such exchange',
  detail: 'The journal of "case" has no "case-9".',
  hint: 'The journal keeps only recent exchanges; a reset clears it.',
};
const NO_FINDINGS = { findings: [], waived: 0 };
/** Sends the same request twice, which the audit finds. */
const repeat: NonNullable<Act['before']> = async (sandbox, call) => {
  for (let times = 0; times < 2; times += 1) await count(sandbox, call);
};
const BUNDLE = {
  ...{ bundle: 1, version: '0.1.0', sandbox: 'case', redacted: [] },
  options: { providers: ['tally'], set: ['tally.limit=10'], strict: false, requestFaults: true },
  chapters: [
    {
      how: 'start',
      at: START,
      numbering: { requests: 0, commits: 0, entries: 0 },
      state: something,
      items: [
        {
          ...{ kind: 'request', id: 'case-1', at: START, provider: 'tally', method: 'POST', url: '/counters/a/add' },
          headers: something,
          body: '{"by":5,"key":"k","memo":"m"}',
          answer: { status: 200, headers: something, body: something },
        },
      ],
    },
  ],
};
/** Counted over all runs in sandboxes of that name. */
const ANSWERED = {
  ...{ provider: 'tally', operation: 'addToCounter', status: 200, level: 'documented', source: 'tally' },
  ...{ count: anyNumber, changed: anyNumber },
};

/** Endpoints about the bugs of clients and about replays. */
export const PROOF_ACTS = {
  listFindings: [
    ok('/audit?rules=double-effect,no-key', {
      answer: NO_FINDINGS,
      before: count,
      call: ['audit', { rules: ['double-effect', 'no-key'] }],
      words: ['audit', '--rules', 'double-effect,no-key'],
      shown: 'No client bugs found in the recorded exchanges.\n',
    }),
    refused(400, '/audit?rules=dubble-effect', {
      title: 'Unknown audit rule',
      detail: 'query/rules: "dubble-effect" is not an audit rule; did you mean "double-effect"?',
      hint: 'docs/audit.md says what each rule finds.',
      call: ['audit', { rules: ['dubble-effect'] }],
      words: ['audit', '--rules', 'dubble-effect'],
    }),
  ],
  clearFindings: [
    done('/audit', { before: repeat, left: [({ audit }) => audit(), NO_FINDINGS], call: ['audit.clear'] }),
  ],
  allowFindings: [
    done('/audit/allowed', {
      body: { rules: ['double-effect', 'no-key'] },
      call: ['audit.allow', 'double-effect', 'no-key'],
    }),
    refused(400, '/audit/allowed', {
      title: 'Invalid request',
      detail: `body/rules/0 must be equal to one of the allowed values (${RULE_NAMES.join(', ')}; did you mean "double-effect"?)`,
      hint: DOCUMENT_HINT,
      body: { rules: ['dubble-effect'] },
      call: ['audit.allow', 'dubble-effect'],
    }),
  ],
  getBundle: [
    ok('/bundle?redact=true', { answer: BUNDLE, before: count, call: ['bundle', { redact: true }] }),
    refused(409, '/bundle', {
      title: 'Not recorded in full',
      detail: 'The exchange "case-1" is no longer kept.',
      hint: 'Start with --record to keep everything from the start.',
      before: async (sandbox, call) => {
        await count(sandbox, call);
        await sandbox.requests.clear();
      },
      call: ['bundle'],
      words: ['bundle', 'save', 'bundle.json'],
    }),
  ],
  rewindSandbox: [
    made('/rewind', {
      answer: { sandbox: 'case.before-case-1' },
      before: count,
      body: { request: 'case-1' },
      call: ['rewind', 'case-1'],
      result: 'case.before-case-1',
      words: ['rewind', 'case-1'],
      shown: 'case.before-case-1\n',
    }),
    refused(404, '/rewind', {
      ...NO_EXCHANGE,
      body: { request: 'case-9' },
      call: ['rewind', 'case-9'],
      words: ['rewind', 'case-9'],
    }),
    refused(409, '/rewind', {
      title: 'Not recorded in full',
      detail: 'The exchange "case-1" is longer than what is kept of one.',
      hint: 'Start with --record to keep everything from the start.',
      body: { request: 'case-2' },
      before: async (sandbox, call) => {
        await call(`/_sandbox/${SANDBOX}/tally/counters/a/add`, { by: 1, memo: 'm'.repeat(20_000) });
        await count(sandbox, call);
      },
    }),
  ],
  listEvidence: [
    ok('/evidence', {
      answer: { evidence: [ANSWERED] },
      before: count,
      call: ['evidence'],
      words: ['evidence'],
      shown: expect.stringMatching(
        /^LEVEL +COUNT +OPERATION +STATUS +SOURCE\ndocumented +\d+ +tally\.addToCounter +200 +tally\n$/,
      ),
    }),
    refused(400, '/evidence?all=yes', {
      title: 'Invalid request',
      detail: 'query/all must be boolean',
      hint: DOCUMENT_HINT,
    }),
  ],
} as const satisfies Partial<Record<EndpointId, readonly [Act, ...Act[]]>>;
