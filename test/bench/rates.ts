import { readFileSync } from 'node:fs';

import { send, type Ask } from './client.ts';
import type { LoadGenerator } from './load.ts';
import type { Pair } from './row.ts';
import type { Server } from './servers.ts';

/** Measurements that are thrown away: a server is at its speed some ten thousand requests after its start. */
const WARM_UPS = 3;

/** The system counts processor time in hundredths of a second. */
const TICK = 10_000;

/**
 * Answers per second of two servers that are asked the same.
 *
 * @param ignore takes out of an answer what may differ; ids of UUID form may anyway
 */
export function compareRates(
  load: LoadGenerator,
  baseline: Promise<Server>,
  ours: Promise<Server>,
  toAsk: (server: Server) => Ask,
  ignore?: (answer: string) => string,
): Promise<Pair> {
  const measure = async (server: Server): Promise<number> => {
    const { answers, seconds } = await load.measure(toAsk(server));
    return answers / seconds;
  };
  return compare(baseline, ours, toAsk, measure, ignore);
}

/**
 * Microseconds of processor time for each answer, of two servers that are asked the same. A busy machine changes them
 * far less than it does rates. Linux only.
 */
export function compareProcessorTimes(
  load: LoadGenerator,
  baseline: Promise<Server>,
  ours: Promise<Server>,
  toAsk: (server: Server) => Ask,
  ignore?: (answer: string) => string,
): Promise<Pair> {
  const measure = async (server: Server): Promise<number> => {
    const before = readProcessorTime(server.pid);
    const { answers } = await load.measure(toAsk(server));
    return (readProcessorTime(server.pid) - before) / answers;
  };
  return compare(baseline, ours, toAsk, measure, ignore);
}

/** Microseconds for which a process has had a processor, by itself and in the system. */
export function readProcessorTime(pid: number): number {
  // Behind the name of the command, which may hold blanks.
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) * TICK;
}

async function compare(
  baseline: Promise<Server>,
  ours: Promise<Server>,
  toAsk: (server: Server) => Ask,
  measure: (server: Server) => Promise<number>,
  ignore: (answer: string) => string = (answer) => answer,
): Promise<Pair> {
  const servers = await Promise.all([baseline, ours]);
  await assertSameAnswer(toAsk(servers[0]), toAsk(servers[1]), ignore);
  const pair = { baseline: () => measure(servers[0]), ours: () => measure(servers[1]) };
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
