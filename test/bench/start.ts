import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

import { send, toGet } from './client.ts';
import { collect, type Processes } from './processes.ts';
import type { Bench, Pair } from './row.ts';

/** Milliseconds between two tries to reach a server that starts. */
const PAUSE = 2;
const LIMIT = 120_000;
/** How far Klaim's own port lies behind the shared one. */
const PLACE = 2;
/** Ports that the system gives to nobody who asks for any. */
const LOW = 20_000;
const HIGH = 30_000;

/** Both are asked for a balance, so that what an emulator puts off until its first request counts too. */
export function compareStarts({ processes, workspace }: Bench): Promise<Pair> {
  const express = [workspace.writeScript('express-server')];
  const emulator = [workspace.toBuilt('cli/main.js'), 'start'];
  return repeat({
    baseline: () => measureStart(processes, express, 0),
    ours: () => measureStart(processes, emulator, PLACE),
  });
}

/** The command line with other options. */
export function compareEmulatorStarts(
  { processes, workspace }: Bench,
  baseline: readonly string[],
  ours: readonly string[],
): Promise<Pair> {
  const command = [workspace.toBuilt('cli/main.js'), 'start'];
  return repeat({
    baseline: () => measureStart(processes, [...command, ...baseline], PLACE),
    ours: () => measureStart(processes, [...command, ...ours], PLACE),
  });
}

/** The first start reads files that the system then keeps at hand. */
async function repeat(pair: Pair): Promise<Pair> {
  await pair.baseline();
  await pair.ours();
  return pair;
}

async function measureStart(processes: Processes, words: readonly string[], place: number): Promise<number> {
  const port = await findFreePort(place);
  const ask = toGet(`http://127.0.0.1:${port + place}`, 'ada');
  const started = performance.now();
  const child = processes.start(process.execPath, words, { PORT: String(port) });
  collect(child.stdout);
  const complaints = collect(child.stderr);
  try {
    for (;;) {
      const reached = await send(ask).then(
        () => true,
        () => false,
      );
      const passed = performance.now() - started;
      if (reached) return passed;
      if (passed > LIMIT || child.exitCode !== null) {
        throw new Error(`${words.join(' ')} gave no 200 in ${passed.toFixed()} ms. ${complaints()}`);
      }
      await sleep(PAUSE);
    }
  } finally {
    await processes.end(child);
  }
}

/** A port that is free, and the one `place` behind it too. */
async function findFreePort(place: number): Promise<number> {
  for (;;) {
    const port = LOW + Math.floor(Math.random() * (HIGH - LOW));
    if ((await isFree(port)) && (await isFree(port + place))) return port;
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as AddressInfo).port === port;
  } catch {
    return false;
  } finally {
    server.close();
  }
}
