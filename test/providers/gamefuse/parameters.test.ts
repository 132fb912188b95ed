import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import {
  isGiven,
  isRecord,
  isScalar,
  parseJsonText,
  toFlag,
  toText,
  toWhole,
} from '../../../src/providers/gamefuse/parameters.ts';
import { propertyRuns } from '../../support/property.ts';

describe('a parameter', () => {
  it.each([undefined, null, ''])('is not given as %j', (value) => {
    expect(isGiven(value)).toBe(false);
    expect(toText(value)).toBeUndefined();
  });

  it.each([
    [0, '0'],
    [false, 'false'],
    [' ', ' '],
    ['0', '0'],
    [12.5, '12.5'],
    ['text', 'text'],
  ])('is given as %j', (value, text) => {
    expect(isGiven(value)).toBe(true);
    expect(toText(value)).toBe(text);
  });
});

describe('a whole number', () => {
  it.each<[string | number, number]>([
    [0, 0],
    [12.9, 12],
    [-12.9, -12],
    [0.5, 0],
    [-0.5, 0],
    [1e3, 1000],
    [2 ** 40, 2 ** 40],
    ['12.9', 12],
    ['-12.9', -12],
    ['-0.5', 0],
    ['-5', -5],
    ['+5', 5],
    ['- 5', 0],
    ['--5', 0],
    ['007', 7],
    ['1_000', 1000],
    ['1_000_', 1000],
    // Ruby stops at the second of two underscores.
    ['1__000', 1],
    ['_1', 0],
    [' 7', 7],
    ['\t\n7\n', 7],
    ['\v\f\r 7', 7],
    // Of other spaces Ruby knows nothing.
    ['\u00a07', 0],
    ['\u20037', 0],
    ['\ufeff7', 0],
    ['7 8', 7],
    ['7,8', 7],
    ['1e3', 1],
    ['0x10', 0],
    ['abc', 0],
    ['5abc', 5],
    ['', 0],
    ['-', 0],
    ['Infinity', 0],
    ['NaN', 0],
  ])('is read from %j as %j', (value, whole) => {
    expect(Object.is(toWhole(value), whole)).toBe(true);
  });

  it('is parsed from any number of digits', () => {
    expect(toWhole('9'.repeat(30))).toBeCloseTo(1e30, -16);
    expect(toWhole('9'.repeat(400))).toBe(Infinity);
    expect(toWhole('-' + '9'.repeat(400))).toBe(-Infinity);
    expect(toWhole('0'.repeat(100_000) + '7')).toBe(7);
  });

  it('is the same from a number and from its text, whatever follows it', () => {
    const behind = fc.constantFrom('', '.9', ' ', 'x', ',5', '-', '%');
    fc.assert(
      fc.property(fc.maxSafeInteger(), behind, (whole, rest) => {
        expect(toWhole(whole)).toBe(whole);
        expect(toWhole(`${whole}${rest}`)).toBe(whole);
      }),
      { numRuns: propertyRuns(200) },
    );
  });
});

describe('a flag', () => {
  it.each(['true', 'True', 'TRUE', true, '1', 1])('is set by %j', (value) => {
    expect(toFlag(value)).toBe(true);
  });

  it.each(['false', 'False', false, '0', 0, '', undefined, null, 'yes', 2, 't'])('is not set by %j', (value) => {
    expect(toFlag(value)).toBe(false);
  });
});

describe('JSON in a text', () => {
  it.each(['', '{', 'undefined', "{'a':1}", '{"a":1}x', '['.repeat(200) + ']'.repeat(200)])('is none in %s', (text) => {
    expect(parseJsonText(text)).toBeUndefined();
  });

  it.each(['{}', '{"a":[1,null,true]}', '[1]', '5', '"x"', 'null', '{"__proto__":{"a":1}}'])(
    'is read from %s',
    (text) => {
      expect(JSON.stringify(parseJsonText(text))).toBe(text);
    },
  );
});

it.each<[unknown, boolean, boolean]>([
  ['', true, false],
  [0, true, false],
  [false, true, false],
  [null, false, false],
  [undefined, false, false],
  [[], false, false],
  [{}, false, true],
])('%j is a scalar: %s, a record: %s', (value, scalar, record) => {
  expect([isScalar(value), isRecord(value)]).toEqual([scalar, record]);
});
