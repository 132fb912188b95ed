import supertest from 'supertest';
import { describe, expect, it } from 'vitest';

import { startApp, startEmulator } from '../support/emulator.ts';
import { findFreePort } from '../support/ports.ts';
import { sendRaw } from '../support/raw.ts';
import { tally } from '../support/providers.ts';
import { LANTERN, problem, toAnswer, type Answer } from './api.ts';

const HOST_HINT = 'Start with --allow-host, or use an address or localhost.';
const ORIGIN_HINT = 'Start with --allow-origin to let its pages use the control API.';

function untrustedHost(host: string): Answer {
  return problem(403, 'Host not allowed', `The control API is not reachable under the host "${host}".`, HOST_HINT);
}

function untrustedOrigin(detail: string): Answer {
  return problem(403, 'Origin not allowed', detail, ORIGIN_HINT);
}

const noToken = problem(
  401,
  'Token needed',
  'The control API requires a token.',
  'Send Authorization: Bearer with the value of --control-token.',
);

describe('Host', () => {
  it.each([
    ...['127.0.0.1', '127.0.0.1:4620', '10.0.0.7:80', '[::1]', '[::1]:4620', '[fe80::1]:1'],
    ...['localhost', 'localhost:4620', 'LocalHost', 'klaim.localhost', 'x--klaim.localhost:4622', 'a.b.localhost'],
    ...['emulator', 'credits_emulator-1:4620', 'host.docker.internal:4620'],
  ])('may be %s', async (host) => {
    const agent = await startApp({ providers: ['klaim'] });
    expect((await agent.get('/_emulator/clock').set('Host', host)).status).toBe(200);
  });

  it('may be the real one of an enabled provider', async () => {
    const [on, off] = [await startApp({ providers: [tally] }), await startApp({ providers: ['klaim'] })];
    const statusOf = async (agent: typeof on): Promise<number> =>
      (await agent.get('/_emulator/clock').set('Host', 'api.tally.example')).status;
    expect([await statusOf(on), await statusOf(off)]).toEqual([200, 403]);
  });

  it.each([
    ...['evil.example', 'evil.example:4620', 'localhost.evil.example', '127.0.0.1.evil.example', 'localhost.'],
    ...['host.docker.internal.evil.example', 'evil.example.host.docker.internal', '1.2.3', 'xlocalhost.example'],
  ])('may not be %s', async (host) => {
    const agent = await startApp({ providers: ['klaim'] });
    const answer = toAnswer(await agent.get('/_emulator/clock').set('Host', host));
    expect(answer).toEqual(untrustedHost(host.replace(':4620', '')));
  });

  it.each(['[::1].evil.example', '[evil]', 'evil example', 'evil/x'])('may not be "%s"', async (host) => {
    const agent = await startApp({ providers: ['klaim'] });
    expect(await agent.get('/_emulator/clock').set('Host', host)).toMatchObject({ status: 403 });
  });

  it('may be one that was allowed, on any port, and no other', async () => {
    const agent = await startApp({ allowHost: ['Credits.Example'] });
    const answers = [];
    for (const host of ['credits.example', 'CREDITS.EXAMPLE:8080', 'x.credits.example']) {
      answers.push((await agent.get('/_emulator/clock').set('Host', host)).status);
    }
    expect(answers).toEqual([200, 200, 403]);
  });

  it('is checked before anything is done, and does not matter to the providers', async () => {
    const agent = await startApp({ providers: ['klaim'] });
    await agent.put('/_emulator/clock').set('Host', 'evil.example').send({ now: '2030-01-01T00:00:00Z' });
    expect((await agent.get('/_emulator/clock')).body).toMatchObject({ now: '2026-01-01T00:00:00.000Z' });
    expect((await agent.get('/klaim/users/ada').set(LANTERN).set('Host', 'evil.example')).status).toBe(200);
  });

  it.each([
    ['http://evil.example', 'localhost', 403],
    ['http://localhost@evil.example', 'localhost', 403],
    ['http://evil.example@localhost', 'localhost', 403],
    ['http://', 'localhost', 403],
    ['http://localhost:4620', 'evil.example', 200],
    ['HTTP://[::1]:4620', 'evil.example', 200],
  ])('is that of a request target in absolute form: %s with Host: %s', async (authority, host, status) => {
    const { url } = await startEmulator({ providers: ['klaim'] });
    const answer = await sendRaw(url, `GET ${authority}/_emulator/clock HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
    expect(answer.status).toBe(status);
  });

  it('is that of a request target in absolute form when an origin is checked', async () => {
    const { url } = await startEmulator({ providers: ['klaim'] });
    const statusOf = async (authority: string, host: string): Promise<number> => {
      const lines = [`GET http://${authority}/_emulator/clock HTTP/1.1`, `Host: ${host}`, 'Origin: http://proxy:8080'];
      return (await sendRaw(url, `${lines.join('\r\n')}\r\n\r\n`)).status;
    };
    expect([await statusOf('proxy:8080', 'other'), await statusOf('other', 'proxy:8080')]).toEqual([200, 403]);
  });
});

