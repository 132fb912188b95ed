import { createServer } from 'node:http';

import { describe, expect, it, onTestFinished } from 'vitest';

import type { EmulatorOptions } from '../../src/config/options.ts';
import { board, type ShownNote } from '../support/board.ts';
import { startEmulator } from '../support/emulator.ts';
import { follow } from '../support/events.ts';
import { findFreePort } from '../support/ports.ts';

const LANTERN = { Authorization: 'Bearer klaim_test_lantern' };

interface Described {
  readonly name: string;
  readonly requests: number;
  readonly urls: Readonly<Record<string, string>>;
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly id: string | null;
}

async function send(method: string, url: string, body?: object, headers = {}): Promise<Answer> {
  const answer = await fetch(url, {
    method,
    headers: { ...LANTERN, ...headers, ...(body && { 'Content-Type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  const id = answer.headers.get('x-emulator-request-id');
  return { status: answer.status, body: text === '' ? undefined : (JSON.parse(text) as unknown), id };
}

/** One with a sandbox that has ports of its own. */
async function start(options: EmulatorOptions = {}): Promise<{ url: string; own: string; others: string[] }> {
  const { url } = await startEmulator({ providers: ['klaim', 'gamefuse'], ...options });
  const { status, body } = await send('PUT', `${url}/_emulator/sandboxes/one`, { listen: true });
  const { klaim = '', ...others } = (body as Described).urls;
  expect(status).toBe(201);
  return { url, own: klaim, others: Object.values(others) };
}

async function isOpen(url: string): Promise<boolean> {
  return fetch(url).then(
    () => true,
    () => false,
  );
}

describe('a sandbox that listens', () => {
  it('has a port for each provider, where it is meant by whoever names none', async () => {
    const { url, own, others } = await start();
    expect(new Set([own, ...others, url]).size).toBe(3);
    for (const port of [own, ...others]) expect(port).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(await send('PUT', `${own}/users/ada/credits`, { credit_delta: 1 })).toMatchObject({
      status: 200,
      id: 'one-1',
    });
    expect(await send('GET', `${url}/_sandbox/one/klaim/users/ada/credits`)).toMatchObject({ id: 'one-2' });
    expect(await send('GET', `${url}/_emulator/sandboxes/one`)).toMatchObject({
      body: { requests: 2, urls: { klaim: own, gamefuse: others[0] } },
    });
    expect(await send('GET', `${own}/_emulator/clock`)).toMatchObject({ id: 'one-act-1' });
    expect(await send('GET', `${own}/_emulator/env`)).toMatchObject({ body: { KLAIM_BASE_URL: own } });
  });

  it.each([
    ['the header', '/users/ada/credits', { 'X-Emulator-Sandbox': 'two' }, 'two-1'],
    ['the path', '/_sandbox/two/users/ada/credits', {}, 'two-1'],
    ['the credential', '/users/ada/credits', { Authorization: 'Bearer klaim_test_lantern~two' }, 'two-1'],
    ['the header that names the default one', '/users/ada/credits', { 'X-Emulator-Sandbox': 'default' }, 'default-1'],
  ])('is weaker by its port than another by %s', async (_, path, headers, id) => {
    const { own } = await start();
    expect(await send('GET', `${own}${path}`, undefined, headers)).toMatchObject({ status: 200, id });
  });

  it('tells of others by URLs that lead to them, whichever port is asked', async () => {
    const { url, own } = await start();
    const shared = new URL(url).port;
    const asked = (sandbox: string): Promise<Answer> =>
      send('GET', `${own}/_emulator/env`, undefined, { 'X-Emulator-Sandbox': sandbox });
    for (const sandbox of ['two', 'default']) {
      const { body } = await asked(sandbox);
      const { KLAIM_BASE_URL: base = '' } = body as Record<string, string>;
      expect(new URL(base).port).not.toBe(shared);
      expect(await send('GET', `${base}/users/ada/credits`)).toMatchObject({ status: 200, id: `${sandbox}-1` });
    }
    const { body } = await send('GET', `${url}/_emulator/sandboxes`);
    const { sandboxes } = body as { readonly sandboxes: readonly Described[] };
    for (const { name, urls, requests } of sandboxes) {
      expect(await send('GET', `${urls['klaim'] ?? ''}/users/ada/credits`)).toMatchObject({
        id: `${name}-${requests + 1}`,
      });
    }
  });

  it('keeps its ports when it is made anew to listen, and loses them when it is made anew without', async () => {
    const { url, own } = await start();
    await send('PUT', `${own}/users/ada/credits`, { credit_delta: 1 });
    const again = await send('PUT', `${url}/_emulator/sandboxes/one`, { listen: true });
    expect(again).toMatchObject({ status: 200, body: { requests: 0, urls: { klaim: own } } });
    expect(await send('GET', `${own}/users/ada/credits`)).toMatchObject({ body: { credit_balance: 700 } });
    const without = await send('PUT', `${url}/_emulator/sandboxes/one`, {});
    expect((without.body as Described).urls['klaim']).toMatch(/\/_sandbox\/one$/);
    await expect.poll(() => isOpen(own)).toBe(false);
  });

  it('closes them, and what is open on them, when it goes', async () => {
    const { url } = await startEmulator({ providers: [board] });
    const { body } = await send('PUT', `${url}/_emulator/sandboxes/one`, { listen: true });
    const own = (body as Described).urls['board'] ?? '';
    const { next, ended } = await follow<ShownNote>(`${own}/notes/a/stream`);
    await next();
    expect(await send('DELETE', `${url}/_emulator/sandboxes/one`)).toMatchObject({ status: 204 });
    expect(await ended).toBe('whole');
    await expect.poll(() => isOpen(own)).toBe(false);
    const { body: anew } = await send('GET', `${url}/_sandbox/one/board/notes/a`);
    expect(anew).toMatchObject({ version: 0 });
    expect(await send('GET', `${url}/_emulator/sandboxes/one`)).not.toMatchObject({ body: { urls: { board: own } } });
  });

  it('closes them with the emulator', async () => {
    const emulator = await startEmulator({ providers: ['klaim'] });
    const { body } = await send('PUT', `${emulator.url}/_emulator/sandboxes/one`, { listen: true });
    const own = (body as Described).urls['klaim'] ?? '';
    await emulator.close();
    expect(await isOpen(own)).toBe(false);
  });
});

describe('--listen-ports', () => {
  /** A range of so many free ports, as far as can be told. */
  async function findRange(count: number): Promise<number> {
    for (;;) {
      const from = await findFreePort();
      const servers = Array.from({ length: count }, () => createServer());
      const taken = await Promise.all(
        servers.map(
          (server, at) =>
            new Promise<boolean>((resolve) => {
              server.once('error', () => {
                resolve(true);
              });
              server.listen(from + at, '127.0.0.1', () => {
                resolve(false);
              });
            }),
        ),
      );
      await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
      if (!taken.includes(true)) return from;
    }
  }

  it('says which ports sandboxes have, of which those are passed over that others use', async () => {
    const from = await findRange(4);
    const stranger = createServer();
    await new Promise<void>((resolve) => stranger.listen(from + 1, '127.0.0.1', resolve));
    onTestFinished(() => void stranger.close());
    const { url } = await startEmulator({ providers: ['klaim', 'gamefuse'], listenPorts: `${from}-${from + 3}` });
    const listen = (name: string): Promise<Answer> =>
      send('PUT', `${url}/_emulator/sandboxes/${name}`, { listen: true });
    const at = (port: number): string => `http://127.0.0.1:${port}`;
    expect(await listen('one')).toMatchObject({
      status: 201,
      body: { urls: { klaim: at(from), gamefuse: at(from + 2) } },
    });
    expect(await listen('two')).toEqual({
      status: 503,
      id: expect.any(String) as string,
      body: {
        type: 'about:blank',
        title: 'No free port',
        status: 503,
        detail: `Each sandbox needs 2 ports, but fewer of ${from}-${from + 3} are free.`,
        hint: 'Delete sandboxes that listen, or start with more --listen-ports.',
      },
    });
    expect(await send('GET', `${url}/_emulator/sandboxes/two`)).toMatchObject({ status: 404 });
    expect(await isOpen(at(from + 3))).toBe(false);
    await send('DELETE', `${url}/_emulator/sandboxes/one`);
    await expect.poll(async () => (await listen('two')).status).toBe(201);
  });
});
