import { describe, expect, it } from 'vitest';

import type { Provider } from '../../src/core/provider/provider.ts';
import { takeLogged } from '../support/log.ts';
import { tally } from '../support/providers.ts';
import { DOCUMENT_HINT, problem, startControl, type Answer, type ControlApi } from './api.ts';

const APP = { app_id: 'app_a', name: 'A', api_key: 'key_a' };
const USER = { app_id: 'app_a', user_id: 'u', email: 'u@a.example' };
const HINT = 'Nothing was changed. Send a document in the format of fixtures.';

function badState(detail: unknown): Answer {
  return problem(400, 'Invalid state', detail, HINT);
}

async function look({ get }: ControlApi): Promise<readonly Answer[]> {
  return [await get('/state'), await get('/ledger'), await get('/requests'), await get('/clock')];
}

const klaim = (users: unknown, apps: unknown = [APP]): object => ({ klaim: { apps, users } });
const matching = (pattern: RegExp): string => expect.stringMatching(pattern) as string;

/** Each has a first user that would exist if any part of the document were applied. */
const FAULTS: readonly (readonly [name: string, document: object, detail: string])[] = [
  ['a provider that is none', { klaym: {} }, 'klaym: "klaym" is not a provider; did you mean "klaim"?'],
  ['a key that is none', { clocks: '' }, 'clocks: "clocks" is not a provider; did you mean "clock"?'],
  [
    'faults',
    { faults: [{ effect: { status: 500 } }] },
    'faults: A state has its rules under emulator, as GET /_emulator/state returns them; add others with POST /_emulator/faults.',
  ],
  ['a clock that is not an instant', { clock: 'noon' }, matching(/clock: "noon" is not an instant/)],
  ['a clock that is not text', { clock: 5 }, 'clock: "clock" must be a string.'],
  ['a section that is not a mapping', { klaim: [] }, 'klaim: must be object'],
  ['a section of the wrong shape', klaim({}), 'klaim.users: must be array'],
  [
    'a field that is none',
    klaim([], [{ ...APP, color: 'red' }]),
    matching(/^body: klaim\.apps\[0\]\.color: "color" is not known here/),
  ],
  [
    'a field that is missing',
    klaim([USER, { app_id: 'app_a' }]),
    "klaim.users[1]: must have required property 'email'",
  ],
  [
    'a broken reference',
    klaim([USER, { app_id: 'app_b', email: 'x@b.example' }]),
    'klaim.users[1].app_id: There is no app "app_b".',
  ],
  ['a duplicate', klaim([], [APP, { ...APP, api_key: 'b' }]), 'klaim.apps[1].app_id: The app "app_a" appears twice.'],
  [
    'a duplicate key',
    klaim([], [APP, { ...APP, app_id: 'app_b' }]),
    'klaim.apps[1].api_key: The app "app_a" has the same api_key.',
  ],
  [
    'a duplicate e-mail',
    klaim([USER, { ...USER, user_id: 'v' }]),
    'klaim.users[1].email: The user "u" has the same email.',
  ],
  [
    'an instant that is none',
    klaim([{ ...USER, created_at: 'yesterday' }]),
    matching(/^body: klaim\.users\[0\]\.created_at: "yesterday" is not an instant/),
  ],
  [
    'a balance that is none',
    klaim([{ ...USER, credit_balance: '1e3' }]),
    matching(/^body: klaim\.users\[0\]\.credit_balance: /),
  ],
  [
    'a magic subject whose fault is none',
    klaim([{ ...USER, fault: 'statsu=500' }]),
    'klaim.users[0].fault: There is no "statsu" here; did you mean "status"?',
  ],
  [
    'a magic subject whose fault has an impossible phase',
    klaim([USER, { ...USER, user_id: 'v', email: 'v', fault: 'body=truncate; phase=after' }]),
    'klaim.users[1].fault: A body needs the phase "during", not "after".',
  ],
  [
    'two magic subjects of one name',
    klaim(
      ['app_a', 'app_b'].map((app_id) => ({ ...USER, app_id, fault: 'status=500' })),
      [APP, { app_id: 'app_b', name: 'B', api_key: 'key_b' }],
    ),
    'klaim.users[1].fault: The user "u" of the app "app_a" has a fault, too.',
  ],
  [
    'a world to extend',
    { extends: 'default' },
    'extends: A state is complete and extends nothing; send the records of the other fixture.',
  ],
  [
    'a random seed',
    { randomSeed: 7 },
    'randomSeed: A state has it under emulator, as GET /_emulator/state returns it.',
  ],
];

