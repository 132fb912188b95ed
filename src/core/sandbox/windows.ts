import { hash } from 'node:crypto';

import type { Rate, Window } from '../values/rate.ts';
import type { Instant } from '../values/clock.ts';

interface Count {
  readonly start: Instant;
  readonly end: number;
  readonly taken: number;
}

/** How many clients are remembered before those whose window has ended are looked for and forgotten. */
const FIRST_SWEEP = 10_000;
/** How many are remembered at all. */
const MOST = 100_000;
/** Characters of a key that is remembered as it is. */
const LONGEST = 64;

/** Requests of one sandbox, counted by client in windows that begin with a client's first request. */
export class Windows {
  /** Those whose window began first come first, unless the clock was turned back. */
  readonly #counts = new Map<string, Count>();
  /** At how many clients; twice as many as the last one left, so that looking costs each of them little. */
  #nextSweep = FIRST_SWEEP;

  take(client: string, { limit, window }: Rate, now: Instant): Window {
    const key = toKey(client);
    const known = this.#counts.get(key);
    const open = known && isOpen(known, now) ? known : undefined;
    const { start, end, taken: before } = open ?? { start: now, end: now + window, taken: 0 };
    const taken = before + 1;
    if (!open) this.#makeRoom(key, now);
    this.#counts.set(key, { start, end, taken });
    return {
      limit,
      window,
      remaining: Math.max(limit - taken, 0),
      rest: end - now,
      exceeded: taken > limit,
    };
  }

  clear(): void {
    this.#counts.clear();
    this.#nextSweep = FIRST_SWEEP;
  }

  /** For one more client, who goes to the end. */
  #makeRoom(key: string, now: Instant): void {
    this.#counts.delete(key);
    if (this.#counts.size >= this.#nextSweep) this.#sweep(now);
    if (this.#counts.size < MOST) return;
    for (const oldest of this.#counts.keys()) {
      this.#counts.delete(oldest);
      return;
    }
  }

  #sweep(now: Instant): void {
    for (const [key, count] of this.#counts) if (!isOpen(count, now)) this.#counts.delete(key);
    this.#nextSweep = Math.max(FIRST_SWEEP, this.#counts.size * 2);
  }
}

/** A clock that was turned back begins a new window, too. */
function isOpen({ start, end }: Count, now: Instant): boolean {
  return start <= now && now < end;
}

/** A long key takes no more room than its hash, which is as long as no key that is kept as it is. */
function toKey(client: string): string {
  return client.length > LONGEST ? `sha256:${hash('sha256', client)}` : client;
}
