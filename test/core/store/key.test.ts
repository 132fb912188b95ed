import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { toKey, type KeyPart } from '../../../src/core/store/key.ts';
import { propertyRuns } from '../../support/property.ts';

const part = fc.oneof(fc.string({ unit: fc.constantFrom('\0', '\u0001', 'a', '\uffff') }), fc.string());

function compareParts(a: readonly KeyPart[], b: readonly KeyPart[]): number {
  for (const [index, left] of a.entries()) {
    const right = b[index];
    if (right === undefined) return 1;
    if (left !== right) return left < right ? -1 : 1;
  }
  return a.length - b.length;
}

describe(toKey, () => {
  it('sorts as its parts do, one after another', () => {
    const parts = fc.tuple(part, fc.maxSafeInteger(), part);
    fc.assert(
      fc.property(parts, parts, (a, b) => {
        const [left, right] = [toKey(...a), toKey(...b)];
        expect(Math.sign(left < right ? -1 : left > right ? 1 : 0)).toBe(Math.sign(compareParts(a, b)));
      }),
      { numRuns: propertyRuns(500) },
    );
  });

  it('makes a key a prefix of another only where its parts are the first ones of the other', () => {
    fc.assert(
      fc.property(fc.array(part, { maxLength: 3 }), fc.array(part, { maxLength: 3 }), (a, b) => {
        const begins = a.length <= b.length && a.every((left, index) => left === b[index]);
        expect(toKey(...b).startsWith(toKey(...a))).toBe(begins);
      }),
      { numRuns: propertyRuns(500) },
    );
  });

  it.each([1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53])('refuses %s', (number) => {
    expect(() => toKey(number)).toThrow('safe integer');
  });
});
