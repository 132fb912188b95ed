import { Agent, createServer, type RequestListener } from 'node:http';

import supertest, { type Test } from 'supertest';
import type TestAgent from 'supertest/lib/agent.js';
import { onTestFinished } from 'vitest';

import type { EmulatorOptions } from '../../src/config/options.ts';
import { createApp, createEmulator, type Emulator } from '../../src/compose/emulator.ts';
import { testLogger } from './log.ts';

/** When the clock of every test stands, unless the test says otherwise. */
export const START = '2026-01-01T00:00:00.000Z';

/** A fresh emulator without ports of its own; its clock is frozen at START. */
export async function startApp(options: EmulatorOptions = {}): Promise<TestAgent> {
  return serve(await createApp({ clock: START, ...options }, testLogger));
}

/** One server and its connections for all requests to a handler: by itself supertest opens and closes both for each. */
export async function serve(handler: RequestListener): Promise<TestAgent> {
  const server = createServer({ keepAliveTimeout: 0 }, handler).unref();
  const connections = new Agent({ keepAlive: true });
  onTestFinished(() => {
    connections.destroy();
    server.close();
    server.closeAllConnections();
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  return supertest.agent(server).use((request: Test) => request.agent(connections));
}

/** A fresh emulator on free ports, closed when the test ends. */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const emulator = await createEmulator({ port: 0, clock: START, ...options }, testLogger);
  onTestFinished(() => emulator.close());
  return emulator;
}
