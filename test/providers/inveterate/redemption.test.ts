import { describe, expect } from 'vitest';

import { START } from '../../support/emulator.ts';
import {
  ADA,
  BENOIT,
  CHIYO,
  CODE,
  DMITRI,
  FINN,
  RIDGE,
  RIDGE_KEY,
  amountsOf,
  anyCode,
  at,
  balanceOf,
  codeInTheWay,
  codeOf,
  dataOf,
  entry,
  it,
  ledgerOf,
  movement,
  notEnough,
  nothingToRedeem,
  overdrawnInside,
  redeemed,
  redemptionOf,
  refusal,
  refusedByControl,
  shownIn,
  startInveterate,
  submitted,
  wrongArguments,
} from './api.ts';

const unknownCode = refusedByControl('No member has this code.');
const NOON = '2026-01-01T12:00:00.000Z';

describe('a redemption', () => {
  it('makes a code, and changes neither balance nor ledger', async ({ api }) => {
    const { members } = await api.state();
    const { credits } = shownIn(await api.ledger(ADA));
    const member = dataOf(await api.member(ADA));
    expect(await api.redeem(ADA, { amount: 5.25 })).toStrictEqual(redeemed);
    expect(await api.ledger(ADA)).toStrictEqual(ledgerOf(credits, { code: anyCode, value: 5.25 }));
    expect(await api.storefrontLedger(ADA)).toStrictEqual(await api.ledger(ADA));
    expect(dataOf(await api.member(ADA))).toStrictEqual({ ...member, updatedAt: START });
    expect(await api.emulatorLedger()).toEqual([]);
    expect((await api.state()).members.slice(1)).toEqual(members.slice(1));
  });

  it.for([undefined, {}, { value: 5 }])('is of everything with the body %j', async (body, { api }) => {
    for (const id of [ADA, BENOIT]) expect(await api.redeem(id, body)).toEqual(redeemed);
    expect(await codeOf(api, ADA)).toStrictEqual({ code: anyCode, value: 42.5 });
    expect(await codeOf(api, BENOIT)).toStrictEqual({ code: anyCode, value: 30 });
    await api.refuses(nothingToRedeem, () => api.redeem(BENOIT, body));
  });

  it('of more makes one new code of the new total, exactly, and ends the old one', async ({ api }) => {
    const codes: unknown[] = [CODE];
    for (const [amount, value] of [
      [0.1, 10.1],
      [0.2, 10.3],
      [19.7, 30],
    ]) {
      expect(await api.redeem(BENOIT, { amount })).toEqual(redeemed);
      const redemption = await codeOf(api, BENOIT);
      expect(redemption).toStrictEqual({ code: anyCode, value });
      codes.push(redemption?.code);
    }
    expect(new Set(codes).size).toBe(4);
    await api.refuses(unknownCode, () => api.control('useCode', { code: CODE }));
  });

  it('reserves what there is then, and later credits only by a further one', async ({ api }) => {
    await api.redeem(BENOIT);
    const first = await codeOf(api, BENOIT);
    expect(await api.add(BENOIT, { amount: 5, force: true })).toEqual(submitted);
    expect(await codeOf(api, BENOIT)).toStrictEqual(first);
    expect(await api.add(BENOIT, { amount: -5.01 })).toEqual(codeInTheWay);
    expect(await api.redeem(BENOIT)).toEqual(redeemed);
    expect(await codeOf(api, BENOIT)).toStrictEqual({ code: anyCode, value: 35 });
  });

  it('of too much is refused', async ({ api }) => {
    await api.refuses(nothingToRedeem, () => api.redeem(DMITRI));
    await api.refuses(
      notEnough,
      () => api.redeem(DMITRI, { amount: 0.01 }),
      () => api.redeem(ADA, { amount: 42.51 }),
      () => api.redeem(BENOIT, { amount: 20.01 }),
      () => api.redeem(BENOIT, { amount: Number.MAX_VALUE }),
    );
  });

  it('of too much is a failure inside if the option says so', async () => {
    const api = await startInveterate({ set: ['inveterate.overdraftStatus=500'] });
    await api.refuses(overdrawnInside, () => api.redeem(ADA, { amount: 42.51 }));
    await api.refuses(nothingToRedeem, () => api.redeem(DMITRI));
  });

  it.each([
    ['{"amount":0}', 'Amount must be greater than zero'],
    ['{"amount":-0.0}', 'Amount must be greater than zero'],
    ['{"amount":1e-400}', 'Amount must be greater than zero'],
    ['{"amount":-5}', 'Amount must be greater than zero'],
    ['{"amount":"5"}', 'amount must be number'],
    ['{"amount":null}', 'amount must be number'],
    ['[]', 'body must be object'],
    ['null', 'body must be object'],
    ['"all"', 'body must be object'],
  ])('is refused with the body %s', async (body, message) => {
    const api = await startInveterate();
    await api.refuses(refusal(message), () => api.send('post', redemptionOf(BENOIT), body));
  });
});

