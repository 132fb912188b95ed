import { describe, expect } from 'vitest';

import { START } from '../support/emulator.ts';
import { takeLogged } from '../support/log.ts';
import { tally } from '../support/providers.ts';
import { HARBOR, it, ok, problem, startControl, type ControlApi } from './api.ts';

interface Entry {
  readonly id: string;
  readonly provider: string;
  readonly tenant: string;
  readonly account: string;
  readonly delta: string;
  readonly before: string;
  readonly after: string;
}

async function entries({ get }: ControlApi, query = ''): Promise<readonly Entry[]> {
  const { status, body } = await get(`/ledger${query}`);
  expect(status).toBe(200);
  return (body as { entries: readonly Entry[] }).entries;
}

/** Account, delta, before and after of each entry. */
async function movements(api: ControlApi, query = ''): Promise<readonly (readonly string[])[]> {
  return (await entries(api, query)).map(({ account, delta, before, after }) => [account, delta, before, after]);
}

async function ids(api: ControlApi, query: string): Promise<readonly string[]> {
  return (await entries(api, query)).map(({ id }) => id);
}

/** Entries 1 to 5 in three tenants. */
async function startBusy(): Promise<ControlApi> {
  const api = await startControl({ providers: ['klaim', tally] });
  await api.change('ada', 1);
  await api.change('esra', 1);
  await api.call('put', '/klaim/users/ada/credits', { credit_delta: 1 }, HARBOR);
  await api.call('post', '/tally/counters/ada/add', { by: 1 });
  await api.post('/controls/tally/recount', { name: 'ada', count: 5 });
  return api;
}

