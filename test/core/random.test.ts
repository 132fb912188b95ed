import { expect, it } from 'vitest';

import { randomBytes, toText } from '../../src/core/random.ts';

it('depends on seed, stream and number, and on nothing else', () => {
  const value = randomBytes(1, 'ids', 0);
  expect(randomBytes(1, 'ids', 0)).toEqual(value);
  for (const other of [randomBytes(2, 'ids', 0), randomBytes(1, 'salts', 0), randomBytes(1, 'ids', 1)]) {
    expect(other).not.toEqual(value);
  }
});

it('writes characters of the alphabet, each of them now and then', () => {
  const seen = new Set<string>();
  for (let n = 0; n < 100; n += 1) {
    const text = toText(randomBytes(1, 'text', n), 'abc', 16);
    expect(text).toMatch(/^[abc]{16}$/);
    for (const character of text) seen.add(character);
  }
  expect([...seen].sort()).toEqual(['a', 'b', 'c']);
});
