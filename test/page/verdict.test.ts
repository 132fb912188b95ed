import { describe, expect, it } from 'vitest';

import type { JournalEntry } from '../../src/client.ts';
import { describeDoing, describeVerdict, isSplit, toVerdict, type Judged } from '../../src/page/verdict.ts';

const CHANGE = { provider: 'till', collection: 'purses', key: 'ada', before: null, after: {} };
const ENTRY = { unit: 'credits', delta: '6', before: '712', after: '718' } as JournalEntry['ledger'][number];

function judge(status: number | null, more: Partial<Judged> & { readonly ended?: string } = {}): Judged {
  const { ended, ...others } = more;
  return { answer: { status, ...(ended !== undefined && { ended }) }, changes: [], ledger: [], fault: null, ...others };
}

type Effect = NonNullable<Judged['fault']>['effect'];
const met = (phase: 'before' | 'after' | 'during', effect: Effect): Pick<Judged, 'fault'> => ({
  fault: { id: 'rule', phase, effect },
});

describe('what a client saw and what the store did', () => {
  it.each([
    ['agree', judge(200, { ledger: [ENTRY] })],
    ['agree', judge(404)],
    ['agree', judge(503, met('before', { status: 503 }))],
    ['agree', judge(200, met('before', { delay: 20 }))],
    ['agree', judge(200, { ...met('during', { body: { slow: { bytesPerSecond: 10 } } }), changes: [CHANGE] })],
    ['lost', judge(500, { ...met('after', { status: 500 }), ledger: [ENTRY] })],
    ['lost', judge(null, { ended: 'reset', changes: [CHANGE] })],
    ['bent', judge(200, { ...met('during', { body: 'truncate' }), changes: [CHANGE] })],
    ['bent', judge(200, { ended: 'reset', changes: [CHANGE] })],
    ['made up', judge(200, met('before', { status: 200 }))],
    ['odd', judge(500, { ledger: [ENTRY] })],
  ] as const)('is %s of %j', (verdict, entry) => {
    expect(toVerdict(entry)).toBe(verdict);
  });

  it('differs where the client was told something else', () => {
    expect(
      (['lost', 'bent', 'made up', 'odd', 'agree'] as const).map((one) => [isSplit(one), describeVerdict(one, 500)]),
    ).toEqual([
      [true, 'landed; client saw 500'],
      [true, 'landed; answer broken'],
      [true, 'client saw 500; nothing stored'],
      [false, 'refused, and yet it counted'],
      [false, ''],
    ]);
    expect(describeVerdict('lost', null)).toBe('landed; client saw no answer');
  });

  it.each([
    [{ changes: [], ledger: [] }, 'nothing changed'],
    [{ changes: [CHANGE], ledger: [] }, '1 record'],
    [{ changes: [CHANGE], ledger: [], leftOut: { changes: 2, ledger: 0 } }, '3 records'],
    [{ changes: [CHANGE], ledger: [ENTRY] }, '+6, 712 \u2192 718'],
    [{ changes: [CHANGE], ledger: [ENTRY, ENTRY] }, '2 balances'],
  ])('is said of %j in a few words', (entry, words) => {
    expect(describeDoing(entry)).toBe(words);
  });
});