describe('the control useCode', () => {
  const row = (orderId: unknown): object =>
    entry(BENOIT, -10, 30, { reason: 'CREDIT_REDEMPTION', note: 'Credit Redemption', orderId, ...at(NOON) });
  const moved = movement(BENOIT, ['-10', '30', '20'], { at: NOON, cause: 'control', operation: 'useCode' });

  it('subtracts the value of the code by a row with the order, and deletes the code', async ({ api }) => {
    const { credits } = shownIn(await api.ledger(BENOIT));
    const member = dataOf(await api.member(BENOIT));
    await api.advance('PT12H');
    const orderId = '6000000000001';
    expect(await api.control('useCode', { code: CODE, orderId, orderTotal: 49.9 })).toEqual({
      result: row(orderId),
      entries: [moved],
    });
    expect(await api.ledger(BENOIT)).toStrictEqual(ledgerOf([row(orderId), ...credits]));
    expect(await api.storefrontLedger(BENOIT)).toStrictEqual(await api.ledger(BENOIT));
    expect(dataOf(await api.member(BENOIT))).toStrictEqual({
      ...member,
      ...{ credit: 20, numberOfCreditRedemptions: 1, lastCreditRedemptionAt: NOON },
      ...{ orderCount: 1, orderIds: [Number(orderId)], totalSpend: 49.9, revenue: 49.9 },
      ...{ lastPurchaseAt: NOON, updatedAt: NOON },
    });
    await api.refuses(unknownCode, () => api.control('useCode', { code: CODE }));
  });

  it('generates an order without cost, a new one each time, also in a state that was put back', async ({ api }) => {
    await api.advance('PT12H');
    const anyOrder = expect.stringMatching(/^[1-9]\d{12}$/) as string;
    expect(await api.control('useCode', { code: CODE })).toEqual({ result: row(anyOrder), entries: [moved] });
    for (const amount of [0.5, 1]) {
      await api.copy();
      await api.redeem(BENOIT, { amount });
      await api.useCodeOf(BENOIT);
    }
    const member = dataOf(await api.member(BENOIT)) as { readonly orderIds: readonly number[] };
    expect(member).toMatchObject({ credit: 18.5, orderCount: 3, numberOfCreditRedemptions: 3, totalSpend: 0 });
    const orders = shownIn(await api.ledger(BENOIT)).credits.map(({ orderId }) => Number(orderId));
    expect(member.orderIds).toEqual(orders.slice(0, 3).reverse());
    expect(new Set(member.orderIds).size).toBe(3);
  });

  it('adds up what is spent, cent by cent', async ({ api }) => {
    for (const orderTotal of [0.1, 0.2, 0]) {
      await api.redeem(ADA, { amount: 0.1 });
      await api.useCodeOf(ADA, { orderTotal });
    }
    expect(dataOf(await api.member(ADA))).toMatchObject({
      ...{ credit: 42.2, creditsEarned: 59.5, orderCount: 9, numberOfCreditRedemptions: 5 },
      ...{ totalSpend: 245.3, revenue: 245.3 },
    });
  });

  it('spends what expires soonest, and may take everything', async ({ api }) => {
    await api.redeem(CHIYO, { amount: 9 });
    await api.useCodeOf(CHIYO);
    await api.advance('P9D');
    expect(await amountsOf(api, CHIYO)).toEqual([-9, 8, 4]);
    await api.redeem(CHIYO);
    await api.useCodeOf(CHIYO);
    expect([await balanceOf(api, CHIYO), await codeOf(api, CHIYO)]).toEqual([0, null]);
    expect(await api.redeem(CHIYO)).toEqual(nothingToRedeem);
  });

  it('accepts a code of any merchant', async ({ api }) => {
    const ridge = api.as(RIDGE_KEY);
    await ridge.redeem(FINN, { amount: 20 });
    expect(await ridge.useCodeOf(FINN, { orderId: '7' })).toMatchObject({
      result: { merchantId: RIDGE, customerId: FINN, amount: -20, newBalance: 30, orderId: '7' },
    });
  });

  const wrongOrder = wrongArguments('body/orderId must match pattern "^[0-9]{1,15}$"');
  it.each<[object, object]>([
    [{ code: 'REDEEM+0000000000000000' }, unknownCode],
    [{ code: CODE.toLowerCase() }, unknownCode],
    [{ code: CODE.replace('+', '%2B') }, unknownCode],
    [{}, wrongArguments("body must have required property 'code'")],
    [{ code: '' }, wrongArguments('body/code must NOT have fewer than 1 characters')],
    [{ code: CODE, orderId: '' }, wrongOrder],
    [{ code: CODE, orderId: '1e3' }, wrongOrder],
    [{ code: CODE, orderId: '1234567890123456' }, wrongOrder],
    [{ code: CODE, orderTotal: -0.01 }, wrongArguments('body/orderTotal must be >= 0')],
    [
      { code: CODE, amount: 5 },
      wrongArguments('body must NOT have additional properties (amount; known: code, orderId, orderTotal)'),
    ],
  ])('refuses %j', async (args, answer) => {
    await (await startInveterate()).refuses(answer, (api) => api.control('useCode', args));
  });
});
