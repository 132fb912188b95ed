import { expect } from 'vitest';

import type { Sandbox } from '../../src/client.ts';
import { START } from '../support/emulator.ts';
import { PROOF_VERBS } from './proof-verbs.ts';
import { RECORD_VERBS, table, type Verb } from './record-verbs.ts';
import { WEBHOOK_VERBS } from './webhook-verbs.ts';
import { WHOLE_VERBS } from './whole-verbs.ts';

const LOST = { id: 'lost', provider: 'klaim', phase: 'after', effect: { status: 500 }, times: 1 } as const;
const ARMED = { ...LOST, skip: 0, probability: 1, enabled: true, fired: 0, remaining: 1 };
const arm = (sandbox: Sandbox): Promise<unknown> => sandbox.faults.add(LOST);
const clock = (now: string, frozen = true): object => ({ now, frozen });
const anything = expect.anything() as unknown;

const NO_RULE = {
  status: 404,
  title: 'No such rule',
  detail: 'There is no rule "lsot"; did you mean "lost"?',
  hint: 'GET /_emulator/faults lists them.',
};

const NO_SNAPSHOT = {
  status: 404,
  title: 'No such snapshot',
  detail: 'The sandbox "case" has no snapshot "befor"; did you mean "before"?',
  hint: 'GET /_emulator/snapshots lists those of the sandbox; PUT takes one.',
};
const NO_INSTANT = {
  status: 400,
  title: 'Not an instant',
  detail: '"noon" is not an instant: write RFC 3339 such as 2026-01-01T00:00:00Z.',
  hint: 'Write RFC 3339, such as 2026-01-01T00:00:00Z.',
};

