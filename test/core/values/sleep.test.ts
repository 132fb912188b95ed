import { afterEach, describe, expect, it, vi } from 'vitest';

import { Clock, RealTime } from '../../../src/core/values/clock.ts';

const HOUR = 3_600_000;

/** Has the system's clock be so far ahead of where it was, while the time since the start goes on as before. */
function turnSystemClock(milliseconds: number): void {
  const real = Date.now.bind(Date);
  vi.spyOn(Date, 'now').mockImplementation(() => real() + milliseconds);
}

afterEach(() => {
  vi.restoreAllMocks();
});

describe('a running clock', () => {
  it('has gone on after the machine slept', () => {
    const clock = new Clock(undefined, new RealTime());
    const before = clock.now();
    turnSystemClock(HOUR);
    expect(clock.now() - before).toBeGreaterThanOrEqual(HOUR);
  });

  it('is not turned back with the clock of the system', () => {
    const clock = new Clock(undefined, new RealTime());
    const before = clock.now();
    turnSystemClock(-HOUR);
    expect(clock.now()).toBeGreaterThanOrEqual(before);
  });
});
