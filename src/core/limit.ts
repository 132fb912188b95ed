import type { Instant } from './clock.ts';

/** So many requests in a window of so many milliseconds. */
export interface Rate {
  readonly limit: number;
  readonly window: number;
}

/** What one client has left after a request. */
export interface Window extends Rate {
  readonly remaining: number;
  /** Milliseconds until the window ends. */
  readonly rest: number;
  readonly exceeded: boolean;
}

interface Count {
  readonly start: Instant;
  readonly taken: number;
}

/** How many clients are remembered before those whose window has ended are looked for and forgotten. */
const FIRST_SWEEP = 10_000;

/** Requests of one sandbox, counted by client in windows that begin with a client's first request. */
export class Windows {
  readonly #counts = new Map<string, Count>();
  /** At how many clients; twice as many as the last one left, so that looking costs each of them little. */
  #nextSweep = FIRST_SWEEP;

  take(key: string, { limit, window }: Rate, now: Instant): Window {
    const known = this.#counts.get(key);
    // A clock that was turned back begins a new window, too.
    const isOpen = known && now >= known.start && now < known.start + window;
    const start = isOpen ? known.start : now;
    const taken = (isOpen ? known.taken : 0) + 1;
    if (this.#counts.size >= this.#nextSweep) this.#sweep(now - window);
    this.#counts.set(key, { start, taken });
    return {
      limit,
      window,
      remaining: Math.max(limit - taken, 0),
      rest: start + window - now,
      exceeded: taken > limit,
    };
  }

  clear(): void {
    this.#counts.clear();
  }

  #sweep(before: number): void {
    for (const [key, { start }] of this.#counts) if (start <= before) this.#counts.delete(key);
    this.#nextSweep = Math.max(FIRST_SWEEP, this.#counts.size * 2);
  }
}