/** In the sandbox of each verb, 25 credits of ada have been spent by the request number 1. */
export const VERBS: readonly Verb[] = [
  ...WEBHOOK_VERBS,
  ...PROOF_VERBS,
  {
    name: 'faults.add',
    act: ({ faults }) => faults.add(LOST),
    words: ['fault', 'add', JSON.stringify(LOST)],
    shown: 'lost\n',
    answer: ARMED,
    refused: {
      act: ({ faults }) => faults.add({ provider: 'klam', effect: { status: 500 } }),
      words: ['fault', 'add', 'klam', 'status=500'],
      how: {
        status: 400,
        title: 'Not a rule',
        detail: 'body/provider: There is no provider "klam"; did you mean "klaim"?',
        hint: 'docs/faults.md has a recipe for each effect.',
      },
    },
  },
  {
    name: 'faults.list',
    before: arm,
    act: ({ faults }) => faults.list(),
    words: ['fault', 'list'],
    shown: table(
      'ID    CONCERNS  PHASE  EFFECT          FIRED  LEFT  ONLY',
      'lost  klaim.*   after  {"status":500}  0      1',
    ),
    answer: { faults: [ARMED] },
  },
  {
    name: 'faults.get',
    before: arm,
    act: ({ faults }) => faults.get('lost'),
    answer: ARMED,
    refused: { act: ({ faults }) => faults.get('lsot'), how: NO_RULE },
  },
  {
    name: 'faults.put',
    before: arm,
    act: ({ faults }) => faults.put('lost', { ...LOST, times: 2 }),
    answer: { ...ARMED, times: 2, remaining: 2 },
    refused: {
      act: ({ faults }) => faults.put('lost', { ...LOST, id: 'other' }),
      how: {
        status: 400,
        title: 'Not a rule',
        detail: 'body/id is "other", but the path says "lost".',
        hint: 'docs/faults.md has a recipe for each effect.',
      },
    },
  },
  {
    name: 'faults.delete',
    before: arm,
    act: async ({ faults }) => [await faults.delete('lost'), await faults.list()],
    answer: [undefined, { faults: [] }],
    refused: { act: ({ faults }) => faults.delete('lsot'), words: ['fault', 'clear', 'lsot'], how: NO_RULE },
  },
  {
    name: 'faults.clear',
    before: arm,
    act: ({ faults }) => faults.clear(),
    words: ['fault', 'clear'],
    answer: undefined,
    printed: { cleared: 'all' },
  },
  ...RECORD_VERBS,
  ...WHOLE_VERBS,
  {
    name: 'clock.get',
    act: (sandbox) => sandbox.clock.get(),
    words: ['clock', 'show'],
    shown: `${START} frozen\n`,
    answer: clock(START),
  },
  {
    name: 'clock.freeze',
    act: (sandbox) => sandbox.clock.freeze('2026-02-01T00:00:00Z'),
    words: ['clock', 'freeze', '2026-02-01T00:00:00Z'],
    shown: '2026-02-01T00:00:00.000Z frozen\n',
    answer: clock('2026-02-01T00:00:00.000Z'),
    refused: {
      act: (sandbox) => sandbox.clock.freeze('noon'),
      words: ['clock', 'freeze', 'noon'],
      how: NO_INSTANT,
    },
  },
  {
    name: 'clock.set',
    act: (sandbox) => sandbox.clock.set(new Date('2026-02-01T12:00:00Z')),
    words: ['clock', 'set', '2026-02-01T12:00:00Z'],
    shown: '2026-02-01T12:00:00.000Z frozen\n',
    answer: clock('2026-02-01T12:00:00.000Z'),
    refused: { act: (sandbox) => sandbox.clock.set('noon'), words: ['clock', 'set', 'noon'], how: NO_INSTANT },
  },
  {
    name: 'clock.advance',
    act: (sandbox) => sandbox.clock.advance('PT1H'),
    words: ['clock', 'advance', 'PT1H'],
    shown: '2026-01-01T01:00:00.000Z frozen\n',
    answer: clock('2026-01-01T01:00:00.000Z'),
    refused: {
      act: (sandbox) => sandbox.clock.advance('an hour'),
      words: ['clock', 'advance', 'an hour'],
      how: {
        status: 400,
        title: 'Not a duration',
        detail: '"an hour" is not a duration: write ISO 8601 such as PT30S, PT1H or P30D, or milliseconds.',
        hint: 'Write ISO 8601, such as PT1H, or milliseconds.',
      },
    },
  },
  {
    name: 'clock.run',
    act: (sandbox) => sandbox.clock.run(),
    words: ['clock', 'run'],
    shown: expect.stringMatching(/^2026-01-01T00:00:0\S+Z running\n$/) as unknown,
    answer: { now: expect.stringMatching(/^2026-01-01T00:00:0/) as unknown, frozen: false },
  },
  {
    name: 'state.get',
    act: ({ state }) => state.get(),
    words: ['state', 'get'],
    shown: expect.stringMatching(/^\{"clock":.*,"klaim":\{"apps":/) as unknown,
    answer: expect.objectContaining({ clock: START, klaim: anything, emulator: anything }),
  },
  {
    name: 'state.put',
    act: async ({ state, accounts }) => [await state.put({ klaim: { apps: [], users: [] } }), await accounts.list()],
    words: ['state', 'put', 'state.json'],
    answer: [undefined, { accounts: [] }],
    printed: { put: 'case' },
    refused: {
      act: ({ state }) => state.put({ klam: {} }),
      words: ['state', 'put', 'wrong.json'],
      how: {
        status: 400,
        title: 'Not a state',
        detail: 'body: klam: "klam" is not a provider; did you mean "klaim"?',
        hint: 'Nothing was changed. Send a document in the format of fixtures.',
      },
    },
  },
  {
    name: 'reset',
    act: (sandbox) => sandbox.reset(),
    words: ['reset'],
    answer: undefined,
    printed: { reset: 'case' },
    refused: {
      act: (sandbox) => sandbox.reset({ fixtures: ['defualt'] }),
      how: {
        status: 400,
        title: 'Not fixtures',
        detail:
          'There is no world "defualt"; did you mean "default"? Known: default, flaky, lost-answers, outage, slow.',
        hint: 'Nothing was changed. GET /_emulator/fixtures lists the names; docs/fixtures.md shows the format.',
      },
    },
  },
  {
    name: 'events',
    act: async (sandbox) => {
      const told: unknown[] = [];
      for await (const { id, event, data } of sandbox.events({ after: '0', brief: true })) {
        told.push([id, event, data]);
        if (event === 'request') return told;
      }
      return told;
    },
    answer: [
      ['1', 'reset', { seq: 1, at: START, sandbox: 'case', commit: 1, how: 'start' }],
      ['2', 'change', expect.objectContaining({ seq: 2, commit: 2 })],
      [
        '3',
        'request',
        { seq: 3, at: START, sandbox: 'case', entry: expect.objectContaining({ id: 'case-1' }) as unknown },
      ],
    ] as unknown,
    refused: {
      act: (sandbox) => sandbox.events({ after: 'never' }).next(),
      how: {
        status: 400,
        title: 'Not what the act takes',
        detail: 'header/last-event-id must match pattern "^\\d{1,15}$"',
        hint: 'GET /_emulator/specs/emulator.yaml describes the control API.',
      },
    },
  },
  {
    name: 'streams',
    before: async (sandbox) => fetch(`${(await sandbox.urls())['board'] ?? ''}/notes/a/stream`),
    act: (sandbox) => sandbox.streams(),
    answer: {
      streams: [
        {
          request: 'case-2',
          at: START,
          provider: 'board',
          operation: 'followNote',
          subject: 'a',
          sent: 1,
          events: [{ at: START, event: 'data: {"name":"a","version":0,"text":""}\n\n' }],
          keptBack: [],
        },
      ],
    },
  },
  {
    name: 'fixtures.list',
    act: ({ fixtures }) => fixtures.list(),
    words: ['fixtures', 'list'],
    shown: expect.stringMatching(/^NAME +HOLDS +FAULTS\ndefault +klaim\n/) as unknown,
    answer: { fixtures: expect.arrayContaining([{ name: 'default', providers: ['klaim'], faults: [] }]) as unknown },
  },
  {
    name: 'fixtures.load',
    act: ({ fixtures }) => fixtures.load({ names: ['lost-answers'] }),
    words: ['fixtures', 'load', 'lost-answers'],
    answer: undefined,
    printed: { loaded: ['lost-answers'] },
    refused: {
      act: ({ fixtures }) => fixtures.load({ names: ['lost-answer'] }),
      words: ['fixtures', 'load', 'lost-answer'],
      how: {
        status: 400,
        title: 'Not fixtures',
        detail:
          'There is no world "lost-answer"; did you mean "lost-answers"? Known: default, flaky, lost-answers, outage, slow.',
        hint: 'Nothing was changed. GET /_emulator/fixtures lists the names; docs/fixtures.md shows the format.',
      },
    },
  },
  {
    name: 'snapshots.take',
    act: ({ snapshots }) => snapshots.take('before'),
    words: ['snapshot', 'save', 'before'],
    answer: { name: 'before', at: START },
    refused: {
      act: ({ snapshots }) => snapshots.take('No Name'),
      words: ['snapshot', 'save', 'No Name'],
      how: {
        status: 400,
        title: 'Not a name',
        detail: '"No Name" cannot name a snapshot.',
        hint: 'Use 1 to 64 of a-z 0-9 . _ - with a letter or digit at both ends and no "--".',
      },
    },
  },
  {
    name: 'snapshots.list',
    before: ({ snapshots }) => snapshots.take('before'),
    act: ({ snapshots }) => snapshots.list(),
    words: ['snapshot', 'list'],
    shown: table('NAME    AT', `before  ${START}`),
    answer: { snapshots: [{ name: 'before', at: START }] },
  },
  {
    name: 'snapshots.restore',
    before: async ({ snapshots, clock: time }) => [await snapshots.take('before'), await time.advance('PT1H')],
    act: async ({ snapshots, clock: time }) => [await snapshots.restore('before'), await time.get()],
    words: ['snapshot', 'restore', 'before'],
    answer: [undefined, clock(START)],
    printed: { restored: 'before' },
    refused: {
      act: ({ snapshots }) => snapshots.restore('befor'),
      words: ['snapshot', 'restore', 'befor'],
      how: NO_SNAPSHOT,
    },
  },
  {
    name: 'snapshots.delete',
    before: ({ snapshots }) => snapshots.take('before'),
    act: async ({ snapshots }) => [await snapshots.delete('before'), await snapshots.list()],
    words: ['snapshot', 'delete', 'before'],
    answer: [undefined, { snapshots: [] }],
    printed: { deleted: 'before' },
    refused: {
      act: ({ snapshots }) => snapshots.delete('befor'),
      words: ['snapshot', 'delete', 'befor'],
      how: NO_SNAPSHOT,
    },
  },
  {
    name: 'controls.list',
    act: ({ controls }) => controls.list(),
    words: ['control'],
    shown: table(
      'PROVIDER  NAME       DOES',
      'klaim     addMember  Add a user as a promotion or the dashboard does, and not through the API.',
    ),
    answer: { controls: [expect.objectContaining({ provider: 'klaim', name: 'addMember' })] },
  },
  {
    name: 'controls.run',
    act: ({ controls }) => controls.run('klaim', 'addMember', { app_id: 'app_lantern', email: 'gus@lantern.example' }),
    words: ['control', 'klaim', 'addMember', '{"app_id":"app_lantern","email":"gus@lantern.example"}'],
    shown: expect.stringMatching(/^\{\n {2}"klaim_id": .*"email": "gus@lantern.example",.*\n\}\n$/s) as unknown,
    answer: { result: expect.objectContaining({ email: 'gus@lantern.example' }) as unknown, entries: [] },
    refused: {
      act: ({ controls }) => controls.run('klaim', 'addMembre', {}),
      words: ['control', 'klaim', 'addMembre', '{}'],
      how: {
        status: 404,
        title: 'No such control',
        detail: 'klaim has no control "addMembre"; did you mean "addMember"?',
        hint: 'GET /_emulator/controls lists them.',
      },
    },
  },
];