describe('PUT /_emulator/state', () => {
  it.each(FAULTS)('changes nothing for %s, and says where it is', async (_, document, detail) => {
    const api = await startControl();
    await api.change('ada', 1);
    await api.put('/clock', { now: '2026-06-01T00:00:00Z' });
    const before = await look(api);
    const whole = typeof detail === 'string' ? `body: ${detail}` : detail;
    expect(await api.put('/state', document)).toEqual(badState(whole));
    expect(await look(api)).toEqual(before);
  });

  it('changes nothing for an error in the last section only, and scheduled items still happen', async () => {
    const { call, put, post, get } = await startControl({ providers: ['klaim', tally] });
    await call('post', '/tally/counters/a/later', { by: 1, in: 1000 });
    const before = await get('/state');
    expect(await put('/state', { klaim: { apps: [APP] }, tally: { counters: [{ name: 'a', count: 1.5 }] } })).toEqual(
      badState('body: tally.counters[0].count: must be integer'),
    );
    expect(await get('/state')).toEqual(before);
    await post('/clock/advance', { by: 'PT1S' });
    expect(await get('/accounts?provider=tally')).toMatchObject({
      body: { accounts: [{ account: 'a', balance: '1' }] },
    });
  });

  it('changes nothing if a provider throws for its section', async () => {
    const breaking: Provider = {
      ...tally,
      fixture: {
        ...tally.fixture,
        load: (section, state, context) => {
          tally.fixture.load(section, state, context);
          throw new Error('The fixture broke.');
        },
      },
    };
    const { call, put, get } = await startControl({ providers: [breaking] });
    await call('post', '/tally/counters/a/add', { by: 1 });
    const before = await get('/state');
    expect(await put('/state', { tally: { counters: [{ name: 'b', count: 1 }] } })).toEqual(
      problem(500, 'The emulator broke', 'The emulator itself failed; its log says why.', 'Please report it.'),
    );
    expect(takeLogged()).toMatchObject([{ message: 'a bug in tally.fixture.load', fields: { operation: 'putState' } }]);
    expect(await get('/state')).toEqual(before);
  });

  it('lists every schema error at once', async () => {
    const { put } = await startControl();
    const klaim = { apps: [{ ...APP, color: 'red', api_key: 5 }] };
    expect(await put('/state', { klaim })).toEqual(
      badState(expect.stringMatching(/^body: klaim\.apps\[0\]\.color: .*\nbody: klaim\.apps\[0\]\.api_key: .*$/)),
    );
  });

  it('lists the first ten errors of a state that has millions, and says that more follow', async () => {
    const { put } = await startControl();
    const apps = Array.from({ length: 300_000 }, () => []);
    const lines = Array.from({ length: 10 }, (_, index) => `body: klaim.apps[${index}]: must be object`);
    expect(await put('/state', { klaim: { apps } })).toEqual(badState([...lines, 'More errors follow.'].join('\n')));
  });

  it('finds ten errors after as many valid records', async () => {
    const { put } = await startControl();
    const valid = Array.from({ length: 50_000 }, () => ({ ...APP, name: 'x'.repeat(100) }));
    const wrong = Array.from({ length: 10 }, () => 'no app');
    const lines = wrong.map((_, index) => `body: klaim.apps[${50_000 + index}]: must be object`);
    expect(await put('/state', { klaim: { apps: [...valid, ...wrong] } })).toEqual(badState(lines.join('\n')));
  });

  it.each([[[]], ['text'], [5], [null]])('refuses %j, which is not a mapping', async (document) => {
    const { put } = await startControl();
    expect(await put('/state', document)).toEqual(
      problem(400, 'Invalid request', 'body must be object', DOCUMENT_HINT),
    );
  });
});
