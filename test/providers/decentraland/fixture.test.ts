import { describe, expect, it } from 'vitest';

import { START } from '../../support/emulator.ts';
import {
  LASTING,
  NOBODY,
  PARTLY,
  RICH,
  SOON,
  anySignature,
  creditId,
  fieldOf,
  idsOf,
  list,
  listed,
  startDecentraland,
  startWire,
  toFixtures,
} from './api.ts';

const WALLET = { address: RICH };
const CREDIT = { id: creditId(1), address: RICH, amount: '5' };
const SEASON = { id: 1, name: 'S', startDate: '2026-01-01T00:00:00Z', endDate: '2026-02-01T00:00:00Z' };

/** What putting a state with these records says: nothing, or what is wrong where. */
async function put(section: object): Promise<unknown> {
  const api = await startDecentraland();
  return fieldOf(await api.control('put', '/state', { decentraland: section }), 'detail');
}

describe('a state', () => {
  it('may say as little as it may', async () => {
    expect(await put({})).toBeUndefined();
    expect(await put({ seasons: [SEASON], wallets: [WALLET], credits: [CREDIT] })).toBeUndefined();
  });

  it('has what is left out filled in', async () => {
    const api = await startDecentraland();
    const section = {
      seasons: [SEASON],
      wallets: [WALLET, { address: NOBODY, flag: { cause: 'captcha' } }, { address: PARTLY, flag: null }],
      credits: [CREDIT],
    };
    await api.control('put', '/state', { decentraland: section });
    expect(await api.control('get', '/state')).toEqual({
      clock: START,
      decentraland: {
        seasons: [
          {
            id: 1,
            name: 'S',
            description: '',
            startDate: '2026-01-01T00:00:00.000Z',
            endDate: '2026-02-01T00:00:00.000Z',
            maxMana: '0',
            isPaused: false,
          },
        ],
        wallets: [
          { address: RICH, registeredAt: START },
          {
            address: NOBODY.toLowerCase(),
            registeredAt: START,
            flag: { cause: 'captcha', until: null, ip: null, linkedAddresses: [] },
          },
          { address: PARTLY, registeredAt: START },
        ],
        credits: [
          {
            id: creditId(1),
            address: RICH,
            amount: '5',
            spent: '0',
            ended: false,
            createdAt: START,
            expiresAt: null,
            seasonId: 0,
          },
        ],
        goals: [],
        steps: [],
        captchas: [],
        purses: [],
        orders: [],
        purchases: [],
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
    expect(await api.credits(RICH)).toEqual(
      list(5, {
        id: creditId(1),
        amount: 5,
        status: 'AVAILABLE',
        createdAt: START,
        signature: anySignature,
        seasonId: 0,
      }),
    );
  });

  it.each([
    ['document', startDecentraland],
    ['wire', startWire],
  ])('comes back as it was put, however it was used before: %s', async (_, start) => {
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

  it('comes back in the order of the wallets and credits that it was put in', async () => {
    const api = await startDecentraland();
    const addresses = [SOON, NOBODY.toLowerCase(), RICH];
    const credits = [4, 2, 3].map((n, index) => ({ ...CREDIT, id: creditId(n), address: addresses[index] }));
    const section = { wallets: addresses.map((address) => ({ address })), credits };
    await api.control('put', '/state', { decentraland: section });
    const { decentraland } = (await api.control('get', '/state')) as { decentraland: typeof section };
    expect(decentraland.wallets.map(({ address }) => address)).toEqual(addresses);
    expect(decentraland.credits.map(({ id }) => id)).toEqual([creditId(4), creditId(2), creditId(3)]);
  });

  it('may have instants that are relative to its clock', async () => {
    const api = await startDecentraland();
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

  it('with a season that ends with all time can be put back after a grant', async () => {
    const seasons = [{ ...SEASON, endDate: '9999-12-31T00:00:00Z' }];
    const api = await startDecentraland({ fixtures: toFixtures({ seasons }) });
    await api.run('grant', { address: RICH, amount: '1' });
    expect((await api.credits(RICH)).status).toBe(200);
    expect(await api.control('put', '/state', (await api.control('get', '/state')) as object)).toEqual({});
  });

  it('with a season that has no length does not hide the one that runs', async () => {
    const seasons = [
      { ...SEASON, id: 1 },
      { ...SEASON, id: 2, endDate: SEASON.startDate },
    ];
    const api = await startDecentraland({ fixtures: toFixtures({ seasons }) });
    expect(await api.call('get', '/seasons')).toMatchObject({ body: { past: [{ id: 2 }], current: { id: 1 } } });
    expect(await api.call('get', '/season')).toMatchObject({ status: 200, body: { id: 1, week: 1 } });
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
    const ended = fieldOf(await api.control('get', '/state'), 'decentraland', 'credits') as { ended: boolean }[];
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
    expect(fieldOf(await api.control('get', '/state'), 'decentraland', 'wallets', 0)).not.toHaveProperty('flag');
  });

  it('keeps its distances in a sandbox that is made later', async () => {
    const api = await startDecentraland();
    await api.advance('P1D');
    const later = await api.app.get(`/decentraland/users/${SOON}/credits`).set('X-Emulator-Sandbox', 'later');
    expect(later.body).toEqual(list(4, listed(4)).body);
  });
});

describe('a later fixture', () => {
  const base = ['default'];

  it('gives a credit another expiry and amount', async () => {
    const credits = [{ id: creditId(4), address: SOON, amount: '9', expiresAt: 'now+P1D' }];
    const api = await startDecentraland({ fixtures: toFixtures({ credits }, base) });
    await api.advance('PT2H');
    expect(await api.credits(SOON)).toMatchObject({ body: { credits: [{ amount: 9 }], totalCredits: 9 } });
    await api.advance('PT22H');
    expect(await api.credits(SOON)).toEqual(list(0));
  });

  it('takes the expiry of a credit away', async () => {
    const credits = [{ id: creditId(4), address: SOON, amount: '4' }];
    const api = await startDecentraland({ fixtures: toFixtures({ credits }, base) });
    await api.advance('P100D');
    expect(await api.credits(SOON)).toMatchObject({ body: { totalCredits: 4 } });
  });

  it('replaces a wallet and leaves it its credits', async () => {
    const api = await startDecentraland({ fixtures: toFixtures({ wallets: [{ ...WALLET, flag: null }] }, base) });
    expect(await api.credits(RICH)).toEqual(list(12.5, listed(1), listed(2)));
    expect(await api.control('get', `/accounts?account=${RICH}`)).toMatchObject({
      accounts: [{ balance: '12500000000000000000' }],
    });
  });

  it('adds a credit to a wallet of an earlier one', async () => {
    const credits = [{ ...CREDIT, id: creditId(9) }];
    const api = await startDecentraland({ fixtures: toFixtures({ credits }, base) });
    expect(fieldOf(await api.credits(RICH), 'body', 'totalCredits')).toBe(17.5);
  });

  it('cannot take a credit to another wallet', async () => {
    const credits = [{ ...CREDIT, address: PARTLY }];
    await expect(startDecentraland({ fixtures: toFixtures({ credits }, base) })).rejects.toThrow(
      `decentraland.credits[0].address: The credit is one of ${RICH}.`,
    );
  });

  it.each([
    ['as they are', (seasons: readonly object[]) => seasons],
    ['turned round', (seasons: readonly object[]) => seasons.toReversed()],
  ])('lets two seasons exchange their times, in an order %s', async (_, order) => {
    const seasons = order([
      { id: 1, name: 'A', startDate: 'now-P10D', endDate: 'now+P46D' },
      { id: 2, name: 'B', startDate: 'now-P90D', endDate: 'now-P10D' },
    ]);
    const api = await startDecentraland({ fixtures: toFixtures({ seasons }, base) });
    expect(await api.call('get', '/season')).toMatchObject({ status: 200, body: { id: 1, week: 2 } });
  });

  it('cannot let a season run at the same time as one of an earlier one', async () => {
    const seasons = [{ ...SEASON, id: 9 }];
    await expect(startDecentraland({ fixtures: toFixtures({ seasons }, base) })).rejects.toThrow(
      'decentraland.seasons[0].startDate: The season 2 runs at the same time.',
    );
  });
});
