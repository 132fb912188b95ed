import { describe, expect, it } from 'vitest';

import {
  ADA,
  BENOIT,
  CHIYO,
  CODE,
  DMITRI,
  FINN,
  LUMEN,
  MAGIC,
  NOBODY,
  RIDGE,
  RIDGE_KEY,
  anyCode,
  codeOf,
  dataOf,
  entry,
  ledgerOf,
  redeemed,
  refusedByControl,
  shownIn,
  startInveterate,
  submitted,
  unknownCustomer,
  type InveterateApi,
} from './api.ts';

const AT = '2026-01-01T06:00:00.000Z';

/** On the default seed, six hours after the start. */
async function startLater(): Promise<InveterateApi> {
  const api = await startInveterate();
  await api.advance('PT6H');
  return api;
}

/** What a control says that changed a balance, or none. */
function done(result: unknown, ...entries: readonly object[]): object {
  return { result, entries };
}

function movement(operation: string, account: string, delta: string, before: string, after: string): object {
  return {
    id: '1',
    at: AT,
    provider: 'inveterate',
    tenant: LUMEN,
    account,
    unit: 'credits',
    delta,
    before,
    after,
    cause: 'control',
    operation,
    requestId: null,
    key: null,
    memo: null,
  };
}

function row(customerId: string, amount: number, previousBalance: number, other: object): object {
  return entry(customerId, amount, previousBalance, { createdAt: AT, updatedAt: AT, ...other });
}

function wrong(detail: string): object {
  return {
    type: 'about:blank',
    title: 'Invalid arguments',
    status: 400,
    detail,
    hint: 'GET /_emulator/controls shows their schema.',
  };
}

/** That a control answers so and leaves everything as it was. */
async function expectRefused(name: string, args: object, refusal: object): Promise<void> {
  const api = await startLater();
  const before = await api.everything();
  expect(await api.control(name, args)).toEqual(refusal);
  expect(await api.everything()).toEqual(before);
}

const noMember = refusedByControl(409, 'The member does not exist.');
const noMerchant = refusedByControl(409, 'The merchant does not exist.');
const noCode = refusedByControl(409, 'No member has this code.');
const isMember = refusedByControl(409, 'The customer is already a member.');

