import { describe, expect } from 'vitest';

import {
  ADA,
  BENOIT,
  CODE,
  DMITRI,
  FINN,
  FREE_TIER,
  GOLD_TIER,
  LUMEN,
  MEMBER,
  MEMBERS,
  NOBODY,
  RIDGE_KEY,
  cancelled,
  codeOf,
  dataOf,
  enrolled,
  it,
  ok,
  refusal,
  refusedByControl,
  startInveterate,
  startLate,
  submitted,
  unknownCustomer,
  type InveterateApi,
} from './api.ts';

const FREE_SHIPPING = { type: 'FREE_SHIPPING' };
const GOLD_BENEFITS = [FREE_SHIPPING, { type: 'STORE_DISCOUNT', percentage: 10 }];
const leaf = { merchantId: LUMEN, segmentId: FREE_TIER, tierName: 'LEAF' };
const gold = { merchantId: LUMEN, segmentId: GOLD_TIER, tierName: 'GOLD' };

async function statusOf(api: InveterateApi, id: string): Promise<unknown> {
  return (dataOf(await api.member(id)) as { readonly status: unknown }).status;
}

describe('the storefront', () => {
  it('shows a member like the admin path', async ({ api }) => {
    for (const id of [ADA, BENOIT, FINN]) {
      expect(await api.call('get', `/v2.0/storefront/members/${id}`)).toEqual(await api.member(id));
    }
  });

  it.for<[string, object]>([
    [ADA, ok('Tier found', gold)],
    [`${ADA}?includeBenefits=true`, ok('Tier found', { ...gold, benefits: GOLD_BENEFITS })],
    [`${ADA}/benefits`, ok('Benefits found', { benefits: GOLD_BENEFITS })],
    [BENOIT, refusal('Tier not found')],
    [NOBODY, unknownCustomer],
  ])('shows the tier of a customer: %s', async ([path, answer], { api }) => {
    expect(await api.call('get', `/v2.0/storefront/tiers/${path}`)).toEqual(answer);
  });
});

describe('tiers and benefits', () => {
  it.for<[string, object]>([
    ['', ok('Tiers found', { tiers: [leaf, gold] })],
    ['?includeBenefits=', ok('Tiers found', { tiers: [leaf, gold] })],
    [
      '?includeBenefits=true',
      ok('Tiers found', {
        tiers: [
          { ...leaf, benefits: [FREE_SHIPPING] },
          { ...gold, benefits: GOLD_BENEFITS },
        ],
      }),
    ],
    ['?includeBenefits=maybe', refusal('includeBenefits must be boolean')],
    [`/${FREE_TIER}?includeBenefits=false`, ok('Tier found', leaf)],
    [`/${FREE_TIER}/benefits`, ok('Benefits found', { benefits: [FREE_SHIPPING] })],
    [`/${GOLD_TIER}/benefits/STORE_DISCOUNT`, ok('Benefit found', GOLD_BENEFITS[1])],
    [`/${GOLD_TIER}/benefits/NOTHING`, refusal('Benefit not found')],
    ['/00000000', refusal('Tier not found')],
  ])('are those of the merchant: /tiers%s', async ([path, answer], { api }) => {
    expect(await api.call('get', `/v2.0/admin/tiers${path}`)).toEqual(answer);
  });

  it('belong to different merchants: one has either tiers or benefits', async ({ api }) => {
    const ridge = api.as(RIDGE_KEY);
    const benefits = [FREE_SHIPPING, { type: 'STORE_DISCOUNT', percentage: 5 }];
    for (const path of ['/v2.0/admin/benefits', '/v2.0/storefront/benefits']) {
      expect(await ridge.call('get', path)).toEqual(ok('Benefits found', { benefits }));
      expect(await ridge.call('get', `${path}/STORE_DISCOUNT`)).toEqual(ok('Benefit found', benefits[1]));
      expect(await ridge.call('get', `${path}/NOTHING`)).toEqual(refusal('Benefit not found'));
      expect(await api.call('get', path)).toEqual(refusal('Merchant has tiers'));
      expect(await api.call('get', `${path}/FREE_SHIPPING`)).toEqual(refusal('Merchant has tiers'));
    }
    for (const path of ['admin/tiers', `admin/tiers/${GOLD_TIER}`, `storefront/tiers/${FINN}`]) {
      expect(await ridge.call('get', `/v2.0/${path}`)).toEqual(refusal('Merchant has no tiers'));
    }
  });

  it('of a member follow the enrolment and the control changeTier', async ({ api }) => {
    expect(await api.enrol({ customerId: NOBODY, segmentId: FREE_TIER })).toEqual(enrolled);
    expect(dataOf(await api.member(NOBODY))).toMatchObject({ tierId: FREE_TIER, tierName: 'LEAF', trigger: null });
    await api.control('changeTier', { ...MEMBER, segmentId: GOLD_TIER });
    const paid = { tierId: GOLD_TIER, tierName: 'GOLD', trigger: 'PAID_SUBSCRIPTION' };
    expect(dataOf(await api.member(NOBODY))).toMatchObject(paid);
    await api.control('changeTier', { ...MEMBER, segmentId: null });
    expect(dataOf(await api.member(NOBODY))).toMatchObject({ tierId: null, tierName: null, trigger: null });
    await api.refuses(refusedByControl('The merchant does not have this tier.'), () =>
      api.control('changeTier', { ...MEMBER, segmentId: 'x' }),
    );
  });
});

