import { describe, expect, it } from 'vitest';

import { startApp } from '../support/emulator.ts';
import { LANTERN } from './api.ts';

const PAGE = 'http://localhost:3000';
const PREFLIGHT = {
  Origin: PAGE,
  'Access-Control-Request-Method': 'PUT',
  'Access-Control-Request-Headers': 'authorization,content-type,x-emulator-sandbox',
};

/** The headers that grant rights to pages. */
function corsHeaders({ headers }: { readonly headers: Readonly<Record<string, string>> }): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => name.startsWith('access-control-') || name === 'vary'),
  );
}

const ANSWERED = {
  'access-control-allow-origin': PAGE,
  'access-control-expose-headers': 'X-Emulator-Request-Id',
  vary: 'Origin',
};

describe('a page of an allowed origin', () => {
  it('learns what it may send, without a token, which browsers leave out of a preflight', async () => {
    const agent = await startApp({ allowOrigin: ['http://other.example', PAGE], controlToken: 's3cret' });
    for (const path of ['/_emulator/clock', '/_sandbox/x/_emulator/clock']) {
      const response = await agent.options(path).set(PREFLIGHT);
      expect([response.status, response.text]).toEqual([204, '']);
      expect(corsHeaders(response)).toEqual({
        'access-control-allow-origin': PAGE,
        'access-control-allow-methods': 'GET,HEAD,POST,PUT,DELETE',
        'access-control-allow-headers': 'Authorization,Content-Type,Last-Event-ID,X-Emulator-Sandbox',
        'access-control-max-age': '600',
        vary: 'Origin',
      });
    }
  });

  it.each([PAGE, 'HTTP://LOCALHOST:3000/'])('may read responses if it is allowed as %s', async (allowed) => {
    const agent = await startApp({ allowOrigin: [allowed] });
    const headers = { Origin: PAGE, 'Sec-Fetch-Site': 'same-site', 'X-Emulator-Sandbox': 'x' };
    const response = await agent.put('/_emulator/clock').set(headers).send({ frozen: true });
    expect(response.status).toBe(200);
    expect(corsHeaders(response)).toEqual(ANSWERED);
  });

  it.each([
    ['an unknown path', '/nothing', 404],
    ['an unknown parameter', '/requests?limits=1', 400],
    ['a missing token', '/health', 401],
  ])('may read what is wrong: %s', async (_, path, status) => {
    const agent = await startApp({ allowOrigin: [PAGE], ...(status === 401 && { controlToken: 's3cret' }) });
    const response = await agent.get(`/_emulator${path}`).set('Origin', PAGE);
    expect(response.status).toBe(status);
    expect(corsHeaders(response)).toEqual(ANSWERED);
  });
});

describe('a page of another origin', () => {
  it.each([[[]], [[PAGE]]])('gets no rights if %j is allowed', async (allowOrigin) => {
    const agent = await startApp({ allowOrigin });
    const origin = 'http://localhost:3001';
    const preflight = await agent.options('/_emulator/clock').set({ ...PREFLIGHT, Origin: origin });
    const actual = await agent.get('/_emulator/clock').set('Origin', origin);
    const allowedHeaders = [corsHeaders(preflight), corsHeaders(actual)].map(
      (headers) => headers['access-control-allow-origin'],
    );
    expect([preflight.status, actual.status, ...allowedHeaders]).toEqual([403, 403, undefined, undefined]);
  });
});

it('a client without an origin, or of our own, gets no headers about origins', async () => {
  const agent = await startApp({ allowOrigin: [PAGE] });
  expect(corsHeaders(await agent.get('/_emulator/clock'))).toEqual({});
  const own = await agent.get('/_emulator/clock').set({ Host: '127.0.0.1:4620', Origin: 'http://127.0.0.1:4620' });
  expect([own.status, own.headers['access-control-allow-origin']]).toEqual([200, undefined]);
  // An OPTIONS request other than a preflight is a method like any other.
  const options = await agent.options('/_emulator/clock').set('Origin', PAGE);
  expect([options.status, options.headers['allow']]).toEqual([405, 'GET, HEAD, PUT']);
});

it('providers answer browsers as the real services do, whatever is allowed here', async () => {
  const agent = await startApp({ allowOrigin: [PAGE] });
  const preflight = await agent.options('/klaim/users/ada').set({ ...PREFLIGHT, Origin: 'http://any.example' });
  const actual = await agent.get('/klaim/users/ada').set(LANTERN).set('Origin', 'http://any.example');
  expect([preflight.headers['access-control-allow-origin'], actual.headers['access-control-allow-origin']]).toEqual([
    '*',
    '*',
  ]);
});
