import { setImmediate } from 'node:timers/promises';

import { monotonic } from './clock.ts';

/** Milliseconds for which others wait at a time while long work is done in steps. */
const SLICE = 20;

/** Takes all steps at once. */
export function takeAll(steps: Iterable<unknown>): void {
  const iterator = steps[Symbol.iterator]();
  while (iterator.next().done !== true);
}

/** Takes the steps in slices of a few milliseconds; others are served in between. @param run runs each slice */
export async function takeInSlices(steps: Iterable<unknown>, run = (slice: () => void) => slice()): Promise<void> {
  const iterator = steps[Symbol.iterator]();
  const progress = { isDone: false };
  const slice = (): void => {
    const end = monotonic() + SLICE;
    while (!progress.isDone && monotonic() < end) progress.isDone = iterator.next().done === true;
  };
  for (;;) {
    run(slice);
    if (progress.isDone) return;
    await setImmediate();
  }
}
