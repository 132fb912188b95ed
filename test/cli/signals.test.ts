import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';

import { describe, expect, it, onTestFinished, vi } from 'vitest';

import { startServer } from '../support/command.ts';
import { openSocket } from '../support/raw-socket.ts';

describe('a running emulator', () => {
  it.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)('exits with 0 on %s', async (signal) => {
    const { child, ended } = await startServer();
    child.kill(signal);
    expect(await ended).toMatchObject({ stderr: '', code: 0 });
  });

  it('exits with 0 if the same signal arrives twice, as Ctrl-C does from the terminal and from npm', async () => {
    const { child, ended } = await startServer();
    child.kill('SIGINT');
    child.kill('SIGINT');
    expect(await ended).toMatchObject({ stderr: '', code: 0 });
  });

  it('exits although the body of a request never arrives', async () => {
    const { child, ended, ready } = await startServer();
    await beginRequest(ready.url);
    child.kill('SIGTERM');
    expect(await ended).toMatchObject({ stderr: '', code: 0 });
  });

  it('exits with 1 on a second signal without waiting for requests', async () => {
    const { child, ended, ready } = await startServer();
    await beginRequest(ready.url);
    child.kill('SIGTERM');
    child.kill('SIGINT');
    expect(await ended).toMatchObject({ stderr: '', code: 1 });
  });
});

it('goes on if its output cannot be written', async () => {
  const port = await findFreePort();
  const command = `exec node dist/cli/main.js --providers klaim --no-provider-ports --port ${port} > /dev/full`;
  const shell = spawn('sh', ['-c', command]);
  onTestFinished(() => void shell.kill('SIGKILL'));
  let stderr = '';
  shell.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const ended = once(shell, 'exit');
  const url = `http://127.0.0.1:${port}/_emulator/health`;
  await vi.waitUntil(
    () =>
      fetch(url).then(
        ({ ok }) => ok,
        () => false,
      ),
    { timeout: 20_000 },
  );
  // Requests are logged, too.
  expect((await fetch(url)).status).toBe(200);
  shell.kill('SIGTERM');
  expect([await ended, stderr]).toEqual([[0, null], '']);
});

async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

describe('npm start', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)('leaves no process on %s', async (signal) => {
    // As npm does: a shell gets the command and the signal.
    const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: { start: string } };
    const shell = spawn('sh', ['-c', `${scripts.start} --port 0 --providers klaim`], { stdio: 'pipe' });
    onTestFinished(() => void shell.kill('SIGKILL'));
    const [line] = (await once(shell.stdout.setEncoding('utf8'), 'data')) as [string];
    const { url } = JSON.parse(line) as { url: string };
    shell.kill(signal);
    expect(await once(shell, 'exit')).toEqual([0, null]);
    await expect(fetch(url)).rejects.toThrow('fetch failed');
  });
});

/** Resolves when the emulator has begun to wait before its response. */
async function beginRequest(url: string): Promise<void> {
  const socket = await openSocket(url);
  socket.send('POST /klaim/users HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n');
  await expect.poll(socket.text).toContain('100 Continue');
}
