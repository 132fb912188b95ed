import { STATUS_CODES } from 'node:http';

import type { Reply } from '../../core/wire/reply.ts';
import { assertOr, type FailureReason, type ParseCause, type Violation } from '../../core/wire/failure.ts';
import type { FailedRequest } from '../../core/provider/provider.ts';
import { toAjvMessage, toZodMessage } from './messages.ts';

/** OpenMonetize's failures: status and message by code. FIDELITY: all from the real server or its source. */
export const FAILURES = {
  NO_KEY: [401, 'Missing API key. Provide via Authorization: Bearer or X-API-Key header'],
  UNKNOWN_KEY: [401, 'Invalid or missing API key'],
  KEY_NOT_FORWARDED: [401, 'Invalid or missing API key', 'UNAUTHORIZED'],
  FOREIGN_CUSTOMER: [403, 'Access denied to this customer'],
  FOREIGN_EVENTS: [
    403,
    'Events contain invalid customer_id. All events must belong to the authenticated customer.',
    'FORBIDDEN',
  ],
  NO_WALLET: [404, 'Credit wallet not found'],
  NO_SUCH_USER: [404, 'User not found'],
  NO_ENTITLEMENT: [404, 'Entitlement not found'],
  FOREIGN_ENTITLEMENT: [403, 'Access denied to this entitlement'],
  NO_BURN_TABLE: [404, 'Burn table not found', 'NOT_FOUND'],
  NO_ACTIVE_BURN_TABLE: [404, 'No burn table found', 'NOT_FOUND'],
  EMAIL_TAKEN: [409, 'A customer with this email already exists'],
  USER_TAKEN: [409, 'A user with this external ID already exists'],
  // Never occurs by itself, because requests do not overlap here; a fault can select it.
  DUPLICATE_GRANT: [409, 'Duplicate grant operation detected'],
  GRANT_FAILED: [500, 'Failed to grant credits'],
  PURCHASE_FAILED: [500, 'Failed to purchase credits'],
  HISTORY_FAILED: [500, 'Failed to fetch transaction history'],
  CHECK_FAILED: [500, 'Failed to check entitlement'],
  CREATE_ENTITLEMENT_FAILED: [500, 'Failed to create entitlement'],
  UPDATE_ENTITLEMENT_FAILED: [500, 'Failed to update entitlement'],
  EVENTS_FAILED: [500, 'Failed to fetch events'],
  USAGE_FAILED: [500, 'Failed to fetch usage analytics'],
  COSTS_FAILED: [500, 'Failed to fetch cost analytics'],
  RATING_FAILED: [500, 'Failed to calculate cost', 'INTERNAL_ERROR'],
  RATING_MISFITS: [500, "Response doesn't match the schema"],
  BULK_RATING_FAILED: [500, 'Failed to calculate bulk costs', 'INTERNAL_ERROR'],
  CREATE_BURN_TABLE_FAILED: [500, 'Failed to create burn table', 'INTERNAL_ERROR'],
} as const satisfies Record<string, readonly [status: number, message: string, error?: string]>;

/** Failures of the emulator's own controls and options. */
const OF_OURS = {
  CONTROL_WITHOUT_CUSTOMER: [404, 'Customer not found. List customers with `state`.'],
  CONTROL_WITHOUT_WALLET: [404, 'Wallet not found. List wallets with `state`.'],
  ID_TAKEN: [409, 'A user with this id already exists.'],
  OUT_OF_RANGE: [400, 'The balance would exceed 64 bits.'],
  UNWRITTEN: [501, 'Not Implemented'],
} as const satisfies Record<string, readonly [status: number, message: string, error?: string]>;

const ALL = { ...FAILURES, ...OF_OURS };

export type ErrorCode = keyof typeof ALL;

/** Refuses with one of OpenMonetize's failures unless the condition holds. */
export const assert: (condition: unknown, code: ErrorCode) => asserts condition = assertOr;

/** The framework's failures: its code and its message. */
const EMPTY_JSON = [
  'FST_ERR_CTP_EMPTY_JSON_BODY',
  "Body cannot be empty when content-type is set to 'application/json'",
] as const;
const TOO_LARGE = ['FST_ERR_CTP_BODY_TOO_LARGE', 'Request body is too large'] as const;

/** The message for a status; `error` replaces the reason phrase. */
type Saying = readonly [message: string, error?: string];
type Sayings = Readonly<Record<string, Readonly<Record<number, Saying>>>>;

