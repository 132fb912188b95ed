import { describe, expect, it } from 'vitest';

import { startEmulator } from '../../support/emulator.ts';
import { ADA, BENOIT, CHIYO, DMITRI, LUMEN, LUMEN_KEY, MAGIC, NOBODY, anyCode, toFixtures } from './api.ts';
import { pageThrough, type Paging } from './clients/paging-session.ts';
import { converse, type Session } from './clients/typed-session.ts';

function toPairs(ids: readonly string[]): string[][] {
  return ids.flatMap((_, index) => (index % 2 === 0 ? [ids.slice(index, index + 2)] : []));
}

const expected: Session = {
  merchant: ['lumen-tea', 'USD'],
  joined: [NOBODY, 10, null],
  rows: [
    [-3, 9.5, 'MANUAL', null],
    [2.5, 12.5, 'MANUAL', 'Sorry'],
    [10, 10, 'MANUAL', null],
  ],
  codes: [null, { code: anyCode, value: 5 }, { code: anyCode, value: 12.5 }, null],
  listed: toPairs([ADA, BENOIT, CHIYO, DMITRI, ...MAGIC, NOBODY]),
  refusals: [
    [400, 'An active redemption code holds these credits'],
    [400, 'Amount cannot be zero'],
    [400, 'Customer not found'],
    [400, 'Invalid API key'],
  ],
};

describe('a client with types that are made from the document', () => {
  it('makes all calls', async () => {
    const { urls } = await startEmulator({ providers: ['inveterate'] });
    expect(await converse(urls.inveterate)).toEqual(expected);
  });

  it.each(['admin', 'storefront'] as const)(
    'pages through a thousand entries by seven on the %s path, while another one adds before every page',
    async (side) => {
      const merchants = [{ merchantId: LUMEN, name: 'Lumen Tea', apiKey: LUMEN_KEY }];
      const notes = Array.from({ length: 1000 }, (_, index) => `old ${index + 1}`);
      // Of the same instant by tens, as of a job that grants them.
      const credits = notes.map((note, index) => ({
        ...{ note, amount: index % 5 === 4 ? -1.5 : 0.7 },
        createdAt: `now-PT${2000 - Math.floor(index / 10)}M`,
      }));
      const fixtures = toFixtures({ merchants, members: [{ merchantId: LUMEN, customerId: ADA, credits }] });
      const { urls } = await startEmulator({ providers: ['inveterate'], fixtures });
      const pages: Paging = {
        seen: [...notes].reverse(),
        sizes: [...Array<number>(142).fill(7), 6],
        added: 284,
        newest: 'new 284',
      };
      expect(await pageThrough(urls.inveterate, side, 7, ADA)).toEqual(pages);
    },
  );
});
