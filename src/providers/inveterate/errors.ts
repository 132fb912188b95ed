import { STATUS_CODES } from 'node:http';

import { defineFailures } from '../../core/provider/failure-table.ts';
import type { FailedRequest } from '../../core/provider/provider.ts';
import { assertOr, type Violation } from '../../core/wire/failure.ts';
import type { Reply } from '../../core/wire/reply.ts';

/** Inveterate's failures: code to status, text and what the vendor's inner service adds. */
export const FAILURES = {
  // FIDELITY: text and status are those of v1; v2 lists the key first among the reasons for a 400, and has no 401.
  INVALID_KEY: [400, 'Invalid API key'],
  // ASSUMED: all texts from here on. FIDELITY: the only statuses are 400 and 500 (published document).
  NO_SUCH_MEMBER: [400, 'Customer not found'],
  ZERO: [400, 'Amount cannot be zero'],
  OVERDRAFT: [400, 'Not enough credits'],
  OVERDRAFT_INSIDE: [500, 'Not enough credits', 'INSUFFICIENT_CREDITS'],
  CODE_IN_THE_WAY: [400, 'An active redemption code holds these credits'],
  NOT_POSITIVE: [400, 'Amount must be greater than zero'],
  NOTHING_TO_REDEEM: [400, 'No credits to redeem'],
  OUT_OF_RANGE: [400, 'Amount is out of range'],
  BAD_ENTRY: [400, 'Invalid lastCreditEntry'],
  BAD_CUSTOMER: [400, 'Invalid lastCustomerId'],
  NO_SUCH_SUBSCRIPTION: [400, 'Webhook subscription not found'],
  TOO_MANY_SUBSCRIPTIONS: [400, 'Too many webhook subscriptions'],
  BAD_CALLBACK: [400, 'callbackUrl must be an http or https URL'],
  NO_SUCH_TIER: [400, 'Tier not found'],
  NO_SUCH_BENEFIT: [400, 'Benefit not found'],
  WITHOUT_TIERS: [400, 'Merchant has no tiers'],
  WITH_TIERS: [400, 'Merchant has tiers'],
  CANCELLATION_PENDING: [400, 'Cancellation is already pending'],
  ALREADY_CANCELLED: [400, 'Member is already cancelled'],
  BAD_LIMIT: [400, 'limit must be integer'],
  BAD_BODY: [400, 'Invalid request body'],
  BAD_PATH: [400, 'Invalid URL'],
  TOO_LARGE: [400, 'Request body is too large'],
  INTERNAL: [500, 'Internal server error', 'Internal Server Error'],
} as const satisfies Record<string, readonly [status: number, message: string, error?: string]>;

/** Failures of the emulator's controls and options. */
const OF_OURS = {
  // ASSUMED: the service has no such status; a fault may ask for it.
  LIMITED: [429, 'Too many requests'],
  CONTROL_WITHOUT_MERCHANT: [404, 'The merchant does not exist.'],
  CONTROL_WITHOUT_MEMBER: [404, 'The member does not exist.'],
  CONTROL_WITHOUT_CODE: [404, 'No member has this code.'],
  CONTROL_WITHOUT_TIER: [404, 'The merchant does not have this tier.'],
  CONTROL_WITHOUT_REQUEST: [409, 'The member has not requested a cancellation.'],
  CONTROL_CANCELLED: [409, 'The membership has already ended.'],
  MEMBER_EXISTS: [409, 'The customer is already a member.'],
  UNWRITTEN: [501, 'Not implemented', 'Not Implemented'],
} as const satisfies Record<string, readonly [status: number, message: string, error?: string]>;

const ALL = { ...FAILURES, ...OF_OURS };

export type ErrorCode = keyof typeof ALL;

/** Refuses with one of Inveterate's failures unless the condition holds. */
export const assert: (condition: unknown, code: ErrorCode) => asserts condition = assertOr;

export function isErrorCode(text: string): text is ErrorCode {
  return Object.hasOwn(ALL, text);
}

export const renderFailure = defineFailures<ErrorCode>({
  codes: ALL,
  kinds: {
    unauthenticated: 'INVALID_KEY',
    parse: 'BAD_BODY',
    invalid: ({ violations }) => toReply(400, describe(violations)),
    notFound: (_, request) => renderNoRoute(request),
    methodNotAllowed: (_, request) => renderNoRoute(request),
    badPath: 'BAD_PATH',
    tooLarge: 'TOO_LARGE',
    limited: 'LIMITED',
    unwritten: 'UNWRITTEN',
    bug: 'INTERNAL',
  },
  usual: {
    CreditsController_findOne: { 404: 'NO_SUCH_MEMBER' },
    CreditsController_create: { 404: 'NO_SUCH_MEMBER' },
    MembersController_findOne: { 404: 'NO_SUCH_MEMBER' },
    StorefrontCreditsController_findOne: { 404: 'NO_SUCH_MEMBER' },
    StorefrontCreditsController_redeem: { 404: 'NO_SUCH_MEMBER' },
    MembersController_update: { 404: 'NO_SUCH_MEMBER' },
    StorefrontMembersController_findOne: { 404: 'NO_SUCH_MEMBER' },
    StorefrontMembersController_cancel: { 404: 'NO_SUCH_MEMBER' },
    StorefrontTiersController_findOne: { 404: 'NO_SUCH_MEMBER' },
    StorefrontTiersController_findBenefits: { 404: 'NO_SUCH_MEMBER' },
    WebhookSubscriptionsController_update: { 404: 'NO_SUCH_SUBSCRIPTION' },
    WebhookSubscriptionsController_remove: { 404: 'NO_SUCH_SUBSCRIPTION' },
  },
  // ASSUMED: the texts for statuses that the service is not known to send.
  usualAnywhere: { 400: 'INVALID_KEY', 401: 'INVALID_KEY', 413: 'TOO_LARGE', 429: 'LIMITED', 500: 'INTERNAL' },
  render: ({ status, text, code, injected }) => {
    const [, , error]: readonly [number?, string?, string?] = code ? ALL[code] : [];
    return toReply(status, text, injected ? toInnerError(status) : error);
  },
});

function toInnerError(status: number): string | undefined {
  return status >= 500 ? (STATUS_CODES[status] ?? 'Error') : undefined;
}

/** FIDELITY: every response has both; `data` is empty unless the vendor's inner service failed (published document). */
function toReply(status: number, message: string, error?: string): Reply {
  return { status, body: { message, data: error === undefined ? {} : { error } } };
}

/** ASSUMED: the text of NestJS, and 400 because no other status is documented. */
function renderNoRoute({ method, url }: FailedRequest): Reply {
  return toReply(400, `Cannot ${method} ${url}`);
}

/** Describes the first violation: "amount must be number", "id is required". */
function describe([violation]: readonly Violation[]): string {
  if (!violation) return FAILURES.BAD_BODY[1];
  const { where, pointer, keyword, params, message } = violation;
  const field = pointer.slice(1).replaceAll('/', '.');
  if (keyword === 'required') return `${String(params['missingProperty'])} is required`;
  return field === '' ? `${where} ${message}` : `${field} ${message}`;
}
