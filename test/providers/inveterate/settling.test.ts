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
  NOBODY,
  RIDGE_KEY,
  anyCode,
  balanceOf,
  codeOf,
  dataOf,
  enrolled,
  entry,
  ledgerOf,
  redeemed,
  shownIn,
  startInveterate,
  submitted,
  toFixtures,
  unknownCustomer,
  type InveterateApi,
} from './api.ts';

const LATER = '2026-01-01T00:00:05.000Z';

/** On the default seed, where changes have their effect so long after their 201. */
function startLate(settleAfter = 'PT5S', ...set: readonly string[]): Promise<InveterateApi> {
  return startInveterate({ set: [`inveterate.settleAfter=${settleAfter}`, ...set] });
}

/** A change of Lumen Tea's that was taken just now, as the state has it. */
function waiting(customerId: string, kind: string, fields: object): object {
  return { merchantId: LUMEN, customerId, kind, acceptedAt: START, settlesAt: LATER, refused: null, ...fields };
}

function waitingCredits(customerId: string, amount: string, other: object = {}): object {
  return waiting(customerId, 'credits', { amount, note: null, force: false, ...other });
}

/** What waits, in order and without its ids. */
async function listPending(api: InveterateApi): Promise<readonly unknown[]> {
  return (await api.state()).pending.map((change) => ({ ...change, id: undefined }));
}

/** Amounts, newest first. */
async function amountsOf(api: InveterateApi, id: string): Promise<readonly number[]> {
  return shownIn(await api.ledger(id)).credits.map(({ amount }) => amount);
}

