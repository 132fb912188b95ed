import { defineFailures } from '../../core/provider/failure-table.ts';
import { assertOr, type Violation } from '../../core/wire/failure.ts';
import { presentFlag } from './present.ts';

/** Decentraland's failures: code to status and text. FIDELITY: statuses and shape (published document). ASSUMED: texts and codes. */
export const FAILURES = {
  INVALID_ADDRESS: [400, 'Invalid address'],
  INVALID_STATUS: [400, 'Invalid status'],
  INVALID_JSON: [400, 'Invalid JSON'],
  ADDRESS_REQUIRED: [400, 'Address required'],
  USER_NOT_FOUND: [404, 'User not found'],
  SEASON_NOT_FOUND: [404, 'Season not found'],
  // FIDELITY: the text of the shared library that the services use (library).
  NOT_FOUND: [404, 'Not Found'],
  BAD_REQUEST: [400, 'Bad request'],
  INTERNAL: [500, 'Internal Server Error'],
  // FIDELITY: the texts with which the shared library refuses a signed request; details follow the colon (measured).
  INVALID_AUTH_CHAIN: [400, 'Invalid Auth Chain'],
  INVALID_CHAIN_FORMAT: [400, 'Invalid chain format: '],
  INVALID_CHAIN_TIMESTAMP: [400, 'Invalid chain timestamp: '],
  INVALID_CHAIN_METADATA: [400, 'Invalid chain metadata: '],
  INVALID_METADATA: [400, 'Invalid metadata'],
  INVALID_SIGNATURE: [401, 'Invalid signature: '],
  EXPIRED_SIGNATURE: [401, 'Expired signature: '],
  NO_CATALYST: [503, 'Error connecting to catalyst "https://peer.decentraland.org"'],
  // FIDELITY: 403 (shop client). ASSUMED: the text.
  NOT_THE_SIGNER: [403, 'The signer is not the address of the request'],
  // FIDELITY: the words that a client looks for in `message` (account client). ASSUMED: the rest.
  CLAIMED_THIS_WEEK: [400, 'Bad request'],
  INVALID_CAPTCHA: [400, 'Invalid captcha solution'],
  UNKNOWN_PACK: [400, 'Unknown pack'],
  ORDER_NOT_FOUND: [404, 'Order not found'],
  // FIDELITY: in a body with only the status of the order (shop client).
  ORDER_CLOSED: [409, 'Order closed'],
  // FIDELITY: the text that a client looks for (Unity client).
  INSUFFICIENT_CREDITS: [402, 'Insufficient credits'],
  ROUTE_COST_TOO_HIGH: [503, 'Route cost too high'],
  PAYMENT_PROVIDER: [502, 'Payment provider error'],
  PAYMENTS_OFF: [503, 'Payments are off'],
  UNKNOWN_GOAL: [400, 'Unknown goal'],
  ALREADY_GRANTED: [400, 'Goal already granted'],
  // ASSUMED: the remaining failures.
  BODY_TOO_LARGE: [413, 'Body too large'],
  TOO_MANY_REQUESTS: [429, 'Too many requests'],
  UNAUTHORIZED: [401, 'Not Authorized'],
  // FIDELITY: a 401 of the reads does not ask for a key, and has its own body (published document).
  FLAGGED: [401, 'User is flagged'],
} as const satisfies Record<string, readonly [number, string]>;

/** Failures of the emulator's controls and options. */
const OF_OURS = {
  CREDIT_NOT_FOUND: [404, 'The credit does not exist.'],
  CREDIT_SPENT: [409, 'The credit has nothing left.'],
  NOT_ENOUGH_CREDITS: [409, 'The wallet has too few credits.'],
  GOAL_CLAIMED: [409, 'The goal has already been claimed this week.'],
  NOT_AN_AMOUNT: [400, 'The amount must be MANA in decimal notation, above 0 and with at most 18 decimal places.'],
  EXPIRY_PAST: [400, 'The expiry must be in the future.'],
  GOAL_NOT_FOUND: [404, 'The goal does not exist this week.'],
  GOAL_TWICE: [400, 'Each goal of a week must have its own id.'],
  ORDER_DONE: [409, 'The order is paid, failed or abandoned.'],
  PURCHASE_NOT_FOUND: [404, 'The wallet does not have this pending purchase.'],
  CAPTCHA_NOT_FOUND: [404, 'The wallet has no open captcha.'],
  UNWRITTEN: [501, 'Not Implemented'],
} as const satisfies Record<string, readonly [number, string]>;

const ALL = { ...FAILURES, ...OF_OURS };

export type ErrorCode = keyof typeof ALL;

/** Refuses with one of Decentraland's failures unless the condition holds. */
export const assert: (condition: unknown, code: ErrorCode) => asserts condition = assertOr;

const SIGNED = { 401: 'INVALID_SIGNATURE', 503: 'NO_CATALYST' } as const;
const OF_ORDER = { ...SIGNED, 404: 'ORDER_NOT_FOUND' } as const;

