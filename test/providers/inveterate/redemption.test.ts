import { describe, expect, it } from 'vitest';

import { START } from '../../support/emulator.ts';
import {
  ADA,
  BENOIT,
  CODE,
  DMITRI,
  FINN,
  LEDGERS,
  LUMEN,
  RIDGE_KEY,
  anyCode,
  balanceOf,
  codeInTheWay,
  codeOf,
  dataOf,
  entry,
  ledgerOf,
  notEnough,
  nothingToRedeem,
  redeemed,
  redemptionOf,
  refusal,
  refusedByControl,
  shownIn,
  startInveterate,
  submitted,
} from './api.ts';

const unknownCode = refusedByControl(409, 'No member has this code.');

describe.each(LEDGERS)('a redemption, as the %s path shows it', (_, ledger) => {
  it('is a code, and leaves balance and ledger as they are', async () => {
    const api = await startInveterate();
    const { credits } = shownIn(await api[ledger](ADA));
    const member = dataOf(await api.member(ADA));
    expect(await api.redeem(ADA, { amount: 5.25 })).toStrictEqual(redeemed);
    expect(await api[ledger](ADA)).toStrictEqual(ledgerOf(credits, { code: anyCode, value: 5.25 }));
    expect(dataOf(await api.member(ADA))).toStrictEqual({ ...Object(member), updatedAt: START });
    expect(await api.emulatorLedger()).toEqual([]);
  });

  it.each([
    ['without a body', undefined],
    ['with an empty object', {}],
    ['with other fields only', { value: 5 }],
  ])('%s is of everything', async (_, body) => {
    const api = await startInveterate();
    expect(await api.redeem(ADA, body)).toEqual(redeemed);
    expect(await api.redeem(BENOIT, body)).toEqual(redeemed);
    expect(shownIn(await api[ledger](ADA)).redemption).toStrictEqual({ code: anyCode, value: 42.5 });
    expect(shownIn(await api[ledger](BENOIT)).redemption).toStrictEqual({ code: anyCode, value: 30 });
  });

  it('of more makes one code of the new total, and the old one is no good any more', async () => {
    const api = await startInveterate();
    expect(await api.redeem(BENOIT, { amount: 5 })).toEqual(redeemed);
    const { credits, redemption } = shownIn(await api[ledger](BENOIT));
    expect(credits).toHaveLength(1);
    expect(redemption).toStrictEqual({ code: anyCode, value: 15 });
    expect(redemption?.code).not.toBe(CODE);
    const before = await api.everything();
    expect(await api.control('useCode', { code: CODE })).toEqual(unknownCode);
    expect(await api.everything()).toEqual(before);
    await api.control('useCode', { code: redemption?.code });
    expect(shownIn(await api[ledger](BENOIT))).toMatchObject({
      credits: [{ amount: -15, previousBalance: 30, newBalance: 15 }, { amount: 30 }],
      redemption: null,
    });
  });

  it('shows only later where effects take their time', async () => {
    const api = await startInveterate({ set: ['inveterate.settleAfter=PT5S'] });
    const before = await api[ledger](ADA);
    expect(await api.redeem(ADA, { amount: 5 })).toEqual(redeemed);
    expect(await api[ledger](ADA)).toEqual(before);
    await api.advance('PT5S');
    expect(shownIn(await api[ledger](ADA)).redemption).toStrictEqual({ code: anyCode, value: 5 });
  });
});

