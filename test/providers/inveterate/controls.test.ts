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
  RIDGE_KEY,
  amountsOf,
  at,
  codeOf,
  dataOf,
  entry,
  ledgerOf,
  movement,
  ok,
  refusedByControl,
  shownIn,
  startInveterate,
  startLate,
  stranger,
  unknownCustomer,
  wrongArguments,
  type InveterateApi,
} from './api.ts';

const NOW = '2026-01-01T06:00:00.000Z';
const ofControl = { at: NOW, cause: 'control' };
const noMember = refusedByControl('The member does not exist.');
const notADigit = wrongArguments('body/customerId must match pattern "^[0-9]{1,32}$"');
const ADA_OF_LUMEN = { merchantId: LUMEN, customerId: ADA };

/** The default seed, six hours after the start. */
async function startLater(): Promise<InveterateApi> {
  const api = await startInveterate();
  await api.advance('PT6H');
  return api;
}

describe('the control createMember', () => {
  const nobody = stranger(NOBODY, { joinedAt: NOW, ...at(NOW) });

  it('makes a member of whom nothing is known', async () => {
    const api = await startLater();
    expect(await api.control('createMember', MEMBER)).toEqual({ result: nobody, entries: [] });
    expect(await api.member(NOBODY)).toEqual(ok('Member found', nobody));
    expect(await api.ledger(NOBODY)).toEqual(ledgerOf([]));
    expect(await api.as(RIDGE_KEY).member(NOBODY)).toEqual(unknownCustomer);
    const { members } = dataOf(await api.members()) as { readonly members: readonly object[] };
    expect([members.length, members.at(-1)]).toEqual([5 + MAGIC.length, nobody]);
  });

  it('makes a member with a profile and first credits, at once even if effects come later', async () => {
    const api = await startLate();
    await api.advance('PT6H');
    const person = { email: 'grace@lumen.example', firstName: 'Grace', lastName: 'Hall' };
    const given = { ...person, phoneNumber: '+49 30 1234', notes: 'Likes green tea' };
    const made = { ...nobody, ...given, credit: 7.25, creditsEarned: 7.25 };
    expect(await api.control('createMember', { ...MEMBER, ...given, credits: 7.25 })).toEqual({
      result: made,
      entries: [movement(NOBODY, ['7.25', '0', '7.25'], { ...ofControl, operation: 'createMember' })],
    });
    expect(dataOf(await api.member(NOBODY))).toEqual(made);
    expect(await api.ledger(NOBODY)).toEqual(ledgerOf([entry(NOBODY, 7.25, 0, at(NOW))]));
    expect([(await api.emulatorLedger()).length, await api.pending()]).toEqual([1, []]);
  });

  it('makes the same customer a member of two merchants', async () => {
    const api = await startLater();
    const made = { merchantId: RIDGE, customerId: ADA, credit: 1 };
    expect(await api.control('createMember', { merchantId: RIDGE, customerId: ADA, credits: 1 })).toMatchObject({
      result: made,
    });
    expect(dataOf(await api.member(ADA))).toMatchObject({ credit: 42.5 });
    expect(dataOf(await api.as(RIDGE_KEY).member(ADA))).toMatchObject(made);
  });

  it.each<[object, object]>([
    [{ ...ADA_OF_LUMEN, credits: 5 }, refusedByControl('The customer is already a member.')],
    [{ merchantId: 'x', customerId: NOBODY }, refusedByControl('The merchant does not exist.')],
    [{ customerId: NOBODY }, wrongArguments("body must have required property 'merchantId'")],
    [{ merchantId: LUMEN }, wrongArguments("body must have required property 'customerId'")],
    [{ ...MEMBER, merchantId: '' }, wrongArguments('body/merchantId must NOT have fewer than 1 characters')],
    [{ ...MEMBER, customerId: 'gid://1' }, notADigit],
    [{ ...MEMBER, customerId: '1'.repeat(33) }, notADigit],
    [{ ...MEMBER, credits: 0 }, wrongArguments('body/credits must be > 0')],
    [{ ...MEMBER, email: '' }, wrongArguments('body/email must NOT have fewer than 1 characters')],
    [{ ...MEMBER, firstName: null }, wrongArguments('body/firstName must be string')],
    [
      { ...MEMBER, name: 'Grace' },
      wrongArguments(
        'body must NOT have additional properties (name; known: merchantId, customerId, email, firstName, lastName, phoneNumber, notes, credits)',
      ),
    ],
  ])('refuses %j', async (args, answer) => {
    await (await startInveterate()).refuses(answer, (api) => api.control('createMember', args));
  });
});

describe('the control expireCredits', () => {
  const toRow = (customerId: string, lost: number, balance: number): object =>
    entry(customerId, -lost, balance, { reason: 'EXPIRED', ...at(NOW) });
  const expiring = { ...ofControl, operation: 'expireCredits' };

  it('expires everything that is left', async () => {
    const api = await startLater();
    const { credits } = shownIn(await api.ledger(ADA));
    const member = dataOf(await api.member(ADA));
    expect(await api.control('expireCredits', ADA_OF_LUMEN)).toEqual({
      result: toRow(ADA, 42.5, 42.5),
      entries: [movement(ADA, ['-42.5', '42.5', '0'], expiring)],
    });
    expect(await api.ledger(ADA)).toEqual(ledgerOf([toRow(ADA, 42.5, 42.5), ...credits]));
    expect(dataOf(await api.member(ADA))).toEqual({ ...member, credit: 0, updatedAt: NOW });
  });

  it('expires an amount of those credits that expire soonest', async () => {
    const api = await startLater();
    expect(await api.control('expireCredits', { merchantId: LUMEN, customerId: CHIYO, amount: 2.5 })).toEqual({
      result: toRow(CHIYO, 2.5, 12),
      entries: [movement(CHIYO, ['-2.5', '12', '9.5'], expiring)],
    });
    await api.advance('P9D');
    expect(await amountsOf(api, CHIYO)).toEqual([-5.5, -2.5, 8, 4]);
  });

  it.each([
    ['keeps a code that is covered', 20, { code: CODE, value: 10 }],
    ['disables a code that is not covered', 20.5, null],
    ['disables a code with everything', undefined, null],
  ])('%s', async (_, amount, after) => {
    const api = await startLater();
    await api.control('expireCredits', { merchantId: LUMEN, customerId: BENOIT, amount });
    expect(await codeOf(api, BENOIT)).toEqual(after);
    expect(await amountsOf(api, BENOIT)).toEqual([-(amount ?? 30), 30]);
  });

  it.each<[object, object]>([
    [{ ...ADA_OF_LUMEN, amount: 42.51 }, refusedByControl('Not enough credits')],
    [{ merchantId: LUMEN, customerId: DMITRI }, refusedByControl('Amount cannot be zero')],
    [{ merchantId: LUMEN, customerId: NOBODY }, noMember],
    [{ merchantId: RIDGE, customerId: ADA }, noMember],
    [{ ...ADA_OF_LUMEN, amount: 0 }, wrongArguments('body/amount must be > 0')],
    [
      { ...ADA_OF_LUMEN, force: true },
      wrongArguments('body must NOT have additional properties (force; known: merchantId, customerId, amount)'),
    ],
    [{ merchantId: LUMEN }, wrongArguments("body must have required property 'customerId'")],
    [{ customerId: ADA }, wrongArguments("body must have required property 'merchantId'")],
    [{ merchantId: LUMEN, customerId: 'ada' }, notADigit],
  ])('refuses %j', async (args, answer) => {
    await (await startInveterate()).refuses(answer, (api) => api.control('expireCredits', args));
  });
});