describe('GET /_emulator/ledger', () => {
  it('has one entry for each change of a balance, newest first', async () => {
    const { change, get } = await startControl();
    expect(await get('/ledger')).toEqual(ok({ entries: [] }));
    const first = await change('ada', -30, 'Tea');
    const second = await change('ada', 0.5);
    const entry = { at: START, provider: 'klaim', tenant: 'app_lantern', account: 'ada', unit: 'credits' };
    const origin = { cause: 'request', operation: 'updateUserCredits', key: null };
    expect(await get('/ledger')).toEqual(
      ok({
        entries: [
          { id: '2', ...entry, delta: '0.5', before: '670', after: '670.5', ...origin, requestId: second, memo: null },
          { id: '1', ...entry, delta: '-30', before: '700', after: '670', ...origin, requestId: first, memo: 'Tea' },
        ],
      }),
    );
  });

  it('keeps the key and the memo that an operation notes', async () => {
    const { call, get } = await startControl({ providers: [tally] });
    await call('post', '/tally/counters/a/add', { by: 1, key: 'k-1', memo: 'first' });
    await call('post', '/tally/counters/a/add', { by: 1 });
    const [plain, noted] = [
      { key: null, memo: null },
      { key: 'k-1', memo: 'first' },
    ];
    expect(await get('/ledger')).toMatchObject({ body: { entries: [plain, noted] } });
  });

  it('is exact to the last decimal, also through zero into debt', async ({ api }) => {
    for (const delta of [0.1, 0.2, -0.3, 1e-10, 9007199254740991, 1e21]) await api.change('benoit', delta);
    expect(await movements(api)).toEqual([
      ['benoit', '1000000000000000000000', '9007199254740993.0000000001', '1000009007199254740993.0000000001'],
      ['benoit', '9007199254740991', '2.0000000001', '9007199254740993.0000000001'],
      ['benoit', '0.0000000001', '2', '2.0000000001'],
      ['benoit', '-0.3', '2.3', '2'],
      ['benoit', '0.2', '2.1', '2.3'],
      ['benoit', '0.1', '2', '2.1'],
    ]);
    await api.post('/reset');
    for (const delta of [-3, 1, 1]) await api.change('benoit', delta);
    expect(await movements(api)).toEqual([
      ['benoit', '1', '0', '1'],
      ['benoit', '1', '-1', '0'],
      ['benoit', '-3', '2', '-1'],
    ]);
  });

  it('leaves out changes that move no balance', async () => {
    const { change, call, get } = await startControl({ providers: ['klaim', tally] });
    await change('ada', 0);
    await change('nobody', 5);
    await call('put', '/klaim/users/ada', { name: 'Ada L.' });
    await call('post', '/klaim/users', { email: 'grace@lantern.example' });
    await call('post', '/tally/counters/a/add', { by: 2_000_000 });
    await call('post', '/tally/counters/a/break');
    takeLogged();
    expect(await get('/ledger')).toEqual(ok({ entries: [] }));
  });

  it('lists scheduled items at their own instants, by their kind and without a request', async () => {
    const { call, post, get } = await startControl({ providers: [tally] });
    await call('post', '/tally/counters/a/later', { by: 5, in: 60_000 });
    await post('/clock/advance', { by: 'PT1H' });
    expect(await get('/ledger')).toMatchObject({
      body: { entries: [{ at: '2026-01-01T00:01:00.000Z', operation: 'add', requestId: null, delta: '5' }] },
    });
  });

  it('moves a balance to another account, so that every account adds up', async ({ api }) => {
    await api.change('ada', 1);
    await api.call('put', '/klaim/users/ada', { user_id: 'lovelace' });
    await api.change('lovelace', 1);
    expect(await movements(api)).toEqual([
      ['lovelace', '1', '701', '702'],
      ['lovelace', '701', '0', '701'],
      ['ada', '-701', '701', '0'],
      ['ada', '1', '700', '701'],
    ]);
    const { entries } = (await api.get('/ledger')).body as { entries: readonly { id: string }[] };
    expect(entries.map(({ id }) => id)).toEqual(['4', '3', '2', '1']);
  });

  it('adds up to the balances that accounts show', async () => {
    const api = await startControl({ providers: [tally] });
    for (const step of ['a 5', 'b 7', 'a -9', 'b 0', 'a 4']) {
      const [name = '', by] = step.split(' ');
      await api.call('post', `/tally/counters/${name}/add`, { by: Number(by) });
    }
    const sums: Record<string, number> = {};
    for (const { account, delta } of await entries(api)) sums[account] = (sums[account] ?? 0) + Number(delta);
    expect(sums).toEqual({ a: 0, b: 7 });
    expect(await api.get('/accounts')).toMatchObject({ body: { accounts: [{ balance: '0' }, { balance: '7' }] } });
  });

  it('lists the entries that match every filter', async () => {
    const api = await startBusy();
    const expected: Readonly<Record<string, readonly string[]>> = {
      'provider=klaim': ['3', '2', '1'],
      'provider=tally': ['5', '4'],
      'operation=updateUserCredits': ['3', '2', '1'],
      'operation=recount': ['5'],
      'tenant=app_harbor': ['3'],
      'tenant=shop': ['5', '4'],
      'account=ada': ['5', '4', '3', '1'],
      'account=ada&tenant=app_lantern': ['1'],
      'account=nobody': [],
      'limit=2': ['5', '4'],
      'since=3': ['5', '4'],
      'since=5': [],
      'since=2026-01-01T00:00:00Z': ['5', '4', '3', '2', '1'],
      'since=2026-01-01T00:00:00.001Z': [],
      'account=ada&limit=2&cursor=4': ['3', '1'],
    };
    const listed: Record<string, readonly string[]> = {};
    for (const query of Object.keys(expected)) listed[query] = await ids(api, `?${query}`);
    expect(listed).toEqual(expected);
  });

  it('lists every entry once, page by page, although more arrive', async () => {
    const api = await startBusy();
    expect(await api.get('/ledger?limit=3')).toMatchObject({ body: { entries: { length: 3 }, next: '3' } });
    await api.change('ada', 1);
    const { body } = await api.get('/ledger?limit=3&cursor=3');
    expect(body).toEqual({ entries: [expect.objectContaining({ id: '2' }), expect.objectContaining({ id: '1' })] });
  });

  it.each(['default-1', '2026-01-01', 'x'])('refuses since=%s, which is not the id of an entry', async (since) => {
    const { get } = await startControl();
    expect(await get(`/ledger?since=${since}`)).toEqual(
      problem(400, 'Invalid position', expect.stringContaining(`"${since}"`), expect.any(String)),
    );
  });
});

it('says from which entry on it is complete, once others were dropped to make room', async () => {
  const list = async (historyBytes: number, count: number): Promise<unknown> => {
    const api = await startControl({ journalSize: 0, historyBytes });
    for (let each = 0; each < count; each += 1) await api.change('ada', 1);
    const { entries, from } = (await api.get('/ledger')).body as { entries: readonly { id: string }[]; from?: string };
    return [entries.map(({ id }) => id), from];
  };
  // The seed takes 400 bytes, each change 900 and its body.
  expect(await list(2400, 2)).toEqual([['2', '1'], undefined]);
  expect(await list(2400, 4)).toEqual([['4', '3'], '3']);
  expect(await list(0, 2)).toEqual([[], '3']);
});
