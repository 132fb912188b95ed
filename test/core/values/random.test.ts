import { expect, it } from 'vitest';

import { randomBytes, toText } from '../../../src/core/values/random.ts';

it('depends on seed, stream and number, and on nothing else', () => {
  const value = randomBytes(1, 'ids', 0);
  expect(randomBytes(1, 'ids', 0)).toEqual(value);
  for (const other of [randomBytes(2, 'ids', 0), randomBytes(1, 'salts', 0), randomBytes(1, 'ids', 1)]) {
    expect(other).not.toEqual(value);
  }
});

it('keeps the values that it gave before texts could be longer', () => {
  const alphabet = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
  expect(toText(randomBytes(7, 'text', 3), alphabet, 16)).toBe('KmwupSAKjmWm54Gb');
});

it('writes a text of any length, which begins as a shorter one does and does not repeat', () => {
  const bytes = randomBytes(1, 'text', 0);
  const long = toText(bytes, '0123456789abcdef', 100);
  expect(long).toMatch(/^[0-9a-f]{100}$/);
  for (const length of [0, 1, 16, 17, 24, 32, 33]) {
    expect(toText(bytes, '0123456789abcdef', length)).toBe(long.slice(0, length));
  }
  const blocks = long.match(/.{16}/g) ?? [];
  expect(new Set(blocks).size).toBe(6);
  expect(toText(randomBytes(1, 'text', 1), '0123456789abcdef', 100).slice(16)).not.toBe(long.slice(16));
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
