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
  RIDGE,
  RIDGE_KEY,
  balanceOf,
  codeInTheWay,
  codeOf,
  creditsOf,
  entry,
  ledgerOf,
  notEnough,
  refusal,
  refusedByControl,
  shownIn,
  startInveterate,
  submitted,
} from './api.ts';

const zero = refusal('Amount cannot be zero');
const outOfRange = refusal('Amount is out of range');
const overdrawnInside = {
  status: 500,
  body: { message: 'Not enough credits', data: { error: 'INSUFFICIENT_CREDITS' } },
};

describe.each(LEDGERS)('an addition, as the %s path shows it', (_, ledger) => {
  it('is an entry with its note, both balances and its time', async () => {
    const api = await startInveterate();
    await api.advance('PT90M');
    expect(await api.add(DMITRI, { amount: 5, note: 'Sorry' })).toEqual(submitted);
    const at = '2026-01-01T01:30:00.000Z';
    const added = entry(DMITRI, 5, 0, { note: 'Sorry', createdAt: at, updatedAt: at });
    expect(await api[ledger](DMITRI)).toStrictEqual(ledgerOf([added]));
  });

  it('comes before all older ones, which stay as they are', async () => {
    const api = await startInveterate();
    const { credits } = shownIn(await api[ledger](ADA));
    expect(credits).toHaveLength(12);
    await api.add(ADA, { amount: 7.5 });
    await api.add(ADA, { amount: 1 });
    const added = [entry(ADA, 1, 50), entry(ADA, 7.5, 42.5)];
    expect(await api[ledger](ADA)).toStrictEqual(ledgerOf([...added, ...credits]));
  });

  it('expires where the merchant has it so, and goes to no other merchant', async () => {
    const api = await startInveterate();
    const ridge = api.as(RIDGE_KEY);
    const { members } = await api.state();
    expect(await ridge.add(FINN, { amount: 5 })).toEqual(submitted);
    const added = entry(FINN, 5, 50, { merchantId: RIDGE, expirationDate: '2026-01-31T00:00:00.000Z' });
    expect(shownIn(await ridge[ledger](FINN)).credits).toStrictEqual([
      added,
      {
        ...entry(FINN, 50, 0, { merchantId: RIDGE }),
        createdAt: '2025-08-20T15:00:00.000Z',
        updatedAt: '2025-08-20T15:00:00.000Z',
      },
    ]);
    expect((await api.state()).members.slice(0, 4)).toEqual(members.slice(0, 4));
  });

  it('is exact where binary fractions are not', async () => {
    const api = await startInveterate();
    await api.add(DMITRI, { amount: 0.1 });
    await api.add(DMITRI, { amount: 0.2 });
    expect(await api[ledger](DMITRI)).toStrictEqual(
      ledgerOf([entry(DMITRI, 0.2, 0.1, { newBalance: 0.3 }), entry(DMITRI, 0.1, 0)]),
    );
  });

  it('twenty times a tenth is two', async () => {
    const api = await startInveterate();
    for (let times = 0; times < 20; times += 1) await api.add(DMITRI, { amount: 0.1 });
    const { credits } = shownIn(await api[ledger](DMITRI));
    const tenths = Array.from({ length: 20 }, (_, index) => (20 - index) / 10);
    expect(credits.map(({ newBalance }) => newBalance)).toEqual(tenths);
    expect(credits.map(({ previousBalance }) => previousBalance)).toEqual([...tenths.slice(1), 0]);
  });

  it('shows only later where effects take their time', async () => {
    const api = await startInveterate({ set: ['inveterate.settleAfter=PT5S'] });
    const before = await api[ledger](DMITRI);
    expect(await api.add(DMITRI, { amount: 5 })).toEqual(submitted);
    expect(await api[ledger](DMITRI)).toEqual(before);
    await api.advance('PT4.999S');
    expect(await api[ledger](DMITRI)).toEqual(before);
    await api.advance('PT0.001S');
    const at = '2026-01-01T00:00:05.000Z';
    expect(await api[ledger](DMITRI)).toStrictEqual(ledgerOf([entry(DMITRI, 5, 0, { createdAt: at, updatedAt: at })]));
  });
});

