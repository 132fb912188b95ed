import { describe, expect } from 'vitest';

import { START } from '../../support/emulator.ts';
import {
  FORMATS,
  LASTING,
  NOBODY,
  PARTLY,
  RICH,
  SOON,
  anySignature,
  creditId,
  fieldOf,
  idsOf,
  it,
  list,
  listed,
  startDecentraland,
  stateOf,
  toFixtures,
  totalOf,
  type DecentralandApi,
} from './api.ts';

const WALLET = { address: RICH };
const CREDIT = { id: creditId(1), address: RICH, amount: '5' };
const SEASON = { id: 1, name: 'S', startDate: START, endDate: '2026-02-01T00:00:00.000Z' };

/** The other lists, without an entry. */
const NONE = { goals: [], steps: [], captchas: [], purses: [], orders: [], purchases: [] };

/** Puts a state with these records, and returns the error, if any. */
async function put(section: object): Promise<unknown> {
  const api = await startDecentraland();
  return fieldOf(await api.control('put', '/state', { decentraland: section }), 'detail');
}

const seasons = (...all: readonly object[]): object => ({ seasons: all });
const wallets = (...all: readonly object[]): object => ({ wallets: all });
const credits = (...all: readonly object[]): object => ({ wallets: [WALLET, { address: PARTLY }], credits: all });

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
      `wallets[1].address: The wallet ${NOBODY.toLowerCase()} appears twice.`,
    ],
    ['a credit of an unknown wallet', { credits: [CREDIT] }, `credits[0].address: There is no wallet ${RICH}.`],
    ['an amount of 0', credits({ ...CREDIT, amount: '0' }), AMOUNT],
    ['a negative amount', credits({ ...CREDIT, amount: '-1' }), AMOUNT],
    ['an amount in parts of a wei', credits({ ...CREDIT, amount: '0.0000000000000000001' }), AMOUNT],
    ['an amount with a unit', credits({ ...CREDIT, amount: '5 MANA' }), AMOUNT],
    ['more spent than the amount', credits({ ...CREDIT, spent: '5.000000000000000001' }), SPENT],
    ['a negative amount spent', credits({ ...CREDIT, spent: '-1' }), SPENT],
    ['a word as the amount spent', credits({ ...CREDIT, spent: 'all' }), SPENT],
  ])('refuses %s', async (_, section, fault) => {
    expect(await put(section)).toBe(`body: decentraland.${fault}`);
  });

  it.each<[string, object]>([
    ['nothing', {}],
    ['required fields only', { seasons: [SEASON], wallets: [WALLET], credits: [CREDIT] }],
    [
      'seasons that follow each other',
      seasons(SEASON, { ...SEASON, id: 2, startDate: SEASON.endDate, endDate: 'now+P90D' }),
    ],
    ['a credit that is spent to the last wei', credits({ ...CREDIT, spent: '5.000000000000000000' })],
    ['a credit of which nothing is spent', credits({ ...CREDIT, spent: '0.00' })],
    ['a credit of an unknown season', credits({ ...CREDIT, seasonId: 99 })],
    ['an address in any case', wallets({ address: NOBODY })],
    ['MANA to the last digit', seasons({ ...SEASON, maxMana: '0.123456789012345678' })],
  ])('accepts %s', async (_, section) => {
    expect(await put(section)).toBeUndefined();
  });
});

