import { writeFileSync } from 'node:fs';
import { request } from 'node:http';

import { describe, expect, it } from 'vitest';

import { bundled } from '../../src/providers/index.ts';
import { version } from '../../src/config/version.ts';
import { callCommand } from '../support/command-in-process.ts';
import { startCommand, startServer } from '../support/command.ts';
import { createFiles } from '../support/folder.ts';
import { findFreePort, occupyPort } from '../support/ports.ts';
import { refuses } from './outcome.ts';

const LOCAL_URL = /^http:\/\/127\.0\.0\.1:\d+$/;
const IDS = bundled.map(({ provider }) => provider.id);

describe('start', () => {
  it('prints one line of JSON when it is ready, with its version and every URL', async () => {
    const { ready, printed } = await startServer();
    const { url, providers } = ready;
    expect(ready).toEqual({ level: 'info', msg: 'ready', version, url, providers });
    expect(url).toMatch(LOCAL_URL);
    expect(Object.keys(providers)).toEqual(IDS);
    for (const own of Object.values(providers)) expect(own).toMatch(LOCAL_URL);
    expect(new Set([url, ...Object.values(providers)]).size).toBe(IDS.length + 1);
    expect(await printed('ready')).toBe(`${JSON.stringify(ready)}\n`);
    for (const own of Object.values(providers)) expect((await fetch(`${own}/_emulator/health`)).status).toBe(200);
  });

  it('logs that a fixture file was reloaded', async () => {
    const { 'world.yaml': file } = createFiles({ 'world.yaml': 'extends: default' });
    const { ready, printed } = await startServer(['--fixtures', file, '--watch']);
    writeFileSync(file, 'extends: outage');
    const lines = (await printed('again')).trim().split('\n');
    expect(JSON.parse(lines[1] ?? '')).toEqual({
      level: 'info',
      time: expect.any(String) as unknown,
      files: [file],
      msg: 'fixtures loaded again; sandboxes are reset to them',
    });
    expect((await fetch(`${ready.url}/klaim/users`)).status).toBe(503);
  });

  it('prints the ready line for people with --log-format pretty', async () => {
    const { printed } = startCommand(['start', '--port', '0', '--log-format', 'pretty']);
    const line = await printed('\n');
    const url = String.raw`http://127\.0\.0\.1:\d+`;
    const own = IDS.map((id) => `${id} ${url}`).join(', ');
    expect(line).toMatch(new RegExp(`^credits-emulator ${version} ready on ${url} \\(${own}\\)\n$`));
  });

  it('prints a line per request for people, and the reasons of a refusal', async () => {
    const { printed } = startCommand(['start', '--port', '0', '--log-format', 'pretty', '--explain']);
    const [url = ''] = /http:\S+/.exec(await printed('\n')) ?? [];
    await fetch(`${url}/klaim/users/ada`);
    const [, line] = (await printed('env`')).split('\n');
    expect(line?.replace(/[\d.]+ ms/, 'N ms')).toBe(
      'GET  /users/ada  klaim.getUser  401  N ms  header Authorization: no key was sent; it is expected in ' +
        'header Authorization: Bearer <key>; KLAIM_API_KEY of `credits-emulator env` holds one that works',
    );
  });

  it('prints the ready line as JSON with --log-format json, whatever the environment says, at every log level', async () => {
    const { ready } = await startServer(['--json', '--log-level', 'silent'], {
      env: { CREDITS_EMULATOR_LOG_FORMAT: 'pretty' },
    });
    expect(ready.msg).toBe('ready');
  });

  it('is the default verb, and gives each provider its own port after the shared one', async () => {
    const port = await findFreePort(...bundled.map(({ place }) => place));
    const { printed } = startCommand(['--port', String(port)]);
    expect(JSON.parse(await printed('\n'))).toMatchObject({
      url: `http://127.0.0.1:${port}`,
      providers: Object.fromEntries(
        bundled.map(({ place, provider: { id } }) => [id, `http://127.0.0.1:${port + place}`]),
      ),
    });
  });

  it('opens only the shared port with --no-provider-ports', async () => {
    const { ready } = await startServer(['--no-provider-ports']);
    expect(ready.providers).toEqual(Object.fromEntries(IDS.map((id) => [id, `${ready.url}/${id}`])));
  });

  it('switches the control API off, and still shows that it runs', async () => {
    const { ready } = await startServer(['--control', 'off']);
    expect((await fetch(`${ready.url}/_emulator/clock`)).status).toBe(404);
    for (const verb of ['healthcheck', 'wait']) {
      expect(await callCommand([verb, '--url', ready.url])).toEqual({ stdout: '', stderr: '', code: 0 });
    }
  });

  it('takes no longer heads than Node was told to take', async () => {
    const { ready } = await startServer([], { env: { NODE_OPTIONS: '--max-http-header-size=1000' } });
    const status = await new Promise((resolve, reject) => {
      const sent = request(`${ready.url}/klaim/users`, { headers: { 'X-Long': 'x'.repeat(2000) } }, (answer) => {
        resolve(answer.statusCode);
      });
      sent.on('error', reject).end();
    });
    expect(status).toBe(431);
  });

  it('says in one line that a port is in use, and ends with 2', async () => {
    const port = await occupyPort();
    expect(await callCommand(['start', '--port', String(port), '--no-provider-ports'])).toEqual(
      refuses(`Port ${port} is in use. Stop what uses it, or start with --port N (0 takes free ports).\n`),
    );
  });

  it("says in one line that a provider's own port is in use, and ends with 2", async () => {
    const port = await findFreePort(2);
    await occupyPort(port + 2);
    expect(await callCommand(['start', '--port', String(port), '--providers', 'klaim'])).toEqual(
      refuses(`Port ${port + 2} is in use. Stop what uses it, or start with --port N (0 takes free ports).\n`),
    );
  });
});
