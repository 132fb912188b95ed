import { cachedDataVersionTag, setFlagsFromString, type HeapSpaceInfo } from 'node:v8';

import { afterEach, beforeEach, expect, it, vi } from 'vitest';

import { tuneHeap, withoutTuning } from '../../src/cli/heap.ts';

const MEGABYTE = 1024 * 1024;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
});

afterEach(() => {
  vi.useRealTimers();
});

it('has new objects be young, and lets the space for them grow up to 16 MB, also after V8 made it small in a rest', () => {
  const growth = [1, 2, 1, 2].map((factor) => `--semi-space-growth-factor=${factor}`);
  expect(tell([8, 16, 1, 16, 1].map((young) => toSpaces(young, 100)))).toEqual([
    '--no-allocation-site-pretenuring',
    ...growth,
  ]);
});

it('lets old objects of 256 MB and more grow by half before all are marked again', () => {
  expect(tell([255, 256, 300, 255].map((old) => toSpaces(1, old)))).toEqual([
    '--no-allocation-site-pretenuring',
    '--heap-growing-percent=50',
    '--heap-growing-percent=0',
  ]);
});

it('takes back what it told V8 while compiled code is kept, so that it fits the next process', () => {
  const before = cachedDataVersionTag();
  tuneHeap({ getHeapSpaceStatistics: () => toSpaces(16, 300), setFlagsFromString });
  vi.advanceTimersByTime(1000);
  const tuned = cachedDataVersionTag();
  expect(tuned).not.toBe(before);
  expect(withoutTuning(cachedDataVersionTag)).toBe(before);
  expect(cachedDataVersionTag()).toBe(tuned);
});

/** What V8 is told while it has so much for a second each. */
function tell(seconds: readonly HeapSpaceInfo[][]): readonly string[] {
  const [first = []] = seconds;
  const getHeapSpaceStatistics = vi.fn(() => first);
  const setFlagsFromString = vi.fn<(flags: string) => void>();
  tuneHeap({ getHeapSpaceStatistics, setFlagsFromString });
  for (const spaces of seconds) {
    getHeapSpaceStatistics.mockReturnValue(spaces);
    vi.advanceTimersByTime(1000);
  }
  return setFlagsFromString.mock.calls.flat();
}

/** With so many megabytes for young objects and of old ones. */
function toSpaces(young: number, old: number): HeapSpaceInfo[] {
  return [
    { space_name: 'old_space', space_used_size: old * MEGABYTE } as HeapSpaceInfo,
    { space_name: 'new_space', space_size: young * MEGABYTE } as HeapSpaceInfo,
  ];
}