describe('a redemption', () => {
  it('takes an amount to the last cent, and adds amounts exactly', async () => {
    const api = await startInveterate();
    await api.redeem(ADA, { amount: 0.1 });
    await api.redeem(ADA, { amount: 0.2 });
    expect(await codeOf(api, ADA)).toStrictEqual({ code: anyCode, value: 0.3 });
    expect(await api.redeem(ADA, { amount: 42.2 })).toEqual(redeemed);
    expect(await codeOf(api, ADA)).toStrictEqual({ code: anyCode, value: 42.5 });
  });

  it('makes another code every time, for every member', async () => {
    const api = await startInveterate();
    const codes: unknown[] = [CODE];
    for (const id of [ADA, BENOIT, ADA, BENOIT]) {
      await api.redeem(id, { amount: 1 });
      codes.push((await codeOf(api, id))?.code);
    }
    expect(codes.slice(1)).toEqual([anyCode, anyCode, anyCode, anyCode]);
    expect(new Set(codes).size).toBe(5);
  });

  it('of one member is none of another', async () => {
    const api = await startInveterate();
    const { members } = await api.state();
    await api.redeem(ADA);
    expect((await api.state()).members.slice(1)).toEqual(members.slice(1));
  });

  it('goes with credits that are added after it, which a second one takes too', async () => {
    const api = await startInveterate();
    await api.redeem(BENOIT);
    const first = await codeOf(api, BENOIT);
    expect(await api.add(BENOIT, { amount: 5 })).toEqual(submitted);
    expect(await codeOf(api, BENOIT)).toStrictEqual(first);
    expect(await api.redeem(BENOIT)).toEqual(redeemed);
    expect(await codeOf(api, BENOIT)).toStrictEqual({ code: anyCode, value: 35 });
  });

  it('holds the credits against a removal', async () => {
    const api = await startInveterate();
    await api.redeem(ADA, { amount: 40 });
    expect(await api.add(ADA, { amount: -2.51 })).toEqual(codeInTheWay);
    expect(await api.add(ADA, { amount: -2.5 })).toEqual(submitted);
    expect(await codeOf(api, ADA)).toStrictEqual({ code: anyCode, value: 40 });
  });

  it('may follow one that was ended by force, up to what is left', async () => {
    const api = await startInveterate();
    await api.add(BENOIT, { amount: -25, force: true });
    expect(await api.redeem(BENOIT, { amount: 5.01 })).toEqual(notEnough);
    expect(await api.redeem(BENOIT, { amount: 5 })).toEqual(redeemed);
    expect(await codeOf(api, BENOIT)).toStrictEqual({ code: anyCode, value: 5 });
  });

  it('needs nobody of Lumen Tea at another merchant', async () => {
    const api = await startInveterate();
    expect(await api.as(RIDGE_KEY).redeem(FINN, { amount: 5 })).toEqual(redeemed);
    expect(await codeOf(api.as(RIDGE_KEY), FINN)).toStrictEqual({ code: anyCode, value: 5 });
  });
});

describe('a redemption that is refused changes nothing', () => {
  it.each([
    ['of everything where there is nothing', DMITRI, undefined, nothingToRedeem],
    ['of an amount where there is nothing', DMITRI, { amount: 0.01 }, notEnough],
    ['of more than there is', ADA, { amount: 42.51 }, notEnough],
    ['of more than the code leaves', BENOIT, { amount: 20.01 }, notEnough],
    ['of more than any number', BENOIT, { amount: Number.MAX_VALUE }, notEnough],
    ['of text', BENOIT, { amount: '5' }, refusal('amount must be number')],
    ['of null', BENOIT, { amount: null }, refusal('amount must be number')],
    ['of a list', BENOIT, { amount: [5] }, refusal('amount must be number')],
    ['by a list', BENOIT, [], refusal('body must be object')],
  ])('%s', async (_, id, body, answer) => {
    const api = await startInveterate();
    const before = await api.everything();
    expect(await api.redeem(id, body)).toStrictEqual(answer);
    expect(await api.everything()).toEqual(before);
  });

  it.each(['0', '-0', '0.0', '1e-400', '-0.01', '-5', '-1e308'])('of %s', async (amount) => {
    const api = await startInveterate();
    const before = await api.everything();
    expect(await api.send('post', redemptionOf(BENOIT), `{"amount":${amount}}`)).toStrictEqual(
      refusal('Amount must be greater than zero'),
    );
    expect(await api.everything()).toEqual(before);
  });

  it.each(['null', '5', '"all"', 'true'])('by %s', async (body) => {
    const api = await startInveterate();
    const before = await api.everything();
    expect(await api.send('post', redemptionOf(BENOIT), body)).toStrictEqual(refusal('body must be object'));
    expect(await api.everything()).toEqual(before);
  });

  it('of everything again, and the code stays', async () => {
    const api = await startInveterate();
    await api.redeem(BENOIT);
    const before = await api.everything();
    expect(await api.redeem(BENOIT)).toStrictEqual(nothingToRedeem);
    expect(await api.redeem(BENOIT, { amount: 0.01 })).toStrictEqual(notEnough);
    expect(await api.everything()).toEqual(before);
  });

  it('of more than there is, as a failure inside', async () => {
    const api = await startInveterate({ set: ['inveterate.overdraftStatus=500'] });
    const before = await api.everything();
    expect(await api.redeem(ADA, { amount: 42.51 })).toStrictEqual({
      status: 500,
      body: { message: 'Not enough credits', data: { error: 'INSUFFICIENT_CREDITS' } },
    });
    expect(await api.redeem(DMITRI)).toStrictEqual(nothingToRedeem);
    expect(await api.everything()).toEqual(before);
  });
});

