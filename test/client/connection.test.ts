import { createServer } from 'node:http';

import { describe, expect, it } from 'vitest';

import { connect, EmulatorError, UnreachableError } from '../../src/client.ts';
import type { Emulator } from '../../src/index.ts';
import { callCommand } from '../support/command-in-process.ts';
import { startEmulator } from '../support/emulator.ts';
import { findFreePort, occupyPort } from '../support/ports.ts';

const PLAIN = { providers: ['klaim'], providerPorts: false } as const;

describe('connect', () => {
  it('uses the named sandbox, or else that of the URL, or the default one', async () => {
    const { url } = await startEmulator(PLAIN);
    const emulator = connect(`${url}/`);
    expect(emulator.url).toBe(url);
    expect(emulator.sandbox().name).toBe('default');
    const checkout = connect(`${url}/_sandbox/checkout`);
    expect(checkout.url).toBe(url);
    await checkout.sandbox().clock.freeze('2026-02-01T00:00:00Z');
    expect(await emulator.sandbox('checkout').clock.get()).toEqual({ now: '2026-02-01T00:00:00.000Z', frozen: true });
    expect(await emulator.sandbox().clock.get()).toEqual({ now: '2026-01-01T00:00:00.000Z', frozen: true });
    expect(await checkout.env()).toEqual(await emulator.sandbox('checkout').env());
    expect(await checkout.sandbox().urls()).toEqual({ klaim: `${url}/_sandbox/checkout/klaim` });
  });

  it('describes the emulator as a whole', async () => {
    const emulator = connect((await startEmulator(PLAIN)).url);
    const { status, providers } = await emulator.health();
    expect([status, providers]).toEqual(['ok', { klaim: `${emulator.url}/klaim` }]);
    const { providers: listed } = await emulator.providers.list();
    expect(listed).toEqual([await emulator.providers.get('klaim')]);
    await expect(emulator.providers.get('klam')).rejects.toMatchObject({ status: 404, title: 'No such provider' });
  });

  it('sends the token', async () => {
    const { url } = await startEmulator({ ...PLAIN, controlToken: 'open-sesame' });
    const refused: unknown = await connect(url)
      .health()
      .catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(EmulatorError);
    expect(refused).toMatchObject({ name: 'EmulatorError', status: 401, title: 'Token needed' });
    expect(await connect(url, { token: 'open-sesame' }).health()).toMatchObject({ status: 'ok' });
  });

  it.each(['127.0.0.1:4620', 'ftp://127.0.0.1', ''])('refuses %j, which is not a URL of HTTP', (url) => {
    expect(() => connect(url)).toThrow(TypeError);
  });

  it('says that no emulator answers, and what to do', async () => {
    const url = `http://127.0.0.1:${await findFreePort()}`;
    const hint = 'Start one with: credits-emulator start';
    await expect(connect(url).health()).rejects.toThrow(
      new UnreachableError(`No emulator answers on ${url} (ECONNREFUSED). ${hint}`),
    );
  });

  it('waits no longer than its timeout', async () => {
    const url = `http://127.0.0.1:${await occupyPort()}`;
    await expect(connect(url, { timeout: 50 }).health()).rejects.toBeInstanceOf(UnreachableError);
  });

  it.each([
    [200, '<h1>hello</h1>', 'answers, but not as a credits-emulator.'],
    [200, '[]', 'answers, but not as a credits-emulator.'],
    [502, '<h1>no</h1>', '502 <h1>no</h1>'],
  ])('says that another server answers: %i %s', async (status, body, message) => {
    const server = createServer((_, response) => response.writeHead(status).end(body));
    const url = `http://127.0.0.1:${await occupyPort(0, server)}`;
    await expect(connect(url).health()).rejects.toThrow(message);
    expect(await callCommand(['healthcheck', '--url', url])).toMatchObject({ stdout: '', code: 1 });
  });
});

describe('an emulator in the same process', () => {
  it('can be controlled although its control API is off or requires a token', async () => {
    const off = await startEmulator({ ...PLAIN, control: 'off', controlToken: 'open-sesame' });
    expect(await off.sandbox('checkout').clock.advance('PT1H')).toEqual({
      now: '2026-01-01T01:00:00.000Z',
      frozen: true,
    });
    expect(await off.sandbox('checkout').urls()).toEqual({ klaim: `${off.url}/_sandbox/checkout/klaim` });
    expect(await off.health()).toMatchObject({ status: 'ok', providers: off.urls });
  });

  it('refuses an invalid sandbox name, as over HTTP', async () => {
    const emulator = await startEmulator(PLAIN);
    const refusal = {
      status: 400,
      title: 'Invalid sandbox name',
      detail: '"No Name" cannot name a sandbox.',
    };
    await expect(emulator.sandbox('No Name').reset()).rejects.toMatchObject(refusal);
    await expect(connect(emulator.url).sandbox('No Name').reset()).rejects.toMatchObject(refusal);
  });

  it('deletes a sandbox at the end of its use, and closes at the end of its own', async () => {
    const emulator = await startEmulator(PLAIN);
    const sandbox = emulator.sandbox('checkout');
    await sandbox.clock.advance('PT1H');
    await sandbox[Symbol.asyncDispose]();
    expect(await sandbox.clock.get()).toEqual({ now: '2026-01-01T00:00:00.000Z', frozen: true });
    await emulator[Symbol.asyncDispose]();
    await expect(sandbox.clock.get()).rejects.toThrow(new UnreachableError('The emulator is closed.'));
    await expect(connect(emulator.url).health()).rejects.toBeInstanceOf(UnreachableError);
  });
});

describe.each<[string, (emulator: Emulator) => Pick<Emulator, 'sandbox' | 'sandboxes'>]>([
  ['in process', (emulator) => emulator],
  ['over HTTP', ({ url }) => connect(url)],
])('sandboxes %s', (_, open) => {
  it('are created with options, forked, listed and deleted', async () => {
    const emulator = open(await startEmulator(PLAIN));
    const { sandboxes } = emulator;
    const world = await emulator.sandbox('first', { clock: new Date('2026-03-01T00:00:00Z'), randomSeed: 7 });
    expect(world.name).toBe('first');
    expect(await world.clock.get()).toEqual({ now: '2026-03-01T00:00:00.000Z', frozen: true });
    await world.snapshots.take('before');
    await world.clock.advance('PT1H');
    expect((await sandboxes.fork('second', 'first')).clock.now).toBe('2026-03-01T01:00:00.000Z');
    expect((await sandboxes.fork('third', 'first', 'before')).clock.now).toBe('2026-03-01T00:00:00.000Z');
    expect(await (await emulator.sandbox('fourth', { from: 'second' })).clock.get()).toEqual(await world.clock.get());
    const listed = (await sandboxes.list()).sandboxes;
    expect(listed.map(({ name, randomSeed }) => [name, randomSeed])).toEqual([
      ['default', 1],
      ['first', 7],
      ['fourth', 7],
      ['second', 7],
      ['third', 7],
    ]);
    expect(await sandboxes.get('first')).toEqual(listed[1]);
    await sandboxes.delete('third');
    await world[Symbol.asyncDispose]();
    await world[Symbol.asyncDispose]();
    expect((await sandboxes.list()).sandboxes.map(({ name }) => name)).toEqual(['default', 'fourth', 'second']);
    await expect(sandboxes.delete('third')).rejects.toMatchObject({ status: 404, title: 'No such sandbox' });
    await expect(emulator.sandbox('fifth', { from: 'first' })).rejects.toMatchObject({
      status: 404,
      title: 'No such sandbox',
    });
  });
});
