import { describe, expect, it } from 'vitest';

import { startApp, startEmulator } from '../support/emulator.ts';
import { sendRaw } from '../support/raw.ts';
import { DOCUMENT_HINT, ok, problem, startControl, toAnswer } from './api.ts';

const JSON_HINT = 'Send JSON in UTF-8 as Content-Type: application/json.';

describe('a problem of the control API', () => {
  it('is application/problem+json, is not cached, and has no body for HEAD', async () => {
    const { agent } = await startControl();
    const [{ headers }, head] = [await agent.get('/_emulator/nothing'), await agent.head('/_emulator/nothing')];
    const length = headers['content-length'];
    expect([head.status, Boolean(head.text), head.headers['content-length']]).toEqual([404, false, length]);
    expect(headers).toMatchObject({
      'content-type': 'application/problem+json',
      'cache-control': 'no-store',
      'x-emulator-request-id': 'default-act-1',
    });
  });

  it.each(['/nothing', '/providers/klaim/x', '/Health', '//health', '/health/x?a=1'])(
    'says that %s does not exist',
    async (path) => {
      const { get } = await startControl();
      const detail = `The control API has no ${path}.`;
      expect(await get(path)).toEqual(problem(404, 'No such endpoint', detail, DOCUMENT_HINT));
    },
  );

  it.each(['', '/', '?a=1'])('lists the main endpoints at "/_emulator%s"', async (path) => {
    const { get } = await startControl();
    const detail = 'The control API begins here; its endpoints are below.';
    const { status, body } = await get(path);
    const { hint } = body as { hint: string };
    expect({ status, body }).toEqual(problem(404, 'No such endpoint', detail, hint));
    const named = hint.match(/\/[a-z./_]+/g)?.map((one) => one.replace('/_emulator', '')) ?? [];
    expect(named.length).toBeGreaterThan(5);
    for (const act of named) expect([act, (await get(act)).status]).toEqual([act, 200]);
  });

  it.each([
    ['post', '/health', 'GET, HEAD'],
    ['get', '/reset', 'POST'],
    ['delete', '/clock', 'GET, HEAD, PUT'],
    ['patch', '/state', 'GET, HEAD, PUT'],
    ['put', '/requests', 'GET, HEAD, DELETE'],
    ['get', '/controls/klaim/addMember', 'POST'],
  ] as const)('names the allowed methods for %s %s', async (method, path, allow) => {
    const { agent } = await startControl();
    const response = await agent[method](`/_emulator${path}`);
    const detail = `${path} does not accept ${method.toUpperCase()}.`;
    expect(toAnswer(response)).toEqual(problem(405, 'Method not allowed', detail, `It accepts ${allow}.`));
    expect(response.headers['allow']).toBe(allow);
  });

  it('refuses a path with a wrong percent sign', async () => {
    const { get } = await startControl();
    const detail = '/providers/%zz has a percent sign that encodes nothing.';
    const hint = 'Write %25 for a percent sign.';
    expect(await get('/providers/%zz')).toEqual(problem(400, 'Invalid path', detail, hint));
  });

  const WRONG_TYPE = [415, 'The media type of the body is not supported.'] as const;
  const WRONG_ENCODING = [415, 'The encoding of the body is not supported.'] as const;
  const DEEP = `${'['.repeat(1001)}${']'.repeat(1001)}`;

  it.each([
    ['is cut off', 'application/json', '{"now":', 400, 'The body is not JSON.'],
    ['is text', 'application/json', 'now', 400, 'The body is not JSON.'],
    ['is empty', 'application/json', '', 400, 'The body is missing.'],
    ['is a form', 'application/x-www-form-urlencoded', 'frozen=true', ...WRONG_TYPE],
    ['says it is text', 'text/plain', '{}', ...WRONG_TYPE],
    ['is not UTF-8', 'application/json; charset=latin1', '{}', ...WRONG_ENCODING],
    ['is compressed', 'application/json', '{}', ...WRONG_ENCODING],
    ['is too deep', 'application/json', DEEP, 400, 'The body is nested too deeply.'],
  ])('says that a body %s', async (name, type, body, status, detail) => {
    const { agent } = await startControl();
    const encoding = name === 'is compressed' ? { 'Content-Encoding': 'gzip' } : {};
    const request = agent.put('/_emulator/clock').set({ 'Content-Type': type, ...encoding });
    expect(toAnswer(await request.send(body))).toEqual(problem(status, 'Unreadable body', detail, JSON_HINT));
  });

  it('names every unknown field of a body', async () => {
    const { put } = await startControl();
    const detail =
      'body must NOT have additional properties (freeze; known: now, frozen); body must NOT have additional properties (speed); body/now must be string';
    expect(await put('/clock', { freeze: true, speed: 2, now: 5 })).toEqual(
      problem(400, 'Invalid request', detail, DOCUMENT_HINT),
    );
  });

  it.each([
    ['/requests?limits=5', 'Unknown parameter "limits"; did you mean "limit"?'],
    ['/requests?limit=5&Provider=klaim', 'Unknown parameter "Provider"; did you mean "provider"?'],
    [
      '/ledger?status=200',
      'Unknown parameter "status". Known: provider, operation, tenant, account, since, limit, cursor, count.',
    ],
    ['/accounts?acount=ada', 'Unknown parameter "acount"; did you mean "account"?'],
    ['/health?x', 'Unknown parameter "x".'],
    ['/ledger?acc%6Funts=1', 'Unknown parameter "accounts"; did you mean "account"?'],
  ])('names the unknown parameter of %s and the nearest one', async (path, detail) => {
    const { get } = await startControl();
    const hint = 'GET /_emulator/specs/emulator.yaml describes them all.';
    expect(await get(path)).toEqual(problem(400, 'Unknown parameter', detail, hint));
  });
});

