import { describe, expect, it } from 'vitest';

import { LANTERN, startControl, type ControlApi } from '../control/api.ts';
import { startEmulator } from '../support/emulator.ts';
import { sendRaw } from '../support/raw.ts';
import { cloakroom } from '../support/cloakroom.ts';
import { tally } from '../support/providers.ts';

/** One rule, on Tally unless it says otherwise. */
async function startWith(rule: object): Promise<ControlApi> {
  const api = await startControl({ providers: [tally, cloakroom, 'klaim', 'gamefuse'] });
  expect(await api.post('/faults', { id: 'rule', effect: { status: 503 }, ...rule })).toMatchObject({ status: 201 });
  return api;
}

const add = (name: string, by = 1): readonly ['post', string, object] => [
  'post',
  `/tally/counters/${name}/add`,
  { by },
];

describe('a rule meets', () => {
  it('the operation that it names and no other', async () => {
    const { call } = await startWith({ provider: 'tally', operation: 'addToCounter' });
    expect(await call('get', '/tally/counters/a')).toMatchObject({ status: 404 });
    expect(await call(...add('a'))).toMatchObject({ status: 503, body: { error: 'injected' } });
  });

  it('each of the operations that it names', async () => {
    const { call } = await startWith({ operation: ['addToCounter', 'listUsers'] });
    expect(await call(...add('a'))).toMatchObject({ status: 503 });
    expect(await call('get', '/klaim/users')).toMatchObject({ status: 503, body: { message: 'Service Unavailable' } });
    expect(await call('get', '/klaim/users/ada')).toMatchObject({ status: 200 });
  });

  it('every operation of the provider that it names, and none of another', async () => {
    const { call } = await startWith({ provider: 'tally' });
    expect(await call('get', '/tally/counters/a')).toMatchObject({ status: 503 });
    expect(await call('get', '/klaim/users')).toMatchObject({ status: 200 });
  });

  it('an operation that is not written', async () => {
    const { call } = await startWith({ operation: 'getForecast' });
    expect(await call('get', '/tally/forecasts/monday')).toMatchObject({ status: 503 });
  });

  it('both versions of an operation by the same name', async () => {
    const { agent } = await startWith({ operation: 'addCredits', effect: { status: 500 } });
    for (const version of ['v2', 'v3']) {
      const { status, text } = await agent
        .post(`/gamefuse/api/${version}/users/1/add_credits`)
        .set('authentication-token', 'gamefuse-test-ada')
        .send({ credits: 1 });
      expect([version, status, text]).toEqual([version, 500, 'unknown server error']);
    }
  });
});

