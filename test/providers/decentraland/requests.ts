import type { ProviderRequests } from '../../support/requests.ts';

const RICH = '0x1111111111111111111111111111111111111111';

const BUYER = '0x8888888888888888888888888888888888888888';

const signedBy = (payload: string) => ({
  'x-identity-auth-chain-0': JSON.stringify({ type: 'SIGNER', payload, signature: '' }),
});
const ORDER = 'bbbbbbbb-0000-4000-8000-000000000002';
const CONTRACT = '0x8b3a40ca1b6f5cafc99d112a4d02e897d1fd8cc5';
const HASH = `0x${'ab'.repeat(32)}`;
const publication = {
  chainId: 137,
  creditsManagerAddress: CONTRACT,
  externalCall: { target: CONTRACT, selector: '0x12345678', data: '0x00ff', expiresAt: 1_795_195_744, salt: HASH },
};
const SIGNATURE_ONLY = [401, 503];
const SIGNER_ONLY = [401, 403, 503];

/** One request for each operation that succeeds on the default fixtures; all but two are the same in both formats. */
const common: ProviderRequests = {
  // Who signs is believed, and an administrator has a token.
  headers: { ...signedBy(BUYER), Authorization: 'Bearer decentraland_admin_token' },
  values: {
    address: [
      RICH,
      '0x2222222222222222222222222222222222222222',
      '0x3333333333333333333333333333333333333333',
      '0x4444444444444444444444444444444444444444',
      // Flagged.
      '0x5555555555555555555555555555555555555555',
      '0x6666666666666666666666666666666666666666',
      // Of nobody, until somebody registers it, and of nobody in another case.
      '0xabcdefabcdefabcdefabcdefabcdefabcdefabcd',
      '0xABCDEFABCDEFABCDEFABCDEFABCDEFABCDEFABCE',
      BUYER,
    ],
    orderId: [ORDER, 'bbbbbbbb-0000-4000-8000-000000000001'],
    packId: ['pack_5', 'pack_10', 'pack_25', 'pack_50'],
    goalId: ['log-in', 'take-a-photo', 'visit-a-scene'],
    name: ['ada', 'grace'],
    selector: ['0x12345678'],
    data: ['0x', '0x00ff'],
    salt: [HASH],
    target: [CONTRACT],
    creditsManagerAddress: [CONTRACT],
    userAddress: [RICH],
  },
  // Only the clock ends a season, or a control. Signatures are not checked, and nobody claims.
  unreached: {
    getSeason: [404],
    getCredits: [403, 503],
    getCreditsStream: [403, 503],
    registerUser: [401, 403, 503],
    getEnrolment: [401, 403, 503],
    leaveProgram: [401, 403, 503],
    getProgress: [401, 403, 503],
    getCaptcha: SIGNATURE_ONLY,
    solveCaptcha: SIGNATURE_ONLY,
    checkout: [401, 404, 502, 503],
    getOrder: SIGNATURE_ONLY,
    cancelOrder: SIGNATURE_ONLY,
    resumeOrder: SIGNATURE_ONLY,
    listOrders: SIGNER_ONLY,
    authorize: SIGNATURE_ONLY,
    cancelAuthorizations: SIGNATURE_ONLY,
    submitAuthorizations: SIGNATURE_ONLY,
    authorizePublication: SIGNATURE_ONLY,
    listPurchases: SIGNER_ONLY,
    getNameRoute: SIGNATURE_ONLY,
    mintUsd: [404],
    grantCredit: [503],
    mintCredit: [404],
  },
  operations: {
    getCredits: { method: 'GET', path: `/users/${RICH}/credits?status=AVAILABLE` },
    getCreditsStream: { method: 'GET', path: `/users/${RICH}/credits/stream`, stream: true },
    getSeason: { method: 'GET', path: '/season' },
    getSeasons: { method: 'GET', path: '/seasons' },
    getEnrolment: { method: 'GET', path: `/users/${RICH}/status` },
    leaveProgram: { method: 'DELETE', path: '/users/0x2222222222222222222222222222222222222222' },
    getProgress: { method: 'GET', path: `/users/${RICH}/progress` },
    getCaptcha: { method: 'GET', path: '/captcha' },
    listPacks: { method: 'GET', path: '/credits/packs' },
    checkout: { method: 'POST', path: '/credits/checkout', body: { packId: 'pack_10' } },
    getOrder: { method: 'GET', path: `/credits/orders/${ORDER}` },
    resumeOrder: { method: 'POST', path: `/credits/orders/${ORDER}/resume` },
    cancelOrder: { method: 'POST', path: `/credits/orders/${ORDER}/cancel` },
    listOrders: { method: 'GET', path: `/users/${BUYER}/credit-orders?limit=20&offset=0` },
    authorize: {
      method: 'POST',
      path: '/credits/authorize',
      body: { usdPriceCents: 195, tradeId: '' },
    },
    submitAuthorizations: {
      method: 'POST',
      path: '/credits/authorize/submitted',
      body: { salts: [HASH], txHash: HASH },
    },
    cancelAuthorizations: {
      method: 'POST',
      path: '/credits/authorize/cancel',
      body: { salts: [HASH] },
    },
    authorizePublication: {
      method: 'POST',
      path: '/credits/authorize-publication',
      body: { usdPriceCents: 10, ...publication },
    },
    listPurchases: { method: 'GET', path: `/users/${BUYER}/purchases?status=all` },
    signExternalCall: { method: 'POST', path: '/sign-external-call', body: { userAddress: RICH, ...publication } },
    getNameRoute: { method: 'GET', path: '/credits-name-route?name=ada&chainId=1&provider=across' },
    mintUsd: { method: 'POST', path: '/dev/mint-usd', body: { address: RICH, usdCents: 1000 } },
    mintCredit: { method: 'POST', path: '/dev/mint-credit', body: { address: RICH, reason: 'a test' } },
    registerUser: {
      method: 'POST',
      path: '/users',
      body: { address: '0x7777777777777777777777777777777777777777' },
    },
  },
};

const CHALLENGE = 'c0ffee00c0ffee00c0ffee00c0ffee00';

function withBodies(solution: object, grant: object): ProviderRequests {
  return {
    ...common,
    operations: {
      ...common.operations,
      solveCaptcha: { method: 'POST', path: '/captcha', headers: signedBy(RICH), body: solution },
      grantCredit: { method: 'POST', path: `/users/${RICH}/credits`, body: grant },
    },
  };
}

export const requests: ProviderRequests = {
  ...withBodies({ challenge: CHALLENGE, solution: 42 }, { goalId: 'visit-a-scene' }),
  variants: { wire: withBodies({ x: 42 }, { type: 'on-demand', amount: 5, reason: 'a gift' }) },
};
