import { describe, expect, it } from 'vitest';

import type { FailureReason, Violation } from '../../../src/core/failure.ts';
import { renderFailure, type ErrorCode } from '../../../src/providers/decentraland/errors.ts';

const violation = (where: Violation['where']): Violation => ({
  where,
  pointer: '/x',
  keyword: 'type',
  params: {},
  message: 'is wrong',
});

describe('a failure', () => {
  it.each<[FailureReason<ErrorCode>, number, string, string]>([
    [{ kind: 'refused', code: 'USER_NOT_FOUND' }, 404, 'User not found', 'USER_NOT_FOUND'],
    [{ kind: 'notFound' }, 404, 'Not Found', 'NOT_FOUND'],
    [{ kind: 'methodNotAllowed', allow: ['GET'] }, 404, 'Not Found', 'NOT_FOUND'],
    [{ kind: 'badPath' }, 400, 'Bad request', 'BAD_REQUEST'],
    [{ kind: 'parse', cause: 'json' }, 400, 'Invalid JSON', 'INVALID_JSON'],
    [{ kind: 'parse', cause: 'encoding' }, 400, 'Invalid JSON', 'INVALID_JSON'],
    [{ kind: 'tooLarge', limit: 1 }, 413, 'Body too large', 'BODY_TOO_LARGE'],
    [{ kind: 'unauthenticated' }, 401, 'Not Authorized', 'UNAUTHORIZED'],
    [{ kind: 'invalid', violations: [violation('path')] }, 400, 'Invalid address', 'INVALID_ADDRESS'],
    [{ kind: 'invalid', violations: [violation('query')] }, 400, 'Invalid status', 'INVALID_STATUS'],
    [
      { kind: 'invalid', violations: [violation('query'), violation('path')] },
      400,
      'Invalid address',
      'INVALID_ADDRESS',
    ],
    [{ kind: 'invalid', violations: [violation('body')] }, 400, 'Invalid address', 'INVALID_ADDRESS'],
    [{ kind: 'unwritten', operationId: 'x' }, 501, 'Not Implemented', 'UNWRITTEN'],
    [{ kind: 'bug', error: new Error('secret') }, 500, 'Internal Server Error', 'INTERNAL'],
  ])('has a status, an error and a code: %o', (failure, status, error, code) => {
    expect(renderFailure(failure)).toEqual({ status, body: { error, code } });
  });

  it('that comes of too many requests says when to come again', () => {
    expect(renderFailure({ kind: 'limited', retryAfter: 30 })).toEqual({
      status: 429,
      headers: { 'Retry-After': '30' },
      body: { error: 'Too many requests', code: 'TOO_MANY_REQUESTS' },
    });
  });

  it.each([
    [400, 'Bad request'],
    [401, 'Not Authorized'],
    [404, 'Not Found'],
    [429, 'Too many requests'],
    [500, 'Internal Server Error'],
    [503, 'Error'],
  ])('that is injected with the status %i has the usual words, or those that were given', (status, error) => {
    expect(renderFailure({ kind: 'injected', status })).toEqual({ status, body: { error } });
    expect(renderFailure({ kind: 'injected', status, message: 'down' })).toEqual({ status, body: { error: 'down' } });
  });
});
