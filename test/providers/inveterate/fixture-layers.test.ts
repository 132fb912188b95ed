import { describe, expect, it } from 'vitest';

import {
  ADA,
  BENOIT,
  CHIYO,
  CODE,
  DMITRI,
  LUMEN,
  MAGIC,
  MEMBER,
  NOBODY,
  RIDGE,
  amountsOf,
  anyCode,
  balanceOf,
  codeOf,
  dataOf,
  entry,
  invalidKey,
  ledgerOf,
  ok,
  shownIn,
  startInveterate,
  toFixtures,
  type InveterateApi,
} from './api.ts';

/** The default seed, and this section on top. */
function startOver(section: object, base: readonly string[] = ['default']): Promise<InveterateApi> {
  return startInveterate({ fixtures: toFixtures(section, base) });
}

describe('a later fixture', () => {
  it('replaces a member with ledger and code, in the same place', async () => {
    const redemption = { code: 'REDEEM+1111111111111111', value: 2 };
    const api = await startOver({
      members: [
        { ...MEMBER, customerId: BENOIT, credit: 7, redemption, firstName: 'Ben' },
        { ...MEMBER, credit: 7, redemption: { code: CODE, value: 1 } },
      ],
    });
    expect(await api.ledger(BENOIT)).toEqual(ledgerOf([entry(BENOIT, 7, 0)], redemption));
    const profile = { email: null, firstName: 'Ben', lastName: null, credit: 7 };
    expect(dataOf(await api.member(BENOIT))).toMatchObject(profile);
    const all = dataOf(await api.members()) as { readonly members: readonly { readonly customerId: string }[] };
    expect(all.members.map(({ customerId }) => customerId)).toEqual([ADA, BENOIT, CHIYO, DMITRI, ...MAGIC, NOBODY]);
    // The old code is free.
    expect(await codeOf(api, NOBODY)).toEqual({ code: CODE, value: 1 });
    await api.add(BENOIT, { amount: -5 });
    expect(shownIn(await api.ledger(BENOIT)).credits.map(({ newBalance }) => newBalance)).toEqual([2, 7]);
  });

  it('replaces a member by one with nothing', async () => {
    const api = await startOver({ members: [{ ...MEMBER, customerId: ADA }] });
    expect(await api.ledger(ADA)).toEqual(ledgerOf([]));
    expect(dataOf(await api.member(ADA))).toMatchObject({ credit: 0, creditsEarned: 0, numberOfCreditRedemptions: 0 });
    await api.add(ADA, { amount: 1 });
    expect(await api.ledger(ADA)).toEqual(ledgerOf([entry(ADA, 1, 0)]));
  });

  it('replaces what expires', async () => {
    const startWith = (eight: object): Promise<InveterateApi> =>
      startOver({ members: [{ ...MEMBER, customerId: CHIYO, credits: [{ amount: 4 }, { amount: 8, ...eight }] }] });
    const gone = await startWith({});
    await gone.advance('P9D');
    expect(await balanceOf(gone, CHIYO)).toBe(12);
    const later = await startWith({ expirationDate: 'now+P3D' });
    await later.advance('P2D');
    expect(await balanceOf(later, CHIYO)).toBe(12);
    await later.advance('P2D');
    const [expired] = shownIn(await later.ledger(CHIYO)).credits;
    expect(expired).toMatchObject({ amount: -8, createdAt: '2026-01-04T00:00:00.000Z' });
  });

  it('replaces the pending changes of a member, and leaves those of others', async () => {
    const toWaiting = (customerId: string, amount: number): object => {
      return { merchantId: LUMEN, customerId, kind: 'credits', amount, settlesAt: 'now+PT5S' };
    };
    const first = toFixtures({ pending: [toWaiting(ADA, 1), toWaiting(BENOIT, 2), toWaiting(ADA, 3)] }, ['default']);
    const members = [{ ...MEMBER, customerId: ADA, credit: 10 }];
    const api = await startOver({ members, pending: [toWaiting(ADA, 4)] }, first);
    expect(await api.pending()).toMatchObject([
      { customerId: BENOIT, amount: '2' },
      { customerId: ADA, amount: '4' },
    ]);
    await api.advance('PT5S');
    expect(await amountsOf(api, ADA)).toEqual([4, 10]);
    const moved = (await api.emulatorLedger()).map(({ account, delta }) => [account, delta]);
    expect(moved).toEqual([
      [ADA, '4'],
      [BENOIT, '2'],
    ]);
  });

  it('adds a pending change of a member of an earlier one', async () => {
    const api = await startOver({ pending: [{ ...MEMBER, customerId: ADA, kind: 'redemption', settlesAt: 'now' }] });
    expect(await codeOf(api, ADA)).toEqual({ code: anyCode, value: 42.5 });
  });

  it('replaces a merchant and leaves its members', async () => {
    const shown = { merchantId: LUMEN, name: 'Lumen II', currency: 'GBP' };
    const api = await startOver({ merchants: [{ ...shown, apiKey: 'new', creditExpiryDays: 1 }] });
    expect(await api.call('get', '/v2.0/merchant')).toEqual(invalidKey);
    const mine = api.as('new');
    expect(await mine.call('get', '/v2.0/merchant')).toEqual(
      ok('Merchant found', { ...shown, shopDomain: 'lumen-tea.myshopify.com' }),
    );
    await mine.add(ADA, { amount: 1 });
    expect(shownIn(await mine.ledger(ADA, { limit: 1 })).credits).toMatchObject([
      { newBalance: 43.5, expirationDate: '2026-01-02T00:00:00.000Z' },
    ]);
    expect((await api.state()).merchants).toMatchObject([{ merchantId: LUMEN }, { merchantId: RIDGE }]);
  });
});
