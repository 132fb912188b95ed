import { describe, expect, it } from 'vitest';

import {
  ADA,
  BENOIT,
  DMITRI,
  FINN,
  LUMEN,
  MEMBERS,
  NOBODY,
  RIDGE_KEY,
  dataOf,
  enrolled,
  invalidKey,
  refusal,
  refusedByControl,
  startInveterate,
  submitted,
  unknownCustomer,
  type InveterateApi,
} from './api.ts';

const FREE = '9b2f60d4';
const GOLD = '3a636361';
const PROFILE = { firstName: 'Dima', lastName: '', notes: 'Prefers mail', phoneNumber: '+1 555 0100' };
const LEAF_BENEFITS = [{ type: 'FREE_SHIPPING' }];
const GOLD_BENEFITS = [{ type: 'FREE_SHIPPING' }, { type: 'STORE_DISCOUNT', percentage: 10 }];

const memberOf = (id: string): string => `/v2.0/storefront/members/${id}`;
const cancellationOf = (id: string): string => `${memberOf(id)}/cancellation`;
const cancelled = { status: 201, body: { message: 'Cancellation submitted', data: {} } };

async function statusOf(api: InveterateApi, id: string): Promise<unknown> {
  return (dataOf(await api.member(id)) as { readonly status: unknown }).status;
}

function ok(message: string, data: unknown): object {
  return { status: 200, body: { message, data } };
}

describe('the storefront', () => {
  it('shows a member as the admin sees it', async () => {
    const api = await startInveterate();
    for (const id of [ADA, BENOIT]) expect(await api.call('get', memberOf(id))).toEqual(await api.member(id));
    expect(await api.call('get', memberOf(FINN))).toEqual(unknownCustomer);
    expect(await api.as(undefined).call('get', memberOf(ADA))).toEqual(invalidKey);
  });

  it('shows the tier of a customer, by the customer, and its benefits', async () => {
    const api = await startInveterate();
    const tier = { merchantId: LUMEN, segmentId: GOLD, tierName: 'GOLD' };
    const path = `/v2.0/storefront/tiers/${ADA}`;
    expect(await api.call('get', path)).toEqual(ok('Tier found', tier));
    const whole = { ...tier, benefits: GOLD_BENEFITS };
    expect(await api.call('get', `${path}?includeBenefits=true`)).toEqual(ok('Tier found', whole));
    expect(await api.call('get', `${path}/benefits`)).toEqual(ok('Benefits found', { benefits: GOLD_BENEFITS }));
    expect(await api.call('get', `/v2.0/storefront/tiers/${BENOIT}`)).toEqual(refusal('Tier not found'));
    expect(await api.call('get', `/v2.0/storefront/tiers/${NOBODY}`)).toEqual(unknownCustomer);
  });
});

