import type { Replace, StateSource } from '../store/commit.ts';
import type { Base, Kept } from '../store/disk/kept.ts';
import type { Roots } from '../store/roots.ts';
import { Clock } from '../values/clock.ts';
import type { Seed } from './seed.ts';

/** What one begins with that does not begin with the seed. */
export interface Origin extends Kept {
  /** Of whom it is a fork; left out for one that was before, and goes on. */
  readonly from?: StateSource | undefined;
  /** Where it goes back to, if not to where all do. */
  readonly ownSeed?: Seed | undefined;
}

/** How all state is replaced. */
export interface Replacement {
  readonly how: Replace['how'];
  readonly roots: Roots;
  /** What those share with others. */
  readonly base: Base;
  readonly from?: StateSource | undefined;
  /** Where it goes back to from now on; as before, if left out. */
  readonly ownSeed?: Seed | undefined;
  /** Rules of faults stay as they are, with how often they have fired. */
  readonly keepFaults?: boolean;
  /** Journal, ledger and all numbers begin anew. */
  readonly isAnew?: boolean;
}

/** How one begins that begins with a seed now. */
export function toBeginning(seed: Seed): Pick<Replacement, 'roots' | 'base'> {
  const clock = new Clock(seed.clock);
  const roots = { ...seed.roots(clock.now()), clock: clock.state };
  return { roots, base: roots.collections };
}
