import { describe, expect, test } from 'vitest';

import { START } from '../../support/emulator.ts';
import {
  ADA,
  BENOIT,
  CHIYO,
  CODE,
  DMITRI,
  FINN,
  LUMEN,
  MEMBER,
  NOBODY,
  RIDGE_KEY,
  amountsOf,
  anyCode,
  at,
  balanceOf,
  codeInTheWay,
  codeOf,
  dataOf,
  enrolled,
  entry,
  ledgerOf,
  movement,
  notEnough,
  nothingToRedeem,
  overdrawnInside,
  redeemed,
  shownIn,
  startInveterate,
  startLate,
  startWithMember,
  submitted,
  toFixtures,
  unknownCustomer,
  type Answer,
  type InveterateApi,
} from './api.ts';

const LATER = '2026-01-01T00:00:05.000Z';

type Act = (api: InveterateApi) => Promise<Answer>;

/** A pending change of Lumen Tea that was accepted at START, as the state has it. */
function waiting(customerId: string, kind: string, fields: object): object {
  return { merchantId: LUMEN, customerId, kind, acceptedAt: START, settlesAt: LATER, refused: null, ...fields };
}

const it = test.extend('api', () => startLate());

describe('a change that has its effect later', () => {
  it('changes nothing until then, and has its effect at its own instant', async ({ api }) => {
    const [ledger, member] = [await api.ledger(BENOIT), dataOf(await api.member(BENOIT))];
    expect(await api.add(BENOIT, { amount: 5.25, note: 'Sorry' })).toEqual(submitted);
    const pending = [waiting(BENOIT, 'credits', { amount: '5.25', note: 'Sorry', force: false })];
    for (const by of ['PT0S', 'PT4.999S']) {
      await api.advance(by);
      expect([await api.ledger(BENOIT), await api.storefrontLedger(BENOIT)]).toEqual([ledger, ledger]);
      expect(dataOf(await api.member(BENOIT))).toEqual(member);
      expect([await api.emulatorLedger(), await api.pending()]).toEqual([[], pending]);
    }

    await api.advance('PT1M');
    const added = entry(BENOIT, 5.25, 30, { note: 'Sorry', ...at(LATER) });
    expect(await api.ledger(BENOIT)).toEqual(ledgerOf([added, ...shownIn(ledger).credits], { code: CODE, value: 10 }));
    const credited = { ...member, credit: 35.25, creditsEarned: 35.25, updatedAt: LATER };
    expect(dataOf(await api.member(BENOIT))).toEqual(credited);
    expect(await api.pending()).toEqual([]);
    const settling = { at: LATER, cause: 'due', operation: 'settle', memo: 'Sorry' };
    expect(await api.emulatorLedger()).toEqual([movement(BENOIT, ['5.25', '30', '35.25'], settling)]);
  });

  it('may be a redemption, of a part or of everything there is then', async ({ api }) => {
    expect(await api.redeem(BENOIT, { amount: 2.5 })).toEqual(redeemed);
    expect(await api.redeem(CHIYO)).toEqual(redeemed);
    expect([await codeOf(api, BENOIT), await codeOf(api, CHIYO)]).toEqual([{ code: CODE, value: 10 }, null]);
    expect(await api.pending()).toEqual([
      waiting(BENOIT, 'redemption', { amount: '2.5' }),
      waiting(CHIYO, 'redemption', { amount: null }),
    ]);
    await api.control('expireCredits', { merchantId: LUMEN, customerId: CHIYO, amount: 1 });
    await api.advance('PT5S');
    expect(await codeOf(api, BENOIT)).toEqual({ code: anyCode, value: 12.5 });
    expect((await codeOf(api, BENOIT))?.code).not.toBe(CODE);
    expect(await codeOf(api, CHIYO)).toEqual({ code: anyCode, value: 11 });
    expect(dataOf(await api.member(BENOIT))).toMatchObject({ credit: 30, updatedAt: LATER });
  });

  it('may be a new member, who is unknown until then', async ({ api }) => {
    const members = await api.members();
    const enrolment = { segmentId: 'gold', dateOfBirth: '1990-02-03' };
    expect(await api.enrol({ customerId: NOBODY, credits: 7, referrals: '2', ...enrolment })).toEqual(enrolled);
    expect(await api.member(NOBODY)).toEqual(unknownCustomer);
    expect(await api.add(NOBODY, { amount: 1 })).toEqual(unknownCustomer);
    expect(await api.members()).toEqual(members);
    expect(await api.pending()).toEqual([waiting(NOBODY, 'member', { credits: '7', referrals: 2, ...enrolment })]);
    await api.advance('PT5S');
    expect(await api.ledger(NOBODY)).toEqual(ledgerOf([entry(NOBODY, 7, 0, at(LATER))]));
    expect(dataOf(await api.member(NOBODY))).toMatchObject({ referrals: 2, createdAt: LATER, joinedAt: LATER });
  });

  it('grants credits that expire a number of days after the effect', async () => {
    const api = (await startLate()).as(RIDGE_KEY);
    await api.add(FINN, { amount: 5 });
    await api.advance('PT5S');
    expect(shownIn(await api.ledger(FINN, { limit: 1 })).credits).toMatchObject([
      { createdAt: LATER, expirationDate: '2026-01-31T00:00:05.000Z' },
    ]);
    await api.advance('P30D');
    expect(await amountsOf(api, FINN)).toEqual([-5, 5, 50]);
  });

  it('has its effect in the order of acceptance, among all others', async ({ api }) => {
    await api.add(DMITRI, { amount: 10 });
    await api.as(RIDGE_KEY).add(FINN, { amount: -1 });
    await api.add(DMITRI, { amount: -10 });
    await api.advance('PT2S');
    await api.add(DMITRI, { amount: 3 });
    await api.redeem(DMITRI, { amount: 1 });
    await api.add(DMITRI, { amount: -3, force: true });
    await api.advance('PT5S');
    expect(await codeOf(api, DMITRI)).toBeNull();
    expect((await api.emulatorLedger()).toReversed()).toMatchObject([
      { account: DMITRI, delta: '10', after: '10', at: LATER },
      { account: FINN, delta: '-1', after: '49', at: LATER },
      { account: DMITRI, delta: '-10', after: '0', at: LATER },
      { account: DMITRI, delta: '3', after: '3', at: '2026-01-01T00:00:07.000Z' },
      { account: DMITRI, delta: '-3', after: '0', at: '2026-01-01T00:00:07.000Z' },
    ]);
  });

  it('waits on in a state that was put into another emulator', async ({ api }) => {
    await api.add(BENOIT, { amount: -25, note: 'Back', force: true });
    await api.redeem(CHIYO, { amount: 3 });
    await api.advance('PT2S');
    await api.as(RIDGE_KEY).enrol({ customerId: NOBODY, credits: 7, keepInSpendBasedTier: true });
    await api.add(BENOIT, { amount: 1 });
    const other = await (await startInveterate({ fixtures: toFixtures({}) })).copy(api);
    for (const [by, left] of [
      ['PT3S', 2],
      ['PT2S', 0],
    ] as const) {
      for (const one of [api, other]) await one.advance(by);
      expect(await other.pending()).toHaveLength(left);
      expect(await other.state()).toEqual(await api.state());
    }
    expect(await codeOf(other, CHIYO)).toEqual({ code: anyCode, value: 3 });
    expect(await amountsOf(other, BENOIT)).toEqual([1, -25, 30]);
    expect(await amountsOf(other.as(RIDGE_KEY), NOBODY)).toEqual([7]);
  });

  it('is deleted by a reset', async ({ api }) => {
    const before = await api.everything();
    await api.add(ADA, { amount: 5 });
    await api.app.post('/_emulator/reset').expect(204);
    expect(await api.everything()).toEqual(before);
    await api.advance('PT1H');
    expect(await api.emulatorLedger()).toEqual([]);
  });

  it('has its effect by itself if the clock runs', async () => {
    const api = await startLate('PT0.05S');
    await api.emulator('put', '/clock', { frozen: false });
    await api.add(DMITRI, { amount: 5 });
    await expect.poll(() => balanceOf(api, DMITRI)).toBe(5);
    const [added] = shownIn(await api.ledger(DMITRI)).credits;
    expect(await api.emulatorLedger()).toMatchObject([{ operation: 'settle', delta: '5', at: added?.createdAt }]);
  });
});

