import { describe, expect, it } from 'vitest';

import { KEPT, Rows, selectRows, toNumber, type Row } from '../../src/page/rows.ts';

function row(number: number, more: Partial<Row> = {}): Row {
  return {
    id: `demo-a-${number}`,
    number,
    at: '2026-01-01T00:00:00.000Z',
    provider: 'till',
    operation: 'pay',
    subject: 'ada',
    method: 'POST',
    url: '/pay',
    status: 200,
    ended: undefined,
    duration: 1,
    fault: '',
    doing: 'nothing changed',
    verdict: 'agree',
    ...more,
  };
}

const numbersOf = (rows: readonly Row[]): readonly number[] => rows.map(({ number }) => number);

describe('rows', () => {
  it('are in the order of their ids, however they come, and each is there once', () => {
    const rows = new Rows();
    for (const number of [3, 1, 12, 2, 3, 10]) rows.put(row(number, number === 3 ? { verdict: 'lost' } : {}));
    expect([numbersOf(rows.all), rows.splits, rows.find(10)?.id]).toEqual([[1, 2, 3, 10, 12], 1, 'demo-a-10']);
    rows.put(row(3));
    expect([rows.all.length, rows.splits]).toEqual([5, 0]);
    expect(toNumber('demo-a-10')).toBe(10);
  });

  it('leave the oldest out where there are too many', () => {
    const rows = new Rows();
    for (let number = 0; number <= KEPT * 1.1; number += 1) rows.put(row(number, { verdict: 'lost' }));
    expect([rows.all.length, rows.isCut]).toEqual([KEPT * 1.1 + 1, false]);
    rows.trim();
    expect([rows.all.length, rows.isCut, rows.splits, rows.find(0)]).toEqual([KEPT, true, KEPT, undefined]);
  });

  it.each([
    [{}, [6, 5, 4, 3, 2, 1]],
    [{ provider: 'bank' }, [2]],
    [{ operation: 'refund' }, [3]],
    [{ subject: 'b' }, [4]],
    [{ status: '5xx' }, [5]],
    [{ status: '500' }, [5]],
    [{ status: 'none' }, [6]],
    [{ fault: '*' }, [5]],
    [{ fault: 'flaky' }, []],
    [{ split: '1' }, [5]],
    [{ text: 'REFUND' }, [3]],
    [{ text: '+6' }, [5]],
    [{ text: 'demo-a-2' }, [2]],
  ])('that fit %j are %j', (filters, numbers) => {
    const rows = [
      row(1),
      row(2, { provider: 'bank' }),
      row(3, { operation: 'refund' }),
      row(4, { subject: 'bo' }),
      row(5, { status: 500, verdict: 'lost', fault: 'lost', doing: '+6' }),
      row(6, { status: null, ended: 'reset' }),
      row(7),
    ];
    expect(numbersOf(selectRows(rows, filters, 6))).toEqual(numbers);
  });
});
