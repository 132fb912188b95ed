import { describe, expect, it } from 'vitest';

import { Ring } from '../../../src/core/values/ring.ts';

function fill(ring: Ring<number>, from: number, to: number): Ring<number> {
  for (let item = from; item <= to; item += 1) ring.push(item);
  return ring;
}

describe(Ring, () => {
  it('is empty until something comes', () => {
    const ring = new Ring<number>();
    expect([ring.size, ring.oldest, ring.at(0), ring.shift(), [...ring.newest()]]).toEqual([
      0,
      undefined,
      undefined,
      undefined,
      [],
    ]);
  });

  it('keeps all that come in their order, however many', () => {
    const ring = fill(new Ring<number>(), 1, 100);
    expect([ring.size, ring.oldest, ring.at(0), ring.at(99), ring.at(100), ring.at(-1)]).toEqual([
      100,
      1,
      1,
      100,
      undefined,
      undefined,
    ]);
    expect([...ring.newest()]).toEqual(Array.from({ length: 100 }, (_, index) => 100 - index));
  });

  it('lets the oldest go, and grows while its row begins anywhere', () => {
    for (let gone = 0; gone <= 8; gone += 1) {
      const ring = fill(new Ring<number>(), 1, 8);
      const shifted = Array.from({ length: gone }, () => ring.shift());
      fill(ring, 9, 20);
      expect(shifted).toEqual([1, 2, 3, 4, 5, 6, 7, 8].slice(0, gone));
      expect([...ring.newest()].reverse()).toEqual(Array.from({ length: 20 - gone }, (_, index) => gone + 1 + index));
    }
  });

  it('goes round for ever with as few as there are', () => {
    const ring = fill(new Ring<number>(), 1, 3);
    for (let item = 4; item <= 1_000; item += 1) {
      ring.push(item);
      expect(ring.shift()).toBe(item - 3);
    }
    expect([...ring.newest()]).toEqual([1_000, 999, 998]);
  });

  it('replaces what is there, and nothing elsewhere', () => {
    const ring = fill(new Ring<number>(), 1, 6);
    ring.shift();
    ring.put(0, 20);
    ring.put(4, 60);
    ring.put(5, 70);
    ring.put(-1, 10);
    expect([...ring.newest()]).toEqual([60, 5, 4, 3, 20]);
  });

  it('is empty when it was cleared, and goes on', () => {
    const ring = fill(new Ring<number>(), 1, 5);
    ring.clear();
    expect([ring.size, ring.oldest]).toEqual([0, undefined]);
    expect([...fill(ring, 6, 7).newest()]).toEqual([7, 6]);
  });
});
