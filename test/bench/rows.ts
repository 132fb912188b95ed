import { toGet, toGrant, toPut, type Ask } from './client.ts';
import { compareCompactions } from './disk.ts';
import { writeSeed } from './fixtures.ts';
import { compareHolding, compareIdle, compareKeeping } from './holding.ts';
import { compareMatching } from './matching.ts';
import { compareMemories, comparePageStarts, startBoth } from './page.ts';
import { compareProcessorTimes, compareRates } from './rates.ts';
import type { Bench, Row } from './row.ts';
import type { Server } from './servers.ts';
import { compareEmulatorStarts, compareStarts } from './start.ts';
import { compareDeliveries, compareMemory } from './streams.ts';

const AUDIENCES = [10, 100, 1000] as const;
const FEW = 1000;
const MANY = 1_000_000;
/** What is meant to cost the same is measured longer: a GET of one server took 17 µs in one second and 25 in the next. */
const TURNS = 5;
/** What a PUT may cost with each kind of durability, as a rate and as processor time, against one in memory. */
const DURABLE = [
  { durability: 'os', rate: '≥ 0.9', time: '≤ 1.1' },
  { durability: 'fsync', rate: '≥ 0.5', time: '' },
] as const;

const getBalance = ({ url }: Server): Ask => toGet(url, 'ada');

const addOne = ({ url }: Server): Ask => toPut(url, 'ada');

const ignoreBalance = (answer: string): string => answer.replace(/"(newBalance|credit_balance)":"?\d+"?/, '');

/** In one of many sandboxes. */
const inSandbox = ({ url }: Server): Ask => {
  const ask = toGet(url, 'ada');
  return { ...ask, headers: { ...ask.headers, 'X-Emulator-Sandbox': 'crowd-0' } };
};

/** What the same exchange costs with much of something, to what it costs with little, both ours. */
function cost(
  id: string,
  title: string,
  toAsk: (server: Server) => Ask,
  start: (bench: Bench) => readonly [few: Promise<Server>, many: Promise<Server>],
): Row {
  return {
    id,
    title,
    unit: 'µs',
    aim: '≤ 1.1',
    turns: TURNS,
    prepare: (bench) => compareProcessorTimes(bench.load, ...start(bench), toAsk, ignoreBalance),
  };
}

/**
 * What starts an emulator with so many users: in memory, and on a folder that it finds as it left it the last time,
 * which needs no fixtures.
 */
async function toStarts(
  { servers, workspace }: Bench,
  users: number,
): Promise<readonly [inMemory: readonly string[], onDisk: readonly string[]]> {
  const seed = ['--fixtures', writeSeed(workspace, users)];
  return [seed, ['--data', await servers.makeFolder(users)]];
}

