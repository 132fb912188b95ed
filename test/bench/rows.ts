import { send, toGet, toPut, type Ask } from './client.ts';
import type { LoadGenerator } from './load.ts';
import type { Processes } from './processes.ts';
import type { Servers } from './servers.ts';
import { compareStarts } from './start.ts';
import type { Workspace } from './workspace.ts';

/** All that rows measure with. */
export interface Bench {
  readonly processes: Processes;
  readonly load: LoadGenerator;
  readonly servers: Servers;
  readonly workspace: Workspace;
}

export type Unit = 'req/s' | 'µs' | 'ms';

/** A line of the table: two things measured one right after the other. */
export interface Row {
  /** As `--only` names it. */
  readonly id: string;
  readonly title: string;
  readonly unit: Unit;
  /** What the ratio of ours to the baseline is meant to be. */
  readonly aim: string;
  /** Starts what is measured and warms it up. */
  prepare(bench: Bench): Promise<Pair>;
}

export interface Pair {
  baseline(): Promise<number>;
  ours(): Promise<number>;
}

const SIZES = [2, 12, 60, 120] as const;
const MICROSECONDS = 1_000_000;

export const rows: readonly Row[] = [
  {
    id: 'get',
    title: 'GET balance',
    unit: 'req/s',
    aim: '≥ 1.5',
    prepare: ({ load, servers }) =>
      compareRates(load, servers.express(), servers.emulator(), ({ url }) => toGet(url, 'ada')),
  },
  {
    id: 'put',
    title: 'PUT delta',
    unit: 'req/s',
    aim: '≥ 1.8',
    // Another user than the one that is read, so that its answer keeps its length.
    prepare: ({ load, servers }) =>
      compareRates(load, servers.express(), servers.emulator(), ({ url }) => toPut(url, 'benoit')),
  },
  {
    id: '404',
    title: 'GET balance of nobody, 404',
    unit: 'req/s',
    aim: '',
    prepare: ({ load, servers }) =>
      compareRates(load, servers.express(), servers.emulator(), ({ url }) => toGet(url, 'nobody', 404)),
  },
  ...SIZES.map((size): Row => ({
    id: `ops-${size}`,
    title: `GET balance, ${size} operations`,
    unit: 'req/s',
    aim: '',
    prepare: ({ load, servers }) =>
      compareRates(load, servers.express(), servers.variant(size), ({ url }) => toGet(url, 'ada')),
  })),
  {
    id: 'ops-cost',
    title: 'One GET, 120 operations to 2',
    unit: 'µs',
    aim: '≤ 1.1',
    prepare: async ({ load, servers }) => {
      const pair = await compareRates(load, servers.variant(2), servers.variant(120), ({ url }) => toGet(url, 'ada'));
      return {
        baseline: async () => MICROSECONDS / (await pair.baseline()),
        ours: async () => MICROSECONDS / (await pair.ours()),
      };
    },
  },
  { id: 'start', title: 'Start to the first 200', unit: 'ms', aim: '≤ 2', prepare: compareStarts },
];

async function compareRates(
  load: LoadGenerator,
  baseline: Promise<{ readonly url: string }>,
  ours: Promise<{ readonly url: string }>,
  toAsk: (server: { readonly url: string }) => Ask,
): Promise<Pair> {
  const asks = { baseline: toAsk(await baseline), ours: toAsk(await ours) };
  await assertSameAnswer(asks.baseline, asks.ours);
  for (const ask of [asks.baseline, asks.ours, asks.baseline, asks.ours]) await load.measure(ask);
  return { baseline: () => load.measure(asks.baseline), ours: () => load.measure(asks.ours) };
}

/** @throws when the two do not do the same work */
async function assertSameAnswer(baseline: Ask, ours: Ask): Promise<void> {
  const [expected, actual] = [await send(baseline), await send(ours)];
  if (expected !== actual) throw new Error(`${ours.method} ${ours.url} answers ${actual}, the baseline ${expected}.`);
}