describe('Origin', () => {
  it('may be a page of the host that a proxy forwards, with --trust-proxy only', async () => {
    const forwarded = {
      ...{ Host: 'localhost:4620', 'X-Forwarded-Proto': 'https' },
      ...{ 'X-Forwarded-Host': 'ci.example', 'X-Forwarded-Port': '8443' },
    };
    const statusOf = async (trustProxy: boolean, origin: string): Promise<number> => {
      const agent = await startApp({ providers: ['klaim'], trustProxy, allowHost: ['ci.example'] });
      return (await agent.post('/_emulator/reset').set({ ...forwarded, Origin: origin })).status;
    };
    expect([
      await statusOf(true, 'https://ci.example:8443'),
      await statusOf(true, 'https://ci.example'),
      await statusOf(true, 'https://evil.example:8443'),
      await statusOf(false, 'https://ci.example:8443'),
    ]).toEqual([204, 403, 403, 403]);
  });

  it('may be a page of any of our own ports on this machine', async () => {
    const emulator = await startEmulator({ providers: ['klaim'] });
    const agent = supertest(emulator.url);
    for (const url of [emulator.url, emulator.urls.klaim]) {
      for (const host of ['127.0.0.1', 'localhost', 'klaim.localhost', '[::1]']) {
        const origin = url.replace('127.0.0.1', host);
        expect(toAnswer(await agent.post('/_emulator/reset').set('Origin', origin)).status).toBe(204);
      }
    }
  });

  it.each([
    ...['127.0.0.1:14620', 'localhost:80', 'emulator:4620', 'klaim.localhost:9'].map((host) => [
      host,
      `http://${host}`,
    ]),
    ['credits.example', 'https://credits.example'],
  ])(
    'may be a page from the address of the request, as with a mapped port or a proxy: %s, %s',
    async (host, origin) => {
      const agent = await startApp({ providers: ['klaim'], allowHost: ['credits.example'] });
      expect((await agent.post('/_emulator/reset').set({ Host: host, Origin: origin })).status).toBe(204);
      expect((await agent.post('/_emulator/reset').set({ Host: host })).status).toBe(204);
    },
  );

  it.each([
    ...['http://evil.example', 'http://localhost:3000', 'https://127.0.0.1', 'null', '', 'file://', 'garbage'],
    ...['http://127.0.0.1.evil.example', 'http://127.0.0.1@evil.example', 'chrome-extension://abcdef'],
  ])('may not be %s', async (origin) => {
    const agent = await startApp({ providers: ['klaim'] });
    const answer = await agent.post('/_emulator/reset').set({ Host: '127.0.0.1:4620', Origin: origin });
    expect(toAnswer(answer)).toEqual(untrustedOrigin(`Pages of "${origin}" may not use the control API.`));
  });

  it.each(['203.0.113.9', 'evil.example', 'othermachine', '[2001:db8::1]'])(
    'may not be another machine that has a page on one of our ports: %s',
    async (host) => {
      const emulator = await startEmulator({ providers: ['klaim'] });
      const origin = emulator.url.replace('127.0.0.1', host);
      const answer = await supertest(emulator.url).post('/_emulator/reset').set('Origin', origin);
      expect(toAnswer(answer)).toEqual(untrustedOrigin(`Pages of "${origin}" may not use the control API.`));
    },
  );

  it.each(['http://localhost:3000', 'http://localhost:3000/', 'HTTP://LocalHost:3000', 'null'])(
    'may be one that was allowed as %s',
    async (allowed) => {
      const agent = await startApp({ providers: ['klaim'], allowOrigin: [allowed] });
      const origin = allowed === 'null' ? 'null' : 'http://localhost:3000';
      expect((await agent.post('/_emulator/reset').set('Origin', origin)).status).toBe(204);
      expect((await agent.post('/_emulator/reset').set('Origin', 'http://localhost:3001')).status).toBe(403);
    },
  );
});

describe('Sec-Fetch-Site', () => {
  it.each([
    ['same-origin', 200],
    ['none', 200],
    ['cross-site', 403],
    ['same-site', 403],
  ])('%s answers %i, but 200 for a page that was allowed', async (site, status) => {
    const agent = await startApp({ allowOrigin: ['http://localhost:3000'] });
    const answer = toAnswer(await agent.get('/_emulator/clock').set('Sec-Fetch-Site', site));
    expect(answer.status).toBe(status);
    const refusal = untrustedOrigin(`A page of another site (${site}) may not use the control API.`);
    if (status === 403) expect(answer).toEqual(refusal);
    const headers = { 'Sec-Fetch-Site': site, Origin: 'http://localhost:3000' };
    expect((await agent.get('/_emulator/clock').set(headers)).status).toBe(200);
  });
});

