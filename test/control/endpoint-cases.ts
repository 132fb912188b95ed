import { expect } from 'vitest';

import type { Sandbox } from '../../src/client.ts';
import type { EndpointId } from '../../src/control/endpoint.ts';
import { START } from '../support/emulator.ts';
import {
  anyNumber,
  count,
  done,
  ok,
  PUBLIC_URL,
  refused,
  SANDBOX,
  something,
  TALLY,
  type Case,
} from './endpoint-case.ts';
import { DOCUMENT_HINT } from './api.ts';
import { RECORD_CASES } from './record-endpoint-cases.ts';

const snapshot = (sandbox: Sandbox): Promise<unknown> => sandbox.snapshots.take('before');
const touch = (sandbox: Sandbox): Promise<unknown> => sandbox.clock.get();
const RULE = { provider: 'tally', effect: { status: 503 } } as const;
const ARMED = {
  id: 'lost',
  ...RULE,
  phase: 'before',
  skip: 0,
  probability: 1,
  enabled: true,
  fired: 0,
  remaining: null,
};
const arm = (sandbox: Sandbox): Promise<unknown> => sandbox.faults.add({ id: 'lost', ...RULE });

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

const NO_RULE = [
  'No such rule',
  'There is no rule "lsot"; did you mean "lost"?',
  'GET /_emulator/faults lists them.',
] as const;
const NO_SANDBOX = [
  'No such sandbox',
  'There is no sandbox "csae"; did you mean "case"?',
  'GET /_emulator/sandboxes lists them; PUT makes one.',
] as const;
const NO_SNAPSHOT = [
  'No such snapshot',
  'The sandbox "case" has no snapshot "befor"; did you mean "before"?',
  'GET /_emulator/snapshots lists those of the sandbox; PUT takes one.',
] as const;
const NO_NAME_HINT = 'Use 1 to 64 of a-z 0-9 . _ - with a letter or digit at both ends and no "--".';
const NO_FIXTURES_HINT =
  'Nothing was changed. GET /_emulator/fixtures lists the names; docs/fixtures.md shows the format.';
const NO_WORLD = [
  'Not fixtures',
  'There is no world "defualt"; did you mean "default"? Known: default, flaky, lost-answers, outage, slow.',
  NO_FIXTURES_HINT,
] as const;
const NO_INSTANT = '"noon" is not an instant: write RFC 3339 such as 2026-01-01T00:00:00Z.';
const INSTANT_HINT = 'Write RFC 3339, such as 2026-01-01T00:00:00Z.';

/**
 * What each act answers, success first. What the document declares for all acts alike, such as what a foreign page is
 * answered, is not here.
 */
