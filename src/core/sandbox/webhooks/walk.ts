import type { Clock, Instant } from '../../values/clock.ts';
import type { Timekeeper } from '../timekeeper.ts';
import type { SandboxPersistence } from '../sandbox-persistence.ts';
import type { Webhooks } from './dispatch.ts';

/** Limit of instants at which a moving clock stops: scheduled items may schedule others without end. */
const MOST_STEPS = 100_000;

interface Walking {
  readonly generation: number;
  readonly clock: Pick<Clock, 'now'>;
  readonly time: Timekeeper;
  readonly webhooks: Webhooks;
  readonly persistence: Pick<SandboxPersistence, 'losses'>;
}

/**
 * Moves a clock, and stops at each instant until the webhooks sent then have been answered. Ends when the generation
 * changes, or when a step cannot be stored and is rolled back.
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
    // Scheduled items have no end.
    if (clock.now() === now && !webhooks.hasDue) return;
  }
}
