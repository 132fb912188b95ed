import { cachedDataVersionTag, setFlagsFromString, type HeapSpaceInfo } from 'node:v8';

import { expect, it, vi } from 'vitest';

import { tuneYoungGeneration, withoutTuning } from '../../src/cli/young-generation.ts';

const MEGABYTE = 1024 * 1024;

it('has new objects be young, and lets the space for them grow up to 16 MB, also after V8 made it small in a rest', () => {
  vi.useFakeTimers();
  const getHeapSpaceStatistics = vi.fn<() => HeapSpaceInfo[]>();
  const setFlagsFromString = vi.fn<(flags: string) => void>();
  const toSpaces = (size: number) => [
    { space_name: 'old_space', space_size: 100 * MEGABYTE } as HeapSpaceInfo,
    { space_name: 'new_space', space_size: size * MEGABYTE } as HeapSpaceInfo,
  ];
  getHeapSpaceStatistics.mockReturnValue(toSpaces(8));
  tuneYoungGeneration({ getHeapSpaceStatistics, setFlagsFromString });
  vi.advanceTimersByTime(5000);
  const first = '--no-allocation-site-pretenuring';
  expect(setFlagsFromString.mock.calls).toEqual([[first]]);
  for (const size of [16, 1, 16, 1]) {
    getHeapSpaceStatistics.mockReturnValue(toSpaces(size));
    vi.advanceTimersByTime(1000);
  }
  const growth = [1, 2, 1, 2].map((factor) => [`--semi-space-growth-factor=${factor}`]);
  expect(setFlagsFromString.mock.calls).toEqual([[first], ...growth]);
  vi.useRealTimers();
});

it('takes back what it told V8 while compiled code is kept, so that it fits the next process', () => {
  vi.useFakeTimers();
  const before = cachedDataVersionTag();
  const full = [{ space_name: 'new_space', space_size: 16 * MEGABYTE } as HeapSpaceInfo];
  tuneYoungGeneration({ getHeapSpaceStatistics: () => full, setFlagsFromString });
  vi.advanceTimersByTime(1000);
  const tuned = cachedDataVersionTag();
  expect(tuned).not.toBe(before);
  expect(withoutTuning(cachedDataVersionTag)).toBe(before);
  expect(cachedDataVersionTag()).toBe(tuned);
  vi.useRealTimers();
});
