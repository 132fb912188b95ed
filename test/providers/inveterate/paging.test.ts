import { describe, expect, it } from 'vitest';

import { START } from '../../support/emulator.ts';
import {
  ADA,
  BENOIT,
  CHIYO,
  DMITRI,
  FINN,
  LEDGERS,
  LUMEN,
  LUMEN_KEY,
  MAGIC,
  MEMBERS,
  RIDGE_KEY,
  dataOf,
  ledgerOf,
  refusal,
  shownIn,
  startInveterate,
  toFixtures,
  unknownCustomer,
  type InveterateApi,
  type ShownLedger,
} from './api.ts';

const ALL_OF_ADA = [10.8, -10, 20, 2.25, -2, 4, 5, 1.2, -5, 3.75, 2.5, 10];

/** Ada with so many entries of 1, the last of which is the newest. */
function startWith(entries: number): Promise<InveterateApi> {
  const merchants = [{ merchantId: LUMEN, name: 'Lumen Tea', apiKey: LUMEN_KEY }];
  const credits = Array.from({ length: entries }, () => ({ amount: 1 }));
  return startInveterate({
    fixtures: toFixtures({ merchants, members: [{ merchantId: LUMEN, customerId: ADA, credits }] }),
  });
}

/** What the ledger's entries come to after each of those that are shown. */
function balances({ credits }: ShownLedger): readonly number[] {
  return credits.map(({ newBalance }) => newBalance);
}

function countdown(from: number, to: number): readonly number[] {
  return Array.from({ length: from - to + 1 }, (_, index) => from - index);
}

/** What is wrong with a limit, and what is said of it. */
const WRONG_LIMITS: readonly (readonly [string, string])[] = [
  ['0', 'limit must be >= 1'],
  ['-0', 'limit must be >= 1'],
  ['-1', 'limit must be >= 1'],
  ['-1e21', 'limit must be >= 1'],
  ['0.5', 'limit must be integer'],
  ['1.5', 'limit must be integer'],
  ['abc', 'limit must be integer'],
  ['7x', 'limit must be integer'],
  ['NaN', 'limit must be integer'],
  ['Infinity', 'limit must be integer'],
  ['true', 'limit must be integer'],
  ['null', 'limit must be integer'],
  ['7,7', 'limit must be integer'],
  ['7&limit=7', 'limit must be integer'],
];

describe.each(LEDGERS)('the limit of a ledger on the %s path', (_, ledger) => {
  it('may be left out, and then all comes at once', async () => {
    const api = await startWith(250);
    const all = shownIn(await api[ledger](ADA));
    expect(balances(all)).toEqual(countdown(250, 1));
    expect(all).not.toHaveProperty('lastCreditEntry');
  });

  it.each([
    [1, 150],
    [7, 144],
    [99, 52],
    [100, 51],
    [101, 51],
    [1000, 51],
  ])('%d of 150 goes to the entry %d, and more follow', async (limit, last) => {
    const api = await startWith(150);
    const page = shownIn(await api[ledger](ADA, { limit }));
    expect(balances(page)).toEqual(countdown(150, last));
    expect(page.lastCreditEntry).toBeTypeOf('string');
  });

  it.each(['99999999999999999999', '1e3', '200.0'])('may be written as %s, and is 100 then', async (limit) => {
    const api = await startWith(150);
    expect(balances(shownIn(await api[ledger](ADA, { limit })))).toEqual(countdown(150, 51));
  });

  it.each([12, 13, 100])('of %d of twelve is all, without a token', async (limit) => {
    const api = await startInveterate();
    const page = shownIn(await api[ledger](ADA, { limit }));
    expect(page.credits.map(({ amount }) => amount)).toEqual(ALL_OF_ADA);
    expect(page).not.toHaveProperty('lastCreditEntry');
  });

  it('of a ledger without entries finds none', async () => {
    const api = await startInveterate();
    expect(await api[ledger](DMITRI, { limit: 1 })).toStrictEqual(ledgerOf([]));
  });

  it('and the token may be empty, as clients send them that cannot leave them out', async () => {
    const api = await startInveterate();
    expect(await api[ledger](ADA, '?limit=&lastCreditEntry=')).toStrictEqual(await api[ledger](ADA));
    expect(await api[ledger](ADA, '?limit=3&lastCreditEntry=')).toStrictEqual(await api[ledger](ADA, { limit: 3 }));
  });

  it.each(WRONG_LIMITS)('is refused as "%s"', async (limit, message) => {
    const api = await startInveterate();
    expect(await api[ledger](ADA, `?limit=${limit}`)).toStrictEqual(refusal(message));
  });

  it('is looked at after the customer is known to be one', async () => {
    const api = await startInveterate();
    expect(await api[ledger](FINN, { limit: 5 })).toStrictEqual(unknownCustomer);
  });
});

