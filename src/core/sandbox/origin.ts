import type { Replace, StateSource } from '../store/commit.ts';
import type { Base, Kept } from '../store/disk/kept.ts';
import type { Roots } from '../store/roots.ts';
import { Clock } from '../values/clock.ts';
import type { Seed } from './seed.ts';

/** The initial state of a sandbox that does not start from the seed. */
export interface Origin extends Kept {
  /** The source of a fork; left out for a stored sandbox that goes on. */
  readonly from?: StateSource | undefined;
  /** The seed for resets, if not the common one. */
  readonly ownSeed?: Seed | undefined;
}

/** How all state is replaced. */
export interface Replacement {
  readonly how: Replace['how'];
  readonly roots: Roots;
  /** The collections that the roots share with others. */
  readonly base: Base;
  readonly from?: StateSource | undefined;
  /** The seed for resets from now on; unchanged if left out. */
  readonly ownSeed?: Seed | undefined;
  /** Keeps fault rules and their counters. */
  readonly keepFaults?: boolean;
  /** Restarts journal, ledger and all numbers. */
  readonly isAnew?: boolean;
}

/** Returns the initial state for a sandbox that starts from a seed now. */
export function toBeginning(seed: Seed): Pick<Replacement, 'roots' | 'base'> {
  const clock = new Clock(seed.clock);
  const roots = { ...seed.roots(clock.now()), clock: clock.state };
  return { roots, base: roots.collections };
}
