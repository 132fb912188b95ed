import fc from 'fast-check';
import { describe, expect } from 'vitest';

import { startEmulator } from '../../support/emulator.ts';
import { propertyRuns } from '../../support/property.ts';
import {
  ADA,
  BENOIT,
  CHIYO,
  CODE,
  DMITRI,
  FINN,
  LUMEN,
  LUMEN_KEY,
  MAGIC,
  MERCHANT,
  RIDGE,
  RIDGE_KEY,
  creditsOf,
  dataOf,
  it,
  ledgerOf,
  refusal,
  shownIn,
  startInveterate,
  startWithMember,
  storefrontCreditsOf,
  toFixtures,
  unknownCustomer,
  type Answer,
  type InveterateApi,
  type Query,
} from './api.ts';

const ALL_OF_ADA = [10.8, -10, 20, 2.25, -2, 4, 5, 1.2, -5, 3.75, 2.5, 10];
const invalidToken = refusal('Invalid lastCreditEntry');
const invalidCustomer = refusal('Invalid lastCustomerId');

/** Lumen Tea with Ada, who has this number of entries of 1. */
function startWithEntries(count: number): Promise<InveterateApi> {
  return startWithMember({ customerId: ADA, credits: Array.from({ length: count }, () => ({ amount: 1 })) });
}

/** The numbers of the entries on a page of such a ledger. */
function numbersIn(answer: Answer): readonly number[] {
  return shownIn(answer).credits.map(({ newBalance }) => newBalance);
}

function amountsIn(answer: Answer): readonly number[] {
  return shownIn(answer).credits.map(({ amount }) => amount);
}

function countdown(from: number, to: number): readonly number[] {
  return Array.from({ length: from - to + 1 }, (_, index) => from - index);
}

/** The token after Ada's five newest entries. */
async function takeToken(api: InveterateApi): Promise<string> {
  const { lastCreditEntry } = shownIn(await api.ledger(ADA, { limit: 5 }));
  expect(lastCreditEntry).toBeTypeOf('string');
  return lastCreditEntry ?? '';
}

describe('the limit of a list', () => {
  it.each<[Query | undefined, number]>([
    [undefined, 1],
    ['?limit=&lastCreditEntry=', 1],
    ['?limit=1', 250],
    ['?limit=99', 152],
    ['?limit=100', 151],
    ['?limit=101', 151],
    ['?limit=200.0', 151],
    ['?limit=1e3', 151],
    ['?limit=99999999999999999999', 151],
  ])('%s of 250 entries ends with the entry %i, with a token if more follow', async (query, last) => {
    const api = await startWithEntries(250);
    const page = await api.ledger(ADA, query);
    expect(numbersIn(page)).toEqual(countdown(250, last));
    expect(shownIn(page).lastCreditEntry !== undefined).toBe(last > 1);
    expect(await api.storefrontLedger(ADA, query)).toStrictEqual(page);
  });

  it.for([12, 13])('%i of twelve entries gives all of them, without a token', async (limit, { api }) => {
    const page = await api.ledger(ADA, { limit });
    expect(amountsIn(page)).toEqual(ALL_OF_ADA);
    expect(shownIn(page)).not.toHaveProperty('lastCreditEntry');
  });

  it.each([
    ['0', 'limit must be >= 1'],
    ['-0', 'limit must be >= 1'],
    ['-1e21', 'limit must be >= 1'],
    ['0.5', 'limit must be integer'],
    ['7x', 'limit must be integer'],
    ['NaN', 'limit must be integer'],
    ['Infinity', 'limit must be integer'],
    ['null', 'limit must be integer'],
    ['7,7', 'limit must be integer'],
    ['7&limit=7', 'limit must be integer'],
  ])('is refused as "%s"', async (limit, message) => {
    const api = await startInveterate();
    const query = `?limit=${limit}`;
    for (const answer of [api.ledger(ADA, query), api.storefrontLedger(ADA, query), api.members(query)]) {
      expect(await answer).toStrictEqual(refusal(message));
    }
  });
});

