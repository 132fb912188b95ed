import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

import { send, type Ask } from './ask.ts';
import { getAda, putAda, toAsk } from './exchanges.ts';
import type { Bench, Row, Side, Sides } from './row.ts';
import type { Server } from './servers.ts';

/** Milliseconds after which a process that has answered once is idle. */
const SETTLING = 2000;
/** Requests of each kind, at least, before memory is read the first time. */
const BUSY = 25_000;
const MANY = 1_000_000;
const PAGE = 4096;

/** Start and memory of a process. Both servers answer one read, so that work the emulator delays until then counts. */
export const processRows: readonly Row[] = [
  {
    id: 'start',
    title: 'Start to the first 200, against Express',
    unit: 'ms',
    aim: { ratio: 1.2 },
    prepare: ({ servers }) => compareStarted(servers, (_, took) => took),
  },
  {
    id: 'memory-idle',
    title: 'Memory of an idle process, 2 s after the first 200',
    unit: 'MB',
    aim: { figure: 80 },
    prepare: ({ servers }) =>
      compareStarted(servers, async ({ pid }) => {
        await sleep(SETTLING);
        return readMemory(pid) / 1e6;
      }),
  },
  {
    id: 'memory-reads',
    title: 'Memory after 1,000,000 reads, to that after 50,000 requests',
    unit: 'MB',
    aim: { ratio: 1.1 },
    prepare: compareUsed,
  },
];

/** Bytes of memory that a process occupies. */
export function readMemory(pid: number): number {
  const [, resident = '0'] = readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ');
  return Number(resident) * PAGE;
}

const BALANCE = { method: 'GET', path: getAda.path, status: 200, headers: [], body: '{"credit_balance":700}' } as const;

/** Starts a server for each measurement, and ends it. */
async function compareStarted(
  servers: Bench['servers'],
  measure: (server: Server, took: number) => number | Promise<number>,
): Promise<Sides> {
  const startWith = (start: () => Promise<Server>, toRead: (server: Server) => Ask) => async (): Promise<number> => {
    const began = performance.now();
    const server = await start();
    await send(toRead(server));
    const figure = await measure(server, performance.now() - began);
    await servers.end(server);
    return figure;
  };
  const sides: Partial<Record<Side, () => Promise<number>>> = {
    express: startWith(
      () => servers.answering('express', BALANCE),
      ({ url }) => ({ ...getAda, url: `${url}${getAda.path}` }),
    ),
    ours: startWith(
      () => servers.emulator(),
      (server) => toAsk(server, 'klaim', getAda),
    ),
  };
  // The first start reads files that the system then has in memory.
  for (const start of Object.values(sides)) await start();
  return sides;
}

async function compareUsed({ load, servers }: Bench): Promise<Sides> {
  const server = await servers.emulator([], 'server');
  const sendMany = async (ask: Ask, count: number): Promise<void> => {
    for (let sent = 0; sent < count; sent += await load.measure(ask)) continue;
  };
  await sendMany(toAsk(server, 'klaim', putAda), BUSY);
  await sendMany(toAsk(server, 'klaim', getAda), BUSY);
  const busy = readMemory(server.pid) / 1e6;
  await sendMany(toAsk(server, 'klaim', getAda), MANY);
  const used = readMemory(server.pid) / 1e6;
  return { bare: () => Promise.resolve(busy), ours: () => Promise.resolve(used) };
}
