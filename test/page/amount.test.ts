import { expect, it } from 'vitest';

import { addDecimals, toGrouped, toShown, toSigned } from '../../src/page/amount.ts';

it.each([
  ['0', '0'],
  ['999', '999'],
  ['1062.5', '1,062.5'],
  ['-1234567.0001', '\u22121,234,567.0001'],
  ['+40', '+40'],
  ['many', 'many'],
])('groups the digits of %s as %s', (value, shown) => {
  expect(toGrouped(value)).toBe(shown);
});

it.each([
  ['1526500000000000000000', '1,526.5'],
  ['1', '0.000000000000000001'],
  ['-500000000000000000', '\u22120.5'],
  ['0', '0'],
])('shows %s wei by the whole, as %s', (value, shown) => {
  expect(toShown(value, 'wei')).toBe(shown);
});

it('signs what is added and what is taken', () => {
  expect(['6', '-6', '+6'].map((value) => toSigned(value, 'credits'))).toEqual(['+6', '\u22126', '+6']);
});

it('adds decimals of any length exactly', () => {
  expect(addDecimals(['0.1', '0.2', '-0.05'])).toBe('0.25');
  expect(addDecimals(['90071992547409930000000000', '1', '-0.5'])).toBe('90071992547409930000000000.5');
  expect(addDecimals([])).toBe('0');
});
