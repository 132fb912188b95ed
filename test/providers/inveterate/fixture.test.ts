import { describe, expect } from 'vitest';

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
  MERCHANT,
  NOBODY,
  RIDGE,
  RIDGE_KEY,
  amountsOf,
  anyCode,
  at,
  codeOf,
  dataOf,
  entry,
  invalidKey,
  it,
  ledgerOf,
  shownIn,
  startInveterate,
  startLate,
  startWithMember,
  toFixtures,
  type InveterateApi,
} from './api.ts';

/** A member in a state, of whom a fixture says nothing. */
const NOTHING = {
  ...MEMBER,
  ...{ email: null, firstName: null, lastName: null, phoneNumber: null, notes: null },
  ...{ credit: '0', credits: [], redemption: null, orderIds: [], totalSpend: '0', lastPurchaseAt: null, referrals: 0 },
  ...{ contractId: null, cancellation: null, joinedAt: START, updatedAt: START },
};

/** An entry in a state. */
function toRow(amount: string, other: object = {}): object {
  const row = { reason: 'MANUAL', note: null, appliedBy: null, orderId: null, expirationDate: null, createdAt: START };
  return { amount, ...row, ...other };
}

/** Puts the state of an emulator into a fresh one. */
async function putBack(api: InveterateApi): Promise<InveterateApi> {
  const other = await (await startInveterate()).copy(api);
  expect(await other.emulatorLedger()).toEqual([]);
  return other;
}

describe('a fixture', () => {
  it('may leave out whatever is not required', async () => {
    const pending = [
      { ...MEMBER, kind: 'credits', amount: 5, settlesAt: 'now+PT5S' },
      { ...MEMBER, kind: 'redemption', settlesAt: 'now+PT6S' },
      { ...MEMBER, customerId: '1', kind: 'member', settlesAt: 'now+PT7S' },
    ];
    const section = { merchants: [MERCHANT], members: [{ ...MEMBER, credits: [{ amount: 2 }] }], pending };
    const api = await startInveterate({ fixtures: toFixtures(section) });
    const filled = [{ amount: '5', note: null, force: false }, { amount: null }, { credits: '0', referrals: 0 }];
    expect(await api.state()).toEqual({
      merchants: [
        {
          ...{ ...MERCHANT, shopDomain: 'lumen-tea.myshopify.com', currency: 'USD', creditExpiryDays: null },
          ...{ tiers: [], benefits: [] },
        },
      ],
      subscriptions: [],
      members: [{ ...NOTHING, credit: '2', credits: [toRow('2')] }],
      pending: pending.map((change, index) => ({
        ...{ ...change, id: index + 1, acceptedAt: START, refused: null, ...filled[index] },
        settlesAt: `2026-01-01T00:00:0${index + 5}.000Z`,
      })),
    });
  });

  it('keeps the ids of pending changes, and gives the others the next ones', async () => {
    const ids = [undefined, 7, 2, undefined];
    const change = { ...MEMBER, kind: 'credits', amount: 1 };
    const pending = ids.map((id, index) => ({ ...change, id, settlesAt: `now+PT${index + 1}S` }));
    const api = await startInveterate({ fixtures: toFixtures({ merchants: [MERCHANT], members: [MEMBER], pending }) });
    expect((await api.state()).pending).toMatchObject([{ id: 8 }, { id: 7 }, { id: 2 }, { id: 9 }]);
    await api.advance('PT4S');
    expect(await amountsOf(api, NOBODY)).toHaveLength(4);
  });

  it('may be empty', async ({ api }) => {
    await api.app.put('/_emulator/state').send({ clock: START, inveterate: {} }).expect(204);
    expect(await api.state()).toEqual({ merchants: [], members: [], pending: [], subscriptions: [] });
    expect(await api.members()).toEqual(invalidKey);
  });

  it('may have instants that are relative to its clock', async ({ api }) => {
    const credits = [{ amount: 2, createdAt: 'now-PT1H', expirationDate: 'now+P1D' }];
    const times = { joinedAt: 'now-P30D', lastPurchaseAt: 'now-P2D', updatedAt: 'now-PT5M' };
    const waiting = { ...MEMBER, kind: 'credits', amount: 1, acceptedAt: 'now-PT1S', settlesAt: 'now+PT1S' };
    const inveterate = { merchants: [MERCHANT], members: [{ ...MEMBER, credits, ...times }], pending: [waiting] };
    await api.app.put('/_emulator/state').send({ clock: '2026-03-15T12:00:00Z', inveterate }).expect(204);
    expect(await api.state()).toMatchObject({
      members: [
        {
          credits: [{ createdAt: '2026-03-15T11:00:00.000Z', expirationDate: '2026-03-16T12:00:00.000Z' }],
          joinedAt: '2026-02-13T12:00:00.000Z',
          lastPurchaseAt: '2026-03-13T12:00:00.000Z',
          updatedAt: '2026-03-15T11:55:00.000Z',
        },
      ],
      pending: [{ acceptedAt: '2026-03-15T11:59:59.000Z', settlesAt: '2026-03-15T12:00:01.000Z' }],
    });
  });

  it('describes by the ledger what a member did', async () => {
    const api = await startWithMember({
      joinedAt: '2025-01-01T00:00:00Z',
      credits: [
        { amount: 10.5, createdAt: '2025-02-01T00:00:00Z', appliedBy: 'shop', note: '' },
        { amount: -1, reason: 'CREDIT_REDEMPTION', orderId: '7', createdAt: '2025-04-01T00:00:00Z' },
        { amount: -2, reason: 'CREDIT_REDEMPTION', createdAt: '2025-03-01T00:00:00Z' },
        { amount: '0.25', reason: '', createdAt: '2025-05-01T02:00:00+02:00' },
      ],
    });
    expect(dataOf(await api.member(NOBODY))).toMatchObject({
      ...{ credit: 7.75, creditsEarned: 10.75, numberOfCreditRedemptions: 2, orderCount: 0 },
      lastCreditRedemptionAt: '2025-03-01T00:00:00.000Z',
      joinedAt: '2025-01-01T00:00:00.000Z',
      updatedAt: '2025-05-01T00:00:00.000Z',
    });
    const used = { reason: 'CREDIT_REDEMPTION' };
    expect(shownIn(await api.ledger(NOBODY)).credits).toEqual([
      entry(NOBODY, 0.25, 7.5, { reason: '', ...at('2025-05-01T00:00:00.000Z') }),
      entry(NOBODY, -2, 9.5, { ...used, ...at('2025-03-01T00:00:00.000Z') }),
      entry(NOBODY, -1, 10.5, { ...used, orderId: '7', ...at('2025-04-01T00:00:00.000Z') }),
      entry(NOBODY, 10.5, 0, { appliedBy: 'shop', note: '', ...at('2025-02-01T00:00:00.000Z') }),
    ]);
    await putBack(api);
  });
});

