import { expect, it } from 'vitest';

import type { LedgerEntry } from '../../src/client.ts';
import { addEntries, toAccountKey, toStepPath } from '../../src/page/balance-series.ts';

const ACCOUNT = { provider: 'till', tenant: 'shop', account: 'ada', unit: 'credits' };

/** One entry for each balance but the first, which they begin with. */
function entries(...balances: readonly number[]): readonly LedgerEntry[] {
  return balances.slice(1).map((after, place) => ({
    ...ACCOUNT,
    id: String(place + 1),
    at: '2026-01-01T00:00:00.000Z',
    delta: String(after - (balances[place] ?? 0)),
    before: String(balances[place]),
    after: String(after),
    cause: 'request',
    operation: 'pay',
    requestId: null,
    key: null,
    memo: null,
  }));
}

it('takes each entry once, by account', () => {
  const all = entries(10, 4, 6);
  const courses = addEntries(addEntries(new Map(), all.slice(0, 1)), all);
  expect(courses.get(toAccountKey(ACCOUNT))).toMatchObject({
    start: '10',
    points: [
      { id: 1, after: '4' },
      { id: 2, after: '6' },
    ],
  });
});

it('goes on from where older ones were left out', () => {
  const course = addEntries(new Map(), entries(...Array.from({ length: 101 }, (_, balance) => balance))).get(
    toAccountKey(ACCOUNT),
  );
  expect([course?.start, course?.points.length, course?.points.at(-1)?.after]).toEqual(['40', 60, '100']);
});

it('is drawn as steps, a flat one in the middle', () => {
  const draw = (...balances: readonly number[]): string =>
    toStepPath(
      [...addEntries(new Map(), entries(...balances)).values()][0] ?? { unit: '', start: '0', points: [] },
      100,
      20,
    );
  expect(draw(10, 0, 20)).toBe('M0 10H25V20H75V0H100');
  expect(draw(5, 5)).toBe('M0 10H50V10H100');
});
