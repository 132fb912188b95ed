import { describe, expect, it } from 'vitest';

import { quote, shorten } from '../../../src/core/values/quotation.ts';

describe('quote', () => {
  it('says a name back as it was written', () => {
    expect(quote('prot "0"')).toBe('"prot "0""');
  });

  it.each([
    ['x'.repeat(100), `"${'x'.repeat(100)}"`],
    ['x'.repeat(101), `"${'x'.repeat(100)}…"`],
    ['x'.repeat(10_000_000), `"${'x'.repeat(100)}…"`],
  ])('says no more of it than its beginning', (written, quoted) => {
    expect(quote(written)).toBe(quoted);
  });

  it('keeps both halves of a character or none', () => {
    expect(shorten(`${'x'.repeat(99)}😀`)).toBe(`${'x'.repeat(99)}…`);
    expect(shorten(`${'x'.repeat(98)}😀x`)).toBe(`${'x'.repeat(98)}😀…`);
  });
});
