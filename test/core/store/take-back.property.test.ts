import fc from 'fast-check';
import { expect, it } from 'vitest';

import { BalanceBook } from '../../../src/core/store/balance-book.ts';
import { defineCollection, UniqueViolation, type Change } from '../../../src/core/store/collection.ts';
import type { Commit, MovedCounters, TransactionCause } from '../../../src/core/store/commit.ts';
import { listEntries, toPosting, type Posting } from '../../../src/core/store/ledger.ts';
import { Catalog } from '../../../src/core/store/roots.ts';
import { Store } from '../../../src/core/store/store.ts';
import { toInstant } from '../../../src/core/values/clock.ts';
import { toAmount, type Amount } from '../../../src/core/values/decimal.ts';
import { propertyRuns } from '../../support/property.ts';

interface Account {
  readonly id: string;
  readonly tag: string | undefined;
  readonly balance: Amount;
}

/** A commit, with what has moved beside it. */
interface Taken extends Commit {
  readonly counters: MovedCounters;
}

interface Rule {
  readonly id: string;
  readonly fired: number;
}

const collections = {
  accounts: defineCollection({
    key: ({ id }: Account) => id,
    unique: { tag: ({ tag }) => (tag === undefined ? undefined : [tag]) },
    orders: { balance: ({ balance, id }) => [Number(balance), id] },
    balances: [{ field: 'balance', unit: 'coins', tenant: () => 'all', account: ({ id }: Account) => id }],
  }),
  /** Written by transactions as well as without one, as rules of faults are. */
  rules: defineCollection({ key: ({ id }: Rule) => id }),
};
const catalog = new Catalog([{ id: 'bank', collections }]);
const book = new BalanceBook(catalog);
const CAUSE: TransactionCause = { kind: 'request', provider: 'bank', operation: 'change' };

type Write =
  | { readonly kind: 'put'; readonly account: Account }
  | { readonly kind: 'delete'; readonly id: string }
  | { readonly kind: 'swap'; readonly ids: readonly [string, string] }
  | { readonly kind: 'rule'; readonly id: string }
  | { readonly kind: 'count' };
type Step =
  { readonly kind: 'commit'; readonly writes: readonly Write[] } | { readonly kind: 'drift'; readonly id: string };

const id = fc.constantFrom('a', 'b', 'c', 'd');
const write: fc.Arbitrary<Write> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('put' as const),
      account: fc.record({
        id,
        tag: fc.option(fc.constantFrom('x', 'y', 'z'), { nil: undefined }),
        balance: fc.nat(9).map(toAmount),
      }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('delete' as const), id }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('swap' as const), ids: fc.tuple(id, id) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('rule' as const), id }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('count' as const) }) },
);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('commit' as const),
      writes: fc.array(write, { minLength: 1, maxLength: 5 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('drift' as const), id }) },
);

/** A store with the commits that it has made, as a sandbox makes them. */
class Bank {
  readonly store = new Store(catalog);
  readonly commits: Taken[] = [];
  readonly #state = this.store.open('bank', collections);

  /** @returns the commit, if it came to one */
  take(next: Step): Taken | undefined {
    const { accounts, rules } = this.#state;
    const fire = (rule: string): void => {
      rules.put({ id: rule, fired: (rules.find(rule)?.fired ?? 0) + 1 });
    };
    if (next.kind === 'drift') {
      this.store.drift(() => {
        fire(next.id);
      });
      return undefined;
    }
    const run = (one: Write): void => {
      if (one.kind === 'put') accounts.put(one.account);
      else if (one.kind === 'delete') accounts.delete(one.id);
      else if (one.kind === 'rule') fire(one.id);
      else if (one.kind === 'count') this.store.next('ids');
      else this.#swap(one.ids);
    };
    let posting: Posting | undefined;
    let own: readonly Change[];
    try {
      const { changes } = this.store.transaction(
        () => {
          for (const one of next.writes) run(one);
        },
        {
          inspect: (draft) => {
            posting = toPosting(book, draft, this.store.numbering.entries + 1);
          },
        },
      );
      own = changes;
    } catch (error) {
      if (error instanceof UniqueViolation) return undefined;
      throw error;
    }
    if (own.length === 0) return undefined;
    const entries = posting?.count ?? 0;
    for (let left = entries; left > 0; left -= 1) this.store.number('entries');
    const carried = this.store.takeCarried();
    const seq = this.store.number('commits');
    const changes = [...carried.changes, ...own];
    const made = { seq, at: toInstant(0), cause: CAUSE, changes };
    const commit = {
      ...made,
      counters: carried.counters,
      entries,
      ledger: posting ? listEntries(book, posting, made) : [],
    };
    this.commits.push(commit);
    return commit;
  }