describe('the control useCode', () => {
  const toRow = (orderId: string): object =>
    row(BENOIT, -10, 30, { reason: 'CREDIT_REDEMPTION', note: 'Credit Redemption', orderId });

  it('takes what the code is worth, with the order, and the code is gone', async () => {
    const api = await startLater();
    const { credits } = shownIn(await api.ledger(BENOIT));
    const member = dataOf(await api.member(BENOIT)) as object;
    const order = { orderId: '6000000000001', orderTotal: 49.9 };
    expect(await api.control('useCode', { code: CODE, ...order })).toEqual(
      done(toRow(order.orderId), movement('useCode', BENOIT, '-10', '30', '20')),
    );
    expect(await api.ledger(BENOIT)).toEqual(ledgerOf([toRow(order.orderId), ...credits]));
    expect(dataOf(await api.member(BENOIT))).toEqual({
      ...member,
      credit: 20,
      creditsEarned: 30,
      lastCreditRedemptionAt: AT,
      lastPurchaseAt: AT,
      numberOfCreditRedemptions: 1,
      orderCount: 1,
      orderIds: [6_000_000_000_001],
      revenue: 49.9,
      totalSpend: 49.9,
      updatedAt: AT,
    });
  });

  it('makes up an order for nothing, another one each time', async () => {
    const api = await startLater();
    const anyOrder = expect.stringMatching(/^[1-9]\d{12}$/) as string;
    expect(await api.control('useCode', { code: CODE })).toEqual(
      done(toRow(anyOrder), movement('useCode', BENOIT, '-10', '30', '20')),
    );
    await api.redeem(BENOIT, { amount: 0.5 });
    await api.control('useCode', { code: (await codeOf(api, BENOIT))?.code });
    const member = dataOf(await api.member(BENOIT)) as { readonly orderIds: readonly number[] };
    expect(member).toMatchObject({ credit: 19.5, orderCount: 2, numberOfCreditRedemptions: 2, totalSpend: 0 });
    const [second, first] = shownIn(await api.ledger(BENOIT)).credits.map(({ orderId }) => Number(orderId));
    expect(member.orderIds).toEqual([first, second]);
    expect(first).not.toBe(second);
  });

  it('makes up no order that is there already in a state that was put back', async () => {
    const api = await startLater();
    await api.control('useCode', { code: CODE });
    await api.app
      .put('/_emulator/state')
      .send((await api.emulator('get', '/state')) as object)
      .expect(204);
    await api.redeem(BENOIT);
    await api.control('useCode', { code: (await codeOf(api, BENOIT))?.code });
    const { orderIds } = dataOf(await api.member(BENOIT)) as { readonly orderIds: readonly number[] };
    expect(orderIds).toHaveLength(2);
    expect(new Set(orderIds).size).toBe(2);
  });

  it('adds up what is spent, cent by cent', async () => {
    const api = await startLater();
    for (const orderTotal of [0.1, 0.2, 0]) {
      await api.redeem(ADA, { amount: 0.1 });
      await api.control('useCode', { code: (await codeOf(api, ADA))?.code, orderTotal });
    }
    expect(dataOf(await api.member(ADA))).toMatchObject({
      credit: 42.2,
      creditsEarned: 59.5,
      orderCount: 9,
      numberOfCreditRedemptions: 5,
      totalSpend: 245.3,
      revenue: 245.3,
    });
  });

  it('spends what expires soonest', async () => {
    const api = await startInveterate();
    await api.redeem(CHIYO, { amount: 9 });
    await api.control('useCode', { code: (await codeOf(api, CHIYO))?.code });
    await api.advance('P9D');
    expect(shownIn(await api.ledger(CHIYO)).credits.map(({ amount }) => amount)).toEqual([-9, 8, 4]);
  });

  it('takes everything, and leaves a member who can collect again', async () => {
    const api = await startLater();
    expect(await api.redeem(ADA)).toEqual(redeemed);
    await api.control('useCode', { code: (await codeOf(api, ADA))?.code });
    expect(await codeOf(api, ADA)).toBeNull();
    expect(await api.add(ADA, { amount: 1 })).toEqual(submitted);
    expect(dataOf(await api.member(ADA))).toMatchObject({ credit: 1 });
  });

  it('takes a code of any merchant, and once only', async () => {
    const api = await startLater();
    const ridge = api.as(RIDGE_KEY);
    await ridge.redeem(FINN, { amount: 20 });
    const code = (await codeOf(ridge, FINN))?.code;
    expect(await api.control('useCode', { code, orderId: '7' })).toMatchObject({
      result: { merchantId: RIDGE, customerId: FINN, amount: -20, newBalance: 30, orderId: '7' },
    });
    const before = await api.everything();
    expect(await api.control('useCode', { code })).toEqual(noCode);
    expect(await api.everything()).toEqual(before);
  });

  it('does not take a code that another one has replaced', async () => {
    const api = await startLater();
    await api.redeem(BENOIT, { amount: 1 });
    expect(await codeOf(api, BENOIT)).toEqual({ code: anyCode, value: 11 });
    const before = await api.everything();
    expect(await api.control('useCode', { code: CODE })).toEqual(noCode);
    expect(await api.everything()).toEqual(before);
  });

  it.each<[object, object]>([
    [{ code: 'REDEEM+0000000000000000' }, noCode],
    [{ code: CODE.toLowerCase() }, noCode],
    [{}, wrong("body must have required property 'code'")],
    [{ code: '' }, wrong('body/code must NOT have fewer than 1 characters')],
    [{ code: 5 }, wrong('body/code must be string')],
    [{ code: CODE, orderId: '' }, wrong('body/orderId must match pattern "^[0-9]{1,15}$"')],
    [{ code: CODE, orderId: '1e3' }, wrong('body/orderId must match pattern "^[0-9]{1,15}$"')],
    [{ code: CODE, orderId: '1234567890123456' }, wrong('body/orderId must match pattern "^[0-9]{1,15}$"')],
    [{ code: CODE, orderId: 5 }, wrong('body/orderId must be string')],
    [{ code: CODE, orderTotal: -0.01 }, wrong('body/orderTotal must be >= 0')],
    [{ code: CODE, orderTotal: '5' }, wrong('body/orderTotal must be number')],
    [
      { code: CODE, amount: 5 },
      wrong('body must NOT have additional properties (amount; known: code, orderId, orderTotal)'),
    ],
  ])('refuses %j', async (args, refusal) => {
    await expectRefused('useCode', args, refusal);
  });
});

