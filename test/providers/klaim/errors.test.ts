import { expect, it } from 'vitest';

import { renderFailure } from '../../../src/providers/klaim/errors.ts';
import { toFailedRequest } from '../../support/failed-request.ts';

it.each<[string | undefined, number, string]>([
  ['createUser', 400, 'missing required fields'],
  ['createUser', 404, 'Not Found'],
  ['createUser', 409, 'email or user_id already exists'],
  ['listUsers', 400, 'Invalid JSON format in request body'],
  ['listUsers', 404, 'Not Found'],
  ['getUser', 401, 'Unauthorized'],
  ['getUser', 404, 'Can not find user with the given user_id.'],
  ['updateUser', 409, 'email or user_id already exists'],
  ['updateUserCredits', 404, 'Can not find user with the given user_id.'],
  ['updateUserCredits', 409, 'Conflict'],
  ['updateUserCredits', 500, 'Internal Server Error'],
  [undefined, 413, 'Request Too Long'],
  [undefined, 429, 'Too Many Requests'],
  [undefined, 599, 'Error'],
])('a fault of %s with %i says what that says itself, or what it is told to', (operationId, status, message) => {
  expect(renderFailure({ kind: 'injected', status }, toFailedRequest(operationId))).toEqual({
    status,
    body: { message },
  });
  expect(renderFailure({ kind: 'injected', status, message: 'down' }, toFailedRequest(operationId))).toEqual({
    status,
    body: { message: 'down' },
  });
});