function say(code: keyof typeof FAILURES): Saying {
  const [, ...saying]: readonly [number, string, string?] = FAILURES[code];
  return saying;
}

const NO_PRICE: Saying = ['No cost data found for this model', 'PROVIDER_NOT_FOUND'];
const ENTITLEMENT = { 403: say('FOREIGN_ENTITLEMENT'), 404: say('NO_ENTITLEMENT') };

/** The message of an operation for a status, if a fault asks for the status or the emulator has a bug. */
const USUAL: Sayings = {
  getCreditBalance: { 404: say('NO_WALLET'), 500: ['Failed to fetch credit balance'] },
  grantCredits: { 409: say('DUPLICATE_GRANT'), 500: say('GRANT_FAILED') },
  purchaseCredits: { 500: say('PURCHASE_FAILED') },
  getUserCredits: { 404: say('NO_WALLET'), 500: ['Failed to fetch credit balance'] },
  getUserTransactions: { 500: say('HISTORY_FAILED') },
  checkEntitlement: { 500: say('CHECK_FAILED') },
  createEntitlement: { 500: say('CREATE_ENTITLEMENT_FAILED') },
  updateEntitlement: { ...ENTITLEMENT, 500: say('UPDATE_ENTITLEMENT_FAILED') },
  deleteEntitlement: { ...ENTITLEMENT, 500: ['Failed to delete entitlement'] },
  listEntitlements: { 500: ['Failed to fetch entitlements'] },
  listEvents: { 500: say('EVENTS_FAILED') },
  getUsage: { 500: say('USAGE_FAILED') },
  getCosts: { 500: say('COSTS_FAILED') },
  getBurnRate: { 404: say('NO_WALLET'), 500: ['Failed to fetch burn rate analytics'] },
  calculateCost: { 404: NO_PRICE },
  calculateCosts: { 500: say('BULK_RATING_FAILED') },
  registerCustomer: { 409: say('EMAIL_TAKEN'), 500: ['Failed to register customer'] },
  createUser: { 409: say('USER_TAKEN') },
  getUser: { 404: say('NO_SUCH_USER') },
  ingestEvents: { 402: ['Monthly quota exceeded'], 403: say('FOREIGN_EVENTS') },
  rotateKey: { 400: [EMPTY_JSON[1]] },
};

/** The messages of all operations. */
const USUAL_ANYWHERE: Readonly<Record<number, Saying>> = {
  401: say('UNKNOWN_KEY'),
  403: say('FOREIGN_CUSTOMER'),
};

/** What differs between the profiles. */
interface Dialect {
  toMessage(violations: readonly Violation[]): string;
  /** The message for a request without a body and without a content type. */
  readonly noBody: string;
  /** FIDELITY: these operations declare a 400, which reduces the framework's envelope to two keys (real server). */
  readonly shortened: ReadonlySet<string>;
  /** Operations that do not declare a 400, so theirs has the framework's full envelope. */
  readonly validated: ReadonlySet<string>;
  /** FIDELITY: the service that the gateway calls refuses these, with its own messages (server source). */
  readonly proxied: Readonly<Record<string, (message: string) => Reply>>;
  /** Operations whose path the service that the gateway calls does not know, and the number of keys of their 404. */
  readonly misrouted: Readonly<Record<string, 'two' | 'three'>>;
  /** Takes precedence over the messages of both profiles. */
  readonly usual: Sayings;
}

const VALIDATED = [
  ...['grantCredits', 'purchaseCredits', 'getUserTransactions', 'checkEntitlement', 'createEntitlement'],
  ...['updateEntitlement', 'deleteEntitlement', 'getUsage', 'getCosts', 'getBurnRate'],
];

const SEED: Dialect = {
  toMessage: toAjvMessage,
  noBody: 'body must be object',
  shortened: new Set(['registerCustomer']),
  validated: new Set([...VALIDATED, 'getUserCredits', 'listEntitlements']),
  proxied: {
    ingestEvents: toInvalidEvents,
    calculateCost: toInvalidRating,
    calculateCosts: toInvalidRating,
    createBurnTable: toInvalidRating,
    updateBurnTable: toInvalidRating,
  },
  misrouted: { listEvents: 'three' },
  usual: {
    calculateCost: { 404: NO_PRICE, 500: say('RATING_FAILED') },
    createBurnTable: { 500: say('CREATE_BURN_TABLE_FAILED') },
    getBurnTable: { 404: say('NO_BURN_TABLE') },
    updateBurnTable: { 404: say('NO_BURN_TABLE') },
    deleteBurnTable: { 404: say('NO_BURN_TABLE') },
    getActiveBurnTable: { 404: say('NO_ACTIVE_BURN_TABLE') },
  },
};

