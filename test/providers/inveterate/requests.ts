import type { ProviderRequests } from '../../support/requests.ts';

const RICH = '6100000000001';

/** Only a fault or the option overdraftStatus brings it. */
const FAILED = [500];

/** One request for each operation that succeeds on the default fixtures. */
export const requests: ProviderRequests = {
  headers: { 'X-Inveterate-Api-Key': 'inveterate_test_lumen' },
  values: { id: [RICH, '6100000000002', '6100000000003', '6100000000004', '7200000000001', '6100000000042'] },
  pools: { lastCreditEntry: 'lastCreditEntry', lastCustomerId: 'lastCustomerId' },
  unreached: {
    CreditsController_findOne: FAILED,
    CreditsController_create: FAILED,
    MembersController_findAll: FAILED,
    MembersController_create: FAILED,
    MembersController_findOne: FAILED,
    MerchantController_findOne: FAILED,
    MerchantController_findOneByAdmin: FAILED,
    StorefrontCreditsController_findOne: FAILED,
    StorefrontCreditsController_redeem: FAILED,
  },
  operations: {
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
  },
};
