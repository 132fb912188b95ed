import { describe, expect, it } from 'vitest';

import {
  ADA,
  BENOIT,
  FINN,
  LUMEN,
  NOBODY,
  RIDGE,
  RIDGE_KEY,
  amountsOf,
  anyCode,
  at,
  codeOf,
  entry,
  ledgerOf,
  movement,
  notEnough,
  shownIn,
  startLate,
  wrongArguments,
  type InveterateApi,
} from './api.ts';

const NOW = '2026-01-01T00:00:01.000Z';
const NOTHING = { result: { settled: 0, refused: [] }, entries: [] };

/** Two pending changes of Ada's, one of Benoît's and one of Finn's. */
async function startWaiting(): Promise<InveterateApi> {
  const api = await startLate();
  await api.add(ADA, { amount: 5 });
  await api.add(BENOIT, { amount: -20, note: 'Back' });
  await api.as(RIDGE_KEY).add(FINN, { amount: 1 });
  await api.advance('PT1S');
  await api.add(ADA, { amount: -47.5 });
  return api;
}

describe('the control settle', () => {
  it('applies all pending changes now, in order and once, each with its own note', async () => {
    const api = await startWaiting();
    const due = { at: NOW, cause: 'due', operation: 'settle' };
    expect(await api.control('settle')).toEqual({
      result: { settled: 4, refused: [] },
      entries: [
        movement(ADA, ['5', '42.5', '47.5'], due),
        movement(BENOIT, ['-20', '30', '10'], { ...due, id: '2', memo: 'Back' }),
        movement(FINN, ['1', '50', '51'], { ...due, id: '3', tenant: RIDGE }),
        movement(ADA, ['-47.5', '47.5', '0'], { ...due, id: '4' }),
      ],
    });
    expect(await api.pending()).toEqual([]);
    const first = async (one: InveterateApi, id: string): Promise<unknown> => shownIn(await one.ledger(id)).credits[0];
    expect(await first(api, ADA)).toEqual(entry(ADA, -47.5, 47.5, at(NOW)));
    expect(await first(api, BENOIT)).toEqual(entry(BENOIT, -20, 30, { ...at(NOW), note: 'Back' }));
    const expirationDate = '2026-01-31T00:00:01.000Z';
    const added = entry(FINN, 1, 50, { ...at(NOW), merchantId: RIDGE, expirationDate });
    expect(await first(api.as(RIDGE_KEY), FINN)).toEqual(added);
    await api.refuses(NOTHING, () => api.control('settle'));
    const before = await api.emulatorLedger();
    await api.advance('PT1H');
    expect(await api.emulatorLedger()).toEqual(before);
  });

  it.each<[string, object, readonly string[]]>([
    ['a merchant', { merchantId: LUMEN }, [FINN]],
    ['another merchant', { merchantId: RIDGE }, [ADA, BENOIT, ADA]],
    ['a member', { merchantId: LUMEN, customerId: ADA }, [BENOIT, FINN]],
    ['a customer of any merchant', { customerId: FINN }, [ADA, BENOIT, ADA]],
    ['an unknown member', { merchantId: RIDGE, customerId: ADA }, [ADA, BENOIT, FINN, ADA]],
  ])('may be for %s only', async (_, args, left) => {
    const api = await startWaiting();
    expect(await api.control('settle', args)).toMatchObject({ result: { settled: 4 - left.length, refused: [] } });
    expect(await api.pending()).toMatchObject(left.map((customerId) => ({ customerId })));
  });

  it('reports what can no longer be applied', async () => {
    const api = await startWaiting();
    await api.control('expireCredits', { merchantId: LUMEN, customerId: ADA });
    expect(await api.redeem(BENOIT, { amount: 0.5 })).toEqual(notEnough);
    expect(await api.control('settle', { merchantId: LUMEN })).toMatchObject({
      result: { settled: 2, refused: [{ customerId: ADA, kind: 'credits', code: 'OVERDRAFT' }] },
    });
    expect(await api.pending()).toMatchObject([
      { customerId: ADA, amount: '-47.5', refused: 'OVERDRAFT' },
      { customerId: FINN, refused: null },
    ]);
    expect((await amountsOf(api, ADA)).slice(0, 2)).toEqual([5, -42.5]);
  });

  it('applies new members and redemptions, too', async () => {
    const api = await startLate();
    await api.enrol({ customerId: NOBODY, credits: 3 });
    await api.redeem(ADA);
    expect(await api.control('settle')).toMatchObject({ result: { settled: 2, refused: [] } });
    expect(await api.ledger(NOBODY)).toEqual(ledgerOf([entry(NOBODY, 3, 0)]));
    expect(await codeOf(api, ADA)).toEqual({ code: anyCode, value: 42.5 });
    expect(await api.pending()).toEqual([]);
  });

  it.each<[object, string]>([
    [{ merchantId: '' }, 'body/merchantId must NOT have fewer than 1 characters'],
    [{ merchantId: null }, 'body/merchantId must be string'],
    [{ customerId: 'ada' }, 'body/customerId must match pattern "^[0-9]{1,32}$"'],
    [{ id: '1' }, 'body must NOT have additional properties (id; known: merchantId, customerId)'],
  ])('refuses %j', async (args, detail) => {
    const api = await startWaiting();
    await api.refuses(wrongArguments(detail), () => api.control('settle', args));
  });
});
