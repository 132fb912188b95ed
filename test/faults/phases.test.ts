import { describe, expect, it, onTestFinished, vi } from 'vitest';

import { done, LANTERN, ok, startControl, type ControlApi } from '../control/api.ts';
import { serveApp } from '../support/server.ts';
import { tally } from '../support/providers.ts';

async function startWith(...rules: readonly object[]): Promise<ControlApi> {
  const api = await startControl({ providers: [tally, 'klaim', 'openmonetize'] });
  for (const rule of rules) expect(await api.post('/faults', rule)).toMatchObject({ status: 201 });
  return api;
}

/** How often each rule has fired. */
async function countFired({ get }: ControlApi): Promise<unknown> {
  const { body } = await get('/faults');
  return Object.fromEntries(
    (body as { faults: { id: string; fired: number }[] }).faults.map((rule) => [rule.id, rule.fired]),
  );
}

const ADD = ['post', '/tally/counters/a/add', { by: 5 }] as const;

describe('a fault before the operation', () => {
  it('stores nothing', async () => {
    const { call, get } = await startWith({ effect: { status: 500 } });
    const { body } = await get('/state');
    const before = body as { readonly emulator: object };
    expect(await call(...ADD)).toMatchObject({ status: 500 });
    // Nothing but how often the rule has fired, which is part of the state, too.
    const fired = { 'fault-1': { fired: 1, passed: 0, expiresAt: null } };
    expect(await get('/state')).toEqual(ok({ ...before, emulator: { ...before.emulator, fired } }));
    expect(await get('/ledger')).toEqual(ok({ entries: [] }));
    expect(await get('/requests/default-1')).toMatchObject({ body: { changes: [], ledger: [] } });
  });

  it('comes before the key and the body are looked at', async () => {
    const { agent, call } = await startWith({ effect: { status: 503 } });
    const statuses = [(await call('get', '/klaim/users', undefined, { Authorization: 'Bearer wrong' })).status];
    for (const body of ['{"by":"five"}', '{', 'x'.repeat(100_001)]) {
      const request = agent.post('/tally/counters/a/add').set('Content-Type', 'application/json');
      statuses.push((await request.send(body)).status);
    }
    expect(statuses).toEqual([503, 503, 503, 503]);
  });

  it('is not counted by the limit of requests', async () => {
    const api = await startControl({ providers: ['openmonetize'], set: ['openmonetize.rateLimit=2/PT1M'] });
    await api.post('/faults', { effect: { status: 503 }, times: 3 });
    const statuses = [];
    for (let round = 0; round < 6; round += 1) {
      const key = { Authorization: 'Bearer om_dev_test_key' };
      statuses.push((await api.call('get', '/openmonetize/v1/credits/balance', undefined, key)).status);
    }
    expect(statuses).toEqual([503, 503, 503, 200, 200, 429]);
  });

  it('uses up no id and no chance of the provider', async () => {
    const receiptOf = async ({ call }: ControlApi): Promise<unknown> => (await call(...ADD)).body;
    const [faulty, natural] = [await startWith({ effect: { status: 500 }, times: 1 }), await startWith()];
    expect(await faulty.call(...ADD)).toMatchObject({ status: 500 });
    expect(await receiptOf(faulty)).toEqual(await receiptOf(natural));
  });
});

describe('a fault after the operation', () => {
  it('stores everything, and the client does not learn of it', async () => {
    const { call, get } = await startWith({ phase: 'after', effect: { status: 500 }, times: 1 });
    expect(await call(...ADD)).toMatchObject({ status: 500, body: { error: 'injected' } });
    expect(await call('get', '/tally/counters/a')).toMatchObject({ status: 200, body: { count: 5 } });
    expect(await get('/ledger')).toMatchObject({
      body: { entries: [{ requestId: 'default-1', delta: '5', after: '5' }] },
    });
    const changes = [{ key: 'a', before: null, after: { count: 5 } }];
    expect(await get('/requests/default-1')).toMatchObject({
      body: { answer: { status: 500 }, changes, ledger: [{ delta: '5' }] },
    });
  });

  it.each([
    ['a GET', 'get', '/tally/counters/a', undefined],
    ['what only looks', 'post', '/tally/echo', { by: 1 }],
    ['what is refused', 'post', '/tally/counters/a/add', { by: 2_000_000 }],
    ['what is not valid', 'post', '/tally/counters/a/add', { by: 'five' }],
    ['what fails although it stores', 'post', '/tally/counters/a/spill', undefined],
    ['an unknown route', 'get', '/tally/nothing', undefined],
  ] as const)('lets %s pass and keeps its count', async (_, method, path, body) => {
    const api = await startWith({ id: 'lost', phase: 'after', effect: { status: 503 }, skip: 1, times: 1 });
    const natural = await startWith();
    for (const { call } of [api, natural]) await call(...ADD);
    expect(await api.call(method, path, body)).toEqual(await natural.call(method, path, body));
    expect(await countFired(api)).toEqual({ lost: 0 });
    // The count of those that are let pass is kept, too: the first one was the only one.
    expect(await api.call(...ADD)).toMatchObject({ status: 503 });
  });

  it('lets HEAD pass, and never takes the connection of a request that changed nothing', async () => {
    const api = await startWith(
      { id: 'lost', provider: 'klaim', phase: 'after', effect: { status: 503 } },
      { id: 'reset', phase: 'after', effect: { connection: 'reset' } },
    );
    expect((await api.agent.head('/klaim/users').set(LANTERN)).status).toBe(200);
    expect(await api.call('get', '/klaim/users')).toMatchObject({ status: 200 });
    expect(await countFired(api)).toEqual({ lost: 0, reset: 0 });
  });
});

