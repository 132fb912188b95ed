import { describe, expect, it } from 'vitest';

import { LANTERN, ok, startControl, type ControlApi } from '../control/api.ts';
import { startApp } from '../support/emulator.ts';
import { tally } from '../support/providers.ts';

const HINT = 'Write pairs such as "status=500; phase=after; delay=200"; the request was not handled.';

async function start(): Promise<ControlApi> {
  return startControl({ providers: [tally, 'klaim'] });
}

interface Changed {
  readonly status: number;
  /** The X-Emulator-Fault. */
  readonly fault: string | undefined;
  readonly body: unknown;
}

/** What the client sees of a change of Ada's credits. */
async function change(
  { agent }: ControlApi,
  headers: Readonly<Record<string, string>>,
  path = '/klaim',
): Promise<Changed> {
  const response = await agent
    .put(`${path}/users/ada/credits`)
    .set({ ...LANTERN, ...headers })
    .send({ credit_delta: 1 });
  return { status: response.status, fault: response.headers['x-emulator-fault'], body: response.body as unknown };
}

const before = (status: number, message: string, faults = ''): Changed => ({
  ...{ status, fault: `request; phase=before${faults}`, body: { message } },
});

describe('X-Emulator-Inject', () => {
  it.each([
    ['status=500', before(500, 'Internal Server Error'), 700],
    ['code=NOT_ENOUGH_CREDITS', before(400, 'not enough credits'), 700],
    [
      'status=503; phase=after; delay=1; message=Busy; retryAfter=7',
      { status: 503, fault: 'request; phase=after', body: { message: 'Busy' } },
      701,
    ],
  ])('makes its own request fail, and no other: %s', async (inject, expected, credits) => {
    const api = await start();
    expect(await change(api, { 'x-emulator-inject': inject })).toEqual(expected);
    expect(await api.credits('ada')).toBe(credits);
    const next = { status: 200, fault: undefined, body: { credit_balance: credits + 1 } };
    expect(await change(api, {})).toMatchObject(next);
  });

  it('leaves a request without a change alone after it, and can spoil its body', async () => {
    const { agent } = await start();
    const seen = [];
    for (const inject of ['status=500; phase=after', 'body=wrong-type']) {
      const { status, headers } = await agent.get('/klaim/users').set({ ...LANTERN, 'X-Emulator-Inject': inject });
      seen.push([status, headers['content-type'], headers['x-emulator-fault']]);
    }
    expect(seen).toEqual([
      [200, 'application/json; charset=utf-8', undefined],
      [200, 'text/html; charset=utf-8', 'request; phase=during'],
    ]);
  });

  it('reaches unknown routes', async () => {
    const { call } = await start();
    const headers = { 'X-Emulator-Inject': 'status=503' };
    expect(await call('get', '/tally/nothing', undefined, headers)).toMatchObject({ status: 503 });
  });

  it('comes before rules, which keep their counts, and waits together with them', async () => {
    const api = await start();
    await api.post('/faults', { id: 'rule', effect: { status: 503, delay: 1 }, times: 2 });
    expect(await change(api, { 'X-Emulator-Inject': 'status=409' })).toEqual(before(409, 'Conflict'));
    expect(await api.get('/faults/rule')).toMatchObject({ body: { fired: 0, remaining: 2 } });
    expect(await change(api, {})).toMatchObject({ status: 503, fault: 'rule; phase=before' });
    const both = before(503, 'Service Unavailable', ', rule; phase=before');
    expect(await change(api, { 'X-Emulator-Inject': 'delay=1' })).toEqual(both);
  });

  it.each(['/_sandbox/other/klaim', '/klaim'])('works in a sandbox of its own at %s', async (path) => {
    const api = await start();
    const sandbox = path === '/klaim' ? { 'X-Emulator-Sandbox': 'other' } : undefined;
    const lost = { ...sandbox, 'X-Emulator-Inject': 'status=500; phase=after' };
    expect(await change(api, lost, path)).toMatchObject({ status: 500, fault: 'request; phase=after' });
    expect([await api.credits('ada'), await api.in('other').credits('ada')]).toEqual([700, 701]);
  });
});