describe('a token', () => {
  it.each([1, 5, 11, 12])('leads through the whole ledger by %d, with the code on each page', async (limit) => {
    const api = await startInveterate();
    await api.redeem(ADA, { amount: 2 });
    const amounts: number[] = [];
    const sizes: number[] = [];
    for (let next: string | undefined = '', more = {}; next !== undefined; more = { lastCreditEntry: next }) {
      const page = shownIn(await api.ledger(ADA, { limit, ...more }));
      amounts.push(...page.credits.map(({ amount }) => amount));
      sizes.push(page.credits.length);
      expect(page.redemption).toMatchObject({ value: 2 });
      next = page.lastCreditEntry;
    }
    expect(amounts).toEqual(ALL_OF_ADA);
    expect(sizes).toEqual([...Array<number>(Math.ceil(12 / limit) - 1).fill(limit), 12 % limit || limit]);
  });

  it('leads to the whole rest without a limit, on both paths', async ({ api }) => {
    const query = { lastCreditEntry: await takeToken(api) };
    const rest = await api.ledger(ADA, query);
    expect(amountsIn(rest)).toEqual(ALL_OF_ADA.slice(5));
    expect(shownIn(rest)).not.toHaveProperty('lastCreditEntry');
    expect(await api.storefrontLedger(ADA, query)).toStrictEqual(rest);
  });

  it('leads through 250 entries by seven, although entries are added before each page', async () => {
    const api = await startWithEntries(250);
    const seen: number[] = [];
    for (let next: string | undefined = '', more = {}; next !== undefined; more = { lastCreditEntry: next }) {
      const page = await api.storefrontLedger(ADA, { limit: 7, ...more });
      seen.push(...numbersIn(page));
      next = shownIn(page).lastCreditEntry;
      for (const amount of [0.1, -0.05]) await api.add(ADA, { amount });
    }
    expect(seen).toEqual(countdown(250, 1));
  });

  it('after the last entry leads to nothing', async ({ api }) => {
    const { credits } = shownIn(await api.ledger(ADA));
    const token = (await takeToken(api)).replace(/"entry":.*/, `"entry":"${credits.at(-1)?.createdAt ?? ''}#1"}`);
    expect(await api.ledger(ADA, { limit: 5, lastCreditEntry: token })).toStrictEqual(ledgerOf([]));
  });

  it('may be encoded twice', async ({ api }) => {
    const once = encodeURIComponent(await takeToken(api));
    const usual = await api.ledger(ADA, `?limit=3&lastCreditEntry=${once}`);
    expect(amountsIn(usual)).toEqual(ALL_OF_ADA.slice(5, 8));
    expect(await api.ledger(ADA, `?limit=3&lastCreditEntry=${encodeURIComponent(once)}`)).toStrictEqual(usual);
    const thrice = encodeURIComponent(encodeURIComponent(once));
    expect(await api.ledger(ADA, `?limit=3&lastCreditEntry=${thrice}`)).toStrictEqual(invalidToken);
  });

  it('is refused if a client forgets to encode it', async () => {
    const { urls } = await startEmulator({ providers: ['inveterate'] });
    for (const path of [creditsOf(ADA), storefrontCreditsOf(ADA)]) {
      const read = async (query: string): Promise<Answer> => {
        const headers = { 'X-Inveterate-Api-Key': LUMEN_KEY };
        const response = await fetch(`${urls.inveterate}${path}?limit=5${query}`, { headers });
        return { status: response.status, body: await response.json() };
      };
      const { lastCreditEntry = '' } = shownIn(await read(''));
      expect(await read(`&lastCreditEntry=${lastCreditEntry}`)).toStrictEqual(invalidToken);
      expect((await read(`&lastCreditEntry=${encodeURIComponent(lastCreditEntry)}`)).status).toBe(200);
    }
  });

  it('is refused if anything is cut off from it, encoded or not', async ({ api }) => {
    const token = await takeToken(api);
    const encoded = encodeURIComponent(token);
    const cuts = [
      ...Array.from(token, (_, index) => encodeURIComponent(token.slice(0, index) + token.slice(index + 1))),
      ...Array.from(token, (_, index) => encodeURIComponent(token.slice(index + 1))).slice(0, -1),
      ...Array.from(encoded, (_, index) => encoded.slice(0, index)).slice(1),
    ];
    for (const cut of cuts) {
      expect([cut, await api.ledger(ADA, `?lastCreditEntry=${cut}`)]).toStrictEqual([cut, invalidToken]);
    }
  });

  it('is refused if any character differs', async ({ api }) => {
    const token = await takeToken(api);
    // fast-check's own unit of any character takes a second and a half to make.
    const anyCharacter = fc
      .oneof(fc.nat({ max: 0xd7ff }), fc.integer({ min: 0xe000, max: 0x10ffff }))
      .map((point) => String.fromCodePoint(point));
    const anyText = fc.string({ maxLength: 2, unit: anyCharacter });
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: token.length - 1 }), anyText, async (place, put) => {
        fc.pre(put !== token.charAt(place));
        const lastCreditEntry = `${token.slice(0, place)}${put}${token.slice(place + 1)}`;
        expect(await api.ledger(ADA, { lastCreditEntry })).toStrictEqual(invalidToken);
      }),
      { numRuns: propertyRuns(50) },
    );
  });

  it.for<[string, (token: string) => string]>([
    ['with a space after it', (token) => `${token} `],
    ['with a space before it', (token) => ` ${token}`],
    ['twice in one', (token) => token + token],
    ['of an entry that does not exist yet', (token) => token.replace('#8', '#13')],
    ['of an entry that never exists', (token) => token.replace('#8', '#0')],
    ['of another entry with the same time', (token) => token.replace('#8', '#9')],
    ['with a leading zero', (token) => token.replace('#8', '#08')],
    ['as other JSON', (token) => JSON.stringify(JSON.parse(token), null, 1)],
    ['as a number', () => '8'],
    ['as the name of a property of objects', () => '__proto__'],
    ['as half a percent-encoding', () => '%'],
    ['as null that became text', () => 'null'],
  ])('is refused %s', async ([_, change], { api }) => {
    const lastCreditEntry = change(await takeToken(api));
    expect(await api.ledger(ADA, { lastCreditEntry })).toStrictEqual(invalidToken);
    expect(await api.storefrontLedger(ADA, { lastCreditEntry })).toStrictEqual(invalidToken);
  });

  it('is refused twice in one request', async ({ api }) => {
    const once = `lastCreditEntry=${encodeURIComponent(await takeToken(api))}`;
    expect(await api.ledger(ADA, `?${once}&${once}`)).toStrictEqual(refusal('lastCreditEntry must be string'));
  });

  it('of one member is refused for any other, even one with the same number', async () => {
    const credits = [{ amount: 1, createdAt: 'now-P1D' }, { amount: 2 }];
    const members = [{ merchantId: RIDGE, customerId: ADA, credits }];
    const api = await startInveterate({ fixtures: toFixtures({ members }, ['default']) });
    const ridge = api.as(RIDGE_KEY);
    const token = { lastCreditEntry: await takeToken(api) };
    for (const id of [BENOIT, DMITRI]) expect(await api.ledger(id, token)).toStrictEqual(invalidToken);
    expect(await ridge.ledger(FINN, token)).toStrictEqual(invalidToken);
    expect(await api.ledger(FINN, token)).toStrictEqual(unknownCustomer);
    const { lastCreditEntry = '' } = shownIn(await ridge.ledger(ADA, { limit: 1 }));
    expect(amountsIn(await ridge.ledger(ADA, { lastCreditEntry }))).toEqual([1]);
    expect(await api.ledger(ADA, { lastCreditEntry })).toStrictEqual(invalidToken);
  });

  it('comes with the code of a member who has one', async ({ api }) => {
    await api.add(BENOIT, { amount: 5 });
    const { lastCreditEntry = '' } = shownIn(await api.ledger(BENOIT, { limit: 1 }));
    const last = shownIn(await api.ledger(BENOIT, { limit: 1, lastCreditEntry }));
    expect(last).toMatchObject({ credits: [{ amount: 30 }], redemption: { code: CODE, value: 10 } });
  });
});

