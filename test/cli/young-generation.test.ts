import { getHeapSpaceStatistics, setFlagsFromString, type HeapSpaceInfo } from 'node:v8';
import { expect, it, vi } from 'vitest';

import { limitYoungGeneration } from '../../src/cli/young-generation.ts';

vi.mock('node:v8', () => ({ getHeapSpaceStatistics: vi.fn(), setFlagsFromString: vi.fn() }));

const MEGABYTE = 1024 * 1024;

it('lets the space for young objects grow up to 16 MB, and then not any more', () => {
  vi.useFakeTimers();
  const toSpaces = (size: number) => [
    { space_name: 'old_space', space_size: 100 * MEGABYTE } as HeapSpaceInfo,
    { space_name: 'new_space', space_size: size * MEGABYTE } as HeapSpaceInfo,
  ];
  vi.mocked(getHeapSpaceStatistics).mockReturnValue(toSpaces(8));
  limitYoungGeneration();
  vi.advanceTimersByTime(5000);
  expect(setFlagsFromString).not.toHaveBeenCalled();
  vi.mocked(getHeapSpaceStatistics).mockReturnValue(toSpaces(16));
  vi.advanceTimersByTime(1000);
  expect(vi.mocked(setFlagsFromString).mock.calls).toEqual([['--semi-space-growth-factor=1']]);
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});
