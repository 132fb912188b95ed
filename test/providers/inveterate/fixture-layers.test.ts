import { describe, expect, it } from 'vitest';

import {
  ADA,
  BENOIT,
  CHIYO,
  CODE,
  DMITRI,
  LUMEN,
  MAGIC,
  NOBODY,
  RIDGE,
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
} from './api.ts';

const MEMBER = { merchantId: LUMEN, customerId: NOBODY };

describe('a later fixture', () => {
  const base = ['default'];
  const code = 'REDEEM+1111111111111111';

  it('replaces a member with ledger and code, in the same place', async () => {
    const members = [{ ...MEMBER, customerId: BENOIT, credit: 7, redemption: { code, value: 2 }, firstName: 'Ben' }];
    const api = await startInveterate({ fixtures: toFixtures({ members }, base) });
    expect(await api.ledger(BENOIT)).toEqual(ledgerOf([entry(BENOIT, 7, 0)], { code, value: 2 }));
    expect(dataOf(await api.member(BENOIT))).toMatchObject({
      email: null,
      firstName: 'Ben',
      lastName: null,
      credit: 7,
    });
    const all = dataOf(await api.members()) as { readonly members: readonly { readonly customerId: string }[] };
    expect(all.members.map(({ customerId }) => customerId)).toEqual([ADA, BENOIT, CHIYO, DMITRI, ...MAGIC]);
    expect(await api.control('useCode', { code: CODE })).toMatchObject({ status: 409 });
    await api.add(BENOIT, { amount: -5 });
    expect(shownIn(await api.ledger(BENOIT)).credits.map(({ newBalance }) => newBalance)).toEqual([2, 7]);
  });

  it('replaces a member by one with nothing', async () => {
    const api = await startInveterate({ fixtures: toFixtures({ members: [{ ...MEMBER, customerId: ADA }] }, base) });
    expect(await api.ledger(ADA)).toEqual(ledgerOf([]));
    expect(dataOf(await api.member(ADA))).toMatchObject({ credit: 0, creditsEarned: 0, numberOfCreditRedemptions: 0 });
    await api.add(ADA, { amount: 1 });
    expect(await api.ledger(ADA)).toEqual(ledgerOf([entry(ADA, 1, 0)]));
  });

  it('replaces what was to expire', async () => {
    const gone = await startInveterate({
      fixtures: toFixtures(
        { members: [{ ...MEMBER, customerId: CHIYO, credits: [{ amount: 4 }, { amount: 8 }] }] },
        base,
      ),
    });
    await gone.advance('P9D');
    expect(await balanceOf(gone, CHIYO)).toBe(12);
    const credits = [{ amount: 4 }, { amount: 8, expirationDate: 'now+P3D' }];
    const later = await startInveterate({
      fixtures: toFixtures({ members: [{ ...MEMBER, customerId: CHIYO, credits }] }, base),
    });
    await later.advance('P2D');
    expect(await balanceOf(later, CHIYO)).toBe(12);
    await later.advance('P2D');
    expect(shownIn(await later.ledger(CHIYO)).credits[0]).toMatchObject({
      amount: -8,
      createdAt: '2026-01-04T00:00:00.000Z',
    });
  });

  it('replaces what a member has waiting, and leaves what others have', async () => {
    const toWaiting = (customerId: string, amount: number): object => {
      return { merchantId: LUMEN, customerId, kind: 'credits', amount, settlesAt: 'now+PT5S' };
    };
    const first = toFixtures({ pending: [toWaiting(ADA, 1), toWaiting(BENOIT, 2), toWaiting(ADA, 3)] }, base);
    const members = [{ ...MEMBER, customerId: ADA, credit: 10 }];
    const api = await startInveterate({ fixtures: toFixtures({ members, pending: [toWaiting(ADA, 4)] }, first) });
    expect((await api.state()).pending).toMatchObject([
      { customerId: BENOIT, amount: '2' },
      { customerId: ADA, amount: '4' },
    ]);
    await api.advance('PT5S');
    expect(shownIn(await api.ledger(ADA)).credits.map(({ amount }) => amount)).toEqual([4, 10]);
    expect((await api.emulatorLedger()).map(({ account, delta }) => [account, delta])).toEqual([
      [ADA, '4'],
      [BENOIT, '2'],
    ]);
  });

  it('adds what waits for a member of an earlier one', async () => {
    const pending = [{ merchantId: LUMEN, customerId: ADA, kind: 'redemption', settlesAt: 'now' }];
    const api = await startInveterate({ fixtures: toFixtures({ pending }, base) });
    expect(await codeOf(api, ADA)).toEqual({ code: anyCode, value: 42.5 });
  });

  it('may give a code to another member, once the one who had it is replaced', async () => {
    const members = [
      { ...MEMBER, customerId: BENOIT, credit: 7 },
      { ...MEMBER, credit: 7, redemption: { code: CODE, value: 1 } },
    ];
    const api = await startInveterate({ fixtures: toFixtures({ members }, base) });
    expect(await codeOf(api, BENOIT)).toBeNull();
    expect(await codeOf(api, NOBODY)).toEqual({ code: CODE, value: 1 });
  });

  it('replaces a merchant and leaves its members', async () => {
    const merchant = { merchantId: LUMEN, name: 'Lumen II', apiKey: 'new', currency: 'GBP', creditExpiryDays: 1 };
    const fixtures = toFixtures({ merchants: [merchant] }, base);
    const api = await startInveterate({ fixtures });
    expect(await api.merchant()).toEqual(refusal('Invalid API key'));
    const mine = api.as('new');
    expect(dataOf(await mine.merchant())).toEqual({
      merchantId: LUMEN,
      name: 'Lumen II',
      shopDomain: 'lumen-tea.myshopify.com',
      currency: 'GBP',
    });
    await mine.add(ADA, { amount: 1 });
    expect(shownIn(await mine.ledger(ADA, { limit: 1 })).credits).toMatchObject([
      { newBalance: 43.5, expirationDate: '2026-01-02T00:00:00.000Z' },
    ]);
    expect((await api.state()).merchants).toMatchObject([{ merchantId: LUMEN }, { merchantId: RIDGE }]);
  });
});