export const CASES: Readonly<Record<EndpointId, readonly [Case, ...Case[]]>> = {
  getHealth: [ok('/health', HEALTH)],
  getReady: [ok('/ready', HEALTH)],
  listProviders: [ok('/providers', { providers: [PROVIDER] })],
  getProvider: [
    ok('/providers/tally', PROVIDER),
    refused(404, '/providers/tali', [
      'No such provider',
      'There is no provider "tali"; did you mean "tally"?',
      'GET /_emulator/providers lists them.',
    ]),
  ],
  getEnv: [ok('/env', { CREDITS_EMULATOR_URL: `${PUBLIC_URL}/_sandbox/${SANDBOX}`, TALLY_BASE_URL: TALLY })],
  getCa: [refused(404, '/ca', ['No certificate', 'This emulator answers over HTTP only.', 'Start with --https.'])],
  getMetrics: [ok('/metrics', expect.stringMatching(/^credits_emulator_info\{version="0\.1\.0"\} 1$/m))],
  getDocument: [
    ok('/specs/tally.json', expect.objectContaining({ openapi: '3.0.3' })),
    refused(404, '/specs/tali.json', [
      'No such document',
      'There is no document "tali.json"; did you mean "tally.json"?',
      "Ask for a provider's id or emulator, with .yaml or .json.",
    ]),
  ],
  listFixtures: [
    ok('/fixtures', {
      fixtures: [
        { name: 'default', providers: [], faults: [] },
        ...['flaky', 'lost-answers', 'outage', 'slow'].map((name) => ({
          name,
          providers: [],
          // Those of the bundled files.
          faults: expect.arrayContaining([expect.objectContaining({ effect: something }) as unknown]) as unknown,
        })),
      ],
    }),
  ],
  loadFixtures: [
    done('/fixtures', { body: { names: ['default'], data: { tally: { counters: [{ name: 'a', count: 9 }] } } } }),
    refused(400, '/fixtures', NO_WORLD, { body: { names: ['defualt'] } }),
  ],
  reset: [
    done('/reset', { before: arm, body: { keep: ['faults'] } }),
    refused(400, '/reset', NO_WORLD, { body: { fixtures: ['defualt'] } }),
  ],
  getState: [
    ok(
      '/state',
      {
        clock: START,
        tally: { counters: [{ name: 'a', count: 5 }] },
        emulator: expect.any(Object) as unknown,
      },
      { before: count },
    ),
  ],
  putState: [
    done('/state', { body: { tally: { counters: [{ name: 'a', count: 9 }] } } }),
    refused(
      400,
      '/state',
      [
        'Not a state',
        'body: tali: "tali" is not a provider; did you mean "tally"?',
        'Nothing was changed. Send a document in the format of fixtures.',
      ],
      { body: { tali: {} } },
    ),
  ],
  listSnapshots: [ok('/snapshots', { snapshots: [{ name: 'before', at: START }] }, { before: snapshot })],
  takeSnapshot: [
    { status: 201, path: '/snapshots/before', answer: { name: 'before', at: START } },
    ok('/snapshots/before', { name: 'before', at: START }, { before: snapshot }),
    refused(400, '/snapshots/No%20Name', ['Not a name', '"No Name" cannot name a snapshot.', NO_NAME_HINT]),
    refused(
      409,
      '/snapshots/before',
      [
        'Too many snapshots',
        'The sandbox has 1000 snapshots already.',
        'DELETE /_emulator/snapshots/{name} drops one.',
      ],
      {
        before: async ({ snapshots }) => {
          for (let n = 0; n < 1000; n += 1) await snapshots.take(`n${n}`);
        },
      },
    ),
  ],
  deleteSnapshot: [
    done('/snapshots/before', { before: snapshot }),
    refused(404, '/snapshots/befor', NO_SNAPSHOT, { before: snapshot }),
  ],
  restoreSnapshot: [
    done('/snapshots/before/restore', { before: snapshot }),
    refused(404, '/snapshots/befor/restore', NO_SNAPSHOT, { before: snapshot }),
  ],
  listSandboxes: [
    ok(
      '/sandboxes',
      { sandboxes: [MADE, { ...MADE, name: 'default', urls: { tally: `${PUBLIC_URL}/tally` } }] },
      { before: touch },
    ),
  ],
  getSandbox: [
    ok('/sandboxes/case', MADE, { before: touch }),
    refused(404, '/sandboxes/csae', NO_SANDBOX, { before: touch }),
  ],
  putSandbox: [
    {
      status: 201,
      path: '/sandboxes/case',
      body: { clock: '2030-01-01T00:00:00Z', randomSeed: 7 },
      answer: { ...MADE, clock: { now: '2030-01-01T00:00:00.000Z', frozen: true }, randomSeed: 7 },
    },
    ok('/sandboxes/case', MADE, { before: count, body: { from: { sandbox: 'default' } } }),
    refused(400, '/sandboxes/No%20Name', ['Not a name', '"No Name" cannot name a sandbox.', NO_NAME_HINT], {
      body: {},
    }),
    refused(404, '/sandboxes/other', NO_SANDBOX, { before: touch, body: { from: { sandbox: 'csae' } } }),
    refused(
      503,
      '/sandboxes/other',
      [
        'Too many sandboxes',
        'There are 3 sandboxes already, and no more are allowed.',
        'Use fewer names, or start with a larger --max-sandboxes.',
      ],
      {
        before: async (sandbox, call) => {
          await touch(sandbox);
          await call('/_sandbox/filler/tally/counters/a/add', { by: 1 });
        },
        body: {},
      },
    ),
  ],
  deleteSandbox: [
    done('/sandboxes/case', { before: touch }),
    refused(404, '/sandboxes/csae', NO_SANDBOX, { before: touch }),
  ],
  getClock: [ok('/clock', FROZEN)],
  putClock: [
    ok('/clock', { now: '2030-01-01T00:00:00.000Z', frozen: true }, { body: { now: '2030-01-01T00:00:00Z' } }),
    refused(400, '/clock', ['Not an instant', NO_INSTANT, INSTANT_HINT], { body: { now: 'noon' } }),
  ],
  advanceClock: [
    ok('/clock/advance', { now: '2026-01-01T01:00:00.000Z', frozen: true }, { body: { by: 'PT1H' } }),
    refused(
      400,
      '/clock/advance',
      [
        'Not a duration',
        '"an hour" is not a duration: write ISO 8601 such as PT30S, PT1H or P30D, or milliseconds.',
        'Write ISO 8601, such as PT1H, or milliseconds.',
      ],
      { body: { by: 'an hour' } },
    ),
  ],
  listFaults: [ok('/faults', { faults: [ARMED] }, { before: arm })],
  addFault: [
    { status: 201, path: '/faults', body: { id: 'lost', ...RULE }, answer: ARMED },
    refused(
      400,
      '/faults',
      [
        'Not a rule',
        'body/provider: There is no provider "tali"; did you mean "tally"?',
        'docs/faults.md has a recipe for each effect.',
      ],
      { body: { ...RULE, provider: 'tali' } },
    ),
    refused(
      409,
      '/faults',
      ['There is one already', 'There is a rule "lost" already.', 'PUT /_emulator/faults/{id} replaces it.'],
      { before: arm, body: { id: 'lost', ...RULE } },
    ),
  ],
  clearFaults: [done('/faults', { before: arm })],
  getFault: [
    ok('/faults/lost', ARMED, { before: arm }),
    refused(404, '/faults/lsot', NO_RULE, { before: arm }),
    refused(400, '/faults/a%20b', [
      'Not what the act takes',
      'path/id must match pattern "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"',
      DOCUMENT_HINT,
    ]),
  ],
  putFault: [
    { status: 201, path: '/faults/lost', body: RULE, answer: ARMED },
    ok('/faults/lost', { ...ARMED, times: 2, remaining: 2 }, { before: arm, body: { ...RULE, times: 2 } }),
    refused(
      400,
      '/faults/lost',
      ['Not a rule', 'body/id is "other", but the path says "lost".', 'docs/faults.md has a recipe for each effect.'],
      { body: { id: 'other', ...RULE } },
    ),
  ],
  deleteFault: [done('/faults/lost', { before: arm }), refused(404, '/faults/lsot', NO_RULE, { before: arm })],
  ...RECORD_CASES,
};
