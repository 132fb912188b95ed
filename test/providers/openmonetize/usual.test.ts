import { expect, it } from 'vitest';

import type { Reply } from '../../../src/core/exchange.ts';
import { renderSeedFailure } from '../../../src/providers/openmonetize/errors.ts';

function inject(operationId: string, status: number, message?: string): Reply {
  const request = { method: 'GET', url: '/', headers: {}, operationId, root: '' };
  return renderSeedFailure({ kind: 'injected', status, ...(message === undefined ? {} : { message }) }, request);
}

it.each([
  ['grantCredits', 409, 'Conflict', 'Duplicate grant operation detected'],
  ['grantCredits', 500, 'Internal Server Error', 'Failed to grant credits'],
  ['grantCredits', 404, 'Not Found', 'Not Found'],
  ['grantCredits', 400, 'Bad Request', 'Bad Request'],
  ['grantCredits', 501, 'Not Implemented', 'Not Implemented'],
  ['getCreditBalance', 404, 'Not Found', 'Credit wallet not found'],
  ['getUserCredits', 404, 'Not Found', 'Credit wallet not found'],
  ['getUser', 404, 'Not Found', 'User not found'],
  ['createUser', 409, 'Conflict', 'A user with this external ID already exists'],
  ['registerCustomer', 409, 'Conflict', 'A customer with this email already exists'],
  ['registerCustomer', 500, 'Internal Server Error', 'Failed to register customer'],
  ['purchaseCredits', 409, 'Conflict', 'Conflict'],
  ['getHealth', 500, 'Internal Server Error', 'Internal Server Error'],
  ['getCreditBalance', 401, 'Unauthorized', 'Invalid or missing API key'],
  ['getCreditBalance', 403, 'Forbidden', 'Access denied to this customer'],
])('a fault of %s with %i says what that says itself', (operationId, status, error, message) => {
  expect(inject(operationId, status)).toEqual({ status, body: { error, message } });
});

it('a fault with 429 looks as the limit does', () => {
  const reply = (message: string): Reply => ({
    status: 429,
    headers: { 'retry-after': '60' },
    body: { statusCode: 429, error: 'Too Many Requests', message },
  });
  expect(inject('grantCredits', 429)).toEqual(reply('Rate limit exceeded, retry in 1 minute'));
  expect(inject('grantCredits', 429, 'slow')).toEqual(reply('slow'));
});
