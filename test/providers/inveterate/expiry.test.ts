import { describe, expect, it } from 'vitest';

import {
  CHIYO,
  FINN,
  LUMEN,
  LUMEN_KEY,
  NOBODY,
  RIDGE,
  RIDGE_KEY,
  balanceOf,
  codeOf,
  dataOf,
  entry,
  ledgerOf,
  refusedByControl,
  shownIn,
  startInveterate,
  submitted,
  toFixtures,
  type InveterateApi,
} from './api.ts';

const MERCHANT = { merchantId: LUMEN, name: 'Lumen Tea', apiKey: LUMEN_KEY };
const CODE = 'REDEEM+0000000000000000';

/** A member who has these credits, and nobody else. */
function startWith(credits: readonly object[], other: object = {}): Promise<InveterateApi> {
  const member = { merchantId: LUMEN, customerId: NOBODY, credits, ...other };
  return startInveterate({ fixtures: toFixtures({ merchants: [MERCHANT], members: [member] }) });
}

/** The row of credits that expire. */
function expired(customerId: string, lost: number, balance: number, at: string, other: object = {}): object {
  return entry(customerId, -lost, balance, { reason: 'EXPIRED', createdAt: at, updatedAt: at, ...other });
}

/** How the emulator's own ledger has it. */
function movement(id: number, account: string, [before, after]: readonly [string, string], at: string): object {
  return {
    id: String(id),
    at,
    provider: 'inveterate',
    tenant: LUMEN,
    account,
    unit: 'credits',
    delta: String(Number(after) - Number(before)),
    before,
    after,
    cause: 'due',
    operation: 'expire',
    requestId: null,
    key: null,
    memo: null,
  };
}

/** Amounts, newest first. */
async function amountsOf(api: InveterateApi, id: string): Promise<readonly number[]> {
  return shownIn(await api.ledger(id)).credits.map(({ amount }) => amount);
}

describe('credits with an expiration date', () => {
  it('are there until then, and expire with a row at that instant', async () => {
    const api = await startInveterate();
    const { credits } = shownIn(await api.ledger(CHIYO));
    const member = dataOf(await api.member(CHIYO)) as object;
    await api.advance('PT47H59M59.999S');
    expect(await api.ledger(CHIYO)).toEqual(ledgerOf(credits));
    expect(await api.member(CHIYO)).toEqual({ status: 200, body: { message: 'Member found', data: member } });
    expect(await api.emulatorLedger()).toEqual([]);

    await api.advance('P10D');
    const at = '2026-01-03T00:00:00.000Z';
    expect(await api.ledger(CHIYO)).toEqual(ledgerOf([expired(CHIYO, 8, 12, at), ...credits]));
    expect(dataOf(await api.member(CHIYO))).toEqual({ ...member, credit: 4, updatedAt: at });
    expect(await api.emulatorLedger()).toEqual([movement(1, CHIYO, ['12', '4'], at)]);
  });

  it('expire at their very instant', async () => {
    const api = await startInveterate();
    await api.advance('P2D');
    expect(await balanceOf(api, CHIYO)).toBe(4);
  });

  it('lose only what is left of them', async () => {
    const api = await startInveterate();
    await api.add(CHIYO, { amount: -2.75 });
    await api.advance('P2D');
    const { credits } = shownIn(await api.ledger(CHIYO, { limit: 2 }));
    const at = '2026-01-03T00:00:00.000Z';
    expect(credits).toEqual([expired(CHIYO, 5.25, 9.25, at), entry(CHIYO, -2.75, 12)]);
    expect(await api.emulatorLedger()).toMatchObject([movement(2, CHIYO, ['9.25', '4'], at), { delta: '-2.75' }]);
  });

  it('are not spent before those that expire sooner, however old these are', async () => {
    const api = await startWith([
      { amount: 1 },
      { amount: 5, expirationDate: 'now+P3D' },
      { amount: 7, expirationDate: 'now+P1D' },
    ]);
    await api.add(NOBODY, { amount: -9 });
    await api.advance('P1D');
    expect(await amountsOf(api, NOBODY)).toEqual([-9, 7, 5, 1]);
    await api.advance('P2D');
    expect(await amountsOf(api, NOBODY)).toEqual([-3, -9, 7, 5, 1]);
    expect(await balanceOf(api, NOBODY)).toBe(1);
  });

  it('are spent before those that never expire', async () => {
    const api = await startInveterate();
    await api.add(CHIYO, { amount: 3 });
    await api.add(CHIYO, { amount: -8 });
    await api.advance('P2D');
    expect(await amountsOf(api, CHIYO)).toEqual([-8, 3, 8, 4]);
  });

  it('expire each for itself, those of one instant too', async () => {
    const expirationDate = '2026-01-01T00:00:01Z';
    const api = await startWith([
      { amount: 5, expirationDate },
      { amount: 3, expirationDate },
      { amount: 2, expirationDate: '2026-01-01T00:00:01.001Z' },
    ]);
    await api.add(NOBODY, { amount: -1 });
    await api.advance('PT2S');
    const at = '2026-01-01T00:00:01.000Z';
    const late = '2026-01-01T00:00:01.001Z';
    expect(shownIn(await api.ledger(NOBODY)).credits.slice(0, 3)).toEqual([
      expired(NOBODY, 2, 2, late),
      expired(NOBODY, 3, 5, at),
      expired(NOBODY, 4, 9, at),
    ]);
    expect(await api.emulatorLedger()).toMatchObject([
      movement(4, NOBODY, ['2', '0'], late),
      movement(3, NOBODY, ['5', '2'], at),
      movement(2, NOBODY, ['9', '5'], at),
      { delta: '-1' },
    ]);
  });

  it('whose time came before the start expire with it, at their own instant', async () => {
    const api = await startWith([{ amount: 5, createdAt: 'now-P9D', expirationDate: 'now-P1D' }, { amount: 2 }]);
    const at = '2025-12-31T00:00:00.000Z';
    expect(shownIn(await api.ledger(NOBODY)).credits[0]).toEqual(expired(NOBODY, 5, 7, at));
    expect(await api.emulatorLedger()).toEqual([movement(1, NOBODY, ['7', '2'], at)]);
  });

  it.each<[string, (api: InveterateApi) => Promise<unknown>]>([
    ['spent', (api) => api.add(CHIYO, { amount: -8 })],
    ['spent with all others', (api) => api.add(CHIYO, { amount: -12 })],
    [
      'spent and as much added',
      async (api) => {
        await api.add(CHIYO, { amount: -12 });
        await api.add(CHIYO, { amount: 12 });
      },
    ],
    [
      'made to expire before',
      (api) => api.control('expireCredits', { merchantId: LUMEN, customerId: CHIYO, amount: 8 }),
    ],
  ])('do nothing at their time once they are %s', async (_, act) => {
    const api = await startInveterate();
    await act(api);
    const [ledger, member] = [await api.ledger(CHIYO), await api.member(CHIYO)];
    const entries = await api.emulatorLedger();
    await api.advance('P30D');
    expect([await api.ledger(CHIYO), await api.member(CHIYO)]).toEqual([ledger, member]);
    expect(await api.emulatorLedger()).toEqual(entries);
  });
});

