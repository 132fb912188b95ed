import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { JsonScanner } from '../../../src/core/values/json-scanner.ts';
import { propertyRuns } from '../../support/property.ts';

/** The tokens of the first value of a text, each with what it stands for. */
function list(text: string): readonly (readonly [string, string])[] {
  const scanner = new JsonScanner(text);
  const tokens: [string, string][] = [];
  do {
    scanner.next();
    tokens.push([scanner.token, text.slice(scanner.start, scanner.end)]);
  } while (!['end', 'cut', 'broken'].includes(scanner.token));
  return tokens;
}

/** How the reading of a whole text ends. */
function findEnd(text: string): string {
  const scanner = new JsonScanner(text);
  while (scanner.next());
  return scanner.token === 'end' && scanner.end < text.length ? 'broken' : scanner.token;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

describe(JsonScanner, () => {
  it('reads names and values with their offsets', () => {
    expect(list(String.raw` {"a" : [1, "\"", true], "b":{}} `)).toEqual([
      ['{', '{'],
      ['name', '"a"'],
      ['[', '['],
      ['number', '1'],
      ['string', String.raw`"\""`],
      ['literal', 'true'],
      [']', ']'],
      ['name', '"b"'],
      ['{', '{'],
      ['}', '}'],
      ['}', '}'],
      ['end', ''],
    ]);
  });

  it.each([
    ['{"a":"b', 'cut', '"b'],
    [String.raw`["\u00`, 'cut', String.raw`"\u00`],
    ['[tru', 'cut', 'tru'],
    ['[1.', 'cut', '1.'],
    ['[1e+', 'cut', '1e+'],
    ['{', 'cut', ''],
    ['[12', 'cut', ''],
    ['[1,]', 'broken', ''],
    ['["a\n"]', 'broken', ''],
    [String.raw`["\x"]`, 'broken', ''],
  ])('stops at the end of %j: %s', (text, token, last) => {
    expect(list(text).at(-1)).toEqual([token, last]);
  });

  it('skips the rest of a value', () => {
    const scanner = new JsonScanner('{"a":{"b":[{}]},"c":1}');
    for (const token of ['{', 'name', '{']) {
      scanner.next();
      expect(scanner.token).toBe(token);
    }
    expect(scanner.skip()).toBe(true);
    scanner.next();
    expect(scanner.text.slice(scanner.start, scanner.end)).toBe('"c"');
  });

  it('does not skip a value that is cut', () => {
    const scanner = new JsonScanner('[[1,');
    scanner.next();
    expect(scanner.skip()).toBe(false);
    expect(scanner.token).toBe('cut');
  });

  it('reads the next value after the end of one', () => {
    const scanner = new JsonScanner('{} [');
    while (scanner.next());
    expect([scanner.token, scanner.start]).toEqual(['end', 3]);
    scanner.next();
    expect(scanner.token).toBe('[');
  });

  it('takes what JSON.parse takes, and calls every beginning of that cut', () => {
    const text = fc.oneof(
      fc.json(),
      fc.jsonValue({ stringUnit: 'binary' }).map((value) => JSON.stringify(value, null, 1)),
    );
    fc.assert(
      fc.property(text, fc.nat(), (whole, length) => {
        const beginning = whole.slice(0, length % whole.length);
        expect(findEnd(whole)).toBe('end');
        expect(findEnd(beginning)).toBe(isJson(beginning) ? 'end' : 'cut');
      }),
      { numRuns: propertyRuns(100) },
    );
  });

  it('refuses what JSON.parse refuses', () => {
    const piece = fc.oneof(
      fc.stringMatching(/^[{}[\]",:\\ \n\-+.0e1]$/),
      fc.constantFrom('true', 'nul', '"a"', '\\u00e9', '\ufeff'),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        const text = pieces.join('');
        expect(findEnd(text) === 'end').toBe(isJson(text));
      }),
      { numRuns: propertyRuns(150) },
    );
  });

  it('reads a million open lists', () => {
    const scanner = new JsonScanner('['.repeat(1_000_000));
    while (scanner.next());
    expect([scanner.token, scanner.depth]).toEqual(['cut', 1_000_000]);
  });
});
