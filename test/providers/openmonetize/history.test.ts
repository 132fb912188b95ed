import btree from 'sorted-btree';
import { describe, expect, it, onTestFinished, vi } from 'vitest';

import { parseInstant } from '../../../src/core/values/clock.ts';
import type { Collection } from '../../../src/core/store/collection.ts';
import { coreCollections } from '../../../src/core/sandbox/core-collections.ts';
import { CORE } from '../../../src/core/store/due.ts';
import { Catalog } from '../../../src/core/store/roots.ts';
import { Seed } from '../../../src/core/sandbox/seed.ts';
import { Store } from '../../../src/core/store/store.ts';
import { openmonetize } from '../../../src/providers/openmonetize/index.ts';
import { collections, type CustomerId, type State, type UserId } from '../../../src/providers/openmonetize/state.ts';
import { listHistory } from '../../../src/providers/openmonetize/transactions.ts';
import { START, startApp } from '../../support/emulator.ts';
import { createFiles } from '../../support/folder.ts';

const LENGTH = 2_000;
/** How many records a page of 50 may cost. */
const MOST = 90;
const CUSTOMER = '550e8400-e29b-41d4-a716-446655440000' as CustomerId;
/** Between two others in every order. */
const USER = '660e8400-e29b-41d4-a716-446655440002' as UserId;
const USERS = ['660e8400-e29b-41d4-a716-446655440001', USER, '660e8400-e29b-41d4-a716-446655440003'];
const HEADERS = { Authorization: 'Bearer om_key' };
const PATH = `/openmonetize/v1/customers/${CUSTOMER}/users/${USER}`;

const walletOf = (user: string): string => user.replace(/^66/, '88');

/** A transaction as an answer shows it. */
interface Shown {
  readonly id: string;
  readonly transactionType: 'GRANT' | 'BURN';
  readonly amount: number;
  readonly balanceBefore: number;
  readonly balanceAfter: number;
  readonly description: string;
  readonly createdAt: string;
}

/** Oldest first; three of them in each millisecond. */
function createHistory(): readonly Shown[] {
  let balance = 0;
  return Array.from({ length: LENGTH }, (_, index) => {
    const amount = index % 4 === 0 ? 30 : -9 - (index % 7);
    const balanceBefore = balance;
    balance += amount;
    return {
      id: `990e8400-e29b-41d4-a716-${String(index).padStart(12, '0')}`,
      transactionType: amount > 0 ? 'GRANT' : 'BURN',
      amount,
      balanceBefore,
      balanceAfter: balance,
      description: `${index}`,
      createdAt: new Date(Date.parse('2025-12-01T00:00:00Z') + Math.floor(index / 3)).toISOString(),
    };
  });
}

const HISTORY = createHistory();
const NEWEST_FIRST = HISTORY.toReversed();
const LAST = NEWEST_FIRST[0]?.balanceAfter ?? 0;

function toSection(): object {
  const neighbours = USERS.filter((id) => id !== USER).map((id) => ({
    walletId: walletOf(id),
    transactionType: 'GRANT' as const,
    amount: 1,
  }));
  return {
    customers: [{ id: CUSTOMER, name: 'Lantern AI', email: 'dev@lantern.example', apiKey: 'om_key' }],
    users: USERS.map((id) => ({ id, customerId: CUSTOMER })),
    wallets: USERS.map((userId) => ({ id: walletOf(userId), customerId: CUSTOMER, userId })),
    transactions: [
      ...neighbours,
      ...HISTORY.map((transaction) => ({ ...transaction, walletId: walletOf(USER) })),
      ...neighbours,
    ],
  };
}

const PAGES = [
  { limit: 50, offset: 0 },
  { limit: 50, offset: 50 },
  { limit: 50, offset: 5_000 },
  { limit: 50, offset: 9_950 },
  { limit: 50, offset: 9_990 },
  { limit: 50, offset: LENGTH },
  { limit: 50, offset: 10 * LENGTH },
  { limit: 1, offset: 3_333 },
];

function toPage({ limit, offset }: (typeof PAGES)[number]): readonly Shown[] {
  return NEWEST_FIRST.slice(offset, offset + limit);
}

