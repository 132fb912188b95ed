import { createServer, type ServerResponse } from 'node:http';
import { connect, type AddressInfo } from 'node:net';

import { describe, expect, it, onTestFinished } from 'vitest';

import { flushWrites } from '../../src/http/flush.ts';
import { recordWrites } from '../support/server.ts';

/** What no system takes off a server's hands before the client reads. */
const HUGE = 'x'.repeat(16_000_000);

/** What `look` sees in the turn in which a response to a client that reads nothing is opened. */
async function respond<T>(look: (response: ServerResponse, sent: () => readonly string[]) => T): Promise<T> {
  const server = createServer();
  const written = recordWrites(server);
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  const seen = new Promise<T>((resolve) => {
    server.on('request', (_request, response) => {
      response.writeHead(200, { 'Content-Type': 'text/event-stream' });
      resolve(look(response, () => written.map(({ text }) => text)));
    });
  });
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  socket.on('error', () => undefined);
  socket.pause();
  socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
  return seen;
}

describe('what was written and flushed', () => {
  it('is with the system in the same turn, a piece a write', async () => {
    const sent = await respond((response, list) => {
      for (const chunk of ['first', 'second']) {
        response.write(chunk);
        flushWrites(response);
      }
      return [...list()];
    });
    expect(sent).toEqual([expect.stringMatching(/^HTTP\/1\.1 200 .*5\r\nfirst\r\n$/s), '6\r\nsecond\r\n']);
  });

  it('leaves nothing held back behind it', async () => {
    const left = await respond((response) => {
      response.write('first');
      flushWrites(response);
      return [response.writableLength, response.writableCorked, response.socket?.writableCorked];
    });
    expect(left).toEqual([0, 0, 0]);
  });

  it('lies with the connection where the client does not read, and nothing beside it', async () => {
    const left = await respond((response) => {
      response.write(HUGE);
      flushWrites(response);
      return [response.writableNeedDrain, response.writableLength - (response.socket?.writableLength ?? 0)];
    });
    expect(left).toEqual([true, 0]);
  });
});

it('does nothing to a response that waits behind another one', async () => {
  const left = await respond((response) => {
    const { socket } = response;
    if (!socket) throw new Error('The response has no connection.');
    response.detachSocket(socket);
    response.write('first');
    flushWrites(response);
    return [response.writableLength > 0, response.writableCorked];
  });
  expect(left).toEqual([true, 0]);
});
