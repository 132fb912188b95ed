import { expect, it } from 'vitest';

import { recordSamples } from '../support/recorded-samples.ts';

const WORDS = ['--clock', '2026-01-01T00:00:00Z', '--random-seed', '5'];

it('answers byte by byte the same in two processes with the same seed, clock and requests', async () => {
  const [first, second] = [await recordSamples(WORDS), await recordSamples(WORDS)];
  expect(first.length).toBeGreaterThan(5);
  expect(second).toEqual(first);
});
