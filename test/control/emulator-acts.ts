import { expect } from 'vitest';

import type { Sandbox } from '../../src/client.ts';
import type { EndpointId } from '../../src/control/endpoint.ts';
import { START } from '../support/emulator.ts';
import {
  anyNumber,
  count,
  done,
  made,
  ok,
  PUBLIC_URL,
  refused,
  SANDBOX,
  something,
  table,
  TALLY,
  type Act,
} from './act.ts';

const snapshot = (sandbox: Sandbox): Promise<unknown> => sandbox.snapshots.take('before');
const touch = (sandbox: Sandbox): Promise<unknown> => sandbox.clock.get();
const operation = (method: string, path: string, operationId: string, level: string, written = true): object => ({
  operationId,
  method,
  path,
  written,
  evidence: { level, source: 'tally' },
});
const PROVIDER = {
  id: 'tally',
  title: 'Tally',
  url: TALLY,
  variant: 'default',
  options: { limit: 10 },
  env: { TALLY_BASE_URL: TALLY },
  codes: [],
  operations: [
    operation('GET', '/counters/{name}', 'getCounter', 'documented'),
    operation('POST', '/counters/{name}/add', 'addToCounter', 'documented'),
    operation('POST', '/counters/{name}/later', 'addLater', 'documented'),
    operation('POST', '/counters/{name}/spill', 'spillCounter', 'observed'),
    operation('POST', '/counters/{name}/break', 'breakCounter', 'observed'),
    operation('POST', '/echo', 'echoBody', 'documented'),
    operation('GET', '/forecasts/{day}', 'getForecast', 'assumed', false),
    operation('DELETE', '/forecasts/{day}/wishes', 'deleteWishes', 'assumed', false),
  ],
};
/** The client names no sandbox for it. */
const SHARED = { ...PROVIDER, url: `${PUBLIC_URL}/tally`, env: { TALLY_BASE_URL: `${PUBLIC_URL}/tally` } };
const HEALTH = { status: 'ok', version: '0.1.0', uptime: anyNumber, providers: { tally: TALLY } };
const FROZEN = { now: START, frozen: true };
const MADE = {
  name: SANDBOX,
  clock: FROZEN,
  randomSeed: 1,
  requests: 0,
  streams: 0,
  snapshots: [],
  ttl: null,
  urls: { tally: TALLY },
};
const OTHER = { ...MADE, name: 'other', urls: { tally: TALLY.replace('case', 'other') } };
const NO_SANDBOX = {
  title: 'No such sandbox',
  detail: 'There is no sandbox "csae"; did you mean "case"?',
  hint: 'GET /_emulator/sandboxes lists them; PUT creates one.',
};
const NO_NAME_HINT = 'Use 1 to 64 of a-z 0-9 . _ - with a letter or digit at both ends and no "--".';

