import { describe, expect, it } from 'vitest';

import { START } from '../../support/emulator.ts';
import { listMagic } from '../../support/magic.ts';
import {
  ADA,
  BENOIT,
  CHIYO,
  CODE,
  DMITRI,
  FINN,
  LUMEN,
  NOBODY,
  RIDGE,
  RIDGE_KEY,
  balanceOf,
  codeOf,
  dataOf,
  enrolled,
  entry,
  ledgerOf,
  redeemed,
  startInveterate,
  submitted,
  unknownCustomer,
} from './api.ts';

/** A member of Lumen Tea of whom nothing but the number is known, and who joined just now. */
function stranger(customerId: string, other: object = {}): object {
  return {
    merchantId: LUMEN,
    customerId,
    accountState: 'ENABLED',
    anonymized: false,
    contractId: null,
    createdAt: START,
    credit: 0,
    creditsEarned: 0,
    email: null,
    firstName: null,
    lastName: null,
    joinedAt: START,
    lastCreditRedemptionAt: null,
    lastPurchaseAt: null,
    notes: null,
    numberOfCreditRedemptions: 0,
    orderCount: 0,
    orderIds: [],
    paymentId: null,
    phoneNumber: null,
    referrals: 0,
    referredBy: null,
    revenue: 0,
    status: 'ACTIVE',
    totalSpend: 0,
    updatedAt: START,
    tierId: null,
    tierName: null,
    trigger: null,
    currencyCode: 'USD',
    freeTrialActive: false,
    ...other,
  };
}

const ada = stranger(ADA, {
  createdAt: '2025-06-01T09:00:00.000Z',
  credit: 42.5,
  creditsEarned: 59.5,
  email: 'ada@lumen.example',
  firstName: 'Ada',
  lastName: 'Okafor',
  joinedAt: '2025-06-01T09:00:00.000Z',
  lastCreditRedemptionAt: '2025-10-19T20:40:00.000Z',
  lastPurchaseAt: '2025-10-19T20:40:00.000Z',
  numberOfCreditRedemptions: 2,
  orderCount: 6,
  orderIds: [101, 102, 103, 104, 105, 106].map((last) => 5_000_000_000_000 + last),
  revenue: 245,
  totalSpend: 245,
  updatedAt: '2025-10-19T20:40:00.000Z',
  contractId: 7_300_000_001,
  tierId: '3a636361',
  tierName: 'GOLD',
  trigger: 'PAID_SUBSCRIPTION',
});

const benoit = stranger(BENOIT, {
  createdAt: '2025-07-10T10:00:00.000Z',
  credit: 30,
  creditsEarned: 30,
  email: 'benoit@lumen.example',
  firstName: 'Benoît',
  lastName: 'Laurent',
  joinedAt: '2025-07-10T10:00:00.000Z',
  updatedAt: '2025-07-10T10:00:00.000Z',
});

const chiyo = stranger(CHIYO, {
  createdAt: '2025-12-02T00:00:00.000Z',
  credit: 12,
  creditsEarned: 12,
  email: 'chiyo@lumen.example',
  firstName: 'Chiyo',
  lastName: 'Tanaka',
  joinedAt: '2025-12-02T00:00:00.000Z',
  updatedAt: '2025-12-04T00:00:00.000Z',
});

const dmitri = stranger(DMITRI, {
  createdAt: '2025-11-02T12:00:00.000Z',
  email: 'dmitri@lumen.example',
  firstName: 'Dmitri',
  joinedAt: '2025-11-02T12:00:00.000Z',
  updatedAt: '2025-11-02T12:00:00.000Z',
});

const finn = stranger(FINN, {
  merchantId: RIDGE,
  currencyCode: 'EUR',
  createdAt: '2025-08-20T15:00:00.000Z',
  credit: 50,
  creditsEarned: 50,
  email: 'finn@ridge.example',
  firstName: 'Finn',
  lastName: 'Byrne',
  joinedAt: '2025-08-20T15:00:00.000Z',
  updatedAt: '2025-08-20T15:00:00.000Z',
});

const magic = listMagic('inveterate').map(({ name, subject }) =>
  stranger(subject, {
    createdAt: '2025-12-01T12:00:00.000Z',
    email: `${name}@lumen.example`,
    joinedAt: '2025-12-01T12:00:00.000Z',
    updatedAt: '2025-12-01T12:00:00.000Z',
  }),
);

function found(member: unknown): object {
  return { status: 200, body: { message: 'Member found', data: member } };
}

function list(...members: readonly object[]): object {
  return { status: 200, body: { message: 'Members found', data: { members } } };
}

