import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { toKey, toRecordKey, type KeyPart } from '../../../src/core/store/key.ts';
import { propertyRuns } from '../../support/property.ts';

const part = fc.oneof(fc.string({ unit: fc.constantFrom('\0', '\u0001', ' ', '"', '\\', 'a', '\uffff') }), fc.string());
const power = fc.integer({ min: 0, max: 15 }).map((exponent) => 10 ** exponent);
const near = fc.tuple(fc.constantFrom(1, -1), power, fc.integer({ min: -2, max: 2 }));
/** Of any size, and beside those at which a number has a digit more; `+ 0`, since -0 is 0 to a key and not to `toBe`. */
const number = fc.oneof(
  fc.maxSafeInteger(),
  near.map(([sign, size, more]) => sign * (size + more) + 0),
);

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
    const parts = fc.tuple(fc.constantFrom('a', 'b'), number, part);
    fc.assert(
      fc.property(parts, parts, (a, b) => {
        const [left, right] = [toKey(a), toKey(b)];
        expect(Math.sign(left < right ? -1 : left > right ? 1 : 0)).toBe(Math.sign(compareParts(a, b)));
      }),
      { numRuns: propertyRuns(500) },
    );
  });

  it.each([toKey, toRecordKey])(
    'makes a key a prefix of another only where its parts are the first ones of the other: %o',
    (pack) => {
      const parts = fc
        .tuple(fc.tuple(part, number, part), fc.nat(3))
        .map(([all, count]): readonly KeyPart[] => all.slice(0, count));
      fc.assert(
        fc.property(parts, parts, (a, b) => {
          const begins = a.length <= b.length && a.every((left, index) => left === b[index]);
          expect(pack(b).startsWith(pack(a))).toBe(begins);
        }),
        { numRuns: propertyRuns(500) },
      );
    },
  );

  it.each([toKey, toRecordKey])('sorts those by their number that have the same parts in front: %o', (pack) => {
    fc.assert(
      fc.property(part, part, number, number, (first, second, a, b) => {
        const [left, right] = [pack([first, second, a]), pack([first, second, b])];
        expect(Math.sign(left < right ? -1 : left > right ? 1 : 0)).toBe(Math.sign(a - b));
      }),
      { numRuns: propertyRuns(500) },
    );
  });

  it.each([1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53])('refuses %s', (number) => {
    for (const pack of [toKey, toRecordKey]) expect(() => pack([number])).toThrow('safe integer');
  });

  it.each([undefined, null, {}, true])('refuses %s, which a provider in JavaScript may give', (part) => {
    for (const pack of [toKey, toRecordKey]) expect(() => pack(['a', part as string])).toThrow(TypeError);
  });
});
