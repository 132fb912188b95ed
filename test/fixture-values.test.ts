import { describe, expect, it } from 'vitest';

import type { EmulatorOptions, FixtureValue } from '../src/config/options.ts';
import { createApp } from '../src/compose/emulator.ts';
import { LANTERN, ok, startControl } from './control/api.ts';
import { startApp, startEmulator } from './support/emulator.ts';
import { createFiles } from './support/folder.ts';
import { testLogger } from './support/log.ts';

const APP = { app_id: 'app_lantern', name: 'Lantern Notes', api_key: 'klaim_test_lantern' };

function user(id: string, credits: number): object {
  return { app_id: APP.app_id, user_id: id, email: `${id}@a.example`, credit_balance: credits };
}

describe('a fixture as a value', () => {
  it('holds nothing but what is in it', async () => {
    const api = await startControl({ fixtures: [{ klaim: { apps: [APP], users: [user('gus', 5)] } }] });
    expect(await api.get('/accounts')).toEqual(
      ok({ accounts: [{ provider: 'klaim', tenant: 'app_lantern', account: 'gus', unit: 'credits', balance: '5' }] }),
    );
  });

  it('adds to and overrides worlds, files and values before it', async () => {
    const { 'mine.json': file } = createFiles({ 'mine.json': JSON.stringify({ klaim: { users: [user('gus', 1)] } }) });
    const api = await startControl({
      fixtures: ['default', file, { klaim: { users: [user('gus', 2), user('ada', 3)] } }, { extends: 'outage' }],
    });
    await api.delete('/faults');
    expect([await api.credits('gus'), await api.credits('ada'), await api.credits('benoit')]).toEqual([2, 700, 2]);
  });

  it('is the value as it was when it was given', async () => {
    const mine = { klaim: { apps: [APP], users: [user('gus', 5)] } };
    const api = await startControl({ fixtures: [mine] });
    mine.klaim.users.length = 0;
    expect(await api.in('other').credits('gus')).toBe(5);
  });

  it('says on an emulator with ports what it says on a handler', async () => {
    const { urls } = await startEmulator({
      providers: ['klaim'],
      fixtures: [{ klaim: { apps: [APP], users: [user('gus', 5)] } }],
    });
    const answer = await fetch(`${urls.klaim}/users/gus/credits`, { headers: LANTERN });
    expect(await answer.json()).toMatchObject({ credit_balance: 5 });
  });

  it('may be a state that was taken elsewhere, which goes on', async () => {
    const there = await startControl({ providers: ['klaim', 'inveterate'], set: ['inveterate.settleAfter=PT5S'] });
    await there.change('ada', -100);
    await there.post('/faults', { id: 'twice', times: 2, effect: { status: 500 } });
    await there.call('get', '/klaim/users');
    const { body: state } = await there.get('/state');
    const here = await startControl({ providers: ['klaim', 'inveterate'], fixtures: [state as FixtureValue] });
    expect(await here.get('/state')).toEqual(ok(state));
    await here.change('ada', 1);
    await here.post('/reset');
    expect(await here.get('/state')).toEqual(ok(state));
  });

  const circle: Record<string, unknown> = {};
  circle['klaim'] = circle;

  it.each<[string, NonNullable<EmulatorOptions['fixtures']>, string | RegExp]>([
    [
      'a field that is not there',
      ['default', { klaim: { users: [{ app_id: 'a', emial: 'a@a.example' }] } }],
      "fixtures[1].klaim.users[0]: must have required property 'email'\n" +
        'fixtures[1].klaim.users[0].emial: "emial" is not known here; did you mean "email"?',
    ],
    [
      'a reference that leads nowhere',
      [{ klaim: { users: [{ app_id: 'a', email: 'a@a.example' }] } }],
      'fixtures[0].klaim.users[0].app_id: There is no app "a".',
    ],
    [
      'a provider that is not there',
      [{ klam: {} }],
      'fixtures[0].klam: "klam" is not a provider; did you mean "klaim"?',
    ],
    [
      'what it extends',
      [{ extends: 'outag' }],
      /^fixtures\[0\].extends: There is no world "outag"; did you mean "outage"/,
    ],
    ['a rule', [{ faults: [{ effect: { status: 1 } }] }], 'fixtures[0].faults[0].effect.status: must be >= 200'],
    ['the clock', [{ clock: 'noon' }], /^fixtures\[0\].clock: /],
    [
      'what JSON cannot hold',
      [circle],
      'fixtures[0]: It cannot be written as JSON: Converting circular structure to JSON',
    ],
    ['what is no fixture', [5 as unknown as string], 'fixtures must be a list, got [5].'],
  ])('is refused for %s, with its place in the option', async (_, fixtures, message) => {
    const refused = createApp({ fixtures }, testLogger);
    await (message instanceof RegExp
      ? expect(refused).rejects.toThrow(message)
      : expect(refused).rejects.toMatchObject({ message }));
  });

  it('holds instants of JavaScript as JSON has them', async () => {
    const created_at = new Date('2025-07-01T09:00:00Z');
    const fixture = { klaim: { apps: [APP], users: [{ ...user('gus', 5), created_at }] } };
    const api = await startApp({ fixtures: [fixture] });
    const gus = await api.get('/klaim/users/gus').set(LANTERN).expect(200);
    expect(gus.body).toMatchObject({ created_at: created_at.getTime() });
  });
});

it('an empty list of fixtures is the default world', async () => {
  const api = await startApp({ fixtures: [] });
  await api.get('/klaim/users/ada').set(LANTERN).expect(200);
});
