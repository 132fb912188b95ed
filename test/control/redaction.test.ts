import { describe, expect, it } from 'vitest';

import { tally } from '../support/providers.ts';
import { startControl, type Answer } from './api.ts';

const SECRET = 'hush-hush';

interface Shown {
  readonly url: string;
  readonly request: { readonly headers: Readonly<Record<string, string>>; readonly body: string };
  readonly answer: { readonly headers: Readonly<Record<string, string>>; readonly body: string };
}

function shown({ body }: Answer): Shown {
  return body as Shown;
}

describe('the journal', () => {
  it('shows no credential of a header', async () => {
    const { agent, get } = await startControl();
    await agent
      .get('/klaim/users/ada')
      .set({ Authorization: `Bearer ${SECRET}`, Cookie: `a=${SECRET}`, 'X-API-Key': SECRET, Api_Key: SECRET })
      .set({ 'Proxy-Authorization': SECRET, Accept: 'text/plain' });
    const entry = await get('/requests/default-1');
    expect(shown(entry).request.headers).toMatchObject({
      authorization: '[redacted]',
      cookie: '[redacted]',
      'x-api-key': '[redacted]',
      api_key: '[redacted]',
      'proxy-authorization': '[redacted]',
      accept: 'text/plain',
    });
    expect(JSON.stringify(entry.body)).not.toContain(SECRET);
  });

  it('shows no secret of a url', async () => {
    const { call, get } = await startControl();
    await call('get', `/klaim/users/ada?api_key=${SECRET}&x=1&apiKey=${SECRET}&api%5Fkey=${SECRET}#y`);
    expect(shown(await get('/requests/default-1')).url).toBe(
      '/users/ada?api_key=[redacted]&x=1&apiKey=[redacted]&api%5Fkey=[redacted]',
    );
  });

  it('shows no secret of a JSON body, nor of its answer', async () => {
    const { agent, get } = await startControl({ providers: [tally] });
    const sent = `{"password": "${SECRET}", "deep": [{"Password":["${SECRET}","${SECRET}"]}], "note": "kept"}`;
    await agent.post('/tally/echo').set('Content-Type', 'application/json').send(sent);
    const { request, answer } = shown(await get('/requests/default-1'));
    expect(request.body).toBe('{"password": "[redacted]", "deep": [{"Password":"[redacted]"}], "note": "kept"}');
    expect(answer.body).toBe('{"body":{"password":"[redacted]","deep":[{"Password":"[redacted]"}],"note":"kept"}}');
  });

  it('shows no secret of a form', async () => {
    const { agent, get } = await startControl({ providers: [tally] });
    await agent.post('/tally/echo').type('form').send(`note=kept&password=${SECRET}&user[password]=${SECRET}&x=1`);
    expect(shown(await get('/requests/default-1')).request.body).toBe(
      'note=kept&password=[redacted]&user[password]=[redacted]&x=1',
    );
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

  it('shows no secret of a body that does not parse or was cut off', async () => {
    const { agent, get } = await startControl({ providers: [tally] });
    await agent.post('/tally/echo').set('Content-Type', 'application/json').send(`{"password":"${SECRET}`);
    const { request } = shown(await get('/requests/default-1'));
    expect(request.body).toBe('{"password":"[redacted]"');
  });

  it('keeps secrets of one provider out of the exchanges of another', async () => {
    const { call, get } = await startControl({ providers: ['klaim', tally] });
    await call('put', '/klaim/users/ada', { metadata: { password: SECRET } });
    expect(JSON.stringify((await get('/requests')).body)).not.toContain(SECRET);
  });

  it('shows the answer of the API as the client saw it, with its secrets', async () => {
    const { call } = await startControl();
    const { body } = await call('put', '/klaim/users/ada', { metadata: { api_key: SECRET } });
    expect(body).toMatchObject({ metadata: { api_key: SECRET } });
  });
});
