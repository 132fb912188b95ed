import supertest from 'supertest';
import { describe, expect, it } from 'vitest';

import type { EmulatorOptions } from '../src/config/options.ts';
import { createApp } from '../src/compose/emulator.ts';
import { startApp } from './support/emulator.ts';
import { createFiles } from './support/folder.ts';
import { testLogger } from './support/log.ts';
import { tally } from './support/providers.ts';

const KEY = { Authorization: 'Bearer mine' };
const APP = 'klaim:\n  apps:\n    - { app_id: app, name: App, api_key: mine }\n';

/** The balance of each user, from a fresh emulator. */
async function readUsers(options: EmulatorOptions, headers = KEY): Promise<unknown> {
  const api = await startApp(options);
  const list = await api.get('/klaim/users').set(headers).expect(200);
  const { data: users } = list.body as { data: Record<string, unknown>[] };
  return Object.fromEntries(users.map(({ user_id, credit_balance }) => [user_id, credit_balance]));
}

describe('fixtures', () => {
  it('hold nothing but what is in the file', async () => {
    const { 'mine.yaml': file } = createFiles({
      'mine.yaml': `${APP}  users:\n    - { app_id: app, user_id: ada, email: ada@a.example, credit_balance: 5 }\n`,
    });
    expect(await readUsers({ fixtures: [file] })).toEqual({ ada: 5 });
  });

  it('may be JSON, with tabs and escapes', async () => {
    const user = { app_id: 'app', user_id: 'ada "/" \u{1F600}', email: 'ada@a.example' };
    const fixture = { klaim: { apps: [{ app_id: 'app', name: 'App', api_key: 'mine' }], users: [user] } };
    const { 'mine.json': file } = createFiles({ 'mine.json': JSON.stringify(fixture, undefined, '\t') });
    expect(await readUsers({ fixtures: [file] })).toEqual({ 'ada "/" \u{1F600}': 0 });
  });

  it('add to and override earlier ones, record by record', async () => {
    const { 'one.yaml': one, 'two.yaml': two } = createFiles({
      'one.yaml': `${APP}  users:
    - { app_id: app, user_id: ada, email: ada@a.example, name: Ada, credit_balance: 5 }
    - { app_id: app, user_id: bo, email: bo@a.example, credit_balance: 5 }
`,
      'two.yaml': `klaim:
  users:
    - { app_id: app, user_id: ada, email: ada@b.example, credit_balance: 50 }
    - { app_id: app, user_id: cy, email: cy@a.example, credit_balance: 1 }
`,
    });
    expect(await readUsers({ fixtures: [one, two] })).toEqual({ ada: 50, bo: 5, cy: 1 });
    const api = await startApp({ fixtures: [one, two] });
    const ada = await api.get('/klaim/users/ada').set(KEY).expect(200);
    expect(ada.body).toMatchObject({ email: 'ada@b.example', credit_balance: 50 });
    expect(ada.body).not.toHaveProperty('name');
  });

  it('add to the default ones where they extend them', async () => {
    const { 'mine.yaml': file } = createFiles({
      'mine.yaml': `extends: default
klaim:
  users:
    - { app_id: app_harbor, user_id: finn, email: finn@harbor.example, credit_balance: 1 }
    - { app_id: app_harbor, user_id: gus, email: gus@harbor.example, credit_balance: 2 }
`,
    });
    const users = { ada: 50, finn: 1, gus: 2 };
    expect(await readUsers({ fixtures: [file] }, { Authorization: 'Bearer klaim_test_harbor' })).toEqual(users);
  });

  it('extend a file that is named from where they are', async () => {
    const { 'ours/mine.yaml': file } = createFiles({
      'base.yaml': APP,
      'ours/mine.yaml': 'extends: ../base.yaml\nklaim: { users: [{ app_id: app, user_id: ada, email: a@a.example }] }',
    });
    expect(await readUsers({ fixtures: [file] })).toEqual({ ada: 0 });
  });

  it('place instants by the clock', async () => {
    const user = '{ app_id: app, user_id: ada, email: ada@a.example, created_at: now-P30D }';
    const { 'mine.yaml': file } = createFiles({ 'mine.yaml': `${APP}  users: [${user}]\n` });
    const api = await startApp({ fixtures: [file], clock: '2026-03-31T12:00:00Z' });
    const ada = await api.get('/klaim/users/ada').set(KEY).expect(200);
    expect(ada.body).toMatchObject({ created_at: Date.parse('2026-03-01T12:00:00Z') });
  });

  it('set clock and random seed where no option does, the last one first', async () => {
    const { 'one.yaml': one, 'two.yaml': two } = createFiles({
      'one.yaml': `clock: 2001-01-01T00:00:00Z\nrandomSeed: 1\n${APP}`,
      'two.yaml': 'clock: 2002-01-01T00:00:00Z\nrandomSeed: 2\n',
    });
    const seeded = await describeChance({ fixtures: [one, two] });
    expect(seeded.now).toBe('2002-01-01T00:00:00.000Z');
    expect(await describeChance({ fixtures: [one], clock: '2002-01-01T00:00:00Z', randomSeed: 2 })).toEqual(seeded);
    expect(await describeChance({ fixtures: [one, two], randomSeed: 1 })).not.toEqual(seeded);
  });

  it('pass over the section of a known provider that is switched off', async () => {
    const { 'mine.yaml': file } = createFiles({ 'mine.yaml': APP });
    const api = await startApp({ fixtures: [file], providers: [tally] });
    await api.get('/_emulator/health').expect(200);
  });
});

/** The clock, and what chance makes of the first new user. */
async function describeChance(options: EmulatorOptions): Promise<{ now: unknown; user: unknown }> {
  const api = supertest(await createApp(options, testLogger));
  const clock = await api.get('/_emulator/clock').expect(200);
  const user = await api.post('/klaim/users').set(KEY).send({ email: 'new@a.example' });
  return { now: (clock.body as { now: unknown }).now, user: user.body };
}

describe('a fixture or a file of faults with more mistakes than anybody would read', () => {
  it('is refused for the first ten, each with its place', async () => {
    const many = Array.from({ length: 200_000 }, () => '[]').join(',\n');
    const { 'mine.json': world, 'faults.json': faults } = createFiles({
      'mine.json': `{\n"clock": "2026-01-01T00:00:00Z", "klaim": { "apps": [\n${many}\n] } }`,
      'faults.json': `{ "faults": [\n${many}\n] }`,
    });
    const more = 'More errors follow.';
    const toLines = (file: string, first: number, path: string): readonly string[] => [
      ...Array.from({ length: 10 }, (_, index) => `${file}:${first + index}:1: ${path}[${index}]: must be object`),
      more,
    ];
    await expect(createApp({ fixtures: [world] })).rejects.toThrow(toLines(world, 3, 'klaim.apps').join('\n'));
    await expect(createApp({ faults: [faults] })).rejects.toThrow(toLines(faults, 2, 'faults').join('\n'));
  });

  it('is located also where names have escapes and lists lie in lists', async () => {
    const { 'mine.json': world } = createFiles({
      'mine.json': '{ "cl\\u006fck" : "2026-01-01T00:00:00Z",\n  "a": {"}": [1, "]", {"b,": "\\""}]}, "klaim": 5 }',
    });
    await expect(createApp({ fixtures: [world] })).rejects.toThrow(`${world}:2:3: a: "a" is not a provider`);
  });
});
