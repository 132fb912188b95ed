import { describe, expect, it } from 'vitest';

import { START } from '../../support/emulator.ts';
import {
  ADA,
  BENOIT,
  CHIYO,
  CODE,
  DMITRI,
  FINN,
  LUMEN,
  LUMEN_KEY,
  NOBODY,
  RIDGE_KEY,
  codeInTheWay,
  enrolled,
  notEnough,
  nothingToRedeem,
  redeemed,
  shownIn,
  startInveterate,
  submitted,
  toFixtures,
  type Answer,
  type InveterateApi,
} from './api.ts';

/** On the default seed, where changes have their effect so long after their 201. */
function startLate(settleAfter = 'PT5S', ...set: readonly string[]): Promise<InveterateApi> {
  return startInveterate({ set: [`inveterate.settleAfter=${settleAfter}`, ...set] });
}

/** What waits, in order. */
async function listPending(api: InveterateApi): Promise<readonly unknown[]> {
  return (await api.state()).pending.map((change) => ({ ...change, id: undefined }));
}

/** Amounts, newest first. */
async function amountsOf(api: InveterateApi, id: string): Promise<readonly number[]> {
  return shownIn(await api.ledger(id)).credits.map(({ amount }) => amount);
}

describe('a change that cannot be once those that wait have had their effect', () => {
  type Act = (api: InveterateApi) => Promise<Answer>;

  it.each<[string, readonly Act[], Act, Answer]>([
    [
      'takes more than will be left',
      [(api) => api.add(ADA, { amount: -40 })],
      (api) => api.add(ADA, { amount: -3 }),
      notEnough,
    ],
    [
      'takes by force more than will be left',
      [(api) => api.add(ADA, { amount: -40 })],
      (api) => api.add(ADA, { amount: -3, force: true }),
      notEnough,
    ],
    [
      'takes what a code holds that stays',
      [(api) => api.add(BENOIT, { amount: -15 })],
      (api) => api.add(BENOIT, { amount: -6 }),
      codeInTheWay,
    ],
    ['takes what a code will hold', [(api) => api.redeem(ADA)], (api) => api.add(ADA, { amount: -0.01 }), codeInTheWay],
    ['redeems what will be redeemed', [(api) => api.redeem(ADA)], (api) => api.redeem(ADA), nothingToRedeem],
    [
      'redeems more than will be left',
      [(api) => api.redeem(CHIYO, { amount: 5 }), (api) => api.add(CHIYO, { amount: -5 })],
      (api) => api.redeem(CHIYO, { amount: 2.01 }),
      notEnough,
    ],
    [
      'redeems what will be gone',
      [(api) => api.add(CHIYO, { amount: -12 })],
      (api) => api.redeem(CHIYO),
      nothingToRedeem,
    ],
  ])('is refused at once, where it %s', async (_, before, act, refusal) => {
    const api = await startLate();
    for (const accepted of before) expect((await accepted(api)).status).toBe(201);
    const old = await api.everything();
    expect(await act(api)).toEqual(refusal);
    expect(await api.everything()).toEqual(old);
    await api.advance('PT5S');
    expect(await listPending(api)).toEqual([]);
    expect((await api.emulatorLedger()).every(({ after }) => !after.startsWith('-'))).toBe(true);
  });

  it('is refused with the status of an overdraft', async () => {
    const api = await startLate('PT5S', 'inveterate.overdraftStatus=500');
    await api.add(ADA, { amount: -40 });
    const before = await api.everything();
    expect(await api.add(ADA, { amount: -3 })).toEqual({
      status: 500,
      body: { message: 'Not enough credits', data: { error: 'INSUFFICIENT_CREDITS' } },
    });
    expect(await api.everything()).toEqual(before);
  });

  it('is taken where those that wait make it possible', async () => {
    const api = await startLate();
    expect(await api.add(DMITRI, { amount: 10 })).toEqual(submitted);
    expect(await api.redeem(DMITRI, { amount: 10 })).toEqual(redeemed);
    expect(await api.add(DMITRI, { amount: -10, force: true })).toEqual(submitted);
    expect(await api.enrol({ customerId: DMITRI, credits: 4 })).toEqual(enrolled);
    expect(await api.add(DMITRI, { amount: -4 })).toEqual(submitted);
    await api.advance('PT5S');
    expect(await amountsOf(api, DMITRI)).toEqual([-4, 4, -10, 10]);
    expect(await listPending(api)).toEqual([]);
  });

  it('is not refused for what waits for others', async () => {
    const api = await startLate();
    await api.add(ADA, { amount: -42.5 });
    expect(await api.add(BENOIT, { amount: -20 })).toEqual(submitted);
    expect(await api.as(RIDGE_KEY).add(FINN, { amount: -50 })).toEqual(submitted);
  });
});