it('answers nothing that a page may load without permission or show in a frame', async () => {
  const { url } = await startEmulator({ providers: ['klaim'] });
  for (const path of ['/state', '/specs/klaim.yaml', '/requests.har', '/faults/nothing', '/nothing', '/events']) {
    for (const host of ['emulator', 'evil.example']) {
      const { headers } = await sendRaw(url, `GET /_emulator${path} HTTP/1.1\r\nHost: ${host}\r\n\r\n`, false);
      expect([path, headers]).toMatchObject([
        path,
        {
          'cross-origin-resource-policy': 'same-origin',
          'x-content-type-options': 'nosniff',
          'x-frame-options': 'DENY',
        },
      ]);
    }
  }
});

describe('the control token', () => {
  it('opens the control API, but not for a page of another site, and does not matter to the providers', async () => {
    const agent = await startApp({ controlToken: 's3cret' });
    const headers = { Authorization: 'Bearer s3cret' };
    expect((await agent.get('/_emulator/clock').set(headers)).status).toBe(200);
    const foreign = { ...headers, Origin: 'http://evil.example' };
    expect((await agent.get('/_emulator/clock').set(foreign)).status).toBe(403);
    expect((await agent.get('/klaim/users/ada').set(LANTERN)).status).toBe(200);
  });

  it.each([
    ...['', 'Bearer', 'Bearer s3cre', 'Bearer s3crets', 'Bearer S3CRET'],
    ...['s3cret', 'Basic s3cret', 'Bearer wrong!'],
  ])('is not "%s"', async (authorization) => {
    const agent = await startApp({ controlToken: 's3cret' });
    const response = await agent.post('/_emulator/reset').set('Authorization', authorization);
    expect(toAnswer(response)).toEqual(noToken);
    expect(response.headers['www-authenticate']).toBe('Bearer');
  });
});

describe('the control API', () => {
  it.each([
    ['get', '/clock'],
    ['get', '/'],
    ['get', '/healthy'],
    ['get', '/health/x'],
    ['post', '/health'],
    ['put', '/state'],
  ] as const)('is nowhere when it is off: %s %s', async (method, path) => {
    const emulator = await startEmulator({ control: 'off', providers: ['klaim'] });
    expect(toAnswer(await supertest(emulator.url)[method](`/_emulator${path}`))).toEqual(
      problem(
        404,
        'No provider there',
        `"/_emulator${path}" names no provider.`,
        "Start the path with one of /klaim, or use a provider's own port.",
      ),
    );
    const onProvider = await supertest(emulator.urls.klaim)[method](`/_emulator${path}`).set(LANTERN);
    expect(toAnswer(onProvider)).toEqual({ status: 404, body: { message: 'Not Found' } });
  });

  it.each(['/health', '/ready', '/health/', '/ready?'])('shows that it runs when it is off, at %s', async (path) => {
    const { url, urls } = await startEmulator({ control: 'off', providers: ['klaim'] });
    for (const port of [url, urls.klaim]) {
      const answer = await supertest(port).get(`/_emulator${path}`);
      expect([answer.status, answer.body]).toEqual([
        200,
        { status: 'ok', version: '0.1.0', uptime: expect.any(Number) as number, providers: { ...urls } },
      ]);
      expect((await supertest(port).head(`/_emulator${path}`)).status).toBe(200);
    }
  });

  it('is guarded even when it is off', async () => {
    const agent = await startApp({ control: 'off', controlToken: 's3cret' });
    const statusOf = async (headers: Readonly<Record<string, string>>): Promise<number> =>
      (await agent.get('/_emulator/health').set(headers)).status;
    const token = { Authorization: 'Bearer s3cret' };
    expect([
      await statusOf({}),
      await statusOf(token),
      await statusOf({ ...token, Host: 'evil.example' }),
      await statusOf({ ...token, Origin: 'http://evil.example' }),
    ]).toEqual([401, 200, 403, 403]);
  });

  it('is only on its own port if it has one, and shows there what happens on the others', async () => {
    const port = await findFreePort();
    const emulator = await startEmulator({ control: port, providers: ['klaim'] });
    const control = supertest(`http://127.0.0.1:${port}`);
    expect((await control.get('/_emulator/health')).body).toMatchObject({
      status: 'ok',
      providers: { klaim: emulator.urls.klaim },
    });
    expect((await supertest(emulator.url).get('/_emulator/health')).status).toBe(404);
    expect((await supertest(emulator.urls.klaim).get('/_emulator/health').set(LANTERN)).status).toBe(404);
    expect((await control.get('/klaim/users/ada').set(LANTERN)).status).toBe(404);
    await supertest(emulator.url).get('/_sandbox/x/klaim/users/ada').set(LANTERN);
    const response = await control.get('/_sandbox/x/_emulator/requests');
    expect(response.body).toMatchObject({ requests: [{ id: 'x-1', sandbox: 'x' }] });
  });
});
