import type { FailureReason } from '../wire/failure.ts';

/** One failure of each kind and cause, except the provider's own. Every renderer must have a reply for each. */
export const SAMPLE_FAILURES: readonly FailureReason<never>[] = [
  { kind: 'notFound' },
  { kind: 'methodNotAllowed', allow: ['GET'] },
  { kind: 'badPath' },
  { kind: 'parse', cause: 'json' },
  { kind: 'parse', cause: 'empty' },
  { kind: 'parse', cause: 'mediaType' },
  { kind: 'parse', cause: 'encoding' },
  { kind: 'parse', cause: 'tooDeep' },
  { kind: 'tooLarge', limit: 1 },
  { kind: 'unauthenticated' },
  { kind: 'invalid', violations: [{ where: 'body', pointer: '/x', keyword: 'type', params: {}, message: 'is wrong' }] },
  { kind: 'limited', retryAfter: 30 },
  { kind: 'injected', status: 409 },
  { kind: 'injected', status: 503, message: 'down' },
  { kind: 'unwritten', operationId: 'x' },
  { kind: 'bug', error: new Error('secret') },
];