describe('a rule is matched with', () => {
  it('the subject in the path', async () => {
    const { call } = await startWith({ match: { subject: 'ada' } });
    expect(await call(...add('benoit'))).toMatchObject({ status: 200 });
    expect(await call(...add('ada'))).toMatchObject({ status: 503 });
    expect(await call('get', '/klaim/users/ada/credits')).toMatchObject({ status: 503 });
  });

  it('the subject as it is once decoded', async () => {
    const { call } = await startWith({ provider: 'klaim', match: { subject: 'chiyo@lantern.example' } });
    expect(await call('get', '/klaim/users/chiyo%40lantern.example')).toMatchObject({ status: 503 });
  });

  it('the subject before anybody is asked who they are', async () => {
    const { call } = await startWith({ match: { subject: 'ada' } });
    expect(await call('get', '/klaim/users/ada', undefined, {})).toMatchObject({ status: 503 });
    expect(await call('get', '/klaim/users/benoit', undefined, {})).toMatchObject({ status: 401 });
  });

  it('no subject where a route is unknown', async () => {
    const { call } = await startWith({ match: { subject: 'ada' } });
    expect(await call('get', '/tally/nothing/ada')).toMatchObject({ status: 404 });
  });

  it('the path as the real service sees it, without the prefixes of the emulator', async () => {
    const { agent } = await startWith({ match: { path: '/users/*/credits' }, provider: 'klaim' });
    const statuses = [];
    for (const path of ['/klaim', '/_sandbox/default/klaim']) {
      statuses.push((await agent.get(`${path}/users/ada/credits?a=b`).set(LANTERN)).status);
    }
    expect(statuses).toEqual([503, 503]);
    expect((await agent.get('/klaim/users/ada').set(LANTERN)).status).toBe(200);
  });

  it('the path with the root and with slashes as the real service counts them', async () => {
    const { agent } = await startWith({ provider: 'gamefuse', match: { path: '/api/v2/games/*' } });
    const [plain, doubled, other] = [
      await agent.get('/gamefuse/api/v2/games/verify'),
      await agent.get('/gamefuse/api/v2//games/verify'),
      await agent.get('/gamefuse/api/v3/games/verify'),
    ];
    expect([plain.status, doubled.status]).toEqual([503, 503]);
    expect(other.status).not.toBe(503);
  });

  it('fields of the query, also such as the document does not name', async () => {
    const { call } = await startWith({ match: { query: { why: 'test', page: '2' } } });
    expect(await call('get', '/tally/counters/a?why=test')).toMatchObject({ status: 404 });
    expect(await call('get', '/tally/counters/a?page=2&why=test&x=1')).toMatchObject({ status: 503 });
    expect(await call('get', '/tally/nothing?page=2&why=test')).toMatchObject({ status: 503 });
  });

  it('headers, however they are spelt', async () => {
    const { call } = await startWith({ match: { headers: { 'x-CLIENT': 'app' } } });
    expect(await call('get', '/tally/counters/a', undefined, { 'X-Client': 'web' })).toMatchObject({ status: 404 });
    expect(await call('get', '/tally/counters/a', undefined, { 'X-Client': 'app' })).toMatchObject({ status: 503 });
  });

  it('fields of a body in JSON', async () => {
    const { call } = await startWith({ match: { body: { by: 5 } } });
    expect(await call(...add('a', 4))).toMatchObject({ status: 200 });
    expect(await call(...add('a', 5))).toMatchObject({ status: 503 });
    expect(await call('get', '/tally/counters/a')).toMatchObject({ status: 200, body: { count: 4 } });
  });

  it('fields of a form, where a number is text', async () => {
    const { agent } = await startWith({ match: { body: { by: 5 } } });
    const send = (body: string) => agent.post('/tally/echo').type('form').send(body);
    expect([(await send('by=4')).status, (await send('by=5')).status]).toEqual([200, 503]);
  });

  it('fields of a form of several parts', async () => {
    const { agent } = await startWith({ match: { body: { by: 5 } } });
    const statuses = [];
    for (const by of ['4', '5']) statuses.push((await agent.post('/tally/echo').field('by', by)).status);
    expect(statuses).toEqual([200, 503]);
  });

  it('parameters from anywhere, where the service merges them', async () => {
    const { agent } = await startWith({ provider: 'cloakroom', match: { subject: 'hat', body: { color: 'red' } } });
    const echo = (path: string) => agent.post(`/cloakroom/v1${path}`).set('X-Guest', 'ada');
    const statuses = [
      (await echo('/echo/hat').send({ color: 'red' })).status,
      (await echo('/echo/hat').send({ color: 'blue' })).status,
    ];
    expect(statuses[0]).toBe(503);
    expect(statuses[1]).not.toBe(503);
  });

  it('nothing in a body that cannot be read, which is refused in its turn', async () => {
    const { agent, get } = await startWith({ match: { body: { by: 5 } } });
    const send = (type: string, body: string) =>
      agent.post('/tally/counters/a/add').set('Content-Type', type).send(body);
    const [broken, foreign, huge] = [
      await send('application/json', '{"by":5'),
      await send('application/xml', '<by>5</by>'),
      await send('application/json', `{"by":5,"memo":"${'x'.repeat(100_000)}"}`),
    ];
    expect([broken.status, foreign.status, huge.status]).toEqual([400, 400, 413]);
    expect([broken.body, foreign.body, huge.body]).toEqual([
      { error: 'parse' },
      { error: 'parse' },
      { error: 'tooLarge' },
    ]);
    expect(await get('/faults/rule')).toMatchObject({ body: { fired: 0 } });
  });

  it('no body where the document gives none', async () => {
    const { agent } = await startWith({ match: { body: { by: 5 } } });
    expect((await agent.post('/tally/counters/a/spill').send({ by: 5 })).body).toEqual({ error: 'SPILT' });
  });

  it('a method that the path does not have', async () => {
    const { agent } = await startWith({ provider: 'tally', match: { method: 'patch' } });
    expect((await agent.patch('/tally/counters/a')).status).toBe(503);
    expect((await agent.put('/tally/counters/a')).status).toBe(405);
  });

  it('HEAD as a method of its own', async () => {
    const { agent } = await startWith({ provider: 'klaim', match: { method: 'GET' } });
    expect((await agent.head('/klaim/users').set(LANTERN)).status).toBe(200);
    expect((await agent.get('/klaim/users').set(LANTERN)).status).toBe(503);
  });
});

describe('an unknown route', () => {
  it('meets rules that name no operation', async () => {
    const { call } = await startWith({});
    expect(await call('get', '/tally/nothing')).toMatchObject({ status: 503, body: { error: 'injected' } });
    expect(await call('get', '/klaim/nothing')).toMatchObject({ status: 503 });
  });

  it('meets those of its provider only', async () => {
    const { call } = await startWith({ provider: 'tally' });
    expect(await call('get', '/tally/nothing')).toMatchObject({ status: 503 });
    expect(await call('get', '/klaim/nothing')).toMatchObject({ status: 404 });
  });

  it('never meets those that name an operation', async () => {
    const { call, get } = await startWith({ operation: ['getCounter', 'addToCounter'] });
    expect(await call('get', '/tally/nothing')).toMatchObject({ status: 404, body: { error: 'notFound' } });
    expect(await call('get', '/tally/counters/a/nothing')).toMatchObject({ status: 404 });
    expect(await get('/faults/rule')).toMatchObject({ body: { fired: 0 } });
  });

  it('is one also if its path cannot be decoded', async () => {
    const { url } = await startEmulator({ providers: [tally], providerPorts: false });
    await fetch(`${url}/_emulator/faults`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ match: { path: '/counters/*' }, effect: { status: 503 } }),
    });
    const answer = await sendRaw(url, 'GET /tally/counters/%zz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n');
    expect([answer.status, answer.body]).toEqual([503, '{"error":"injected"}']);
  });

  it('of no provider meets nothing', async () => {
    const { call, get } = await startWith({});
    expect(await call('get', '/nobody')).toMatchObject({ status: 404, body: { title: 'No provider there' } });
    expect(await call('get', '/')).toMatchObject({ status: 200 });
    expect(await get('/faults/rule')).toMatchObject({ body: { fired: 0 } });
  });
});
