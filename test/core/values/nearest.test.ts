import { describe, expect, it } from 'vitest';

import { findNearest, suggest } from '../../../src/core/values/nearest.ts';

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