const HEAD: Dialect = {
  toMessage: toZodMessage,
  noBody: 'body/ Invalid input: expected object, received null',
  shortened: new Set([
    ...['registerCustomer', 'createUser', 'ingestEvents', 'calculateCost', 'calculateCosts'],
    ...['createBurnTable', 'updateBurnTable', 'getCostBreakdown', 'getUsageTrends', 'getBurnForecast'],
  ]),
  validated: new Set([...VALIDATED, 'listUsers', 'listEvents', 'getBurnTable', 'deleteBurnTable']),
  proxied: {},
  misrouted: {
    getCostBreakdown: 'three',
    getUsageTrends: 'three',
    getBurnForecast: 'three',
    getSummary: 'three',
    listBurnTables: 'three',
    createBurnTable: 'three',
    getBurnTable: 'two',
    updateBurnTable: 'two',
    deleteBurnTable: 'two',
    getActiveBurnTable: 'two',
  },
  usual: { calculateCost: { 404: NO_PRICE, 500: say('RATING_MISFITS') } },
};

export function renderSeedFailure(failure: FailureReason<ErrorCode>, request: FailedRequest): Reply {
  return render(failure, request, SEED);
}

export function renderHeadFailure(failure: FailureReason<ErrorCode>, request: FailedRequest): Reply {
  return render(failure, request, HEAD);
}

function render(failure: FailureReason<ErrorCode>, request: FailedRequest, dialect: Dialect): Reply {
  const { operationId = '' } = request;
  switch (failure.kind) {
    case 'refused':
      return toReply(failure.code);
    case 'unauthenticated':
      return toReply(failure.code ?? 'UNKNOWN_KEY');
    case 'invalid': {
      const message = dialect.toMessage(failure.violations);
      return dialect.proxied[operationId]?.(message) ?? toInvalid(message, operationId, dialect);
    }
    case 'parse':
      return renderParse(failure.cause, request, dialect);
    case 'notFound':
    case 'methodNotAllowed':
      return renderNoRoute(request);
    case 'badPath':
      // ASSUMED: the framework's default message.
      return toFrameworkReply(400, 'FST_ERR_BAD_URL', `'${request.url}' is not a valid url component`);
    case 'tooLarge':
      return toFrameworkReply(413, ...TOO_LARGE);
    case 'limited':
      return renderLimited(failure.retryAfter);
    case 'injected':
      return renderInjected(failure, request, dialect);
    case 'unwritten':
      return toReply('UNWRITTEN');
    case 'bug':
      return toApplicationReply(500, ...toUsual(500, operationId, dialect));
  }
}

/** Renders an injected status in the form that it has without injection. */
function renderInjected(
  { status, message, retryAfter }: Extract<FailureReason, { kind: 'injected' }>,
  request: FailedRequest,
  dialect: Dialect,
): Reply {
  const { operationId = '' } = request;
  const [saying, error] = toUsual(status, operationId, dialect);
  const usual = message ?? saying;
  switch (status) {
    case 400: {
      const refused = dialect.proxied[operationId]?.(usual);
      if (refused) return refused;
      if (operationId === 'rotateKey') return toFrameworkReply(400, EMPTY_JSON[0], usual);
      if (dialect.validated.has(operationId)) return toFrameworkReply(400, 'FST_ERR_VALIDATION', usual);
      break;
    }
    case 404: {
      const keys = dialect.misrouted[operationId];
      if (!keys) break;
      const told = message ?? toWrongRoute(request);
      return keys === 'two' ? toApplicationReply(404, told) : toNotFound(told);
    }
    case 413:
      return toFrameworkReply(413, TOO_LARGE[0], message ?? TOO_LARGE[1]);
    case 415:
      return toFrameworkReply(415, 'FST_ERR_CTP_INVALID_MEDIA_TYPE', usual);
    case 429:
      return renderLimited(retryAfter ?? MINUTE, message);
  }
  return toApplicationReply(status, usual, error);
}

