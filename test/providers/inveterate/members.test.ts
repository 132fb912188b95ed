import { describe, expect } from 'vitest';

import { START } from '../../support/emulator.ts';
import { listMagic } from '../../support/magic.ts';
import {
  ADA,
  BENOIT,
  CHIYO,
  CODE,
  DMITRI,
  FINN,
  GOLD_TIER,
  NOBODY,
  RIDGE,
  RIDGE_KEY,
  at,
  balanceOf,
  dataOf,
  enrolled,
  entry,
  it,
  ledgerOf,
  movement,
  ok,
  refusal,
  shownIn,
  startInveterate,
  stranger,
  unknownCustomer,
} from './api.ts';

const joined = (time: string): object => ({ joinedAt: time, ...at(time) });

const ada = stranger(ADA, {
  ...joined('2025-06-01T09:00:00.000Z'),
  ...{ email: 'ada@lumen.example', firstName: 'Ada', lastName: 'Okafor', contractId: 7_300_000_001 },
  ...{ credit: 42.5, creditsEarned: 59.5, numberOfCreditRedemptions: 2 },
  orderCount: 6,
  orderIds: [101, 102, 103, 104, 105, 106].map((last) => 5_000_000_000_000 + last),
  ...{ revenue: 245, totalSpend: 245 },
  lastCreditRedemptionAt: '2025-10-19T20:40:00.000Z',
  lastPurchaseAt: '2025-10-19T20:40:00.000Z',
  updatedAt: '2025-10-19T20:40:00.000Z',
  ...{ tierId: GOLD_TIER, tierName: 'GOLD', trigger: 'PAID_SUBSCRIPTION' },
});
const benoit = stranger(BENOIT, {
  ...joined('2025-07-10T10:00:00.000Z'),
  ...{ email: 'benoit@lumen.example', firstName: 'Benoît', lastName: 'Laurent', credit: 30, creditsEarned: 30 },
});
const chiyo = stranger(CHIYO, {
  ...joined('2025-12-02T00:00:00.000Z'),
  ...{ email: 'chiyo@lumen.example', firstName: 'Chiyo', lastName: 'Tanaka', credit: 12, creditsEarned: 12 },
  updatedAt: '2025-12-04T00:00:00.000Z',
});
const dmitri = stranger(DMITRI, {
  ...joined('2025-11-02T12:00:00.000Z'),
  ...{ email: 'dmitri@lumen.example', firstName: 'Dmitri' },
});
const ofRidge = { merchantId: RIDGE, currencyCode: 'EUR' };
const finn = stranger(FINN, {
  ...{ ...ofRidge, ...joined('2025-08-20T15:00:00.000Z'), credit: 50, creditsEarned: 50 },
  ...{ email: 'finn@ridge.example', firstName: 'Finn', lastName: 'Byrne' },
});
const magic = listMagic('inveterate').map(({ name, subject }) =>
  stranger(subject, { email: `${name}@lumen.example`, ...joined('2025-12-01T12:00:00.000Z') }),
);
const seeded = [ada, benoit, chiyo, dmitri, ...magic];

const found = (member: unknown): object => ok('Member found', member);
const list = (...members: readonly object[]): object => ok('Members found', { members });

describe('a member', () => {
  it('is listed and shown with every documented field, for its own merchant only', async ({ api }) => {
    const ridge = api.as(RIDGE_KEY);
    expect(await api.members()).toStrictEqual(list(...seeded));
    expect(await ridge.members()).toStrictEqual(list(finn));
    expect(await api.member(ADA)).toStrictEqual(found(ada));
    await ridge.add(FINN, { amount: 5 });
    await ridge.redeem(FINN);
    await ridge.enrol({ customerId: ADA, credits: 1 });
    expect(await api.members()).toStrictEqual(list(...seeded));
  });

  it('is listed after those who joined earlier', async ({ api }) => {
    await api.enrol({ customerId: '7' });
    await api.as(RIDGE_KEY).enrol({ customerId: '8' });
    await api.enrol({ customerId: '3' });
    expect(await api.members()).toStrictEqual(list(...seeded, stranger('7'), stranger('3')));
    expect(await api.as(RIDGE_KEY).members()).toStrictEqual(list(finn, stranger('8', ofRidge)));
  });

  it('shows all that was ever added, whatever was removed', async ({ api }) => {
    for (const amount of [0.1, -0.1, 0.2]) await api.add(DMITRI, { amount });
    expect(await api.member(DMITRI)).toStrictEqual(
      found({ ...dmitri, credit: 0.2, creditsEarned: 0.3, updatedAt: START }),
    );
  });
});

