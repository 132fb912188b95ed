import { describe, expect } from 'vitest';

import { START, startApp } from '../support/emulator.ts';
import { tally } from '../support/providers.ts';
import { LANTERN, it, ok, problem, startControl, toAnswer } from './api.ts';

const MOVED = { now: '2030-01-01T00:00:00.000Z', frozen: true };

describe('a sandbox', () => {
  it.each([
    ['the header', '/_emulator/clock', { 'X-Emulator-Sandbox': 'one' }],
    ['the path', '/_sandbox/one/_emulator/clock', {}],
    ['the host', '/_emulator/clock', { Host: 'one--klaim.localhost:4620' }],
    ['the header before the path', '/_sandbox/two/_emulator/clock', { 'X-Emulator-Sandbox': 'one' }],
    ['the header before the host', '/_emulator/clock', { 'X-Emulator-Sandbox': 'one', Host: 'two--klaim.localhost' }],
    ['the path before the host', '/_sandbox/one/_emulator/clock', { Host: 'two--klaim.localhost' }],
  ])('is named by %s', async (_, path, headers) => {
    const api = await startControl();
    await api.in('one').put('/clock', MOVED);
    expect(toAnswer(await api.agent.get(path).set(headers))).toEqual(ok(MOVED));
    expect(await api.in('two').get('/clock')).toEqual(ok({ now: START, frozen: true }));
    expect(await api.get('/clock')).toEqual(ok({ now: START, frozen: true }));
  });

  it('holds what was done in it by any of its names, and nothing else', async ({ api }) => {
    const body = { credit_delta: 1 };
    await api.agent.put('/klaim/users/ada/credits').set(LANTERN).send(body);
    await api.agent.put('/_sandbox/one/klaim/users/ada/credits').set(LANTERN).send(body);
    await api.agent
      .put('/users/ada/credits')
      .set({ ...LANTERN, Host: 'one--klaim.localhost' })
      .send(body);
    await api.agent.put('/klaim/users/ada/credits').set('Authorization', `${LANTERN.Authorization}~one`).send(body);
    const one = api.in('one');
    const requests = [{ id: 'one-3', sandbox: 'one' }, { id: 'one-2' }, { id: 'one-1' }];
    expect(await one.get('/requests')).toMatchObject({ body: { requests } });
    const entries = [{ id: '3', requestId: 'one-3', after: '703' }, { id: '2' }, { id: '1' }];
    expect(await one.get('/ledger')).toMatchObject({ body: { entries } });
    expect(await api.get('/requests')).toMatchObject({ body: { requests: [{ id: 'default-1' }] } });
    expect([await one.credits('ada'), await api.credits('ada')]).toEqual([703, 701]);
    expect(await api.in('two').get('/requests')).toEqual(ok({ requests: [] }));
    // The credential of the control API is its token, which names no sandbox.
    const agent = await startApp({ controlToken: 's3cret~one' });
    const { headers } = await agent.get('/_emulator/clock').set('Authorization', 'Bearer s3cret~one');
    expect(headers['x-emulator-request-id']).toBe('default-act-1');
  });

  it('is reset, cleared and replaced alone', async ({ api }) => {
    const [one, two] = [api.in('one'), api.in('two')];
    for (const sandbox of [one, two]) await sandbox.change('ada', 1);
    const before = await Promise.all(['/state', '/requests', '/ledger', '/clock'].map((path) => two.get(path)));
    await one.put('/state', { clock: '2040-01-01T00:00:00Z' });
    await one.delete('/requests');
    await one.post('/reset');
    await one.post('/clock/advance', { by: 'P1D' });
    expect(await Promise.all(['/state', '/requests', '/ledger', '/clock'].map((path) => two.get(path)))).toEqual(
      before,
    );
  });

  it('has its own scheduled items and random values', async () => {
    const api = await startControl({ providers: [tally] });
    const [one, two] = [api.in('one'), api.in('two')];
    const add = { by: 1 };
    const first = await one.call('post', '/tally/counters/a/add', add);
    const same = await two.call('post', '/tally/counters/a/add', add);
    expect(same.body).toEqual(first.body);
    await one.call('post', '/tally/counters/a/later', { by: 5, in: 1000 });
    await two.post('/clock/advance', { by: 'PT1H' });
    await one.post('/clock/advance', { by: 'PT1H' });
    const balances = [await one.get('/accounts'), await two.get('/accounts')];
    expect(balances).toMatchObject([
      { body: { accounts: [{ balance: '6' }] } },
      { body: { accounts: [{ balance: '1' }] } },
    ]);
  });

  it.each(['One', '-one', 'one-', 'a--b', 'a/b', 'a b', '%6Fne', 'ü', 'x'.repeat(65)])(
    'cannot be called "%s"',
    async (name) => {
      const agent = await startApp();
      const detail = `"${name}" cannot name a sandbox.`;
      const hint = 'Use 1 to 64 of a-z 0-9 . _ - with a letter or digit at both ends and no "--".';
      const refusal = problem(400, 'Invalid sandbox name', detail, hint);
      if (/^[\x20-\x7e]+$/.test(name)) {
        expect(toAnswer(await agent.get('/_emulator/clock').set('X-Emulator-Sandbox', name))).toEqual(refusal);
      }
      if (/^[\w%-]+$/.test(name)) {
        expect(toAnswer(await agent.get(`/_sandbox/${name}/_emulator/clock`))).toEqual(refusal);
      }
    },
  );
});
