import supertest from 'supertest';
import { describe, expect, it, onTestFinished, vi } from 'vitest';

import { createApp } from '../src/app.ts';
import { ConfigError, createEmulator, type Emulator, type EmulatorOptions } from '../src/index.ts';
import { findFreePort, occupyPort } from './support/ports.ts';
import { tally } from './support/providers.ts';
import { openSocket, toBytes } from './support/raw-socket.ts';

const KEY = { Authorization: 'Bearer klaim_test_lantern' };
const LOCAL_URL = /^http:\/\/127\.0\.0\.1:\d+$/;

async function start(options: EmulatorOptions = {}): Promise<Emulator> {
  const emulator = await createEmulator({ port: 0, ...options });
  onTestFinished(() => emulator.close());
  return emulator;
}

async function spend(url = ''): Promise<unknown> {
  const body = JSON.stringify({ credit_delta: -1 });
  const headers = { ...KEY, 'Content-Type': 'application/json' };
  const response = await fetch(`${url}/users/ada/credits`, { method: 'PUT', headers, body });
  return ((await response.json()) as { credit_balance: unknown }).credit_balance;
}

function stopTimers(): void {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
}

describe('createEmulator', () => {
  it('tells its URLs and the variables for clients', async () => {
    const { url, urls, env } = await start({ providers: ['klaim'] });
    expect(url).toMatch(LOCAL_URL);
    expect(Object.keys(urls)).toEqual(['klaim']);
    expect(urls.klaim).toMatch(LOCAL_URL);
    expect(env).toEqual({ CREDITS_EMULATOR_URL: url, KLAIM_BASE_URL: urls.klaim, KLAIM_API_KEY: 'klaim_test_lantern' });
  });

  it('answers on the shared port and on that of the provider, from one state', async () => {
    const { url, urls } = await start();
    expect(await spend(urls.klaim)).toBe(699);
    expect(await spend(`${url}/klaim`)).toBe(698);
  });

  it('opens one port only if it is asked to', async () => {
    const { url, urls, env } = await start({ providers: ['klaim'], providerPorts: false });
    expect(urls).toEqual({ klaim: `${url}/klaim` });
    expect(env['KLAIM_BASE_URL']).toBe(`${url}/klaim`);
    expect(await spend(urls.klaim)).toBe(699);
  });

  it('runs a provider from outside, beside a bundled one or alone', async () => {
    const both = await start({ providers: ['klaim', tally] });
    expect(Object.keys(both.urls)).toEqual(['klaim', 'tally']);
    expect(await spend(both.urls.klaim)).toBe(699);
    const alone = await start({ providers: [tally] });
    expect(alone.env).toEqual({ CREDITS_EMULATOR_URL: alone.url, TALLY_BASE_URL: alone.urls['tally'] });
    expect((await fetch(`${alone.url}/klaim/users`)).status).toBe(404);
  });

  it('puts the named sandbox back to its seed, or else the default one', async () => {
    const emulator = await start();
    const { klaim: usual } = emulator.urls;
    const other = `${usual}/_sandbox/other`;
    await spend(usual);
    await spend(other);
    emulator.reset();
    expect(await spend(usual)).toBe(699);
    expect(await spend(other)).toBe(698);
    emulator.reset('other');
    expect(await spend(other)).toBe(699);
  });

  it('frees its ports when it is closed, also a second time', async () => {
    const emulator = await start({ port: await findFreePort(1, 2, 3, 4, 5) });
    await spend(emulator.urls.klaim);
    await emulator.close();
    await emulator.close();
    for (const own of [emulator.url, ...Object.values(emulator.urls)]) {
      const again = await start({ port: Number(new URL(own).port), providerPorts: false });
      expect(again.url).toBe(own);
    }
  });

  it('is closed at once although a connection is kept alive', async () => {
    const emulator = await start({ providers: ['klaim'] });
    const socket = await openSocket(emulator.url);
    socket.send(toBytes('GET', '/'));
    await expect.poll(() => socket.answers()).toMatchObject([{ status: 200 }]);
    stopTimers();
    await emulator.close();
    expect(await socket.ended).toBe('end');
  });

  it('gives requests that are under way half a second when it is closed', async () => {
    const emulator = await start({ providers: ['klaim'] });
    const socket = await openSocket(emulator.url);
    socket.send(toBytes('POST', '/klaim/users', { headers: { 'Content-Length': '5', Expect: '100-continue' } }));
    await expect.poll(() => socket.text()).toContain('100 Continue');
    stopTimers();
    let isClosed = false;
    const closing = emulator.close().then(() => (isClosed = true));
    vi.advanceTimersByTime(499);
    for (let turn = 0; turn < 10; turn += 1) await new Promise(setImmediate);
    expect(isClosed).toBe(false);
    vi.advanceTimersByTime(1);
    await closing;
  });

  it('frees the ports that it has opened when a later one is in use', async () => {
    const port = await findFreePort(2);
    await occupyPort(port + 2);
    await expect(start({ port, providers: ['klaim'] })).rejects.toThrow(
      new ConfigError(`Port ${port + 2} is in use. Stop what uses it, or start with --port N (0 takes free ports).`),
    );
    const { url } = await start({ port, providerPorts: false });
    expect(url).toBe(`http://127.0.0.1:${port}`);
  });

  it.each<[EmulatorOptions]>([
    [{ port: -1 }],
    [{ providers: ['klam'] }],
    [{ fixtures: ['defualt'] }],
    [{ set: ['klaim.overdarft=allow'] }],
    [{ clock: 'noon' }],
    [{ host: '192.0.2.1' }],
  ])('refuses %j with a ConfigError', async (options) => {
    await expect(start(options)).rejects.toBeInstanceOf(ConfigError);
  });
});

describe('createApp', () => {
  it('gives a handler for supertest', async () => {
    const api = supertest(await createApp({ clock: '2026-01-01T00:00:00Z' }));
    const spent = await api.put('/klaim/users/ada/credits').set(KEY).send({ credit_delta: 6 }).expect(200);
    expect(spent.body).toEqual({ message: 'resource updated successfully', credit_balance: 706 });
    const health = await api.get('/_emulator/health').set('Host', 'localhost').expect(200);
    expect(health.body).toMatchObject({ status: 'ok', providers: { klaim: 'http://localhost/klaim' } });
  });

  it('is steered as an emulator is', async () => {
    const app = await createApp({ providers: ['klaim'] });
    const api = supertest(app);
    const world = await app.sandbox('checkout', { clock: '2026-01-01T00:00:00Z' });
    await world.faults.add({ provider: 'klaim', phase: 'after', effect: { status: 500 } });
    const { KLAIM_BASE_URL: path = '' } = await world.env();
    expect(path).toBe('/_sandbox/checkout/klaim');
    await api.put(`${path}/users/ada/credits`).set(KEY).send({ credit_delta: 6 }).expect(500);
    await world.requests.verify({ match: { subject: 'ada', status: 500 }, count: { exactly: 1 } });
    expect(
      (await world.accounts.list({ tenant: 'app_lantern', account: 'ada' })).accounts.map(({ balance }) => balance),
    ).toEqual(['706']);
    app.reset('checkout');
    expect((await app.sandboxes.get('checkout')).requests).toBe(0);
    expect(await app.health()).toMatchObject({ status: 'ok' });
    expect(app.env).toEqual({
      CREDITS_EMULATOR_URL: '',
      KLAIM_BASE_URL: '/klaim',
      KLAIM_API_KEY: 'klaim_test_lantern',
    });
  });
});
