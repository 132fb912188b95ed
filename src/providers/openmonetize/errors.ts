import { STATUS_CODES } from '../../core/values/node-http.ts';
import type { Reply } from '../../core/wire/reply.ts';
import { assertOr, type FailureReason, type ParseCause, type Violation } from '../../core/wire/failure.ts';
import type { FailedRequest } from '../../core/provider/provider.ts';
import { toAjvMessage, toZodMessage } from './messages.ts';

/** OpenMonetize's failures: code to status and message. FIDELITY: all observed on the real server or in its source. */
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
  EMAIL_TAKEN: [409, 'A customer with this email already exists'],
  USER_TAKEN: [409, 'A user with this external ID already exists'],
  // Nothing here comes at the same time; a fault may ask for it.
  DUPLICATE_GRANT: [409, 'Duplicate grant operation detected'],
  GRANT_FAILED: [500, 'Failed to grant credits'],
  PURCHASE_FAILED: [500, 'Failed to purchase credits'],
  HISTORY_FAILED: [500, 'Failed to fetch transaction history'],
} as const satisfies Record<string, readonly [status: number, message: string, error?: string]>;

/** Of controls and switches of ours. */
const OF_OURS = {
  CONTROL_WITHOUT_CUSTOMER: [404, 'There is no such customer.'],
  CONTROL_WITHOUT_WALLET: [404, 'There is no such wallet.'],
  ID_TAKEN: [409, 'There is a user with this id already.'],
  OUT_OF_RANGE: [400, 'The balance would be beyond 64 bits.'],
  UNWRITTEN: [501, 'Not Implemented'],
} as const satisfies Record<string, readonly [status: number, message: string, error?: string]>;

const ALL = { ...FAILURES, ...OF_OURS };

export type ErrorCode = keyof typeof ALL;

/** Refuses with one of OpenMonetize's failures unless the condition holds. */
export const assert: (condition: unknown, code: ErrorCode) => asserts condition = assertOr;

/** Of the framework, with its code. */
const EMPTY_JSON = [
  'FST_ERR_CTP_EMPTY_JSON_BODY',
  "Body cannot be empty when content-type is set to 'application/json'",
] as const;
const TOO_LARGE = ['FST_ERR_CTP_BODY_TOO_LARGE', 'Request body is too large'] as const;

/** What an operation says with a status of its own, where a fault asks for that or something of ours broke. */
const USUAL: Readonly<Record<string, Readonly<Record<number, string>>>> = {
  getCreditBalance: { 404: FAILURES.NO_WALLET[1], 500: 'Failed to fetch credit balance' },
  grantCredits: { 409: FAILURES.DUPLICATE_GRANT[1], 500: FAILURES.GRANT_FAILED[1] },
  purchaseCredits: { 500: FAILURES.PURCHASE_FAILED[1] },
  getUserCredits: { 404: FAILURES.NO_WALLET[1], 500: 'Failed to fetch credit balance' },
  getUserTransactions: { 500: FAILURES.HISTORY_FAILED[1] },
  registerCustomer: { 409: FAILURES.EMAIL_TAKEN[1], 500: 'Failed to register customer' },
  createUser: { 409: FAILURES.USER_TAKEN[1] },
  getUser: { 404: FAILURES.NO_SUCH_USER[1] },
  ingestEvents: { 403: FAILURES.FOREIGN_EVENTS[1] },
  rotateKey: { 400: EMPTY_JSON[1] },
};

/** What any of them says. */
const USUAL_ANYWHERE: Readonly<Record<number, string>> = {
  401: FAILURES.UNKNOWN_KEY[1],
  403: FAILURES.FOREIGN_CUSTOMER[1],
};

/** What one profile does in its own way. */
interface Dialect {
  toMessage(violations: readonly Violation[]): string;
  /** Of a request that has no body, nor a type for one. */
  readonly noBody: string;
  /** FIDELITY: these declare a 400, and that cuts the framework's envelope down to two keys (real server). */
  readonly shortened: ReadonlySet<string>;
  /** Whose 400, which they do not declare, is the framework's as it is. */
  readonly validated: ReadonlySet<string>;
  /** FIDELITY: this is refused by the service behind the gateway, in words of its own (server source). */
  readonly proxied: ReadonlySet<string>;
}

const SEED: Dialect = {
  toMessage: toAjvMessage,
  noBody: 'body must be object',
  shortened: new Set(['registerCustomer']),
  validated: new Set(['grantCredits', 'purchaseCredits', 'getUserCredits', 'getUserTransactions']),
  proxied: new Set(['ingestEvents']),
};

