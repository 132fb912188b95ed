import { send, type Ask } from './client.ts';
import type { LoadGenerator } from './load.ts';
import type { Pair } from './row.ts';
import type { Server } from './servers.ts';

/** Measurements that are thrown away: a server is at its speed some ten thousand requests after its start. */
const WARM_UPS = 3;

/**
 * Answers per second of two servers that are asked the same.
 *
 * @param ignore takes out of an answer what may differ; ids of UUID form may anyway
 */
export async function compareRates(
  load: LoadGenerator,
  baseline: Promise<Server>,
  ours: Promise<Server>,
  toAsk: (server: Server) => Ask,
  ignore: (answer: string) => string = (answer) => answer,
): Promise<Pair> {
  const servers = await Promise.all([baseline, ours]);
  const asks = { baseline: toAsk(servers[0]), ours: toAsk(servers[1]) };
  await assertSameAnswer(asks.baseline, asks.ours, ignore);
  const pair = { baseline: () => load.measure(asks.baseline), ours: () => load.measure(asks.ours) };
  for (let time = 0; time < WARM_UPS; time += 1) {
    await pair.baseline();
    await pair.ours();
  }
  return pair;
}

/** @throws when the two do not do the same work */
async function assertSameAnswer(baseline: Ask, ours: Ask, ignore: (answer: string) => string): Promise<void> {
  const [expected, actual] = [await send(baseline), await send(ours)];
  if (ignore(withoutIds(expected)) === ignore(withoutIds(actual))) return;
  throw new Error(`${ours.method} ${ours.url} answers ${actual}, the baseline ${expected}.`);
}

/** UUIDs are made by each side for itself. */
function withoutIds(answer: string): string {
  return answer.replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'id');
}
