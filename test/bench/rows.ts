import { toAdd, toBalance, toCredit, toGet, toGrant, toLedger, toPut, type Ask } from './client.ts';
import { compareCompactions } from './disk.ts';
import { writeSeed } from './fixtures.ts';
import { compareMatching } from './matching.ts';
import { compareProcessorTimes, compareRates } from './rates.ts';
import type { Bench, Pair, Row } from './row.ts';
import type { Server } from './servers.ts';
import { compareEmulatorStarts, compareStarts } from './start.ts';
import { compareDeliveries, compareMemory } from './streams.ts';

const SIZES = [2, 12, 60, 120] as const;
const AUDIENCES = [10, 100, 1000] as const;
const MICROSECONDS = 1_000_000;
const FEW = 1000;
const MANY = 1_000_000;
/** What a PUT may cost with each kind of durability, as a rate and as processor time, against one in memory. */
const DURABLE = [
  { durability: 'os', rate: '≥ 0.9', time: '≤ 1.1' },
  { durability: 'fsync', rate: '≥ 0.5', time: '' },
] as const;

const getBalance = ({ url }: Server): Ask => toGet(url, 'ada');

const addOne = ({ url }: Server): Ask => toPut(url, 'ada');

const ignoreBalance = (answer: string): string => answer.replace(/"(newBalance|credit_balance)":"?\d+"?/, '');

/** A rate turned round is a cost. */
function toCosts({ baseline, ours }: Pair): Pair {
  return {
    baseline: async () => MICROSECONDS / (await baseline()),
    ours: async () => MICROSECONDS / (await ours()),
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
  {
    id: 'get',
    title: 'GET balance',
    unit: 'req/s',
    aim: '≥ 1.5',
    prepare: ({ load, servers }) => compareRates(load, servers.express('get'), servers.emulator('get'), getBalance),
  },
  {
    id: 'put',
    title: 'PUT delta',
    unit: 'req/s',
    aim: '≥ 1.8',
    prepare: ({ load, servers }) => compareRates(load, servers.express('put'), servers.emulator('put'), addOne),
  },
  ...(['json', 'query'] as const).map((where): Row => {
    const id = `gamefuse-${where}`;
    return {
      id,
      title: `GameFuse add_credits, ${where === 'json' ? 'JSON' : 'query'}`,
      unit: 'req/s',
      aim: '',
      prepare: ({ load, servers }) =>
        compareRates(load, servers.express(id), servers.emulator(id), ({ gamefuse }) => toAdd(gamefuse, where)),
    };
  }),
  {
    id: 'inveterate-ledger',
    title: 'Inveterate ledger, a page of 10',
    unit: 'req/s',
    aim: '',
    prepare: ({ load, servers }) => {
      const id = 'inveterate-ledger';
      return compareRates(load, servers.express(id), servers.emulator(id), ({ inveterate }) => toLedger(inveterate));
    },
  },
  {
    id: 'inveterate-add',
    title: 'Inveterate add credits',
    unit: 'req/s',
    aim: '',
    prepare: ({ load, servers }) => {
      const id = 'inveterate-add';
      return compareRates(load, servers.express(id), servers.emulator(id), ({ inveterate }) => toCredit(inveterate));
    },
  },
  {
    id: 'openmonetize-balance',
    title: 'OpenMonetize getCreditBalance',
    unit: 'req/s',
    aim: '',
    prepare: ({ load, servers }) => {
      const id = 'openmonetize-balance';
      return compareRates(load, servers.express(id), servers.emulator(id), (server) => toBalance(server.openmonetize));
    },
  },
  {
    id: 'openmonetize-grant',
    title: 'OpenMonetize grantCredits with a key',
    unit: 'req/s',
    aim: '',
    prepare: ({ load, servers }) => {
      const id = 'openmonetize-grant';
      const toAsk = ({ openmonetize }: Server): Ask => toGrant(openmonetize, 'bench');
      return compareRates(load, servers.express(id), servers.emulator(id), toAsk);
    },
  },
  {
    id: 'history-cost',
    title: 'grantCredits, 100,000 transactions to none',
    unit: 'µs',
    aim: '≤ 1.1',
    prepare: async ({ load, servers }) => {
      const [empty, long] = [servers.withHistory(0), servers.withHistory(100_000)];
      const pair = await compareRates(load, empty, long, ({ openmonetize }) => toGrant(openmonetize), ignoreBalance);
      return toCosts(pair);
    },
  },
  {
    id: '404',
    title: 'GET balance of nobody, 404',
    unit: 'req/s',
    aim: '',
    prepare: ({ load, servers }) =>
      compareRates(load, servers.express('404'), servers.emulator('404'), ({ url }) => toGet(url, 'nobody', 404)),
  },
  ...SIZES.map((size): Row => {
    const id = `ops-${size}`;
    return {
      id,
      title: `GET balance, ${size} operations`,
      unit: 'req/s',
      aim: '',
      prepare: ({ load, servers }) => compareRates(load, servers.express(id), servers.variant(id, size), getBalance),
    };
  }),
  {
    id: 'ops-cost',
    title: 'GET balance, 120 operations to 2',
    unit: 'µs',
    aim: '≤ 1.1',
    prepare: async ({ load, servers }) => {
      const [few, many] = [servers.variant('ops-cost', 2), servers.variant('ops-cost', 120)];
      return toCosts(await compareRates(load, few, many, getBalance));
    },
  },
  {
    id: 'faults-match',
    title: 'Matching alone, 1,000 rules of others to none',
    unit: 'ns',
    aim: '≤ 500 ns',
    prepare: () => Promise.resolve(compareMatching(1000)),
  },
  {
    id: 'faults-cost',
    title: 'GET balance, 1,000 rules of others to none',
    unit: 'µs',
    aim: '',
    prepare: async ({ load, servers }) =>
      toCosts(
        await compareRates(load, servers.armed('faults-cost', 0), servers.armed('faults-cost', 1000), getBalance),
      ),
  },
  ...AUDIENCES.map((count): Row => ({
    id: `streams-${count}`,
    title: `Change to last delivery, ${count} streams`,
    unit: 'ms',
    aim: count === 1000 ? '≤ 2' : '',
    prepare: (bench) => compareDeliveries(bench, count),
  })),
  {
    id: 'stream-memory',
    title: 'Memory of a stream, of 1,000',
    unit: 'kB',
    aim: '',
    prepare: (bench) => compareMemory(bench, 1000),
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
  { id: 'start', title: 'Start to the first 200', unit: 'ms', aim: '≤ 2', prepare: compareStarts },
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
