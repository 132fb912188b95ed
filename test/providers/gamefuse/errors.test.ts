import { describe, expect, it } from 'vitest';

import { renderFailure } from '../../../src/providers/gamefuse/errors.ts';

describe('an injected failure', () => {
  it.each([
    [401, 'Request missing user authentication token'],
    [402, 'Game is disabled, check your dashboard'],
    [413, 'Payload Too Large'],
    [429, 'Too Many Requests'],
    [500, 'unknown server error'],
  ])('%i has the text that the status has in every operation', (status, body) => {
    expect(renderFailure({ kind: 'injected', status }, { root: '/api/v2' })).toEqual({ status, body });
    expect(renderFailure({ kind: 'injected', status }, { root: '/api/v3' })).toEqual({ status, body });
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
    for (const root of ['/api/v2', '/api/v3', undefined]) {
      expect(renderFailure({ kind: 'injected', status }, { root })).toEqual({ status, body });
    }
  });

  it('has the text that it is given', () => {
    expect(renderFailure({ kind: 'injected', status: 500, message: 'down' }, { root: '/api/v2' })).toEqual({
      status: 500,
      body: 'down',
    });
  });
});
