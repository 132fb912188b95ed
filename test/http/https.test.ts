import { text } from 'node:stream/consumers';
import { request } from 'node:https';
import type { IncomingMessage } from 'node:http';
import { once } from 'node:events';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { checkServerIdentity, connect as connectSecurely } from 'node:tls';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createApp, createEmulator, type Emulator } from '../../src/compose/emulator.ts';
import { bundled } from '../../src/providers/index.ts';
import { callCommand } from '../support/command-in-process.ts';
import { START, startEmulator } from '../support/emulator.ts';
import { createFolder } from '../support/folder.ts';
import { testLogger } from '../support/log.ts';

const KEY = { Authorization: 'Bearer klaim_test_lantern' };

let emulator: Emulator;
let ca: string;
beforeAll(async () => {
  emulator = await createEmulator({ port: 0, clock: START, https: true }, testLogger);
  ca = await emulator.ca();
});
afterAll(() => emulator.close());

const toPort = (url: string): number => Number(new URL(url).port);
const shared = (): number => toPort(emulator.url);

describe('with --https', () => {
  it('every port takes HTTPS and HTTP, and tells of addresses as it was asked', async () => {
    for (const [name, url] of Object.entries({ ...emulator.urls, shared: emulator.url })) {
      const secure = await askHttps(`${url}/_emulator/env`, toPort(url), { ca });
      const plain = await (await fetch(`${url.replace('https:', 'http:')}/_emulator/env`)).text();
      expect([name, url, secure.status]).toEqual([name, expect.stringMatching(/^https:\/\/127\.0\.0\.1:\d+$/), 200]);
      expect(JSON.parse(secure.text)).toEqual(emulator.env);
      expect(plain).toBe(secure.text.replaceAll('https:', 'http:'));
    }
  });

  it('every provider is reached by its real host name, and by its own name', async () => {
    const names = bundled.flatMap(({ provider: { id, hosts } }) =>
      [`${id}.localhost`, ...hosts].map((host) => [id, host]),
    );
    for (const [id = '', host = ''] of names) {
      emulator.reset();
      const nowhere = `https://${host}/no-such-path-of-${id}`;
      await askHttps(nowhere, shared(), { ca });
      const { requests } = await emulator.sandbox().requests.list();
      expect([host, requests.map(({ provider, url }) => [provider, url])]).toEqual([
        host,
        [[id, `/no-such-path-of-${id}`]],
      ]);
    }
    expect(names.length).toBeGreaterThan(10);
  });

  it('a name that nobody declares, and another authority, are refused by the client', async () => {
    const other = await (await startEmulator({ https: true, providers: ['klaim'] })).ca();
    await expect(askHttps('https://example.com/', shared(), { ca })).rejects.toMatchObject({
      code: 'ERR_TLS_CERT_ALTNAME_INVALID',
    });
    await expect(askHttps('https://klaim.localhost/users', shared(), { ca: other })).rejects.toMatchObject({
      code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    });
    expect((await askHttps('https://klaim.localhost/users', shared(), { ca, headers: KEY })).status).toBe(200);
  });

  it('faults and streams are what they are over HTTP', async () => {
    const world = emulator.sandbox('faults');
    const headers = { ...KEY, 'X-Emulator-Sandbox': 'faults' };
    const add = {
      ca,
      method: 'PUT',
      headers: { ...headers, 'Content-Type': 'application/json' },
      body: '{"credit_delta":-25}',
    };
    const url = 'https://klaim.localhost/users/ada/credits';
    for (const connection of ['reset', 'empty'] as const) {
      await world.faults.add({ provider: 'klaim', phase: 'after', effect: { connection }, times: 1 });
      await expect(askHttps(url, shared(), add)).rejects.toMatchObject({ code: 'ECONNRESET' });
    }
    expect((await world.ledger.list({ provider: 'klaim' })).entries.map(({ delta }) => delta)).toEqual(['-25', '-25']);
    await world.faults.add({ provider: 'klaim', effect: { body: 'truncate' }, times: 1 });
    await expect(askHttps('https://klaim.localhost/users', shared(), { ca, headers })).rejects.toThrow('aborted');

    const wallet = '0x1111111111111111111111111111111111111111';
    const stream = await openHttps(`https://credits.decentraland.org/users/${wallet}/credits/stream`, shared(), {
      ca,
      headers,
    });
    const events: string[] = [];
    stream.on('data', (event: Buffer) => events.push(event.toString()));
    await expect.poll(() => events.length).toBe(1);
    await world.controls.run('decentraland', 'consume', { address: wallet, amount: '1' });
    await expect.poll(() => events.length).toBe(2);
    expect([stream.headers['content-type'], events[0] === events[1]]).toEqual(['text/event-stream', false]);
    stream.destroy();
  });

  it('a reset is one, and not the end of a connection', async () => {
    const world = emulator.sandbox('reset');
    await world.faults.add({ provider: 'klaim', effect: { connection: 'reset' } });
    const ends = await Promise.all(
      ['reset', 'default'].map(async (name) => {
        const socket = connectSecurely({ host: '127.0.0.1', port: shared(), ca, servername: 'localhost' });
        await once(socket, 'secureConnect');
        socket.write(
          `GET /klaim/users HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nX-Emulator-Sandbox: ${name}\r\n\r\n`,
        );
        socket.resume();
        return Promise.race([
          once(socket, 'error').then(([error]) => (error as NodeJS.ErrnoException).code),
          once(socket, 'end').then(() => 'end'),
        ]);
      }),
    );
    expect(ends).toEqual(['ECONNRESET', 'end']);
  });

  it('what is no HTTPS after all, or says nothing, harms nobody and is gone with the emulator', async () => {
    const own = await createEmulator({ port: 0, providers: ['klaim'], providerPorts: false, https: true }, testLogger);
    const broken = [[0x16, 0x03, 0x01, 0xff], [0x16, ...Array<number>(600).fill(0)], [0xff, 0xff], []];
    const left = broken.map((bytes) => {
      const socket = connect(toPort(own.url), '127.0.0.1');
      socket.on('error', () => undefined);
      socket.write(Buffer.from(bytes));
      return new Promise((resolve) => socket.resume().once('close', resolve));
    });
    const status = async (): Promise<number> =>
      (await askHttps(`${own.url}/klaim/users`, toPort(own.url), { ca: await own.ca(), headers: KEY })).status;
    expect(await status()).toBe(200);
    await own.close();
    await Promise.all(left);
  });

  it('a handler that is mounted elsewhere has no certificate', async () => {
    await expect(createApp({ https: true })).rejects.toThrow('createEmulator for https');
  });
});