/** The customer is not known here, so the query lacks it. */
function toWrongRoute({ method, url, operationId }: FailedRequest): string {
  const path = operationId === 'listEvents' ? url : url.replace(/^\/v1/, '/v1/rating');
  return `Route ${method}:${path} not found`;
}

function toReply(code: ErrorCode): Reply {
  const [status, message, error]: readonly [number, string, string?] = ALL[code];
  return toApplicationReply(status, message, error);
}

/** FIDELITY: two keys for errors of the service itself (real server). */
function toApplicationReply(status: number, message: string, error = toPhrase(status)): Reply {
  return { status, body: { error, message } };
}

/** FIDELITY: four keys for errors that the framework raises before the service runs (real server). */
function toFrameworkReply(statusCode: number, code: string, message: string): Reply {
  return { status: statusCode, body: { statusCode, code, error: toPhrase(statusCode), message } };
}

function toInvalid(message: string, operationId: string, dialect: Dialect, code = 'FST_ERR_VALIDATION'): Reply {
  return dialect.shortened.has(operationId) ? toApplicationReply(400, message) : toFrameworkReply(400, code, message);
}

/** ASSUMED: the content of `details`. */
function toInvalidEvents(message: string): Reply {
  const body = { error: 'VALIDATION_ERROR', message: 'Invalid event batch format', details: { message } };
  return { status: 400, body };
}

/** ASSUMED: the content of `details`. */
function toInvalidRating(message: string): Reply {
  const body = { error: 'VALIDATION_ERROR', message: 'Invalid request body', details: [{ message }] };
  return { status: 400, body };
}

/** FIDELITY: each reply (real server). ASSUMED: a body that is nested too deeply or is not UTF-8 is invalid JSON. */
function renderParse(cause: ParseCause, { headers, operationId = '' }: FailedRequest, dialect: Dialect): Reply {
  const type = headers['content-type'];
  switch (cause) {
    case 'json':
    case 'tooDeep':
    case 'encoding': {
      const message = "Body is not valid JSON but content-type is set to 'application/json'";
      return toInvalid(message, operationId, dialect, 'FST_ERR_CTP_INVALID_JSON_BODY');
    }
    case 'empty':
      if (!type?.startsWith('application/json')) return toInvalid(dialect.noBody, operationId, dialect);
      return toInvalid(EMPTY_JSON[1], operationId, dialect, EMPTY_JSON[0]);
    case 'mediaType':
      return toFrameworkReply(415, 'FST_ERR_CTP_INVALID_MEDIA_TYPE', `Unsupported Media Type: ${type ?? 'undefined'}`);
  }
}

/** FIDELITY: the same for unknown paths, methods and slashes; an OPTIONS that is not a preflight differs (real server). */
function renderNoRoute({ method, url }: FailedRequest): Reply {
  if (method === 'OPTIONS') return { status: 400, body: 'Invalid Preflight Request' };
  return toNotFound(`Route ${method}:${url} not found`);
}

function toNotFound(message: string): Reply {
  return { status: 404, body: { message, error: 'Not Found', statusCode: 404 } };
}

/** FIDELITY: three keys; the time is the length of the whole window (real server). */
function renderLimited(retryAfter: number, message = `Rate limit exceeded, retry in ${toWords(retryAfter)}`): Reply {
  return {
    status: 429,
    headers: { 'retry-after': String(retryAfter) },
    body: { statusCode: 429, error: 'Too Many Requests', message },
  };
}

/** The service's own window, in seconds. */
const MINUTE = 60;

const UNITS = [
  [86_400, 'day'],
  [3600, 'hour'],
  [MINUTE, 'minute'],
] as const;

/** Renders seconds in the largest unit that they fill, rounded: "1 minute", "30 seconds". */
function toWords(seconds: number): string {
  const [size, unit] = UNITS.find(([length]) => seconds >= length) ?? [1, 'second'];
  const count = Math.round(seconds / size);
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}

function toPhrase(status: number): string {
  return STATUS_CODES[status] ?? 'Error';
}

/** The message of an operation for a status. Default: the reason phrase. */
function toUsual(status: number, operationId: string, { usual }: Dialect): Saying {
  return usual[operationId]?.[status] ?? USUAL[operationId]?.[status] ?? USUAL_ANYWHERE[status] ?? [toPhrase(status)];
}
