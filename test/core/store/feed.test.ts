import { describe, expect, it } from 'vitest';

import type { Change } from '../../../src/core/store/collection.ts';
import type { Commit } from '../../../src/core/store/commit.ts';
import { Feed } from '../../../src/core/store/feed.ts';
import { History } from '../../../src/core/store/history.ts';
import { toInstant } from '../../../src/core/values/clock.ts';

const AT = toInstant(0);
const CHANGE: Change = { part: 'own', provider: 'x', collection: 'y', key: 'z', before: undefined, after: {} };

function commit(seq: number, rest: Partial<Commit> = {}): Commit {
  const nothing = { changes: [], entries: 0, ledger: [] };
  return { seq, at: AT, cause: { kind: 'act', operation: 'test' }, ...nothing, ...rest };
}

/** A feed with room for so many bytes, and commits of these numbers. */
function open(limit: number, ...numbers: readonly number[]): { readonly feed: Feed; readonly history: History } {
  const history = new History(limit);
  const feed = new Feed(history);
  for (const seq of numbers) feed.append(commit(seq));
  return { feed, history };
}

function toNumbers(commits: Iterable<Commit>): readonly number[] {
  return [...commits].map(({ seq }) => seq);
}

describe(Feed, () => {
  it('gives commits newest first, and those behind one oldest first', () => {
    const { feed } = open(100_000, 1, 2, 3, 4);
    expect(toNumbers(feed.newest())).toEqual([4, 3, 2, 1]);
    expect([0, 2, 4, 9].map((seq) => toNumbers(feed.since(seq)))).toEqual([[1, 2, 3, 4], [3, 4], [], []]);
  });

  it('tells those who listen of each commit, once it can be read, until they have had enough', () => {
    const { feed } = open(100_000);
    const told: (readonly number[])[] = [];
    const listen = (): (() => void) =>
      feed.listen(({ seq }) => {
        told.push([seq, ...toNumbers(feed.newest())]);
      });
    const [end] = [listen(), listen()];
    feed.append(commit(1));
    expect(told).toEqual([
      [1, 1],
      [1, 1],
    ]);
    end();
    feed.append(commit(2));
    expect(told.slice(2)).toEqual([[2, 2, 1]]);
  });

  it('tells those who listen of a commit for which there is no room', () => {
    const { feed } = open(0);
    const told: number[] = [];
    feed.listen(({ seq }) => told.push(seq));
    feed.append(commit(1));
    expect([told, toNumbers(feed.newest()), feed.hasForgotten]).toEqual([[1], [], true]);
  });

  it('takes more room for each change, each entry and what came with it', () => {
    const sizes = [
      [commit(1), 0],
      [commit(1, { changes: [CHANGE] }), 0],
      [commit(1, { changes: [CHANGE, CHANGE] }), 0],
      [commit(1, { changes: [CHANGE, CHANGE], entries: 1 }), 0],
      [commit(1, { changes: [CHANGE, CHANGE], entries: 1 }), 1_000_000],
    ] as const;
    const bytes = sizes.map(([one, brought]) => {
      const { feed, history } = open(10_000_000);
      feed.append(one, brought);
      return history.bytes;
    });
    expect(bytes).toEqual([400, 800, 1_200, 1_300, 1_001_300]);
  });

  it('forgets the oldest for which there is no room, and says so', () => {
    const { feed } = open(1_000, 1, 2);
    expect([toNumbers(feed.newest()), feed.hasForgotten]).toEqual([[2, 1], false]);
    feed.append(commit(3));
    expect([toNumbers(feed.newest()), toNumbers(feed.since(1)), feed.hasForgotten]).toEqual([[3, 2], [2, 3], true]);
  });

  it('is empty when it was cleared, has lost nothing, and still has its listeners', () => {
    const { feed, history } = open(1_000, 1, 2, 3);
    const told: number[] = [];
    feed.listen(({ seq }) => told.push(seq));
    feed.clear();
    expect([toNumbers(feed.newest()), feed.hasForgotten, history.bytes]).toEqual([[], false, 0]);
    feed.append(commit(1));
    expect([toNumbers(feed.newest()), told]).toEqual([[1], [1]]);
  });
});
