import { hash } from 'node:crypto';

import { defineCollection, type StateOf } from '../store/collection.ts';
import type { Store } from '../store/store.ts';
import type { Instant } from '../values/clock.ts';
import type { Rate, Window } from '../values/rate.ts';

/** The requests of one client in a window that began with its first one. */
export interface OpenWindow {
  readonly client: string;
  readonly start: Instant;
  /** Milliseconds since 1970; past the last instant if the window is long. */
  readonly end: number;
  readonly taken: number;
}

export const openWindows = defineCollection({
  key: ({ client }: OpenWindow) => client,
  orders: { start: ({ start, client }) => [start, client] },
});

type Records = StateOf<{ windows: typeof openWindows }>['windows'];

/** Limit of clients. */
const MOST = 100_000;
/** Limit of characters of a key that is kept unhashed. */
const LONGEST = 64;

/** The requests of one sandbox by client, in windows that begin with a client's first request. */
export class Windows {
  readonly #store: Store;
  readonly #windows: Records;

  constructor(store: Store, windows: Records) {
    this.#store = store;
    this.#windows = windows;
  }

  /** Counts a request without a commit: it may be a read, or refused. */
  take(key: string, { limit, window }: Rate, now: Instant): Window {
    const client = toClient(key);
    const known = this.#windows.find(client);
    const open = known && isOpen(known, now) ? known : { client, start: now, end: now + window, taken: 0 };
    const counted = { ...open, taken: open.taken + 1 };
    this.#store.drift(() => {
      if (open !== known) this.#makeRoom(now);
      this.#windows.put(counted);
    });
    return {
      limit,
      window,
      remaining: Math.max(limit - counted.taken, 0),
      rest: counted.end - now,
      exceeded: counted.taken > limit,
    };
  }

  /** Forgets windows that have ended, oldest first, and the oldest of all if there are too many. */
  #makeRoom(now: Instant): void {
    for (;;) {
      const [first] = this.#windows.list('start');
      if (!first || (isOpen(first, now) && this.#windows.size < MOST)) return;
      this.#windows.delete(first.client);
    }
  }
}

/** A clock that was turned back begins a new window, too. */
function isOpen({ start, end }: OpenWindow, now: Instant): boolean {
  return start <= now && now < end;
}

/** Returns a short key unchanged and a long key's hash. No key that is kept unhashed is as long as a hash. */
function toClient(key: string): string {
  return key.length > LONGEST ? `sha256:${hash('sha256', key)}` : key;
}
