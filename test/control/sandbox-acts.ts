import { expect } from 'vitest';

import type { Sandbox } from '../../src/client.ts';
import type { EndpointId } from '../../src/control/endpoint.ts';
import { START } from '../support/emulator.ts';
import { count, done, made, ok, refused, SANDBOX, table, type Act } from './act.ts';
import { DOCUMENT_HINT } from './api.ts';

const snapshot = (sandbox: Sandbox): Promise<unknown> => sandbox.snapshots.take('before');
/** As many snapshots as there may be. */
const fill = async ({ snapshots }: Sandbox): Promise<void> => {
  for (let n = 0; n < 1000; n += 1) await snapshots.take(`n${n}`);
};
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
const listFaults = ({ faults }: Sandbox): Promise<unknown> => faults.list();
const NINE = { tally: { counters: [{ name: 'a', count: 9 }] } };
const HOLDS_NINE: Act['left'] = [({ state }) => state.get(), expect.objectContaining(NINE)];
const FROZEN = { now: START, frozen: true };
const LATER = { now: '2030-01-01T00:00:00.000Z', frozen: true };
const TAKEN = { name: 'before', at: START };
const NO_RULE = {
  title: 'No such rule',
  detail: 'No fault rule has the id "lsot"; did you mean "lost"?',
  hint: 'GET /_emulator/faults lists them.',
};
const NO_SNAPSHOT = {
  title: 'No such snapshot',
  detail: 'The sandbox "case" has no snapshot "befor"; did you mean "before"?',
  hint: 'GET /_emulator/snapshots lists those of the sandbox; PUT saves one.',
};
const NO_NAME_HINT = 'Use 1 to 64 of a-z 0-9 . _ - with a letter or digit at both ends and no "--".';
const NO_FIXTURES_HINT =
  'Nothing was changed. GET /_emulator/fixtures lists the names; docs/fixtures.md shows the format.';
const NO_WORLD = {
  title: 'Invalid fixtures',
  detail: 'There is no world "defualt"; did you mean "default"? Known: default, flaky, lost-answers, outage, slow.',
  hint: NO_FIXTURES_HINT,
};
const NO_INSTANT = '"noon" is not an instant: write RFC 3339 such as 2026-01-01T00:00:00Z.';
const INSTANT_HINT = 'Write RFC 3339, such as 2026-01-01T00:00:00Z.';

