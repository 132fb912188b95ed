import { describe, expect, it } from 'vitest';

import { renderFailure } from '../../../src/providers/gamefuse/errors.ts';
import { toFailedRequest } from '../../support/failed-request.ts';

describe('an injected failure', () => {
  it.each([
    [401, 'Request missing user authentication token'],
    [402, 'Game is disabled, check your dashboard'],
    [413, 'Payload Too Large'],
    [429, 'Too Many Requests'],
    [500, 'unknown server error'],
  ])('%i has the text that the status has in every operation', (status, body) => {
    expect(renderFailure({ kind: 'injected', status }, toFailedRequest(undefined, '/api/v2'))).toEqual({
      status,
      body,
    });
    expect(renderFailure({ kind: 'injected', status }, toFailedRequest(undefined, '/api/v3'))).toEqual({
      status,
      body,
    });
  });

  it.each([
    [400, 'Bad Request'],
    [403, 'Forbidden'],
    [404, 'Not Found'],
    [422, 'Unprocessable Entity'],
    [503, 'Service Unavailable'],
    [299, 'Error'],
    [599, 'Error'],
  ])('%i has no text of one operation, but that of the status', (status, body) => {
    for (const basePath of ['/api/v2', '/api/v3', undefined]) {
      expect(renderFailure({ kind: 'injected', status }, toFailedRequest(undefined, basePath))).toEqual({
        status,
        body,
      });
    }
  });

  it.each([
    ['verifyGame', 401, 'failed to verify game'],
    ['listStoreItems', 404, 'Failed to verify game'],
    ['forgetPassword', 404, 'No user found with email'],
    ['signUp', 404, 'Failed to fetch game variables, check your token and id'],
    ['signUp', 299, 'Username has already been taken'],
    ['signIn', 401, 'Incorrect Password'],
    ['signIn', 404, 'User Not Found!'],
    ['addCredits', 400, 'Please include a credits param'],
    ['addCredits', 401, 'Request missing user authentication token'],
    ['addCredits', 404, 'Not Found'],
    ['setScore', 400, 'Please include a score param'],
    ['purchaseStoreItem', 403, 'Not Enough Credits'],
    ['purchaseStoreItem', 404, 'Item not found'],
    ['removeStoreItem', 404, 'Store item does not exist, or was not purchase'],
    ['removeAttributes', 400, 'User does not have item with specified key'],
    ['addLeaderboardEntry', 400, 'invalid extra attributes'],
  ])('of %s with %i has what that says itself', (operationId, status, body) => {
    expect(renderFailure({ kind: 'injected', status }, toFailedRequest(operationId, '/api/v2'))).toEqual({
      status,
      body,
    });
  });

  it('has the text that it is given', () => {
    expect(
      renderFailure({ kind: 'injected', status: 500, message: 'down' }, toFailedRequest(undefined, '/api/v2')),
    ).toEqual({
      status: 500,
      body: 'down',
    });
  });
});
