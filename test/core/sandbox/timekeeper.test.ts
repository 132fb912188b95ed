import { expect, it } from 'vitest';

import { Timekeeper } from '../../../src/core/sandbox/timekeeper.ts';
import type { DueItem } from '../../../src/core/store/due.ts';
import { Clock, RealTime, toInstant } from '../../../src/core/values/clock.ts';

class Turned extends RealTime {
  at = 1000;

  override now(): number {
    return this.at;
  }
}

/** One over a clock that runs, which a test turns. */
function begin(ats: readonly number[]): {
  readonly time: Timekeeper;
  readonly real: { at: number };
  readonly seen: readonly (readonly [due: number, reached: number])[];
} {
  const real = new Turned();
  const clock = new Clock(undefined, real);
  const items = ats.map((at, seq) => ({ at: toInstant(at), seq }) as DueItem);
  const seen: (readonly [number, number])[] = [];
  const time: Timekeeper = new Timekeeper({
    clock,
    due: {
      get next() {
        return items[0];
      },
      *until(instant: number) {
        for (let item = items[0]; item && item.at <= instant; item = items[0]) yield item;
      },
    } as never,
    happen: (item) => {
      items.shift();
      seen.push([item.at, time.reached]);
    },
    moved: () => undefined,
    next: () => undefined,
    wake: () => undefined,
  });
  return { time, real, seen };
}

it('what is due is seen as of its own instant, however late it happens', () => {
  const { time, real, seen } = begin([1010, 1020, 1030]);
  real.at = 1025;
  expect(time.reached).toBe(1000);
  expect(time.catchUp()).toBe(1025);
  expect(seen).toEqual([
    [1010, 1010],
    [1020, 1020],
  ]);
  real.at = 1029;
  expect(time.reached).toBe(1025);
});

it('a clock that is frozen has had happen what was due by then', () => {
  const { time, real, seen } = begin([1010]);
  real.at = 1015;
  time.freeze();
  expect(seen).toEqual([[1010, 1015]]);
  expect(time.reached).toBe(1015);
});
