import fc from 'fast-check';
import { expect, it, onTestFinished, vi } from 'vitest';

import { hashText } from '../../src/core/values/hash.ts';
import { RecentTexts } from '../../src/audit/recent-texts.ts';
import { Recent } from '../../src/audit/recent.ts';
import { propertyRuns } from '../support/property.ts';

it('takes room with what is put in first', () => {
  let room = 0;
  class Counted extends Int32Array {
    constructor(length: number) {
      super(length);
      room += this.byteLength;
    }
  }
  vi.stubGlobal('Int32Array', Counted);
  onTestFinished(() => {
    vi.unstubAllGlobals();
  });
  const texts = new RecentTexts<string>(20_000);
  expect([texts.find(1, () => true), room]).toEqual([undefined, 0]);
  texts.add(1, 'a');
  expect(texts.find(1, () => true)).toBe('a');
  expect(room).toBeGreaterThan(0);
});

it('what is found by numbers is remembered and forgotten as what is found by texts', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 12 }),
      fc.boolean(),
      fc.array(fc.string({ maxLength: 2, unit: fc.constantFrom('a', 'b', 'c', 'd', 'e') }), { maxLength: 200 }),
      (most, areAlike, texts) => {
        const plain = new Recent<string, string>(most);
        const quick = new RecentTexts<string>(most);
        for (const text of texts) {
          // Different texts may have one number.
          const hash = areAlike ? text.length : hashText(text, 7);
          const found = quick.find(hash, (one) => one === text);
          expect(found).toBe(plain.get(text));
          if (found !== undefined) continue;
          plain.set(text, text);
          quick.add(hash, text);
        }
      },
    ),
    { numRuns: propertyRuns(300) },
  );
});
