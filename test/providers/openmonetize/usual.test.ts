import { expect, it } from 'vitest';

import type { Reply } from '../../../src/core/wire/reply.ts';
import { renderSeedFailure } from '../../../src/providers/openmonetize/errors.ts';

function inject(operationId: string, status: number, message?: string): Reply {
  const request = { method: 'GET', url: '/', headers: {}, operationId, basePath: '' };
  return renderSeedFailure({ kind: 'injected', status, ...(message === undefined ? {} : { message }) }, request);
}

it.each([
  ['grantCredits', 409, 'Conflict', 'Duplicate grant operation detected'],
  ['grantCredits', 500, 'Internal Server Error', 'Failed to grant credits'],
  ['grantCredits', 404, 'Not Found', 'Not Found'],
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

it.each([
  ['grantCredits', { statusCode: 400, code: 'FST_ERR_VALIDATION', error: 'Bad Request', message: 'Bad Request' }],
  ['registerCustomer', { error: 'Bad Request', message: 'Bad Request' }],
  ['getHealth', { error: 'Bad Request', message: 'Bad Request' }],
  [
    'ingestEvents',
    { error: 'VALIDATION_ERROR', message: 'Invalid event batch format', details: { message: 'Bad Request' } },
  ],
])('a fault of %s with 400 has the form of a body that is wrong', (operationId, body) => {
  expect(inject(operationId, 400)).toEqual({ status: 400, body });
});

it('a fault of ingestEvents with 403 looks as events of another customer do', () => {
  const message = 'Events contain invalid customer_id. All events must belong to the authenticated customer.';
  expect(inject('ingestEvents', 403)).toEqual({ status: 403, body: { error: 'FORBIDDEN', message } });
});

it('a fault with 413 looks as a body that is too large', () => {
  const body = {
    statusCode: 413,
    code: 'FST_ERR_CTP_BODY_TOO_LARGE',
    error: 'Payload Too Large',
    message: 'Request body is too large',
  };
  expect(inject('grantCredits', 413)).toEqual({ status: 413, body });
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
