import type { Response } from 'supertest';
import { describe, expect } from 'vitest';

import { bundled } from '../../src/providers/index.ts';
import { describedSandbox } from '../support/described-sandbox.ts';
import { startApp } from '../support/emulator.ts';
import { takeFirstEvent } from '../support/first-event.ts';
import { tally } from '../support/providers.ts';
import type { ProviderRequests } from '../support/requests.ts';
import { done, it, ok, startControl, type ControlApi } from './api.ts';

const add = (api: ControlApi, by: number): Promise<unknown> => api.call('post', '/tally/counters/a/add', { by });

async function readAll(api: ControlApi): Promise<unknown> {
  return Promise.all(['/state', '/ledger', '/requests', '/accounts', '/faults', '/clock'].map((path) => api.get(path)));
}

/** All that a client sees except the date and the id of the request, which holds the sandbox's name. */
function toSeen({ status, headers, text }: Response): unknown {
  const { 'x-emulator-request-id': id, date, ...others } = headers as Record<string, string>;
  expect([id, date]).not.toContain(undefined);
  return { status, others, text };
}

describe('a fork', () => {
  it.each(bundled.map(({ provider }) => provider.id))('of %s continues like the original', async (id) => {
    const agent = await startApp({ providers: [id] });
    const { requests } = (await import(`../providers/${id}/requests.ts`)) as { requests: ProviderRequests };
    const run = async (sandbox: string): Promise<unknown[]> => {
      const seen: unknown[] = [];
      for (const { method, path, headers, body } of Object.values(requests.operations)) {
        const verb = method.toLowerCase() as 'get' | 'post' | 'put' | 'delete' | 'patch';
        const answer = await agent[verb](`/${id}${path}`)
          .set({ ...requests.headers, ...headers, 'X-Emulator-Sandbox': sandbox })
          .buffer(true)
          .parse(takeFirstEvent)
          .send(body);
        seen.push(toSeen(answer));
      }
      return seen;
    };
    await run('default');
    await agent
      .put('/_emulator/sandboxes/copy')
      .send({ from: { sandbox: 'default' } })
      .expect(201);
    const original = await run('default');
    expect(original.length).toBeGreaterThan(4);
    expect(await run('copy')).toEqual(original);
  });

  it('copies used rules, scheduled items and random values, and has its own numbers, journal and ledger', async () => {
    const api = await startControl({ providers: [tally] });
    await api.post('/faults', { id: 'thrice', operation: 'getCounter', effect: { status: 500 }, times: 3 });
    await api.post('/faults', { id: 'coin', operation: 'addToCounter', effect: { status: 500 }, probability: 0.5 });
    await add(api, 1);
    await api.call('get', '/tally/counters/a');
    await api.call('post', '/tally/counters/a/later', { by: 10, in: 60_000 });
    expect(await api.put('/sandboxes/copy', { from: { sandbox: 'default' } })).toMatchObject({ status: 201 });
    const copy = api.in('copy');
    expect(await copy.get('/requests')).toEqual(ok({ requests: [] }));
    expect(await copy.get('/ledger')).toEqual(ok({ entries: [] }));
    expect(await copy.get('/faults')).toEqual(await api.get('/faults'));
    expect(await copy.get('/faults/thrice')).toMatchObject({ body: { fired: 1, remaining: 2 } });
    const runs = [];
    for (const one of [api, copy]) {
      const seen: unknown[] = [await one.post('/clock/advance', { by: 'PT1M' })];
      for (let times = 0; times < 4; times += 1) {
        for (const [verb, path, body] of [
          ['get', '/tally/counters/a', undefined],
          ['post', '/tally/counters/a/add', { by: 1 }],
        ] as const) {
          const { status, body: told } = await one.call(verb, path, body);
          seen.push({ status, told });
        }
      }
      runs.push([...seen, await one.get('/accounts')]);
    }
    expect(runs[1]).toEqual(runs[0]);
    expect(await copy.get('/requests?limit=1')).toMatchObject({ body: { requests: [{ id: 'copy-8' }] } });
  });

  it('is independent of the original, even after its deletion', async ({ api }) => {
    await api.change('ada', 1);
    await api.put('/sandboxes/copy', { from: { sandbox: 'default' } });
    const copy = api.in('copy');
    const before = await readAll(copy);
    await api.change('ada', 5);
    await api.post('/faults', { effect: { status: 503 }, operation: 'getUsers' });
    await api.put('/clock', { now: '2030-01-01T00:00:00Z' });
    expect(await readAll(copy)).toEqual(before);
    const original = await readAll(api);
    await copy.change('ada', 100);
    await copy.put('/clock', { now: '2031-01-01T00:00:00Z' });
    expect(await readAll(api)).toEqual(original);
    await api.post('/reset');
    expect(await api.delete('/sandboxes/default')).toEqual(done);
    expect(await copy.credits('ada')).toBe(801);
  });

  it('may be of a snapshot, with its own clock and random seed', async ({ api }) => {
    await api.change('ada', 1);
    await api.put('/snapshots/early', undefined);
    await api.change('ada', 1);
    const from = { sandbox: 'default', snapshot: 'early' };
    const own = { clock: { now: '2029-01-01T00:00:00.000Z', frozen: true }, randomSeed: 9 };
    const body = { from, clock: '2029-01-01T00:00:00Z', randomSeed: 9 };
    expect(await api.put('/sandboxes/copy', body)).toEqual({ status: 201, body: describedSandbox('copy', own) });
    expect(await api.in('copy').credits('ada')).toBe(701);
    // Its origin no longer exists.
    await api.delete('/snapshots/early');
    await api.in('copy').put('/snapshots/early', undefined);
    expect(await api.in('copy').post('/snapshots/early/restore')).toEqual(done);
    expect(await api.in('copy').credits('ada')).toBe(701);
  });

  it.each([
    ['of itself', 'default', undefined, 702],
    ['of a snapshot of itself', 'default', 'early', 701],
    ['of another', 'other', undefined, 777],
  ])('%s may replace an existing sandbox, whose numbers restart', async (_, sandbox, snapshot, credits) => {
    const api = await startControl();
    await api.in('other').change('ada', 77);
    await api.change('ada', 1);
    await api.put('/snapshots/early', undefined);
    await api.change('ada', 1);
    const from = { sandbox, ...(snapshot !== undefined && { snapshot }) };
    expect(await api.put('/sandboxes/default', { from })).toEqual(
      ok(describedSandbox('default', { snapshots: ['early'] })),
    );
    expect(await api.credits('ada')).toBe(credits);
    expect(await api.change('ada', 1)).toBe('default-2');
    expect(await api.get('/ledger')).toMatchObject({
      body: { entries: [{ id: '1', before: String(credits), after: String(credits + 1) }] },
    });
  });
});
