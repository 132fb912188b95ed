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
  RIDGE,
  RIDGE_KEY,
  anyCode,
  balanceOf,
  codeOf,
  dataOf,
  entry,
  ledgerOf,
  refusal,
  shownIn,
  startInveterate,
  toFixtures,
  type InveterateApi,
} from './api.ts';

const MERCHANT = { merchantId: LUMEN, name: 'Lumen Tea', apiKey: LUMEN_KEY };
const MEMBER = { merchantId: LUMEN, customerId: NOBODY };

/** What a member is in a state of whom a fixture says nothing. */
const NOTHING = {
  ...MEMBER,
  email: null,
  firstName: null,
  lastName: null,
  phoneNumber: null,
  notes: null,
  credit: '0',
  credits: [],
  redemption: null,
  orderIds: [],
  totalSpend: '0',
  lastPurchaseAt: null,
  referrals: 0,
  contractId: null,
  cancellation: null,
  joinedAt: START,
  updatedAt: START,
};

/** One row, as a state has it. */
function toRow(amount: string, other: object = {}): object {
  const row = { reason: 'MANUAL', note: null, appliedBy: null, orderId: null, expirationDate: null, createdAt: START };
  return { amount, ...row, ...other };
}

/** One merchant and one member, with these fields. */
function startWith(member: object): Promise<InveterateApi> {
  return startInveterate({ fixtures: toFixtures({ merchants: [MERCHANT], members: [{ ...MEMBER, ...member }] }) });
}

/** Puts the state of one emulator into another one, which is the same then. */
async function putBack(api: InveterateApi): Promise<InveterateApi> {
  const state = (await api.emulator('get', '/state')) as object;
  const other = await startInveterate();
  const { status, text } = await other.app.put('/_emulator/state').send(state);
  expect({ status, text }).toEqual({ status: 204, text: '' });
  expect(await other.emulator('get', '/state')).toEqual(state);
  expect(await other.emulatorLedger()).toEqual([]);
  return other;
}

