import { Agent } from 'node:http';

import { send, toGet, toPut, type Ask } from './client.ts';
import type { Bench } from './row.ts';

const USERS = 100_000;
/** Measurements in one round. */
export const REPETITIONS = 100;

/** A line of the table of times that are compared with nothing. */
export interface Timing {
  readonly id: string;
  readonly title: string;
  readonly aim: string;
  prepare(bench: Bench): Promise<() => Promise<number>>;
}

/** Each is the whole time of a request over a connection that stays open; the first says what of it is the way there and back. */
export const timings: readonly Timing[] = [
  {
    id: 'request',
    title: 'GET balance, for comparison',
    aim: '',
    prepare: async (bench) => {
      const { time, read } = await openSeeded(bench);
      return () => time(read);
    },
  },
  {
    id: 'reset',
    title: 'Reset after a change',
    aim: '< 1 ms',
    prepare: async (bench) => {
      const { time, read, change, reset } = await openSeeded(bench);
      return async () => {
        await time(change);
        const took = await time(reset);
        const answer = JSON.parse(await send(read)) as { readonly credit_balance: number };
        if (answer.credit_balance !== 700) throw new Error(`The balance is ${answer.credit_balance} after a reset.`);
        return took;
      };
    },
  },
  {
    id: 'sandbox',
    title: 'GET balance that makes a sandbox',
    aim: '< 1 ms',
    prepare: async (bench) => {
      const { time, read } = await openSeeded(bench);
      let made = 0;
      return () => {
        const name = `bench-${(made += 1)}`;
        return time({ ...read, headers: { ...read.headers, 'X-Emulator-Sandbox': name } });
      };
    },
  },
];

interface Seeded {
  readonly read: Ask;
  readonly change: Ask;
  readonly reset: Ask;
  readonly time: (ask: Ask) => Promise<number>;
}

async function openSeeded({ servers }: Bench): Promise<Seeded> {
  const { url, shared } = await servers.seeded(USERS);
  const agent = new Agent({ keepAlive: true });
  const read = toGet(url, 'ada');
  const seeded: Seeded = {
    read,
    change: toPut(url, 'ada'),
    reset: { ...read, url: `${shared}/_emulator/reset`, method: 'POST', status: 204 },
    time: async (ask) => {
      const started = performance.now();
      await send(ask, agent);
      return performance.now() - started;
    },
  };
  // The last one is there only if the whole seed is.
  await send(toGet(url, `user-${USERS - 1}`));
  return seeded;
}
