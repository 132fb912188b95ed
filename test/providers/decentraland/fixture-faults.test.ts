import { describe, expect, it } from 'vitest';

import { NOBODY, PARTLY, RICH, creditId, fieldOf, startDecentraland } from './api.ts';

const WALLET = { address: RICH };
const CREDIT = { id: creditId(1), address: RICH, amount: '5' };
const SEASON = { id: 1, name: 'S', startDate: '2026-01-01T00:00:00Z', endDate: '2026-02-01T00:00:00Z' };

/** What putting a state with these records says: nothing, or what is wrong where. */
async function put(section: object): Promise<unknown> {
  const api = await startDecentraland();
  return fieldOf(await api.control('put', '/state', { decentraland: section }), 'detail');
}

const seasons = (...list: readonly object[]): object => ({ seasons: list });
const wallets = (...list: readonly object[]): object => ({ wallets: list });
const credits = (...list: readonly object[]): object => ({ wallets: [WALLET, { address: PARTLY }], credits: list });

const AMOUNT = 'credits[0].amount: Write MANA above 0, such as "12.5".';
const SPENT = 'credits[0].spent: Write MANA of at most the amount, such as "2.5".';

describe('the section of a fixture', () => {
  it.each<[string, object, string]>([
    [
      'a season that ends before it begins',
      seasons({ ...SEASON, endDate: '2025-12-31T23:59:59.999Z' }),
      'seasons[0].endDate: It lies before the startDate.',
    ],
    [
      'two seasons at the same time',
      seasons(SEASON, { ...SEASON, id: 2, startDate: '2026-01-31T23:59:59.999Z', endDate: '2026-03-01T00:00:00Z' }),
      'seasons[1].startDate: The season 1 runs at the same time.',
    ],
    [
      'a season within another one',
      seasons({ ...SEASON, id: 2, startDate: '2026-01-10T00:00:00Z', endDate: '2026-01-11T00:00:00Z' }, SEASON),
      'seasons[1].startDate: The season 2 runs at the same time.',
    ],
    [
      'two wallets with one address in two cases',
      wallets({ address: NOBODY }, { address: NOBODY.toLowerCase() }),
      `wallets[1].address: The wallet ${NOBODY.toLowerCase()} is there twice.`,
    ],
    ['a credit of nobody', { credits: [CREDIT] }, `credits[0].address: There is no wallet ${RICH}.`],
    ['an amount of nothing', credits({ ...CREDIT, amount: '0' }), AMOUNT],
    ['an amount below nothing', credits({ ...CREDIT, amount: '-1' }), AMOUNT],
    ['an amount in parts of a wei', credits({ ...CREDIT, amount: '0.0000000000000000001' }), AMOUNT],
    ['an amount that is none', credits({ ...CREDIT, amount: '5 MANA' }), AMOUNT],
    ['more spent than there was', credits({ ...CREDIT, spent: '5.000000000000000001' }), SPENT],
    ['less spent than nothing', credits({ ...CREDIT, spent: '-1' }), SPENT],
    ['what is no amount spent', credits({ ...CREDIT, spent: 'all' }), SPENT],
  ])('refuses %s', async (_, section, fault) => {
    expect(await put(section)).toBe(`body: decentraland.${fault}`);
  });

  it.each<[string, object]>([
    [
      'seasons that follow each other',
      seasons(SEASON, { ...SEASON, id: 2, startDate: SEASON.endDate, endDate: 'now+P90D' }),
    ],
    ['a credit that is spent to the last wei', credits({ ...CREDIT, spent: '5.000000000000000000' })],
    ['a credit of which nothing is spent', credits({ ...CREDIT, spent: '0.00' })],
    ['a credit of no season that is known', credits({ ...CREDIT, seasonId: 99 })],
    ['an address in any case', wallets({ address: NOBODY })],
    ['MANA to the last digit', seasons({ ...SEASON, maxMana: '0.123456789012345678' })],
  ])('takes %s', async (_, section) => {
    expect(await put(section)).toBeUndefined();
  });
});