describe('a fixture', () => {
  it('may say as little as it may, and has the rest filled in', async () => {
    const pending = [
      { ...MEMBER, kind: 'credits', amount: 5, settlesAt: 'now+PT5S' },
      { ...MEMBER, kind: 'redemption', settlesAt: 'now+PT6S' },
      { ...MEMBER, customerId: '1', kind: 'member', settlesAt: 'now+PT7S' },
    ];
    const section = { merchants: [MERCHANT], members: [{ ...MEMBER, credits: [{ amount: 2 }] }], pending };
    const api = await startInveterate({ fixtures: toFixtures(section) });
    const waiting = { acceptedAt: START, refused: null };
    expect(await api.state()).toEqual({
      merchants: [
        {
          ...{ ...MERCHANT, shopDomain: 'lumen-tea.myshopify.com', currency: 'USD', creditExpiryDays: null },
          ...{ tiers: [], benefits: [] },
        },
      ],
      subscriptions: [],
      members: [{ ...NOTHING, credit: '2', credits: [toRow('2')] }],
      pending: [
        {
          id: 1,
          ...pending[0],
          ...waiting,
          amount: '5',
          note: null,
          force: false,
          settlesAt: '2026-01-01T00:00:05.000Z',
        },
        { id: 2, ...pending[1], ...waiting, amount: null, settlesAt: '2026-01-01T00:00:06.000Z' },
        { id: 3, ...pending[2], ...waiting, credits: '0', referrals: 0, settlesAt: '2026-01-01T00:00:07.000Z' },
      ],
    });
  });

  it('keeps the ids of what waits, and gives those that have none the next ones', async () => {
    const change = { ...MEMBER, kind: 'credits', amount: 1 };
    const pending = [
      { ...change, settlesAt: 'now+PT1S' },
      { ...change, id: 7, settlesAt: 'now+PT2S' },
      { ...change, id: 2, settlesAt: 'now+PT3S' },
      { ...change, settlesAt: 'now+PT4S' },
    ];
    const api = await startInveterate({ fixtures: toFixtures({ merchants: [MERCHANT], members: [MEMBER], pending }) });
    expect((await api.state()).pending).toMatchObject([{ id: 8 }, { id: 7 }, { id: 2 }, { id: 9 }]);
    await api.advance('PT4S');
    expect(shownIn(await api.ledger(NOBODY)).credits).toHaveLength(4);
  });

  it('may be empty', async () => {
    const api = await startInveterate();
    await api.app.put('/_emulator/state').send({ clock: START, inveterate: {} }).expect(204);
    expect(await api.state()).toEqual({ merchants: [], members: [], pending: [], subscriptions: [] });
    expect(await api.merchant()).toEqual(refusal('Invalid API key'));
  });

  it('may have instants that are relative to its clock', async () => {
    const api = await startInveterate();
    const member = {
      ...MEMBER,
      credits: [{ amount: 2, createdAt: 'now-PT1H', expirationDate: 'now+P1D' }],
      joinedAt: 'now-P30D',
      lastPurchaseAt: 'now-P2D',
      updatedAt: 'now-PT5M',
    };
    const waiting = { ...MEMBER, kind: 'credits', amount: 1, acceptedAt: 'now-PT1S', settlesAt: 'now+PT1S' };
    const inveterate = { merchants: [MERCHANT], members: [member], pending: [waiting] };
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

  it('says what a member did by the ledger', async () => {
    const api = await startWith({
      joinedAt: '2025-01-01T00:00:00Z',
      credits: [
        { amount: 10.5, createdAt: '2025-02-01T00:00:00Z', appliedBy: 'shop', note: '' },
        { amount: -1, reason: 'CREDIT_REDEMPTION', orderId: '7', createdAt: '2025-04-01T00:00:00Z' },
        { amount: -2, reason: 'CREDIT_REDEMPTION', createdAt: '2025-03-01T00:00:00Z' },
        { amount: '0.25', reason: '', createdAt: '2025-05-01T02:00:00+02:00' },
      ],
    });
    expect(dataOf(await api.member(NOBODY))).toMatchObject({
      credit: 7.75,
      creditsEarned: 10.75,
      numberOfCreditRedemptions: 2,
      lastCreditRedemptionAt: '2025-03-01T00:00:00.000Z',
      orderCount: 0,
      joinedAt: '2025-01-01T00:00:00.000Z',
      updatedAt: '2025-05-01T00:00:00.000Z',
    });
    const rows = [
      { amount: 10.5, previousBalance: 0, newBalance: 10.5, appliedBy: 'shop', note: '' },
      { amount: -1, previousBalance: 10.5, newBalance: 9.5, orderId: '7', reason: 'CREDIT_REDEMPTION' },
      { amount: -2, previousBalance: 9.5, newBalance: 7.5, orderId: null, reason: 'CREDIT_REDEMPTION' },
      { amount: 0.25, previousBalance: 7.5, newBalance: 7.75, reason: '' },
    ];
    expect(shownIn(await api.ledger(NOBODY)).credits).toMatchObject(rows.toReversed());
    await putBack(api);
  });
});

describe('the credit of a member', () => {
  it.each<[string, number | string, number, string]>([
    ['a number', 12.5, 12.5, '12.5'],
    ['a text', '12.50', 12.5, '12.5'],
    ['more digits than a number has', '0.1234567890123456789', 0.12345678901234568, '0.1234567890123456789'],
    ['a whole that no number is', '9007199254740993', 9007199254740992, '9007199254740993'],
  ])('may be %s, which is an entry of the day of joining', async (_, credit, shown, kept) => {
    const joinedAt = '2025-06-01T09:00:00.000Z';
    const api = await startWith({ credit, joinedAt });
    const at = { createdAt: joinedAt, updatedAt: joinedAt };
    expect(await api.ledger(NOBODY)).toEqual(ledgerOf([entry(NOBODY, shown, 0, at)]));
    expect(dataOf(await api.member(NOBODY))).toMatchObject({ credit: shown, creditsEarned: shown, ...at });
    expect((await api.state()).members).toEqual([
      { ...NOTHING, credit: kept, credits: [toRow(kept, { createdAt: joinedAt })], joinedAt, updatedAt: joinedAt },
    ]);
    await putBack(api);
  });

  it.each([0, '0', '-0', '0.00'])('may be %j, which is no entry', async (credit) => {
    const api = await startWith({ credit });
    expect(await api.ledger(NOBODY)).toEqual(ledgerOf([]));
    expect((await api.state()).members).toEqual([NOTHING]);
  });

  it('may be what the entries come to', async () => {
    const api = await startWith({ credit: '0.30', credits: [{ amount: 0.1 }, { amount: 0.2 }] });
    expect(await balanceOf(api, NOBODY)).toBe(0.3);
    expect((await (await startWith({ credit: 0, credits: [] })).state()).members).toEqual([NOTHING]);
  });
});

describe('a state comes back as it was put', () => {
  it('from the seed', async () => {
    const api = await startInveterate();
    const other = await putBack(api);
    for (const id of [ADA, BENOIT, CHIYO, DMITRI]) {
      expect(await other.ledger(id)).toEqual(await api.ledger(id));
      expect(await other.member(id)).toEqual(await api.member(id));
    }
    expect(await other.members()).toEqual(await api.members());
    expect(await other.as(RIDGE_KEY).members()).toEqual(await api.as(RIDGE_KEY).members());
  });

  it('after use, and goes on as before', async () => {
    const api = await startInveterate();
    const ridge = api.as(RIDGE_KEY);
    await api.add(ADA, { amount: 0.1, note: 'é "x" #1\n' });
    await api.add(ADA, { amount: -30, force: true });
    await api.redeem(ADA, { amount: 4 });
    await api.control('useCode', { code: CODE, orderId: '77', orderTotal: 12.34 });
    await api.redeem(BENOIT);
    await api.add(CHIYO, { amount: -3 });
    await ridge.add(FINN, { amount: 5 });
    await ridge.add(FINN, { amount: -1.5 });
    await api.enrol({
      customerId: NOBODY,
      credits: 3,
      referrals: '4',
      segmentId: 'gold',
      overrideSpendThreshold: false,
    });
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

  it('with what waits and what was refused', async () => {
    const api = await startInveterate({ set: ['inveterate.settleAfter=PT5S'] });
    await api.add(CHIYO, { amount: -12, note: 'All', force: true });
    await api.control('expireCredits', { merchantId: LUMEN, customerId: CHIYO, amount: 1 });
    await api.control('settle');
    await api.add(CHIYO, { amount: 0.1 });
    await api.redeem(ADA, { amount: 0.3 });
    await api.redeem(ADA);
    await api.advance('PT1S');
    await api.enrol({ customerId: NOBODY, segmentId: 'gold', keepInSpendBasedTier: false, credits: 1.5 });
    expect((await api.state()).pending).toMatchObject([
      { kind: 'credits', amount: '-12', refused: 'OVERDRAFT' },
      { kind: 'credits', amount: '0.1' },
      { kind: 'redemption', amount: '0.3' },
      { kind: 'redemption', amount: null },
      { kind: 'member', credits: '1.5', segmentId: 'gold', keepInSpendBasedTier: false },
    ]);
    const other = await putBack(api);
    for (const one of [api, other]) await one.advance('PT5S');
    expect((await other.state()).pending).toMatchObject([{ amount: '-12', refused: 'OVERDRAFT' }]);
    expect(await codeOf(other, ADA)).toEqual({ code: anyCode, value: 42.5 });
    expect(await other.ledger(CHIYO)).toEqual(await api.ledger(CHIYO));
    expect(await other.members()).toEqual(await api.members());
  });

  it.each<[string, number]>([
    ['the smallest amount', 5e-324],
    ['the largest amount', Number.MAX_VALUE],
    ['an amount of many digits', 0.1 + 0.2],
  ])('after %s', async (_, amount) => {
    const api = await startInveterate();
    await api.add(DMITRI, { amount });
    await api.redeem(DMITRI);
    const other = await putBack(api);
    expect(await other.ledger(DMITRI)).toEqual(ledgerOf([entry(DMITRI, amount, 0)], { code: anyCode, value: amount }));
  });

  it('after orders of more than a number can hold', async () => {
    const api = await startInveterate();
    for (let count = 0; count < 2; count += 1) {
      await api.redeem(ADA, { amount: 1 });
      await api.control('useCode', { code: (await codeOf(api, ADA))?.code, orderTotal: Number.MAX_VALUE });
    }
    await putBack(api);
  });

  it('with what a member joined with, as far as joining again does not say it anew', async () => {
    const api = await startInveterate();
    await api.enrol({ customerId: NOBODY, segmentId: 'gold', keepInSpendBasedTier: true });
    await api.enrol({ customerId: NOBODY, segmentId: 'free', dateOfBirth: '1990-02-03' });
    expect((await api.state()).members.find(({ customerId }) => customerId === NOBODY)).toEqual({
      ...NOTHING,
      segmentId: 'free',
      keepInSpendBasedTier: true,
      dateOfBirth: '1990-02-03',
    });
    await putBack(api);
  });
});