describe('the control createMember', () => {
  const person = {
    email: 'grace@lumen.example',
    firstName: 'Grace',
    lastName: 'Hall',
    phoneNumber: '+49 30 1234',
    notes: 'Likes green tea',
  };
  const nobody = {
    merchantId: LUMEN,
    customerId: NOBODY,
    accountState: 'ENABLED',
    anonymized: false,
    contractId: null,
    createdAt: AT,
    credit: 0,
    creditsEarned: 0,
    email: null,
    firstName: null,
    joinedAt: AT,
    lastCreditRedemptionAt: null,
    lastName: null,
    lastPurchaseAt: null,
    notes: null,
    ...{ numberOfCreditRedemptions: 0, orderCount: 0, orderIds: [] },
    paymentId: null,
    phoneNumber: null,
    referrals: 0,
    referredBy: null,
    revenue: 0,
    status: 'ACTIVE',
    totalSpend: 0,
    updatedAt: AT,
    ...{ tierId: null, tierName: null, trigger: null, currencyCode: 'USD', freeTrialActive: false },
  };

  it('makes a member of whom nothing is known', async () => {
    const api = await startLater();
    expect(await api.control('createMember', { merchantId: LUMEN, customerId: NOBODY })).toEqual(done(nobody));
    expect(await api.member(NOBODY)).toEqual({ status: 200, body: { message: 'Member found', data: nobody } });
    expect(await api.ledger(NOBODY)).toEqual(ledgerOf([]));
    expect(await api.as(RIDGE_KEY).member(NOBODY)).toEqual(unknownCustomer);
    const { members } = dataOf(await api.members()) as { readonly members: readonly object[] };
    expect(members.at(-1)).toEqual(nobody);
    expect(members).toHaveLength(5 + MAGIC.length);
  });

  it('makes a member with all that is known and credits to start with', async () => {
    const api = await startLater();
    const made = { ...nobody, ...person, credit: 7.25, creditsEarned: 7.25 };
    expect(
      await api.control('createMember', { merchantId: LUMEN, customerId: NOBODY, ...person, credits: 7.25 }),
    ).toEqual(done(made, movement('createMember', NOBODY, '7.25', '0', '7.25')));
    expect(dataOf(await api.member(NOBODY))).toEqual(made);
    expect(await api.ledger(NOBODY)).toEqual(ledgerOf([row(NOBODY, 7.25, 0, {})]));
    expect((await api.emulatorLedger()).length).toBe(1);
  });

  it('makes the same customer a member of two merchants', async () => {
    const api = await startLater();
    expect(await api.control('createMember', { merchantId: RIDGE, customerId: ADA, credits: 1 })).toMatchObject({
      result: { merchantId: RIDGE, customerId: ADA, credit: 1 },
    });
    expect(dataOf(await api.member(ADA))).toMatchObject({ credit: 42.5 });
    expect(dataOf(await api.as(RIDGE_KEY).member(ADA))).toMatchObject({ credit: 1 });
  });

  it('makes a member at once where a merchant has to wait', async () => {
    const api = await startInveterate({ set: ['inveterate.settleAfter=PT5S'] });
    await api.control('createMember', { merchantId: LUMEN, customerId: NOBODY, credits: 2 });
    expect(await api.ledger(NOBODY)).toEqual(ledgerOf([entry(NOBODY, 2, 0)]));
    expect((await api.state()).pending).toEqual([]);
  });

  const both = { merchantId: LUMEN, customerId: NOBODY };
  it.each<[object, object]>([
    [{ merchantId: LUMEN, customerId: ADA }, isMember],
    [{ merchantId: LUMEN, customerId: ADA, credits: 5, email: 'a@b.example' }, isMember],
    [{ merchantId: 'x', customerId: NOBODY }, noMerchant],
    [{ customerId: NOBODY }, wrong("body must have required property 'merchantId'")],
    [{ merchantId: LUMEN }, wrong("body must have required property 'customerId'")],
    [{ merchantId: '', customerId: NOBODY }, wrong('body/merchantId must NOT have fewer than 1 characters')],
    [{ merchantId: LUMEN, customerId: '' }, wrong('body/customerId must match pattern "^[0-9]{1,32}$"')],
    [{ merchantId: LUMEN, customerId: 'gid://1' }, wrong('body/customerId must match pattern "^[0-9]{1,32}$"')],
    [{ merchantId: LUMEN, customerId: 61 }, wrong('body/customerId must be string')],
    [{ merchantId: LUMEN, customerId: '1'.repeat(33) }, wrong('body/customerId must match pattern "^[0-9]{1,32}$"')],
    [{ ...both, credits: 0 }, wrong('body/credits must be > 0')],
    [{ ...both, credits: -1 }, wrong('body/credits must be > 0')],
    [{ ...both, credits: '1' }, wrong('body/credits must be number')],
    [{ ...both, email: '' }, wrong('body/email must NOT have fewer than 1 characters')],
    [{ ...both, firstName: null }, wrong('body/firstName must be string')],
    [
      { ...both, name: 'Grace' },
      wrong(
        'body must NOT have additional properties (name; known: merchantId, customerId, email, firstName, lastName, phoneNumber, notes, credits)',
      ),
    ],
  ])('refuses %j', async (args, refusal) => {
    await expectRefused('createMember', args, refusal);
  });
});

