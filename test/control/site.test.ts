import { describe, expect, it } from 'vitest';

import { startApp } from '../support/emulator.ts';

const HTML = { Accept: 'text/html' };
const OPENED = { ...HTML, 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'navigate', 'Sec-Fetch-Dest': 'document' };

describe('the page', () => {
  it.each(['/_emulator/', '/_emulator/docs', '/_sandbox/demo/_emulator/'])(
    'is at %s, without code in it, for no frame and from no other origin',
    async (path) => {
      const { status, headers, text } = await (await startApp({ providers: ['klaim'] })).get(path).set(HTML);
      expect(status).toBe(200);
      expect(headers).toMatchObject({
        'content-type': 'text/html; charset=utf-8',
        'x-frame-options': 'DENY',
        'x-content-type-options': 'nosniff',
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-resource-policy': 'same-origin',
      });
      expect(headers['content-security-policy']).toMatch(
        /^default-src 'none'; script-src 'self';.* frame-ancestors 'none'/,
      );
      expect(text).not.toMatch(/<script(?![^>]* src=")|<style|\bon\w+=|style="|https?:/);
    },
  );

  it.each([
    ['/_emulator', '_emulator/'],
    ['/_emulator?sandbox=demo', '_emulator/?sandbox=demo'],
    ['/_emulator/docs/?sandbox=demo', '../docs?sandbox=demo'],
  ])('redirects from %s to the folder of its files', async (path, location) => {
    const { status, headers } = await (await startApp({ providers: ['klaim'] })).get(path).set(HTML);
    expect([status, headers['location']]).toEqual([308, location]);
  });

  it.each(['main.js', 'docs.js', 'theme.js', 'page.css', 'icon.svg'])('has its file %s', async (file) => {
    const { status, headers } = await (await startApp({ providers: ['klaim'] })).get(`/_emulator/page/${file}`);
    expect([status, headers['content-security-policy']]).toEqual([200, expect.any(String)]);
  });

  it('needs no token, and may be linked to', async () => {
    const agent = await startApp({ controlToken: 'open-sesame' });
    expect((await agent.get('/_emulator/').set(OPENED)).status).toBe(200);
    expect((await agent.get('/_emulator/page/main.js')).status).toBe(200);
    expect((await agent.get('/_emulator/sandboxes')).status).toBe(401);
  });

  it.each([
    [{ ...OPENED, 'Sec-Fetch-Dest': 'iframe' }, '/_emulator/', 403],
    [{ 'Sec-Fetch-Site': 'cross-site' }, '/_emulator/page/main.js', 403],
    [{ ...HTML, Host: 'evil.example' }, '/_emulator/', 403],
    [HTML, '/_emulator/page/../index.html', 404],
    [HTML, '/_emulator/page/nothing.js', 404],
    [{ Accept: 'application/json' }, '/_emulator/', 404],
  ])('is not served for a request with %j for %s', async (headers, path, status) => {
    const answer = await (await startApp({ providers: ['klaim'] })).get(path).set(headers);
    expect([answer.status, answer.type]).toEqual([status, 'application/problem+json']);
  });

  it('is not served if the control API is off', async () => {
    expect((await (await startApp({ control: 'off' })).get('/_emulator/').set(HTML)).status).toBe(404);
  });
});
