import { createServer, type AddressInfo, type Server } from 'node:net';

import { onTestFinished } from 'vitest';

const HOST = '127.0.0.1';

/** A port on which nobody listens, and nobody on those that lie so far behind it. */
export async function findFreePort(...distances: readonly number[]): Promise<number> {
  for (;;) {
    const first = createServer();
    const port = await listen(first, 0);
    const others = distances.map((distance) => ({ server: createServer(), port: port + distance }));
    const found = await Promise.allSettled(others.map((other) => listen(other.server, other.port)));
    await Promise.all([first, ...others.map(({ server }) => server)].map(close));
    if (found.every(({ status }) => status === 'fulfilled')) return port;
  }
}

/** Keeps the port in use until the test ends; the server accepts connections and says nothing unless it is another. */
export async function occupyPort(
  port = 0,
  server: Server = createServer((socket) => socket.resume()),
): Promise<number> {
  onTestFinished(() => close(server));
  return listen(server, port);
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.on('error', reject);
    server.listen(port, HOST, () => {
      resolve((server.address() as AddressInfo).port);
    });
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => {
      resolve();
    });
  });
}
