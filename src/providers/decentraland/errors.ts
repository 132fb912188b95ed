import { STATUS_CODES } from '../../core/values/node-http.ts';
import type { Reply } from '../../core/wire/reply.ts';
import { assertOr, type FailureReason, type Violation } from '../../core/wire/failure.ts';
import type { FailedOperation } from '../../core/provider/provider.ts';
import { presentFlag } from './present.ts';

/** Decentraland's failures: code to status and text. FIDELITY: statuses and shape (published document). ASSUMED: texts and codes. */
export const FAILURES = {
  INVALID_ADDRESS: [400, 'Invalid address'],
  INVALID_STATUS: [400, 'Invalid status'],
  INVALID_JSON: [400, 'Invalid JSON'],
  ADDRESS_REQUIRED: [400, 'Address required'],
  USER_NOT_FOUND: [404, 'User not found'],
  SEASON_NOT_FOUND: [404, 'Season not found'],
  // FIDELITY: in the words of the shared library that its services are made of (library).
  NOT_FOUND: [404, 'Not Found'],
  BAD_REQUEST: [400, 'Bad request'],
  INTERNAL: [500, 'Internal Server Error'],
  // ASSUMED: what is left.
  BODY_TOO_LARGE: [413, 'Body too large'],
  TOO_MANY_REQUESTS: [429, 'Too many requests'],
  UNAUTHORIZED: [401, 'Not Authorized'],
} as const satisfies Record<string, readonly [number, string]>;

/** Of controls and switches of ours. */
const OF_OURS = {
  CREDIT_NOT_FOUND: [404, 'There is no such credit.'],
  CREDIT_SPENT: [409, 'The credit has nothing left.'],
  NOT_ENOUGH_CREDITS: [409, 'The wallet has fewer credits than that.'],
  GOAL_CLAIMED: [409, 'The goal has been claimed this week.'],
  NOT_AN_AMOUNT: [
    400,
    'The amount must be MANA in decimal notation, above 0 and with at most 18 digits behind the point.',
  ],
  EXPIRY_PAST: [400, 'The expiry must be an instant that is still to come.'],
  UNWRITTEN: [501, 'Not Implemented'],
} as const satisfies Record<string, readonly [number, string]>;

const ALL = { ...FAILURES, ...OF_OURS };

export type ErrorCode = keyof typeof ALL;

/** Refuses with one of Decentraland's failures unless the condition holds. */
export const assert: (condition: unknown, code: ErrorCode) => asserts condition = assertOr;

export function renderFailure(
  failure: FailureReason<ErrorCode>,
  { operationId }: Pick<FailedOperation, 'operationId'>,
): Reply {
  switch (failure.kind) {
    case 'refused':
      return toReply(failure.code);
    case 'unauthenticated':
      return toReply('UNAUTHORIZED');
    case 'parse':
      return toReply('INVALID_JSON');
    case 'invalid':
      return toReply(toCode(failure.violations));
    case 'notFound':
    // ASSUMED: a method that a path does not have is an unknown route.
    case 'methodNotAllowed':
      return toReply('NOT_FOUND');
    case 'badPath':
      return toReply('BAD_REQUEST');
    case 'tooLarge':
      return toReply('BODY_TOO_LARGE');
    case 'limited':
      return { ...toReply('TOO_MANY_REQUESTS'), headers: { 'Retry-After': String(failure.retryAfter) } };
    case 'injected':
      return renderInjected(failure.status, failure.message, operationId);
    case 'unwritten':
      return toReply('UNWRITTEN');
    case 'bug':
      return toReply('INTERNAL');
  }
}

function toReply(code: ErrorCode): Reply {
  const [status, error] = ALL[code];
  return { status, body: { error, code } };
}

/** ASSUMED: the address is looked at before the filter. */
function toCode(violations: readonly Violation[]): ErrorCode {
  return violations.every(({ where }) => where === 'query') ? 'INVALID_STATUS' : 'INVALID_ADDRESS';
}

/** What a status says at operations that have something of their own to say with it. */
const USUAL: Readonly<Record<string, Readonly<Record<number, ErrorCode>>>> = {
  getCredits: { 400: 'INVALID_ADDRESS', 404: 'USER_NOT_FOUND' },
  getCreditsStream: { 400: 'INVALID_ADDRESS', 404: 'USER_NOT_FOUND' },
  getSeason: { 404: 'SEASON_NOT_FOUND' },
  registerUser: { 400: 'ADDRESS_REQUIRED' },
};

/** What it says at any of them. */
const USUAL_ANYWHERE: Readonly<Record<number, ErrorCode>> = {
  400: 'BAD_REQUEST',
  401: 'UNAUTHORIZED',
  404: 'NOT_FOUND',
  413: 'BODY_TOO_LARGE',
  429: 'TOO_MANY_REQUESTS',
  500: 'INTERNAL',
};

/** FIDELITY: a 401 of these is no question for a key, and has a body of its own (published document). */
const TELLING_FLAGS: ReadonlySet<string> = new Set(['getCredits', 'getCreditsStream']);

/** Where nothing is known of a status it has the words of HTTP. */
function renderInjected(status: number, message: string | undefined, operationId = ''): Reply {
  if (status === 401 && TELLING_FLAGS.has(operationId)) {
    const flagged = presentFlag({ cause: 'captcha', until: null, ip: null, linkedAddresses: [] });
    return { status, body: { ...flagged, ...(message !== undefined && { message }) } };
  }
  const code = USUAL[operationId]?.[status] ?? USUAL_ANYWHERE[status];
  const usual = code === undefined ? (STATUS_CODES[status] ?? 'Error') : ALL[code][1];
  return { status, body: { error: message ?? usual, ...(code && { code }) } };
}