describe('a change that depends on pending ones', () => {
  it.for<[string, readonly Act[], Act, Answer]>([
    [
      'that takes more than will be left, also by force',
      [(api) => api.add(ADA, { amount: -40 })],
      (api) => api.add(ADA, { amount: -3, force: true }),
      notEnough,
    ],
    [
      'that takes what a remaining code holds',
      [(api) => api.add(BENOIT, { amount: -15 })],
      (api) => api.add(BENOIT, { amount: -6 }),
      codeInTheWay,
    ],
    [
      'that takes what a code will hold',
      [(api) => api.redeem(ADA)],
      (api) => api.add(ADA, { amount: -0.01 }),
      codeInTheWay,
    ],
    ['that redeems what will be redeemed', [(api) => api.redeem(ADA)], (api) => api.redeem(ADA), nothingToRedeem],
    [
      'that redeems more than will be left',
      [(api) => api.redeem(CHIYO, { amount: 5 }), (api) => api.add(CHIYO, { amount: -5 })],
      (api) => api.redeem(CHIYO, { amount: 2.01 }),
      notEnough,
    ],
    [
      'that redeems what will be gone',
      [(api) => api.add(CHIYO, { amount: -12 })],
      (api) => api.redeem(CHIYO),
      nothingToRedeem,
    ],
  ])('%s is refused at once', async ([_, before, act, answer], { api }) => {
    for (const one of before) expect((await one(api)).status).toBe(201);
    await api.refuses(answer, act);
    await api.advance('PT5S');
    expect(await api.pending()).toEqual([]);
  });

  it('is refused as a failure inside if the option says so', async () => {
    const api = await startLate('PT5S', 'inveterate.overdraftStatus=500');
    await api.add(ADA, { amount: -40 });
    await api.refuses(overdrawnInside, () => api.add(ADA, { amount: -3 }));
  });

  it('is accepted if pending ones make it possible, and not refused because of others', async ({ api }) => {
    expect(await api.add(DMITRI, { amount: 10 })).toEqual(submitted);
    expect(await api.redeem(DMITRI, { amount: 10 })).toEqual(redeemed);
    expect(await api.add(DMITRI, { amount: -10, force: true })).toEqual(submitted);
    expect(await api.enrol({ customerId: DMITRI, credits: 4 })).toEqual(enrolled);
    expect(await api.add(DMITRI, { amount: -4 })).toEqual(submitted);
    await api.add(ADA, { amount: -42.5 });
    expect(await api.add(BENOIT, { amount: -20 })).toEqual(submitted);
    expect(await api.as(RIDGE_KEY).add(FINN, { amount: -50 })).toEqual(submitted);
    await api.advance('PT5S');
    expect(await amountsOf(api, DMITRI)).toEqual([-4, 4, -10, 10]);
    expect(await api.pending()).toEqual([]);
  });
});

