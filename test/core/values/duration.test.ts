import { describe, expect, it } from 'vitest';

import { parseDuration } from '../../../src/core/values/duration.ts';

describe('parseDuration', () => {
  it.each([
    ['PT30S', 30_000],
    ['PT1H', 3_600_000],
    ['P30D', 2_592_000_000],
    ['P1W', 604_800_000],
    ['P1W2DT3H4M5S', 788_645_000],
    ['PT0.1S', 100],
    ['PT1.001S', 1001],
    ['PT90M', 5_400_000],
    ['P0D', 0],
    ['PT0S', 0],
    ['250', 250],
    ['0', 0],
    ['007', 7],
  ])('reads %s as %i milliseconds', (text, milliseconds) => {
    expect(parseDuration(text)).toBe(milliseconds);
  });

  it.each([
    ...['', 'P', 'PT', 'P1DT', 'P1', '1H', 'H', 'PT1', 'one hour', '30s', ' PT1S', 'PT1S\n', 'pt1s'],
    ...[
      'P1Y',
      'P1M',
      'P1Y2M',
      'PT1H1D',
      'PT1S1M',
      '-PT1S',
      '+PT1S',
      '-5',
      '1.5',
      '1e3',
      'PT1.5H',
      'PT0.0001S',
      'PT1,5S',
    ],
    ...['Infinity', '0x10', '٣'],
  ])('refuses %j', (text) => {
    expect(() => parseDuration(text)).toThrow(
      new SyntaxError(`"${text}" is not a duration: write ISO 8601 such as PT30S, PT1H or P30D, or milliseconds.`),
    );
  });

  it.each(['P200000000D', 'P15000000W', `PT${'9'.repeat(30)}S`, `P${'9'.repeat(40)}D`])(
    'refuses %s, which is too long for any clock',
    (text) => {
      const message = `"${text}" is too long: the maximum is 999999999999999 milliseconds.`;
      expect(() => parseDuration(text)).toThrow(new SyntaxError(message));
    },
  );
});