describe('tiers and benefits', () => {
  it('are those of the merchant', async () => {
    const api = await startInveterate();
    const leaf = { merchantId: LUMEN, segmentId: FREE, tierName: 'LEAF' };
    const gold = { merchantId: LUMEN, segmentId: GOLD, tierName: 'GOLD' };
    const tiers = '/v2.0/admin/tiers';
    expect(await api.call('get', tiers)).toEqual(ok('Tiers found', { tiers: [leaf, gold] }));
    expect(await api.call('get', `${tiers}?includeBenefits=`)).toEqual(ok('Tiers found', { tiers: [leaf, gold] }));
    const whole = [
      { ...leaf, benefits: LEAF_BENEFITS },
      { ...gold, benefits: GOLD_BENEFITS },
    ];
    expect(await api.call('get', `${tiers}?includeBenefits=true`)).toEqual(ok('Tiers found', { tiers: whole }));
    expect(await api.call('get', `${tiers}/${FREE}?includeBenefits=false`)).toEqual(ok('Tier found', leaf));
    expect(await api.call('get', `${tiers}/${FREE}/benefits`)).toEqual(
      ok('Benefits found', { benefits: LEAF_BENEFITS }),
    );
    expect(await api.call('get', `${tiers}/${GOLD}/benefits/STORE_DISCOUNT`)).toEqual(
      ok('Benefit found', GOLD_BENEFITS[1]),
    );
  });

  it('are asked for as the merchant has them: either tiers, or benefits', async () => {
    const api = await startInveterate();
    const ridge = api.as(RIDGE_KEY);
    const benefits = [{ type: 'FREE_SHIPPING' }, { type: 'STORE_DISCOUNT', percentage: 5 }];
    for (const side of ['admin', 'storefront']) {
      const path = `/v2.0/${side}/benefits`;
      expect(await ridge.call('get', path)).toEqual(ok('Benefits found', { benefits }));
      expect(await ridge.call('get', `${path}/STORE_DISCOUNT`)).toEqual(ok('Benefit found', benefits[1]));
      expect(await ridge.call('get', `${path}/NOTHING`)).toEqual(refusal('Benefit not found'));
      expect(await api.call('get', path)).toEqual(refusal('Merchant has tiers'));
    }
    for (const path of ['/v2.0/admin/tiers', `/v2.0/admin/tiers/${GOLD}`, `/v2.0/storefront/tiers/${FINN}`]) {
      expect(await ridge.call('get', path)).toEqual(refusal('Merchant has no tiers'));
    }
    expect(await api.call('get', '/v2.0/admin/tiers/00000000')).toEqual(refusal('Tier not found'));
    expect(await api.call('get', `/v2.0/admin/tiers/${GOLD}/benefits/NOTHING`)).toEqual(refusal('Benefit not found'));
    const asked = await api.call('get', '/v2.0/admin/tiers?includeBenefits=maybe');
    expect(asked).toEqual(refusal('includeBenefits must be boolean'));
  });

  it('of a member follow what it joined with, and what a control says', async () => {
    const api = await startInveterate();
    expect(await api.enrol({ customerId: NOBODY, segmentId: FREE })).toEqual(enrolled);
    expect(dataOf(await api.member(NOBODY))).toMatchObject({ tierId: FREE, tierName: 'LEAF', trigger: null });
    await api.control('changeTier', { merchantId: LUMEN, customerId: NOBODY, segmentId: GOLD });
    const paid = { tierId: GOLD, tierName: 'GOLD', trigger: 'PAID_SUBSCRIPTION' };
    expect(dataOf(await api.member(NOBODY))).toMatchObject(paid);
    await api.control('changeTier', { merchantId: LUMEN, customerId: NOBODY, segmentId: null });
    expect(dataOf(await api.member(NOBODY))).toMatchObject({ tierId: null, tierName: null, trigger: null });
    const wrong = { merchantId: LUMEN, customerId: NOBODY, segmentId: 'x' };
    expect(await api.control('changeTier', wrong)).toEqual(
      refusedByControl(409, 'The merchant does not have this tier.'),
    );
  });
});

describe('an update of a member', () => {
  it.each(['put', 'patch'] as const)('by %s changes all four fields and nothing else', async (method) => {
    const api = await startInveterate();
    const before = dataOf(await api.member(DMITRI)) as object;
    await api.advance('PT5S');
    const after = { ...before, ...PROFILE, updatedAt: '2026-01-01T00:00:05.000Z' };
    expect(await api.call(method, `${MEMBERS}/${DMITRI}`, PROFILE)).toEqual(ok('Member updated', after));
    expect(await api.member(DMITRI)).toEqual(ok('Member found', after));
    expect(await api.emulatorLedger()).toEqual([]);
  });

  it.each([
    ['firstName is required', { ...PROFILE, firstName: undefined }],
    ['notes is required', { ...PROFILE, notes: undefined }],
    ['phoneNumber must be string', { ...PROFILE, phoneNumber: 5 }],
    ['lastName must be string', { ...PROFILE, lastName: null }],
  ])('changes nothing where %s', async (message, body) => {
    const api = await startInveterate();
    const before = await api.everything();
    expect(await api.call('put', `${MEMBERS}/${DMITRI}`, body)).toEqual(refusal(message));
    expect(await api.call('put', `${MEMBERS}/${NOBODY}`, PROFILE)).toEqual(unknownCustomer);
    expect(await api.everything()).toEqual(before);
  });
});

