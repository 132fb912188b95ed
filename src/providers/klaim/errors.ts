import { defineFailures } from '../../core/provider/failure-table.ts';
import { assertOr, type Violation } from '../../core/wire/failure.ts';

/** Klaim's failures: code to status and the text on the wire. */
export const FAILURES = {
  // FIDELITY: one text for no body, broken JSON and a wrong credit_delta (vendor docs, "update credit balance").
  INVALID_JSON: [400, 'Invalid JSON format in request body'],
  // FIDELITY: for a missing e-mail (vendor docs, "add user").
  MISSING_FIELDS: [400, 'missing required fields'],
  // FIDELITY: the vendor's spelling and full stop (vendor docs, "update credit balance").
  NO_SUCH_USER: [404, 'Can not find user with the given user_id.'],
  // ASSUMED: the docs mention a conflict, but not its status and text.
  CONFLICT: [409, 'email or user_id already exists'],
  // ASSUMED: no refusal is documented; only the option overdraft=refuse gives this one.
  NOT_ENOUGH_CREDITS: [400, 'not enough credits'],
  // ASSUMED: nothing is documented for keys; hosted gateways of this kind may answer 403 instead.
  UNAUTHORIZED: [401, 'Unauthorized'],
  // ASSUMED: from here on, the usual texts of a hosted gateway.
  NOT_FOUND: [404, 'Not Found'],
  BAD_PATH: [400, 'Bad Request'],
  TOO_LARGE: [413, 'Request Too Long'],
  LIMITED: [429, 'Too Many Requests'],
  INTERNAL: [500, 'Internal Server Error'],
} as const satisfies Record<string, readonly [number, string]>;

/** Failures of the emulator's own controls and options, which Klaim's clients never see. */
const OF_OURS = {
  NO_SUCH_APP: [404, 'There is no such app.'],
  UNWRITTEN: [501, 'Not Implemented'],
} as const satisfies Record<string, readonly [number, string]>;

const ALL = { ...FAILURES, ...OF_OURS };

export type ErrorCode = keyof typeof ALL;

/** Refuses with one of Klaim's failures unless the condition holds. */
export const assert: (condition: unknown, code: ErrorCode) => asserts condition = assertOr;

export const renderFailure = defineFailures<ErrorCode>({
  codes: ALL,
  kinds: {
    unauthenticated: 'UNAUTHORIZED',
    // ASSUMED: also for another content type, because the docs have no 415.
    parse: 'INVALID_JSON',
    // ASSUMED: an e-mail that is empty or not text counts as missing.
    invalid: ({ violations }, { operationId }) =>
      operationId === 'createUser' && violations.some(isAboutEmail) ? 'MISSING_FIELDS' : 'INVALID_JSON',
    notFound: 'NOT_FOUND',
    // ASSUMED: a wrong method is an unknown route.
    methodNotAllowed: 'NOT_FOUND',
    badPath: 'BAD_PATH',
    tooLarge: 'TOO_LARGE',
    limited: 'LIMITED',
    unwritten: 'UNWRITTEN',
    bug: 'INTERNAL',
  },
  usual: {
    createUser: { 400: 'MISSING_FIELDS', 409: 'CONFLICT' },
    getUser: { 404: 'NO_SUCH_USER' },
    updateUser: { 404: 'NO_SUCH_USER', 409: 'CONFLICT' },
    getUserCredits: { 404: 'NO_SUCH_USER' },
    updateUserCredits: { 404: 'NO_SUCH_USER' },
  },
  usualAnywhere: { 400: 'INVALID_JSON', 401: 'UNAUTHORIZED', 413: 'TOO_LARGE' },
  render: ({ status, text }) => ({ status, body: { message: text } }),
});

function isAboutEmail({ where, pointer, keyword, params }: Violation): boolean {
  if (where !== 'body') return false;
  return pointer === '/email' || (keyword === 'required' && params['missingProperty'] === 'email');
}
