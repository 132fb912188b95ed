import { expect } from 'vitest';

import type { Sandbox } from '../../src/client.ts';
import type { EndpointId } from '../../src/control/endpoint.ts';
import { RULE_NAMES } from '../../src/audit/finding.ts';
import { queue, SENT, toWebhook } from '../support/deliveries.ts';
import { START } from '../support/emulator.ts';
import { anyNumber, anyText, count, done, ENTRY, ok, refused, SANDBOX, something, type Case } from './endpoint-case.ts';
import { DOCUMENT_HINT } from './api.ts';

const EXCHANGE = {
  id: 'case-1',
  sandbox: SANDBOX,
  at: START,
  duration: anyNumber,
  provider: 'tally',
  operation: 'addToCounter',
  subject: 'a',
  method: 'POST',
  url: '/counters/a/add',
  request: { headers: expect.objectContaining({ 'content-type': 'application/json' }) as unknown, body: anyText },
  answer: { status: 200, headers: expect.objectContaining({ 'X-Tally': 'yes' }) as unknown, body: anyText },
  changes: [{ provider: 'tally', collection: 'counters', key: 'a', before: null, after: { name: 'a', count: 5 } }],
  ledger: [ENTRY],
  fault: null,
  violations: [],
  reasons: [],
};
const queued = (sandbox: Sandbox): Promise<void> => queue(sandbox, 'tally');
const NO_WEBHOOK = ['No such delivery', '"case" has no delivery "3".', 'GET /_emulator/webhooks lists them.'] as const;
const NO_PROVIDER = [
  'Unknown provider',
  'query/provider: There is no provider "tali"; did you mean "tally"?',
  'GET /_emulator/providers lists them.',
] as const;

/** Those that have something happen from outside, and those that look at what happened. */
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

const ANSWERED = {
  ...{ provider: 'tally', operation: 'addToCounter', status: 200, level: 'documented', source: 'tally' },
  ...{ count: 1, changed: 1 },
};

