import { describe, expect, it } from 'vitest';

import { ConfigError } from '../../src/config/config.ts';
import type { EmulatorOptions } from '../../src/config/options.ts';
import { createApp } from '../../src/compose/emulator.ts';
import { done, ok, startControl, type ControlApi } from '../control/api.ts';
import { createFiles } from '../support/folder.ts';

const WORLD = `extends: default
faults:
  - id: down
    provider: klaim
    operation: listUsers
    effect: { status: 503 }
    times: 1
  - effect: { status: 500 }
    match: { headers: { X-Test: broken } }
`;

function armed(id: string, more: object): object {
  const usual = { phase: 'before', skip: 0, probability: 1, enabled: true, fired: 0, remaining: null };
  return { ...usual, id, ...more };
}

const SEEDED = [
  armed('down', { provider: 'klaim', operation: 'listUsers', effect: { status: 503 }, times: 1, remaining: 1 }),
  armed('seeded-1', { effect: { status: 500 }, match: { headers: { 'X-Test': 'broken' } } }),
];

async function listEffects({ get }: ControlApi): Promise<unknown> {
  const { body } = await get('/faults');
  return (body as { faults: { id: string; effect: unknown }[] }).faults.map(({ id, effect }) => [id, effect]);
}

/** One file of faults for each text. */
async function startWith(...texts: readonly string[]): Promise<ControlApi> {
  const files = createFiles(Object.fromEntries(texts.map((text, index) => [`${index}.yaml`, text])));
  return startControl({ faults: Object.values(files) });
}

describe('rules of a fixture', () => {
  it('are armed in every new sandbox, where each counts for itself, and again after a reset', async () => {
    const { 'world.yaml': file } = createFiles({ 'world.yaml': WORLD });
    const api = await startControl({ fixtures: [file] });
    const other = api.in('other');
    expect(await api.get('/faults')).toEqual(ok({ faults: SEEDED }));
    expect(await api.call('get', '/klaim/users')).toMatchObject({ status: 503 });
    expect(await api.call('get', '/klaim/users')).toMatchObject({ status: 200 });
    expect(await other.get('/faults')).toEqual(ok({ faults: SEEDED }));
    expect(await other.call('get', '/klaim/users')).toMatchObject({ status: 503 });
    await api.delete('/faults/seeded-1');
    await api.post('/faults', { effect: { status: 429 } });
    expect(await api.post('/reset')).toEqual(done);
    expect(await api.get('/faults')).toEqual(ok({ faults: SEEDED }));
    expect(await api.call('get', '/klaim/users')).toMatchObject({ status: 503 });
  });

  it('are those of what it extends, too, unless it replaces them', async () => {
    const { 'mine.yaml': mine } = createFiles({
      'base.yaml': 'faults:\n  - { id: a, effect: { status: 500 } }\n  - { id: b, effect: { status: 501 } }\n',
      'mine.yaml':
        'extends: base.yaml\nfaults:\n  - { id: c, effect: { status: 502 } }\n  - { id: a, effect: { status: 503 } }\n',
    });
    expect(await listEffects(await startControl({ fixtures: ['default', mine] }))).toEqual([
      ['a', { status: 503 }],
      ['b', { status: 501 }],
      ['c', { status: 502 }],
    ]);
  });

  it.each([
    ['{ "extends": "default", "faults": [{ "id": "a", "effect": { "delay": 0 } }] }', [['a', { delay: 0 }]]],
    ['extends: default\nfaults: []\n', []],
  ])('may be JSON, and none: %j', async (text, effects) => {
    const { 'world.json': file } = createFiles({ 'world.json': text });
    expect(await listEffects(await startControl({ fixtures: [file] }))).toEqual(effects);
  });
});

describe('rules of files of faults', () => {
  it.each(['- { id: a, effect: { status: 503 } }\n', '$schema: x\nfaults:\n  - { id: a, effect: { status: 503 } }\n'])(
    'are a list, or a mapping with a list: %j',
    async (text) => {
      const api = await startWith(text);
      expect(await listEffects(api)).toEqual([['a', { status: 503 }]]);
      expect(await api.call('get', '/klaim/users')).toMatchObject({ status: 503 });
      expect(await api.in('other').call('get', '/klaim/users')).toMatchObject({ status: 503 });
    },
  );

  it('replace those of the same id in earlier files and in fixtures, in their place', async () => {
    const files = createFiles({
      'world.yaml': WORLD,
      'first.yaml': '- { id: b, effect: { status: 500 } }\n- { id: c, effect: { status: 501 } }\n',
      'second.yaml': '- { id: b, effect: { status: 502 } }\n- { id: down, effect: { status: 504 } }\n',
    });
    const api = await startControl({
      fixtures: [files['world.yaml']],
      faults: [files['first.yaml'], files['second.yaml']],
    });
    expect(await listEffects(api)).toEqual([
      ['down', { status: 504 }],
      ['seeded-1', { status: 500 }],
      ['b', { status: 502 }],
      ['c', { status: 501 }],
    ]);
  });

  it('are given ids one after another, over all files', async () => {
    const nameless =
      '- { effect: { status: 500 } }\n- { id: a, effect: { status: 500 } }\n- { effect: { status: 500 } }\n';
    const api = await startWith(nameless, nameless);
    const ids = ((await listEffects(api)) as [string, unknown][]).map(([id]) => id);
    expect(ids).toEqual(['seeded-1', 'a', 'seeded-2', 'seeded-3', 'seeded-4']);
    expect(await api.post('/faults', { effect: { status: 500 } })).toMatchObject({ body: { id: 'fault-1' } });
  });

  it('are never given an id that another one has', async () => {
    const api = await startWith('- { id: seeded-1, effect: { status: 500 } }\n', '- { effect: { status: 503 } }\n');
    expect(await listEffects(api)).toEqual([
      ['seeded-1', { status: 500 }],
      ['seeded-2', { status: 503 }],
    ]);
  });

  it('count their time from the beginning of the sandbox', async () => {
    const api = await startWith('- { id: a, effect: { status: 503 }, ttl: PT1H }\n');
    await api.post('/clock/advance', { by: 'PT1H' });
    expect(await api.call('get', '/klaim/users')).toMatchObject({ status: 200 });
    await api.post('/reset');
    expect(await api.call('get', '/klaim/users')).toMatchObject({ status: 503 });
  });
});