/** Endpoints about the process and its sandboxes. */
export const EMULATOR_ACTS = {
  getHealth: [
    ok('/health', { answer: HEALTH, call: ['health'], words: ['healthcheck'] }),
    ok('/health', { answer: HEALTH, call: ['urls'], result: { tally: TALLY } }),
  ],
  getReady: [ok('/ready', { answer: HEALTH, words: ['wait', '--timeout', '30'], printed: { ready: true } })],
  listProviders: [
    ok('/providers', {
      answer: { providers: [PROVIDER] },
      call: ['providers.list'],
      result: { providers: [SHARED] },
      words: ['providers'],
      shown: table(
        'ID     BASE URL                                     OPERATIONS  KNOWN FROM',
        `tally  ${TALLY}  8           4 documented, 2 observed, 2 assumed`,
      ),
    }),
  ],
  getProvider: [
    ok('/providers/tally', { answer: PROVIDER, call: ['providers.get', 'tally'], result: SHARED }),
    refused(404, '/providers/tali', {
      title: 'No such provider',
      detail: 'There is no provider "tali"; did you mean "tally"?',
      hint: 'GET /_emulator/providers lists them.',
      call: ['providers.get', 'tali'],
    }),
  ],
  getEnv: [
    ok('/env', {
      answer: { CREDITS_EMULATOR_URL: `${PUBLIC_URL}/_sandbox/${SANDBOX}`, TALLY_BASE_URL: TALLY },
      call: ['env'],
      words: ['env'],
      shown: table(`CREDITS_EMULATOR_URL=${PUBLIC_URL}/_sandbox/${SANDBOX}`, `TALLY_BASE_URL=${TALLY}`),
    }),
  ],
  getCa: [
    refused(404, '/ca', {
      title: 'No certificate',
      detail: 'This emulator answers over HTTP only.',
      hint: 'Start with --https.',
      call: ['emulator.ca'],
      words: ['ca'],
    }),
  ],
  getMetrics: [
    ok('/metrics', {
      answer: expect.stringMatching(/^credits_emulator_info\{version="0\.1\.0"\} 1$/m),
      call: ['emulator.metrics'],
    }),
  ],
  getDocument: [
    ok('/specs/tally.json', {
      answer: expect.objectContaining({ openapi: '3.0.3' }),
      call: ['providers.document', 'tally'],
    }),
    refused(404, '/specs/tali.json', {
      title: 'No such document',
      detail: 'There is no document "tali.json"; did you mean "tally.json"?',
      hint: 'Name a provider or "emulator", with .yaml or .json.',
      call: ['providers.document', 'tali'],
    }),
  ],
  listFixtures: [
    ok('/fixtures', {
      answer: {
        fixtures: [
          { name: 'default', providers: [], faults: [] },
          ...['flaky', 'lost-answers', 'outage', 'slow'].map((name) => ({
            name,
            providers: [],
            // The rules of the bundled files.
            faults: expect.arrayContaining([expect.objectContaining({ effect: something }) as unknown]) as unknown,
          })),
        ],
      },
      call: ['fixtures.list'],
      words: ['fixtures', 'list'],
      shown: expect.stringMatching(/^NAME +HOLDS +FAULTS\ndefault\nflaky .*\n/),
    }),
  ],
  listSandboxes: [
    ok('/sandboxes', {
      answer: { sandboxes: [MADE, { ...MADE, name: 'default', urls: { tally: `${PUBLIC_URL}/tally` } }] },
      before: touch,
      call: ['sandboxes.list'],
      words: ['sandbox', 'list'],
      shown: table(
        'NAME     CLOCK                            REQUESTS  STREAMS  SNAPSHOTS',
        `case     ${START} frozen  0         0`,
        `default  ${START} frozen  0         0`,
      ),
    }),
  ],
  getSandbox: [
    ok('/sandboxes/case', { answer: MADE, before: touch, call: ['sandboxes.get', 'case'] }),
    refused(404, '/sandboxes/csae', { ...NO_SANDBOX, before: touch, call: ['sandboxes.get', 'csae'] }),
  ],
  putSandbox: [
    made('/sandboxes/case', {
      answer: { ...MADE, clock: { now: '2030-01-01T00:00:00.000Z', frozen: true }, randomSeed: 7 },
      body: { clock: '2030-01-01T00:00:00Z', randomSeed: 7 },
      call: ['sandboxes.create', 'case', { clock: new Date('2030-01-01T00:00:00Z'), randomSeed: 7 }],
      words: ['sandbox', 'create', 'case', '--clock', '2030-01-01T00:00:00Z', '--random-seed', '7'],
    }),
    ok('/sandboxes/case', {
      answer: MADE,
      before: count,
      body: { from: { sandbox: 'default' } },
      call: ['sandboxes.create', 'case', { from: 'default' }],
    }),
    made('/sandboxes/other', {
      answer: OTHER,
      before: snapshot,
      body: { from: { sandbox: 'case', snapshot: 'before' } },
      call: ['sandboxes.fork', 'other', 'case', 'before'],
      words: ['sandbox', 'fork', 'other', '--from', 'case', '--snapshot', 'before'],
    }),
    refused(400, '/sandboxes/No%20Name', {
      title: 'Invalid name',
      detail: '"No Name" cannot name a sandbox.',
      hint: NO_NAME_HINT,
      body: {},
      call: ['sandboxes.create', 'No Name'],
      words: ['sandbox', 'create', 'No Name'],
    }),
    refused(404, '/sandboxes/other', {
      ...NO_SANDBOX,
      before: touch,
      body: { from: { sandbox: 'csae' } },
      call: ['sandboxes.fork', 'other', 'csae'],
      words: ['sandbox', 'fork', 'other', '--from', 'csae'],
    }),
    refused(503, '/sandboxes/other', {
      title: 'Too many sandboxes',
      detail: 'The limit of 3 sandboxes is reached.',
      hint: 'Use fewer names, or start with a larger --max-sandboxes.',
      before: async (sandbox, call) => {
        await touch(sandbox);
        await call('/_sandbox/filler/tally/counters/a/add', { by: 1 });
      },
      body: {},
    }),
  ],
  deleteSandbox: [
    done('/sandboxes/case', {
      before: count,
      left: [(sandbox) => sandbox.requests.list(), { requests: [] }],
      call: ['sandboxes.delete', 'case'],
      words: ['sandbox', 'delete', 'case'],
      printed: { deleted: 'case' },
    }),
    refused(404, '/sandboxes/csae', {
      ...NO_SANDBOX,
      before: touch,
      call: ['sandboxes.delete', 'csae'],
      words: ['sandbox', 'delete', 'csae'],
    }),
  ],
} as const satisfies Partial<Record<EndpointId, readonly [Act, ...Act[]]>>;