  /** Tags and balances change hands, which no order of single writes could do. */
  #swap([one, other]: readonly [string, string]): void {
    const { accounts } = this.#state;
    const [first, second] = [accounts.find(one), accounts.find(other)];
    if (!first || !second || one === other) return;
    accounts.delete(one);
    accounts.put({ ...first, id: other });
    accounts.put({ ...second, id: one });
  }

  /** The newest so many. */
  takeBack(count: number): void {
    for (let left = count; left > 0; left -= 1) {
      const commit = this.commits.pop();
      if (commit) this.store.takeBack(commit, commit.counters);
    }
  }

  look(): object {
    const { accounts, rules } = this.#state;
    const { commits, entries } = this.store.numbering;
    return {
      accounts: [...accounts.values()],
      byBalance: [...accounts.list('balance')],
      byTag: ['x', 'y', 'z'].map((tag) => accounts.findBy('tag', tag)),
      rules: [...rules.values()],
      numbering: { commits, entries },
      ledger: this.commits.flatMap(({ ledger }) => ledger),
    };
  }
}

/** The same steps with those commits alone that are kept, and without what was written to a record upon lost ones. */
function keep(steps: readonly Step[], kept: ReadonlySet<number>, lost: ReadonlySet<number>): readonly Step[] {
  const gone = new Set<string>();
  return steps.filter((one, place) => {
    if (one.kind === 'drift') return !gone.has(one.id);
    if (lost.has(place)) for (const written of one.writes) if (written.kind === 'rule') gone.add(written.id);
    return kept.has(place);
  });
}

it('has nothing left of commits that were taken back: records, look-ups, numbers, ledger and what a log would hold', () => {
  let tried = 0;
  fc.assert(
    fc.property(
      fc.array(step, { minLength: 5, maxLength: 25 }),
      fc.nat(6),
      fc.array(step, { maxLength: 10 }),
      (before, count, after) => {
        const bank = new Bank();
        const places: number[] = [];
        for (const [place, next] of before.entries()) if (bank.take(next)) places.push(place);
        const first = Math.max(places.length - count, 0);
        const lost = new Set(places.slice(first));
        tried += lost.size;
        bank.takeBack(lost.size);
        const other = new Bank();
        for (const next of keep(before, new Set(places.slice(0, first)), lost)) other.take(next);
        expect(bank.look()).toEqual(other.look());
        for (const next of after) {
          bank.take(next);
          other.take(next);
          expect(bank.look()).toEqual(other.look());
        }
        // What a log holds, and what comes of reading it.
        const last: Step = {
          kind: 'commit',
          writes: [{ kind: 'put', account: { id: 'e', tag: undefined, balance: toAmount(bank.commits.length + 10) } }],
        };
        bank.take(last);
        const replayed = new Store(catalog);
        for (const { changes, counters } of bank.commits) {
          const written = changes.map(
            ({ provider, collection, key, after: now }) => [catalog.get(provider, collection), key, now] as const,
          );
          replayed.replay(written, counters);
        }
        const { accounts, rules } = replayed.open('bank', collections);
        expect({ accounts: [...accounts.values()], rules: [...rules.values()] }).toEqual(pick(bank.look()));
        expect(Object.fromEntries(replayed.counters)).toEqual(Object.fromEntries(bank.store.counters));
      },
    ),
    { numRuns: propertyRuns(60) },
  );
  expect(tried).toBeGreaterThan(0);
});

function pick(seen: object): object {
  const { accounts, rules } = seen as { readonly accounts: unknown; readonly rules: unknown };
  return { accounts, rules };
}