/** A state with the section, and how many records were read from it. */
function loadCounted(section: object): { readonly state: State; readonly visits: { count: number } } {
  const catalog = new Catalog([{ id: CORE, collections: coreCollections }, openmonetize]);
  const sections = [{ provider: openmonetize, content: section, locate: (error: unknown) => error }];
  const seed = new Seed({ catalog, sections, randomSeed: 1, clock: undefined });
  const store = new Store(catalog, seed.roots(parseInstant(START)));
  const state = store.open('openmonetize', collections);
  const visits = { count: 0 };
  const counted: State = {
    customers: counting(state.customers, visits),
    users: counting(state.users, visits),
    teams: counting(state.teams, visits),
    wallets: counting(state.wallets, visits),
    transactions: counting(state.transactions, visits),
    events: counting(state.events, visits),
    usages: counting(state.usages, visits),
    eventCounts: counting(state.eventCounts, visits),
    featureUses: counting(state.featureUses, visits),
    entitlements: counting(state.entitlements, visits),
    burnTables: counting(state.burnTables, visits),
    unitPrices: counting(state.unitPrices, visits),
    quotaCounts: counting(state.quotaCounts, visits),
  };
  return { state: counted, visits };
}

/** The same collection, which counts the records that it gives. */
function counting<R extends object, U extends string, O extends string>(
  collection: Collection<R, U, O>,
  visits: { count: number },
): Collection<R, U, O> {
  function count<T>(record: T): T {
    visits.count += 1;
    return record;
  }
  function* each(records: IterableIterator<R>): IterableIterator<R> {
    for (const record of records) yield count(record);
  }
  return {
    ...collection,
    find: (key) => count(collection.find(key)),
    findBy: (lookup, ...parts) => count(collection.findBy(lookup, ...parts)),
    first: (order, within) => count(collection.first(order, within)),
    last: (order, within) => count(collection.last(order, within)),
    list: (order, options) => each(collection.list(order, options)),
    values: () => each(collection.values()),
  };
}

describe('a history of 2,000 transactions', () => {
  it('costs a page as many records as it shows, wherever it is', () => {
    const { state, visits } = loadCounted(toSection());
    for (const page of PAGES) {
      visits.count = 0;
      const { transactions, total } = listHistory(state, { customerId: CUSTOMER, userId: USER }, page);
      expect(total).toBe(LENGTH);
      expect(transactions.map(({ id }) => id)).toEqual(toPage(page).map(({ id }) => id));
      expect(visits.count).toBeGreaterThanOrEqual(transactions.length);
      expect(visits.count).toBeLessThanOrEqual(MOST);
    }
  });

  it('is returned page by page, with few look-ups per page', async () => {
    const { 'world.json': world } = createFiles({ 'world.json': JSON.stringify({ openmonetize: toSection() }) });
    const app = await startApp({ providers: ['openmonetize'], fixtures: [world] });
    await app.get(`${PATH}/credits`).set(HEADERS).expect(200);
    const found = vi.spyOn(btree.default.prototype, 'get');
    onTestFinished(() => {
      found.mockRestore();
    });
    const read = async (query: string): Promise<unknown> => {
      found.mockClear();
      const response = await app.get(`${PATH}/transactions${query}`).set(HEADERS).expect(200);
      expect(found.mock.calls.length).toBeLessThanOrEqual(MOST);
      return response.body;
    };
    for (const { limit, offset } of PAGES) {
      const pagination = { limit, offset, total: LENGTH };
      expect(await read(`?limit=${limit}&offset=${offset}`)).toEqual({ data: toPage({ limit, offset }), pagination });
    }
    const grant = { customerId: CUSTOMER, userId: USER, amount: 5, reason: 'New' };
    await app.post('/openmonetize/v1/credits/grant').set(HEADERS).send(grant).expect(200);
    const newest = { transactionType: 'GRANT', amount: 5, balanceBefore: LAST, balanceAfter: LAST + 5 };
    expect(await read('?limit=2')).toEqual({
      data: [{ id: expect.any(String) as string, ...newest, description: 'New', createdAt: START }, NEWEST_FIRST[0]],
      pagination: { limit: 2, offset: 0, total: LENGTH + 1 },
    });
  });
});
