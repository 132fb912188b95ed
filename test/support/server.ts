import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

import { onTestFinished } from 'vitest';

import { compose } from '../../src/compose/compose.ts';
import { toConfig } from '../../src/config/config.ts';
import type { EmulatorOptions } from '../../src/config/options.ts';
import type { Sandbox } from '../../src/core/sandbox/sandbox.ts';
import type { EventStreams } from '../../src/http/sse.ts';
import { bundled } from '../../src/providers/index.ts';
import { START } from './emulator.ts';
import { testLogger } from './log.ts';

/** An emulator on a server of the test's own, so that the test can look behind both. */
export interface Served {
  readonly url: string;
  readonly server: Server;
  readonly streams: EventStreams;
  /** The default one. */
  readonly sandbox: Sandbox;
  /** How many connections there are. */
  readonly countConnections: () => Promise<number>;
}

/** What a test does with a request instead of handing it on at once. */
export type Intercept = (request: IncomingMessage, response: ServerResponse, handOn: () => void) => void;

/** Its clock is frozen at START. It has no ports of its own; the server is closed when the test ends. */
export async function serveApp(
  options: EmulatorOptions,
  intercept: Intercept = (_request, _response, handOn) => {
    handOn();
  },
): Promise<Served> {
  const { loadApp, streams, sandboxes } = await compose(toConfig({ clock: START, ...options }, bundled), testLogger);
  const app = loadApp();
  // As ours: no connection that a client is about to use again is closed.
  const server = createServer({ keepAliveTimeout: 0 }, (request, response) => {
    intercept(request, response, () => {
      app(request, response);
    });
  });
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
    sandboxes.close();
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    server,
    streams,
    sandbox: sandboxes.get('default'),
    countConnections: () =>
      new Promise((resolve, reject) => {
        server.getConnections((error, count) => {
          if (error) reject(error);
          else resolve(count);
        });
      }),
  };
}

/** Notes every piece of bytes that the server gives to the system for a client, in order. */
export function recordWrites(server: Server): readonly Written[] {
  const written: Written[] = [];
  let connections = 0;
  server.on('connection', (socket: Socket) => {
    const connection = (connections += 1);
    const write = socket._write.bind(socket);
    const writeMany = socket._writev?.bind(socket);
    socket._write = (chunk: Buffer, encoding, done) => {
      written.push({ connection, text: chunk.toString() });
      write(chunk, encoding, done);
    };
    socket._writev = (chunks, done) => {
      written.push({ connection, text: chunks.map(({ chunk }) => String(chunk)).join('') });
      writeMany?.(chunks, done);
    };
  });
  return written;
}

export interface Written {
  /** Connections are counted from 1. */
  readonly connection: number;
  readonly text: string;
}
