import { describe, expect } from 'vitest';

import {
  CHIYO,
  FINN,
  LUMEN,
  NOBODY,
  RIDGE,
  RIDGE_KEY,
  amountsOf,
  at,
  balanceOf,
  codeOf,
  dataOf,
  entry,
  it,
  ledgerOf,
  movement,
  refusedByControl,
  shownIn,
  startInveterate,
  startWithMember,
  submitted,
  toFixtures,
  type InveterateApi,
} from './api.ts';

const CODE = 'REDEEM+0000000000000000';
const DAY_3 = '2026-01-03T00:00:00.000Z';

/** The entry of expired credits. */
function expired(customerId: string, lost: number, balance: number, time: string, other: object = {}): object {
  return entry(customerId, -lost, balance, { reason: 'EXPIRED', ...at(time), ...other });
}

/** The same in the emulator's own ledger. */
function moved(account: string, amounts: readonly [string, string, string], time: string, id = '1'): object {
  return movement(account, amounts, { id, at: time, cause: 'due', operation: 'expire' });
}

describe('credits with an expiration date', () => {
  it('stay until then, and expire by an entry at that instant', async ({ api }) => {
    const { credits } = shownIn(await api.ledger(CHIYO));
    const member = dataOf(await api.member(CHIYO));
    await api.advance('PT47H59M59.999S');
    expect(await api.ledger(CHIYO)).toEqual(ledgerOf(credits));
    expect(dataOf(await api.member(CHIYO))).toEqual(member);
    expect(await api.emulatorLedger()).toEqual([]);
    await api.advance('PT0.001S');
    expect(await balanceOf(api, CHIYO)).toBe(4);
    await api.advance('P10D');
    expect(await api.ledger(CHIYO)).toEqual(ledgerOf([expired(CHIYO, 8, 12, DAY_3), ...credits]));
    expect(dataOf(await api.member(CHIYO))).toEqual({ ...member, credit: 4, updatedAt: DAY_3 });
    expect(await api.emulatorLedger()).toEqual([moved(CHIYO, ['-8', '12', '4'], DAY_3)]);
  });

  it('expire as far as they are left', async ({ api }) => {
    await api.add(CHIYO, { amount: -2.75 });
    await api.advance('P2D');
    const { credits } = shownIn(await api.ledger(CHIYO, { limit: 2 }));
    expect(credits).toEqual([expired(CHIYO, 5.25, 9.25, DAY_3), entry(CHIYO, -2.75, 12)]);
  });

  it('are spent first if they expire sooner, however old others are, and before those that never expire', async () => {
    const api = await startWithMember({
      credits: [
        { amount: 1 },
        { amount: 5, expirationDate: 'now+P3D' },
        { amount: 7, expirationDate: 'now+P1D' },
        { amount: 3 },
      ],
    });
    await api.add(NOBODY, { amount: -9 });
    await api.advance('P1D');
    expect(await amountsOf(api, NOBODY)).toEqual([-9, 3, 7, 5, 1]);
    await api.advance('P2D');
    expect(await amountsOf(api, NOBODY)).toEqual([-3, -9, 3, 7, 5, 1]);
  });

  it('expire entry by entry, also at the same instant', async () => {
    const [same, later] = ['2026-01-01T00:00:01.000Z', '2026-01-01T00:00:01.001Z'];
    const api = await startWithMember({
      credits: [
        { amount: 5, expirationDate: same },
        { amount: 3, expirationDate: same },
        { amount: 2, expirationDate: later },
      ],
    });
    await api.add(NOBODY, { amount: -1 });
    await api.advance('PT2S');
    expect(shownIn(await api.ledger(NOBODY)).credits.slice(0, 3)).toEqual([
      expired(NOBODY, 2, 2, later),
      expired(NOBODY, 3, 5, same),
      expired(NOBODY, 4, 9, same),
    ]);
    expect((await api.emulatorLedger()).slice(0, -1)).toEqual([
      moved(NOBODY, ['-2', '2', '0'], later, '4'),
      moved(NOBODY, ['-3', '5', '2'], same, '3'),
      moved(NOBODY, ['-4', '9', '5'], same, '2'),
    ]);
  });

  it('that are due before the start expire with it, at their own instant', async () => {
    const credits = [{ amount: 5, createdAt: 'now-P9D', expirationDate: 'now-P1D' }, { amount: 2 }];
    const api = await startWithMember({ credits });
    const due = '2025-12-31T00:00:00.000Z';
    expect(shownIn(await api.ledger(NOBODY)).credits[0]).toEqual(expired(NOBODY, 5, 7, due));
    expect(await api.emulatorLedger()).toEqual([moved(NOBODY, ['-5', '7', '2'], due)]);
  });

  it.for<[string, (api: InveterateApi) => Promise<unknown>]>([
    ['spent', (api) => api.add(CHIYO, { amount: -8 })],
    [
      'spent and replaced',
      async (api) => {
        for (const amount of [-12, 12]) await api.add(CHIYO, { amount });
      },
    ],
    ['expired earlier', (api) => api.control('expireCredits', { merchantId: LUMEN, customerId: CHIYO, amount: 8 })],
  ])('do not expire once they are %s', async ([_, act], { api }) => {
    await act(api);
    const read = (): Promise<unknown> => Promise.all([api.ledger(CHIYO), api.member(CHIYO), api.emulatorLedger()]);
    const before = await read();
    await api.advance('P30D');
    expect(await read()).toEqual(before);
  });
});