describe('a state', () => {
  it('has what is left out filled in', async ({ api }) => {
    const section = {
      seasons: [SEASON],
      wallets: [WALLET, { address: NOBODY, flag: { cause: 'captcha' } }, { address: PARTLY, flag: null }],
      credits: [CREDIT],
    };
    await api.control('put', '/state', { decentraland: section });
    expect(await api.control('get', '/state')).toEqual({
      clock: START,
      decentraland: {
        seasons: [{ ...SEASON, description: '', maxMana: '0', isPaused: false }],
        wallets: [
          { address: RICH, registeredAt: START },
          {
            address: NOBODY.toLowerCase(),
            registeredAt: START,
            flag: { cause: 'captcha', until: null, ip: null, linkedAddresses: [] },
          },
          { address: PARTLY, registeredAt: START },
        ],
        credits: [{ ...CREDIT, spent: '0', ended: false, createdAt: START, expiresAt: null, seasonId: 0 }],
        ...NONE,
      },
      emulator: {
        randomSeed: 1,
        counters: { 'ids decentraland/credit': 1, 'ids decentraland/wallet': 3 },
        due: [],
        rules: [],
        fired: {},
        windows: [],
      },
    });
    const shown = { id: CREDIT.id, amount: 5, status: 'AVAILABLE', createdAt: START, seasonId: 0 };
    expect(await api.credits(RICH)).toEqual(list(5, { ...shown, signature: anySignature }));
  });

  it.each(FORMATS)('is the same after it is loaded, however it was used before: %s', async (_, start) => {
    const api = await start();
    await api.run('grant', { address: NOBODY, amount: '12.345678901234567890', goalId: 'a' });
    await api.run('grant', { address: NOBODY, amount: '1', expiresAt: null });
    await api.run('grant', { address: RICH, amount: '1', expiresAt: '2026-01-01T00:30:00.123Z' });
    await api.advance('PT1H');
    await api.run('consume', { address: NOBODY, amount: '12.345678901234567889' });
    await api.run('consume', { address: RICH, amount: '10' });
    await api.run('revoke', { address: PARTLY, creditId: creditId(3) });
    await api.run('flag', { address: NOBODY, cause: 'captcha' });
    await api.run('flag', { address: SOON, cause: 'multi-account', ip: '192.0.2.1', linkedAddresses: [RICH] });
    await api.run('pauseSeason');
    await api.run('endSeason');
    await api.call('post', '/users', { address: `0x${'9'.repeat(40)}` });

    const state = (await api.control('get', '/state')) as object;
    const other = await start();
    expect(await other.control('put', '/state', state)).toEqual({});
    expect(await other.control('get', '/state')).toEqual(state);
    expect(await other.control('get', '/accounts')).toEqual(await api.control('get', '/accounts'));
    for (const later of ['PT0S', 'P1D', 'P70D']) {
      await api.advance(later);
      await other.advance(later);
      for (const address of [RICH, PARTLY, SOON, LASTING, NOBODY]) {
        expect(await other.credits(address)).toEqual(await api.credits(address));
      }
      expect(await other.call('get', '/seasons')).toEqual(await api.call('get', '/seasons'));
    }
  });

  it('keeps the order of wallets and credits', async ({ api }) => {
    const known = [SOON, NOBODY.toLowerCase(), RICH].map((address) => ({ address }));
    const own = [4, 2, 3].map((n, index) => ({ ...CREDIT, ...known[index], id: creditId(n) }));
    await api.control('put', '/state', { decentraland: { wallets: known, credits: own } });
    expect(await stateOf(api, 'wallets')).toMatchObject(known);
    expect(await stateOf(api, 'credits')).toMatchObject(own);
  });

  it('may have instants that are relative to its clock', async ({ api }) => {
    await api.control('put', '/state', {
      clock: '2026-03-15T12:00:00Z',
      decentraland: {
        seasons: [{ ...SEASON, startDate: 'now-P1D', endDate: 'now+P6D' }],
        wallets: [
          { address: RICH, registeredAt: 'now-PT1H', flag: { cause: 'captcha', until: 'now+PT1H' } },
          { address: PARTLY },
        ],
        credits: [{ ...CREDIT, createdAt: 'now-PT1S', expiresAt: 'now+PT2H' }],
      },
    });
    expect(await api.control('get', '/state')).toMatchObject({
      decentraland: {
        seasons: [{ startDate: '2026-03-14T12:00:00.000Z', endDate: '2026-03-21T12:00:00.000Z' }],
        wallets: [
          { registeredAt: '2026-03-15T11:00:00.000Z', flag: { until: '2026-03-15T13:00:00.000Z' } },
          { registeredAt: '2026-03-15T12:00:00.000Z' },
        ],
        credits: [{ createdAt: '2026-03-15T11:59:59.000Z', expiresAt: '2026-03-15T14:00:00.000Z' }],
      },
    });
    expect((await api.credits(RICH)).status).toBe(401);
    await api.advance('PT1H');
    expect(idsOf(await api.credits(RICH))).toEqual([creditId(1)]);
    await api.advance('PT1H');
    expect(await api.credits(RICH)).toEqual(list(0));
  });

  it('with a season that ends at the end of time can be loaded after a grant', async () => {
    const api = await startDecentraland({
      fixtures: toFixtures(seasons({ ...SEASON, endDate: '9999-12-31T00:00:00Z' })),
    });
    await api.run('grant', { address: RICH, amount: '1' });
    expect((await api.credits(RICH)).status).toBe(200);
    expect(await api.control('put', '/state', (await api.control('get', '/state')) as object)).toEqual({});
  });
});

