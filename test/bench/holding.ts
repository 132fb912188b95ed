import { Agent } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

import { send, toGet, toPut, type Ask } from './client.ts';
import { CONNECTIONS } from './load.ts';
import { readMemory } from './memory.ts';
import type { Bench, Pair } from './row.ts';
import { installOurs, PLACE, startAnswering } from './start.ts';

/** Milliseconds after which a process that has answered once is idle. */
const SETTLING = 2000;
const BUSY = 50_000;
const MANY = 1_000_000;
const KEEPING = 60_000;

/** Megabytes of a process that has answered one request, and of bare Express that has. */
export async function compareIdle(bench: Bench): Promise<Pair> {
  const { processes, workspace } = bench;
  const express = [workspace.writeScript('express-server')];
  const emulator = [await installOurs(bench), 'start'];
  const measure = async (words: readonly string[], place: number): Promise<number> => {
    const { child } = await startAnswering(processes, words, place);
    await sleep(SETTLING);
    const held = readMegabytes(child.pid);
    await processes.end(child);
    return held;
  };
  return { baseline: () => measure(express, 0), ours: () => measure(emulator, PLACE) };
}

/** Megabytes of a process after 50,000 requests, half of them changes, and after a million reads more. */
export async function compareHolding({ load, servers }: Bench): Promise<Pair> {
  const server = await servers.emulator('memory-reads');
  const [read, change] = [toGet(server.url, 'ada'), toPut(server.url, 'ada')];
  await sendAll(change, BUSY / 2);
  await sendAll(read, BUSY / 2);
  const busy = readMegabytes(server.pid);
  for (let done = 0; done < MANY; done += (await load.measure(read)).answers);
  const held = readMegabytes(server.pid);
  return { baseline: () => Promise.resolve(busy), ours: () => Promise.resolve(held) };
}

async function sendAll(ask: Ask, count: number): Promise<void> {
  const agent = new Agent({ keepAlive: true });
  let left = count;
  const work = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      await send(ask, agent);
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, work));
  agent.destroy();
}

function readMegabytes(pid = 0): number {
  return readMemory(pid) / 1024;
}

/** Kilobytes that a PUT leaves in the history, and that its ledger entry takes as JSON. */
export async function compareKeeping({ processes, workspace }: Bench): Promise<Pair> {
  const words = [workspace.writeScript('keeping'), workspace.toBuilt('.')];
  const { kept, told } = JSON.parse(await processes.read(process.execPath, words, KEEPING)) as Record<string, number>;
  return { baseline: () => Promise.resolve(told ?? 0), ours: () => Promise.resolve(kept ?? 0) };
}
