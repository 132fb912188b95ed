import { describe, expect, it } from 'vitest';

import { START } from '../support/emulator.ts';
import { takeLogged } from '../support/log.ts';
import { tally } from '../support/providers.ts';
import { done, LANTERN, ok, problem, startControl } from './api.ts';

describe('GET /_emulator/requests/{id}', () => {
  it('shows what the client sent and saw and what the store did, by the id in the response', async () => {
    const { get, call } = await startControl();
    const { id } = await call('put', '/klaim/users/ada/credits?why=test', { credit_delta: -25.5, description: 'Tea' });
    const record = {
      appId: 'app_lantern',
      userId: 'ada',
      klaimId: expect.stringMatching(/^1751360400000_\w{5}$/) as unknown,
      email: 'ada@lantern.example',
      createdAt: 1751360400000,
      acquisitionSource: 'api',
      name: 'Ada Okafor',
      metadata: { plan: 'pro', locale: 'en-GB' },
    };
    const { status, body } = await get(`/requests/${id}`);
    expect([id, status]).toEqual(['default-1', 200]);
    expect(body).toEqual({
      id: 'default-1',
      sandbox: 'default',
      at: START,
      duration: expect.any(Number) as unknown,
      provider: 'klaim',
      operation: 'updateUserCredits',
      subject: 'ada',
      method: 'PUT',
      url: '/users/ada/credits?why=test',
      request: {
        headers: expect.objectContaining({
          authorization: '[redacted]',
          'content-type': 'application/json',
          'content-length': '42',
        }) as unknown,
        body: '{"credit_delta":-25.5,"description":"Tea"}',
      },
      answer: {
        status: 200,
        headers: {
          'X-Emulator-Request-Id': 'default-1',
          'Content-Type': 'application/json; charset=utf-8',
          'Content-Length': 66,
        },
        body: '{"message":"resource updated successfully","credit_balance":674.5}',
      },
      changes: [
        {
          provider: 'klaim',
          collection: 'users',
          key: record.klaimId,
          before: expect.objectContaining({ ...record, creditBalance: '700' }) as unknown,
          after: expect.objectContaining({ ...record, creditBalance: '674.5' }) as unknown,
        },
      ],
      ledger: [
        {
          id: '1',
          at: START,
          provider: 'klaim',
          tenant: 'app_lantern',
          account: 'ada',
          unit: 'credits',
          delta: '-25.5',
          before: '700',
          after: '674.5',
          cause: 'request',
          operation: 'updateUserCredits',
          requestId: 'default-1',
          key: null,
          memo: 'Tea',
        },
      ],
      fault: null,
      violations: [],
      reasons: [],
    });
  });

  it('shows a request that was refused, without changes', async () => {
    const { get, call } = await startControl({ providers: [tally] });
    const { id } = await call('post', '/tally/counters/a/add', { by: 2_000_000 });
    const refused = { operation: 'addToCounter', subject: 'a', answer: { status: 409 } };
    expect(await get(`/requests/${id}`)).toMatchObject({
      status: 200,
      body: { ...refused, changes: [], ledger: [], violations: [] },
    });
  });

  it('shows what was committed although the client saw a failure', async () => {
    const { get, call } = await startControl({ providers: [tally] });
    const { id } = await call('post', '/tally/counters/a/spill');
    expect(await get(`/requests/${id}`)).toMatchObject({
      body: {
        answer: { status: 500, body: '{"error":"SPILT"}' },
        changes: [{ before: null, after: { count: 1 } }],
        ledger: [{ delta: '1', operation: 'spillCounter', requestId: id }],
      },
    });
  });

  it('shows a failure of a provider, and that nothing was stored', async () => {
    const { get, call } = await startControl({ providers: [tally] });
    const { id } = await call('post', '/tally/counters/a/break');
    expect(await get(`/requests/${id}`)).toMatchObject({
      body: { answer: { status: 500 }, changes: [], ledger: [], bug: 'The counter broke.' },
    });
    expect(takeLogged()).toMatchObject([{ message: 'a bug in tally.operations.breakCounter', fields: { id } }]);
  });

  it('shows a request that matches no operation', async () => {
    const { get, call } = await startControl();
    const { id } = await call('get', '/klaim/nothing?a=1');
    expect(await get(`/requests/${id}`)).toMatchObject({
      body: { provider: 'klaim', operation: null, subject: null, url: '/nothing?a=1', answer: { status: 404 } },
    });
  });

  it('shows the response to HEAD without the body that was not sent', async () => {
    const { agent, get } = await startControl();
    await agent.head('/klaim/users/ada').set(LANTERN);
    expect(await get('/requests/default-1')).toMatchObject({
      body: { method: 'HEAD', operation: 'getUser', answer: { status: 200, body: '' } },
    });
  });

  it('shows the url as the real service would have seen it', async () => {
    const { agent, get } = await startControl();
    await agent.get('/_sandbox/default/klaim/users/a%2Fb?x=%20').set(LANTERN);
    expect(await get('/requests/default-1')).toMatchObject({ body: { url: '/users/a%2Fb?x=%20', subject: 'a/b' } });
  });

  it('shows null for a body over the limit', async () => {
    const { get, call } = await startControl({ bodyLimit: 100 });
    const { id } = await call('put', '/klaim/users/ada/credits', { credit_delta: 1, description: 'x'.repeat(100) });
    expect(await get(`/requests/${id}`)).toMatchObject({ body: { request: { body: null }, answer: { status: 413 } } });
  });

  it('cuts bodies at 16 KiB, and between characters', async () => {
    const { agent, get } = await startControl({ providers: [tally] });
    const sent = `x${'ü'.repeat(20_000)}`;
    await agent.post('/tally/echo').set('Content-Type', 'text/plain').send(sent);
    const { body } = await get('/requests/default-1');
    const { request, answer } = body as { request: { body: string }; answer: { body: string; headers: object } };
    const prefix = '{"body":"x';
    expect([request.body.length, sent.startsWith(request.body)]).toEqual([8192, true]);
    expect([answer.body.length, answer.body.startsWith(`${prefix}üüü`)]).toEqual([prefix.length + 8187, true]);
    expect(answer.headers).toMatchObject({ 'Content-Length': 40_012 });
  });

  it('knows exchanges of its own sandbox only', async () => {
    const { in: inSandbox, change } = await startControl();
    await change('ada', 1);
    expect(await inSandbox('other').get('/requests/default-1')).toEqual(
      problem(404, 'No such exchange', 'The journal of "other" has no "default-1".', expect.any(String)),
    );
  });
});

it('DELETE /_emulator/requests deletes all exchanges and nothing else, and the ids continue', async () => {
  const { get, change, delete: remove } = await startControl();
  await change('ada', 1);
  const before = [await get('/state'), await get('/ledger')];
  expect(await remove('/requests')).toEqual(done);
  expect(await get('/requests?count=true')).toEqual(ok({ requests: [], total: 0 }));
  expect([await get('/state'), await get('/ledger')]).toEqual(before);
  expect(await change('ada', 1)).toBe('default-2');
  expect(await get('/requests')).toMatchObject({ body: { requests: [{ id: 'default-2' }] } });
});