describe('the credit of a member', () => {
  it.each<[number | string, number, string]>([
    [12.5, 12.5, '12.5'],
    ['12.50', 12.5, '12.5'],
    ['0.1234567890123456789', 0.12345678901234568, '0.1234567890123456789'],
    ['9007199254740993', 9007199254740992, '9007199254740993'],
  ])('may be %j, which is an entry of the day of joining', async (credit, shown, kept) => {
    const joinedAt = '2025-06-01T09:00:00.000Z';
    const api = await startWithMember({ credit, joinedAt });
    expect(await api.ledger(NOBODY)).toEqual(ledgerOf([entry(NOBODY, shown, 0, at(joinedAt))]));
    expect(dataOf(await api.member(NOBODY))).toMatchObject({ credit: shown, creditsEarned: shown, ...at(joinedAt) });
    expect((await api.state()).members).toEqual([
      { ...NOTHING, credit: kept, credits: [toRow(kept, { createdAt: joinedAt })], joinedAt, updatedAt: joinedAt },
    ]);
    await putBack(api);
  });

  it.each([{ credit: 0 }, { credit: '-0' }, { credit: '0.00' }, { credit: 0, credits: [] }])(
    'is not an entry with %j',
    async (fields) => {
      const api = await startWithMember(fields);
      expect(await api.ledger(NOBODY)).toEqual(ledgerOf([]));
      expect((await api.state()).members).toEqual([NOTHING]);
    },
  );

  it('may be the sum of the entries', async () => {
    const api = await startWithMember({ credit: '0.30', credits: [{ amount: 0.1 }, { amount: 0.2 }] });
    expect(dataOf(await api.member(NOBODY))).toMatchObject({ credit: 0.3 });
  });
});