export const renderFailure = defineFailures<ErrorCode>({
  codes: ALL,
  kinds: {
    unauthenticated: 'UNAUTHORIZED',
    parse: 'INVALID_JSON',
    invalid: ({ violations }, { operationId }) => toInvalid(violations, operationId),
    notFound: 'NOT_FOUND',
    // ASSUMED: a method that the path does not support is an unknown route.
    methodNotAllowed: 'NOT_FOUND',
    badPath: 'BAD_REQUEST',
    tooLarge: 'BODY_TOO_LARGE',
    limited: 'TOO_MANY_REQUESTS',
    unwritten: 'UNWRITTEN',
    bug: 'INTERNAL',
  },
  usual: {
    getCredits: { ...SIGNED, 400: 'INVALID_ADDRESS', 401: 'FLAGGED', 404: 'USER_NOT_FOUND' },
    getCreditsStream: { ...SIGNED, 400: 'INVALID_ADDRESS', 401: 'FLAGGED', 404: 'USER_NOT_FOUND' },
    getSeason: { 404: 'SEASON_NOT_FOUND' },
    registerUser: { 400: 'ADDRESS_REQUIRED', ...SIGNED },
    checkout: { 400: 'UNKNOWN_PACK', ...SIGNED, 502: 'PAYMENT_PROVIDER', 503: 'PAYMENTS_OFF' },
    getOrder: OF_ORDER,
    cancelOrder: OF_ORDER,
    resumeOrder: { ...OF_ORDER, 409: 'ORDER_CLOSED' },
    listOrders: SIGNED,
    authorize: { ...SIGNED, 402: 'INSUFFICIENT_CREDITS' },
    authorizePublication: { ...SIGNED, 402: 'INSUFFICIENT_CREDITS' },
    cancelAuthorizations: SIGNED,
    submitAuthorizations: SIGNED,
    listPurchases: SIGNED,
    getNameRoute: { ...SIGNED, 503: 'ROUTE_COST_TOO_HIGH' },
    grantCredit: { 503: 'NO_CATALYST' },
    getProgress: { 400: 'INVALID_ADDRESS', ...SIGNED },
    getCaptcha: { 400: 'INVALID_AUTH_CHAIN', ...SIGNED, 403: 'FLAGGED', 404: 'USER_NOT_FOUND' },
    solveCaptcha: { 400: 'INVALID_CAPTCHA', ...SIGNED, 403: 'FLAGGED', 404: 'USER_NOT_FOUND' },
    getEnrolment: { 400: 'INVALID_ADDRESS', ...SIGNED },
    leaveProgram: { 400: 'CLAIMED_THIS_WEEK', ...SIGNED, 404: 'USER_NOT_FOUND' },
  },
  usualAnywhere: {
    400: 'BAD_REQUEST',
    401: 'UNAUTHORIZED',
    403: 'NOT_THE_SIGNER',
    404: 'NOT_FOUND',
    413: 'BODY_TOO_LARGE',
    429: 'TOO_MANY_REQUESTS',
    500: 'INTERNAL',
  },
  render: ({ status, text, code }) => {
    if (code === 'FLAGGED') return { status, body: { ...presentFlag(SOME_FLAG), message: text } };
    if (code === 'ORDER_CLOSED') return { status, body: { status: 'credited' } };
    if (code === 'CLAIMED_THIS_WEEK') return { status, body: { error: text, message: CLAIMED } };
    if (code !== undefined && OF_SIGNATURES.has(code)) {
      return { status, body: { error: text.replace(/: $/, ''), message: SIGNED_FETCH } };
    }
    return { status, body: { error: text, ...(code && { code }) } };
  },
});

/** ASSUMED: the address is checked before everything else. */
function toInvalid(violations: readonly Violation[], operationId: string | undefined): ErrorCode {
  const isAddress = ({ where, pointer }: Violation): boolean => where === 'path' || pointer === '/address';
  if (violations.some(isAddress) || operationId === 'registerUser') return 'INVALID_ADDRESS';
  return operationId === 'getCredits' ? 'INVALID_STATUS' : 'BAD_REQUEST';
}

const CLAIMED = 'Cannot unregister after claiming credits';

/** FIDELITY: the text of sibling services for each of them. */
const SIGNED_FETCH = 'This endpoint requires a signed fetch request. See ADR-44.';
const OF_SIGNATURES: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'INVALID_AUTH_CHAIN',
  'INVALID_CHAIN_FORMAT',
  'INVALID_CHAIN_TIMESTAMP',
  'INVALID_CHAIN_METADATA',
  'INVALID_METADATA',
  'INVALID_SIGNATURE',
  'EXPIRED_SIGNATURE',
  'NO_CATALYST',
]);

/** The flag for a wallet without one, when a fault asks for this failure. */
const SOME_FLAG = { cause: 'captcha', until: null, ip: null, linkedAddresses: [] } as const;
