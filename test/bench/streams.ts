import { request as open, type IncomingMessage } from 'node:http';

import { send, type Ask } from './client.ts';
import { readMemory } from './memory.ts';
import type { Bench, Pair } from './row.ts';
import type { Server } from './servers.ts';
import { toSpread } from './statistics.ts';

const WALLET = '0x1111111111111111111111111111111111111111';
/** Streams that are closed again before those that count. */
const FIRST = 200;
/** Pushes of which the median is a round's figure: the first after a rest finds the processor's caches full of others' work. */
const PUSHES = 21;
/** Measurements that are thrown away: a server is at its speed some hundred thousand deliveries after its start. */
const WARM_UPS = 5;

/** Milliseconds from asking for a change to the last delivery of it. */
export async function compareDeliveries(bench: Bench, count: number): Promise<Pair> {
  const { baseline, ours } = await openBoth(bench, `streams-${count}`, count);
  const pair = { baseline: () => pushOften(baseline), ours: () => pushOften(ours) };
  for (let time = 0; time < WARM_UPS; time += 1) {
    await pair.baseline();
    await pair.ours();
  }
  return pair;
}

async function pushOften({ push }: Audience): Promise<number> {
  const times: number[] = [];
  for (let time = 0; time < PUSHES; time += 1) times.push(await push());
  return toSpread(times).median;
}

/** Kilobytes that a server has grown by for each stream behind as many that made it grow as a whole. */
export async function compareMemory(bench: Bench, count: number): Promise<Pair> {
  await openBoth(bench, 'stream-memory', count);
  const { baseline, ours } = await openBoth(bench, 'stream-memory', count);
  return { baseline: () => Promise.resolve(baseline.memory), ours: () => Promise.resolve(ours.memory) };
}

interface Audience {
  readonly memory: number;
  readonly push: () => Promise<number>;
}

async function openBoth(
  { servers }: Bench,
  row: string,
  count: number,
): Promise<{ readonly baseline: Audience; readonly ours: Audience }> {
  const [raw, emulator] = await Promise.all([servers.rawStreams(row), servers.emulator(row)]);
  return {
    baseline: await gather(raw, count, `${raw.url}/stream`, () => toChange(raw.url, {})),
    ours: await gather(emulator, count, `${emulator.decentraland}/users/${WALLET}/credits/stream`, () =>
      // It changes the wallet, and not the list, so that every event is as long as the one before.
      toChange(`${emulator.shared}/_emulator/controls/decentraland/unflag`, { address: WALLET }),
    ),
  };
}

function toChange(url: string, body: object): Ask {
  const headers = { 'Content-Type': 'application/json' };
  return { url, method: 'POST', headers, body: JSON.stringify(body), status: 200 };
}

/** Opens so many streams, and counts what each of them gets. */
async function gather({ pid }: Server, count: number, url: string, toAsk: () => Ask): Promise<Audience> {
  let missing = count;
  let delivered = (): void => undefined;
  // What a server loads and compiles for its first streams is no memory of a stream.
  await Promise.all(Array.from({ length: FIRST }, () => listen(url, () => undefined, true)));
  const before = readMemory(pid);
  const opened = new Promise<void>((resolve) => (delivered = resolve));
  const deliver = (): void => {
    missing -= 1;
    if (missing === 0) delivered();
  };
  await Promise.all(Array.from({ length: count }, () => listen(url, deliver)));
  await opened;
  const memory = (readMemory(pid) - before) / count;
  return {
    memory,
    push: async () => {
      missing = count;
      const all = new Promise<void>((resolve) => (delivered = resolve));
      const started = performance.now();
      await Promise.all([send(toAsk()), all]);
      return performance.now() - started;
    },
  };
}

function listen(url: string, deliver: () => void, once = false): Promise<void> {
  return new Promise((resolve, reject) => {
    const asked = open(url, { agent: false }, (response: IncomingMessage) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
        for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
          if (text.startsWith('data:')) deliver();
          text = text.slice(end + 2);
        }
      });
      if (once) asked.destroy();
      resolve();
    });
    asked.once('error', reject);
    asked.end();
  });
}