describe('a change that cannot be any more when its time has come', () => {
  const merchants = [{ merchantId: LUMEN, name: 'Lumen Tea', apiKey: LUMEN_KEY }];
  const expiring = { amount: 8, expirationDate: 'now+P2D' };
  const settlesAt = '2026-01-04T00:00:00.000Z';

  it.each<[string, object, (api: InveterateApi) => Promise<Answer>, object]>([
    [
      'OVERDRAFT',
      { credits: [{ amount: 4 }, expiring] },
      (api) => api.add(NOBODY, { amount: -5, note: 'Back', force: true }),
      { kind: 'credits', amount: '-5', note: 'Back', force: true },
    ],
    [
      'OVERDRAFT',
      { credits: [{ amount: 4 }, expiring] },
      (api) => api.redeem(NOBODY, { amount: 5 }),
      { kind: 'redemption', amount: '5' },
    ],
    [
      'CODE_IN_THE_WAY',
      { credits: [{ amount: 4 }, expiring], redemption: { code: CODE, value: 3 } },
      (api) => api.add(NOBODY, { amount: -2 }),
      { kind: 'credits', amount: '-2', note: null, force: false },
    ],
    ['NOTHING_TO_REDEEM', { credits: [expiring] }, (api) => api.redeem(NOBODY), { kind: 'redemption', amount: null }],
  ])('is kept with the reason %s and does nothing', async (refused, member, act, change) => {
    const members = [{ merchantId: LUMEN, customerId: NOBODY, ...member }];
    const api = await startInveterate({
      fixtures: toFixtures({ merchants, members }),
      set: ['inveterate.settleAfter=P3D'],
    });
    expect((await act(api)).status).toBe(201);
    await api.advance('P2D');
    const old = [await api.ledger(NOBODY), await api.member(NOBODY), await api.emulatorLedger()];
    await api.advance('P1D');
    expect([await api.ledger(NOBODY), await api.member(NOBODY), await api.emulatorLedger()]).toEqual(old);
    expect(await listPending(api)).toEqual([
      { merchantId: LUMEN, customerId: NOBODY, ...change, acceptedAt: START, settlesAt, refused },
    ]);
  });

  /** Chiyo's ten that are to be taken are four by then. */
  async function startRefused(): Promise<InveterateApi> {
    const api = await startLate('P3D');
    expect(await api.add(CHIYO, { amount: -10 })).toEqual(submitted);
    await api.advance('P3D');
    expect(await listPending(api)).toMatchObject([{ amount: '-10', refused: 'OVERDRAFT' }]);
    return api;
  }

  it('counts no longer for changes that come after it', async () => {
    const api = await startRefused();
    expect(await api.add(CHIYO, { amount: -4.01 })).toEqual(notEnough);
    await api.add(CHIYO, { amount: 20 });
    await api.advance('P3D');
    expect(await api.add(CHIYO, { amount: -24 })).toEqual(submitted);
    await api.advance('P3D');
    expect(await amountsOf(api, CHIYO)).toEqual([-24, 20, -8, 8, 4]);
    expect(await listPending(api)).toMatchObject([{ amount: '-10', refused: 'OVERDRAFT' }]);
  });

  it('is not tried again, however much is added', async () => {
    const api = await startRefused();
    await api.add(CHIYO, { amount: 100 });
    await api.advance('P3D');
    expect(await api.control('settle')).toEqual({ result: { settled: 0, refused: [] }, entries: [] });
    const state = (await api.emulator('get', '/state')) as object;
    await api.app.put('/_emulator/state').send(state).expect(204);
    expect(await api.emulator('get', '/state')).toEqual(state);
    await api.advance('P9D');
    expect(await amountsOf(api, CHIYO)).toEqual([100, -8, 8, 4]);
    expect(await listPending(api)).toMatchObject([{ amount: '-10', refused: 'OVERDRAFT' }]);
  });

  it('does not keep those behind it', async () => {
    const api = await startLate('P3D');
    await api.add(CHIYO, { amount: -5 });
    await api.add(CHIYO, { amount: -3 });
    await api.advance('P3D');
    expect(await amountsOf(api, CHIYO)).toEqual([-3, -8, 8, 4]);
    expect(await listPending(api)).toMatchObject([{ amount: '-5', refused: 'OVERDRAFT' }]);
  });
});
