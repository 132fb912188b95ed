import { once } from 'node:events';
import { connect } from 'node:net';

import { describe, expect, it, onTestFinished } from 'vitest';

import { startServer } from '../support/command.ts';

const MANY = 200;

const STREAM = `/users/0x${'1'.repeat(40)}/credits/stream`;

describe('a running emulator', () => {
  it('exits with 0 while 200 clients listen, and each of them sees the end', async () => {
    const words = ['--providers', 'decentraland', '--clock', '2026-01-01T00:00:00Z'];
    const { child, ready } = await startServer(words);
    let complaints = '';
    child.stderr.on('data', (text: string) => (complaints += text));
    const { port } = new URL(ready.providers['decentraland'] ?? '');
    const clients: Client[] = [];
    for (let count = 0; count < MANY; count += 100) {
      clients.push(...(await Promise.all(Array.from({ length: 100 }, () => open(Number(port))))));
    }
    const closed = once(child, 'close');
    child.kill('SIGTERM');
    await closed;
    expect([child.exitCode, complaints]).toEqual([0, '']);
    const texts = await Promise.all(clients.map(({ whole }) => whole));
    expect(texts.filter((text) => !text.endsWith(LAST_CHUNK))).toEqual([]);
  });
});

/** The end of a complete response in chunks. */
const LAST_CHUNK = '\r\n0\r\n\r\n';

interface Client {
  /** All received data, once the connection has ended. */
  readonly whole: Promise<string>;
}

/** Resolves when the first event has arrived. */
async function open(port: number): Promise<Client> {
  const socket = connect(port, '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  // The end may arrive as a reset on this side.
  socket.on('error', () => undefined);
  let text = '';
  const whole = new Promise<string>((resolve) => socket.on('close', () => resolve(text)));
  socket.write(`GET ${STREAM} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
  await new Promise<void>((resolve) => {
    socket.on('data', (bytes) => {
      text += bytes.toString();
      if (text.includes('\n\n')) resolve();
    });
  });
  return { whole };
}