async function refusal(options: EmulatorOptions, file: string): Promise<string> {
  const error: unknown = await createApp(options).catch((refused: unknown) => refused);
  expect(error).toBeInstanceOf(ConfigError);
  return (error as ConfigError).message.replaceAll(file, '');
}

describe('a start is refused with file, line, column and path', () => {
  const good = '- { id: good, effect: { status: 500 } }\n';

  it.each([
    [
      'an unknown provider',
      `${good}- { provider: kliam, effect: { status: 500 } }\n`,
      ':2:5: [1].provider: There is no provider "kliam"; did you mean "klaim"?',
    ],
    [
      'an unknown operation',
      `- provider: klaim\n  operation: listUser\n  effect: { status: 500 }\n`,
      ':2:3: [0].operation: "klaim" has no operation "listUser"; did you mean "listUsers"?',
    ],
    [
      'an unknown code',
      `- provider: klaim\n  effect:\n    code: CONFLCIT\n`,
      ':3:5: [0].effect.code: "klaim" has no code "CONFLCIT"; did you mean "CONFLICT"?',
    ],
    [
      'an impossible phase',
      `- effect: { body: truncate }\n  phase: after\n`,
      ':2:3: [0].phase: A body needs the phase "during", not "after".',
    ],
    [
      'a misspelt field',
      `- effect: { status: 500 }\n  oparation: listUsers\n`,
      ':2:3: [0].oparation: "oparation" is not known here; did you mean "operation"?',
    ],
    [
      'an id that is there twice',
      `${good}- { effect: { delay: 1 }, id: good }\n`,
      ':2:27: [1].id: The rule id "good" is used twice. Rename one.',
    ],
    ['a rule that is none', `${good}- status\n`, ':2:3: [1]: must be object'],
    ['an unknown key', 'fautls: []\n', ':1:1: fautls: "fautls" is not a valid key in a faults file.'],
    ['no list', 'faults: { status: 500 }\n', ':1:1: faults: "faults" must be a list of rules.'],
  ])('for %s in a file of faults', async (_, text, expected) => {
    const { 'faults.yaml': file } = createFiles({ 'faults.yaml': text });
    expect(await refusal({ faults: [file] }, file)).toEqual(expected);
  });

  it.each([
    [
      'extends: default\nfaults:\n  - effect: { status: 500 }\n    provider: kliam\n',
      ':4:5: faults[0].provider: There is no provider "kliam"; did you mean "klaim"?',
    ],
    ['klaim: {}\nfaults: { a: 1 }\n', ':2:1: faults: "faults" must be a list of rules.'],
    [
      'extends: default\nklaim:\n  users:\n    - { app_id: app_lantern, email: a@b.example, fault: code=CONFLCIT }\n',
      ':4:50: klaim.users[0].fault: "klaim" has no code "CONFLCIT"; did you mean "CONFLICT"?',
    ],
  ])('for the fixture %j', async (text, message) => {
    const { 'world.yaml': file } = createFiles({ 'world.yaml': text });
    expect(await refusal({ fixtures: [file] }, file)).toBe(message);
  });

  it('for JSON', async () => {
    const { 'faults.json': file } = createFiles({ 'faults.json': '[\n  { "effect": { "staus": 500 } }\n]\n' });
    expect(await refusal({ faults: [file] }, file)).toBe(
      ':2:17: [0].effect.staus: "staus" is not known here; did you mean "status"?',
    );
  });

  it('for everything that is wrong with the shape of a rule, a line each', async () => {
    const { 'faults.yaml': file } = createFiles({
      'faults.yaml': '- effect: { status: 1 }\n  times: 0\n  foreign: 1\n',
    });
    expect((await refusal({ faults: [file] }, file)).split('\n').sort()).toEqual([
      ':1:13: [0].effect.status: must be >= 200',
      ':2:3: [0].times: must be >= 1',
      ':3:3: [0].foreign: "foreign" is not known here. Known: id, provider, operation, match, phase, effect, skip, times, probability, ttl, enabled.',
    ]);
  });

  it('for a file that is not there', async () => {
    await expect(createApp({ faults: ['none.yaml'] })).rejects.toThrow(
      new ConfigError('There is no file "none.yaml".'),
    );
  });
});