describe('a change that can no longer be applied when it is due', () => {
  const expiring = { amount: 8, expirationDate: 'now+P2D' };

  it.each<[string, object, Act, object]>([
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
    const api = await startWithMember(member, ['inveterate.settleAfter=P3D']);
    expect((await act(api)).status).toBe(201);
    await api.advance('P2D');
    const read = async (): Promise<unknown> =>
      Promise.all([api.ledger(NOBODY), api.member(NOBODY), api.emulatorLedger()]);
    const before = await read();
    await api.advance('P1D');
    expect(await read()).toEqual(before);
    const settlesAt = '2026-01-04T00:00:00.000Z';
    expect(await api.pending()).toEqual([{ ...MEMBER, ...change, acceptedAt: START, settlesAt, refused }]);
  });

  /** Chiyo, of whom 10 are to be taken, with 4 left by then. */
  async function startRefused(): Promise<InveterateApi> {
    const api = await startLate('P3D');
    expect(await api.add(CHIYO, { amount: -10 })).toEqual(submitted);
    await api.advance('P3D');
    expect(await api.pending()).toMatchObject([{ amount: '-10', refused: 'OVERDRAFT' }]);
    return api;
  }

  it('no longer counts for later changes', async () => {
    const api = await startRefused();
    expect(await api.add(CHIYO, { amount: -4.01 })).toEqual(notEnough);
    await api.add(CHIYO, { amount: 20 });
    await api.advance('P3D');
    expect(await api.add(CHIYO, { amount: -24 })).toEqual(submitted);
    await api.advance('P3D');
    expect(await amountsOf(api, CHIYO)).toEqual([-24, 20, -8, 8, 4]);
    expect(await api.pending()).toMatchObject([{ amount: '-10', refused: 'OVERDRAFT' }]);
  });

  it('is not tried again, however much is added', async () => {
    const api = await startRefused();
    await api.add(CHIYO, { amount: 100 });
    await api.advance('P3D');
    expect(await api.control('settle')).toEqual({ result: { settled: 0, refused: [] }, entries: [] });
    await (await api.copy()).advance('P9D');
    expect(await amountsOf(api, CHIYO)).toEqual([100, -8, 8, 4]);
    expect(await api.pending()).toMatchObject([{ amount: '-10', refused: 'OVERDRAFT' }]);
  });

  it('does not stop those after it', async () => {
    const api = await startLate('P3D');
    for (const amount of [-5, -3]) await api.add(CHIYO, { amount });
    await api.advance('P3D');
    expect(await amountsOf(api, CHIYO)).toEqual([-3, -8, 8, 4]);
    expect(await api.pending()).toMatchObject([{ amount: '-5', refused: 'OVERDRAFT' }]);
  });
});
