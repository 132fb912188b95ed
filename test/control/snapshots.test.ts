import { describe, expect } from 'vitest';

import { board, type ShownNote } from '../support/board.ts';
import { START, startEmulator } from '../support/emulator.ts';
import { follow } from '../support/events.ts';
import { tally } from '../support/providers.ts';
import { done, it, ok, startControl } from './api.ts';

const LATER = '2030-01-01T00:00:00.000Z';

describe('PUT /_emulator/snapshots/{name}', () => {
  it('saves the state under a name, replacing an older snapshot of that name', async ({ api }) => {
    expect(await api.get('/snapshots')).toEqual(ok({ snapshots: [] }));
    expect(await api.put('/snapshots/b', undefined)).toEqual({ status: 201, body: { name: 'b', at: START } });
    expect(await api.put('/snapshots/a', undefined)).toEqual({ status: 201, body: { name: 'a', at: START } });
    await api.change('ada', 1);
    await api.put('/clock', { now: LATER });
    expect(await api.put('/snapshots/b', undefined)).toEqual(ok({ name: 'b', at: LATER }));
    const [a, b] = ['a', 'b'].map((name) => ({ name, at: name === 'a' ? START : LATER }));
    expect(await api.get('/snapshots')).toEqual(ok({ snapshots: [a, b] }));
    // Snapshots survive a reset.
    await api.post('/reset');
    expect(await api.credits('ada')).toBe(700);
    await api.post('/snapshots/b/restore');
    expect(await api.credits('ada')).toBe(701);
    await api.post('/snapshots/a/restore');
    expect(await api.credits('ada')).toBe(700);
  });

  it('belongs to one sandbox', async ({ api }) => {
    const [one, two] = [api.in('one'), api.in('two')];
    await one.put('/snapshots/before', undefined);
    expect(await two.get('/snapshots')).toEqual(ok({ snapshots: [] }));
    await two.change('ada', 1);
    await two.put('/snapshots/before', undefined);
    await one.post('/snapshots/before/restore');
    expect([await one.credits('ada'), await two.credits('ada')]).toEqual([700, 701]);
    await one.delete('/snapshots/before');
    expect(await two.get('/snapshots')).toMatchObject({ body: { snapshots: [{ name: 'before' }] } });
  });
});

describe('POST /_emulator/snapshots/{name}/restore', () => {
  it('restores any number of times; the journal stays, numbers continue and the ledger is emptied', async ({ api }) => {
    await api.change('ada', 1);
    await api.put('/snapshots/before', undefined);
    const state = await api.get('/state');
    for (let times = 0; times < 3; times += 1) {
      await api.put('/clock', { now: LATER });
      expect(await api.change('ada', 10)).toBe(`default-${2 + times}`);
      expect(await api.get('/ledger')).toMatchObject({
        body: { entries: [{ id: String(2 + times), before: '701', after: '711' }, ...(times === 0 ? [{}] : [])] },
      });
      expect(await api.post('/snapshots/before/restore')).toEqual(done);
      expect(await api.get('/ledger')).toEqual(ok({ entries: [] }));
      expect(await api.get('/clock')).toEqual(ok({ now: START, frozen: true }));
      const { body } = await api.get('/state');
      const { emulator } = body as { readonly emulator: object };
      expect(body).toEqual({ ...(state.body as object), emulator });
    }
    expect(await api.get('/requests')).toMatchObject({
      body: { requests: [{ id: 'default-4' }, { id: 'default-3' }, { id: 'default-2' }, { id: 'default-1' }] },
    });
  });

  it('restores used rules, scheduled items, counters and random values', async () => {
    const api = await startControl({ providers: [tally] });
    await api.post('/faults', { id: 'twice', operation: 'getCounter', effect: { status: 500 }, times: 2 });
    await api.call('get', '/tally/counters/a');
    await api.call('post', '/tally/counters/a/later', { by: 10, in: 60_000 });
    await api.put('/snapshots/before', undefined);
    const run = async (): Promise<unknown[]> => {
      const seen = [];
      for (let times = 0; times < 2; times += 1) {
        const { status, body } = await api.call('get', '/tally/counters/a');
        seen.push([status, body], (await api.call('post', '/tally/counters/a/add', { by: 1 })).body);
      }
      await api.post('/clock/advance', { by: 'PT2M' });
      return [...seen, await api.get('/accounts'), await api.get('/faults')];
    };
    const first = await run();
    await api.delete('/faults');
    await api.post('/snapshots/before/restore');
    expect(await api.get('/faults/twice')).toMatchObject({ body: { fired: 1, remaining: 1 } });
    expect(await run()).toEqual(first);
  });

  it('sends the new state once to streams', async () => {
    const { url } = await startEmulator({ providers: [board] });
    const send = (method: string, path: string, body?: object): Promise<Response> =>
      fetch(`${url}${path}`, {
        method,
        headers: { 'Content-Type': 'application/json' },
        ...(body && { body: JSON.stringify(body) }),
      });
    await send('PUT', '/_emulator/snapshots/before');
    await send('PUT', '/board/notes/a', { text: 'new' });
    const { next, untaken } = await follow<ShownNote>(`${url}/board/notes/a/stream`);
    expect(await next()).toEqual({ name: 'a', version: 1, text: 'new' });
    expect((await send('POST', '/_emulator/snapshots/before/restore')).status).toBe(204);
    expect(await next()).toEqual({ name: 'a', version: 0, text: '' });
    await send('PUT', '/board/notes/a', { text: 'newer' });
    expect(await next()).toEqual({ name: 'a', version: 1, text: 'newer' });
    expect(untaken).toEqual([]);
  });
});

it.each([
  ['post', '/snapshots/befor/restore'],
  ['delete', '/snapshots/befor'],
] as const)('an unknown snapshot changes nothing, and creates no sandbox: %s %s', async (verb, path) => {
  const api = await startControl();
  const one = api.in('one');
  await one.put('/snapshots/before', undefined);
  await one.change('ada', 1);
  const look = async (): Promise<unknown> => [
    await one.get('/state'),
    await one.get('/ledger'),
    await api.get('/sandboxes'),
  ];
  const before = await look();
  for (const sandbox of [one, api.in('two')]) expect(await sandbox[verb](path)).toMatchObject({ status: 404 });
  expect(await look()).toEqual(before);
});
