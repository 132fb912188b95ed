import { setTimeout as sleep } from 'node:timers/promises';

import { toGet, toPut, type Ask } from './client.ts';
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
  const ask = async (asked: Ask, count: number): Promise<void> => {
    for (let done = 0; done < count; done += (await load.measure(asked)).answers);
  };
  const [read, change] = [toGet(server.url, 'ada'), toPut(server.url, 'ada')];
  await ask(change, BUSY / 2);
  await ask(read, BUSY / 2);
  const busy = readMegabytes(server.pid);
  await ask(read, MANY);
  const held = readMegabytes(server.pid);
  return { baseline: () => Promise.resolve(busy), ours: () => Promise.resolve(held) };
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