describe('a code of a member whose credits expire', () => {
  const credits = [{ amount: 10 }, { amount: 20, expirationDate: 'now+P1D' }];

  it.each([
    ['is disabled if the rest is less', '10.01', null],
    ['is kept if the rest is as much', 10, { code: CODE, value: 10 }],
  ])('%s', async (_, value, after) => {
    const api = await startWithMember({ credits, redemption: { code: CODE, value } });
    const before = shownIn(await api.ledger(NOBODY));
    await api.advance('PT23H59M59.999S');
    expect(shownIn(await api.ledger(NOBODY))).toEqual(before);
    await api.advance('P1D');
    const row = expired(NOBODY, 20, 30, '2026-01-02T00:00:00.000Z');
    expect(await api.ledger(NOBODY)).toEqual(ledgerOf([row, ...before.credits], after));
  });

  it('cannot be used once it is disabled', async () => {
    const api = await startWithMember({ credits, redemption: { code: CODE, value: 30 } });
    await api.advance('P1D');
    await api.refuses(refusedByControl('No member has this code.'), () => api.control('useCode', { code: CODE }));
    await api.redeem(NOBODY);
    expect(await codeOf(api, NOBODY)).toMatchObject({ value: 10 });
  });
});

describe('a merchant whose credits expire', () => {
  const [NOW, EXPIRY] = ['2026-01-01T12:34:56.789Z', '2026-01-31T12:34:56.789Z'];
  const ofRidge = { merchantId: RIDGE };

  it('has additions expire a number of days later at the same time of day, and no removals', async () => {
    const api = (await startInveterate()).as(RIDGE_KEY);
    const seeded = shownIn(await api.ledger(FINN)).credits;
    expect(seeded).toMatchObject([{ amount: 50, expirationDate: null }]);
    await api.advance('PT12H34M56.789S');
    expect(await api.add(FINN, { amount: 5.5, note: 'Sorry' })).toEqual(submitted);
    await api.add(FINN, { amount: -1 });
    const credits = [
      entry(FINN, -1, 55.5, { ...ofRidge, ...at(NOW) }),
      entry(FINN, 5.5, 50, { ...ofRidge, note: 'Sorry', expirationDate: EXPIRY, ...at(NOW) }),
      ...seeded,
    ];
    await api.advance('P29DT23H59M59.999S');
    expect(await api.ledger(FINN)).toEqual(ledgerOf(credits));
    await api.advance('PT0.001S');
    expect(await api.ledger(FINN)).toEqual(ledgerOf([expired(FINN, 4.5, 54.5, EXPIRY, ofRidge), ...credits]));
  });

  it.each<[string, (api: InveterateApi) => Promise<unknown>]>([
    ['who joins', (api) => api.enrol({ customerId: NOBODY, credits: 7 })],
    [
      'whom the shop creates',
      (api) => api.control('createMember', { merchantId: RIDGE, customerId: NOBODY, credits: 7 }),
    ],
  ])('has the first credits of a member expire %s', async (_, join) => {
    const api = (await startInveterate()).as(RIDGE_KEY);
    await api.advance('PT12H34M56.789S');
    await join(api);
    const first = entry(NOBODY, 7, 0, { ...ofRidge, expirationDate: EXPIRY, ...at(NOW) });
    expect(await api.ledger(NOBODY)).toEqual(ledgerOf([first]));
    await api.advance('P31D');
    expect(await api.ledger(NOBODY)).toEqual(ledgerOf([expired(NOBODY, 7, 7, EXPIRY, ofRidge), first]));
    expect(dataOf(await api.member(NOBODY))).toMatchObject({ credit: 0, creditsEarned: 7, updatedAt: EXPIRY });
  });

  it('leaves those of another merchant as they are', async ({ api }) => {
    await api.add(CHIYO, { amount: 1 });
    await api.advance('P400D');
    expect(await amountsOf(api, CHIYO)).toEqual([-8, 1, 8, 4]);
  });
});

