import { describe, expect } from 'vitest';

import { LANTERN, done, it, ok, startControl, type Answer, type ControlApi } from './api.ts';

/** A rule as it is returned, with its defaults. */
function armed(id: string, more: object): object {
  const usual = { phase: 'before', skip: 0, probability: 1, enabled: true, fired: 0, remaining: null };
  return { ...usual, id, ...more };
}

function created(body: unknown): Answer {
  return { status: 201, body };
}

async function listIds({ get }: ControlApi): Promise<unknown> {
  const { body } = await get('/faults');
  return (body as { faults: { id: string }[] }).faults.map(({ id }) => id);
}

const FULL = {
  id: 'grant-lost',
  provider: 'klaim',
  operation: ['updateUserCredits', 'updateUser'],
  match: {
    subject: 'ada',
    method: 'PUT',
    path: '/users/*/credits',
    query: { why: 'test' },
    headers: { 'X-Client': 'app' },
    body: { credit_delta: 5 },
  },
  phase: 'after',
  effect: { status: 503, message: 'Busy', headers: { 'X-Why': 'fault' }, retryAfter: 30, delay: { uniform: [0, 1] } },
  skip: 1,
  times: 2,
  probability: 0.5,
  ttl: 'PT5M',
  enabled: false,
};

describe('GET /_emulator/faults', () => {
  it('lists rules in their order, with how often they have fired', async () => {
    const { get, post, call } = await startControl();
    await post('/faults', { id: 'once', effect: { status: 500 }, times: 1 });
    await post('/faults', { id: 'often', effect: { status: 503 } });
    for (let round = 0; round < 3; round += 1) await call('get', '/klaim/users');
    expect(await get('/faults')).toEqual(
      ok({
        faults: [
          armed('once', { effect: { status: 500 }, times: 1, fired: 1, remaining: 0 }),
          armed('often', { effect: { status: 503 }, fired: 2 }),
        ],
      }),
    );
  });
});

describe('POST /_emulator/faults', () => {
  it('adds a rule and returns it complete', async () => {
    const { get, post } = await startControl();
    const rule = { ...FULL, fired: 0, remaining: 2 };
    expect(await post('/faults', FULL)).toEqual(created(rule));
    expect(await get('/faults/grant-lost')).toEqual(ok(rule));
    expect(await get('/faults')).toEqual(ok({ faults: [rule] }));
  });

  it.each([
    [{ delay: 0 }, 'before'],
    [{ connection: 'hang' }, 'before'],
    [{ connection: { reset: { afterBytes: 5 } } }, 'during'],
    [{ body: 'truncate' }, 'during'],
    [{ body: { slow: { bytesPerSecond: 5 } } }, 'during'],
    [{ stream: 'drop' }, 'during'],
    [{ stream: { stall: { after: 2 } } }, 'during'],
    [{ stream: { refuse: {} } }, 'during'],
  ])('gives %j the phase %s', async (effect, phase) => {
    const { post } = await startControl();
    expect(await post('/faults', { effect })).toEqual(created(armed('fault-1', { effect, phase })));
  });

  it('generates ids that no rule has', async ({ api }) => {
    await api.put('/faults/fault-2', { effect: { status: 500 } });
    for (let round = 0; round < 3; round += 1) await api.post('/faults', { effect: { status: 500 } });
    expect(await listIds(api)).toEqual(['fault-2', 'fault-1', 'fault-3', 'fault-4']);
  });

  it('accepts a code of the provider, and the provider answers with it', async () => {
    const { post, call } = await startControl();
    await post('/faults', { provider: 'klaim', operation: 'listUsers', effect: { code: 'NOT_ENOUGH_CREDITS' } });
    expect(await call('get', '/klaim/users')).toMatchObject({ status: 400, body: { message: 'not enough credits' } });
  });
});

describe('PUT and DELETE /_emulator/faults/{id}', () => {
  it('adds a rule, or replaces the one with this id, in its position and with counters at zero', async ({ api }) => {
    const { get, put, call } = api;
    expect(await put('/faults/first', { effect: { status: 500 }, times: 2 })).toEqual(
      created(armed('first', { effect: { status: 500 }, times: 2, remaining: 2 })),
    );
    await put('/faults/second', { effect: { status: 503 } });
    await call('get', '/klaim/users');
    expect(await get('/faults/first')).toMatchObject({ body: { fired: 1, remaining: 1 } });
    const replaced = armed('first', { effect: { status: 429 }, times: 2, remaining: 2 });
    expect(await put('/faults/first', { id: 'first', effect: { status: 429 }, times: 2 })).toEqual(ok(replaced));
    expect(await listIds(api)).toEqual(['first', 'second']);
    expect(await call('get', '/klaim/users')).toMatchObject({ status: 429 });
  });

  it('deletes one rule and leaves the others, or all, so that nothing is injected', async ({ api }) => {
    for (const id of ['first', 'second', 'third']) await api.post('/faults', { id, effect: { status: 500 } });
    expect(await api.delete('/faults/first')).toEqual(done);
    expect(await listIds(api)).toEqual(['second', 'third']);
    expect(await api.delete('/faults')).toEqual(done);
    expect(await listIds(api)).toEqual([]);
    expect(await api.call('get', '/klaim/users')).toMatchObject({ status: 200 });
  });
});