interface Page {
  readonly members: readonly { readonly customerId: string }[];
  readonly lastCustomerId?: string;
}

function idsIn(page: Page): readonly string[] {
  return page.members.map(({ customerId }) => customerId);
}

const invalidCustomer = refusal('Invalid lastCustomerId');

describe('a page of members', () => {
  const IDS = [ADA, BENOIT, CHIYO, DMITRI, ...MAGIC];

  /** Lumen Tea with so many members. */
  async function startWithMembers(count: number): Promise<InveterateApi> {
    const merchants = [{ merchantId: LUMEN, name: 'Lumen Tea', apiKey: LUMEN_KEY }];
    const members = countdown(count, 1).map((id) => ({ merchantId: LUMEN, customerId: String(id) }));
    return startInveterate({ fixtures: toFixtures({ merchants, members }) });
  }

  it('is all of them without a limit', async () => {
    const api = await startWithMembers(250);
    const page = dataOf(await api.members()) as Page;
    expect(idsIn(page)).toEqual(countdown(250, 1).map(String));
    expect(page).not.toHaveProperty('lastCustomerId');
  });

  it.each([
    [1, 1],
    [100, 100],
    [101, 100],
    [1000, 100],
  ])('with the limit %d has %d of 150, and more follow', async (limit, size) => {
    const api = await startWithMembers(150);
    const ids = countdown(150, 151 - size).map(String);
    const page = dataOf(await api.members({ limit })) as Page;
    expect(idsIn(page)).toEqual(ids);
    expect(page.lastCustomerId).toBe(ids.at(-1));
  });

  it.each([1, 2, 3, 4])('by %d leads to the next, with who joins meanwhile at the end', async (limit) => {
    const api = await startInveterate();
    const ids: string[] = [];
    let joined = 0;
    for (let next: string | undefined = '', more = {}; next !== undefined; more = { lastCustomerId: next }) {
      const page = dataOf(await api.members({ limit, ...more })) as Page;
      ids.push(...idsIn(page));
      next = page.lastCustomerId;
      if (next !== undefined && joined < 2) await api.enrol({ customerId: String((joined += 1)) });
    }
    expect(ids).toEqual([...IDS, ...['1', '2'].slice(0, joined)]);
  });

  it('without a limit goes on to the last', async () => {
    const api = await startInveterate();
    expect(idsIn(dataOf(await api.members({ lastCustomerId: BENOIT })) as Page)).toEqual(IDS.slice(2));
    expect(dataOf(await api.members({ lastCustomerId: MAGIC.at(-1) ?? '' }))).toStrictEqual({ members: [] });
  });

  it.each(['', '0'])(
    'is the first one behind the customer "%s", and with an empty limit it is all of them',
    async (id) => {
      const api = await startInveterate();
      expect(await api.members(`?limit=&lastCustomerId=${id}`)).toStrictEqual(await api.members());
      expect(await api.members(`?limit=2&lastCustomerId=${id}`)).toStrictEqual(await api.members({ limit: 2 }));
    },
  );

  it('follows a customer whose number is 0 where there is one', async () => {
    const merchants = [{ merchantId: LUMEN, name: 'Lumen Tea', apiKey: LUMEN_KEY }];
    const members = ['0', '1'].map((customerId) => ({ merchantId: LUMEN, customerId }));
    const api = await startInveterate({ fixtures: toFixtures({ merchants, members }) });
    expect(idsIn(dataOf(await api.members({ limit: 1, lastCustomerId: '0' })) as Page)).toEqual(['1']);
  });

  it.each(WRONG_LIMITS)('is refused with the limit "%s"', async (limit, message) => {
    const api = await startInveterate();
    expect(await api.members(`?limit=${limit}`)).toStrictEqual(refusal(message));
  });

  it.each([
    '00',
    'null',
    'undefined',
    'None',
    FINN,
    `${ADA}0`,
    ADA.slice(1),
    `%20${ADA}`,
    `${LUMEN}:${ADA}`,
    '__proto__',
    '%',
  ])('is refused behind a customer who is no member of the merchant: "%s"', async (id) => {
    const api = await startInveterate();
    expect(await api.members(`?lastCustomerId=${id}`)).toStrictEqual(invalidCustomer);
  });

  it('is one of the own merchant only', async () => {
    const api = (await startInveterate()).as(RIDGE_KEY);
    const page = dataOf(await api.call('get', `${MEMBERS}?limit=1`)) as Page;
    expect(idsIn(page)).toEqual([FINN]);
    expect(page).not.toHaveProperty('lastCustomerId');
    expect(await api.members({ lastCustomerId: ADA })).toStrictEqual(invalidCustomer);
  });
});

it('shows times as they are, to the millisecond', async () => {
  const api = await startWith(1);
  expect(shownIn(await api.ledger(ADA)).credits).toMatchObject([{ createdAt: START, updatedAt: START }]);
});
