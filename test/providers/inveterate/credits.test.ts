import { describe, expect } from 'vitest';

import { START } from '../../support/emulator.ts';
import {
  ADA,
  BENOIT,
  CODE,
  DMITRI,
  at,
  balanceOf,
  codeInTheWay,
  codeOf,
  creditsOf,
  entry,
  it,
  ledgerOf,
  movement,
  notEnough,
  overdrawnInside,
  refusal,
  refusedByControl,
  shownIn,
  startInveterate,
  submitted,
} from './api.ts';

describe('an addition or a removal', () => {
  it('is an entry with its note, both balances and its time, before all older ones, on both paths', async ({ api }) => {
    const { credits } = shownIn(await api.ledger(ADA));
    expect(credits).toHaveLength(12);
    await api.advance('PT90M');
    expect(await api.add(ADA, { amount: 7.5 })).toEqual(submitted);
    expect(await api.add(ADA, { amount: -2.25, note: 'Granted twice' })).toEqual(submitted);
    const times = at('2026-01-01T01:30:00.000Z');
    const written = [
      entry(ADA, -2.25, 50, { note: 'Granted twice', ...times }),
      entry(ADA, 7.5, 42.5, times),
      ...credits,
    ];
    expect(await api.ledger(ADA)).toStrictEqual(ledgerOf(written));
    expect(await api.storefrontLedger(ADA)).toStrictEqual(ledgerOf(written));
  });

  it('is exact if binary fractions are not: twenty times a tenth is two', async ({ api }) => {
    for (let times = 0; times < 20; times += 1) await api.add(DMITRI, { amount: 0.1 });
    const { credits } = shownIn(await api.ledger(DMITRI));
    const tenths = Array.from({ length: 20 }, (_, index) => (20 - index) / 10);
    expect(credits.map(({ newBalance }) => newBalance)).toEqual(tenths);
    expect(credits.map(({ previousBalance }) => previousBalance)).toEqual([...tenths.slice(1), 0]);
  });

  it('may be as small as a number can be, and is not lost next to a large one', async ({ api }) => {
    for (const amount of [1e300, 5e-324, -1e300]) await api.add(DMITRI, { amount });
    expect(await balanceOf(api, DMITRI)).toBe(5e-324);
  });

  it('is refused if no number can show the balance', async ({ api }) => {
    expect(await api.add(DMITRI, { amount: Number.MAX_VALUE })).toEqual(submitted);
    await api.refuses(refusal('Amount is out of range'), () => api.add(DMITRI, { amount: Number.MAX_VALUE }));
  });

  it.each([undefined, '', `${'ä'.repeat(5000)} 茶 🍵\n"`])('keeps a note without changing it: %s', async (note) => {
    const api = await startInveterate();
    expect(await api.add(DMITRI, { amount: 5, note })).toEqual(submitted);
    expect(await api.ledger(DMITRI)).toStrictEqual(ledgerOf([entry(DMITRI, 5, 0, { note: note ?? null })]));
  });

  it('ignores undocumented fields', async ({ api }) => {
    const unknown = { reason: 'GIFT', orderId: '5', expirationDate: START, customerId: ADA, merchantId: 'x' };
    expect(await api.add(DMITRI, { amount: 5, ...unknown })).toEqual(submitted);
    expect(await api.ledger(DMITRI)).toStrictEqual(ledgerOf([entry(DMITRI, 5, 0)]));
  });

  it('is in the ledger of the emulator, too', async ({ api }) => {
    expect(await api.emulatorLedger()).toEqual([]);
    await api.add(ADA, { amount: 5, note: 'Sorry' });
    await api.add(ADA, { amount: -0.5 });
    const operation = 'CreditsController_create';
    expect(await api.emulatorLedger()).toEqual([
      movement(ADA, ['-0.5', '47.5', '47'], { id: '2', operation, requestId: 'default-2' }),
      movement(ADA, ['5', '42.5', '47.5'], { operation, requestId: 'default-1', memo: 'Sorry' }),
    ]);
  });
});

