import fc from 'fast-check';
import { it } from 'vitest';

import { START } from '../../support/emulator.ts';
import { propertyRuns } from '../../support/property.ts';
import { startInveterate, toFixtures } from './api.ts';
import { expectRecorded, readAll, take, type Act, type Cents } from './ledger-calls.ts';
import { ADA, BENOIT, FINN, GRACE, LUMEN, MERCHANTS, Model, NOBODY, fixture } from './ledger-model.ts';

const HOUR = 3_600_000;

const positive = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 1, max: 2000 }) },
  fc.integer({ min: 1, max: 900_000_000_000 }),
);
const cents: fc.Arbitrary<Cents> = fc.oneof(
  { weight: 3, arbitrary: fc.integer({ min: 1, max: 1500 }) },
  fc.constantFrom<Cents>('all', 'free', 'all and one', 'free and one'),
);
// Mostly members, often the customer with two ledgers.
const whose = fc.constantFrom(
  ...[LUMEN, 'ridge'].map((merchant) => ({ merchant, customer: ADA })),
  { merchant: LUMEN, customer: BENOIT },
  { merchant: 'ridge', customer: FINN },
  ...MERCHANTS.map((merchant) => ({ merchant, customer: GRACE })),
  { merchant: LUMEN, customer: FINN },
  { merchant: 'ridge', customer: NOBODY },
);
const act: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc
      .tuple(
        whose,
        fc.oneof({ weight: 9, arbitrary: positive }, fc.constant(0)),
        fc.constantFrom(undefined, '', 'Gift'),
      )
      .map(([who, amount, note]) => ({ kind: 'add' as const, ...who, cents: amount, note })),
  },
  {
    weight: 5,
    arbitrary: fc
      .tuple(whose, cents, fc.constantFrom(undefined, false, true))
      .map(([who, amount, force]) => ({ kind: 'remove' as const, ...who, cents: amount, force })),
  },
  {
    weight: 4,
    arbitrary: fc
      .tuple(whose, fc.option(cents, { nil: undefined }))
      .map(([who, amount]) => ({ kind: 'redeem' as const, ...who, cents: amount })),
  },
  {
    weight: 3,
    arbitrary: fc
      .record({
        who: whose,
        old: fc.oneof({ weight: 5, arbitrary: fc.constant(false) }, fc.constant(true)),
        order: fc.option(fc.integer({ min: 0, max: 999 }), { nil: undefined }),
        spent: fc.constantFrom(0, 10, 20, 4999),
      })
      .map(({ who, ...use }) => ({ kind: 'use' as const, ...who, ...use })),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(whose, fc.option(cents, { nil: undefined }))
      .map(([who, amount]) => ({ kind: 'expire' as const, ...who, cents: amount })),
  },
  fc
    .tuple(whose, fc.option(fc.integer({ min: 100, max: 3000 }), { nil: undefined }))
    .map(([{ merchant }, amount]) => ({ kind: 'join' as const, merchant, customer: GRACE, cents: amount })),
  {
    weight: 3,
    arbitrary: fc
      .oneof(fc.constantFrom(0, 1, 12 * HOUR - 1, 12 * HOUR, 24 * HOUR), fc.integer({ min: 0, max: 60 * HOUR }))
      .map((by) => ({ kind: 'advance' as const, by })),
  },
  fc.constant({ kind: 'read' as const }),
);

it('has the ledgers and balances of a plain list of rows, whatever merchants and members do', async () => {
  const api = await startInveterate({ fixtures: toFixtures(fixture) });
  await fc.assert(
    fc.asyncProperty(fc.array(act, { maxLength: 30, size: 'max' }), async (acts) => {
      await api.app.post('/_emulator/reset').expect(204);
      const model = new Model(Date.parse(START));
      for (const one of acts) await take(api, model, one);
      await readAll(api, model);
      await expectRecorded(api, model);
      // A state that is put back is the same, and its credits expire as before.
      await api.copy();
      await take(api, model, { kind: 'advance', by: 72 * HOUR });
      await readAll(api, model);
    }),
    { numRuns: propertyRuns(8) },
  );
});