/** Everything that is compared with something, in the order of the table. */
export const rows: readonly Row[] = [
  cost('operations', 'GET balance, 120 operations to 8', getBalance, ({ servers }) => [
    servers.variant('operations', 8),
    servers.variant('operations', 120),
  ]),
  cost('rules', 'GET balance, 1,000 rules of others to none', getBalance, ({ servers }) => [
    servers.armed('rules', 0),
    servers.armed('rules', 1000),
  ]),
  cost('sandboxes', 'GET balance, 1,000 sandboxes to 1', inSandbox, ({ servers }) => [
    servers.crowded('sandboxes', 1),
    servers.crowded('sandboxes', 1000),
  ]),
  cost('records', 'GET balance, 1,000,000 records to 1,000', getBalance, ({ servers }) => [
    servers.seeded(FEW),
    servers.seeded(MANY),
  ]),
  cost(
    'history',
    'grantCredits, 1,000,000 transactions to none',
    ({ openmonetize }) => toGrant(openmonetize),
    ({ servers }) => [servers.withHistory(0), servers.withHistory(MANY)],
  ),
  {
    id: 'faults-match',
    title: 'Matching alone, 1,000 rules of others to none',
    unit: 'ns',
    aim: '≤ 500 ns',
    prepare: () => Promise.resolve(compareMatching(1000)),
  },
  ...AUDIENCES.map((count): Row => ({
    id: `streams-${count}`,
    title: `Change to last delivery, ${count} streams`,
    unit: 'ms',
    aim: count === 1000 ? '≤ 1.2' : '',
    prepare: (bench) => compareDeliveries(bench, count),
  })),
  {
    id: 'stream-memory',
    title: 'Memory of a stream, of 1,000',
    unit: 'kB',
    aim: '≤ 1.5',
    prepare: (bench) => compareMemory(bench, 1000),
  },
  {
    id: 'memory-idle',
    title: 'Memory two seconds after the first 200, installed',
    unit: 'MB',
    aim: '≤ 75 MB',
    prepare: compareIdle,
  },
  {
    id: 'memory-reads',
    title: 'Memory after 1,000,000 reads, to that after 50,000 requests',
    unit: 'MB',
    aim: '≤ 1.1',
    prepare: compareHolding,
  },
  {
    id: 'memory-put',
    title: 'What a PUT leaves in the history, to its ledger entry as JSON',
    unit: 'kB',
    aim: '≤ 0.8 kB',
    prepare: compareKeeping,
  },
  ...DURABLE.flatMap(({ durability, rate, time }): Row[] => {
    const id = `put-${durability}`;
    return [
      {
        id,
        title: `PUT delta, ${durability} to in memory`,
        unit: 'req/s',
        aim: rate,
        prepare: ({ load, servers }) =>
          compareRates(load, servers.onDisk(id, FEW, 'memory'), servers.onDisk(id, FEW, durability), addOne),
      },
      {
        id: `${id}-cpu`,
        title: `Processor time of a PUT, ${durability} to in memory`,
        unit: 'µs',
        aim: time,
        prepare: ({ load, servers }) =>
          compareProcessorTimes(
            load,
            servers.onDisk(id, FEW, 'memory'),
            servers.onDisk(id, FEW, durability),
            addOne,
            ignoreBalance,
          ),
      },
      {
        id: `${id}-million`,
        title: `PUT delta, ${durability}, 1,000,000 records to 1,000`,
        unit: 'req/s',
        aim: '≥ 0.9',
        prepare: ({ load, servers }) =>
          compareRates(
            load,
            servers.onDisk(`${id}-million`, FEW, durability),
            servers.onDisk(`${id}-million`, MANY, durability),
            addOne,
          ),
      },
    ];
  }),
  {
    id: 'compaction',
    title: 'Longest wait, a document of 1,000,000 records to none',
    unit: 'ms',
    aim: '+ 20 ms',
    prepare: (bench) => compareCompactions(bench, MANY),
  },
  {
    id: 'page-start',
    title: 'Start, with the page to without',
    unit: 'ms',
    aim: '≤ 1.05',
    prepare: comparePageStarts,
  },
  {
    id: 'page-memory',
    title: 'Memory when idle, with the page to without',
    unit: 'kB',
    aim: '≤ 1.05',
    prepare: compareMemories,
  },
  cost('page-get', 'GET balance, with the page to without', getBalance, startBoth),
  { id: 'start', title: 'Start to the first 200, installed', unit: 'ms', aim: '≤ 1.4', prepare: compareStarts },
  {
    id: 'start-data',
    title: 'Start, 1,000 records on disk to in memory',
    unit: 'ms',
    aim: '≤ 1.1',
    prepare: async (bench) => compareEmulatorStarts(bench, ...(await toStarts(bench, FEW))),
  },
  {
    id: 'start-million',
    title: 'Start, 1,000,000 records on disk to 1,000',
    unit: 'ms',
    aim: '≤ 3 s',
    prepare: async (bench) => {
      const [[, few], [, many]] = [await toStarts(bench, FEW), await toStarts(bench, MANY)];
      return compareEmulatorStarts(bench, few, many);
    },
  },
];
