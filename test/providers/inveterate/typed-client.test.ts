import { expect, it } from 'vitest';

import { startEmulator } from '../../support/emulator.ts';
import { ADA, BENOIT, CHIYO, DMITRI, MAGIC, NOBODY, anyCode } from './api.ts';
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

it('answers a client with types that are made from the document', async () => {
  const { urls } = await startEmulator({ providers: ['inveterate'] });
  expect(await converse(urls.inveterate)).toEqual(expected);
});
