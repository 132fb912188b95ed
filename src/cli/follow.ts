import { setTimeout as sleep } from 'node:timers/promises';

import type { components } from '../control/types.ts';
import { toQuery, type Client } from './client.ts';

export type JournalEntry = components['schemas']['JournalEntry'];
/** Parameters of GET /requests, as text. */
export type Filters = Readonly<Record<string, string>>;

/** Milliseconds between two looks. */
const PAUSE = 250;
/** Entries that are asked for at once. */
const PAGE = 1000;

interface Page {
  readonly requests: readonly JournalEntry[];
  readonly next?: string;
}

async function getPage(client: Client, filters: Filters): Promise<Page> {
  return JSON.parse(await client.request('GET', `/requests${toQuery(filters)}`)) as Page;
}

/** The last entries of the journal that fit, the newest last. */
export async function listRequests(client: Client, filters: Filters, limit: number): Promise<readonly JournalEntry[]> {
  const found: JournalEntry[] = [];
  let cursor: Filters = {};
  while (found.length < limit) {
    const { requests, next } = await getPage(client, {
      ...filters,
      ...cursor,
      limit: String(Math.min(limit - found.length, PAGE)),
    });
    found.push(...requests);
    if (next === undefined) break;
    cursor = { cursor: next };
  }
  return found.reverse();
}

/**
 * Every entry that comes, in batches, until the signal aborts.
 *
 * @param last the id behind which it begins; the beginning of the journal if left out
 * @throws {NotVerified} when the emulator is gone
 */
export async function* followRequests(
  client: Client,
  filters: Filters,
  { signal, last }: { readonly signal: AbortSignal; readonly last?: string | undefined },
): AsyncGenerator<readonly JournalEntry[]> {
  // What an instant is for is done by the first list; from then on it goes on behind what it has seen.
  const { since: _, ...others } = filters;
  let seen = last;
  while (await pause(signal)) {
    const batch = await listRequests(client, { ...others, ...(seen === undefined ? {} : { since: seen }) }, MOST);
    const newest = batch.at(-1)?.id ?? seen;
    if (batch.length > 0) yield batch;
    // Ids begin anew with a reset: what is there then has come since.
    else if (seen !== undefined && (await hasBegunAnew(client, seen))) {
      seen = undefined;
      continue;
    }
    seen = newest;
  }
}

/** More than come between two looks; of a flood the oldest are left out. */
const MOST = 100_000;

/** The id of the newest entry, whatever it is about. */
export async function findNewest(client: Client): Promise<string | undefined> {
  const { requests } = await getPage(client, { limit: '1', brief: 'true' });
  return requests[0]?.id;
}

async function hasBegunAnew(client: Client, seen: string): Promise<boolean> {
  const newest = await findNewest(client);
  return newest !== undefined && toNumber(newest) < toNumber(seen);
}

function toNumber(id: string): number {
  return Number(id.slice(id.lastIndexOf('-') + 1));
}

/** @returns whether to go on */
async function pause(signal: AbortSignal): Promise<boolean> {
  try {
    await sleep(PAUSE, undefined, { signal });
  } catch {
    // It was aborted.
  }
  return !signal.aborted;
}