describe('HEAD', () => {
  it.each(['/providers', '/specs/emulator.yaml', '/state', '/clock', '/controls', '/requests', '/ledger', '/accounts'])(
    'answers as GET does, without the body, at %s',
    async (path) => {
      const { agent } = await startControl();
      const [get, head] = [await agent.get(`/_emulator${path}`).buffer(), await agent.head(`/_emulator${path}`)];
      const { date, 'x-emulator-request-id': id, connection, ...headers } = get.headers as Record<string, string>;
      expect([date, id, connection]).toHaveLength(3);
      expect([head.status, Boolean(head.text)]).toEqual([200, false]);
      expect(head.headers).toMatchObject(headers);
    },
  );

  it.each(['/reset', '/clock/advance'])('does nothing at %s', async (path) => {
    const { agent } = await startControl();
    const response = await agent.head(`/_emulator${path}`);
    expect([response.status, response.headers['allow']]).toEqual([405, 'POST']);
  });
});

describe('a path', () => {
  it('may end in a slash, and be in absolute form, as behind a proxy', async () => {
    const { get } = await startControl();
    expect(await get('/clock/')).toEqual(await get('/clock'));
    const { url } = await startEmulator();
    const answer = await sendRaw(url, `GET ${url}/_emulator/clock HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`);
    expect(answer.status).toBe(200);
  });
});

it('calls of the control API are numbered apart from exchanges, per sandbox', async () => {
  const agent = await startApp();
  const idOf = async (path: string): Promise<unknown> => (await agent.get(path)).headers['x-emulator-request-id'];
  expect([
    await idOf('/_emulator/health'),
    await idOf('/klaim/users'),
    await idOf('/_emulator/requests'),
    await idOf('/_sandbox/x/_emulator/requests'),
    await idOf('/klaim/users'),
    await idOf('/_sandbox/x/klaim/users'),
  ]).toEqual(['default-act-1', 'default-1', 'default-act-2', 'x-act-1', 'default-2', 'x-1']);
});

it('an empty body counts as no body if none is required', async () => {
  const { agent, get } = await startControl();
  const response = await agent.post('/_emulator/reset').set('Content-Type', 'application/json').send('');
  expect(response.status).toBe(204);
  expect(await get('/requests')).toEqual(ok({ requests: [] }));
});
