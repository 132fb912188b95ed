import fc from 'fast-check';
import { expect, it } from 'vitest';

import { CountedText } from '../../../src/core/values/counted.ts';
import { propertyRuns } from '../../support/property.ts';

it('writes each number as a number is written, in whatever order they come', () => {
  const number = fc.oneof(
    fc.nat(3000),
    fc.maxSafeNat(),
    fc.nat(10_000).map((thousands) => thousands * 1000),
  );
  fc.assert(
    fc.property(fc.array(number), (numbers) => {
      const counted = new CountedText();
      expect(numbers.map((each) => counted.of(each))).toEqual(numbers.map(String));
    }),
    { numRuns: propertyRuns(100) },
  );
});
