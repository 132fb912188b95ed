import { assertOr, defineFailures } from 'credits-emulator';

/** Code to status and text. */
export const FAILURES = /** @type {const} */ ({
  UNKNOWN_KEY: [401, 'The key is not known.'],
  NO_SUCH_CARD: [404, 'There is no such card.'],
  NOT_ENOUGH: [402, 'The card has not enough on it.'],
  BAD_REQUEST: [400, 'The request cannot be read.'],
  NOT_FOUND: [404, 'There is nothing here.'],
  TOO_LARGE: [413, 'The request is too large.'],
  TOO_MANY: [429, 'Slow down.'],
  UNWRITTEN: [501, 'Not written yet.'],
  INTERNAL: [500, 'Something broke.'],
});

/** @typedef {keyof typeof FAILURES} Code */

/** @type {(condition: unknown, code: Code) => asserts condition} */
export const assert = assertOr;

export const renderFailure = defineFailures({
  codes: FAILURES,
  kinds: {
    unauthenticated: 'UNKNOWN_KEY',
    parse: 'BAD_REQUEST',
    invalid: 'BAD_REQUEST',
    badPath: 'BAD_REQUEST',
    notFound: 'NOT_FOUND',
    methodNotAllowed: 'NOT_FOUND',
    tooLarge: 'TOO_LARGE',
    limited: 'TOO_MANY',
    unwritten: 'UNWRITTEN',
    bug: 'INTERNAL',
  },
  // What a fault that asks for a status says, where the service has words for it.
  usualAnywhere: { 400: 'BAD_REQUEST', 401: 'UNKNOWN_KEY', 402: 'NOT_ENOUGH', 404: 'NO_SUCH_CARD', 500: 'INTERNAL' },
  render: ({ status, text, code }) => ({ status, body: { error: code ?? 'UNKNOWN', message: text } }),
});
