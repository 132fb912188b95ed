import { describe, expect } from 'vitest';

import { listMagic } from '../support/magic.ts';
import { tally } from '../support/providers.ts';
import { done, it, ok, startControl, type ControlApi } from './api.ts';

const anyText = expect.any(String) as unknown;

interface AccountPage {
  readonly accounts: readonly { readonly account: string }[];
  readonly next?: string;
}

async function list({ get }: ControlApi, query = ''): Promise<AccountPage> {
  const { status, body } = await get(`/accounts${query}`);
  expect(status).toBe(200);
  return body as AccountPage;
}

async function names(api: ControlApi, query = ''): Promise<readonly string[]> {
  return (await list(api, query)).accounts.map(({ account }) => account);
}

/** Counters c100, c101, ... */
async function startCounters(count: number): Promise<ControlApi> {
  const api = await startControl({ providers: [tally] });
  const counters = Array.from({ length: count }, (_, index) => ({ name: `c${index + 100}`, count: index }));
  expect(await api.put('/state', { tally: { counters } })).toEqual(done);
  return api;
}

describe('GET /_emulator/accounts', () => {
  it('lists every balance of every provider in one format', async () => {
    const { get, call } = await startControl({ providers: ['klaim', tally] });
    await call('post', '/tally/counters/a/add', { by: -3 });
    const lantern = { provider: 'klaim', tenant: 'app_lantern', unit: 'credits' };
    const harbor = { ...lantern, tenant: 'app_harbor' };
    expect(await get('/accounts')).toEqual(
      ok({
        accounts: [
          { ...lantern, name: 'Ada Okafor', account: 'ada', balance: '700' },
          { ...harbor, name: 'Ada at Harbor', account: 'ada', balance: '50' },
          { ...lantern, name: 'Benoît Laurent', account: 'benoit', balance: '2' },
          { ...lantern, name: 'Chiyo Tanaka', account: 'chiyo@lantern.example', balance: '0' },
          { ...harbor, name: 'Finn Byrne', account: 'finn', balance: '320' },
          { ...lantern, account: '1752570000000_d4Xp7', balance: '12.5' },
          { ...lantern, name: 'Esra Demir', account: 'esra', balance: '-40' },
          ...listMagic('klaim').map(({ subject }) => ({ ...lantern, account: subject, balance: '0' })),
          { provider: 'tally', tenant: 'shop', unit: 'points', account: 'a', balance: '-3' },
        ],
      }),
    );
  });

  it.each([
    ['klaim', 'ada', 'Ada Okafor'],
    ['gamefuse', '1', 'ada'],
    ['inveterate', '6100000000001', 'Ada Okafor'],
    // A customer, a user and a team.
    ['openmonetize', '550e8400-e29b-41d4-a716-446655440000', 'Lantern AI'],
    ['openmonetize', '660e8400-e29b-41d4-a716-446655440001', 'user_001'],
    ['openmonetize', '770e8400-e29b-41d4-a716-446655440001', 'Research'],
    ['decentraland', '0x1111111111111111111111111111111111111111', undefined],
  ])('shows the name of the owner of an account if it is known: %s %s', async (provider, account, name) => {
    const { get } = await startControl({ providers: [provider] });
    const { body } = await get(`/accounts?account=${account}&limit=1`);
    expect((body as { accounts: unknown }).accounts).toEqual([
      { provider, tenant: anyText, account, ...(name !== undefined && { name }), unit: anyText, balance: anyText },
    ]);
  });

  it.each([
    ['tenant=app_harbor', ['ada', 'finn']],
    ['account=ada', ['ada', 'ada']],
    ['account=ada&tenant=app_harbor&provider=klaim', ['ada']],
    ['account=nobody', []],
    ['limit=2', ['ada', 'ada']],
  ])('with %s lists %j', async (query, expected) => {
    expect(await names(await startControl(), `?${query}`)).toEqual(expected);
  });

  it('pages through the accounts that match', async ({ api }) => {
    const first = await list(api, '?tenant=app_harbor&limit=1');
    expect(first.accounts).toMatchObject([{ account: 'ada' }]);
    const second = await list(api, `?tenant=app_harbor&limit=1&cursor=${first.next ?? ''}`);
    expect(second).toEqual({ accounts: [expect.objectContaining({ account: 'finn' })] });
  });

  it('lists a hundred unless it is asked for more, and each once, page by page', async () => {
    const api = await startCounters(101);
    expect(await list(api)).toMatchObject({ accounts: { length: 100 }, next: '100' });
    expect(await names(api, '?cursor=100')).toEqual(['c200']);
    expect(await names(api, '?limit=10000')).toHaveLength(101);
    const first = await list(api, '?limit=50');
    const second = await list(api, `?limit=50&cursor=${first.next ?? ''}`);
    const third = await list(api, `?limit=50&cursor=${second.next ?? ''}`);
    const all = [first, second, third].flatMap(({ accounts }) => accounts.map(({ account }) => account));
    expect([all, third.next]).toEqual([Array.from({ length: 101 }, (_, index) => `c${index + 100}`), undefined]);
  });

  it.each(['x', '-1', 'default-1', ''])('refuses the cursor "%s"', async (cursor) => {
    const { get } = await startControl();
    expect(await get(`/accounts?cursor=${cursor}`)).toMatchObject({ status: 400, body: { title: 'Invalid cursor' } });
  });
});
