import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { startEmulator } from '../../support/emulator.ts';
import { propertyRuns } from '../../support/property.ts';
import {
  ADA,
  BENOIT,
  CODE,
  DMITRI,
  FINN,
  LEDGERS,
  LUMEN_KEY,
  RIDGE,
  RIDGE_KEY,
  creditsOf,
  invalidToken,
  ledgerOf,
  refusal,
  shownIn,
  startInveterate,
  storefrontCreditsOf,
  toFixtures,
  unknownCustomer,
  type InveterateApi,
  type ShownLedger,
} from './api.ts';

const PATHS = { ledger: creditsOf, storefrontLedger: storefrontCreditsOf };
const ALL_OF_ADA = [10.8, -10, 20, 2.25, -2, 4, 5, 1.2, -5, 3.75, 2.5, 10];

/** Any character. The ready-made unit of them all costs a second and a half to make. */
const anyCharacter = fc
  .oneof(fc.nat({ max: 0xd7ff }), fc.integer({ min: 0xe000, max: 0x10ffff }))
  .map((point) => String.fromCodePoint(point));

/** The token behind Ada's five newest entries. */
async function takeToken(api: InveterateApi): Promise<string> {
  const { lastCreditEntry } = shownIn(await api.ledger(ADA, { limit: 5 }));
  expect(lastCreditEntry).toBeTypeOf('string');
  return lastCreditEntry ?? '';
}