describe('an addition', () => {
  it('may be as small as a number can be and is not lost beside a large one', async () => {
    const api = await startInveterate();
    await api.add(DMITRI, { amount: 1e300 });
    await api.add(DMITRI, { amount: 5e-324 });
    await api.add(DMITRI, { amount: -1e300 });
    expect(await balanceOf(api, DMITRI)).toBe(5e-324);
  });

  it('is refused where no number could show the balance', async () => {
    const api = await startInveterate();
    expect(await api.add(DMITRI, { amount: Number.MAX_VALUE })).toEqual(submitted);
    const before = await api.everything();
    expect(await api.add(DMITRI, { amount: Number.MAX_VALUE })).toEqual(outOfRange);
    expect(await api.everything()).toEqual(before);
  });

  it.each([
    ['absent', {}, null],
    ['empty', { note: '' }, ''],
    ['long, and in any script', { note: `${'ä'.repeat(5000)} 茶 🍵\n"` }, `${'ä'.repeat(5000)} 茶 🍵\n"`],
  ])('keeps a note that is %s', async (_, given, note) => {
    const api = await startInveterate();
    expect(await api.add(DMITRI, { amount: 5, ...given })).toEqual(submitted);
    expect(await api.ledger(DMITRI)).toStrictEqual(ledgerOf([entry(DMITRI, 5, 0, { note })]));
  });

  it('takes what no document names, and does nothing with it', async () => {
    const api = await startInveterate();
    const unknown = { reason: 'GIFT', orderId: '5', expirationDate: START, customerId: ADA, merchantId: RIDGE };
    expect(await api.add(DMITRI, { amount: 5, ...unknown })).toEqual(submitted);
    expect(await api.ledger(DMITRI)).toStrictEqual(ledgerOf([entry(DMITRI, 5, 0)]));
  });

  it('is made as often as it is sent', async () => {
    const api = await startInveterate();
    const gift = { amount: 5, note: 'Once' };
    await api.add(DMITRI, gift);
    await api.add(DMITRI, gift);
    expect(await api.ledger(DMITRI)).toStrictEqual(
      ledgerOf([entry(DMITRI, 5, 5, { note: 'Once' }), entry(DMITRI, 5, 0, { note: 'Once' })]),
    );
  });

  it.each([true, false])('leaves the code alone, with force %s too', async (force) => {
    const api = await startInveterate();
    expect(await api.add(BENOIT, { amount: 5, force })).toEqual(submitted);
    const { credits, redemption } = shownIn(await api.ledger(BENOIT));
    expect(credits[0]).toStrictEqual(entry(BENOIT, 5, 30));
    expect(redemption).toStrictEqual({ code: CODE, value: 10 });
  });

  it('is in the ledger of the emulator, too', async () => {
    const api = await startInveterate();
    expect(await api.emulatorLedger()).toEqual([]);
    await api.add(ADA, { amount: 5, note: 'Sorry' });
    await api.add(ADA, { amount: -0.5 });
    const common = {
      at: START,
      provider: 'inveterate',
      tenant: LUMEN,
      account: ADA,
      unit: 'credits',
      cause: 'request',
      operation: 'CreditsController_create',
      key: null,
    };
    expect(await api.emulatorLedger()).toEqual([
      { ...common, id: '2', delta: '-0.5', before: '47.5', after: '47', requestId: 'default-2', memo: null },
      { ...common, id: '1', delta: '5', before: '42.5', after: '47.5', requestId: 'default-1', memo: 'Sorry' },
    ]);
  });
});

describe.each(LEDGERS)('a removal, as the %s path shows it', (_, ledger) => {
  it('is an entry with a negative amount', async () => {
    const api = await startInveterate();
    expect(await api.add(ADA, { amount: -2.25, note: 'Granted twice' })).toEqual(submitted);
    expect(shownIn(await api[ledger](ADA)).credits[0]).toStrictEqual(
      entry(ADA, -2.25, 42.5, { note: 'Granted twice' }),
    );
  });

  it('may take all there is', async () => {
    const api = await startInveterate();
    expect(await api.add(ADA, { amount: -42.5 })).toEqual(submitted);
    expect(shownIn(await api[ledger](ADA)).credits[0]).toStrictEqual(entry(ADA, -42.5, 42.5));
    expect(await balanceOf(api, ADA)).toBe(0);
  });

  it.each([
    ['that leaves more than the code is worth', { amount: -19.99 }, 10.01],
    ['that leaves what the code is worth', { amount: -20 }, 10],
    ['that leaves what the code is worth, with force', { amount: -20, force: true }, 10],
  ])('%s keeps the code', async (_, body, newBalance) => {
    const api = await startInveterate();
    expect(await api.add(BENOIT, body)).toEqual(submitted);
    const { credits, redemption } = shownIn(await api[ledger](BENOIT));
    expect(credits[0]).toStrictEqual(entry(BENOIT, body.amount, 30, { newBalance }));
    expect(redemption).toStrictEqual({ code: CODE, value: 10 });
  });

  it.each([
    ['by a cent', -20.01, 9.99],
    ['by half', -25, 5],
    ['to nothing', -30, 0],
  ])('with force that leaves less than the code is worth, %s, ends the code', async (_, amount, newBalance) => {
    const api = await startInveterate();
    expect(await api.add(BENOIT, { amount, force: true })).toEqual(submitted);
    const { credits, redemption } = shownIn(await api[ledger](BENOIT));
    expect(credits).toHaveLength(2);
    expect(credits[0]).toStrictEqual(entry(BENOIT, amount, 30, { newBalance }));
    expect(redemption).toBeNull();
    expect(await api.control('useCode', { code: CODE })).toEqual(refusedByControl(409, 'No member has this code.'));
    expect(await balanceOf(api, BENOIT)).toBe(newBalance);
  });
});