describe.each(LEDGERS)('a code that is used, as the %s path shows it', (_, ledger) => {
  const used = entry(BENOIT, -10, 30, { reason: 'CREDIT_REDEMPTION', note: 'Credit Redemption' });

  it('takes its value from the balance, by a row, and is gone', async () => {
    const api = await startInveterate();
    const { credits } = shownIn(await api[ledger](BENOIT));
    const row = { ...used, orderId: '5000000000777' };
    expect(await api.control('useCode', { code: CODE, orderId: '5000000000777' })).toEqual({
      result: row,
      entries: [
        {
          id: '1',
          at: START,
          provider: 'inveterate',
          tenant: LUMEN,
          account: BENOIT,
          unit: 'credits',
          delta: '-10',
          before: '30',
          after: '20',
          cause: 'control',
          operation: 'useCode',
          requestId: null,
          key: null,
          memo: null,
        },
      ],
    });
    expect(await api[ledger](BENOIT)).toStrictEqual(ledgerOf([row, ...credits]));
    expect(await balanceOf(api, BENOIT)).toBe(20);
  });

  it('is on an order that is made up if none is named', async () => {
    const api = await startInveterate();
    await api.control('useCode', { code: CODE });
    const orderId = expect.stringMatching(/^[0-9]{13}$/) as string;
    expect(shownIn(await api[ledger](BENOIT)).credits[0]).toStrictEqual({ ...used, orderId });
  });

  it('cannot be used again', async () => {
    const api = await startInveterate();
    await api.control('useCode', { code: CODE });
    const before = await api.everything();
    const shown = await api[ledger](BENOIT);
    expect(await api.control('useCode', { code: CODE })).toEqual(unknownCode);
    expect(await api.everything()).toEqual(before);
    expect(await api[ledger](BENOIT)).toEqual(shown);
  });
});

describe('the use of a code', () => {
  it('shows in what is known of the member', async () => {
    const api = await startInveterate();
    const before = dataOf(await api.member(BENOIT));
    await api.advance('PT1H');
    await api.control('useCode', { code: CODE, orderId: '5000000000777', orderTotal: 31.5 });
    const at = '2026-01-01T01:00:00.000Z';
    expect(dataOf(await api.member(BENOIT))).toStrictEqual({
      ...Object(before),
      credit: 20,
      numberOfCreditRedemptions: 1,
      lastCreditRedemptionAt: at,
      orderCount: 1,
      orderIds: [5_000_000_000_777],
      totalSpend: 31.5,
      revenue: 31.5,
      lastPurchaseAt: at,
      updatedAt: at,
    });
  });

  it('leaves a balance that was never lowered by making it', async () => {
    const api = await startInveterate();
    await api.redeem(ADA);
    expect(await balanceOf(api, ADA)).toBe(42.5);
    await api.control('useCode', { code: (await codeOf(api, ADA))?.code });
    expect(await balanceOf(api, ADA)).toBe(0);
    expect(await api.redeem(ADA)).toEqual(nothingToRedeem);
  });

  it.each(['REDEEM+0000000000000000', 'redeem+9f2c41d07be35a68', 'REDEEM%2B9f2c41d07be35a68', '9f2c41d07be35a68'])(
    'needs a code that a member has: %s',
    async (code) => {
      const api = await startInveterate();
      const before = await api.everything();
      expect(await api.control('useCode', { code })).toEqual(unknownCode);
      expect(await api.everything()).toEqual(before);
    },
  );
});