describe('a code of a member whose credits expire', () => {
  const credits = [{ amount: 10 }, { amount: 20, expirationDate: 'now+P1D' }];

  it.each([
    ['is gone where the rest is less', '10.01', null],
    ['is kept where the rest is just as much', 10, { code: CODE, value: 10 }],
    ['is kept where the rest is more', '9.99', { code: CODE, value: 9.99 }],
  ])('%s', async (_, value, after) => {
    const api = await startWith(credits, { redemption: { code: CODE, value } });
    const before = shownIn(await api.ledger(NOBODY));
    await api.advance('PT23H59M59.999S');
    expect(shownIn(await api.ledger(NOBODY))).toEqual(before);
    await api.advance('P1D');
    const row = expired(NOBODY, 20, 30, '2026-01-02T00:00:00.000Z');
    expect(await api.ledger(NOBODY)).toEqual(ledgerOf([row, ...before.credits], after));
  });

  it('cannot be used once it is gone', async () => {
    const api = await startWith(credits, { redemption: { code: CODE, value: 30 } });
    await api.advance('P1D');
    const before = await api.everything();
    expect(await api.control('useCode', { code: CODE })).toEqual(refusedByControl(409, 'No member has this code.'));
    expect(await api.everything()).toEqual(before);
    await api.redeem(NOBODY);
    expect(await codeOf(api, NOBODY)).toMatchObject({ value: 10 });
  });
});