describe('Prefer', () => {
  it('asks for a failure, in any sandbox', async () => {
    const api = await start();
    const answer = before(429, 'Too Many Requests');
    expect(await change(api, { Prefer: 'return=minimal, code=429; wait=5' })).toEqual(answer);
    expect(await api.credits('ada')).toBe(700);
    expect(await change(api, { Prefer: 'code=409', 'X-Emulator-Sandbox': 'other' })).toMatchObject({ status: 409 });
    expect(await api.in('other').get('/requests')).toMatchObject({ body: { requests: [{ id: 'other-1' }] } });
  });

  it('asks for no failure with a code below 400', async () => {
    const answer = await change(await start(), { Prefer: 'code=200' });
    expect(answer).toMatchObject({ status: 200, fault: undefined, body: { credit_balance: 701 } });
  });
});

describe('a wrong X-Emulator-Inject', () => {
  it('is refused, with the nearest name, and nothing is done', async () => {
    const api = await start();
    await api.post('/faults', { id: 'rule', effect: { delay: 0 } });
    const before = await api.get('/state');
    const response = await api.agent
      .put('/klaim/users/ada/credits')
      .set({ ...LANTERN, 'X-Emulator-Inject': 'statsu=500' })
      .send({ credit_delta: 1 });
    expect([response.status, response.headers['content-type']]).toEqual([400, 'application/problem+json']);
    expect(response.body).toEqual({
      type: 'about:blank',
      title: 'Invalid fault',
      status: 400,
      detail: 'X-Emulator-Inject: There is no "statsu" here; did you mean "status"?',
      hint: HINT,
    });
    expect(response.headers).not.toHaveProperty('x-emulator-fault');
    expect(await api.get('/state')).toEqual(before);
    expect(await api.get('/requests')).toEqual(ok({ requests: [] }));
    expect(await api.get('/faults/rule')).toMatchObject({ body: { fired: 0 } });
    // Its id was not one of the sandbox's either.
    expect((await api.call('get', '/klaim/users')).id).toBe('default-1');
  });

  it('is refused also if it names a code that the provider does not have', async () => {
    const detail = expect.stringContaining('did you mean "NOT_ENOUGH_CREDITS"?') as unknown;
    const answer = await change(await start(), { 'X-Emulator-Inject': 'code=NOT_ENOUGH_CREDIT' });
    expect(answer).toMatchObject({ status: 400, fault: undefined, body: { title: 'Invalid fault', detail } });
  });

  it('makes no sandbox', async () => {
    const { agent } = await startControl({ providers: [tally], maxSandboxes: 2 });
    const send = (sandbox: string, text: string) =>
      agent.get('/tally/counters/a').set({ 'X-Emulator-Sandbox': sandbox, 'X-Emulator-Inject': text });
    const statuses = [];
    for (const name of ['a', 'b', 'c']) statuses.push((await send(name, 'statsu=500')).status);
    statuses.push((await send('d', 'status=500')).status);
    expect(statuses).toEqual([400, 400, 400, 500]);
  });
});

describe('with requestFaults off', () => {
  it('neither header does anything, however wrong it is', async () => {
    const agent = await startApp({ providers: ['klaim'], requestFaults: false });
    const statuses = [];
    for (const headers of [
      { 'X-Emulator-Inject': 'status=500' },
      { 'X-Emulator-Inject': '?' },
      { Prefer: 'code=409' },
    ]) {
      const { status, headers: answered } = await agent.get('/klaim/users').set({ ...LANTERN, ...headers });
      statuses.push(status, answered['x-emulator-fault']);
    }
    expect(statuses).toEqual([200, undefined, 200, undefined, 200, undefined]);
  });

  it('rules do what they say all the same', async () => {
    const api = await startControl({ requestFaults: false });
    await api.post('/faults', { effect: { status: 503 } });
    expect(await api.call('get', '/klaim/users')).toMatchObject({ status: 503 });
  });
});

describe('the control API', () => {
  it.each([{ 'X-Emulator-Inject': 'status=500' }, { 'X-Emulator-Inject': 'statsu=500' }, { Prefer: 'code=409' }])(
    'passes over %j',
    async (headers) => {
      const { agent, get } = await start();
      const response = await agent
        .post('/_emulator/faults')
        .set(headers)
        .send({ id: 'a', effect: { delay: 0 } });
      expect([response.status, response.headers['x-emulator-fault']]).toEqual([201, undefined]);
      expect(await get('/health', headers)).toMatchObject({ status: 200 });
    },
  );
});

describe('what is no request to a provider', () => {
  it.each(['/', '/nobody'])('passes over both headers at %s', async (path) => {
    const { agent } = await start();
    const natural = await agent.get(path);
    const asked = await agent.get(path).set({ 'X-Emulator-Inject': 'statsu=500', Prefer: 'code=409' });
    expect([asked.status, asked.text]).toEqual([natural.status, natural.text]);
  });
});
