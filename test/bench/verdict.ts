import type { Contest, ContestSample } from './contest.ts';
import type { Measured } from './rounds.ts';
import { toSpread } from './statistics.ts';

/** By how much a figure may miss its aim before that is taken for more than noise. */
const ROOM = 1.5;

/**
 * What has become slower than it may, a sentence each. Processor time is looked at, which a busy machine changes least, and
 * only against what was measured beside it.
 */
export function listSlow(contests: readonly Measured<Contest, ContestSample>[]): readonly string[] {
  return contests.flatMap(({ subject: { title, most = Infinity, least = 0 }, samples }) => {
    const toHttp = toSpread(samples.map(({ http, ours }) => ours.cpu / http.cpu)).median;
    const toExpress = toSpread(samples.map(({ express, ours }) => express.cpu / ours.cpu)).median;
    return [
      ...(toHttp > most * ROOM
        ? [`${title}: ${toHttp.toFixed(2)} times the processor time of node:http, ${(most * ROOM).toFixed(2)} at most.`]
        : []),
      ...(toExpress < least / ROOM
        ? [`${title}: ${toExpress.toFixed(2)} in Express's terms, ${(least / ROOM).toFixed(2)} at least.`]
        : []),
    ];
  });
}
