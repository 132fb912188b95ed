import { describe, expect } from 'vitest';

import { START } from '../support/emulator.ts';
import { listMagic } from '../support/magic.ts';
import { tally } from '../support/providers.ts';
import { done, it, ok, startControl, type ControlApi } from './api.ts';

const ADA = {
  app_id: 'app_lantern',
  user_id: 'ada',
  klaim_id: expect.stringMatching(/^1751360400000_\w{5}$/) as unknown,
  email: 'ada@lantern.example',
  name: 'Ada Okafor',
  credit_balance: '700',
  created_at: '2025-07-01T09:00:00.000Z',
  acquisition_source: 'api',
  metadata: { plan: 'pro', locale: 'en-GB' },
};

/** The other part of a state, next to the sections of providers, in a fresh sandbox. */
const UNTOUCHED = { randomSeed: 1, counters: {}, due: [], rules: [], fired: {}, windows: [] };

const APP = { app_id: 'app_a', name: 'A', api_key: 'key_a' };

interface KlaimState {
  readonly clock?: string;
  readonly emulator: object;
  readonly klaim: { readonly apps: readonly object[]; readonly users: readonly { readonly user_id: string }[] };
}

async function read({ get }: ControlApi): Promise<KlaimState> {
  const { body } = await get('/state');
  return body as KlaimState;
}

describe('GET /_emulator/state', () => {
  it('returns a section per provider in the format of fixtures, the clock and the internal counters', async () => {
    const api = await startControl({ providers: ['klaim', tally] });
    await api.call('post', '/tally/counters/a/add', { by: 3 });
    const state = await read(api);
    expect(state).toEqual({
      clock: START,
      klaim: { apps: expect.any(Array) as unknown, users: expect.any(Array) as unknown },
      tally: { counters: [{ name: 'a', count: 3 }] },
      emulator: { ...UNTOUCHED, counters: { 'tally/receipt': 1 } },
    });
    expect(state.klaim.apps).toEqual([
      { app_id: 'app_lantern', name: 'Lantern Notes', api_key: 'klaim_test_lantern' },
      { app_id: 'app_harbor', name: 'Harbor Fitness', api_key: 'klaim_test_harbor' },
    ]);
    expect(state.klaim.users).toHaveLength(7 + listMagic('klaim').length);
    expect(state.klaim.users).toContainEqual(ADA);
    // A running clock is left out.
    await api.put('/clock', { frozen: false });
    expect(Object.keys(await read(api))).toEqual(['klaim', 'tally', 'emulator']);
  });
});

