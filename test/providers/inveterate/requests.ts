import type { ProviderRequests } from '../../support/requests.ts';

const RICH = '6100000000001';
const GOLD = '3a636361';
const PROFILE = { firstName: 'Ada', lastName: 'Okafor', notes: '', phoneNumber: '+1 555 0100' };
const SUBSCRIPTIONS = '/v2.0/admin/webhook-subscriptions';
const SUBSCRIPTION = { topic: 'customer.payment_failed', id: '5f0c9a417be24d1393d8e6f2a7b05c1d' };
/** A merchant without tiers. */
const RIDGE = { 'X-Inveterate-Api-Key': 'inveterate_test_ridge' };

/** Only a fault or the option overdraftStatus brings it. */
const FAILED = [500];

/** They share their operation with another path or method. */
const TWINS = ['MerchantController_findOneByAdmin', 'MembersController_patch'];
const BENEFITS = [
  'BenefitsController_findAll',
  'BenefitsController_findOne',
  'StorefrontBenefitsController_findAll',
  'StorefrontBenefitsController_findOne',
];

/** One request for each operation that succeeds on the default fixtures. */
const operations: ProviderRequests['operations'] = {
  CreditsController_findOne: { method: 'GET', path: `/v2.0/admin/members/${RICH}/credits` },
  CreditsController_create: {
    method: 'POST',
    path: `/v2.0/admin/members/${RICH}/credits`,
    body: { amount: 5, note: 'Thank you' },
  },
  MembersController_findAll: { method: 'GET', path: '/v2.0/admin/members' },
  MembersController_create: {
    method: 'POST',
    path: '/v2.0/admin/members',
    body: { customerId: '6100000000042', credits: 10 },
  },
  MembersController_findOne: { method: 'GET', path: `/v2.0/admin/members/${RICH}` },
  MerchantController_findOne: { method: 'GET', path: '/v2.0/merchant' },
  StorefrontCreditsController_findOne: { method: 'GET', path: `/v2.0/storefront/members/${RICH}/credits` },
  StorefrontCreditsController_redeem: {
    method: 'POST',
    path: `/v2.0/storefront/members/${RICH}/credits/redemption`,
    body: { amount: 5 },
  },
  MembersController_update: { method: 'PUT', path: `/v2.0/admin/members/${RICH}`, body: PROFILE },
  StorefrontMembersController_findOne: { method: 'GET', path: `/v2.0/storefront/members/${RICH}` },
  StorefrontMembersController_cancel: { method: 'POST', path: `/v2.0/storefront/members/${RICH}/cancellation` },
  TiersController_findAll: { method: 'GET', path: '/v2.0/admin/tiers' },
  TiersController_findOne: { method: 'GET', path: `/v2.0/admin/tiers/${GOLD}?includeBenefits=true` },
  TiersController_findBenefits: { method: 'GET', path: `/v2.0/admin/tiers/${GOLD}/benefits` },
  TiersController_findBenefit: { method: 'GET', path: `/v2.0/admin/tiers/${GOLD}/benefits/FREE_SHIPPING` },
  StorefrontTiersController_findOne: { method: 'GET', path: `/v2.0/storefront/tiers/${RICH}` },
  StorefrontTiersController_findBenefits: { method: 'GET', path: `/v2.0/storefront/tiers/${RICH}/benefits` },
  BenefitsController_findAll: { method: 'GET', path: '/v2.0/admin/benefits', headers: RIDGE },
  BenefitsController_findOne: { method: 'GET', path: '/v2.0/admin/benefits/FREE_SHIPPING', headers: RIDGE },
  StorefrontBenefitsController_findAll: { method: 'GET', path: '/v2.0/storefront/benefits', headers: RIDGE },
  StorefrontBenefitsController_findOne: {
    method: 'GET',
    path: '/v2.0/storefront/benefits/FREE_SHIPPING',
    headers: RIDGE,
  },
  WebhookSubscriptionsController_findAll: { method: 'GET', path: SUBSCRIPTIONS },
  WebhookSubscriptionsController_create: {
    method: 'POST',
    path: SUBSCRIPTIONS,
    // Only a control sends this topic, so nothing is sent to a closed port.
    body: { topic: 'customer.ordered', callbackUrl: 'http://127.0.0.1:9100/hook', name: 'orders' },
  },
  WebhookSubscriptionsController_update: {
    method: 'PUT',
    path: SUBSCRIPTIONS,
    body: { ...SUBSCRIPTION, name: 'billing' },
  },
  WebhookSubscriptionsController_remove: { method: 'DELETE', path: SUBSCRIPTIONS, body: SUBSCRIPTION },
};

export const requests: ProviderRequests = {
  headers: { 'X-Inveterate-Api-Key': 'inveterate_test_lumen' },
  values: {
    id: [RICH, '6100000000002', '6100000000003', '6100000000004', '7200000000001', '6100000000042'],
    segmentId: [GOLD, '9b2f60d4'],
    type: ['FREE_SHIPPING', 'STORE_DISCOUNT'],
    // A closed port.
    callbackUrl: ['http://127.0.0.1:9/hook', 'https://127.0.0.1:9/hook'],
  },
  pools: { lastCreditEntry: 'lastCreditEntry', lastCustomerId: 'lastCustomerId' },
  unreached: {
    ...Object.fromEntries([...Object.keys(operations), ...TWINS].map((id) => [id, FAILED])),
    // The merchant with benefits of its own is another one.
    ...Object.fromEntries(BENEFITS.map((id) => [id, [...FAILED, 200]])),
  },
  operations,
};