describe('certificates', () => {
  const start = async (options: object): Promise<string> => {
    const started = await createEmulator(
      { port: 0, providers: ['klaim'], providerPorts: false, https: true, ...options },
      testLogger,
    );
    const certificate = await started.ca();
    await started.close();
    return certificate;
  };

  it('are kept in their folder for the same names, and made anew for another', async () => {
    const folder = join(createFolder(), 'certificates');
    const first = await start({ httpsFolder: folder });
    expect([
      await start({ httpsFolder: folder }),
      await start({ httpsFolder: folder, providers: ['gamefuse'] }),
    ]).toEqual([first, first]);
    const file = join(folder, 'certificate.pem');
    expect([readdirSync(folder).sort(), statSync(file).mode & 0o777]).toEqual([['ca.pem', 'certificate.pem'], 0o600]);
    expect(readFileSync(join(folder, 'ca.pem'), 'utf8')).toBe(first);
    const named = await start({ httpsFolder: folder, allowHost: ['credits.example'] });
    expect([named === first, readFileSync(join(folder, 'ca.pem'), 'utf8')]).toEqual([false, named]);
    expect(await start({ httpsFolder: folder, allowHost: ['credits.example'] })).toBe(named);
  });

  it('are the same for all that begin with one folder at once, and lie in that of --data', async () => {
    const folder = join(createFolder(), 'certificates');
    const all = await Promise.all([1, 2, 3].map(() => start({ httpsFolder: folder })));
    expect(new Set(all).size).toBe(1);
    const data = createFolder();
    const kept = await start({ data });
    expect([readFileSync(join(data, 'https/ca.pem'), 'utf8'), await start({ data })]).toEqual([kept, kept]);
  });

  it('of somebody else are not overwritten', async () => {
    const folder = createFolder({ 'certificate.pem': 'mine\n' });
    await expect(start({ httpsFolder: folder })).rejects.toThrow(
      `${join(folder, 'certificate.pem')} is not a certificate of this emulator and was not overwritten. Name another folder.`,
    );
    expect(readFileSync(join(folder, 'certificate.pem'), 'utf8')).toBe('mine\n');
    await expect(start({ httpsFolder: join(folder, 'certificate.pem') })).rejects.toThrow(
      'cannot be used for certificates',
    );
    await expect(start({ https: false, httpsFolder: folder })).rejects.toThrow('https-folder requires https');
  });

  it('are printed by the verb ca, as text or as JSON', async () => {
    const url = emulator.url.replace('https:', 'http:');
    expect(await callCommand(['ca', '--url', url])).toEqual({ stdout: ca, stderr: '', code: 0 });
    const { stdout } = await callCommand(['ca', '--url', url, '--json']);
    expect(JSON.parse(stdout)).toEqual({ ca });
    const plain = await startEmulator({ providers: ['klaim'], providerPorts: false });
    expect(await callCommand(['ca', '--url', plain.url])).toEqual({
      stdout: '',
      stderr: `${plain.url}: This emulator answers over HTTP only. Start with --https.\n`,
      code: 1,
    });
  });
});

interface Asked {
  readonly ca: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

interface Told {
  readonly status: number;
  readonly text: string;
}

/**
 * Asks as a client would for whom the host of the URL leads to `port` of this machine: that host has to be in the
 * certificate, and the authority has to have signed it.
 *
 * @throws what the connection ended with
 */
async function askHttps(url: string, port: number, asked: Asked): Promise<Told> {
  const response = await openHttps(url, port, asked);
  return { status: response.statusCode ?? 0, text: await text(response) };
}

/** The same, as soon as the head of the answer is there. */
async function openHttps(
  url: string,
  port: number,
  { ca, method = 'GET', headers = {}, body }: Asked,
): Promise<IncomingMessage> {
  const { hostname, host, pathname, search } = new URL(url);
  const sent = request({
    ...{ host: '127.0.0.1', port, method, path: `${pathname}${search}`, ca, agent: false },
    servername: /^[\d.]+$|:/.test(hostname) ? '' : hostname,
    checkServerIdentity: (_, certificate) => checkServerIdentity(hostname, certificate),
    headers: { Host: host, ...headers },
  });
  sent.end(body);
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  return response;
}