describe('the control expireCredits', () => {
  const toRow = (customerId: string, lost: number, balance: number): object =>
    row(customerId, -lost, balance, { reason: 'EXPIRED' });

  it('takes everything that is left', async () => {
    const api = await startLater();
    const { credits } = shownIn(await api.ledger(ADA));
    const member = dataOf(await api.member(ADA)) as object;
    expect(await api.control('expireCredits', { merchantId: LUMEN, customerId: ADA })).toEqual(
      done(toRow(ADA, 42.5, 42.5), movement('expireCredits', ADA, '-42.5', '42.5', '0')),
    );
    expect(await api.ledger(ADA)).toEqual(ledgerOf([toRow(ADA, 42.5, 42.5), ...credits]));
    expect(dataOf(await api.member(ADA))).toEqual({ ...member, credit: 0, updatedAt: AT });
  });

  it('takes an amount of those that expire soonest', async () => {
    const api = await startLater();
    expect(await api.control('expireCredits', { merchantId: LUMEN, customerId: CHIYO, amount: 2.5 })).toEqual(
      done(toRow(CHIYO, 2.5, 12), movement('expireCredits', CHIYO, '-2.5', '12', '9.5')),
    );
    await api.advance('P9D');
    expect(shownIn(await api.ledger(CHIYO)).credits.map(({ amount }) => amount)).toEqual([-5.5, -2.5, 8, 4]);
  });

  it.each([
    ['keeps a code that is covered', 20, { code: CODE, value: 10 }],
    ['disables a code that is not', 20.5, null],
    ['disables a code with everything', undefined, null],
  ])('%s', async (_, amount, after) => {
    const api = await startLater();
    await api.control('expireCredits', { merchantId: LUMEN, customerId: BENOIT, ...(amount && { amount }) });
    const lost = amount ?? 30;
    expect(await api.ledger(BENOIT)).toEqual(
      ledgerOf([{ ...toRow(BENOIT, lost, 30) }, expect.objectContaining({ amount: 30 })], after),
    );
  });

  const ada = { merchantId: LUMEN, customerId: ADA };
  it.each<[object, object]>([
    [{ ...ada, amount: 42.51 }, refusedByControl(409, 'Not enough credits')],
    [{ merchantId: LUMEN, customerId: DMITRI }, refusedByControl(409, 'Amount cannot be zero')],
    [{ merchantId: LUMEN, customerId: DMITRI, amount: 0.01 }, refusedByControl(409, 'Not enough credits')],
    [{ merchantId: LUMEN, customerId: NOBODY }, noMember],
    [{ merchantId: RIDGE, customerId: ADA }, noMember],
    [{ merchantId: 'x', customerId: ADA }, noMember],
    [{ ...ada, amount: 0 }, wrong('body/amount must be > 0')],
    [{ ...ada, amount: -5 }, wrong('body/amount must be > 0')],
    [{ ...ada, amount: '5' }, wrong('body/amount must be number')],
    [
      { ...ada, force: true },
      wrong('body must NOT have additional properties (force; known: merchantId, customerId, amount)'),
    ],
    [{ merchantId: LUMEN }, wrong("body must have required property 'customerId'")],
    [{ customerId: ADA }, wrong("body must have required property 'merchantId'")],
    [{ merchantId: LUMEN, customerId: 'ada' }, wrong('body/customerId must match pattern "^[0-9]{1,32}$"')],
  ])('refuses %j', async (args, refusal) => {
    await expectRefused('expireCredits', args, refusal);
  });
});
