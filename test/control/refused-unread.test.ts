import { connect, type Socket } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

import { describe, expect, it, onTestFinished } from 'vitest';

import { startApp, startEmulator } from '../support/emulator.ts';
import { openSocket } from '../support/raw-socket.ts';

const BIG = 60_000_000;
const FOREIGN = 'Origin: http://evil.example';

function toHead(length: number, header: string): string {
  const host = header.startsWith('Host:') ? [] : ['Host: localhost'];
  const lines = ['PUT /_emulator/state HTTP/1.1', ...host, `Content-Length: ${length}`, header];
  return `${lines.join('\r\n')}\r\n\r\n`;
}

describe('a control request that is refused', () => {
  it.each([
    ['a foreign page', FOREIGN, 403],
    ['a foreign host', 'Host: evil.example', 403],
    ['a missing token', 'Origin: http://localhost:3000', 401],
  ])('is answered after its head: %s', async (_, header, status) => {
    const { url } = await startEmulator({ controlToken: 's3cret', allowOrigin: ['http://localhost:3000'] });
    const socket = await openSocket(url);
    socket.send(toHead(BIG, header));
    await expect.poll(() => socket.answers().map((answer) => answer.status)).toEqual([status]);
  });

  it('keeps nothing of its body', async () => {
    const { url } = await startEmulator();
    const bytes = Buffer.alloc(BIG, 0x20);
    const before = countBufferBytes();
    const sockets = await Promise.all(Array.from({ length: 5 }, () => connectTo(url)));
    for (const socket of sockets) {
      socket.write(toHead(BIG, FOREIGN));
      // All but the last byte, so that no request is complete.
      await new Promise((resolve) => socket.write(bytes.subarray(1), resolve));
    }
    expect(countBufferBytes() - before).toBeLessThan(BIG);
  });

  it('leaves its connection to the next request once its body has arrived, and is cut off if that does not end', async () => {
    const { url } = await startEmulator();
    const [whole, endless] = [await openSocket(url), await openSocket(url)];
    whole.send(`${toHead(3_000_000, FOREIGN)}${' '.repeat(3_000_000)}`);
    whole.send('GET /_emulator/clock HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await expect.poll(() => whole.answers().map(({ status }) => status)).toEqual([403, 200]);
    endless.send(toHead(100 * BIG, FOREIGN));
    await expect.poll(() => endless.answers().map(({ status }) => status)).toEqual([403]);
    for (let count = 0; count < 3; count += 1) endless.send(' '.repeat(BIG));
    await endless.ended;
  });

  it('creates no sandbox, so that the owner can create all that are allowed', async () => {
    const agent = await startApp({ maxSandboxes: 20 });
    const ask = async (name: string, headers: Readonly<Record<string, string>> = {}): Promise<number> =>
      (await agent.get('/_emulator/clock').set({ 'X-Emulator-Sandbox': name, ...headers })).status;
    for (let count = 0; count < 30; count += 1) {
      expect(await ask(`foreign-${count}`, { Origin: 'http://evil.example' })).toBe(403);
    }
    const own: number[] = [];
    // The default one exists already.
    for (let count = 0; count < 20; count += 1) own.push(await ask(`own-${count}`));
    expect(own).toEqual([...Array.from({ length: 19 }, () => 200), 503]);
  });
});

describe('a control request that needs no sandbox', () => {
  it.each([
    ['get', '/nothing', 404],
    ['get', '/%zz', 400],
    ['put', '/health', 405],
    ['get', '/health', 200],
    ['head', '/health/', 200],
    ['get', '/ready', 200],
    ['get', '/providers', 200],
    ['get', '/providers/klaim?x=%zz', 400],
    ['get', '/specs/klaim.json', 200],
    ['get', '/controls', 200],
  ] as const)('creates none: %s %s', async (method, path, status) => {
    const agent = await startApp({ providers: ['klaim'], maxSandboxes: 1 });
    const answer = await agent[method](`/_emulator${path}`).set('X-Emulator-Sandbox', 'x');
    const next = await agent.get('/_emulator/clock').set('X-Emulator-Sandbox', 'x');
    expect([answer.status, next.status]).toEqual([status, 503]);
  });
});

async function connectTo(url: string): Promise<Socket> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  socket.resume();
  await new Promise((resolve) => socket.once('connect', resolve));
  return socket;
}

/** Bytes of buffers that are still referenced. */
function countBufferBytes(): number {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  collect();
  return process.memoryUsage().arrayBuffers;
}
