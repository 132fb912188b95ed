import { describe, expect, it } from 'vitest';

import { tally } from '../support/providers.ts';
import { ok, problem, startControl, type ControlApi } from './api.ts';

/** Exchanges 1 to 3, each with one ledger entry. */
async function startBusy(): Promise<ControlApi> {
  const api = await startControl({ providers: ['klaim', tally] });
  await api.change('ada', 1);
  await api.change('esra', 2);
  await api.call('post', '/tally/counters/benoit/add', { by: 1 });
  return api;
}

const PROVIDERS = 'GET /_emulator/providers lists them.';
const OPERATIONS = 'GET /_emulator/providers/{id} lists those of a provider.';

describe('a filter with an unknown name', () => {
  it('is refused with the nearest one', async () => {
    const { get } = await startBusy();
    const noProvider = 'query/provider: There is no provider "klam"; did you mean "klaim"?';
    const noOperation =
      'query/operation: "klaim" has no operation "updateUserCredit"; did you mean "updateUserCredits"?';
    const nowhere = 'query/operation: No provider has an operation "addCounter"; did you mean "addToCounter"?';
    const ofOther = 'query/operation: "tally" has no operation "updateUserCredits".';
    for (const list of ['/requests', '/requests.har', '/ledger', '/accounts']) {
      expect(await get(`${list}?provider=klam`)).toEqual(problem(400, 'Unknown provider', noProvider, PROVIDERS));
    }
    for (const list of ['/requests', '/requests.har', '/ledger']) {
      const wrong = { 'provider=klaim&operation=updateUserCredit': noOperation, 'operation=addCounter': nowhere };
      for (const [query, detail] of Object.entries({
        ...wrong,
        'provider=tally&operation=updateUserCredits': ofOther,
      })) {
        expect([query, await get(`${list}?${query}`)]).toEqual([
          query,
          problem(400, 'Unknown operation', detail, OPERATIONS),
        ]);
      }
    }
  });

  it('is not refused in the ledger for a control', async () => {
    const { get, post } = await startControl();
    await post('/controls/klaim/addMember', { app_id: 'app_lantern', email: 'gus@lantern.example' });
    expect(await get('/ledger?operation=addMember')).toMatchObject({ status: 200 });
    expect(await get('/requests?operation=addMember')).toMatchObject({ status: 400 });
  });

  it.each([
    ['/requests?subject=adda', { requests: [] }, { field: 'subject', value: 'adda', nearest: 'ada' }],
    ['/requests?subject=adda&provider=tally', { requests: [] }, { field: 'subject', value: 'adda' }],
    ['/requests?fault=grant-los', { requests: [] }, { field: 'fault', value: 'grant-los', nearest: 'grant-lost' }],
    ['/ledger?account=adda', { entries: [] }, { field: 'account', value: 'adda', nearest: 'ada' }],
    [
      '/ledger?tenant=app_lanterns',
      { entries: [] },
      { field: 'tenant', value: 'app_lanterns', nearest: 'app_lantern' },
    ],
    ['/ledger?account=finn&tenant=app_lantern', { entries: [] }, { field: 'account', value: 'finn' }],
    ['/accounts?account=adda', { accounts: [] }, { field: 'account', value: 'adda', nearest: 'ada' }],
    ['/accounts?account=zzzzzzzzzzzzzzzz', { accounts: [] }, { field: 'account', value: 'zzzzzzzzzzzzzzzz' }],
    ['/accounts?account=ada&tenant=nowhere', { accounts: [] }, { field: 'tenant', value: 'nowhere' }],
  ])('%s names what was never seen', async (path, empty, unknown) => {
    const { get, post } = await startBusy();
    await post('/faults', { id: 'grant-lost', effect: { status: 500 }, times: 1, match: { subject: 'nobody' } });
    expect(await get(path)).toEqual(ok({ ...empty, unknown: [unknown] }));
  });

  it('is not reported if it was seen once, or if a list is empty for another reason', async () => {
    const api = await startBusy();
    await api.change('nobody', 1);
    for (const [path, body] of Object.entries({
      '/requests?subject=ada&status=404': { requests: [] },
      '/requests?subject=nobody&status=200': { requests: [] },
      '/requests?fault=request': { requests: [] },
      '/ledger?account=ada&operation=addMember': { entries: [] },
    })) {
      expect([path, await api.get(path)]).toEqual([path, ok(body)]);
    }
    const fresh = api.in('fresh');
    expect(await fresh.get('/ledger?account=ada')).toEqual(ok({ entries: [] }));
    await fresh.put('/state', { klaim: {} });
    const unknown = [{ field: 'account', value: 'ada' }];
    expect(await fresh.get('/ledger?account=ada')).toEqual(ok({ entries: [], unknown }));
  });
});

