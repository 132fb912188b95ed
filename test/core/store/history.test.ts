import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { History, Records } from '../../../src/core/store/history.ts';
import { propertyRuns } from '../../support/property.ts';

/** So many holders of one history. */
function open(
  limit: number,
  count: number,
): { readonly history: History; readonly holders: readonly Records<string>[] } {
  const history = new History(limit);
  return { history, holders: Array.from({ length: count }, () => new Records<string>(history)) };
}

function list(holders: readonly Records<string>[]): readonly string[] {
  return holders.map((holder) => [...holder.newest()].reverse().join(' '));
}

describe(History, () => {
  it('has the oldest go, whosever it is', () => {
    const { history, holders } = open(30, 2);
    const [one, other] = holders;
    one?.push('a', 10);
    other?.push('b', 10);
    one?.push('c', 10);
    expect([list(holders), history.bytes]).toEqual([['a c', 'b'], 30]);
    other?.push('d', 10);
    expect([list(holders), history.bytes]).toEqual([['c', 'b d'], 30]);
    other?.push('e', 10);
    expect([list(holders), history.bytes]).toEqual([['c', 'd e'], 30]);
    other?.push('f', 30);
    expect([list(holders), history.bytes]).toEqual([['', 'f'], 30]);
    expect(holders.map(({ hasForgotten }) => hasForgotten)).toEqual([true, true]);
  });

  it('has as many go as it takes, and no more', () => {
    const { history, holders } = open(100, 1);
    const [one] = holders;
    for (const [item, bytes] of [
      ['a', 10],
      ['b', 20],
      ['c', 70],
      ['d', 25],
    ] as const) {
      one?.push(item, bytes);
    }
    expect([list(holders), history.bytes]).toEqual([['c d'], 95]);
  });

  it('keeps nothing of what is more than there can be, nor of what was before it', () => {
    const { history, holders } = open(30, 2);
    holders[0]?.push('a', 10);
    holders[1]?.push('huge', 31);
    expect([list(holders), history.bytes]).toEqual([['', ''], 0]);
  });

  it('keeps nothing where there is no room', () => {
    const { history, holders } = open(0, 2);
    for (const holder of holders) holder.push('a', 1);
    expect([list(holders), history.bytes]).toEqual([['', ''], 0]);
    expect(holders.map(({ size, oldest, hasForgotten }) => [size, oldest, hasForgotten])).toEqual([
      [0, undefined, true],
      [0, undefined, true],
    ]);
  });

  it('gets back what a cleared holder held, which begins anew', () => {
    const { history, holders } = open(30, 2);
    const [one, other] = holders;
    for (const item of ['a', 'b', 'c', 'd']) one?.push(item, 10);
    one?.clear();
    expect([list(holders), history.bytes, one?.hasForgotten]).toEqual([['', ''], 0, false]);
    for (const item of ['e', 'f']) other?.push(item, 10);
    one?.push('g', 10);
    expect([list(holders), history.bytes]).toEqual([['g', 'e f'], 30]);
    one?.push('h', 10);
    expect([list(holders), one?.hasForgotten, other?.hasForgotten]).toEqual([['g h', 'f'], false, true]);
  });

  it('gets back what a holder lets go by itself', () => {
    const { history, holders } = open(30, 2);
    const [one, other] = holders;
    for (const item of ['a', 'b']) one?.push(item, 10);
    one?.forget();
    expect([history.bytes, one?.hasForgotten]).toEqual([10, true]);
    other?.push('c', 10);
    other?.push('d', 10);
    expect(list(holders)).toEqual(['b', 'c d']);
    other?.push('e', 10);
    expect(list(holders)).toEqual(['', 'c d e']);
  });
});

describe(Records, () => {
  it('forgets nothing where there is nothing', () => {
    const { history, holders } = open(30, 1);
    holders[0]?.forget();
    expect([history.bytes, holders[0]?.hasForgotten]).toEqual([0, false]);
  });
});

const act = fc.record({
  kind: fc.constantFrom('push' as const, 'push' as const, 'push' as const, 'forget' as const, 'clear' as const),
  holder: fc.nat(2),
  bytes: fc.nat(40),
});

it('behaves as one list of all that came, of which the first goes until the rest fits', () => {
  fc.assert(
    fc.property(fc.array(act, { maxLength: 60 }), (acts) => {
      const { history, holders } = open(100, 3);
      let model: { readonly holder: number; readonly item: string; readonly bytes: number }[] = [];
      const sum = (): number => model.reduce((total, { bytes }) => total + bytes, 0);
      for (const [index, { kind, holder, bytes }] of acts.entries()) {
        if (kind === 'push') {
          holders[holder]?.push(String(index), bytes);
          model.push({ holder, item: String(index), bytes });
          while (sum() > 100) model.shift();
        } else if (kind === 'clear') {
          holders[holder]?.clear();
          model = model.filter((kept) => kept.holder !== holder);
        } else {
          holders[holder]?.forget();
          const first = model.findIndex((kept) => kept.holder === holder);
          model = model.filter((_, at) => at !== first);
        }
        const expected = [0, 1, 2].map((of) =>
          model.flatMap((kept) => (kept.holder === of ? [kept.item] : [])).join(' '),
        );
        expect([list(holders), history.bytes]).toEqual([expected, sum()]);
      }
    }),
    { numRuns: propertyRuns(100) },
  );
});
