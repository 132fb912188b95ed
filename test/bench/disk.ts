import { appendFileSync, copyFileSync, linkSync, mkdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { Agent } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { LogLines } from '../../src/core/store/disk/log-lines.ts';
import { send, toGet, toPut, type Ask } from './client.ts';
import type { Bench, Pair } from './row.ts';
import type { Server } from './servers.ts';

/** Bytes of a line that says nothing. */
const LINE = 1 << 20;
/** Milliseconds between two requests of one who only looks how long they take. */
const PAUSE = 2;
/** Requests of each kind before those that count. */
const WARM_UPS = 500;
/** Milliseconds that a document may take. */
const LIMIT = 120_000;

/** The document is never written in place, so that all copies may share it. @returns the copy */
export function copyFolder(from: string, to: string): string {
  mkdirSync(to);
  linkSync(join(from, 'emulator.json'), join(to, 'emulator.json'));
  copyFileSync(join(from, 'emulator.log'), join(to, 'emulator.log'));
  return to;
}

/**
 * Milliseconds of the longest wait of any request, of two clients that ask one after the other, one for a balance and one
 * for a change: while a document of so many users is written, and in as much time without.
 */
export async function compareCompactions({ servers, workspace }: Bench, users: number): Promise<Pair> {
  const kept = await servers.makeFolder(users);
  let copies = 0;
  const measure = async (): Promise<Waits> => {
    const folder = copyFolder(kept, workspace.toPath(`compacted-${(copies += 1)}`));
    outgrow(folder);
    const words = ['--port', '0', '--data', folder, '--durability', 'os'];
    const { server, end } = await servers.start(words, `emulator with ${users} users and a long log`);
    try {
      return await measureWaits(server, folder);
    } finally {
      await end();
      rmSync(folder, { recursive: true });
    }
  };
  // Both come from one emulator: whoever is asked first measures for the other.
  let measured: Waits | undefined;
  const take = async (which: keyof Waits): Promise<number> => {
    const waits = measured ?? (await measure());
    measured = measured ? undefined : waits;
    return waits[which];
  };
  return { baseline: () => take('without'), ours: () => take('during') };
}

/** Milliseconds of the longest wait. */
interface Waits {
  readonly during: number;
  readonly without: number;
}

async function measureWaits({ url }: Server, folder: string): Promise<Waits> {
  const document = join(folder, 'emulator.json');
  const asks = [toGet(url, 'ada'), toPut(url, 'ada')];
  // The first change has the document written; these change nothing.
  const agent = new Agent({ keepAlive: true });
  for (let time = 0; time < WARM_UPS; time += 1) {
    await send(toGet(url, 'ada'), agent);
    await send({ ...toPut(url, 'nobody'), status: 404 }, agent);
  }
  agent.destroy();
  const old = statSync(document).ino;
  const began = performance.now();
  const during = await findLongestWait(asks, () => statSync(document).ino !== old);
  const end = performance.now() * 2 - began;
  return { during, without: await findLongestWait(asks, () => performance.now() > end) };
}

async function findLongestWait(asks: readonly Ask[], isOver: () => boolean): Promise<number> {
  const limit = performance.now() + LIMIT;
  const longest = await Promise.all(
    asks.map(async (ask) => {
      const agent = new Agent({ keepAlive: true });
      let most = 0;
      while (!isOver()) {
        const asked = performance.now();
        await send(ask, agent);
        most = Math.max(most, performance.now() - asked);
        if (asked > limit) throw new Error(`The document was not written within ${LIMIT} ms.`);
        await sleep(PAUSE);
      }
      agent.destroy();
      return most;
    }),
  );
  return Math.max(...longest);
}

/** Has the log be longer than the document, by lines that say nothing: the next commit has the document written anew. */
function outgrow(folder: string): void {
  const log = join(folder, 'emulator.log');
  const [last = '[0'] = readFileSync(log, 'utf8').trimEnd().split('\n').slice(-1);
  let number = Number(last.slice(1).split(',', 1)[0]);
  const body = JSON.stringify({ mended: true, padding: 'x'.repeat(LINE) });
  const most = statSync(join(folder, 'emulator.json')).size;
  const lines = new LogLines();
  for (let size = 0; size <= most; size += LINE) {
    lines.add({ number: number + 1, durable: number, body });
    appendFileSync(log, lines.bytes);
    lines.clear();
    number += 1;
  }
}