describe('a removal', () => {
  it('keeps a code that is covered, and ends another one only by force', async ({ api }) => {
    expect(await api.add(BENOIT, { amount: -20, force: true })).toEqual(submitted);
    expect(await codeOf(api, BENOIT)).toEqual({ code: CODE, value: 10 });
    expect(await api.add(BENOIT, { amount: -0.01 })).toEqual(codeInTheWay);
    expect(await api.add(BENOIT, { amount: -0.01, force: true })).toEqual(submitted);
    expect(await codeOf(api, BENOIT)).toBeNull();
    expect(await api.control('useCode', { code: CODE })).toEqual(refusedByControl('No member has this code.'));
    await api.redeem(BENOIT, { amount: 3 });
    expect(await api.add(BENOIT, { amount: -7 })).toEqual(codeInTheWay);
    expect(await api.add(BENOIT, { amount: -9.99, force: true })).toEqual(submitted);
    expect([await codeOf(api, BENOIT), await balanceOf(api, BENOIT)]).toEqual([null, 0]);
  });

  it('of more than the balance is refused, with force or without', async ({ api }) => {
    await api.refuses(
      notEnough,
      () => api.add(ADA, { amount: -42.51 }),
      () => api.add(ADA, { amount: -42.500000000000007 }),
      () => api.add(ADA, { amount: -42.51, force: true }),
      () => api.add(DMITRI, { amount: -1 }),
      () => api.add(BENOIT, { amount: -30.01 }),
      () => api.add(BENOIT, { amount: -Number.MAX_VALUE, force: true }),
    );
    await api.refuses(codeInTheWay, () => api.add(BENOIT, { amount: -30, force: false }));
  });

  it('of more than the balance is a failure inside if the option says so', async () => {
    const api = await startInveterate({ set: ['inveterate.overdraftStatus=500'] });
    await api.refuses(
      overdrawnInside,
      () => api.add(ADA, { amount: -42.51 }),
      () => api.add(BENOIT, { amount: -31, force: true }),
    );
    await api.refuses(codeInTheWay, () => api.add(BENOIT, { amount: -21 }));
  });
});

describe('an amount', () => {
  it.each([
    ['{"amount":0}', 'Amount cannot be zero'],
    ['{"amount":-0,"force":true}', 'Amount cannot be zero'],
    ['{"amount":-0.0e5}', 'Amount cannot be zero'],
    ['{"amount":1e-400}', 'Amount cannot be zero'],
    ['{}', 'amount is required'],
    ['{"amount":"5"}', 'amount must be number'],
    ['{"amount":null}', 'amount must be number'],
    ['{"amount":[5]}', 'amount must be number'],
    ['{"amount":1e400}', 'amount must be number'],
    ['{"amount":-1e400,"force":true}', 'amount must be number'],
    ['{"amount":5,"note":null}', 'note must be string'],
    ['{"amount":5,"force":null}', 'force must be boolean'],
    ['{"amount":-30,"force":"true"}', 'force must be boolean'],
    ['[{"amount":5}]', 'body must be object'],
    ['null', 'body must be object'],
  ])('is refused with the body %s', async (body, message) => {
    const api = await startInveterate();
    await api.refuses(refusal(message), () => api.send('post', creditsOf(BENOIT), body));
  });

  it.each([
    ['5.00', 5],
    ['0.30000000000000004', 0.30000000000000004],
    ['1E+2', 100],
    ['9007199254740993', 9007199254740992],
  ])('may be the JSON number %s', async (amount, shown) => {
    const api = await startInveterate();
    expect(await api.send('post', creditsOf(DMITRI), `{"amount":${amount}}`)).toEqual(submitted);
    expect(await api.ledger(DMITRI)).toStrictEqual(ledgerOf([entry(DMITRI, shown, 0)]));
  });
});