describe('count', () => {
  it('adds the total on every page', async () => {
    const api = await startBusy();
    const totals: unknown[] = [];
    for (const path of [
      '/requests?count=true&limit=1',
      '/requests?count=true&limit=1&cursor=2',
      '/requests?count=true&provider=klaim&body={"credit_delta":2}',
      '/requests?count=true&since=2',
      '/ledger?count=true&limit=1',
      '/ledger?count=true&account=ada',
      '/accounts?count=true&limit=1&tenant=app_harbor',
      '/accounts?count=true&limit=1&tenant=app_harbor&cursor=2',
      '/requests?count=false',
    ]) {
      const { body } = await api.get(path);
      totals.push((body as { readonly total?: number }).total);
    }
    expect(totals).toEqual([3, 3, 1, 1, 3, 1, 2, 2, undefined]);
  });

  it('does not change the page', async () => {
    const { get } = await startBusy();
    for (const path of ['/requests', '/ledger', '/accounts']) {
      const { body } = await get(`${path}?limit=2`);
      const counted = await get(`${path}?limit=2&count=true`);
      expect(counted).toEqual(ok({ ...(body as object), total: expect.any(Number) as unknown }));
    }
  });
});

describe('brief', () => {
  it('leaves bodies out and nothing else', async () => {
    const { get } = await startBusy();
    const { body } = await get('/requests/default-1');
    const { request, answer, ...others } = body as { request: { body?: unknown }; answer: { body?: unknown } };
    const { body: _sent, ...ofRequest } = request;
    const { body: _got, ...ofAnswer } = answer;
    expect(await get('/requests?brief=true&limit=1&cursor=2')).toEqual(
      ok({ requests: [{ ...others, request: ofRequest, answer: ofAnswer }] }),
    );
  });
});

describe('a filter by body', () => {
  it('reads all kinds of forms, and finds fields merged from query and path', async () => {
    const api = await startControl({ providers: ['gamefuse'] });
    const send = (version: string): ReturnType<typeof api.agent.post> =>
      api.agent.post(`/gamefuse/api/${version}/users/1/add_credits`).set('authentication-token', 'gamefuse-test-ada');
    await send('v2').field('credits', '7');
    await send('v3').type('form').send({ credits: 7 });
    await send('v3').send({ credits: 7 });
    await send('v3').query({ credits: 7 });
    await send('v3').send({ credits: 8 });
    const { body } = await api.get('/requests?brief=true&body={"credits":7}');
    expect((body as { requests: { id: string }[] }).requests.map(({ id }) => id)).toEqual([
      'default-4',
      'default-3',
      'default-2',
      'default-1',
    ]);
    expect(await api.get('/requests?body={"credits":7,"id":"2"}')).toEqual(ok({ requests: [] }));
  });

  it.each([
    ['[1]', 'query/body must be a JSON object, such as {"amount":5}.'],
    ['null', 'query/body must be a JSON object, such as {"amount":5}.'],
    ['{"a"', expect.stringContaining('query/body must be a JSON object, such as {"amount":5}: ')],
    ['[['.repeat(1000), expect.stringContaining('query/body must be')],
  ])('refuses %s', async (body, detail) => {
    const { get } = await startControl();
    expect(await get(`/requests?body=${encodeURIComponent(body)}`)).toEqual(
      problem(400, 'Invalid filter', detail, 'GET /_emulator/specs/emulator.yaml describes them all.'),
    );
  });
});

describe('the filter trace', () => {
  it('finds the exchanges of one trace, which name their trace', async () => {
    const traced = '4bf92f3577b34da6a3ce929d0e0e4736';
    const { get, call } = await startControl({ providers: [tally] });
    for (const id of [traced, '0af7651916cd43dd8448eb211c80319c', 'none']) {
      await call('get', '/tally/counters/a', undefined, { traceparent: `00-${id}-00f067aa0ba902b7-01` });
    }
    const { body } = (await get(`/requests?trace=${traced}`)) as {
      body: { requests: { id: string; traceId: string }[] };
    };
    expect(body.requests.map(({ id, traceId }) => [id, traceId])).toEqual([['default-1', traced]]);
    const all = (await get('/requests')) as { body: { requests: { traceId?: string }[] } };
    expect(all.body.requests.map(({ traceId }) => traceId)).toEqual([
      undefined,
      '0af7651916cd43dd8448eb211c80319c',
      traced,
    ]);
    expect(await get('/requests?trace=none')).toMatchObject({ status: 400 });
  });
});