describe.each(LEDGERS)('a token on the %s path', (_, ledger) => {
  it.each([1, 2, 5, 11, 12])('leads through the whole ledger by %d', async (limit) => {
    const api = await startInveterate();
    const amounts: number[] = [];
    const sizes: number[] = [];
    for (let next: string | undefined = '', more = {}; next !== undefined; more = { lastCreditEntry: next }) {
      const page = shownIn(await api[ledger](ADA, { limit, ...more }));
      amounts.push(...page.credits.map(({ amount }) => amount));
      sizes.push(page.credits.length);
      next = page.lastCreditEntry;
    }
    expect(amounts).toEqual(ALL_OF_ADA);
    expect(sizes).toEqual([...Array<number>(Math.ceil(12 / limit) - 1).fill(limit), 12 % limit || limit]);
  });

  it('leads to the whole rest without a limit', async () => {
    const api = await startInveterate();
    const page = shownIn(await api[ledger](ADA, { lastCreditEntry: await takeToken(api) }));
    expect(page.credits.map(({ amount }) => amount)).toEqual(ALL_OF_ADA.slice(5));
    expect(page).not.toHaveProperty('lastCreditEntry');
  });

  it('of one path is one of the other', async () => {
    const api = await startInveterate();
    const { lastCreditEntry = '' } = shownIn(await api[ledger](ADA, { limit: 11 }));
    const other = ledger === 'ledger' ? 'storefrontLedger' : 'ledger';
    expect(shownIn(await api[other](ADA, { lastCreditEntry })).credits).toMatchObject([{ amount: 10 }]);
  });

  it('finds the same entries whatever is added or taken meanwhile', async () => {
    const api = await startInveterate();
    const lastCreditEntry = await takeToken(api);
    const before = await api[ledger](ADA, { limit: 5, lastCreditEntry });
    await api.add(ADA, { amount: 5 });
    await api.add(ADA, { amount: -40 });
    expect(await api[ledger](ADA, { limit: 5, lastCreditEntry })).toStrictEqual(before);
  });

  it('comes with the code on every page', async () => {
    const api = await startInveterate();
    await api.add(BENOIT, { amount: 5 });
    const first = shownIn(await api[ledger](BENOIT, { limit: 1 }));
    expect(first).toMatchObject({ credits: [{ amount: 5 }], redemption: { code: CODE, value: 10 } });
    const { lastCreditEntry = '' } = first;
    expect(shownIn(await api[ledger](BENOIT, { limit: 1, lastCreditEntry }))).toMatchObject({
      credits: [{ amount: 30 }],
      redemption: { code: CODE, value: 10 },
    });
  });

  it('needs to be encoded: it has characters that end a value, or the query', async () => {
    const token = await takeToken(await startInveterate());
    expect(token).toContain('#');
    expect(encodeURIComponent(token)).not.toBe(token);
  });

  it('may be encoded once more', async () => {
    const api = await startInveterate();
    const token = await takeToken(api);
    const once = encodeURIComponent(token);
    const usual = await api[ledger](ADA, `?limit=3&lastCreditEntry=${once}`);
    expect(shownIn(usual).credits.map(({ amount }) => amount)).toEqual(ALL_OF_ADA.slice(5, 8));
    expect(await api[ledger](ADA, `?limit=3&lastCreditEntry=${encodeURIComponent(once)}`)).toStrictEqual(usual);
    const thrice = encodeURIComponent(encodeURIComponent(once));
    expect(await api[ledger](ADA, `?limit=3&lastCreditEntry=${thrice}`)).toStrictEqual(invalidToken);
  });

  it('is refused where a client forgets to encode it', async () => {
    const { urls } = await startEmulator({ providers: ['inveterate'] });
    const url = `${urls.inveterate}${PATHS[ledger](ADA)}`;
    const headers = { 'X-Inveterate-Api-Key': LUMEN_KEY };
    const page = (await (await fetch(`${url}?limit=5`, { headers })).json()) as { readonly data: ShownLedger };
    const { lastCreditEntry = '' } = page.data;
    const forgotten = await fetch(`${url}?limit=5&lastCreditEntry=${lastCreditEntry}`, { headers });
    expect({ status: forgotten.status, body: await forgotten.json() }).toStrictEqual(invalidToken);
    const encoded = await fetch(`${url}?limit=5&lastCreditEntry=${encodeURIComponent(lastCreditEntry)}`, { headers });
    expect(encoded.status).toBe(200);
  });

  it('is refused where anything is cut off from it, unless nothing is left', async () => {
    const api = await startInveterate();
    const token = await takeToken(api);
    const cuts = Array.from(token, (_, index) => [token.slice(0, index), token.slice(index + 1)]).flat();
    for (const cut of cuts.filter((text) => text !== '')) {
      expect([cut, await api[ledger](ADA, { lastCreditEntry: cut })]).toStrictEqual([cut, invalidToken]);
    }
    const encoded = encodeURIComponent(token);
    for (let length = 1; length < encoded.length; length += 1) {
      const cut = encoded.slice(0, length);
      expect([cut, await api[ledger](ADA, `?lastCreditEntry=${cut}`)]).toStrictEqual([cut, invalidToken]);
    }
  });

  it('is refused where anything in it is another', async () => {
    const api = await startInveterate();
    const token = await takeToken(api);
    await fc.assert(
      fc.asyncProperty(
        fc.nat({ max: token.length - 1 }),
        fc.string({ maxLength: 2, unit: anyCharacter }),
        async (at, put) => {
          fc.pre(put !== token.charAt(at));
          const lastCreditEntry = `${token.slice(0, at)}${put}${token.slice(at + 1)}`;
          expect(await api[ledger](ADA, { lastCreditEntry })).toStrictEqual(invalidToken);
        },
      ),
      { numRuns: propertyRuns(100) },
    );
  });

  it.each([
    ['with something behind it', (token: string) => `${token} `],
    ['with something before it', (token: string) => ` ${token}`],
    ['twice in one', (token: string) => token + token],
    ['of an entry that is not there yet', (token: string) => token.replace('#8', '#13')],
    ['of an entry that never is', (token: string) => token.replace('#8', '#0')],
    ['of another entry of the same time', (token: string) => token.replace('#8', '#9')],
    ['with more digits than there are', (token: string) => token.replace('#8', '#08')],
    ['as other JSON', (token: string) => JSON.stringify(JSON.parse(token), null, 1)],
    ['as a number', () => '8'],
    ['as the name of a property of objects', () => '__proto__'],
    ['as half a percent-encoding', () => '%'],
    ['as null that became a text', () => 'null'],
    ['as nothing that became a text', () => 'undefined'],
    ['as the start of another list', () => '0'],
  ])('is refused %s', async (_, change) => {
    const api = await startInveterate();
    const lastCreditEntry = change(await takeToken(api));
    expect(await api[ledger](ADA, { lastCreditEntry })).toStrictEqual(invalidToken);
  });

  it('is refused twice over', async () => {
    const api = await startInveterate();
    const once = `lastCreditEntry=${encodeURIComponent(await takeToken(api))}`;
    const answer = await api[ledger](ADA, `?${once}&${once}`);
    expect(answer).toStrictEqual(refusal('lastCreditEntry must be string'));
  });

  it('of one member is none of another', async () => {
    const api = await startInveterate();
    const lastCreditEntry = await takeToken(api);
    for (const id of [BENOIT, DMITRI]) expect(await api[ledger](id, { lastCreditEntry })).toStrictEqual(invalidToken);
    expect(await api.as(RIDGE_KEY)[ledger](FINN, { lastCreditEntry })).toStrictEqual(invalidToken);
    expect(await api.as(RIDGE_KEY)[ledger](ADA, { lastCreditEntry })).toStrictEqual(unknownCustomer);
  });

  it('of one merchant is none of another that has a customer of the same number', async () => {
    const credits = [{ amount: 1, createdAt: 'now-P1D' }, { amount: 2 }];
    const member = { merchantId: RIDGE, customerId: ADA, credits };
    const api = await startInveterate({ fixtures: toFixtures({ members: [member] }, ['default']) });
    const { lastCreditEntry = '' } = shownIn(await api.as(RIDGE_KEY)[ledger](ADA, { limit: 1 }));
    expect(shownIn(await api.as(RIDGE_KEY)[ledger](ADA, { lastCreditEntry })).credits).toMatchObject([{ amount: 1 }]);
    expect(await api[ledger](ADA, { lastCreditEntry })).toStrictEqual(invalidToken);
  });

  it('of the last entry leads to nothing', async () => {
    const api = await startInveterate();
    const { credits } = shownIn(await api[ledger](ADA));
    const token = (await takeToken(api)).replace(/"entry":.*/, `"entry":"${credits.at(-1)?.createdAt ?? ''}#1"}`);
    expect(await api[ledger](ADA, { limit: 5, lastCreditEntry: token })).toStrictEqual(ledgerOf([]));
  });
});
