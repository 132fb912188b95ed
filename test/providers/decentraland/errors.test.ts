import { describe, expect, it } from 'vitest';

import type { Violation } from '../../../src/core/wire/failure.ts';
import { renderFailure } from '../../../src/providers/decentraland/errors.ts';
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
  it('of a path says that the address is wrong, also if the query is', () => {
    const invalid = { kind: 'invalid', violations: [violation('query'), violation('path')] } as const;
    const body = { error: 'Invalid address', code: 'INVALID_ADDRESS' };
    expect(renderFailure(invalid, nowhere)).toEqual({ status: 400, body });
  });

  it.each([
    ['getCredits', 'query', 'Invalid status', 'INVALID_STATUS'],
    ['registerUser', 'body', 'Invalid address', 'INVALID_ADDRESS'],
    ['solveCaptcha', 'body', 'Bad request', 'BAD_REQUEST'],
  ] as const)('of what %s takes says what is wrong in its %s', (operationId, where, error, code) => {
    const invalid = { kind: 'invalid', violations: [violation(where)] } as const;
    expect(renderFailure(invalid, toFailedRequest(operationId))).toEqual({ status: 400, body: { error, code } });
  });
});
