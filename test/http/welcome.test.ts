import supertest from 'supertest';
import { describe, expect, it } from 'vitest';

import { startApp, startEmulator } from '../support/emulator.ts';
import { tally } from '../support/providers.ts';

const BROWSER = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';

describe('the root', () => {
  it('says in JSON what runs here and where', async () => {
    const { url, urls } = await startEmulator({ providers: ['klaim'] });
    const response = await supertest(url).get('/').set('Accept', '*/*');
    expect([response.status, response.body]).toEqual([
      200,
      {
        name: 'credits-emulator',
        version: '0.1.0',
        providers: [{ id: 'klaim', title: 'Klaim', url: urls.klaim }],
        control: `${url}/_emulator`,
      },
    ]);
  });

  it('says so in a page to a browser', async () => {
    const { url, urls } = await startEmulator({ providers: ['klaim'] });
    const response = await supertest(url).get('/').set('Accept', BROWSER);
    expect(response.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(response.text).toContain(
      `<tr><td>Klaim</td><td><code>${urls.klaim}</code></td><td><code>/klaim</code></td></tr>`,
    );
    expect(response.text).toContain(`<a href="${url}/_emulator/health">`);
  });

  it('shows a title as it is written, whatever it holds', async () => {
    const agent = await startApp({ providers: [{ ...tally, title: 'Tally & <b>Sons</b>' }] });
    const { text } = await agent.get('/').set('Accept', BROWSER);
    expect(text).toContain('<td>Tally &amp; &lt;b&gt;Sons&lt;/b&gt;</td>');
  });

  it.each(['post', 'put', 'patch', 'delete', 'options'] as const)('does not take %s', async (method) => {
    const agent = await startApp();
    const response = await agent[method]('/').set('Accept', BROWSER);
    const { status, headers } = response;
    expect([status, headers['allow'], headers['content-type'], response.body]).toEqual([
      405,
      'GET, HEAD',
      'application/problem+json',
      {
        type: 'about:blank',
        title: 'Method not allowed',
        status: 405,
        detail: `/ does not take ${method.toUpperCase()}.`,
        hint: 'It takes GET, HEAD.',
      },
    ]);
  });

  it.each(['//', '/?a=1', '//?a=1'])('is the same at %s', async (path) => {
    const agent = await startApp();
    expect((await agent.get(path)).body).toMatchObject({ name: 'credits-emulator' });
  });

  it('answers HEAD without a body', async () => {
    const agent = await startApp();
    const response = await agent.head('/');
    expect([response.status, Boolean(response.text)]).toEqual([200, false]);
  });

  it.each([
    [{ Host: 'localhost:1234' }, 'http://localhost:1234/klaim', 'http://localhost:1234/_emulator'],
    [{ Host: 'ci.example', 'X-Forwarded-Host': 'emulator' }, 'http://emulator/klaim', 'http://emulator/_emulator'],
    // Pages of other sites may ask for it, and are not told their own host.
    [{ Host: 'evil.example' }, '/klaim', '/_emulator'],
    [{ Host: 'emulator', 'X-Forwarded-Host': 'evil.example' }, '/klaim', '/_emulator'],
  ])('says where all is, to one who asks with %j', async (headers: Readonly<Record<string, string>>, url, control) => {
    const agent = await startApp({ providers: ['klaim'], trustProxy: true });
    const response = await agent.get('/').set(headers);
    expect(response.body).toEqual({
      name: 'credits-emulator',
      version: '0.1.0',
      providers: [{ id: 'klaim', title: 'Klaim', url }],
      control,
    });
  });

  it('has the word for clients that drop paths on its page', async () => {
    const agent = await startApp({ providers: ['decentraland'] });
    const { text } = await agent.get('/').set({ Accept: 'text/html', Host: 'localhost:1234' });
    expect(text).toContain(
      `<code>http://localhost:1234/decentraland</code><br><small>Its clients drop the path of a base URL, so they cannot reach this one: use http://decentraland.localhost:1234 if that name resolves to the emulator.</small>`,
    );
  });
});