const HEAD: Dialect = {
  toMessage: toZodMessage,
  noBody: 'body/ Invalid input: expected object, received null',
  shortened: new Set(['registerCustomer', 'createUser', 'ingestEvents']),
  validated: new Set(['grantCredits', 'purchaseCredits', 'getUserTransactions', 'listUsers']),
  proxied: new Set(),
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
      return dialect.proxied.has(operationId) ? toInvalidEvents(message) : toInvalid(message, operationId, dialect);
    }
    case 'parse':
      return renderParse(failure.cause, request, dialect);
    case 'notFound':
    case 'methodNotAllowed':
      return renderNoRoute(request);
    case 'badPath':
      // ASSUMED: in the framework's usual words.
      return toFrameworkReply(400, 'FST_ERR_BAD_URL', `'${request.url}' is not a valid url component`);
    case 'tooLarge':
      return toFrameworkReply(413, ...TOO_LARGE);
    case 'limited':
      return renderLimited(failure.retryAfter);
    case 'injected':
      return renderInjected(failure, operationId, dialect);
    case 'unwritten':
      return toReply('UNWRITTEN');
    case 'bug':
      return toApplicationReply(500, toUsualMessage(500, operationId));
  }
}

/** In the form that the status has where it comes by itself. */
function renderInjected(
  { status, message, retryAfter }: Extract<FailureReason, { kind: 'injected' }>,
  operationId: string,
  dialect: Dialect,
): Reply {
  const usual = message ?? toUsualMessage(status, operationId);
  switch (status) {
    case 400:
      if (dialect.proxied.has(operationId)) return toInvalidEvents(usual);
      if (operationId === 'rotateKey') return toFrameworkReply(400, EMPTY_JSON[0], usual);
      if (dialect.validated.has(operationId)) return toFrameworkReply(400, 'FST_ERR_VALIDATION', usual);
      break;
    case 403:
      if (dialect.proxied.has(operationId)) {
        return { status, body: { error: FAILURES.FOREIGN_EVENTS[2], message: usual } };
      }
      break;
    case 413:
      return toFrameworkReply(413, TOO_LARGE[0], message ?? TOO_LARGE[1]);
    case 415:
      return toFrameworkReply(415, 'FST_ERR_CTP_INVALID_MEDIA_TYPE', usual);
    case 429:
      return renderLimited(retryAfter ?? MINUTE, message);
  }
  return toApplicationReply(status, usual);
}

function toReply(code: ErrorCode): Reply {
  const [status, message, error]: readonly [number, string, string?] = ALL[code];
  return { status, body: { error: error ?? toPhrase(status), message } };
}

/** FIDELITY: two keys for what the service itself raises (real server). */
function toApplicationReply(status: number, message: string): Reply {
  return { status, body: { error: toPhrase(status), message } };
}

/** FIDELITY: four keys for what is raised before the service is asked (real server). */
function toFrameworkReply(statusCode: number, code: string, message: string): Reply {
  return { status: statusCode, body: { statusCode, code, error: toPhrase(statusCode), message } };
}

function toInvalid(message: string, operationId: string, dialect: Dialect, code = 'FST_ERR_VALIDATION'): Reply {
  return dialect.shortened.has(operationId) ? toApplicationReply(400, message) : toFrameworkReply(400, code, message);
}

/** ASSUMED: what is in `details`. */
function toInvalidEvents(message: string): Reply {
  const body = { error: 'VALIDATION_ERROR', message: 'Invalid event batch format', details: { message } };
  return { status: 400, body };
}

/** FIDELITY: each of them (real server). ASSUMED: what is nested too deeply, or is no UTF-8, is no JSON. */
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

/** FIDELITY: unknown paths, methods and slashes alike; an OPTIONS that is no preflight is told so (real server). */
function renderNoRoute({ method, url }: FailedRequest): Reply {
  if (method === 'OPTIONS') return { status: 400, body: 'Invalid Preflight Request' };
  return {
    status: 404,
    body: { message: `Route ${method}:${url} not found`, error: 'Not Found', statusCode: 404 },
  };
}

/** FIDELITY: three keys; the time is that of the whole window (real server). */
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

/** Seconds in the largest unit that they fill, rounded: "1 minute", "30 seconds". */
function toWords(seconds: number): string {
  const [size, unit] = UNITS.find(([length]) => seconds >= length) ?? [1, 'second'];
  const count = Math.round(seconds / size);
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}

function toPhrase(status: number): string {
  return STATUS_CODES[status] ?? 'Error';
}

/** What OpenMonetize says with a status at this operation, where it says anything. */
function toUsualMessage(status: number, operationId: string): string {
  return USUAL[operationId]?.[status] ?? USUAL_ANYWHERE[status] ?? toPhrase(status);
}