/** Endpoints about the state, time and faults of a sandbox. */
export const SANDBOX_ACTS = {
  loadFixtures: [
    done('/fixtures', {
      body: { names: ['default'], data: NINE },
      left: HOLDS_NINE,
      call: ['fixtures.load', { names: ['default'], data: NINE }],
      words: ['fixtures', 'load', 'default', 'state.json'],
      printed: { loaded: ['default', 'state.json'] },
    }),
    refused(400, '/fixtures', {
      ...NO_WORLD,
      body: { names: ['defualt'] },
      call: ['fixtures.load', { names: ['defualt'] }],
      words: ['fixtures', 'load', 'defualt'],
    }),
  ],
  reset: [
    done('/reset', {
      before: arm,
      body: { keep: ['faults'] },
      left: [listFaults, { faults: [ARMED] }],
      call: ['reset', { keep: ['faults'] }],
    }),
    done('/reset', {
      before: arm,
      left: [listFaults, { faults: [] }],
      call: ['reset'],
      words: ['reset'],
      printed: { reset: SANDBOX },
    }),
    refused(400, '/reset', {
      ...NO_WORLD,
      body: { fixtures: ['defualt'] },
      call: ['reset', { fixtures: ['defualt'] }],
    }),
  ],
  getState: [
    ok('/state', {
      answer: { clock: START, tally: { counters: [{ name: 'a', count: 5 }] }, emulator: expect.any(Object) as unknown },
      before: count,
      call: ['state.get'],
      words: ['state', 'get'],
      shown: expect.stringMatching(/^\{"clock":.*,"tally":\{"counters":.*\}\n$/),
    }),
  ],
  putState: [
    done('/state', {
      body: NINE,
      left: HOLDS_NINE,
      call: ['state.put', NINE],
      words: ['state', 'put', 'state.json'],
      printed: { put: SANDBOX },
    }),
    refused(400, '/state', {
      title: 'Invalid state',
      detail: 'body: tali: "tali" is not a provider; did you mean "tally"?',
      hint: 'Nothing was changed. Send a document in the format of fixtures.',
      body: { tali: {} },
      call: ['state.put', { tali: {} }],
      words: ['state', 'put', 'wrong.json'],
    }),
  ],
  listSnapshots: [
    ok('/snapshots', {
      answer: { snapshots: [TAKEN] },
      before: snapshot,
      call: ['snapshots.list'],
      words: ['snapshot', 'list'],
      shown: table('NAME    AT', `before  ${START}`),
    }),
  ],
  takeSnapshot: [
    made('/snapshots/before', {
      answer: TAKEN,
      call: ['snapshots.take', 'before'],
      words: ['snapshot', 'save', 'before'],
    }),
    ok('/snapshots/before', { answer: TAKEN, before: snapshot }),
    ok('/snapshots/n7', { answer: { name: 'n7', at: START }, before: fill }),
    refused(400, '/snapshots/No%20Name', {
      title: 'Invalid name',
      detail: '"No Name" cannot name a snapshot.',
      hint: NO_NAME_HINT,
      call: ['snapshots.take', 'No Name'],
      words: ['snapshot', 'save', 'No Name'],
    }),
    refused(409, '/snapshots/before', {
      title: 'Too many snapshots',
      detail: 'The sandbox has 1000 snapshots already.',
      hint: 'DELETE /_emulator/snapshots/{name} deletes one.',
      before: fill,
    }),
  ],
  deleteSnapshot: [
    done('/snapshots/before', {
      before: snapshot,
      left: [({ snapshots }) => snapshots.list(), { snapshots: [] }],
      call: ['snapshots.delete', 'before'],
      words: ['snapshot', 'delete', 'before'],
      printed: { deleted: 'before' },
    }),
    refused(404, '/snapshots/befor', {
      ...NO_SNAPSHOT,
      before: snapshot,
      call: ['snapshots.delete', 'befor'],
      words: ['snapshot', 'delete', 'befor'],
    }),
  ],
  restoreSnapshot: [
    done('/snapshots/before/restore', {
      before: async (sandbox) => [await snapshot(sandbox), await sandbox.clock.advance('PT1H')],
      left: [({ clock }) => clock.get(), FROZEN],
      call: ['snapshots.restore', 'before'],
      words: ['snapshot', 'restore', 'before'],
      printed: { restored: 'before' },
    }),
    refused(404, '/snapshots/befor/restore', {
      ...NO_SNAPSHOT,
      before: snapshot,
      call: ['snapshots.restore', 'befor'],
      words: ['snapshot', 'restore', 'befor'],
    }),
  ],
  getClock: [
    ok('/clock', { answer: FROZEN, call: ['clock.get'], words: ['clock', 'show'], shown: `${START} frozen\n` }),
    ok('/clock', { answer: FROZEN, words: ['clock'], shown: `${START} frozen\n` }),
  ],
  putClock: [
    ok('/clock', {
      answer: LATER,
      body: { now: '2030-01-01T00:00:00Z' },
      call: ['clock.set', new Date('2030-01-01T00:00:00Z')],
      words: ['clock', 'set', '2030-01-01T00:00:00Z'],
      shown: '2030-01-01T00:00:00.000Z frozen\n',
    }),
    ok('/clock', {
      answer: LATER,
      body: { now: '2030-01-01T00:00:00Z', frozen: true },
      call: ['clock.freeze', '2030-01-01T00:00:00Z'],
      words: ['clock', 'freeze', '2030-01-01T00:00:00Z'],
      shown: '2030-01-01T00:00:00.000Z frozen\n',
    }),
    ok('/clock', {
      answer: FROZEN,
      body: { frozen: true },
      call: ['clock.freeze'],
      words: ['clock', 'freeze'],
      shown: `${START} frozen\n`,
    }),
    ok('/clock', {
      answer: { now: expect.stringMatching(/^2026-01-01T00:00:0/) as unknown, frozen: false },
      body: { frozen: false },
      call: ['clock.run'],
      words: ['clock', 'run'],
      shown: expect.stringMatching(/^2026-01-01T00:00:0\S+Z running\n$/),
    }),
    refused(400, '/clock', {
      title: 'Invalid instant',
      detail: NO_INSTANT,
      hint: INSTANT_HINT,
      body: { now: 'noon' },
      call: ['clock.set', 'noon'],
      words: ['clock', 'set', 'noon'],
    }),
    refused(400, '/clock', {
      title: 'Invalid instant',
      detail: NO_INSTANT.replace('noon', ''),
      hint: INSTANT_HINT,
      body: { now: '', frozen: true },
      call: ['clock.freeze', ''],
      words: ['clock', 'freeze', ''],
    }),
  ],
  advanceClock: [
    ok('/clock/advance', {
      answer: { now: '2026-01-01T01:00:00.000Z', frozen: true },
      body: { by: 'PT1H' },
      call: ['clock.advance', 'PT1H'],
      words: ['clock', 'advance', 'PT1H'],
      shown: '2026-01-01T01:00:00.000Z frozen\n',
    }),
    refused(400, '/clock/advance', {
      title: 'Invalid duration',
      detail: '"an hour" is not a duration: write ISO 8601 such as PT30S, PT1H or P30D, or milliseconds.',
      hint: 'Write ISO 8601, such as PT1H, or milliseconds.',
      body: { by: 'an hour' },
      call: ['clock.advance', 'an hour'],
      words: ['clock', 'advance', 'an hour'],
    }),
  ],
  listFaults: [
    ok('/faults', {
      answer: { faults: [ARMED] },
      before: arm,
      call: ['faults.list'],
      words: ['fault', 'list'],
      shown: table(
        'ID    CONCERNS  PHASE   EFFECT          FIRED  LEFT  ONLY',
        'lost  tally.*   before  {"status":503}  0      ∞',
      ),
    }),
  ],
  addFault: [
    made('/faults', {
      answer: ARMED,
      body: { id: 'lost', ...RULE },
      call: ['faults.add', { id: 'lost', ...RULE }],
      words: ['fault', 'add', 'tally', 'status=503', 'id=lost'],
      shown: 'lost\n',
    }),
    refused(400, '/faults', {
      title: 'Invalid rule',
      detail: 'body/provider: There is no provider "tali"; did you mean "tally"?',
      hint: 'docs/faults.md has a recipe for each effect.',
      body: { ...RULE, provider: 'tali' },
      call: ['faults.add', { ...RULE, provider: 'tali' }],
      words: ['fault', 'add', JSON.stringify({ ...RULE, provider: 'tali' })],
    }),
    refused(409, '/faults', {
      title: 'Rule exists already',
      detail: 'The rule "lost" exists already.',
      hint: 'PUT /_emulator/faults/{id} replaces it.',
      before: arm,
      body: { id: 'lost', ...RULE },
      call: ['faults.add', { id: 'lost', ...RULE }],
    }),
  ],
  clearFaults: [
    done('/faults', {
      before: arm,
      left: [listFaults, { faults: [] }],
      call: ['faults.clear'],
      words: ['fault', 'clear'],
      printed: { cleared: 'all' },
    }),
  ],
  getFault: [
    ok('/faults/lost', { answer: ARMED, before: arm, call: ['faults.get', 'lost'] }),
    refused(404, '/faults/lsot', { ...NO_RULE, before: arm, call: ['faults.get', 'lsot'] }),
    refused(400, '/faults/a%20b', {
      title: 'Invalid request',
      detail: 'path/id must match pattern "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"',
      hint: DOCUMENT_HINT,
      call: ['faults.get', 'a b'],
    }),
  ],
  putFault: [
    made('/faults/lost', { answer: ARMED, body: RULE, call: ['faults.put', 'lost', RULE] }),
    ok('/faults/lost', { answer: { ...ARMED, times: 2, remaining: 2 }, before: arm, body: { ...RULE, times: 2 } }),
    refused(400, '/faults/lost', {
      title: 'Invalid rule',
      detail: 'body/id is "other", but the path says "lost".',
      hint: 'docs/faults.md has a recipe for each effect.',
      body: { id: 'other', ...RULE },
      call: ['faults.put', 'lost', { id: 'other', ...RULE }],
    }),
  ],
  deleteFault: [
    done('/faults/lost', {
      before: arm,
      left: [listFaults, { faults: [] }],
      call: ['faults.delete', 'lost'],
      words: ['fault', 'clear', 'lost'],
      printed: { cleared: ['lost'] },
    }),
    refused(404, '/faults/lsot', {
      ...NO_RULE,
      before: arm,
      call: ['faults.delete', 'lsot'],
      words: ['fault', 'clear', 'lsot'],
    }),
  ],
} as const satisfies Partial<Record<EndpointId, readonly [Act, ...Act[]]>>;
