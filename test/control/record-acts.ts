import { expect } from 'vitest';

import type { Sandbox } from '../../src/client.ts';
import type { EndpointId } from '../../src/control/endpoint.ts';
import { queue, SENT, toWebhook } from '../support/deliveries.ts';
import { START } from '../support/emulator.ts';
import { anyNumber, count, done, ok, refused, SANDBOX, something, table, anyText, ENTRY, type Act } from './act.ts';
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
const NO_WEBHOOK = {
  title: 'No such delivery',
  detail: '"case" has no delivery "3".',
  hint: 'GET /_emulator/webhooks lists them.',
};
const NO_EXCHANGE = {
  title: 'No such exchange',
  detail: 'The journal of "case" has no "case-9".',
  hint: 'The journal keeps only recent exchanges; a reset clears it.',
};
const NO_PROVIDER = {
  title: 'Unknown provider',
  detail: 'query/provider: There is no provider "tali"; did you mean "tally"?',
  hint: 'GET /_emulator/providers lists them.',
};

/** Endpoints that run a control, and those that list what happened. */
export const RECORD_ACTS = {
  listControls: [
    ok('/controls', {
      answer: {
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
      },
      call: ['controls.list'],
      words: ['control'],
      shown: table(
        'PROVIDER  NAME      DOES',
        'tally     recount   Set a counter.',
        'tally     overfill  Add too much.',
      ),
    }),
  ],
  runControl: [
    ok('/controls/tally/recount', {
      answer: {
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
      body: { name: 'a', count: 9 },
      call: ['controls.run', 'tally', 'recount', { name: 'a', count: 9 }],
      words: ['control', 'tally', 'recount', '{"name":"a","count":9}'],
      shown: table(
        ...['{', '  "name": "a",', '  "count": 9', '}'],
        'ID  AT                        BY             TENANT  ACCOUNT  DELTA  BALANCE  UNIT    REQUEST  MEMO',
        `1   ${START}  tally.recount  shop    a        +9     9        points`,
      ),
    }),
    refused(400, '/controls/tally/recount', {
      title: 'Invalid arguments',
      detail: "body must have required property 'count'",
      hint: 'GET /_emulator/controls shows their schema.',
      body: { name: 'a' },
      call: ['controls.run', 'tally', 'recount', { name: 'a' }],
      words: ['control', 'tally', 'recount', '{"name":"a"}'],
    }),
    refused(404, '/controls/tally/recuont', {
      title: 'No such control',
      detail: 'tally has no control "recuont"; did you mean "recount"?',
      hint: 'GET /_emulator/controls lists them.',
      body: {},
      call: ['controls.run', 'tally', 'recuont'],
      words: ['control', 'tally', 'recuont'],
    }),
    refused(404, '/controls/tally/..%2Freset', {
      title: 'No such control',
      detail: 'tally has no control "../reset".',
      hint: 'GET /_emulator/controls lists them.',
      body: {},
      call: ['controls.run', 'tally', '../reset'],
      words: ['control', 'tally', '../reset'],
    }),
    refused(409, '/controls/tally/overfill', {
      title: 'Refused by the provider',
      detail: '{"error":"OVER_THE_LIMIT"}',
      hint: 'Nothing was changed.',
      body: {},
      call: ['controls.run', 'tally', 'overfill'],
      words: ['control', 'tally', 'overfill'],
    }),
  ],
  listRequests: [
    ok('/requests?count=true', {
      answer: { requests: [EXCHANGE], total: 1 },
      before: count,
      call: ['requests.list', { provider: 'tally', body: { by: 5 }, count: true }],
    }),
    refused(400, '/requests?provider=tali', {
      ...NO_PROVIDER,
      call: ['requests.list', { provider: 'tali' }],
      words: ['requests', '--provider', 'tali'],
    }),
  ],
  clearRequests: [
    done('/requests', {
      before: count,
      left: [({ requests }) => requests.list(), { requests: [] }],
      call: ['requests.clear'],
    }),
  ],
  verifyRequests: [
    ok('/requests/verify', {
      answer: { verified: true, matched: 1 },
      before: count,
      body: { match: { subject: 'a' }, count: { exactly: 1 } },
      call: ['requests.verify', { match: { subject: 'a' }, count: { exactly: 1 } }],
    }),
    {
      status: 422,
      path: '/requests/verify',
      before: count,
      body: { match: { subject: 'a', body: { by: 6 } } },
      call: ['requests.verify', { match: { subject: 'a', body: { by: 6 } } }],
      answer: {
        type: 'about:blank',
        title: 'Not verified',
        status: 422,
        detail:
          '0 exchanges in "case" fit, not at least 1. The nearest is case-1 (POST /counters/a/add, 200): body.by is 5, not 6.',
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
    refused(400, '/requests/verify', {
      title: 'Invalid count',
      detail: 'body/count has both exactly and a limit.',
      hint: 'Send `exactly` alone, or `atLeast`, `atMost` or both.',
      body: { match: {}, count: { exactly: 1, atLeast: 1 } },
      call: ['requests.verify', { match: {}, count: { exactly: 1, atLeast: 1 } }],
    }),
  ],
  exportRequests: [
    ok('/requests.har', {
      answer: {
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
      before: count,
      call: ['requests.har', { subject: 'a' }],
    }),
    refused(400, '/requests.har?provider=tali', { ...NO_PROVIDER, call: ['requests.har', { provider: 'tali' }] }),
  ],
  getRequest: [
    ok('/requests/case-1', {
      answer: EXCHANGE,
      before: count,
      call: ['requests.get', 'case-1'],
      words: ['requests'],
      shown: expect.stringMatching(
        /^POST {2}\/counters\/a\/add {2}tally.addToCounter {2}200 {2}[\d.]+ ms {2}in case\n$/,
      ),
    }),
    refused(404, '/requests/case-9', { ...NO_EXCHANGE, call: ['requests.get', 'case-9'] }),
  ],
  followEvents: [
    ok('/events', {
      answer: `id: 1\nevent: reset\ndata: ${JSON.stringify({ seq: 1, at: START, sandbox: SANDBOX, commit: 1, how: 'start' })}\n\n`,
      headers: { 'Last-Event-ID': '0' },
      call: ['events', { after: '0' }],
      result: { id: '1', event: 'reset', data: { seq: 1, at: START, sandbox: SANDBOX, commit: 1, how: 'start' } },
    }),
    refused(400, '/events', {
      title: 'Invalid request',
      detail: 'header/last-event-id must match pattern "^\\d{1,15}$"',
      hint: DOCUMENT_HINT,
      headers: { 'Last-Event-ID': 'never' },
      call: ['events', { after: 'never' }],
    }),
  ],
  listStreams: [ok('/streams', { answer: { streams: [] }, call: ['streams'] })],
  listWebhooks: [
    ok('/webhooks?topic=t&count=true', { answer: { webhooks: [toWebhook('tally')], total: 1 }, before: queued }),
    ok('/webhooks?state=failed&topic=t', {
      answer: { webhooks: [toWebhook('tally')] },
      before: queued,
      call: ['webhooks.list', { state: 'failed', topic: 't' }],
      words: ['webhook', 'list', '--state', 'failed', '--topic', 't'],
      shown: table(
        'ID  AT                        PROVIDER  TOPIC  SUBJECT  STATE   TRIES  LAST  DUE  URL',
        `1   ${START}  tally     t      a        failed  0                 http://203.0.113.7/hook`,
      ),
    }),
    refused(400, '/webhooks?provider=tali', {
      ...NO_PROVIDER,
      call: ['webhooks.list', { provider: 'tali' }],
      words: ['webhook', 'list', '--provider', 'tali'],
    }),
  ],
  getWebhook: [
    ok('/webhooks/1', {
      answer: toWebhook('tally'),
      before: queued,
      call: ['webhooks.get', '1'],
      words: ['webhook', 'get', '1'],
      shown: expect.stringMatching(/^\{\n {2}"id": "1",.*"tries": \[\],.*\n\}\n$/s),
    }),
    refused(404, '/webhooks/3', { ...NO_WEBHOOK, call: ['webhooks.get', '3'], words: ['webhook', 'get', '3'] }),
  ],
  sendWebhook: [
    ok('/webhooks/1/send', {
      answer: toWebhook('tally', SENT),
      before: queued,
      body: {},
      call: ['webhooks.send', '1'],
      words: ['webhook', 'send', '1'],
      shown: expect.stringMatching(/^ID .*\n1 .* failed +1 +203\.0\.113\.7 is not .*\n$/),
    }),
    refused(404, '/webhooks/3/send', {
      ...NO_WEBHOOK,
      body: {},
      call: ['webhooks.send', '3'],
      words: ['webhook', 'send', '3'],
    }),
    refused(409, '/webhooks/2/send', {
      title: 'Nothing to send',
      detail: 'The content of "2" is no longer kept.',
      hint: 'The event of a finished delivery is dropped to make room.',
      before: queued,
      body: {},
      call: ['webhooks.send', '2'],
      words: ['webhook', 'send', '2'],
    }),
  ],
  listLedger: [
    ok('/ledger?account=a&count=true', {
      answer: { entries: [ENTRY], total: 1 },
      before: count,
      call: ['ledger.list', { account: 'a', count: true }],
    }),
    ok('/ledger?account=a&provider=tally', {
      answer: { entries: [ENTRY] },
      before: count,
      words: ['ledger', '--account', 'a', '--provider', 'tally'],
      shown: table(
        'ID  AT                        BY                  TENANT  ACCOUNT  DELTA  BALANCE  UNIT    REQUEST  MEMO',
        `1   ${START}  tally.addToCounter  shop    a        +5     5        points  case-1   m`,
      ),
    }),
    refused(400, '/ledger?provider=tali', {
      ...NO_PROVIDER,
      call: ['ledger.list', { provider: 'tali' }],
      words: ['ledger', '--provider', 'tali'],
    }),
  ],
  listAccounts: [
    ok('/accounts?tenant=shop&count=true', {
      answer: {
        accounts: [{ provider: 'tally', tenant: 'shop', account: 'a', unit: 'points', balance: '5' }],
        total: 1,
      },
      before: count,
      call: ['accounts.list', { tenant: 'shop', count: true }],
    }),
    refused(400, '/accounts?provider=tali', { ...NO_PROVIDER, call: ['accounts.list', { provider: 'tali' }] }),
  ],
} as const satisfies Partial<Record<EndpointId, readonly [Act, ...Act[]]>>;
