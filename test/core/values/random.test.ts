import { expect, it } from 'vitest';

import { Chance, mix, toFraction, toText } from '../../../src/core/values/random.ts';

const HEX = '0123456789abcdef';

it('mixes as Threefry-2x32 does, by the values that its authors published', () => {
  expect([mix([0, 0], 0, 0), mix([-1, -1], -1, -1), mix([0x13198a2e, 0x03707344], 0x243f6a88, 0x85a308d3)]).toEqual([
    [0x6b200159, 0x99ba4efe],
    [0x1cb996fc, 0xbb002be7],
    [0xc4923a9c, 0x483df7a0],
  ]);
});

it('depends on seed, stream and number, and on nothing else', () => {
  const draw = (seed: number, stream: string, n: number): string => toText(new Chance(seed, stream, n), HEX, 16);
  const value = draw(1, 'ids', 0);
  // More streams than are remembered.
  const others = [
    draw(2, 'ids', 0),
    draw(1, 'salts', 0),
    draw(1, 'ids', 1),
    draw(1, 'ids', 2 ** 32),
    draw(1, 'ids', -1),
  ];
  for (let stream = 0; stream < 2000; stream += 1) others.push(draw(1, `stream ${stream}`, 0));
  expect(draw(1, 'ids', 0)).toBe(value);
  expect(new Set([...others, value]).size).toBe(others.length + 1);
});

it('gives the same in every version, so that a run can be repeated', () => {
  const chance = new Chance(7, 'text', 3);
  const alphabet = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
  expect([toText(chance, alphabet, 16), toText(chance, HEX, 32), chance.word(0)]).toMatchInlineSnapshot(`
    [
      "S1DGDeeiWzAaXiiA",
      "7332a8ebeb3e316c430ffe43fcf35e73",
      3196724023,
    ]
  `);
});

it.each([HEX, '89ab', '0123456789', 'a'])(
  'writes a text of %s of any length, which begins as a shorter one does',
  (alphabet) => {
    const chance = new Chance(1, 'text', 0);
    const long = toText(chance, alphabet, 100);
    expect(long).toHaveLength(100);
    for (const length of [0, 1, 7, 8, 16, 17, 33]) expect(toText(chance, alphabet, length)).toBe(long.slice(0, length));
  },
);

it('writes every character as often as another, wherever it stands', () => {
  const count = 20_000;
  for (const alphabet of [HEX, 'abc', '0123456789']) {
    const seen = Array.from({ length: 12 }, () => new Map<string, number>());
    for (let n = 0; n < count; n += 1) {
      [...toText(new Chance(3, 'even', n), alphabet, 12)].forEach((character, at) => {
        seen[at]?.set(character, (seen[at].get(character) ?? 0) + 1);
      });
    }
    // Chi squared for one degree of freedom fewer than there are characters, far beyond what chance brings.
    const expected = count / alphabet.length;
    for (const counts of seen) {
      const sum = [...alphabet].reduce((total, one) => total + ((counts.get(one) ?? 0) - expected) ** 2 / expected, 0);
      expect(sum).toBeLessThan(60);
    }
  }
});

it('draws fractions that are even, and whose parts have nothing to do with each other', () => {
  const count = 20_000;
  let [sum, product] = [0, 0];
  for (let n = 0; n < count; n += 1) {
    const chance = new Chance(5, 'fractions', n);
    const [one, other] = [toFraction(chance), toFraction(chance, 1)];
    sum += one;
    product += (one - 0.5) * (other - 0.5);
  }
  expect(Math.abs(sum / count - 0.5)).toBeLessThan(0.01);
  expect(Math.abs(product / count)).toBeLessThan(0.005);
});