describe('a removal that is refused changes nothing', () => {
  it.each([
    ['beyond the balance', ADA, { amount: -42.51 }, notEnough],
    ['beyond the balance by the smallest number', ADA, { amount: -42.500000000000007 }, notEnough],
    ['beyond the balance, with force', ADA, { amount: -42.51, force: true }, notEnough],
    ['from nothing', DMITRI, { amount: -1 }, notEnough],
    ['of what the code reserves', BENOIT, { amount: -20.01 }, codeInTheWay],
    ['of what the code reserves, with force switched off', BENOIT, { amount: -30, force: false }, codeInTheWay],
    ['beyond the balance under a code', BENOIT, { amount: -30.01 }, notEnough],
    ['beyond the balance under a code, with force', BENOIT, { amount: -30.01, force: true }, notEnough],
    ['as large as a number can be, with force', BENOIT, { amount: -Number.MAX_VALUE, force: true }, notEnough],
  ])('%s', async (_, id, body, answer) => {
    const api = await startInveterate();
    const before = await api.everything();
    const shown = await api.ledger(id);
    expect(await api.add(id, body)).toStrictEqual(answer);
    expect(await api.everything()).toEqual(before);
    expect(await api.ledger(id)).toEqual(shown);
  });

  it.each([
    ['a removal beyond the balance', ADA, { amount: -42.51 }, overdrawnInside],
    ['a removal beyond the balance with force', BENOIT, { amount: -31, force: true }, overdrawnInside],
    ['a removal of what the code reserves, still in the usual way', BENOIT, { amount: -21 }, codeInTheWay],
  ])('with overdrafts as failures inside: %s', async (_, id, body, answer) => {
    const api = await startInveterate({ set: ['inveterate.overdraftStatus=500'] });
    const before = await api.everything();
    expect(await api.add(id, body)).toStrictEqual(answer);
    expect(await api.everything()).toEqual(before);
  });
});

describe('an amount', () => {
  it.each(['0', '-0', '0.0', '-0.0e5', '1e-400', '-1e-400'])('%s is zero, which nothing can be', async (amount) => {
    const api = await startInveterate();
    const before = await api.everything();
    for (const force of [true, false]) {
      const body = `{"amount":${amount},"force":${force}}`;
      expect(await api.send('post', creditsOf(BENOIT), body)).toStrictEqual(zero);
    }
    expect(await api.everything()).toEqual(before);
  });

  it.each([
    ['{}', 'amount is required'],
    ['{"Amount":5}', 'amount is required'],
    ['{"amount":"5"}', 'amount must be number'],
    ['{"amount":""}', 'amount must be number'],
    ['{"amount":null}', 'amount must be number'],
    ['{"amount":true}', 'amount must be number'],
    ['{"amount":[5]}', 'amount must be number'],
    ['{"amount":{}}', 'amount must be number'],
    ['{"amount":1e400}', 'amount must be number'],
    ['{"amount":-1e400,"force":true}', 'amount must be number'],
    ['{"amount":5,"note":null}', 'note must be string'],
    ['{"amount":5,"note":5}', 'note must be string'],
    ['{"amount":5,"force":null}', 'force must be boolean'],
    ['{"amount":-30,"force":"true"}', 'force must be boolean'],
    ['{"amount":-30,"force":1}', 'force must be boolean'],
    ['[]', 'body must be object'],
    ['[{"amount":5}]', 'body must be object'],
    ['5', 'body must be object'],
    ['"5"', 'body must be object'],
    ['null', 'body must be object'],
  ])('or what is beside it must be as documented: %s', async (body, message) => {
    const api = await startInveterate();
    const before = await api.everything();
    expect(await api.send('post', creditsOf(BENOIT), body)).toStrictEqual(refusal(message));
    expect(await api.everything()).toEqual(before);
  });

  it.each([
    ['5.00', 5],
    ['5e0', 5],
    ['0.30000000000000004', 0.30000000000000004],
    ['1E+2', 100],
    ['9007199254740993', 9007199254740992],
  ])('%s is any JSON number', async (amount, shown) => {
    const api = await startInveterate();
    expect(await api.send('post', creditsOf(DMITRI), `{"amount":${amount}}`)).toEqual(submitted);
    expect(await api.ledger(DMITRI)).toStrictEqual(ledgerOf([entry(DMITRI, shown, 0)]));
  });
});

it('takes a code as often as one is made, never two at once', async () => {
  const api = await startInveterate();
  await api.add(BENOIT, { amount: -30, force: true });
  await api.add(BENOIT, { amount: 8 });
  expect(await codeOf(api, BENOIT)).toBeNull();
  await api.redeem(BENOIT, { amount: 3 });
  expect(await api.add(BENOIT, { amount: -6 })).toEqual(codeInTheWay);
  expect(await api.add(BENOIT, { amount: -6, force: true })).toEqual(submitted);
  expect(await codeOf(api, BENOIT)).toBeNull();
  expect(await balanceOf(api, BENOIT)).toBe(2);
});
