import { expect } from 'vitest';

import { START } from '../support/emulator.ts';
import { table, type Verb } from './record-verbs.ts';

const anyText = expect.any(String) as unknown;
const anyNumber = expect.any(Number) as unknown;
/** Where a provider is in the sandbox. */
const at = (provider: string, sandbox = 'case'): unknown =>
  expect.stringMatching(RegExp(`^http://127\\.0\\.0\\.1:\\d+/_sandbox/${sandbox}/${provider}$`));
const URLS = { klaim: at('klaim'), board: at('board') };
const MADE = {
  name: 'case',
  clock: { now: START, frozen: true },
  randomSeed: 1,
  requests: 1,
  streams: 0,
  snapshots: [],
  ttl: null,
  urls: URLS,
};
const made = (name: string, more: object = {}): object => ({
  ...{ ...MADE, name, requests: 0, urls: { klaim: at('klaim', name), board: at('board', name) } },
  ...more,
});
const NO_SANDBOX = {
  status: 404,
  title: 'No such sandbox',
  detail: 'There is no sandbox "caes"; did you mean "case"?',
  hint: 'GET /_emulator/sandboxes lists them; PUT makes one.',
};
const provider = (id: string): unknown => expect.objectContaining({ id, operations: expect.any(Array) as unknown });
const HEALTH = { status: 'ok', version: anyText, uptime: anyNumber, providers: URLS };
const ENV = {
  CREDITS_EMULATOR_URL: expect.stringMatching(/\/_sandbox\/case$/) as unknown,
  KLAIM_BASE_URL: at('klaim'),
  KLAIM_API_KEY: 'klaim_test_lantern',
};

/** Those that are about all sandboxes, or about the emulator. */
export const WHOLE_VERBS: readonly Verb[] = [
  {
    name: 'sandboxes.list',
    act: (_, { sandboxes }) => sandboxes.list(),
    words: ['sandbox', 'list'],
    shown: table(
      'NAME     CLOCK                            REQUESTS  STREAMS  SNAPSHOTS',
      `case     ${START} frozen  1         0`,
      `default  ${START} frozen  0         0`,
    ),
    answer: { sandboxes: [MADE, expect.objectContaining({ name: 'default' })] },
  },
  {
    name: 'sandboxes.get',
    act: (_, { sandboxes }) => sandboxes.get('case'),
    answer: MADE,
    refused: { act: (_, { sandboxes }) => sandboxes.get('caes'), how: NO_SANDBOX },
  },
  {
    name: 'sandboxes.create',
    act: (_, { sandboxes }) => sandboxes.create('other', { clock: '2030-01-01T00:00:00Z', randomSeed: 7 }),
    words: ['sandbox', 'create', 'other', '--clock', '2030-01-01T00:00:00Z', '--random-seed', '7'],
    answer: made('other', { clock: { now: '2030-01-01T00:00:00.000Z', frozen: true }, randomSeed: 7 }),
    refused: {
      act: (_, { sandboxes }) => sandboxes.create('No Name'),
      words: ['sandbox', 'create', 'No Name'],
      how: {
        status: 400,
        title: 'Not a name',
        detail: '"No Name" cannot name a sandbox.',
        hint: 'Use 1 to 64 of a-z 0-9 . _ - with a letter or digit at both ends and no "--".',
      },
    },
  },
  {
    name: 'sandboxes.fork',
    before: ({ snapshots }) => snapshots.take('before'),
    act: (_, { sandboxes }) => sandboxes.fork('other', 'case', 'before'),
    words: ['sandbox', 'fork', 'other', '--from', 'case', '--snapshot', 'before'],
    answer: made('other'),
    refused: {
      act: (_, { sandboxes }) => sandboxes.fork('other', 'caes'),
      words: ['sandbox', 'fork', 'other', '--from', 'caes'],
      how: NO_SANDBOX,
    },
  },
  {
    name: 'sandboxes.delete',
    act: async (_, { sandboxes }) => [await sandboxes.delete('case'), (await sandboxes.list()).sandboxes.length],
    words: ['sandbox', 'delete', 'case'],
    answer: [undefined, 1],
    printed: { deleted: 'case' },
    refused: {
      act: (_, { sandboxes }) => sandboxes.delete('caes'),
      words: ['sandbox', 'delete', 'caes'],
      how: NO_SANDBOX,
    },
  },
  {
    name: 'providers.list',
    act: (_, { providers }) => providers.list(),
    words: ['providers'],
    shown: expect.stringMatching(
      /^ID +BASE URL +OPERATIONS +KNOWN FROM\nklaim +\S+\/_sandbox\/case\/klaim +8 +6 documented, 0 observed, 2 assumed\nboard .*\n$/,
    ),
    answer: { providers: [provider('klaim'), provider('board')] },
  },
  {
    name: 'providers.get',
    act: (_, { providers }) => providers.get('klaim'),
    answer: provider('klaim'),
    refused: {
      act: (_, { providers }) => providers.get('klam'),
      how: {
        status: 404,
        title: 'No such provider',
        detail: 'There is no provider "klam"; did you mean "klaim"?',
        hint: 'GET /_emulator/providers lists them.',
      },
    },
  },
  {
    name: 'providers.document',
    act: (_, { providers }) => providers.document('emulator').then(({ openapi }) => ({ openapi })),
    answer: { openapi: '3.0.3' },
    refused: {
      act: (_, { providers }) => providers.document('klam'),
      how: {
        status: 404,
        title: 'No such document',
        detail: 'There is no document "klam.json"; did you mean "klaim.json"?',
        hint: "Ask for a provider's id or emulator, with .yaml or .json.",
      },
    },
  },
  { name: 'urls', act: (sandbox) => sandbox.urls(), answer: URLS },
  {
    name: 'env',
    act: (sandbox) => sandbox.env(),
    words: ['env'],
    shown: expect.stringMatching(
      /^CREDITS_EMULATOR_URL=\S+\/case\nKLAIM_BASE_URL=\S+\/case\/klaim\nKLAIM_API_KEY=klaim_test_lantern\n$/,
    ),
    answer: ENV,
  },
  { name: 'health', act: (sandbox) => sandbox.health(), words: ['healthcheck'], answer: HEALTH },
];
