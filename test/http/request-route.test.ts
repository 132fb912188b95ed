import { beforeEach, describe, expect, it } from 'vitest';

import type { Emulator } from '../../src/compose/emulator.ts';
import { startEmulator } from '../support/emulator.ts';
import { tally } from '../support/providers.ts';
import { sendRaw } from '../support/raw.ts';

let emulator: Emulator;

beforeEach(async () => {
  emulator = await startEmulator({ providers: ['klaim'] });
});

interface Seen {
  readonly status: number;
  readonly body: string;
}

/** `port` is "shared" or a provider's id. */
async function send(port: string, line: string, ...headers: readonly string[]): Promise<Seen> {
  const url = port === 'shared' ? emulator.url : (emulator.urls[port] ?? '');
  const host = headers.some((header) => header.startsWith('Host:')) ? [] : ['Host: 127.0.0.1'];
  const key = headers.some((header) => header.startsWith('Authorization:'))
    ? []
    : ['Authorization: Bearer klaim_test_lantern'];
  const { status, body } = await sendRaw(url, [line, ...host, ...key, ...headers, '', ''].join('\r\n'));
  return { status, body };
}

const ADA = { status: 200, body: '{"message":"fetch resource successfully","credit_balance":700}' };

describe('a provider', () => {
  it('is found by its port', async () => {
    expect(await send('klaim', 'GET /users/ada/credits HTTP/1.1')).toEqual(ADA);
  });

  it('is found by the path of the shared port', async () => {
    expect(await send('shared', 'GET /klaim/users/ada/credits HTTP/1.1')).toEqual(ADA);
  });

  it.each(['klaim.localhost', 'KLAIM.localhost:4620', 'klaim.localhost:1'])('is found by the host %s', async (host) => {
    expect(await send('shared', 'GET /users/ada/credits HTTP/1.1', `Host: ${host}`)).toEqual(ADA);
  });

  it.each([
    ['http://klaim.localhost/users/ada/credits', 'other.example'],
    ['http://KLAIM.localhost:1/users/ada/credits', 'gamefuse.localhost'],
    ['https://klaim.localhost/users/ada/credits', '127.0.0.1'],
  ])('is found by the authority of %s, whatever the host is', async (target, host) => {
    expect(await send('shared', `GET ${target} HTTP/1.1`, `Host: ${host}`)).toEqual(ADA);
  });

  it('is not found by the host where an authority says another one', async () => {
    const line = 'GET http://other.example/users/ada/credits HTTP/1.1';
    expect(await send('shared', line, 'Host: klaim.localhost')).toMatchObject({ status: 404 });
  });

  it('sees the authority for the host', async () => {
    await send('shared', 'GET http://klaim.localhost/users HTTP/1.1', 'Host: other.example');
    const { body } = await send('shared', 'GET /_emulator/requests HTTP/1.1');
    expect(JSON.parse(body)).toMatchObject({
      requests: [{ url: '/users', request: { headers: { host: 'klaim.localhost' } } }],
    });
  });

  it.each(['//klaim/users/ada/credits', '///klaim/users/ada/credits', '/_sandbox/s1//klaim/users/ada/credits'])(
    'is found behind more slashes than one: %s',
    async (path) => {
      expect(await send('shared', `GET ${path} HTTP/1.1`)).toEqual(ADA);
    },
  );

  it.each(['/klaim//users', '//klaim//users'])('is told of slashes that are in its own path: %s', async (path) => {
    expect(await send('shared', `GET ${path} HTTP/1.1`)).toEqual({ status: 404, body: '{"message":"Not Found"}' });
  });

  it('is told of slashes in front of its own path where the host names it', async () => {
    expect(await send('shared', 'GET //users/ada/credits HTTP/1.1', 'Host: klaim.localhost')).toEqual({
      status: 404,
      body: '{"message":"Not Found"}',
    });
  });

  it('is found by the host that the real service has, with its port or without', async () => {
    emulator = await startEmulator({ providers: [tally] });
    for (const host of ['api.tally.example', 'API.tally.example:443']) {
      expect(await send('shared', 'GET /counters/none HTTP/1.1', `Host: ${host}`)).toMatchObject({
        status: 404,
        body: expect.stringContaining('NO_SUCH_COUNTER') as string,
      });
    }
  });

  it('has a path only, where ports of its own are switched off', async () => {
    emulator = await startEmulator({ providers: ['klaim'], providerPorts: false });
    expect(emulator.urls).toEqual({ klaim: `${emulator.url}/klaim` });
    expect(await send('shared', 'GET /klaim/users/ada/credits HTTP/1.1')).toEqual(ADA);
  });

  it('has no prefix of ours in its paths on its own port', async () => {
    expect(await send('klaim', 'GET /klaim/users/ada/credits HTTP/1.1')).toMatchObject({ status: 404 });
  });

  it('is not found by another name, and the answer lists those that are there', async () => {
    const { status, body } = await send('shared', 'GET /klaym/users HTTP/1.1');
    expect([status, JSON.parse(body)]).toEqual([
      404,
      {
        type: 'about:blank',
        title: 'No provider there',
        status: 404,
        detail: '"/klaym/users" names no provider.',
        hint: "Start the path with one of /klaim, or use a provider's own port.",
      },
    ]);
  });
});