describe('a state that is put back', () => {
  it('goes on like the one that was used', async ({ api }) => {
    const ridge = api.as(RIDGE_KEY);
    await api.add(ADA, { amount: 0.1, note: 'é "x" #1\n' });
    await api.add(ADA, { amount: -30, force: true });
    await api.redeem(ADA, { amount: 4 });
    await api.control('useCode', { code: CODE, orderId: '77', orderTotal: 12.34 });
    await api.redeem(BENOIT);
    await api.add(CHIYO, { amount: -3 });
    for (const amount of [5, -1.5]) await ridge.add(FINN, { amount });
    const enrolment = { segmentId: 'gold', overrideSpendThreshold: false };
    await api.enrol({ customerId: NOBODY, credits: 3, referrals: '4', ...enrolment });
    await api.enrol({ customerId: DMITRI, dateOfBirth: '1990-02-03', keepInSpendBasedTier: true });
    await api.control('createMember', { merchantId: RIDGE, customerId: NOBODY, notes: 'A', phoneNumber: '1' });
    await api.advance('P3D');
    await api.control('expireCredits', { merchantId: LUMEN, customerId: ADA, amount: 10 });
    const other = await putBack(api);
    for (const one of [api, other]) {
      await one.add(BENOIT, { amount: 7 });
      await one.add(CHIYO, { amount: -0.5 });
      await one.advance('P40D');
    }
    expect(await other.emulator('get', '/state')).toEqual(await api.emulator('get', '/state'));
    expect(await other.members()).toEqual(await api.members());
    expect(await other.ledger(BENOIT)).toEqual(await api.ledger(BENOIT));
    expect(await other.as(RIDGE_KEY).ledger(FINN)).toEqual(await ridge.ledger(FINN));
  });

  it('has the pending and the refused changes', async () => {
    const api = await startLate();
    await api.add(CHIYO, { amount: -12, note: 'All', force: true });
    await api.control('expireCredits', { merchantId: LUMEN, customerId: CHIYO, amount: 1 });
    await api.control('settle');
    await api.add(CHIYO, { amount: 0.1 });
    await api.redeem(ADA, { amount: 0.3 });
    await api.redeem(ADA);
    await api.advance('PT1S');
    const enrolment = { segmentId: 'gold', keepInSpendBasedTier: false };
    await api.enrol({ customerId: NOBODY, credits: 1.5, ...enrolment });
    expect(await api.pending()).toMatchObject([
      { kind: 'credits', amount: '-12', refused: 'OVERDRAFT' },
      { kind: 'credits', amount: '0.1' },
      { kind: 'redemption', amount: '0.3' },
      { kind: 'redemption', amount: null },
      { kind: 'member', credits: '1.5', ...enrolment },
    ]);
    const other = await putBack(api);
    for (const one of [api, other]) await one.advance('PT5S');
    expect(await other.pending()).toMatchObject([{ amount: '-12', refused: 'OVERDRAFT' }]);
    expect(await codeOf(other, ADA)).toEqual({ code: anyCode, value: 42.5 });
    expect(await other.ledger(CHIYO)).toEqual(await api.ledger(CHIYO));
    expect(await other.members()).toEqual(await api.members());
  });

  it.for([5e-324, Number.MAX_VALUE, 0.1 + 0.2])('keeps the amount %d', async (amount, { api }) => {
    await api.add(DMITRI, { amount });
    await api.redeem(DMITRI);
    const other = await putBack(api);
    expect(await other.ledger(DMITRI)).toEqual(ledgerOf([entry(DMITRI, amount, 0)], { code: anyCode, value: amount }));
  });

  it('keeps what is spent, up to the largest number', async ({ api }) => {
    for (let count = 0; count < 2; count += 1) {
      await api.redeem(ADA, { amount: 1 });
      await api.useCodeOf(ADA, { orderTotal: Number.MAX_VALUE });
    }
    await putBack(api);
  });

  it('keeps the fields of an enrolment, except those that joining again has replaced', async ({ api }) => {
    await api.enrol({ customerId: NOBODY, segmentId: 'gold', keepInSpendBasedTier: true });
    await api.enrol({ customerId: NOBODY, segmentId: 'free', dateOfBirth: '1990-02-03' });
    const kept = { segmentId: 'free', keepInSpendBasedTier: true, dateOfBirth: '1990-02-03' };
    expect((await api.state()).members.at(-1)).toEqual({ ...NOTHING, ...kept });
    await putBack(api);
  });
});
