import { describe, expect, it } from 'vitest';

import { toInstant } from '../../../src/core/values/clock.ts';
import { coreCollections } from '../../../src/core/sandbox/core-collections.ts';
import { Windows } from '../../../src/core/sandbox/windows.ts';
import { CORE } from '../../../src/core/store/due.ts';
import { Catalog } from '../../../src/core/store/roots.ts';
import { Store } from '../../../src/core/store/store.ts';
import type { Window } from '../../../src/core/values/rate.ts';

const RATE = { limit: 3, window: 60_000 };
const START = 1_767_225_600_000;

function openWith(store: Store): Windows {
  return new Windows(store, store.open(CORE, coreCollections).windows);
}

function createStore(): Store {
  return new Store(new Catalog([{ id: CORE, collections: coreCollections }]));
}

function open(): Windows {
  return openWith(createStore());
}

/** What one client has left after a request so many milliseconds after the start. */
function take(windows: Windows, after: number, key = 'a', rate = RATE): Window {
  return windows.take(key, rate, toInstant(START + after));
}

/** The part of it that changes: what remains, how long, and whether it was too much. */
function left({ remaining, rest, exceeded }: Window): readonly [number, number, boolean] {
  return [remaining, rest, exceeded];
}

describe(Windows, () => {
  it('tells of a request what the client has left, and until when', () => {
    expect(take(open(), 0)).toEqual({ limit: 3, window: 60_000, remaining: 2, rest: 60_000, exceeded: false });
  });

  it('lets as many requests pass as the limit says, and none beyond it', () => {
    const windows = open();
    expect([0, 1, 2, 3, 4].map((after) => left(take(windows, after)))).toEqual([
      [2, 60_000, false],
      [1, 59_999, false],
      [0, 59_998, false],
      [0, 59_997, true],
      [0, 59_996, true],
    ]);
  });

  it('lets one request pass where the limit is one', () => {
    const windows = open();
    const once = { limit: 1, window: 10 };
    expect([0, 5, 10].map((after) => left(take(windows, after, 'a', once)))).toEqual([
      [0, 10, false],
      [0, 5, true],
      [0, 10, false],
    ]);
  });

  it('begins a window with the first request, and the next one with the first request after it', () => {
    const windows = open();
    take(windows, 30_000);
    expect([60_000, 89_999, 90_000, 90_001, 200_000].map((after) => left(take(windows, after)))).toEqual([
      [1, 30_000, false],
      [0, 1, false],
      [2, 60_000, false],
      [1, 59_999, false],
      [2, 60_000, false],
    ]);
  });

  it('does not move a window by the requests that it refuses', () => {
    const windows = open();
    for (const after of [0, 10_000, 20_000, 30_000, 59_999]) take(windows, after);
    expect(left(take(windows, 60_000))).toEqual([2, 60_000, false]);
  });

  it('counts each client for itself', () => {
    const windows = open();
    for (const after of [0, 1, 2, 3]) take(windows, after);
    expect(left(take(windows, 10, 'b'))).toEqual([2, 60_000, false]);
    expect(left(take(windows, 10, ''))).toEqual([2, 60_000, false]);
    expect(left(take(windows, 10, '__proto__'))).toEqual([2, 60_000, false]);
    expect(left(take(windows, 20))).toEqual([0, 59_980, true]);
    expect(left(take(windows, 20, 'b'))).toEqual([1, 59_990, false]);
  });

  it('begins a new window where the clock was turned back', () => {
    const windows = open();
    for (const after of [0, 1, 2, 3]) take(windows, after);
    expect(left(take(windows, -1))).toEqual([2, 60_000, false]);
    expect(left(take(windows, 0))).toEqual([1, 59_999, false]);
    expect(left(take(windows, 59_999))).toEqual([2, 60_000, false]);
  });

  it('goes back with the state of which it is a part, and counts on from there', () => {
    const store = createStore();
    const windows = openWith(store);
    const { roots } = store;
    take(windows, 0);
    const kept = store.roots;
    for (const after of [1, 2, 3]) take(windows, after);
    store.restore(kept);
    expect([left(take(windows, 4)), left(take(windows, 5))]).toEqual([
      [1, 59_996, false],
      [0, 59_995, false],
    ]);
    store.restore(roots);
    expect(left(take(windows, 6))).toEqual([2, 60_000, false]);
  });

  it('counts in no commit of its own, but in what the next one carries', () => {
    const store = createStore();
    const windows = openWith(store);
    take(windows, 0);
    take(windows, 1);
    expect(store.takeCarried()).toEqual({
      changes: [
        {
          part: 'carried',
          provider: CORE,
          collection: 'windows',
          key: 'a',
          before: undefined,
          after: { client: 'a', start: START, end: START + 60_000, taken: 2 },
        },
      ],
      counters: [],
    });
  });
});

it('knows a client with a long key by the whole of it', () => {
  const windows = open();
  const long = 'k'.repeat(10_000);
  expect([long, long, `${long}x`, long.slice(1)].map((key) => take(windows, 0, key).remaining)).toEqual([2, 1, 2, 2]);
  expect(take(windows, 0, 'k'.repeat(64)).remaining).toBe(2);
});

it('lets each window end when it was to end, whatever the rate is meanwhile', () => {
  const windows = open();
  take(windows, 0);
  expect(left(take(windows, 10, 'a', { limit: 3, window: 5 }))).toEqual([1, 59_990, false]);
});

describe('with many clients', () => {
  it('remembers a hundred thousand, and forgets the one whose window began first', () => {
    const windows = open();
    for (let client = 0; client < 100_000; client += 1) take(windows, 0, `client ${client}`);
    expect([0, 1].map((client) => take(windows, 1, `client ${client}`).remaining)).toEqual([1, 1]);
    take(windows, 2, 'one more');
    expect([1, 0].map((client) => take(windows, 3, `client ${client}`).remaining)).toEqual([0, 2]);
  });

  it('keeps the windows that are open, and starts those that have ended anew', () => {
    const windows = open();
    for (let client = 0; client < 20_000; client += 1) take(windows, client < 10_000 ? 0 : 59_999, `client ${client}`);
    take(windows, 60_000, 'one more');
    for (const client of [0, 9999]) {
      expect(left(take(windows, 60_001, `client ${client}`))).toEqual([2, 60_000, false]);
    }
    for (const client of [10_000, 15_000, 19_999]) {
      expect(left(take(windows, 60_001, `client ${client}`))).toEqual([1, 59_998, false]);
    }
    expect(left(take(windows, 60_001, 'one more'))).toEqual([1, 59_999, false]);
  });

  it('takes no longer for each of them, however many there are', () => {
    const windows = open();
    const used: number[] = [];
    for (let thousand = 0; thousand < 30; thousand += 1) {
      const before = process.cpuUsage();
      for (let client = 0; client < 1000; client += 1) take(windows, 0, `client ${thousand}-${client}`);
      used.push(process.cpuUsage(before).user);
    }
    // Sixty times as much where each is compared with all.
    expect((used.at(-1) ?? 0) / (used[0] ?? 0)).toBeLessThan(20);
  });
});