describe('a sandbox', () => {
  const change = async (line: string, ...headers: readonly string[]): Promise<unknown> => {
    const body = '{"credit_delta":1}';
    const { body: answer } = await send('klaim', line, ...headers, `Content-Length: ${body.length}`, `\r\n${body}`);
    return (JSON.parse(answer) as { credit_balance?: unknown }).credit_balance;
  };

  it('is named by header, path prefix, host and credential, and each is the same one', async () => {
    expect(await change('PUT /users/ada/credits HTTP/1.1', 'X-Emulator-Sandbox: s1')).toBe(701);
    expect(await change('PUT /_sandbox/s1/users/ada/credits HTTP/1.1')).toBe(702);
    expect(await change('PUT /users/ada/credits HTTP/1.1', 'Host: s1--klaim.localhost')).toBe(703);
    expect(await change('PUT /users/ada/credits HTTP/1.1', 'Authorization: Bearer klaim_test_lantern~s1')).toBe(704);
    expect(await change('PUT /users/ada/credits HTTP/1.1')).toBe(701);
  });

  it('is that of the header, then of the path, then of the host, then of the credential', async () => {
    const all = ['Host: by-host--klaim.localhost', 'Authorization: Bearer klaim_test_lantern~by-key'];
    expect(await change('PUT /_sandbox/by-path/users/ada/credits HTTP/1.1', 'X-Emulator-Sandbox: by-header')).toBe(701);
    expect(await change('PUT /_sandbox/by-path/users/ada/credits HTTP/1.1', all[0] ?? '')).toBe(701);
    expect(await change('PUT /users/ada/credits HTTP/1.1', ...all)).toBe(701);
    expect(await change('PUT /users/ada/credits HTTP/1.1', all[1] ?? '')).toBe(701);
    for (const name of ['by-header', 'by-path', 'by-host', 'by-key']) {
      expect(await send('klaim', 'GET /users/ada/credits HTTP/1.1', `X-Emulator-Sandbox: ${name}`)).toMatchObject({
        body: '{"message":"fetch resource successfully","credit_balance":701}',
      });
    }
  });

  it('works in front of everything: a provider on the shared port and the control API', async () => {
    expect(await send('shared', 'GET /_sandbox/s1/klaim/users/ada/credits HTTP/1.1')).toEqual(ADA);
    expect(await send('shared', 'GET /_sandbox/s1/_emulator/ledger HTTP/1.1')).toEqual({
      status: 200,
      body: '{"entries":[]}',
    });
  });

  it('keeps the query and leaves no prefix in what the journal calls the URL', async () => {
    await send('shared', 'GET /_sandbox/s1/klaim/users?a=1&b=%2F HTTP/1.1');
    const { body } = await send('shared', 'GET /_sandbox/s1/_emulator/requests HTTP/1.1');
    expect((JSON.parse(body) as { requests: { url: string }[] }).requests[0]?.url).toBe('/users?a=1&b=%2F');
  });

  it.each(['a', 'a'.repeat(64), '0', 'a.b_c-d', 'constructor', 'valueof'])('may be called %s', async (name) => {
    expect(await send('klaim', 'GET /users/ada/credits HTTP/1.1', `X-Emulator-Sandbox: ${name}`)).toEqual(ADA);
  });

  it.each(['A', 'a'.repeat(65), '-a', 'a-', 'a--b', 'a b', '.a', '__proto__', 'ä', ''])(
    'may not be called "%s"',
    async (name) => {
      const { status, body } = await send('klaim', 'GET /users/ada HTTP/1.1', `X-Emulator-Sandbox: ${name}`);
      expect([status, (JSON.parse(body) as { title: string }).title]).toEqual([400, 'Invalid sandbox name']);
    },
  );

  it('may not have a wrong name in the path either', async () => {
    expect(await send('klaim', 'GET /_sandbox/A/users/ada HTTP/1.1')).toMatchObject({ status: 400 });
    expect(await send('klaim', 'GET /_sandbox/%61/users/ada HTTP/1.1')).toMatchObject({ status: 400 });
  });

  it('is not made where there would be too many', async () => {
    emulator = await startEmulator({ providers: ['klaim'], maxSandboxes: 2 });
    expect(await send('klaim', 'GET /users/ada/credits HTTP/1.1', 'X-Emulator-Sandbox: one')).toEqual(ADA);
    expect(await send('klaim', 'GET /users/ada/credits HTTP/1.1', 'X-Emulator-Sandbox: two')).toMatchObject({
      status: 503,
    });
    expect(await send('klaim', 'GET /users/ada/credits HTTP/1.1', 'X-Emulator-Sandbox: one')).toEqual(ADA);
  });
});

it.each(['//_emulator/clock', '//_sandbox/s1/_emulator/clock', '/_sandbox/s1//_emulator/clock'])(
  'the control API is found behind more slashes than one: %s',
  async (path) => {
    expect(await send('shared', `GET ${path} HTTP/1.1`)).toMatchObject({ status: 200 });
  },
);

it('gives every answer a request id that the journal knows', async () => {
  const { headers } = await sendRaw(emulator.urls.klaim, 'GET /users HTTP/1.1\r\nHost: x\r\n\r\n');
  expect(headers['x-emulator-request-id']).toBe('default-1');
  expect(await send('shared', 'GET /_emulator/requests/default-1 HTTP/1.1')).toMatchObject({ status: 200 });
});

it('explains itself at the root of the shared port, as a page to browsers', async () => {
  expect(JSON.parse((await send('shared', 'GET / HTTP/1.1')).body)).toMatchObject({ name: 'credits-emulator' });
  expect((await send('shared', 'GET / HTTP/1.1', 'Accept: text/html')).body).toContain('<!doctype html>');
});