describe('a later expiry', () => {
  it('happens in a state that was put into another emulator, as far as credits are left, and once', async ({ api }) => {
    const ridge = api.as(RIDGE_KEY);
    for (const amount of [5, -1]) await ridge.add(FINN, { amount });
    await api.add(CHIYO, { amount: -3 });
    const other = await (await startInveterate({ fixtures: toFixtures({}) })).copy(api);
    for (const one of [api, other]) await one.advance('P30D');
    expect(await amountsOf(other, CHIYO)).toEqual([-5, -3, 8, 4]);
    expect(await amountsOf(other.as(RIDGE_KEY), FINN)).toEqual([-4, -1, 5, 50]);
    expect(await other.state()).toEqual(await api.state());
    await (await other.copy()).advance('P30D');
    expect(await amountsOf(other, CHIYO)).toEqual([-5, -3, 8, 4]);
    expect(await other.emulatorLedger()).toEqual([]);
  });

  it('is due again after a reset, and nothing else is', async ({ api }) => {
    const before = await api.everything();
    await api.as(RIDGE_KEY).add(FINN, { amount: 5 });
    await api.advance('P2D');
    await api.app.post('/_emulator/reset').expect(204);
    expect(await api.everything()).toEqual(before);
    await api.advance('P60D');
    expect(await api.emulatorLedger()).toEqual([moved(CHIYO, ['-8', '12', '4'], DAY_3)]);
  });

  it('keeps its date if the merchant gets another rule', async ({ api }) => {
    const ridge = api.as(RIDGE_KEY);
    await ridge.add(FINN, { amount: 5 });
    const state = (await api.emulator('get', '/state')) as { readonly inveterate: { readonly merchants: object[] } };
    const merchants = state.inveterate.merchants.map((merchant) => ({ ...merchant, creditExpiryDays: 1 }));
    const inveterate = { ...state.inveterate, merchants };
    await api.app
      .put('/_emulator/state')
      .send({ ...state, inveterate })
      .expect(204);
    await ridge.add(FINN, { amount: 3 });
    expect(shownIn(await ridge.ledger(FINN)).credits.map(({ expirationDate }) => expirationDate)).toEqual([
      '2026-01-02T00:00:00.000Z',
      '2026-01-31T00:00:00.000Z',
      null,
    ]);
    await api.advance('P40D');
    expect(await amountsOf(ridge, FINN)).toEqual([-5, -3, 3, 5, 50]);
  });
});
