import { describe, expect, it } from 'vitest';

import { START } from '../../support/emulator.ts';
import {
  ADA,
  BENOIT,
  FINN,
  LUMEN,
  NOBODY,
  RIDGE,
  RIDGE_KEY,
  anyCode,
  codeOf,
  entry,
  ledgerOf,
  notEnough,
  shownIn,
  startInveterate,
  type InveterateApi,
} from './api.ts';

/** On the default seed, where changes have their effect five seconds after their 201. */
function startLate(): Promise<InveterateApi> {
  return startInveterate({ set: ['inveterate.settleAfter=PT5S'] });
}

/** What waits, in order. */
async function listPending(api: InveterateApi): Promise<readonly unknown[]> {
  return (await api.state()).pending;
}

/** Amounts, newest first. */
async function amountsOf(api: InveterateApi, id: string): Promise<readonly number[]> {
  return shownIn(await api.ledger(id)).credits.map(({ amount }) => amount);
}

describe('the control settle', () => {
  /** Two changes of Ada's, one of Benoît's, and one of Finn's. */
  async function startWaiting(): Promise<InveterateApi> {
    const api = await startLate();
    await api.add(ADA, { amount: 5 });
    await api.add(BENOIT, { amount: -20, note: 'Back' });
    await api.as(RIDGE_KEY).add(FINN, { amount: 1 });
    await api.advance('PT1S');
    await api.add(ADA, { amount: -47.5 });
    return api;
  }

  const now = '2026-01-01T00:00:01.000Z';

  /** As the emulator's ledger has it. */
  function movement(id: number, known: object): object {
    const origin = { cause: 'due', operation: 'settle', requestId: null, key: null, memo: null };
    return { id: String(id), at: now, provider: 'inveterate', unit: 'credits', ...origin, ...known };
  }

  it('has everything happen now that waits, in order', async () => {
    const api = await startWaiting();
    expect(await api.control('settle')).toEqual({
      result: { settled: 4, refused: [] },
      entries: [
        movement(1, { tenant: LUMEN, account: ADA, delta: '5', before: '42.5', after: '47.5' }),
        movement(2, { tenant: LUMEN, account: BENOIT, delta: '-20', before: '30', after: '10', memo: 'Back' }),
        movement(3, { tenant: RIDGE, account: FINN, delta: '1', before: '50', after: '51' }),
        movement(4, { tenant: LUMEN, account: ADA, delta: '-47.5', before: '47.5', after: '0' }),
      ],
    });
    expect(await listPending(api)).toEqual([]);
    const at = { createdAt: now, updatedAt: now };
    const [taken, added] = shownIn(await api.ledger(ADA)).credits;
    expect([taken, added]).toEqual([entry(ADA, -47.5, 47.5, at), entry(ADA, 5, 42.5, at)]);
    expect(shownIn(await api.ledger(BENOIT)).credits[0]).toEqual(entry(BENOIT, -20, 30, { ...at, note: 'Back' }));
    const expirationDate = '2026-01-31T00:00:01.000Z';
    expect(shownIn(await api.as(RIDGE_KEY).ledger(FINN)).credits[0]).toEqual(
      entry(FINN, 1, 50, { ...at, merchantId: RIDGE, expirationDate }),
    );
  });

  it('leaves the note of one member out of the entries of others', async () => {
    const api = await startWaiting();
    await api.control('settle');
    const others = (await api.emulatorLedger()).filter(({ account }) => account !== BENOIT);
    expect(others).toMatchObject([
      { account: ADA, memo: null },
      { account: FINN, memo: null },
      { account: ADA, memo: null },
    ]);
  });

  it.each<[string, object, readonly string[]]>([
    ['a merchant', { merchantId: LUMEN }, [FINN]],
    ['another merchant', { merchantId: RIDGE }, [ADA, BENOIT, ADA]],
    ['a member', { merchantId: LUMEN, customerId: ADA }, [BENOIT, FINN]],
    ['a customer of any merchant', { customerId: FINN }, [ADA, BENOIT, ADA]],
    ['nobody', { merchantId: RIDGE, customerId: ADA }, [ADA, BENOIT, FINN, ADA]],
    ['a merchant that is not there', { merchantId: 'x' }, [ADA, BENOIT, FINN, ADA]],
  ])('may be for %s only', async (_, args, left) => {
    const api = await startWaiting();
    expect(await api.control('settle', args)).toMatchObject({ result: { settled: 4 - left.length, refused: [] } });
    expect(await listPending(api)).toMatchObject(left.map((customerId) => ({ customerId })));
  });

  it('has nothing happen a second time', async () => {
    const api = await startWaiting();
    await api.control('settle');
    const before = await api.emulatorLedger();
    expect(await api.control('settle')).toEqual({ result: { settled: 0, refused: [] }, entries: [] });
    await api.advance('PT1H');
    expect(await api.emulatorLedger()).toEqual(before);
    expect(await amountsOf(api, BENOIT)).toEqual([-20, 30]);
  });

  it('tells what cannot be any more', async () => {
    const api = await startWaiting();
    await api.control('expireCredits', { merchantId: LUMEN, customerId: ADA });
    expect(await api.redeem(BENOIT, { amount: 0.5 })).toEqual(notEnough);
    const answer = await api.control('settle', { merchantId: LUMEN });
    expect(answer).toMatchObject({
      result: { settled: 2, refused: [{ customerId: ADA, kind: 'credits', code: 'OVERDRAFT' }] },
    });
    expect(await listPending(api)).toMatchObject([
      { customerId: ADA, amount: '-47.5', refused: 'OVERDRAFT' },
      { customerId: FINN, refused: null },
    ]);
    expect((await amountsOf(api, ADA)).slice(0, 2)).toEqual([5, -42.5]);
  });

  it('makes members and codes, too', async () => {
    const api = await startLate();
    await api.enrol({ customerId: NOBODY, credits: 3 });
    await api.redeem(ADA);
    expect(await api.redeem(ADA, { amount: 1 })).toEqual(notEnough);
    expect(await api.control('settle')).toMatchObject({ result: { settled: 2, refused: [] } });
    expect(await api.ledger(NOBODY)).toEqual(ledgerOf([entry(NOBODY, 3, 0)]));
    expect(await codeOf(api, ADA)).toEqual({ code: anyCode, value: 42.5 });
    expect(await listPending(api)).toEqual([]);
  });

  it('does nothing where nothing waits', async () => {
    const api = await startLate();
    const before = await api.everything();
    expect(await api.control('settle')).toEqual({ result: { settled: 0, refused: [] }, entries: [] });
    expect(await api.everything()).toEqual(before);
  });

  it.each<[object, string]>([
    [{ merchantId: '' }, 'body/merchantId must NOT have fewer than 1 characters'],
    [{ merchantId: null }, 'body/merchantId must be string'],
    [{ customerId: 'ada' }, 'body/customerId must match pattern "^[0-9]{1,32}$"'],
    [{ id: '1' }, 'body must NOT have additional properties (id; known: merchantId, customerId)'],
  ])('refuses %j, and what waits goes on waiting', async (args, detail) => {
    const api = await startLate();
    await api.add(ADA, { amount: 5 });
    const before = await api.everything();
    expect(await api.control('settle', args)).toEqual({
      type: 'about:blank',
      title: 'Invalid arguments',
      status: 400,
      detail,
      hint: 'GET /_emulator/controls shows their schema.',
    });
    expect(await api.everything()).toEqual(before);
    expect((await api.state()).pending).toMatchObject([{ customerId: ADA, acceptedAt: START }]);
  });
});