describe('a member', () => {
  it('is shown with every documented field', async () => {
    const api = await startInveterate();
    expect(await api.member(ADA)).toStrictEqual(found(ada));
    expect(await api.member(DMITRI)).toStrictEqual(found(dmitri));
  });

  it('shows what was ever added, whatever was taken from it', async () => {
    const api = await startInveterate();
    await api.add(DMITRI, { amount: 0.1 });
    await api.add(DMITRI, { amount: -0.1 });
    await api.add(DMITRI, { amount: 0.2 });
    const shown = { ...dmitri, credit: 0.2, creditsEarned: 0.3, updatedAt: START };
    expect(await api.member(DMITRI)).toStrictEqual(found(shown));
  });

  it('is as it was after changes that are refused', async () => {
    const api = await startInveterate();
    await api.add(BENOIT, { amount: -31, force: true });
    await api.redeem(BENOIT, { amount: 21 });
    await api.enrol({ customerId: BENOIT, credits: 0 });
    expect(await api.member(BENOIT)).toStrictEqual(found(benoit));
  });
});

describe('the list of members', () => {
  it('has those of the own merchant only, in the order in which they joined', async () => {
    const api = await startInveterate();
    expect(await api.members()).toStrictEqual(list(ada, benoit, chiyo, dmitri, ...magic));
    expect(await api.as(RIDGE_KEY).members()).toStrictEqual(list(finn));
  });

  it('ends with who joined last', async () => {
    const api = await startInveterate();
    await api.enrol({ customerId: '7' });
    await api.as(RIDGE_KEY).enrol({ customerId: '8' });
    await api.enrol({ customerId: '3' });
    expect(await api.members()).toStrictEqual(list(ada, benoit, chiyo, dmitri, ...magic, stranger('7'), stranger('3')));
    expect(await api.as(RIDGE_KEY).members()).toStrictEqual(
      list(finn, stranger('8', { merchantId: RIDGE, currencyCode: 'EUR' })),
    );
  });
});

describe('a customer who becomes a member', () => {
  it('has nothing unless it is given', async () => {
    const api = await startInveterate();
    expect(await api.enrol({ customerId: NOBODY })).toStrictEqual(enrolled);
    expect(await api.member(NOBODY)).toStrictEqual(found(stranger(NOBODY)));
    expect(await api.ledger(NOBODY)).toStrictEqual(ledgerOf([]));
    expect(await api.emulatorLedger()).toEqual([]);
  });

  it('may start with credits, which are an entry', async () => {
    const api = await startInveterate();
    await api.advance('PT1H');
    expect(await api.enrol({ customerId: NOBODY, credits: 10.25 })).toStrictEqual(enrolled);
    const at = '2026-01-01T01:00:00.000Z';
    const times = { createdAt: at, updatedAt: at };
    expect(await api.member(NOBODY)).toStrictEqual(
      found(stranger(NOBODY, { credit: 10.25, creditsEarned: 10.25, joinedAt: at, ...times })),
    );
    const given = ledgerOf([entry(NOBODY, 10.25, 0, times)]);
    expect(await api.ledger(NOBODY)).toStrictEqual(given);
    expect(await api.storefrontLedger(NOBODY)).toStrictEqual(given);
    expect(await api.emulatorLedger()).toMatchObject([
      { tenant: LUMEN, account: NOBODY, delta: '10.25', after: '10.25', operation: 'MembersController_create' },
    ]);
  });

  it('starts with credits that expire where the merchant has it so', async () => {
    const api = (await startInveterate()).as(RIDGE_KEY);
    await api.enrol({ customerId: NOBODY, credits: 1 });
    const expirationDate = '2026-01-31T00:00:00.000Z';
    expect(await api.ledger(NOBODY)).toStrictEqual(
      ledgerOf([entry(NOBODY, 1, 0, { merchantId: RIDGE, expirationDate })]),
    );
  });

  it('may come with all that is documented, and more', async () => {
    const api = await startInveterate();
    const given = {
      customerId: NOBODY,
      referrals: '3',
      segmentId: 'gold',
      overrideSpendThreshold: true,
      keepInSpendBasedTier: false,
      credits: 1,
      dateOfBirth: '1990-02-28',
    };
    expect(await api.enrol({ ...given, email: 'x@lumen.example', credit: 500 })).toStrictEqual(enrolled);
    expect(await api.member(NOBODY)).toStrictEqual(
      found(stranger(NOBODY, { credit: 1, creditsEarned: 1, referrals: 3 })),
    );
    expect((await api.state()).members.at(-1)).toMatchObject({
      customerId: NOBODY,
      segmentId: 'gold',
      overrideSpendThreshold: true,
      keepInSpendBasedTier: false,
      dateOfBirth: '1990-02-28',
    });
  });

  it('collects and redeems as any other', async () => {
    const api = await startInveterate();
    await api.enrol({ customerId: NOBODY, credits: 10 });
    expect(await api.add(NOBODY, { amount: 5 })).toEqual(submitted);
    expect(await api.redeem(NOBODY)).toEqual(redeemed);
    await api.control('useCode', { code: (await codeOf(api, NOBODY))?.code });
    expect(await balanceOf(api, NOBODY)).toBe(0);
  });

  it('is one of that merchant only, also where another has the same customer', async () => {
    const api = await startInveterate();
    const ridge = api.as(RIDGE_KEY);
    await api.enrol({ customerId: NOBODY, credits: 10 });
    expect(await ridge.member(NOBODY)).toEqual(unknownCustomer);
    await ridge.enrol({ customerId: NOBODY, credits: 3 });
    await ridge.add(NOBODY, { amount: -2 });
    expect([await balanceOf(api, NOBODY), await balanceOf(ridge, NOBODY)]).toEqual([10, 1]);
  });

  it('is there only later where effects take their time', async () => {
    const api = await startInveterate({ set: ['inveterate.settleAfter=PT5S'] });
    expect(await api.enrol({ customerId: NOBODY, credits: 10 })).toStrictEqual(enrolled);
    expect(await api.member(NOBODY)).toEqual(unknownCustomer);
    expect(await api.members()).toStrictEqual(list(ada, benoit, chiyo, dmitri, ...magic));
    await api.advance('PT5S');
    expect(await balanceOf(api, NOBODY)).toBe(10);
  });

  it.each(['1', '0', '007', '9'.repeat(32)])('has a number that stays as it was written: %s', async (customerId) => {
    const api = await startInveterate();
    expect(await api.enrol({ customerId })).toStrictEqual(enrolled);
    expect(await api.member(customerId)).toStrictEqual(found(stranger(customerId)));
  });
});

