import { describe, expect } from 'vitest';

import { tally } from '../support/providers.ts';
import { DOCUMENT_HINT, LANTERN, it, ok, problem, startControl, type ControlApi } from './api.ts';

interface RequestPage {
  readonly requests: readonly { readonly id: string }[];
  readonly next?: string;
}

async function list({ get }: ControlApi, query = ''): Promise<RequestPage> {
  const { status, body } = await get(`/requests${query}`);
  expect(status).toBe(200);
  return body as RequestPage;
}

/** The numbers in the ids of a page. */
async function numbers(api: ControlApi, query = ''): Promise<readonly number[]> {
  const { requests } = await list(api, query);
  return requests.map(({ id }) => Number(/\d+$/.exec(id)?.[0]));
}

/** Exchanges 1 to 6, of several kinds. */
async function startBusy(): Promise<ControlApi> {
  const api = await startControl({ providers: ['klaim', tally] });
  await api.change('ada', 1);
  await api.change('esra', 1);
  await api.call('get', '/klaim/users/ada/credits', undefined, {});
  await api.call('get', '/klaim/nothing');
  await api.call('post', '/tally/counters/ada/add', { by: 1 });
  await api.change('nobody', 1);
  return api;
}

describe('GET /_emulator/requests', () => {
  it('lists all exchanges, newest first, each as GET /requests/{id} does', async () => {
    const api = await startBusy();
    expect(await numbers(api)).toEqual([6, 5, 4, 3, 2, 1]);
    const { requests } = await list(api);
    const alone = await Promise.all(requests.map(({ id }) => api.get(`/requests/${id}`)));
    expect(alone).toEqual(requests.map(ok));
  });

  it('neither lists nor counts calls of the control API', async ({ api }) => {
    await api.get('/health');
    await api.put('/clock', { frozen: true });
    await api.get('/requests');
    expect(await api.change('ada', 1)).toBe('default-1');
    expect(await numbers(api)).toEqual([1]);
  });

  it('lists the exchanges that match every filter', async () => {
    const api = await startBusy();
    const expected: Readonly<Record<string, readonly number[]>> = {
      'provider=klaim': [6, 4, 3, 2, 1],
      'provider=tally': [5],
      'operation=updateUserCredits': [6, 2, 1],
      'operation=getUserCredits': [3],
      'status=200': [5, 2, 1],
      'status=404': [6, 4],
      'status=401': [3],
      'subject=ada': [5, 3, 1],
      'subject=': [],
      'unmatched=true': [4],
      'method=PUT': [6, 2, 1],
      'method=get': [4, 3],
      'method=PATCH': [],
      'path=/users/ada/credits': [3, 1],
      'path=/users/*/credits': [6, 3, 2, 1],
      'path=*nothing': [4],
      'path=/klaim/*': [],
      'body={"credit_delta":1}': [6, 2, 1],
      'body={"credit_delta":"1"}': [6, 2, 1],
      'body={"by":1}': [5],
      'body={"by":1}&provider=klaim': [],
      'body={"credit_delta":1}&limit=1&since=1': [6],
      'unmatched=false': [6, 5, 3, 2, 1],
      'provider=klaim&subject=ada&status=200': [1],
      'limit=2': [6, 5],
      'provider=klaim&limit=2': [6, 4],
      'since=default-4': [6, 5],
      'since=4': [6, 5],
      'since=0': [6, 5, 4, 3, 2, 1],
      'since=default-6': [],
      'since=default-999': [],
      'since=default-1&provider=klaim&limit=3': [6, 4, 3],
    };
    const listed: Record<string, readonly number[]> = {};
    for (const query of Object.keys(expected)) listed[query] = await numbers(api, `?${query}`);
    expect(listed).toEqual(expected);
  });

  it('lists exchanges at or after an instant', async ({ api }) => {
    for (let hour = 0; hour < 4; hour += 1) {
      await api.change('ada', 1);
      await api.post('/clock/advance', { by: 'PT1H' });
    }
    expect(await numbers(api, '?since=2026-01-01T02:00:00Z')).toEqual([4, 3]);
    expect(await numbers(api, '?since=2026-01-01T03:00:00.001%2B01:00')).toEqual([4]);
    expect(await numbers(api, '?since=2026-01-02T00:00:00Z')).toEqual([]);
    expect(await numbers(api, '?since=2025-01-01T00:00:00Z&limit=1')).toEqual([4]);
    await api.delete('/requests');
    // The clock may be set back.
    for (const now of ['2026-06-01T00:00:00Z', '2026-05-01T00:00:00Z', '2026-07-01T00:00:00Z']) {
      await api.put('/clock', { now });
      await api.change('ada', 1);
    }
    expect(await numbers(api, '?since=2026-06-01T00:00:00Z')).toEqual([7, 5]);
  });

  it.each(['yesterday', '2026-01-01', 'other-4', 'default-act-4', 'default-', '-4', '4.5', ''])(
    'refuses since=%s, which is neither an instant nor an id of this list',
    async (since) => {
      const { get } = await startControl();
      expect(await get(`/requests?since=${since}`)).toEqual(
        problem(
          400,
          'Invalid position',
          `"${since}" is neither an instant nor the id of an entry in this list.`,
          'Write RFC 3339, such as 2026-01-01T00:00:00Z, or the id of an entry.',
        ),
      );
    },
  );

  it('lists every exchange once, page by page, although more arrive', async () => {
    const api = await startBusy();
    const first = await list(api, '?provider=klaim&limit=2');
    expect(first).toEqual({ requests: [expect.any(Object), expect.any(Object)], next: '4' });
    await api.change('ada', 1);
    expect(await numbers(api, `?provider=klaim&limit=2&cursor=${first.next ?? ''}`)).toEqual([3, 2]);
    const last = await list(api, '?provider=klaim&limit=2&cursor=2');
    expect(last).toEqual({ requests: [expect.objectContaining({ id: 'default-1' })] });
    expect(Object.keys(await list(api, '?limit=7'))).toEqual(['requests']);
    expect(Object.keys(await list(api, '?limit=6'))).toEqual(['requests', 'next']);
    expect(Object.keys(await list(api, '?since=3&limit=4'))).toEqual(['requests']);
  });

  it('lists a hundred unless it is asked for more, and ten thousand at most', async ({ api }) => {
    for (let count = 0; count < 101; count += 1) await api.call('get', '/klaim/nothing');
    expect((await numbers(api)).length).toBe(100);
    expect((await numbers(api, '?limit=10000')).length).toBe(101);
  });

  it.each([
    ['limit=0', 'query/limit must be >= 1'],
    ['limit=10001', 'query/limit must be <= 10000'],
    ['limit=1.5', 'query/limit must be integer'],
    ['limit=', 'query/limit must be integer'],
    ['status=ok', 'query/status must be integer'],
    ['unmatched=yes', 'query/unmatched must be boolean'],
    ['provider=klaim&provider=tally', 'query/provider must be string'],
  ])('refuses %s', async (query, detail) => {
    const { get } = await startControl();
    expect(await get(`/requests?${query}`)).toEqual(problem(400, 'Invalid request', detail, DOCUMENT_HINT));
  });

  it.each(['default-4', 'x', '4x', '-1', ''])('refuses the cursor "%s"', async (cursor) => {
    const { get } = await startControl();
    const hint = 'Send the `next` of the previous page; leave it out for the first page.';
    expect(await get(`/requests?cursor=${cursor}`)).toEqual(
      problem(400, 'Invalid cursor', `"${cursor}" is not a cursor.`, hint),
    );
  });

  it('keeps as many exchanges as --journal-size says', async () => {
    for (const [journalSize, kept] of [
      [3, [5, 4, 3]],
      [0, []],
    ] as const) {
      const api = await startControl({ journalSize });
      for (let count = 0; count < 5; count += 1) await api.change('ada', 1);
      expect(await numbers(api)).toEqual(kept);
      expect(await api.get('/requests/default-2')).toMatchObject({ status: 404 });
      expect(await api.get('/ledger')).toMatchObject({ body: { entries: { length: 5 } } });
    }
  });

  it('lists exchanges in the order in which they began, and pages through them', async () => {
    const api = await startControl({ providers: [tally] });
    await Promise.all([
      api.agent.get('/tally/forecasts/monday').set(LANTERN),
      api.call('post', '/tally/counters/a/add', { by: 1 }),
      api.call('post', '/tally/counters/a/add', { by: 1 }),
    ]);
    expect(await numbers(api)).toEqual([3, 2, 1]);
    expect(await numbers(api, '?limit=2&cursor=3')).toEqual([2, 1]);
  });
});

