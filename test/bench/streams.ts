import { request as open } from 'node:http';

import { send, type Ask } from './ask.ts';
import { readMemory } from './process-rows.ts';
import type { Bench, Row } from './row.ts';
import { toSpread } from './statistics.ts';

const WALLET = '0x1111111111111111111111111111111111111111';
const STREAMS = 1000;
/** Pushes of which the median is a round's figure. */
const PUSHES = 21;
/** Measurements that do not count: a server is at its speed some hundred thousand deliveries after its start. */
const WARM_UPS = 5;

export const streamRows: readonly Row[] = [
  {
    id: 'streams-1000',
    title: 'From a change to the last of 1,000 streams',
    unit: 'ms',
    aim: { ratio: 1.2 },
    prepare: async (bench) => {
      const { bare, ours } = await openBoth(bench);
      const sides = { bare: () => pushOften(bare), ours: () => pushOften(ours) };
      for (let time = 0; time < WARM_UPS; time += 1) {
        await sides.bare();
        await sides.ours();
      }
      return sides;
    },
  },
  {
    id: 'stream-memory',
    title: 'Memory of one of 1,000 streams',
    unit: 'kB',
    aim: { ratio: 1.5 },
    prepare: async (bench) => {
      const { bare, ours } = await openBoth(bench);
      // The first streams made the server grow as a whole.
      const grown = { bare: await bare.grow(), ours: await ours.grow() };
      return { bare: () => Promise.resolve(grown.bare), ours: () => Promise.resolve(grown.ours) };
    },
  },
];

interface Audience {
  /** Opens as many streams again. @returns kilobytes that the server grew by for each of them */
  readonly grow: () => Promise<number>;
  /** Milliseconds from a change to its last delivery. */
  readonly push: () => Promise<number>;
}

async function pushOften({ push }: Audience): Promise<number> {
  const times: number[] = [];
  for (let time = 0; time < PUSHES; time += 1) times.push(await push());
  return toSpread(times).median;
}

async function openBoth({ servers }: Bench): Promise<{ readonly bare: Audience; readonly ours: Audience }> {
  const bare = await servers.streaming();
  const emulator = await servers.emulator([], 'server');
  // It changes the wallet but not the list, so that every event has the same length.
  const unflag = `${emulator.url}/_emulator/controls/decentraland/unflag`;
  const stream = `${emulator.providers['decentraland'] ?? ''}/users/${WALLET}/credits/stream`;
  return {
    bare: await gather(bare.pid, `${bare.url}/stream`, toChange(bare.url, {})),
    ours: await gather(emulator.pid, stream, toChange(unflag, { address: WALLET })),
  };
}

function toChange(url: string, body: object): Ask {
  const headers = { 'Content-Type': 'application/json' };
  return { url, method: 'POST', headers, body: JSON.stringify(body), status: 200 };
}

/** Opens the streams, and counts the events of each. */
async function gather(pid: number, url: string, change: Ask): Promise<Audience> {
  let missing = 0;
  let finish = (): void => undefined;
  const untilDelivered = (count: number): Promise<void> =>
    new Promise((resolve) => {
      missing = count;
      finish = resolve;
    });
  const deliver = (): void => {
    missing -= 1;
    if (missing === 0) finish();
  };
  let opened = 0;
  const grow = async (): Promise<number> => {
    const before = readMemory(pid);
    const delivered = untilDelivered(STREAMS);
    await Promise.all(Array.from({ length: STREAMS }, () => listen(url, deliver)));
    await delivered;
    opened += STREAMS;
    return (readMemory(pid) - before) / STREAMS / 1000;
  };
  await grow();
  const push = async (): Promise<number> => {
    const delivered = untilDelivered(opened);
    const started = performance.now();
    await Promise.all([send(change), delivered]);
    return performance.now() - started;
  };
  return { grow, push };
}

function listen(url: string, deliver: () => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const asked = open(url, { agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
        for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
          if (text.startsWith('data:')) deliver();
          text = text.slice(end + 2);
        }
      });
      resolve();
    });
    asked.once('error', reject);
    asked.end();
  });
}
