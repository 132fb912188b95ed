import { createServer, type AddressInfo, type Server } from 'node:net';

import { onTestFinished } from 'vitest';

const HOST = '127.0.0.1';
/** Ports that the system gives to nobody who asks for any, so that nobody else takes one in between. */
const LOW = 10_000;
const HIGH = 32_000;

/** A port on which nobody listens, and nobody on those that lie so far behind it. */
export async function findFreePort(...distances: readonly number[]): Promise<number> {
  for (;;) {
    const port = LOW + Math.floor(Math.random() * (HIGH - LOW));
    const tried = [0, ...distances].map((distance) => ({ server: createServer(), port: port + distance }));
    const found = await Promise.allSettled(tried.map((one) => listen(one.server, one.port)));
    await Promise.all(tried.map(({ server }) => close(server)));
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

/** @returns the port that it has got */
export function listen(server: Server, port = 0): Promise<number> {
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