describe('the rules of one sandbox', () => {
  it('never touch another', async ({ api }) => {
    const other = api.in('other');
    await api.post('/faults', { id: 'mine', effect: { status: 500 }, times: 1 });
    expect(await other.get('/faults')).toEqual(ok({ faults: [] }));
    expect(await other.call('get', '/klaim/users')).toMatchObject({ status: 200 });
    await other.post('/faults', { id: 'mine', effect: { status: 503 } });
    expect(await other.call('get', '/klaim/users')).toMatchObject({ status: 503 });
    expect(await api.get('/faults/mine')).toMatchObject({ body: { fired: 0, remaining: 1 } });
    await other.delete('/faults');
    expect(await api.call('get', '/klaim/users')).toMatchObject({ status: 500 });
  });

  it('never touch the control API, even if they name no provider', async () => {
    const { get, post } = await startControl();
    await post('/faults', { effect: { connection: 'reset' } });
    expect(await get('/health')).toMatchObject({ status: 200 });
    expect(await get('/faults/fault-1')).toMatchObject({ status: 200, body: { fired: 0 } });
  });

  it('expire by its clock, also if it is set back', async () => {
    const { get, post, call } = await startControl();
    const statusAfter = async (by: number | string): Promise<number> => {
      await post('/clock/advance', { by });
      return (await call('get', '/klaim/users')).status;
    };
    await post('/clock/advance', { by: 'PT10H' });
    await post('/faults', { effect: { status: 503 }, ttl: 'PT1M' });
    expect([await statusAfter(0), await statusAfter('PT59.999S'), await statusAfter(1)]).toEqual([503, 503, 200]);
    expect(await get('/faults/fault-1')).toMatchObject({ body: { ttl: 'PT1M', fired: 2, remaining: 0 } });
    await post('/faults', { effect: { status: 503 }, ttl: 'PT1M' });
    await post('/reset', { keep: ['faults'] });
    expect([await statusAfter(0), await statusAfter('PT1M')]).toEqual([503, 200]);
  });

  it('no longer touch a request that waits while they are cleared', async () => {
    const { get, post, call, delete: remove } = await startControl();
    await post('/faults', { id: 'held', effect: { hold: { until: 2, timeout: 2_000_000_000 } } });
    await post('/faults', { id: 'lost', phase: 'after', effect: { status: 500 } });
    const pending = call('put', '/klaim/users/ada/credits', { credit_delta: 1 });
    await expect.poll(() => get('/faults')).toMatchObject({ body: { faults: [{ fired: 1 }, {}] } });
    await remove('/faults');
    expect(await pending).toMatchObject({ status: 200 });
  });
});

describe('GET /_emulator/requests?fault=', () => {
  it('finds the exchanges that met a rule, any of several, or any rule at all', async () => {
    const { get, post, call } = await startControl();
    await post('/faults', { id: 'slow', operation: 'listUsers', effect: { delay: 0 }, times: 2 });
    await post('/faults', { id: 'down', operation: 'listUsers', effect: { status: 503 }, times: 1 });
    await call('get', '/klaim/users');
    await call('get', '/klaim/users');
    await call('get', '/klaim/users');
    await call('get', '/klaim/users', undefined, { ...LANTERN, 'X-Emulator-Inject': 'status=500' });
    const find = async (fault: string): Promise<unknown> => {
      const { body } = await get(`/requests?fault=${fault}`);
      return (body as { requests: { id: string }[] }).requests.map(({ id }) => id);
    };
    expect(await find('slow')).toEqual(['default-2', 'default-1']);
    expect(await find('down')).toEqual(['default-1']);
    expect(await find('request')).toEqual(['default-4']);
    expect(await find('*')).toEqual(['default-4', 'default-2', 'default-1']);
    expect(await find('dwn')).toEqual([]);
  });
});
