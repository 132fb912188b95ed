import { Agent } from 'node:http';

import { send, toGet, toPut, type Ask } from './client.ts';
import { showView } from './page.ts';
import type { Bench } from './row.ts';
import type { Server } from './servers.ts';

const USERS = 100_000;
const SIZES = [100_000, 1_000_000] as const;
/** Measurements in one round. */
export const REPETITIONS = 100;

/** A line of the table of times that are compared with nothing. */
export interface Timing {
  readonly id: string;
  readonly title: string;
  readonly aim: string;
  /** Measured once a round only, for it takes long. */
  readonly isRare?: boolean;
  prepare(bench: Bench): Promise<() => Promise<number>>;
}

/** How an emulator is steered whose clock runs. */
interface Steered {
  readonly change: (sandbox: string) => Promise<unknown>;
  /** Milliseconds that an act takes. */
  readonly act: (method: 'POST' | 'PUT' | 'DELETE', path: string, status: number, body?: object) => Promise<number>;
}

function toSteered({ url, shared }: Server): Steered {
  const agent = new Agent({ keepAlive: true });
  const ask = toPut(url, 'ada');
  return {
    change: (sandbox) => send({ ...ask, headers: { ...ask.headers, 'X-Emulator-Sandbox': sandbox } }, agent),
    act: async (method, path, status, body) => {
      const headers = { ...(body && { 'content-type': 'application/json' }), 'X-Emulator-Sandbox': 'bench' };
      const act = {
        url: `${shared}/_emulator${path}`,
        method,
        status,
        headers,
        body: body && JSON.stringify(body),
      };
      const started = performance.now();
      await send(act, agent);
      return performance.now() - started;
    },
  };
}

const STEERINGS: readonly {
  readonly id: string;
  readonly title: string;
  readonly prepare: (steered: Steered) => () => Promise<number>;
}[] = [
  {
    id: 'make',
    title: 'Make a sandbox',
    prepare: ({ act }) => {
      return async () => {
        const took = await act('PUT', '/sandboxes/made', 201);
        await act('DELETE', '/sandboxes/made', 204);
        return took;
      };
    },
  },
  {
    id: 'fork',
    title: 'Fork after a change',
    prepare: ({ act, change }) => {
      return async () => {
        await change('bench');
        const took = await act('PUT', '/sandboxes/fork', 201, { from: { sandbox: 'bench' } });
        await change('fork');
        await act('DELETE', '/sandboxes/fork', 204);
        return took;
      };
    },
  },
  {
    id: 'take',
    title: 'Take a snapshot after a change',
    prepare: ({ act, change }) => {
      return async () => {
        await change('bench');
        const took = await act('PUT', '/snapshots/taken', 201);
        await act('DELETE', '/snapshots/taken', 204);
        return took;
      };
    },
  },
  {
    id: 'restore',
    title: 'Restore after a change',
    prepare: ({ act, change }) => {
      let taken: Promise<unknown> | undefined;
      return async () => {
        await (taken ??= act('PUT', '/snapshots/before', 201));
        await change('bench');
        return act('POST', '/snapshots/before/restore', 204);
      };
    },
  },
  {
    id: 'put-back',
    title: 'Reset after a change',
    prepare: ({ act, change }) => {
      return async () => {
        await change('bench');
        return act('POST', '/reset', 204);
      };
    },
  },
];

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
  {
    id: 'page-view',
    title: 'The page in Chromium, from going there to its balances, with the default fixtures',
    aim: '< 300 ms',
    isRare: true,
    prepare: async ({ servers }) => showView(await servers.emulator('page-view')),
  },
  ...SIZES.flatMap((users) =>
    STEERINGS.map(({ id, title, prepare }): Timing => {
      const size = users.toLocaleString('en');
      return {
        id: `${id}-${users}`,
        title: `${title}, ${size} users and all default fixtures`,
        aim: '< 1 ms',
        prepare: async ({ servers }) => prepare(toSteered(await servers.filled(users))),
      };
    }),
  ),
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
