import type { Clock, Instant } from '../../values/clock.ts';
import type { Timekeeper } from '../timekeeper.ts';
import type { SandboxPersistence } from '../sandbox-persistence.ts';
import type { Webhooks } from './dispatch.ts';

/** Instants at which a clock that is moved stays: what is due may be made by others without end. */
const MOST_STEPS = 100_000;

interface Walking {
  readonly generation: number;
  readonly clock: Pick<Clock, 'now'>;
  readonly time: Timekeeper;
  readonly webhooks: Webhooks;
  readonly persistence: Pick<SandboxPersistence, 'losses'>;
}

/**
 * Moves a clock, and stays at each instant until what is sent then has been answered. Ends with the generation, or where
 * the disk did not take a step, which is taken back.
 */
export async function walkTo(instant: Instant, walking: Walking, generation: number): Promise<void> {
  const { clock, time, webhooks, persistence } = walking;
  const { losses } = persistence;
  if (instant <= clock.now()) time.moveTo(instant);
  for (let steps = 0; steps < MOST_STEPS; steps += 1) {
    await webhooks.settle();
    const now = clock.now();
    if (walking.generation !== generation || persistence.losses !== losses || now >= instant) return;
    const { nextAt } = webhooks;
    time.moveTo(nextAt !== undefined && nextAt < instant ? nextAt : instant, () => webhooks.hasDue);
    // There is no end of what is due.
    if (clock.now() === now && !webhooks.hasDue) return;
  }
}
