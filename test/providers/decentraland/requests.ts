import type { ProviderRequests } from '../../support/requests.ts';

const RICH = '0x1111111111111111111111111111111111111111';

/** One request for each operation that succeeds on the default fixtures; all but one are the same in both formats. */
const common: ProviderRequests = {
  // Nobody is asked for a key; who signs is believed.
  headers: { 'x-identity-auth-chain-0': JSON.stringify({ type: 'SIGNER', payload: RICH, signature: '' }) },
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
    ],
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
    getCaptcha: [401, 503],
    solveCaptcha: [401, 503],
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
    registerUser: {
      method: 'POST',
      path: '/users',
      body: { address: '0x7777777777777777777777777777777777777777' },
    },
  },
};

const CHALLENGE = 'c0ffee00c0ffee00c0ffee00c0ffee00';

function withSolution(body: object): ProviderRequests {
  const solveCaptcha = { method: 'POST', path: '/captcha', body } as const;
  return { ...common, operations: { ...common.operations, solveCaptcha } };
}

export const requests: ProviderRequests = {
  ...withSolution({ challenge: CHALLENGE, solution: 42 }),
  variants: { wire: withSolution({ x: 42 }) },
};