describe('long entries', () => {
  it('show records as far as they fit, and say what is missing', async ({ api }) => {
    const long = { metadata: { text: 'x'.repeat(900_000), list: Array.from({ length: 1000 }, () => 0) } };
    await api.call('put', '/klaim/users/ada', long);
    await api.call('put', '/klaim/users/ada', { metadata: { text: 'y' } });
    const { body } = await api.get('/requests/default-2');
    const cut = { text: expect.stringMatching(/^x{16000,16384}\[cut: 88\d{4} more characters\]$/) as unknown };
    expect(body).toMatchObject({
      changes: [{ before: { metadata: { ...cut, '[cut]': 'more fields' } }, after: { metadata: { text: 'y' } } }],
    });
    expect(JSON.stringify(body).length).toBeLessThan(40_000);
  });

  it('end a page early, and the next page continues', async ({ api }) => {
    for (let count = 0; count < 150; count += 1) {
      await api.call('put', '/klaim/users/ada', { metadata: { count, text: 'x'.repeat(20_000) } });
    }
    const first = await list(api, '?limit=200');
    expect(JSON.stringify(first).length).toBeLessThan(9 * 1024 * 1024);
    expect(first.requests.length).toBeLessThan(150);
    const rest = await list(api, `?limit=200&cursor=${first.next ?? ''}`);
    expect([...first.requests, ...rest.requests].map(({ id }) => id)).toEqual(
      Array.from({ length: 150 }, (_, index) => `default-${150 - index}`),
    );
    expect(rest.next).toBeUndefined();
  });

  it('leave out ledger entries that do not fit, and say how many', async ({ api }) => {
    await api.change('ada', 1, 'x'.repeat(300_000));
    await api.change('ada', 1, 'short');
    expect((await api.get('/requests/default-1')).body).toMatchObject({
      ledger: [],
      leftOut: { changes: 0, ledger: 1 },
    });
    expect((await api.get('/requests/default-2')).body).not.toHaveProperty('leftOut');
  });
});
