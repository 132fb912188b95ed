import { describe, expect, it } from 'vitest';

import { START } from '../support/emulator.ts';
import { createFiles } from '../support/folder.ts';
import { tally } from '../support/providers.ts';
import { DOCUMENT_HINT, done, ok, problem, startControl } from './api.ts';

describe('POST /_emulator/reset', () => {
  it('resets state, ledger, journal and clock to the seed', async () => {
    const { get, put, post, change } = await startControl();
    const before = await get('/state');
    await change('ada', -700);
    await post('/controls/klaim/addMember', { app_id: 'app_lantern', email: 'gus@lantern.example' });
    await put('/clock', { now: '2027-05-05T00:00:00Z', frozen: false });
    expect(await post('/reset')).toEqual(done);
    expect(await get('/state')).toEqual(before);
    expect(await get('/ledger')).toEqual(ok({ entries: [] }));
    expect(await get('/requests')).toEqual(ok({ requests: [] }));
    expect(await get('/clock')).toEqual(ok({ now: START, frozen: true }));
    await put('/state', { clock: '2030-01-01T00:00:00Z' });
    await post('/reset');
    expect(await get('/state')).toEqual(before);
  });

  it('restarts ids and random values', async () => {
    const { agent, call, post } = await startControl({ providers: [tally] });
    const run = async (): Promise<unknown> => [
      await call('post', '/tally/counters/a/add', { by: 1 }),
      await call('post', '/tally/counters/a/add', { by: 1 }),
    ];
    const first = await run();
    await post('/reset');
    expect(await run()).toEqual(first);
    await post('/reset');
    expect((await agent.get('/_emulator/health')).headers['x-emulator-request-id']).toBe('default-act-1');
  });

  it('keeps rules, their counters and their time with keep', async () => {
    const { get, post, put, call } = await startControl();
    await post('/faults', { id: 'mine', effect: { status: 503 }, times: 3, ttl: 'PT1H' });
    await put('/faults/spare', { effect: { delay: 0 }, enabled: false });
    expect(await call('get', '/klaim/users')).toMatchObject({ status: 503 });
    const { body } = await get('/faults');
    expect(body).toMatchObject({ faults: [{ id: 'mine', fired: 1, remaining: 2 }, { id: 'spare' }] });
    expect(await post('/reset', { keep: ['faults'] })).toEqual(done);
    expect(await get('/faults')).toEqual(ok(body));
    expect(await call('get', '/klaim/users')).toMatchObject({ status: 503 });
    expect(await get('/faults/mine')).toMatchObject({ body: { fired: 2, remaining: 1 } });
  });

  it('restores the seeded rules and no others, with counters at zero', async () => {
    const seeded = { id: 'seeded', provider: 'klaim', effect: { status: 503 }, times: 1 };
    const files = createFiles({ 'seeded.json': JSON.stringify([seeded]) });
    const { get, post, put, call, delete: remove } = await startControl({ faults: [files['seeded.json']] });
    const before = await get('/faults');
    expect(before).toMatchObject({ body: { faults: [{ id: 'seeded', fired: 0, remaining: 1 }] } });
    await call('get', '/klaim/users');
    await post('/faults', { effect: { status: 500 } });
    await put('/faults/seeded', { effect: { status: 500 } });
    expect(await post('/reset')).toEqual(done);
    expect(await get('/faults')).toEqual(before);
    await remove('/faults');
    expect(await get('/faults')).toEqual(ok({ faults: [] }));
    expect(await post('/reset', { keep: [] })).toEqual(done);
    expect(await get('/faults')).toEqual(before);
  });

  it('drops scheduled items, and restarts the ids of rules', async () => {
    const { call, post, get } = await startControl({ providers: [tally] });
    await call('post', '/tally/counters/a/later', { by: 1, in: 1000 });
    await post('/faults', { effect: { status: 500 } });
    await post('/reset');
    await post('/clock/advance', { by: 'PT1H' });
    expect(await get('/accounts')).toEqual(ok({ accounts: [] }));
    expect(await post('/faults', { effect: { status: 500 } })).toMatchObject({ body: { id: 'fault-1' } });
  });

  it('refuses unknown parts instead of resetting too much', async () => {
    const { post, change, credits } = await startControl();
    await change('ada', 1);
    const foreign = 'body/keep/0 must be equal to one of the allowed values (faults; did you mean "faults"?)';
    expect(await post('/reset', { keep: ['falts'] })).toEqual(problem(400, 'Invalid request', foreign, DOCUMENT_HINT));
    expect(await credits('ada')).toBe(701);
  });
});