describe('a change that has its effect later', () => {
  it('leaves everything as it was until then, and happens at its own instant', async () => {
    const api = await startLate();
    const [ledger, member] = [await api.ledger(BENOIT), dataOf(await api.member(BENOIT)) as object];
    expect(await api.add(BENOIT, { amount: 5.25, note: 'Sorry' })).toEqual(submitted);
    for (const by of ['PT0S', 'PT4.999S']) {
      await api.advance(by);
      expect(await api.ledger(BENOIT)).toEqual(ledger);
      expect(await api.storefrontLedger(BENOIT)).toEqual(ledger);
      expect(await api.member(BENOIT)).toMatchObject({ status: 200, body: { data: member } });
      expect(await api.emulatorLedger()).toEqual([]);
      expect(await listPending(api)).toEqual([waitingCredits(BENOIT, '5.25', { note: 'Sorry' })]);
    }

    await api.advance('PT1M');
    const { credits } = shownIn(ledger);
    const added = entry(BENOIT, 5.25, 30, { note: 'Sorry', createdAt: LATER, updatedAt: LATER });
    expect(await api.ledger(BENOIT)).toEqual(ledgerOf([added, ...credits], { code: CODE, value: 10 }));
    expect(dataOf(await api.member(BENOIT))).toEqual({
      ...member,
      credit: 35.25,
      creditsEarned: 35.25,
      updatedAt: LATER,
    });
    expect(await listPending(api)).toEqual([]);
    expect(await api.emulatorLedger()).toEqual([
      {
        id: '1',
        at: LATER,
        provider: 'inveterate',
        tenant: LUMEN,
        account: BENOIT,
        unit: 'credits',
        delta: '5.25',
        before: '30',
        after: '35.25',
        cause: 'due',
        operation: 'settle',
        requestId: null,
        key: null,
        memo: 'Sorry',
      },
    ]);
  });

  it('happens at the very instant', async () => {
    const api = await startLate();
    await api.add(DMITRI, { amount: 5 });
    await api.advance('PT5S');
    expect(await balanceOf(api, DMITRI)).toBe(5);
  });

  it('happens at once by default, and nothing waits', async () => {
    const api = await startInveterate();
    await api.add(DMITRI, { amount: 5 });
    await api.redeem(DMITRI);
    await api.enrol({ customerId: NOBODY });
    expect(await api.ledger(DMITRI)).toEqual(ledgerOf([entry(DMITRI, 5, 0)], { code: anyCode, value: 5 }));
    expect(dataOf(await api.member(NOBODY))).toMatchObject({ joinedAt: START });
    expect(await listPending(api)).toEqual([]);
  });

  it('may be a redemption, of a part or of everything there is then', async () => {
    const api = await startLate();
    expect(await api.redeem(BENOIT, { amount: 2.5 })).toEqual(redeemed);
    expect(await api.redeem(CHIYO)).toEqual(redeemed);
    expect(await codeOf(api, BENOIT)).toEqual({ code: CODE, value: 10 });
    expect(await codeOf(api, CHIYO)).toBeNull();
    expect(await listPending(api)).toEqual([
      waiting(BENOIT, 'redemption', { amount: '2.5' }),
      waiting(CHIYO, 'redemption', { amount: null }),
    ]);
    await api.control('expireCredits', { merchantId: LUMEN, customerId: CHIYO, amount: 1 });
    await api.advance('PT5S');
    expect(await codeOf(api, BENOIT)).toEqual({ code: anyCode, value: 12.5 });
    expect((await codeOf(api, BENOIT))?.code).not.toBe(CODE);
    expect(await codeOf(api, CHIYO)).toEqual({ code: anyCode, value: 11 });
    expect(await listPending(api)).toEqual([]);
    expect(dataOf(await api.member(BENOIT))).toMatchObject({ credit: 30, updatedAt: LATER });
  });

  it('may be a new member, whom nobody knows until then', async () => {
    const api = await startLate();
    const joining = { customerId: NOBODY, credits: 7, referrals: '2', segmentId: 'gold', dateOfBirth: '1990-02-03' };
    const members = await api.members();
    expect(await api.enrol(joining)).toEqual(enrolled);
    expect(await api.member(NOBODY)).toEqual(unknownCustomer);
    expect(await api.add(NOBODY, { amount: 1 })).toEqual(unknownCustomer);
    expect(await api.members()).toEqual(members);
    expect(await listPending(api)).toEqual([
      waiting(NOBODY, 'member', { credits: '7', referrals: 2, segmentId: 'gold', dateOfBirth: '1990-02-03' }),
    ]);
    await api.advance('PT5S');
    const first = entry(NOBODY, 7, 0, { createdAt: LATER, updatedAt: LATER });
    expect(await api.ledger(NOBODY)).toEqual(ledgerOf([first]));
    expect(dataOf(await api.member(NOBODY))).toMatchObject({
      credit: 7,
      referrals: 2,
      createdAt: LATER,
      joinedAt: LATER,
    });
    expect(await listPending(api)).toEqual([]);
  });

  it('has credits expire so many days after it happens', async () => {
    const api = (await startLate()).as(RIDGE_KEY);
    await api.add(FINN, { amount: 5 });
    await api.advance('PT5S');
    expect(shownIn(await api.ledger(FINN, { limit: 1 })).credits).toMatchObject([
      { createdAt: LATER, expirationDate: '2026-01-31T00:00:05.000Z' },
    ]);
    await api.advance('P30D');
    expect(await amountsOf(api, FINN)).toEqual([-5, 5, 50]);
  });

  it('happens in the order in which it was taken, among all others', async () => {
    const api = await startLate();
    const ridge = api.as(RIDGE_KEY);
    await api.add(DMITRI, { amount: 10 });
    await ridge.add(FINN, { amount: -1 });
    await api.add(DMITRI, { amount: -10 });
    await api.advance('PT2S');
    await api.add(DMITRI, { amount: 3 });
    await api.redeem(DMITRI, { amount: 1 });
    await api.add(DMITRI, { amount: -3, force: true });
    await api.advance('PT5S');
    expect(await codeOf(api, DMITRI)).toBeNull();
    expect((await api.emulatorLedger()).toReversed()).toMatchObject([
      { account: DMITRI, delta: '10', after: '10', at: LATER },
      { account: FINN, delta: '-1', after: '49', at: LATER },
      { account: DMITRI, delta: '-10', after: '0', at: LATER },
      { account: DMITRI, delta: '3', after: '3', at: '2026-01-01T00:00:07.000Z' },
      { account: DMITRI, delta: '-3', after: '0', at: '2026-01-01T00:00:07.000Z' },
    ]);
  });

  it('waits on in a state that was put back', async () => {
    const api = await startLate();
    await api.add(BENOIT, { amount: -25, note: 'Back', force: true });
    await api.redeem(CHIYO, { amount: 3 });
    await api.advance('PT2S');
    await api.as(RIDGE_KEY).enrol({ customerId: NOBODY, credits: 7, keepInSpendBasedTier: true });
    await api.add(BENOIT, { amount: 1 });
    const other = await startInveterate({ fixtures: toFixtures({}) });
    const state = (await api.emulator('get', '/state')) as object;
    expect(await listPending(api)).toHaveLength(4);
    await other.app.put('/_emulator/state').send(state).expect(204);
    expect(await other.emulator('get', '/state')).toEqual(state);
    for (const one of [api, other]) await one.advance('PT3S');
    expect(await listPending(other)).toEqual(await listPending(api));
    expect(await listPending(other)).toHaveLength(2);
    expect(await other.ledger(BENOIT)).toEqual(await api.ledger(BENOIT));
    expect(await codeOf(other, CHIYO)).toEqual({ code: anyCode, value: 3 });
    for (const one of [api, other]) await one.advance('PT2S');
    expect(await other.ledger(BENOIT)).toEqual(await api.ledger(BENOIT));
    expect(await other.as(RIDGE_KEY).ledger(NOBODY)).toEqual(await api.as(RIDGE_KEY).ledger(NOBODY));
    expect(await amountsOf(other, BENOIT)).toEqual([1, -25, 30]);
    expect(await amountsOf(other.as(RIDGE_KEY), NOBODY)).toEqual([7]);
    expect(await listPending(other)).toEqual([]);
  });

  it('is forgotten with a reset', async () => {
    const api = await startLate();
    const before = await api.everything();
    await api.add(ADA, { amount: 5 });
    await api.app.post('/_emulator/reset').expect(204);
    expect(await api.everything()).toEqual(before);
    await api.advance('PT1H');
    expect(await api.emulatorLedger()).toEqual([]);
  });

  it('happens by itself where the clock runs', async () => {
    const api = await startLate('PT0.05S');
    await api.emulator('put', '/clock', { frozen: false });
    await api.add(DMITRI, { amount: 5 });
    await expect.poll(() => amountsOf(api, DMITRI)).toEqual([5]);
    const [added] = shownIn(await api.ledger(DMITRI)).credits;
    expect(await api.emulatorLedger()).toMatchObject([{ operation: 'settle', delta: '5', at: added?.createdAt }]);
    expect(await listPending(api)).toEqual([]);
  });
});
