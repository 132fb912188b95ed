import fc from 'fast-check';
import { expect, it } from 'vitest';

import { startKlaim } from '../../providers/klaim/api.ts';
import { propertyRuns } from '../../support/property.ts';

const USERS = ['ada', 'benoit', 'esra'] as const;
const OPENING: Readonly<Record<string, number>> = { ada: 700, benoit: 2, esra: -40 };

const change = fc.record({
  user: fc.constantFrom(...USERS, 'nobody'),
  /** In hundredths, so that the model can count in whole numbers. */
  hundredths: fc.oneof(fc.integer({ min: -100_000, max: 100_000 }), fc.constant(0)),
  wrong: fc.oneof({ weight: 6, arbitrary: fc.constant(false) }, fc.constant(true)),
});

interface Entry {
  readonly account: string;
  readonly delta: string;
  readonly before: string;
  readonly after: string;
  readonly requestId: string;
}

const toHundredths = (amount: string | number): number => Math.round(Number(amount) * 100);

it('chains every balance without a gap from what was seeded to what the service answers', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(change, { maxLength: 25 }),
      fc.constantFrom('allow', 'refuse'),
      async (changes, overdraft) => {
        const klaim = await startKlaim({ set: [`klaim.overdraft=${overdraft}`] });
        const model = new Map<string, number>(USERS.map((user) => [user, toHundredths(OPENING[user] ?? 0)]));
        for (const { user, hundredths, wrong } of changes) {
          const delta = wrong ? String(hundredths) : hundredths / 100;
          const { status } = await klaim.call('put', `/users/${user}/credits`, { credit_delta: delta });
          const before = model.get(user);
          const overdrawn = overdraft === 'refuse' && hundredths < 0 && (before ?? 0) + hundredths < 0;
          const after = wrong || before === undefined || overdrawn ? undefined : before + hundredths;
          expect(status < 300).toBe(after !== undefined);
          if (after !== undefined) model.set(user, after);
        }
        const { entries } = (await klaim.control('get', '/ledger?limit=1000')) as { entries: Entry[] };
        for (const user of USERS) {
          const own = entries.filter(({ account }) => account === user).reverse();
          let balance = toHundredths(OPENING[user] ?? 0);
          for (const { delta, before, after } of own) {
            expect([toHundredths(before), toHundredths(before) + toHundredths(delta)]).toEqual([
              balance,
              toHundredths(after),
            ]);
            balance = toHundredths(after);
          }
          expect(balance).toBe(model.get(user));
          const { body } = await klaim.call('get', `/users/${user}/credits`);
          expect(toHundredths((body as { credit_balance: number }).credit_balance)).toBe(balance);
        }
        expect(entries.every(({ delta }) => delta !== '0')).toBe(true);
      },
    ),
    { numRuns: propertyRuns(15) },
  );
});