describe('a customer who becomes a member', () => {
  it.each([NOBODY, '1', '0', '007', '9'.repeat(32)])('has the number %s and nothing else', async (customerId) => {
    const api = await startInveterate();
    expect(await api.enrol({ customerId })).toStrictEqual(enrolled);
    expect(await api.member(customerId)).toStrictEqual(found(stranger(customerId)));
    expect(await api.ledger(customerId)).toStrictEqual(ledgerOf([]));
    expect(await api.emulatorLedger()).toEqual([]);
  });

  it('may come with all documented fields, and first credits, which are an entry', async ({ api }) => {
    await api.advance('PT1H');
    const enrolment = { segmentId: 'gold', overrideSpendThreshold: true, keepInSpendBasedTier: false };
    const stored = { customerId: NOBODY, ...enrolment, dateOfBirth: '1990-02-28' };
    const undocumented = { email: 'x@lumen.example', credit: 500 };
    expect(await api.enrol({ ...stored, referrals: '3', credits: 10.25, ...undocumented })).toStrictEqual(enrolled);
    const now = '2026-01-01T01:00:00.000Z';
    const shown = stranger(NOBODY, { ...joined(now), credit: 10.25, creditsEarned: 10.25, referrals: 3 });
    expect(await api.member(NOBODY)).toStrictEqual(found(shown));
    expect(await api.ledger(NOBODY)).toStrictEqual(ledgerOf([entry(NOBODY, 10.25, 0, at(now))]));
    const origin = { at: now, operation: 'MembersController_create', requestId: 'default-1' };
    expect(await api.emulatorLedger()).toEqual([movement(NOBODY, ['10.25', '0', '10.25'], origin)]);
    expect((await api.state()).members.at(-1)).toMatchObject(stored);
  });

  it('is a member of that merchant only, even if another one has the same customer', async ({ api }) => {
    const ridge = api.as(RIDGE_KEY);
    await api.enrol({ customerId: NOBODY, credits: 10 });
    expect(await ridge.member(NOBODY)).toEqual(unknownCustomer);
    await ridge.enrol({ customerId: NOBODY, credits: 3 });
    await ridge.add(NOBODY, { amount: -2 });
    expect([await balanceOf(api, NOBODY), await balanceOf(ridge, NOBODY)]).toEqual([10, 1]);
  });

  const notANumber = 'customerId must match pattern "^[0-9]{1,32}$"';
  it.each<[object, string]>([
    [{ credits: 5 }, 'customerId is required'],
    [{ customerId: 6_100_000_000_042 }, 'customerId must be string'],
    [{ customerId: '' }, notANumber],
    [{ customerId: `gid://shopify/Customer/${NOBODY}` }, notANumber],
    [{ customerId: '6100000000042\n' }, notANumber],
    [{ customerId: '٣' }, notANumber],
    [{ customerId: '9'.repeat(33) }, notANumber],
    [{ customerId: NOBODY, credits: 0.99 }, 'credits must be >= 1'],
    [{ customerId: BENOIT, credits: -5 }, 'credits must be >= 1'],
    [{ customerId: NOBODY, credits: '5' }, 'credits must be number'],
    [{ customerId: NOBODY, referrals: 3 }, 'referrals must be string'],
    [{ customerId: NOBODY, segmentId: 3 }, 'segmentId must be string'],
    [{ customerId: NOBODY, overrideSpendThreshold: 'true' }, 'overrideSpendThreshold must be boolean'],
    [{ customerId: NOBODY, keepInSpendBasedTier: 1 }, 'keepInSpendBasedTier must be boolean'],
    [{ customerId: NOBODY, dateOfBirth: '1990-02-30' }, 'dateOfBirth must match format "date"'],
    [[{ customerId: NOBODY }], 'body must be object'],
  ])('is refused as %j', async (body, message) => {
    await (await startInveterate()).refuses(refusal(message), (api) => api.enrol(body));
  });

  it('is refused further credits if no number can show the balance', async ({ api }) => {
    const joining = { customerId: NOBODY, credits: Number.MAX_VALUE };
    expect(await api.enrol(joining)).toStrictEqual(enrolled);
    await api.refuses(refusal('Amount is out of range'), () => api.enrol(joining));
  });
});

describe('a member who joins again', () => {
  it('keeps place, profile, ledger and code, and gets the credits', async ({ api }) => {
    const { credits } = shownIn(await api.ledger(BENOIT));
    expect(await api.enrol({ customerId: BENOIT, segmentId: 'silver' })).toStrictEqual(enrolled);
    const again = { ...benoit, updatedAt: START };
    expect(await api.members()).toStrictEqual(list(ada, again, chiyo, dmitri, ...magic));
    expect(await api.ledger(BENOIT)).toStrictEqual(ledgerOf(credits, { code: CODE, value: 10 }));
    expect(await api.enrol({ customerId: BENOIT, credits: 5 })).toStrictEqual(enrolled);
    expect(await api.member(BENOIT)).toStrictEqual(found({ ...again, credit: 35, creditsEarned: 35 }));
    expect(await api.ledger(BENOIT)).toStrictEqual(
      ledgerOf([entry(BENOIT, 5, 30), ...credits], { code: CODE, value: 10 }),
    );
  });

  it('has the highest number of referrals that was ever given', async ({ api }) => {
    const shown: unknown[] = [];
    for (const referrals of ['3', undefined, '2', '', 'many', '-9', '4']) {
      expect(await api.enrol({ customerId: DMITRI, referrals })).toStrictEqual(enrolled);
      shown.push(Reflect.get(dataOf(await api.member(DMITRI)), 'referrals'));
    }
    expect(shown).toEqual([3, 3, 3, 3, 3, 3, 4]);
  });
});