describe('an update of a member', () => {
  const PROFILE = { firstName: 'Dima', lastName: '', notes: 'Prefers mail', phoneNumber: '+1 555 0100' };

  it.for(['put', 'patch'] as const)('by %s changes all four fields and nothing else', async (method, { api }) => {
    const before = dataOf(await api.member(DMITRI));
    await api.advance('PT5S');
    const after = { ...before, ...PROFILE, updatedAt: '2026-01-01T00:00:05.000Z' };
    expect(await api.call(method, `${MEMBERS}/${DMITRI}`, PROFILE)).toEqual(ok('Member updated', after));
    expect(await api.member(DMITRI)).toEqual(ok('Member found', after));
    expect(await api.emulatorLedger()).toEqual([]);
  });

  it.each([
    [DMITRI, { ...PROFILE, firstName: undefined }, refusal('firstName is required')],
    [DMITRI, { ...PROFILE, notes: undefined }, refusal('notes is required')],
    [DMITRI, { ...PROFILE, phoneNumber: 5 }, refusal('phoneNumber must be string')],
    [DMITRI, { ...PROFILE, lastName: null }, refusal('lastName must be string')],
    [NOBODY, PROFILE, unknownCustomer],
  ])('is refused for %s with %j', async (id, body, answer) => {
    await (await startInveterate()).refuses(answer, (api) => api.call('put', `${MEMBERS}/${id}`, body));
  });
});

describe('a cancellation', () => {
  const named = { merchantId: LUMEN, customerId: ADA };
  const confirming = 'inveterate.confirmCancellations=true';

  it('changes nothing until it is confirmed, and ends a paid membership a month later', async ({ api }) => {
    const before = await api.member(ADA);
    expect(await api.cancel(ADA)).toEqual(cancelled);
    expect(await api.cancel(ADA, {})).toEqual(cancelled);
    expect(await api.member(ADA)).toEqual(before);
    await api.advance('PT30M');
    await api.control('confirmCancellation', named);
    expect(await statusOf(api, ADA)).toBe('PENDING_CANCELLATION');
    await api.refuses(refusal('Cancellation is already pending'), () => api.cancel(ADA));
    await api.copy();
    await api.advance('P30DT23H29M');
    expect(await statusOf(api, ADA)).toBe('PENDING_CANCELLATION');
    await api.advance('PT1M');
    expect(await statusOf(api, ADA)).toBe('CANCELLED');
    await api.refuses(refusal('Member is already cancelled'), () => api.cancel(ADA));
    expect(await api.add(ADA, { amount: 1 })).toEqual(submitted);
  });

  it('ends on the last day of a shorter month', async () => {
    const api = await startInveterate({ set: [confirming] });
    await api.advance('P30DT90M');
    await api.cancel(ADA);
    expect((await api.state()).members[0]).toMatchObject({ cancellation: { endsAt: '2026-02-28T01:00:00.000Z' } });
  });

  it('ends a free membership at once, and keeps the code', async ({ api }) => {
    await api.cancel(BENOIT);
    await api.control('confirmCancellation', { merchantId: LUMEN, customerId: BENOIT });
    expect(await statusOf(api, BENOIT)).toBe('CANCELLED');
    expect(await codeOf(api, BENOIT)).toEqual({ code: CODE, value: 10 });
  });

  it('has its effect later if changes do, and is confirmed if the option says so', async () => {
    const api = await startLate('PT5S', confirming);
    for (const id of [BENOIT, ADA]) expect(await api.cancel(id)).toEqual(cancelled);
    expect(await statusOf(api, BENOIT)).toBe('ACTIVE');
    await api.advance('PT5S');
    expect([await statusOf(api, BENOIT), await statusOf(api, ADA)]).toEqual(['CANCELLED', 'PENDING_CANCELLATION']);
  });

  it('may come from the shop, and is forgotten when the customer joins again', async ({ api }) => {
    await api.control('cancelMembership', { ...named, source: 'FAILURE' });
    expect(await statusOf(api, ADA)).toBe('CANCELLED');
    await api.refuses(refusedByControl('The membership has already ended.'), () =>
      api.control('cancelMembership', named),
    );
    await api.enrol({ customerId: ADA });
    expect(await statusOf(api, ADA)).toBe('ACTIVE');
    await api.refuses(refusedByControl('The member has not requested a cancellation.'), () =>
      api.control('confirmCancellation', named),
    );
  });

  it('is not due any more if the customer joins again before the end', async () => {
    const api = await startInveterate({ set: [confirming] });
    await api.cancel(ADA);
    await api.control('cancelMembership', named);
    await api.enrol({ customerId: ADA });
    await api.advance('P40D');
    expect(await statusOf(api, ADA)).toBe('ACTIVE');
  });
});