export const RECORD_CASES = {
  listControls: [
    ok('/controls', {
      controls: [
        {
          provider: 'tally',
          name: 'recount',
          description: 'Set a counter.',
          schema: {
            type: 'object',
            additionalProperties: false,
            required: ['name', 'count'],
            properties: { name: { type: 'string' }, count: { type: 'integer' } },
          },
        },
        {
          provider: 'tally',
          name: 'overfill',
          description: 'Add too much.',
          schema: { type: 'object', additionalProperties: false },
        },
      ],
    }),
  ],
  runControl: [
    ok(
      '/controls/tally/recount',
      {
        result: { name: 'a', count: 9 },
        entries: [
          {
            ...ENTRY,
            delta: '9',
            after: '9',
            cause: 'control',
            operation: 'recount',
            requestId: null,
            key: null,
            memo: null,
          },
        ],
      },
      { body: { name: 'a', count: 9 } },
    ),
    refused(
      400,
      '/controls/tally/recount',
      [
        'Not the arguments of this control',
        "body must have required property 'count'",
        'GET /_emulator/controls shows their schema.',
      ],
      { body: { name: 'a' } },
    ),
    refused(
      404,
      '/controls/tally/recuont',
      [
        'No such control',
        'tally has no control "recuont"; did you mean "recount"?',
        'GET /_emulator/controls lists them.',
      ],
      { body: {} },
    ),
    refused(
      409,
      '/controls/tally/overfill',
      ['Refused by the provider', '{"error":"OVER_THE_LIMIT"}', 'Nothing was changed.'],
      { body: {} },
    ),
  ],
  listRequests: [
    ok('/requests?count=true', { requests: [EXCHANGE], total: 1 }, { before: count }),
    refused(400, '/requests?provider=tali', NO_PROVIDER),
  ],
  clearRequests: [done('/requests', { before: count })],
  verifyRequests: [
    ok(
      '/requests/verify',
      { verified: true, matched: 1 },
      { before: count, body: { match: { subject: 'a' }, count: { exactly: 1 } } },
    ),
    {
      status: 422,
      path: '/requests/verify',
      before: count,
      body: { match: { subject: 'a', body: { by: 6 } } },
      answer: {
        type: 'about:blank',
        title: 'Not verified',
        status: 422,
        detail:
          '0 exchanges in "case" fit, not at least 1. Nearest is case-1 (POST /counters/a/add, 200): body.by is 5, not 6.',
        hint: 'GET /_emulator/requests/case-1 shows it whole.',
        verified: false,
        matched: 0,
        requests: [],
        misses: [
          {
            ...{ id: 'case-1', provider: 'tally', operation: 'addToCounter', subject: 'a', method: 'POST' },
            ...{ url: '/counters/a/add', status: 200, differences: [{ field: 'body.by', expected: 6, actual: 5 }] },
          },
        ],
      },
    },
    refused(
      400,
      '/requests/verify',
      ['Not a count', 'body/count says exactly and a limit, too.', 'Say exactly, or atLeast and atMost.'],
      {
        body: { match: {}, count: { exactly: 1, atLeast: 1 } },
      },
    ),
  ],
  exportRequests: [
    ok(
      '/requests.har',
      {
        log: {
          version: '1.2',
          creator: { name: 'credits-emulator', version: '0.1.0' },
          comment: anyText,
          entries: [
            expect.objectContaining({
              startedDateTime: START,
              time: anyNumber,
              request: something,
              response: something,
            }),
          ],
        },
      },
      { before: count },
    ),
    refused(400, '/requests.har?provider=tali', NO_PROVIDER),
  ],
  getRequest: [
    ok('/requests/case-1', EXCHANGE, { before: count }),
    refused(404, '/requests/case-9', [
      'No such exchange',
      'The journal of "case" has no "case-9".',
      'The journal keeps the last ones of a sandbox only, and none over a reset.',
    ]),
  ],
  followEvents: [
    ok(
      '/events',
      `id: 1\nevent: reset\ndata: ${JSON.stringify({ seq: 1, at: START, sandbox: SANDBOX, commit: 1, how: 'start' })}\n\n`,
      { headers: { 'Last-Event-ID': '0' } },
    ),
    refused(
      400,
      '/events',
      ['Not what the act takes', 'header/last-event-id must match pattern "^\\d{1,15}$"', DOCUMENT_HINT],
      { headers: { 'Last-Event-ID': 'never' } },
    ),
  ],
  listStreams: [ok('/streams', { streams: [] })],
  listWebhooks: [
    ok('/webhooks?topic=t&count=true', { webhooks: [toWebhook('tally')], total: 1 }, { before: queued }),
    refused(400, '/webhooks?provider=tali', NO_PROVIDER),
  ],
  getWebhook: [ok('/webhooks/1', toWebhook('tally'), { before: queued }), refused(404, '/webhooks/3', NO_WEBHOOK)],
  sendWebhook: [
    { ...ok('/webhooks/1/send', toWebhook('tally', SENT), { before: queued }), body: {} },
    refused(404, '/webhooks/3/send', NO_WEBHOOK, { body: {} }),
    refused(
      409,
      '/webhooks/2/send',
      [
        'Nothing to send',
        'Of "2" nothing was kept that could be sent.',
        'Its event was not kept; webhooks whose end has come make room.',
      ],
      { before: queued, body: {} },
    ),
  ],
  listLedger: [
    ok('/ledger?account=a&count=true', { entries: [ENTRY], total: 1 }, { before: count }),
    refused(400, '/ledger?provider=tali', NO_PROVIDER),
  ],
  listFindings: [
    ok('/audit', { findings: [], waived: 0 }, { before: count }),
    refused(400, '/audit?rules=dubble-effect', [
      'Unknown rule of the audit',
      'query/rules: There is no rule "dubble-effect"; did you mean "double-effect"?',
      'docs/audit.md says what each of them finds.',
    ]),
  ],
  clearFindings: [done('/audit', { before: count })],
  allowFindings: [
    done('/audit/allowed', { body: { rules: ['double-effect'] } }),
    refused(
      400,
      '/audit/allowed',
      [
        'Not what the act takes',
        `body/rules/0 must be equal to one of the allowed values (${RULE_NAMES.join(', ')}; did you mean "double-effect"?)`,
        DOCUMENT_HINT,
      ],
      { body: { rules: ['dubble-effect'] } },
    ),
  ],
  listAccounts: [
    ok(
      '/accounts?tenant=shop&count=true',
      { accounts: [{ provider: 'tally', tenant: 'shop', account: 'a', unit: 'points', balance: '5' }], total: 1 },
      { before: count },
    ),
    refused(400, '/accounts?provider=tali', NO_PROVIDER),
  ],
  getBundle: [
    ok('/bundle?redact=true', BUNDLE, { before: count }),
    refused(
      409,
      '/bundle',
      [
        'Not kept whole',
        'The exchange "case-1" is no longer kept.',
        'Start with --record, and everything is kept from the start.',
      ],
      {
        before: async (sandbox, call) => {
          await count(sandbox, call);
          await sandbox.requests.clear();
        },
      },
    ),
  ],
  rewindSandbox: [
    {
      ...ok('/rewind', { sandbox: 'case.before-case-1' }, { before: count }),
      status: 201,
      body: { request: 'case-1' },
    },
    refused(
      404,
      '/rewind',
      [
        'No such exchange',
        'The journal of "case" has no "case-9".',
        'The journal keeps the last ones of a sandbox only, and none over a reset.',
      ],
      { body: { request: 'case-9' } },
    ),
    refused(
      409,
      '/rewind',
      [
        'Not kept whole',
        'The exchange "case-1" is longer than what is kept of one.',
        'Start with --record, and everything is kept from the start.',
      ],
      {
        body: { request: 'case-2' },
        before: async (sandbox, call) => {
          await call(`/_sandbox/${SANDBOX}/tally/counters/a/add`, { by: 1, memo: 'm'.repeat(20_000) });
          await count(sandbox, call);
        },
      },
    ),
  ],
  listEvidence: [
    ok('/evidence', { evidence: [ANSWERED] }, { before: count }),
    refused(400, '/evidence?all=yes', ['Not what the act takes', 'query/all must be boolean', DOCUMENT_HINT]),
  ],
} as const satisfies Partial<Record<EndpointId, readonly [Case, ...Case[]]>>;
