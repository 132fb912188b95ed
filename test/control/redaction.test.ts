import { describe, expect, it } from 'vitest';

import { tally } from '../support/providers.ts';
import { startControl, type Answer } from './api.ts';

const SECRET = 'hush-hush';

const MULTIPART = 'multipart/form-data; boundary=limit';

/** A form with one field that has this header. */
function toPart(head: string): string {
  return `--limit\r\n${head}\r\n\r\n${SECRET}\r\n--limit--\r\n`;
}

interface Shown {
  readonly url: string;
  readonly request: { readonly headers: Readonly<Record<string, string>>; readonly body: string };
  readonly answer: { readonly headers: Readonly<Record<string, string>>; readonly body: string };
}

function shown({ body }: Answer): Shown {
  return body as Shown;
}

describe('the journal', () => {
  it('shows no credential of a header, nor any link of a signed request', async () => {
    const { agent, get } = await startControl({ providers: ['klaim', 'decentraland'] });
    const hidden = [
      ...['authorization', 'cookie', 'x-api-key', 'api_key', 'proxy-authorization'],
      ...[0, 1, 2, 17].map((link) => `x-identity-auth-chain-${link}`),
    ];
    const secrets = Object.fromEntries(hidden.map((name) => [name, SECRET]));
    for (const path of ['/klaim/users/ada', '/decentraland/seasons']) {
      const referer = `https://a.example/in?access_token=${SECRET}&x=1`;
      await agent.get(path).set({ ...secrets, Accept: 'text/plain', Referer: referer });
    }
    for (const id of ['default-1', 'default-2']) {
      const entry = await get(`/requests/${id}`);
      expect(shown(entry).request.headers).toMatchObject({
        ...Object.fromEntries(hidden.map((name) => [name, '[redacted]'])),
        accept: 'text/plain',
        referer: 'https://a.example/in?access_token=[redacted]&x=1',
      });
      expect(JSON.stringify(entry.body)).not.toContain(SECRET);
    }
  });

  it('shows no key in a path, nor do reasons, HAR, events and findings', async () => {
    const { call, get } = await startControl();
    const sent = [
      ['klaim_test_lantern/users', {}, '[redacted]/users'],
      ['users/klaim%5Ftest_lantern/x/y', {}, 'users/[redacted]/x/y'],
      ['hush-hush/all', { Authorization: 'Bearer hush-hush' }, '[redacted]/all'],
      ['users/hush-lush/x', { Authorization: 'hush-lush' }, 'users/[redacted]/x'],
    ] as const;
    for (const [path, headers] of sent) {
      for (let times = 0; times < 4; times += 1) await call('get', `/klaim/${path}`, undefined, headers);
    }
    const { body } = await get('/requests?limit=100');
    const urls = (body as { readonly requests: readonly { readonly url: string }[] }).requests.map(({ url }) => url);
    expect(urls.toReversed()).toEqual(sent.flatMap(([, , path]) => Array.from({ length: 4 }, () => `/${path}`)));
    for (const path of ['/requests/default-1', '/requests.har', '/audit?limit=100', '/events?limit=100']) {
      expect([path, JSON.stringify((await get(path)).body)]).toEqual([
        path,
        expect.not.stringMatching(/klaim_test_lantern\/|hush/) as unknown,
      ]);
    }
  });

  it('shows no secret of a url', async () => {
    const { call, get } = await startControl();
    await call('get', `/klaim/users/ada?api_key=${SECRET}&x=1&apiKey=${SECRET}&api%5Fkey=${SECRET}#y`);
    expect(shown(await get('/requests/default-1')).url).toBe(
      '/users/ada?api_key=[redacted]&x=1&apiKey=[redacted]&api%5Fkey=[redacted]',
    );
  });

  it.each([
    [
      'application/json',
      `{"password": "${SECRET}", "deep": [{"Password":["${SECRET}","${SECRET}"]}], "note": "kept"}`,
      '{"password": "[redacted]", "deep": [{"Password":"[redacted]"}], "note": "kept"}',
    ],
    ['application/json', `{"password":"${SECRET}`, '{"password":"[redacted]"'],
    [
      'application/x-www-form-urlencoded',
      `note=kept&password=${SECRET}&user[password]=${SECRET}&x=1`,
      'note=kept&password=[redacted]&user[password]=[redacted]&x=1',
    ],
  ])('shows no secret of a body or of its response: %s, %s', async (type, sent, kept) => {
    const { agent, get } = await startControl({ providers: [tally] });
    await agent.post('/tally/echo').set('Content-Type', type).send(sent);
    const { request, answer } = shown(await get('/requests/default-1'));
    expect([request.body, answer.body.includes(SECRET)]).toEqual([kept, false]);
  });

  it('shows no secret of a multipart form', async () => {
    const { agent, get } = await startControl({ providers: [tally] });
    await agent.post('/tally/echo').field('note', 'kept').field('password', SECRET).field('last', 'kept');
    const { request, answer } = shown(await get('/requests/default-1'));
    expect(request.body).toMatch(/name="note"\r\n\r\nkept\r\n.*name="password"\r\n\r\n\[redacted\]\r\n.*\r\n\r\nkept/s);
    expect(request.body).not.toContain(SECRET);
    expect(answer.body).toBe('{"body":{"note":"kept","password":"[redacted]","last":"kept"}}');
  });

  it('shows no secret of a record', async () => {
    const { put, call, get } = await startControl();
    await put('/state', {
      klaim: {
        apps: [{ app_id: 'a', name: 'A', api_key: SECRET }],
        users: [{ app_id: 'a', user_id: 'u', email: 'u' }],
      },
    });
    const body = { metadata: { api_key: SECRET, other: [{ apiKey: SECRET }] } };
    await call('put', '/klaim/users/u', body, { Authorization: `Bearer ${SECRET}` });
    const entry = await get('/requests/default-1');
    expect(entry.body).toMatchObject({
      answer: { status: 200 },
      changes: [{ after: { metadata: { api_key: '[redacted]', other: [{ apiKey: '[redacted]' }] } } }],
    });
    expect(JSON.stringify(entry.body)).not.toContain(SECRET);
  });

  it.each([
    ['a form with raw spaces', 'application/x-www-form-urlencoded', `email=a b&password=${SECRET} and ${SECRET}&x=1`],
    ['a folded header', MULTIPART, toPart('Content-Disposition: form-data;\r\n name="password"')],
    ['an encoded name', MULTIPART, toPart("Content-Disposition: form-data; name*=utf-8''password")],
    ['a file name', MULTIPART, toPart('Content-Disposition: form-data; filename="; name=x"; name="password"')],
    ['JSON in JSON', 'application/json', JSON.stringify({ body: JSON.stringify({ password: SECRET }) })],
    ['an access token', 'application/json', JSON.stringify({ Access_Token: SECRET })],
  ])('shows no secret of %s', async (_, type, sent) => {
    const { agent, get } = await startControl({ providers: [tally] });
    await agent.post('/tally/echo').set('Content-Type', type).send(sent).expect(200);
    const entry = await get('/requests/default-1');
    expect(JSON.stringify(entry.body)).not.toContain(SECRET);
    expect(shown(entry).request.body).toContain('[redacted]');
  });

  it('keeps secrets out of every list, and leaves the response to the client unchanged', async () => {
    const { call, get } = await startControl({ providers: ['klaim', tally] });
    const { body } = await call('put', '/klaim/users/ada', { metadata: { api_key: SECRET, password: SECRET } });
    expect(body).toMatchObject({ metadata: { api_key: SECRET, password: SECRET } });
    expect(JSON.stringify((await get('/requests')).body)).not.toContain(SECRET);
  });
});
