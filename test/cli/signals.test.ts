import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';

import { describe, expect, it, onTestFinished } from 'vitest';

import { startServer } from '../support/command.ts';

/** Milliseconds in which a first signal ends it. */
const SOON = 1000;
/** Milliseconds that requests under way have after the first signal. */
const GRACE = 500;

describe('a running emulator', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)('ends with 0 on %s', async (signal) => {
    const { child, ended } = await startServer();
    child.kill(signal);
    expect(await ended).toMatchObject({ stderr: '', code: 0 });
  });

  it('ends with 0 where the same signal comes twice, as Ctrl-C does by the terminal and by npm', async () => {
    const { child, ended } = await startServer();
    child.kill('SIGINT');
    child.kill('SIGINT');
    expect(await ended).toMatchObject({ stderr: '', code: 0 });
  });

  it('ends at once although a connection is kept alive', async () => {
    const { child, ended, ready } = await startServer();
    const { socket, answered } = open(ready.url, 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await answered;
    const started = performance.now();
    child.kill('SIGTERM');
    expect(await ended).toMatchObject({ stderr: '', code: 0 });
    expect(performance.now() - started).toBeLessThan(GRACE);
    expect(socket.readableEnded).toBe(true);
  });

  it('ends within a second although the body of a request never comes', async () => {
    const { child, ended, ready } = await startServer();
    await beginRequest(ready.url);
    const started = performance.now();
    child.kill('SIGTERM');
    expect(await ended).toMatchObject({ stderr: '', code: 0 });
    expect(performance.now() - started).toBeLessThan(SOON);
  });

  it('ends at once on a second signal', async () => {
    const { child, ended, ready } = await startServer();
    await beginRequest(ready.url);
    const started = performance.now();
    child.kill('SIGTERM');
    await isRefused(ready.url);
    child.kill('SIGINT');
    expect(await ended).toMatchObject({ stderr: '', code: 1 });
    expect(performance.now() - started).toBeLessThan(GRACE);
  });
});

describe('npm start', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)('leaves nothing behind on %s', async (signal) => {
    // What npm does: a shell that is given the command, and the signal.
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

/** Resolves when the emulator has begun to answer, or rather to wait. */
async function beginRequest(url: string): Promise<void> {
  const head = 'POST /klaim/users HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n';
  const { answered } = open(url, head);
  expect(await answered).toContain('100 Continue');
}

/** A connection of its own: `fetch` would keep one that no longer takes requests. */
function open(url: string, request: string): { socket: Socket; answered: Promise<string> } {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  onTestFinished(() => {
    socket.destroy();
  });
  // However the emulator ends, it may be a reset for this side.
  socket.on('error', () => undefined);
  socket.write(request);
  const answered = new Promise<string>((resolve) => socket.once('data', (bytes) => resolve(bytes.toString())));
  return { socket, answered };
}

/** Resolves when the port is closed, which says that the first signal has been heard. */
async function isRefused(url: string): Promise<void> {
  for (;;) {
    const refused = await new Promise<boolean>((resolve) => {
      const socket = connect(Number(new URL(url).port), '127.0.0.1');
      socket.on('error', () => resolve(true));
      socket.on('connect', () => {
        socket.destroy();
        resolve(false);
      });
    });
    if (refused) return;
  }
}
