import { describe, expect, it } from 'vitest';

import type { FailureReason, Violation } from '../../../src/core/wire/failure.ts';
import { renderFailure, type ErrorCode } from '../../../src/providers/decentraland/errors.ts';
import { toFailedRequest } from '../../support/failed-request.ts';

const nowhere = toFailedRequest();

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
    [
      { kind: 'invalid', violations: [violation('query'), violation('path')] },
      400,
      'Invalid address',
      'INVALID_ADDRESS',
    ],
    [{ kind: 'invalid', violations: [violation('body')] }, 400, 'Bad request', 'BAD_REQUEST'],
    [{ kind: 'unwritten', operationId: 'x' }, 501, 'Not Implemented', 'UNWRITTEN'],
    [{ kind: 'bug', error: new Error('secret') }, 500, 'Internal Server Error', 'INTERNAL'],
  ])('has a status, an error and a code: %o', (failure, status, error, code) => {
    expect(renderFailure(failure, nowhere)).toEqual({ status, body: { error, code } });
  });

  it.each([
    ['getCredits', 'query', 'Invalid status', 'INVALID_STATUS'],
    ['registerUser', 'body', 'Invalid address', 'INVALID_ADDRESS'],
    ['solveCaptcha', 'body', 'Bad request', 'BAD_REQUEST'],
  ] as const)('of what %s takes says what is wrong in its %s', (operationId, where, error, code) => {
    const invalid = { kind: 'invalid', violations: [violation(where)] } as const;
    expect(renderFailure(invalid, toFailedRequest(operationId))).toEqual({ status: 400, body: { error, code } });
  });

  it('that comes of too many requests says when to come again', () => {
    expect(renderFailure({ kind: 'limited', retryAfter: 30 }, nowhere)).toEqual({
      status: 429,
      headers: { 'Retry-After': '30' },
      body: { error: 'Too many requests', code: 'TOO_MANY_REQUESTS' },
    });
  });

  it.each<[string | undefined, number, string, string | undefined]>([
    ['getCredits', 400, 'Invalid address', 'INVALID_ADDRESS'],
    ['getCredits', 404, 'User not found', 'USER_NOT_FOUND'],
    ['getCreditsStream', 404, 'User not found', 'USER_NOT_FOUND'],
    ['getSeason', 404, 'Season not found', 'SEASON_NOT_FOUND'],
    ['getSeason', 401, 'Not Authorized', 'UNAUTHORIZED'],
    ['getSeasons', 404, 'Not Found', 'NOT_FOUND'],
    ['registerUser', 400, 'Address required', 'ADDRESS_REQUIRED'],
    ['registerUser', 409, 'Conflict', undefined],
    ['checkout', 404, 'Not Found', 'NOT_FOUND'],
    ['checkout', 502, 'Payment provider error', 'PAYMENT_PROVIDER'],
    ['checkout', 503, 'Payments are off', 'PAYMENTS_OFF'],
    ['getOrder', 404, 'Order not found', 'ORDER_NOT_FOUND'],
    ['getNameRoute', 503, 'Route cost too high', 'ROUTE_COST_TOO_HIGH'],
    [undefined, 400, 'Bad request', 'BAD_REQUEST'],
    [undefined, 401, 'Not Authorized', 'UNAUTHORIZED'],
    [undefined, 404, 'Not Found', 'NOT_FOUND'],
    [undefined, 413, 'Body too large', 'BODY_TOO_LARGE'],
    [undefined, 429, 'Too many requests', 'TOO_MANY_REQUESTS'],
    [undefined, 500, 'Internal Server Error', 'INTERNAL'],
    [undefined, 503, 'Service Unavailable', undefined],
    [undefined, 599, 'Error', undefined],
  ])('that is injected into %s with the status %i has the usual words, or those that were given', (...row) => {
    const [operationId, status, error, code] = row;
    expect(renderFailure({ kind: 'injected', status }, toFailedRequest(operationId))).toEqual({
      status,
      body: { error, code },
    });
    expect(renderFailure({ kind: 'injected', status, message: 'down' }, toFailedRequest(operationId))).toEqual({
      status,
      body: { error: 'down', code },
    });
  });

  it.each<[string, number, string]>([
    ['getEnrolment', 401, 'Invalid signature'],
    ['getProgress', 401, 'Invalid signature'],
    ['authorize', 401, 'Invalid signature'],
    ['getCaptcha', 400, 'Invalid Auth Chain'],
    ['getCredits', 503, 'Error connecting to catalyst "https://peer.decentraland.org"'],
    ['listPurchases', 503, 'Error connecting to catalyst "https://peer.decentraland.org"'],
  ])('that is injected into %s with the status %i is one of signatures', (operationId, status, error) => {
    expect(renderFailure({ kind: 'injected', status }, toFailedRequest(operationId))).toEqual({
      status,
      body: { error, message: 'This endpoint requires a signed fetch request. See ADR-44.' },
    });
  });

  it.each(['getCredits', 'getCreditsStream'])(
    'that is injected into %s with the status 401 says that the user is flagged',
    (operationId) => {
      const flagged = {
        ok: false,
        message: 'User is flagged',
        reason: { message: 'The captcha was not solved too often.' },
        isBlockedForClaiming: true,
      };
      expect(renderFailure({ kind: 'injected', status: 401 }, toFailedRequest(operationId))).toEqual({
        status: 401,
        body: flagged,
      });
      expect(renderFailure({ kind: 'injected', status: 401, message: 'down' }, toFailedRequest(operationId))).toEqual({
        status: 401,
        body: { ...flagged, message: 'down' },
      });
    },
  );
});
