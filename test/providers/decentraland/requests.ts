import type { SampleRequest } from '../../../src/conformance/subject.ts';
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
/** The signer of the commands is registered, and hardly ever solves three pictures wrongly, or one rightly. */
const CAPTCHA_ONLY = [403, 404];

/** A request for each operation that succeeds on the default fixtures; all but two are the same in both formats. */
const common: ProviderRequests = {
  // Signatures are not checked, and an administrator has a token.
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
      // Unregistered until a command registers it, and another one in another case.
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
  // Only the clock or a control ends a season. Signatures are not checked, and no command claims.
  unreached: {
    getSeason: [404],
    getCredits: [403, 503],
    getCreditsStream: [403, 503],
    registerUser: [401, 403, 503],
    getEnrolment: [401, 403, 503],
    leaveProgram: [401, 403, 503],
    getProgress: [401, 403, 503],
    getCaptcha: [...SIGNATURE_ONLY, ...CAPTCHA_ONLY],
    solveCaptcha: [...SIGNATURE_ONLY, ...CAPTCHA_ONLY, 200],
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
    getCredits: get(`/users/${RICH}/credits?status=AVAILABLE`),
    getCreditsStream: { ...get(`/users/${RICH}/credits/stream`), stream: true },
    getSeason: get('/season'),
    getSeasons: get('/seasons'),
    getEnrolment: get(`/users/${RICH}/status`),
    leaveProgram: { method: 'DELETE', path: '/users/0x2222222222222222222222222222222222222222' },
    getProgress: get(`/users/${RICH}/progress`),
    getCaptcha: get('/captcha'),
    listPacks: get('/credits/packs'),
    checkout: post('/credits/checkout', { packId: 'pack_10' }),
    getOrder: get(`/credits/orders/${ORDER}`),
    resumeOrder: post(`/credits/orders/${ORDER}/resume`),
    cancelOrder: post(`/credits/orders/${ORDER}/cancel`),
    listOrders: get(`/users/${BUYER}/credit-orders?limit=20&offset=0`),
    authorize: post('/credits/authorize', { usdPriceCents: 195, tradeId: '' }),
    submitAuthorizations: post('/credits/authorize/submitted', { salts: [HASH], txHash: HASH }),
    cancelAuthorizations: post('/credits/authorize/cancel', { salts: [HASH] }),
    authorizePublication: post('/credits/authorize-publication', { usdPriceCents: 10, ...publication }),
    listPurchases: get(`/users/${BUYER}/purchases?status=all`),
    signExternalCall: post('/sign-external-call', { userAddress: RICH, ...publication }),
    getNameRoute: get('/credits-name-route?name=ada&chainId=1&provider=across'),
    mintUsd: post('/dev/mint-usd', { address: RICH, usdCents: 1000 }),
    mintCredit: post('/dev/mint-credit', { address: RICH, reason: 'a test' }),
    registerUser: post('/users', { address: '0x7777777777777777777777777777777777777777' }),
  },
};

function get(path: string): SampleRequest {
  return { method: 'GET', path };
}

function post(path: string, body?: object): SampleRequest {
  return { method: 'POST', path, ...(body && { body }) };
}

const CHALLENGE = 'c0ffee00c0ffee00c0ffee00c0ffee00';

function withBodies(solution: object, grant: object): ProviderRequests {
  return {
    ...common,
    operations: {
      ...common.operations,
      solveCaptcha: { ...post('/captcha', solution), headers: signedBy(RICH) },
      grantCredit: post(`/users/${RICH}/credits`, grant),
    },
  };
}

export const requests: ProviderRequests = {
  ...withBodies({ challenge: CHALLENGE, solution: 42 }, { goalId: 'visit-a-scene' }),
  variants: { wire: withBodies({ x: 42 }, { type: 'on-demand', amount: 5, reason: 'a gift' }) },
};
