import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { send, toGet, type Ask } from './client.ts';
import { collect, type Child, type Processes } from './processes.ts';
import type { Bench, Pair } from './row.ts';

/** Milliseconds between two tries to reach a server that starts. */
const PAUSE = 2;
const LIMIT = 120_000;
/** How far Klaim's own port lies behind the shared one. */
export const PLACE = 2;
/** Ports that the system gives to nobody who asks for any. */
const LOW = 20_000;
const HIGH = 30_000;

/** Milliseconds that packing or installing may take. */
const INSTALLING = 300_000;

/**
 * Both are asked for a balance, so that what an emulator puts off until its first request counts too. Ours is as users have
 * it: packed, and installed without what only its own development needs.
 */
export async function compareStarts(bench: Bench): Promise<Pair> {
  const { processes, workspace } = bench;
  const express = [workspace.writeScript('express-server')];
  const emulator = [await installOurs(bench), 'start'];
  return repeat({
    baseline: () => measureStart(processes, express, 0),
    ours: () => measureStart(processes, emulator, PLACE),
  });
}

/** @returns the command of the package, packed and installed as users have it, once in a run */
export async function installOurs({ processes, workspace }: Bench): Promise<string> {
  const folder = workspace.toPath('installed');
  const command = join(folder, 'node_modules/credits-emulator/dist/cli/main.js');
  if (existsSync(command)) return command;
  const packed = ['pack', workspace.root, '--ignore-scripts', '--json', '--pack-destination', workspace.folder];
  const [tarball] = JSON.parse(await processes.read('npm', packed, INSTALLING)) as readonly {
    readonly filename: string;
  }[];
  const file = workspace.toPath(tarball?.filename ?? '');
  const quietly = ['--omit=dev', '--ignore-scripts', '--no-audit', '--no-fund'];
  await processes.read('npm', ['install', '--prefix', folder, ...quietly, file], INSTALLING);
  return command;
}

/** The command line with other options. */
export function compareEmulatorStarts(
  { processes, workspace }: Bench,
  baseline: readonly string[],
  ours: readonly string[],
): Promise<Pair> {
  const command = [workspace.toBuilt('cli/main.js'), 'start'];
  return compareCommands(processes, [...command, ...baseline], [...command, ...ours]);
}

/** Two command lines that start an emulator. */
export function compareCommands(
  processes: Processes,
  baseline: readonly string[],
  ours: readonly string[],
): Promise<Pair> {
  return repeat({
    baseline: () => measureStart(processes, baseline, PLACE),
    ours: () => measureStart(processes, ours, PLACE),
  });
}

/** The first start reads files that the system then keeps at hand. */
async function repeat(pair: Pair): Promise<Pair> {
  await pair.baseline();
  await pair.ours();
  return pair;
}

async function measureStart(processes: Processes, words: readonly string[], place: number): Promise<number> {
  const { child, took } = await startAnswering(processes, words, place);
  await processes.end(child);
  return took;
}

/**
 * On a free port, until a balance has come.
 *
 * @param place how far the port that has it lies behind the one that is given
 */
export async function startAnswering(processes: Processes, words: readonly string[], place: number): Promise<Started> {
  const port = await findFreePort(place);
  // As a flag, which is what people have; the baseline knows nothing of flags.
  const given = words.includes('start') ? [...words, '--port', String(port)] : words;
  const ask = toGet(`http://127.0.0.1:${port + place}`, 'ada');
  return startTimed(processes, given, ask, { PORT: String(port) });
}

interface Started {
  readonly child: Child;
  /** Milliseconds. */
  readonly took: number;
}

/** @returns a server with the milliseconds that passed until it gave what is asked for */
export async function startTimed(
  processes: Processes,
  words: readonly string[],
  ask: Ask,
  environment: Readonly<Record<string, string>> = {},
): Promise<Started> {
  const started = performance.now();
  const child = processes.start(process.execPath, words, environment);
  collect(child.stdout);
  const complaints = collect(child.stderr);
  for (;;) {
    const reached = await send(ask).then(
      () => true,
      () => false,
    );
    const took = performance.now() - started;
    if (reached) return { child, took };
    if (took > LIMIT || child.exitCode !== null) {
      await processes.end(child);
      throw new Error(`${words.join(' ')} gave no ${ask.status} in ${took.toFixed()} ms. ${complaints()}`);
    }
    await sleep(PAUSE);
  }
}

/** A port that is free, and the one `place` behind it too. */
export async function findFreePort(place: number): Promise<number> {
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