describe('a page of members', () => {
  const IDS = [ADA, BENOIT, CHIYO, DMITRI, ...MAGIC];

  interface Page {
    readonly members: readonly { readonly customerId: string }[];
    readonly lastCustomerId?: string;
  }

  /** The ids on a page, and the one to go on from. */
  async function read(api: InveterateApi, query?: Query): Promise<readonly [readonly string[], string | undefined]> {
    const { members, lastCustomerId } = dataOf(await api.members(query)) as Page;
    return [members.map(({ customerId }) => customerId), lastCustomerId];
  }

  it.each([
    [undefined, 150],
    ['?limit=1', 1],
    ['?limit=100', 100],
    ['?limit=1000', 100],
  ])('with the query %s has %i of 150', async (query, size) => {
    const ids = countdown(150, 1).map(String);
    const members = ids.map((customerId) => ({ merchantId: LUMEN, customerId }));
    const api = await startInveterate({ fixtures: toFixtures({ merchants: [MERCHANT], members }) });
    const shown = ids.slice(0, size);
    expect(await read(api, query)).toEqual([shown, size < 150 ? shown.at(-1) : undefined]);
  });

  it.each([1, 2, 3, 4])('of %d leads to the next, with customers who join meanwhile at the end', async (limit) => {
    const api = await startInveterate();
    const seen: string[] = [];
    let joined = 0;
    for (let next: string | undefined = '', more = {}; next !== undefined; more = { lastCustomerId: next }) {
      const [ids, last] = await read(api, { limit, ...more });
      seen.push(...ids);
      next = last;
      if (next !== undefined && joined < 2) await api.enrol({ customerId: String((joined += 1)) });
    }
    expect(seen).toEqual([...IDS, ...['1', '2'].slice(0, joined)]);
  });

  it('without a limit goes on to the last member', async ({ api }) => {
    expect(await read(api, { lastCustomerId: BENOIT })).toEqual([IDS.slice(2), undefined]);
    expect(await read(api, { lastCustomerId: MAGIC.at(-1) ?? '' })).toEqual([[], undefined]);
  });

  it.for(['', '0'])('is the first one after the customer "%s", and an empty limit gives all', async (id, { api }) => {
    expect(await api.members(`?limit=&lastCustomerId=${id}`)).toStrictEqual(await api.members());
    expect(await api.members(`?limit=2&lastCustomerId=${id}`)).toStrictEqual(await api.members({ limit: 2 }));
  });

  it('follows a customer with the number 0 if there is one', async () => {
    const members = ['0', '1'].map((customerId) => ({ merchantId: LUMEN, customerId }));
    const api = await startInveterate({ fixtures: toFixtures({ merchants: [MERCHANT], members }) });
    expect(await read(api, { limit: 1, lastCustomerId: '0' })).toEqual([['1'], undefined]);
  });

  it('is refused after a customer who is not a member of the merchant', async ({ api }) => {
    const others = ['00', 'null', FINN, `${ADA}0`, ADA.slice(1), `%20${ADA}`, `${LUMEN}:${ADA}`, '__proto__', '%'];
    for (const id of others) {
      expect([id, await api.members(`?lastCustomerId=${id}`)]).toStrictEqual([id, invalidCustomer]);
    }
  });
});