describe('a merchant whose credits expire', () => {
  it('has those expire that are added, so many days later at the same time of day', async () => {
    const lumen = await startInveterate();
    const api = lumen.as(RIDGE_KEY);
    const seeded = shownIn(await api.ledger(FINN)).credits;
    expect(seeded).toMatchObject([{ amount: 50, expirationDate: null }]);
    await api.advance('PT12H34M56.789S');
    expect(await api.add(FINN, { amount: 5.5, note: 'Sorry' })).toEqual(submitted);
    const now = '2026-01-01T12:34:56.789Z';
    const expirationDate = '2026-01-31T12:34:56.789Z';
    const added = entry(FINN, 5.5, 50, {
      merchantId: RIDGE,
      note: 'Sorry',
      expirationDate,
      createdAt: now,
      updatedAt: now,
    });
    expect(await api.ledger(FINN)).toEqual(ledgerOf([added, ...seeded]));
    await api.advance('P29DT23H59M59.999S');
    expect(await api.ledger(FINN)).toEqual(ledgerOf([added, ...seeded]));
    await api.advance('PT0.001S');
    const row = expired(FINN, 5.5, 55.5, expirationDate, { merchantId: RIDGE });
    expect(await api.ledger(FINN)).toEqual(ledgerOf([row, added, ...seeded]));
  });

  it('gives what is removed no date', async () => {
    const api = (await startInveterate()).as(RIDGE_KEY);
    await api.add(FINN, { amount: -5 });
    expect(shownIn(await api.ledger(FINN, { limit: 1 })).credits).toEqual([entry(FINN, -5, 50, { merchantId: RIDGE })]);
  });

  it.each<[string, (api: InveterateApi) => Promise<unknown>]>([
    ['who joins', (api) => api.enrol({ customerId: NOBODY, credits: 7 })],
    [
      'whom the shop makes',
      (api) => api.control('createMember', { merchantId: RIDGE, customerId: NOBODY, credits: 7 }),
    ],
  ])('has the first credits expire of a member %s', async (_, join) => {
    const api = (await startInveterate()).as(RIDGE_KEY);
    await api.advance('PT6H');
    await join(api);
    const now = '2026-01-01T06:00:00.000Z';
    const expirationDate = '2026-01-31T06:00:00.000Z';
    const first = entry(NOBODY, 7, 0, { merchantId: RIDGE, expirationDate, createdAt: now, updatedAt: now });
    expect(await api.ledger(NOBODY)).toEqual(ledgerOf([first]));
    await api.advance('P31D');
    expect(await api.ledger(NOBODY)).toEqual(
      ledgerOf([expired(NOBODY, 7, 7, expirationDate, { merchantId: RIDGE }), first]),
    );
    expect(dataOf(await api.member(NOBODY))).toMatchObject({ credit: 0, creditsEarned: 7, updatedAt: expirationDate });
  });

  it('leaves those of another merchant as they are', async () => {
    const api = await startInveterate();
    await api.add(CHIYO, { amount: 1 });
    await api.as(RIDGE_KEY).add(FINN, { amount: 1 });
    await api.advance('P400D');
    expect(await amountsOf(api, CHIYO)).toEqual([-8, 1, 8, 4]);
    expect(await amountsOf(api.as(RIDGE_KEY), FINN)).toEqual([-1, 1, 50]);
  });
});

describe('what is still to expire', () => {
  it('does so in a state that was put back, as far as it is left', async () => {
    const api = await startInveterate();
    await api.as(RIDGE_KEY).add(FINN, { amount: 5 });
    await api.as(RIDGE_KEY).add(FINN, { amount: -1 });
    await api.add(CHIYO, { amount: -3 });
    const other = await startInveterate({ fixtures: toFixtures({}) });
    await other.app
      .put('/_emulator/state')
      .send((await api.emulator('get', '/state')) as object)
      .expect(204);
    for (const one of [api, other]) await one.advance('P30D');
    expect(await amountsOf(other, CHIYO)).toEqual([-5, -3, 8, 4]);
    expect(await amountsOf(other.as(RIDGE_KEY), FINN)).toEqual([-4, -1, 5, 50]);
    expect(await other.state()).toEqual(await api.state());
  });

  it('does not do so again in a state that was put back afterwards', async () => {
    const api = await startInveterate();
    await api.advance('P2D');
    const state = (await api.emulator('get', '/state')) as object;
    await api.app.put('/_emulator/state').send(state).expect(204);
    await api.advance('P0D');
    expect(await api.emulator('get', '/state')).toEqual(state);
    await api.advance('P30D');
    expect(await amountsOf(api, CHIYO)).toEqual([-8, 8, 4]);
    expect(await api.emulatorLedger()).toEqual([]);
  });

  it('is there again after a reset, and nothing else is', async () => {
    const api = await startInveterate();
    const before = await api.everything();
    await api.as(RIDGE_KEY).add(FINN, { amount: 5 });
    await api.advance('P2D');
    expect(await balanceOf(api, CHIYO)).toBe(4);
    await api.app.post('/_emulator/reset').expect(204);
    expect(await api.everything()).toEqual(before);
    await api.advance('P60D');
    expect(await api.emulatorLedger()).toEqual([movement(1, CHIYO, ['12', '4'], '2026-01-03T00:00:00.000Z')]);
  });

  it('keeps its date when the merchant has another rule', async () => {
    const api = await startInveterate();
    const ridge = api.as(RIDGE_KEY);
    await ridge.add(FINN, { amount: 5 });
    const state = (await api.emulator('get', '/state')) as { readonly inveterate: { readonly merchants: object[] } };
    const merchants = state.inveterate.merchants.map((merchant) => ({ ...merchant, creditExpiryDays: 1 }));
    await api.app
      .put('/_emulator/state')
      .send({ ...state, inveterate: { ...state.inveterate, merchants } })
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