describe('a seed', () => {
  it('has credits that have expired by its start ended, and at which instant', async () => {
    const api = await startDecentraland({
      fixtures: toFixtures({
        wallets: [WALLET],
        credits: [
          { ...CREDIT, id: creditId(1), expiresAt: 'now-P1D' },
          { ...CREDIT, id: creditId(2), expiresAt: 'now' },
          { ...CREDIT, id: creditId(3), ended: true },
          { ...CREDIT, id: creditId(4), spent: '5.0', expiresAt: 'now-P1D' },
          { ...CREDIT, id: creditId(5), expiresAt: 'now+PT0.001S' },
        ],
      }),
    });
    expect(idsOf(await api.credits(RICH))).toEqual([creditId(5)]);
    const ended = await stateOf<{ readonly ended: boolean }>(api, 'credits');
    expect(ended.map((credit) => credit.ended)).toEqual([true, true, true, true, false]);
    const { entries } = (await api.control('get', '/ledger')) as { entries: { at: string; delta: string }[] };
    expect(entries.map(({ at, delta }) => [at, delta])).toEqual([
      ['2026-01-01T00:00:00.000Z', '-5000000000000000000'],
      ['2025-12-31T00:00:00.000Z', '-5000000000000000000'],
    ]);
  });

  it('has flags that have ended by its start taken away', async () => {
    const flag = { cause: 'captcha', until: 'now-PT1S' };
    const api = await startDecentraland({ fixtures: toFixtures({ wallets: [{ ...WALLET, flag }] }) });
    expect(await api.credits(RICH)).toEqual(list(0));
    expect((await stateOf(api, 'wallets'))[0]).not.toHaveProperty('flag');
  });

  it('keeps its distances in a sandbox that is made later', async ({ api }) => {
    await api.advance('P1D');
    const later = await api.app.get(`/decentraland/users/${SOON}/credits`).set('X-Emulator-Sandbox', 'later');
    expect(later.body).toEqual(list(4, listed(4)).body);
  });
});

describe('a later fixture', () => {
  const start = (section: object): Promise<DecentralandApi> =>
    startDecentraland({ fixtures: toFixtures(section, ['default']) });

  it('changes the expiry and the amount of a credit', async () => {
    const credit = { id: creditId(4), address: SOON, amount: '9' };
    const api = await start({ credits: [{ ...credit, expiresAt: 'now+P1D' }] });
    await api.advance('PT2H');
    expect(await api.credits(SOON)).toMatchObject({ body: { credits: [{ amount: 9 }], totalCredits: 9 } });
    await api.advance('PT22H');
    expect(await api.credits(SOON)).toEqual(list(0));
    const lasting = await start({ credits: [credit] });
    await lasting.advance('P100D');
    expect(await totalOf(lasting, SOON)).toBe(9);
  });

  it('replaces a wallet and keeps its credits, or adds another one', async () => {
    const replaced = await start({ wallets: [{ ...WALLET, flag: null }] });
    expect(await replaced.credits(RICH)).toEqual(list(12.5, listed(1), listed(2)));
    const added = await start({ credits: [{ ...CREDIT, id: creditId(9) }] });
    expect(await totalOf(added, RICH)).toBe(17.5);
    for (const [api, balance] of [
      [replaced, '12500000000000000000'],
      [added, '17500000000000000000'],
    ] as const) {
      const accounts = [{ balance }];
      expect(await api.control('get', `/accounts?account=${RICH}`)).toMatchObject({ accounts });
    }
  });

  it.each([
    [
      'move a credit to another wallet',
      { credits: [{ ...CREDIT, address: PARTLY }] },
      'credits[0].address: The credit is one of 0x1111111111111111111111111111111111111111.',
    ],
    [
      'add a season at the same time as an earlier one',
      seasons({ ...SEASON, id: 9 }),
      'seasons[0].startDate: The season 2 runs at the same time.',
    ],
  ])('cannot %s', async (_, section, error) => {
    await expect(start(section)).rejects.toThrow(`decentraland.${error}`);
  });

  it.each(['the same', 'reverse'])('can exchange the times of two seasons in %s order', async (order) => {
    const all = [
      { id: 1, name: 'A', startDate: 'now-P10D', endDate: 'now+P46D' },
      { id: 2, name: 'B', startDate: 'now-P90D', endDate: 'now-P10D' },
    ];
    const api = await start(seasons(...(order === 'reverse' ? all.toReversed() : all)));
    expect(await api.call('get', '/season')).toMatchObject({ status: 200, body: { id: 1, week: 2 } });
  });
});