describe('several faults', () => {
  it('act once in an exchange: the first that fits', async () => {
    const api = await startWith(
      { id: 'first', effect: { status: 500 }, times: 1 },
      { id: 'second', effect: { status: 503 } },
      { id: 'late', phase: 'after', effect: { status: 502 } },
      { id: 'body', effect: { body: 'wrong-type' } },
    );
    for (const [status, second] of [
      [500, 0],
      [503, 1],
    ]) {
      expect(await api.call(...ADD)).toMatchObject({ status });
      expect(await countFired(api)).toEqual({ first: 1, second, late: 0, body: 0 });
    }
  });

  it('come one by one, phase by phase', async () => {
    const api = await startWith(
      { id: 'body', effect: { body: 'wrong-type' }, times: 1 },
      { id: 'late', phase: 'after', effect: { status: 502 }, times: 1 },
      { id: 'early', effect: { status: 500 }, times: 1 },
    );
    const types = [];
    for (let round = 0; round < 4; round += 1) {
      const response = await api.agent.post('/tally/counters/a/add').send({ by: 1 });
      types.push([response.status, response.headers['content-type']]);
    }
    expect(types).toEqual([
      [500, 'application/json; charset=utf-8'],
      [502, 'application/json; charset=utf-8'],
      [200, 'text/html; charset=utf-8'],
      [200, 'application/json; charset=utf-8'],
    ]);
    expect(await api.call('get', '/tally/counters/a')).toMatchObject({ body: { count: 3 } });
  });

  it('all have it wait, one after another, before and after', async () => {
    const api = await startWith(
      { id: 'one', effect: { delay: 1 } },
      { id: 'two', effect: { delay: 2 } },
      { id: 'after', phase: 'after', effect: { delay: 1 } },
      { id: 'lost', phase: 'after', effect: { status: 500, delay: 1 } },
    );
    expect(await api.call(...ADD)).toMatchObject({ status: 500 });
    expect(await countFired(api)).toEqual({ one: 1, two: 1, after: 1, lost: 1 });
    expect(await api.call('get', '/tally/counters/a')).toMatchObject({ status: 200, body: { count: 5 } });
    expect(await countFired(api)).toEqual({ one: 2, two: 2, after: 1, lost: 1 });
  });

  it('can spoil the body of a natural failure', async () => {
    const { agent } = await startWith({ provider: 'klaim', effect: { body: 'malformed-json' } });
    const answer = await agent.get('/klaim/users/nobody').set(LANTERN).responseType('blob');
    expect([answer.status, String(answer.body)]).toEqual([
      404,
      '{"message":"Can not find user with the given user_id.",',
    ]);
  });
});

/** Waits that the test ends. */
function freeze(): void {
  onTestFinished(() => void vi.useRealTimers());
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
}

describe('an exchange that waits', () => {
  it('is carried out even if its client has left', async () => {
    const left = vi.fn();
    const { url, sandbox } = await serveApp({ providers: [tally] }, (request, _response, handOn) => {
      if (request.url === ADD[1]) request.socket.once('close', left);
      handOn();
    });
    await arm(url, { id: 'slow', effect: { delay: 60_000 } });
    freeze();
    const leaving = new AbortController();
    const answer = fetch(url + ADD[1], { ...toPost({ by: 5 }), signal: leaving.signal });
    await expect.poll(() => sandbox.waits.size).toBe(1);
    leaving.abort();
    await expect(answer).rejects.toThrow();
    await expect.poll(() => left).toHaveBeenCalled();
    vi.advanceTimersByTime(60_000);
    await expect
      .poll(async () => (await readJson(`${url}/_emulator/ledger`))['entries'])
      .toMatchObject([{ delta: '5' }]);
    expect(sandbox.waits.size).toBe(0);
  });

  it('ends without an answer when its sandbox is reset, and leaves no trace', async () => {
    const { url, sandbox } = await serveApp({ providers: [tally] });
    await arm(url, { effect: { delay: 2_000_000 } });
    const answer = fetch(`${url}/tally/counters/a/add`, toPost({ by: 5 }));
    await expect.poll(() => sandbox.waits.size).toBe(1);
    const [reset] = await Promise.all([
      fetch(`${url}/_emulator/reset`, { method: 'POST' }),
      expect(answer).rejects.toThrow(),
    ]);
    expect([reset.status, sandbox.waits.size]).toEqual([done.status, 0]);
    expect(await readJson(`${url}/_emulator/requests`)).toEqual({ requests: [] });
    expect(await readJson(`${url}/_emulator/ledger`)).toEqual({ entries: [] });
  });

  it('happens at the time at which it has waited', async () => {
    const { url, sandbox } = await serveApp({ providers: [tally] });
    await arm(url, { effect: { delay: 60_000 } });
    freeze();
    const answer = fetch(`${url}/tally/counters/a/add`, toPost({ by: 5 }));
    await expect.poll(() => sandbox.waits.size).toBe(1);
    await fetch(`${url}/_emulator/clock/advance`, toPost({ by: 'PT1H' }));
    vi.advanceTimersByTime(60_000);
    expect((await answer).status).toBe(200);
    expect(await readJson(`${url}/_emulator/ledger`)).toMatchObject({ entries: [{ at: '2026-01-01T01:00:00.000Z' }] });
  });
});

function toPost(body: object): RequestInit {
  return { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) };
}

async function arm(url: string, rule: object): Promise<void> {
  expect((await fetch(`${url}/_emulator/faults`, toPost(rule))).status).toBe(201);
}

async function readJson(url: string, init: RequestInit = {}): Promise<Record<string, unknown>> {
  return (await (await fetch(url, init)).json()) as Record<string, unknown>;
}
