import { describe, expect, it } from 'vitest';

import { findNearest, suggest, suggestKnown } from '../../../src/core/values/nearest.ts';

describe('findNearest', () => {
  it.each([
    ['prot', 'port'],
    ['PORT', 'port'],
    ['provider-port', 'provider-ports'],
    ['overdarft', 'overdraft'],
    ['port', 'port'],
  ])('finds for %s %s', (wrong, nearest) => {
    expect(findNearest(wrong, ['host', 'port', 'provider-ports', 'overdraft'])).toBe(nearest);
  });

  it.each(['data', 'sandbox-idle', ''])('finds nothing for "%s", which no known name resembles', (wrong) => {
    expect(findNearest(wrong, ['overdraft', 'provider-ports'])).toBeUndefined();
  });

  // Either would take minutes to compare letter by letter.
  it('finds nothing for a name that is far longer than all that are known', () => {
    const known = Array.from({ length: 64 }, (_, index) => `${index}`.padStart(64, 'x'));
    expect(findNearest('port'.repeat(1_000_000), known)).toBeUndefined();
  });

  it('finds nothing among names that are too long to be names', () => {
    const long = 'x'.repeat(1_000_000);
    expect(findNearest(`${long}y`, [long])).toBeUndefined();
    expect(findNearest('port', [long, 'prot'])).toBe('prot');
  });

  it('finds nothing among nothing', () => {
    expect(findNearest('port', [])).toBeUndefined();
  });

  it('takes the first of those that are equally near', () => {
    expect(findNearest('bat', ['cat', 'hat'])).toBe('cat');
  });
});

describe('suggest', () => {
  it('ends a sentence with the nearest name', () => {
    expect(`There is no "prot"${suggest('prot', ['port'])}`).toBe('There is no "prot"; did you mean "port"?');
  });

  it('ends a sentence with a full stop when nothing is near', () => {
    expect(`There is no "x"${suggest('x', ['overdraft'])}`).toBe('There is no "x".');
  });
});

describe('suggestKnown', () => {
  it.each<[string, readonly string[], string | RegExp]>([
    ['prot', ['host', 'port'], '; did you mean "port"?'],
    ['overdraft', ['host', 'port'], '. Known: host, port.'],
    ['overdraft', [], '.'],
    [
      'overdraft',
      Array.from({ length: 1000 }, (_, n) => `${n}`.padStart(98, 'x')),
      /^\. Known: (x+\d+, ){3}x+\d+ and 996 more\.$/,
    ],
    ['overdraft', ['x'.repeat(1_000_000)], '.'],
  ])('ends a sentence about "%s" with the nearest name or those that are known', (wrong, known, ending) => {
    expect(suggestKnown(wrong, known)).toEqual(typeof ending === 'string' ? ending : expect.stringMatching(ending));
  });
});
