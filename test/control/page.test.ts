import { expect, it } from 'vitest';

import { PAGE_SIZE, takePage } from '../../src/control/page.ts';
import { toInstant } from '../../src/core/values/clock.ts';

it('a page shows an entry that is longer than a page on its own', () => {
  const long = { at: toInstant(0), id: 2, text: 'x'.repeat(PAGE_SIZE) };
  const listing = {
    entries: [long, { ...long, id: 1 }],
    prefix: '',
    sequence: ({ id }: typeof long) => id,
    present: ({ text }: typeof long) => text,
  };
  const first = takePage(listing, () => true, {});
  expect([first.items.length, first.next]).toEqual([1, '2']);
  const second = takePage(listing, () => true, { cursor: '2' });
  expect([second.items.length, second.next]).toEqual([1, undefined]);
});