describe('a cancellation', () => {
  const named = { merchantId: LUMEN, customerId: ADA };

  it('changes nothing until it is confirmed, and ends a paid membership a month later', async () => {
    const api = await startInveterate();
    const before = await api.member(ADA);
    expect(await api.call('post', cancellationOf(ADA))).toEqual(cancelled);
    expect(await api.call('post', cancellationOf(ADA), {})).toEqual(cancelled);
    expect(await api.member(ADA)).toEqual(before);
    await api.advance('PT30M');
    await api.control('confirmCancellation', named);
    expect(await statusOf(api, ADA)).toBe('PENDING_CANCELLATION');
    expect(await api.call('post', cancellationOf(ADA))).toEqual(refusal('Cancellation is already pending'));
    await api.advance('P30DT23H29M');
    expect(await statusOf(api, ADA)).toBe('PENDING_CANCELLATION');
    await api.advance('PT1M');
    expect(await statusOf(api, ADA)).toBe('CANCELLED');
    expect(await api.call('post', cancellationOf(ADA))).toEqual(refusal('Member is already cancelled'));
    expect(await api.add(ADA, { amount: 1 })).toEqual(submitted);
  });

  it('is over at once for who pays nothing, and where the option confirms it', async () => {
    const free = await startInveterate();
    await free.call('post', cancellationOf(BENOIT));
    await free.control('confirmCancellation', { merchantId: LUMEN, customerId: BENOIT });
    expect(await statusOf(free, BENOIT)).toBe('CANCELLED');
    const ledger = await free.ledger(BENOIT);
    expect(ledger).toMatchObject({ body: { data: { redemption: { value: 10 } } } });
    const quick = await startInveterate({ set: ['inveterate.confirmCancellations=true'] });
    expect(await quick.call('post', cancellationOf(BENOIT))).toEqual(cancelled);
    expect(await quick.call('post', cancellationOf(ADA))).toEqual(cancelled);
    expect([await statusOf(quick, BENOIT), await statusOf(quick, ADA)]).toEqual(['CANCELLED', 'PENDING_CANCELLATION']);
  });

  it('has its effect later where effects take their time', async () => {
    const set = ['inveterate.confirmCancellations=true', 'inveterate.settleAfter=PT5S'];
    const api = await startInveterate({ set });
    expect(await api.call('post', cancellationOf(BENOIT))).toEqual(cancelled);
    expect(await statusOf(api, BENOIT)).toBe('ACTIVE');
    await api.advance('PT5S');
    expect(await statusOf(api, BENOIT)).toBe('CANCELLED');
  });

  it('is one of the shop, too, and is forgotten by who joins again', async () => {
    const api = await startInveterate();
    await api.control('cancelMembership', { ...named, source: 'FAILURE' });
    expect(await statusOf(api, ADA)).toBe('CANCELLED');
    const again = await api.control('cancelMembership', named);
    expect(again).toEqual(refusedByControl(409, 'The membership has already ended.'));
    await api.enrol({ customerId: ADA });
    expect(await statusOf(api, ADA)).toBe('ACTIVE');
    expect(await api.control('confirmCancellation', named)).toEqual(
      refusedByControl(409, 'The member has not requested a cancellation.'),
    );
  });

  it('comes back with the state, and ends when it would have', async () => {
    const api = await startInveterate({ set: ['inveterate.confirmCancellations=true'] });
    await api.call('post', cancellationOf(ADA));
    const state = (await api.emulator('get', '/state')) as object;
    await api.emulator('post', '/reset');
    await api.app.put('/_emulator/state').send(state).expect(204);
    expect(await api.emulator('get', '/state')).toEqual(state);
    await api.advance('P31D');
    expect(await statusOf(api, ADA)).toBe('CANCELLED');
  });

  it('is none for a stranger', async () => {
    const api = await startInveterate();
    expect(await api.call('post', cancellationOf(FINN))).toEqual(unknownCustomer);
    expect(await api.as(undefined).call('post', cancellationOf(ADA))).toEqual(invalidKey);
  });
});