describe('a member who is made one again', () => {
  it('keeps ledger, profile and code', async () => {
    const api = await startInveterate();
    const before = await api.ledger(BENOIT);
    expect(await api.enrol({ customerId: BENOIT, segmentId: 'silver' })).toStrictEqual(enrolled);
    expect(await api.ledger(BENOIT)).toStrictEqual(before);
    expect(await api.member(BENOIT)).toStrictEqual(found({ ...benoit, updatedAt: START }));
    expect(await api.members()).toMatchObject({
      body: { data: { members: [{}, { customerId: BENOIT }, {}, {}, ...magic] } },
    });
  });

  it('gets the credits on top', async () => {
    const api = await startInveterate();
    const { credits } = dataOf(await api.ledger(BENOIT)) as { readonly credits: readonly object[] };
    expect(await api.enrol({ customerId: BENOIT, credits: 5, referrals: '2' })).toStrictEqual(enrolled);
    expect(await api.ledger(BENOIT)).toStrictEqual(
      ledgerOf([entry(BENOIT, 5, 30), ...credits], { code: CODE, value: 10 }),
    );
    const shown = { ...benoit, credit: 35, creditsEarned: 35, referrals: 2, updatedAt: START };
    expect(await api.member(BENOIT)).toStrictEqual(found(shown));
  });

  it('has as many referrals as were ever told, if they are told as a number', async () => {
    const api = await startInveterate();
    await api.enrol({ customerId: DMITRI, referrals: '3' });
    for (const other of [{}, { referrals: '2' }, { referrals: '' }, { referrals: 'many' }, { referrals: '-9' }]) {
      expect(await api.enrol({ customerId: DMITRI, ...other })).toStrictEqual(enrolled);
      expect(await api.member(DMITRI)).toStrictEqual(found({ ...dmitri, referrals: 3, updatedAt: START }));
    }
    await api.enrol({ customerId: DMITRI, referrals: '4' });
    expect(await api.member(DMITRI)).toStrictEqual(found({ ...dmitri, referrals: 4, updatedAt: START }));
  });

  it('is not one of another merchant for that', async () => {
    const api = await startInveterate();
    await api.enrol({ customerId: FINN, credits: 5 });
    expect(await balanceOf(api, FINN)).toBe(5);
    expect(await api.as(RIDGE_KEY).member(FINN)).toStrictEqual(found(finn));
  });
});

it('keeps credits, orders and profiles of the merchants apart', async () => {
  const api = await startInveterate();
  const ridge = api.as(RIDGE_KEY);
  const before = await api.members();
  await ridge.add(FINN, { amount: 5 });
  await ridge.redeem(FINN);
  await ridge.enrol({ customerId: ADA, credits: 1 });
  expect(await api.members()).toStrictEqual(before);
});
