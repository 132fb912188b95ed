import { expect, it } from 'vitest';

import { START, startEmulator } from '../../support/emulator.ts';
import { Receiver } from '../../support/receiver.ts';
import { ADA, LUMEN, LUMEN_KEY } from './api.ts';
import { keepShop, type Answered } from './clients/storefront-session.ts';

const GOLD = '3a636361';
const NOTHING = {};
const SEEDED = {
  merchantId: LUMEN,
  id: '5f0c9a417be24d1393d8e6f2a7b05c1d',
  topic: 'customer.payment_failed',
  callbackUrl: 'http://127.0.0.1:9100/hook',
  name: 'dunning',
  createdAt: '2025-11-20T10:00:00.000Z',
  updatedAt: '2025-11-20T10:00:00.000Z',
};
const free = { type: 'FREE_SHIPPING' };
const benefits = [free, { type: 'STORE_DISCOUNT', percentage: 10 }];
const leaf = { merchantId: LUMEN, segmentId: '9b2f60d4', tierName: 'LEAF' };
const gold = { merchantId: LUMEN, segmentId: GOLD, tierName: 'GOLD' };

it('a shop that keeps its own ledger by webhooks goes through the whole second ring', async () => {
  const emulator = await startEmulator({ providers: ['inveterate'] });
  const receiver = await Receiver.start();
  const callbackUrl = `${receiver.url}/hook`;
  const read = async (path: string): Promise<object> => {
    const headers = { 'X-Inveterate-Api-Key': LUMEN_KEY };
    const response = await fetch(`${emulator.urls.inveterate}/v2.0/${path}`, { headers });
    return ((await response.json()) as { readonly data: object }).data;
  };
  const seeded = {
    members: await read('admin/members'),
    ledger: await read(`admin/members/${ADA}/credits`),
    ada: await read(`admin/members/${ADA}`),
  };

  const { answers, id } = await keepShop(emulator.urls.inveterate, callbackUrl);
  await emulator.sandbox('default').clock.advance('PT0S');
  expect(id).toMatch(/^[0-9a-f]{32}$/);
  const times = { createdAt: START, updatedAt: START };
  const made = { merchantId: LUMEN, id, topic: 'customer.credits.updated', callbackUrl, name: 'ledger sync', ...times };
  const updated = {
    ...seeded.ada,
    ...{ credit: 50, creditsEarned: 72, updatedAt: START },
    ...{ firstName: 'Ada', lastName: 'Byron', notes: '', phoneNumber: '+1 555 0100' },
  };
  const expected: readonly Answered[] = [
    ['GET /admin/members?limit=&lastCustomerId=', 200, 'Members found', { ...seeded.members }],
    [`GET /storefront/members/${ADA}/credits?limit=&lastCreditEntry=`, 200, 'Credits found', { ...seeded.ledger }],
    ['POST /admin/webhook-subscriptions', 201, 'Webhook subscription created', made],
    ['GET /admin/webhook-subscriptions', 200, 'Webhook subscriptions found', { subscriptions: [SEEDED, made] }],
    ['PUT /admin/webhook-subscriptions', 200, 'Webhook subscription updated', { ...made, name: 'ledger' }],
    [`GET /storefront/members/${ADA}`, 200, 'Member found', { ...seeded.ada }],
    [`POST /admin/members/${ADA}/credits`, 201, 'Credits submitted', NOTHING],
    [`POST /storefront/members/${ADA}/credits/redemption`, 201, 'Redemption submitted', NOTHING],
    [`POST /admin/members/${ADA}/credits`, 201, 'Credits submitted', NOTHING],
    [
      'GET /admin/tiers?includeBenefits=true',
      200,
      'Tiers found',
      {
        tiers: [
          { ...leaf, benefits: [free] },
          { ...gold, benefits },
        ],
      },
    ],
    [`GET /admin/tiers/${GOLD}?includeBenefits=false`, 200, 'Tier found', gold],
    [`GET /admin/tiers/${GOLD}/benefits`, 200, 'Benefits found', { benefits }],
    [`GET /admin/tiers/${GOLD}/benefits/FREE_SHIPPING`, 200, 'Benefit found', free],
    [`GET /storefront/tiers/${ADA}?includeBenefits=true`, 200, 'Tier found', { ...gold, benefits }],
    [`GET /storefront/tiers/${ADA}/benefits`, 200, 'Benefits found', { benefits }],
    ['GET /admin/benefits', 400, 'Merchant has tiers', NOTHING],
    ['GET /admin/benefits/FREE_SHIPPING', 400, 'Merchant has tiers', NOTHING],
    ['GET /storefront/benefits', 400, 'Merchant has tiers', NOTHING],
    ['GET /storefront/benefits/FREE_SHIPPING', 400, 'Merchant has tiers', NOTHING],
    [`PUT /admin/members/${ADA}`, 200, 'Member updated', updated],
    [`PATCH /admin/members/${ADA}`, 200, 'Member updated', updated],
    [`POST /storefront/members/${ADA}/cancellation`, 201, 'Cancellation submitted', NOTHING],
    ['DELETE /admin/webhook-subscriptions', 200, 'Webhook subscription deleted', NOTHING],
    ['DELETE /admin/webhook-subscriptions', 400, 'Webhook subscription not found', NOTHING],
  ];
  expect(answers).toEqual(expected);

  const about = {
    merchantId: LUMEN,
    customerId: ADA,
    email: 'ada@lumen.example',
    firstName: 'Ada',
    lastName: 'Okafor',
  };
  const unordered = {
    appliedBy: null,
    orderId: null,
    orderTotal: null,
    isUpsell: false,
    expirationDate: null,
    ...times,
  };
  expect(receiver.payloads).toEqual([
    {
      ...{ ...about, amount: 12.5, previousBalance: 42.5, newBalance: 55, reason: 'MANUAL' },
      ...{ note: 'sorry for the delay', ...unordered },
    },
    { ...about, amount: -5, previousBalance: 55, newBalance: 50, reason: 'MANUAL', note: null, ...unordered },
  ]);
});
