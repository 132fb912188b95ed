import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';

import { expect, it } from 'vitest';

import { startEmulator } from '../support/emulator.ts';
import { findFreePort, occupyPort } from '../support/ports.ts';

const PROBE = fileURLToPath(new URL('../../scripts/probe.sh', import.meta.url));

/** Runs the health check of the image. */
function probe(env: Readonly<Record<string, string>>): Promise<{ code: number | string; stdout: string }> {
  return new Promise((resolve) => {
    execFile('bash', [PROBE], { env: { PATH: process.env['PATH'], ...env } }, (error, stdout) => {
      resolve({ code: error?.code ?? 0, stdout });
    });
  });
}

it('finds the emulator by the shared environment, as `healthcheck` does', async () => {
  const [control, nobody] = [await findFreePort(), String(await findFreePort())];
  const [plain, apart] = [await startEmulator({ control: 'off' }), await startEmulator({ control })];
  const port = new URL(plain.url).port;
  const cases = [
    { PORT: port },
    { CREDITS_EMULATOR_PORT: port, PORT: nobody },
    { CREDITS_EMULATOR_CONTROL: 'off', CREDITS_EMULATOR_PORT: port },
    { CREDITS_EMULATOR_CONTROL: String(control), PORT: new URL(apart.url).port },
  ];
  expect(await Promise.all(cases.map(probe))).toEqual(cases.map(() => ({ code: 0, stdout: '' })));
  expect(await probe({ PORT: nobody })).toEqual({ code: 1, stdout: '' });
});

it('sends the token of the environment', async () => {
  const { url } = await startEmulator({ controlToken: 'open-sesame' });
  const env = { PORT: new URL(url).port };
  expect(await probe({ ...env, CREDITS_EMULATOR_CONTROL_TOKEN: 'open-sesame' })).toEqual({ code: 0, stdout: '' });
  expect(await probe({ ...env, CREDITS_EMULATOR_CONTROL_TOKEN: 'mellon' })).toMatchObject({
    code: 1,
    stdout: expect.stringMatching(/^HTTP\/1\.1 401 /) as unknown,
  });
});

it('exits with 1 and prints the response for a refusal or for no response', async () => {
  const unwell = createServer((_, response) => response.writeHead(503).end('{"detail":"The disk is full."}'));
  expect(await probe({ PORT: String(await occupyPort(0, unwell)) })).toEqual({
    code: 1,
    stdout: expect.stringMatching(/^HTTP\/1\.1 503 [^]*The disk is full\./) as unknown,
  });
  const silent = createServer((request) => request.socket.end());
  expect(await probe({ PORT: String(await occupyPort(0, silent)) })).toMatchObject({ code: 1 });
});
