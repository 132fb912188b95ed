import { expect } from 'vitest';

/** More would hide the first ones. */
const MOST = 10;

/** Fails with the sentences themselves, which a comparison of values would hide. */
export function expectNone(sentences: readonly string[]): void {
  if (sentences.length === 0) return;
  const more = sentences.length - MOST;
  expect.fail([...sentences.slice(0, MOST), ...(more > 0 ? [`${more} more follow.`] : [])].join('\n'));
}