describe('PUT /_emulator/state', () => {
  it('lets others be served while it takes in many records', async ({ api }) => {
    const users = Array.from({ length: 20_000 }, (_, index) => ({ app_id: 'app_a', email: `u${index}@example.com` }));
    const progress = { isPut: false };
    const putting = api.put('/state', { klaim: { apps: [APP], users } }).finally(() => (progress.isPut = true));
    let served = 0;
    while (!progress.isPut) {
      expect(await api.get('/health')).toMatchObject({ status: 200 });
      served += 1;
    }
    expect(await putting).toEqual(done);
    expect(served).toBeGreaterThan(5);
    expect((await read(api)).klaim.users).toHaveLength(20_000);
  });

  it('puts back exactly the state that was read', async () => {
    const api = await startControl({ providers: ['klaim', tally] });
    await api.change('ada', -0.1);
    await api.change('ada', 1e-7);
    await api.call('post', '/klaim/users', {
      email: 'grace@lantern.example',
      metadata: JSON.parse('{"__proto__":{"a":1},"deep":[{"ü":null}]}') as object,
    });
    await api.call('post', '/tally/counters/__proto__/add', { by: 3 });
    const before = await api.get('/state');
    await api.change('ada', 5);
    expect(await api.put('/state', before.body)).toEqual(done);
    expect(await api.get('/state')).toEqual(before);
    expect(await api.in('other').put('/state', before.body)).toEqual(done);
    expect(await api.in('other').get('/state')).toEqual(before);
  });

  it('keeps balances that no JSON number holds', async () => {
    const { put, get } = await startControl();
    const user = { ...ADA, klaim_id: '1751360400000_AAAAA', credit_balance: '12345678901234567890.0000000001' };
    const state = {
      clock: START,
      klaim: { apps: [{ app_id: 'app_lantern', name: 'L', api_key: 'l' }], users: [user] },
      emulator: UNTOUCHED,
    };
    await put('/state', state);
    expect(await get('/state')).toEqual(ok(state));
  });

  it('empties everything that the document leaves out', async () => {
    const api = await startControl({ providers: ['klaim', tally] });
    await api.call('post', '/tally/counters/a/add', { by: 3 });
    for (const apps of [[APP], []]) {
      await api.put('/state', apps.length > 0 ? { klaim: { apps } } : {});
      expect(await api.get('/state')).toEqual(
        ok({ clock: START, klaim: { apps, users: [] }, tally: { counters: [] }, emulator: UNTOUCHED }),
      );
    }
  });

  it('enables the new keys and disables the old ones, and back', async () => {
    const { get, put, call } = await startControl();
    const before = (await get('/state')).body;
    await put('/state', { klaim: { apps: [APP], users: [{ app_id: 'app_a', user_id: 'u', email: 'u@a.example' }] } });
    const ask = (user: string, key: string): Promise<{ readonly status: number }> =>
      call('get', `/klaim/users/${user}/credits`, undefined, { Authorization: `Bearer ${key}` });
    expect([(await ask('u', 'key_a')).status, (await ask('u', 'klaim_test_lantern')).status]).toEqual([200, 401]);
    await put('/state', before);
    expect(await ask('ada', 'klaim_test_harbor')).toMatchObject({ status: 200, body: { credit_balance: 50 } });
  });

  it('empties the ledger, keeps the journal and continues the ids of both', async () => {
    const { put, get, change } = await startControl();
    const id = await change('ada', 1);
    const before = await get('/requests');
    await put('/state', (await get('/state')).body);
    expect(await get('/ledger')).toEqual(ok({ entries: [] }));
    expect(await get('/requests')).toEqual(before);
    expect(await get(`/requests/${id}`)).toMatchObject({ status: 200, body: { id: 'default-1' } });
    expect(await change('ada', 1)).toBe('default-2');
    expect(await get('/ledger')).toMatchObject({ body: { entries: [{ id: '2', before: '701', after: '702' }] } });
  });

  it('drops scheduled items that it does not contain', async () => {
    const { call, put, post, get } = await startControl({ providers: [tally] });
    await call('post', '/tally/counters/a/later', { by: 1, in: 1000 });
    await put('/state', {});
    await post('/clock/advance', { by: 'PT1H' });
    expect(await get('/accounts')).toEqual(ok({ accounts: [] }));
  });

  it('continues as the original sandbox would have, also in another one', async () => {
    const api = await startControl({ providers: [tally] });
    await api.call('post', '/tally/counters/a/later', { by: 1, in: 1000 });
    await api.post('/faults', { id: 'second', effect: { status: 503 }, skip: 1, times: 2, ttl: 'PT1M' });
    for (let count = 0; count < 2; count += 1) await api.call('get', '/tally/counters/b');
    const { body } = await api.get('/state');
    const other = api.in('other');
    expect(await other.put('/state', body)).toEqual(done);
    const follow = async ({ call, post, get }: ControlApi): Promise<readonly unknown[]> => [
      (await call('get', '/tally/counters/b')).status,
      (await call('get', '/tally/counters/b')).status,
      await call('post', '/tally/counters/c/add', { by: 1 }).then(({ body: receipt }) => receipt),
      await post('/clock/advance', { by: 1000 }),
      await get('/accounts'),
      await get('/faults'),
      (await get('/state')).body,
    ];
    const expected = await follow(api);
    expect(await follow(other)).toEqual(expected);
    expect(expected.slice(0, 3)).toMatchObject([503, 404, { name: 'c', count: 1 }]);
  });

  it('keeps the armed fault rules if it names none, and otherwise replaces them', async () => {
    const api = await startControl({ providers: [tally] });
    const listIds = async (): Promise<unknown> => {
      const { body } = await api.get('/faults');
      return (body as { faults: readonly { id: string }[] }).faults.map(({ id }) => id);
    };
    await api.post('/faults', { id: 'mine', effect: { delay: 1 } });
    await api.put('/state', { emulator: { randomSeed: 3 } });
    expect(await listIds()).toEqual(['mine']);
    await api.put('/state', { emulator: { rules: [{ id: 'other', effect: { delay: 1 } }] } });
    expect(await listIds()).toEqual(['other']);
    await api.put('/state', { emulator: { rules: [] } });
    expect([await listIds(), (await read(api)).emulator]).toEqual([[], { ...UNTOUCHED, randomSeed: 3 }]);
  });

  it('freezes the clock at the instant of the document, and otherwise leaves it alone', async () => {
    const { put, get } = await startControl();
    const now = { now: '2027-02-03T03:05:06.000Z', frozen: true };
    await put('/clock', { frozen: false });
    await put('/state', { clock: '2027-02-03T04:05:06+01:00' });
    expect(await get('/clock')).toEqual(ok(now));
    await put('/state', {});
    expect(await get('/clock')).toEqual(ok(now));
    await put('/clock', { frozen: false });
    await put('/state', {});
    expect(await get('/clock')).toMatchObject({ body: { frozen: false } });
  });

  it('resolves relative instants by the clock of the document, or else of the sandbox', async ({ api }) => {
    const klaim = { apps: [APP], users: [{ app_id: 'app_a', email: 'u@a.example', created_at: 'now-P1D' }] };
    const createdAt = async (): Promise<unknown> => (await read(api)).klaim.users[0];
    await api.put('/state', { klaim });
    expect(await createdAt()).toMatchObject({ created_at: '2025-12-31T00:00:00.000Z' });
    await api.put('/state', { clock: '2030-01-02T00:00:00Z', klaim });
    expect(await createdAt()).toMatchObject({ created_at: '2030-01-01T00:00:00.000Z' });
  });

  it('accepts sections of disabled providers, and a schema for editors', async () => {
    const { put } = await startControl({ providers: [tally] });
    expect(await put('/state', { $schema: './schema.json', klaim: { apps: [APP] } })).toEqual(done);
  });
});

it('leaves rules that stay as much time as they had, whatever the clock of the state', async ({ api }) => {
  const remaining = async (): Promise<unknown> =>
    ((await api.get('/faults/brief')).body as { remaining: unknown }).remaining;
  await api.post('/faults', { id: 'brief', effect: { status: 503 }, ttl: 'PT1M' });
  await api.post('/clock/advance', { by: 'PT20S' });
  await api.put('/state', { clock: '2030-01-01T00:00:00Z' });
  await api.post('/clock/advance', { by: 'PT39.999S' });
  expect(await remaining()).toBeNull();
  await api.post('/clock/advance', { by: 1 });
  expect(await remaining()).toBe(0);
});
