import { send, type Ask } from './client.ts';
import type { LoadGenerator } from './load.ts';
import type { Pair } from './row.ts';
import type { Server } from './servers.ts';

/** Measurements that are thrown away: a server is at its speed some ten thousand requests after its start. */
const WARM_UPS = 3;

/** Answers per second of two servers that are asked the same. */
export async function compareRates(
  load: LoadGenerator,
  baseline: Promise<Server>,
  ours: Promise<Server>,
  toAsk: (server: Server) => Ask,
): Promise<Pair> {
  const servers = await Promise.all([baseline, ours]);
  const asks = { baseline: toAsk(servers[0]), ours: toAsk(servers[1]) };
  await assertSameAnswer(asks.baseline, asks.ours);
  const pair = { baseline: () => load.measure(asks.baseline), ours: () => load.measure(asks.ours) };
  for (let time = 0; time < WARM_UPS; time += 1) {
    await pair.baseline();
    await pair.ours();
  }
  return pair;
}

/** @throws when the two do not do the same work */
async function assertSameAnswer(baseline: Ask, ours: Ask): Promise<void> {
  const [expected, actual] = [await send(baseline), await send(ours)];
  if (expected !== actual) throw new Error(`${ours.method} ${ours.url} answers ${actual}, the baseline ${expected}.`);
}
