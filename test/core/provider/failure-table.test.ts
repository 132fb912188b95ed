import { describe, expect, it } from 'vitest';

import { defineFailures, type FailureTable } from '../../../src/core/provider/failure-table.ts';
import type { FailureReason } from '../../../src/core/wire/failure.ts';
import { toFailedRequest } from '../../support/failed-request.ts';

type Code = 'LOST' | 'WRONG' | 'BROKEN';

const table: FailureTable<Code> = {
  codes: { LOST: [404, 'Lost'], WRONG: [400, 'Wrong'], BROKEN: [500, 'Broken'] },
  kinds: {
    notFound: 'LOST',
    methodNotAllowed: ({ allow }) => ({ status: 405, body: allow }),
    badPath: 'WRONG',
    parse: ({ cause }) => (cause === 'empty' ? 'LOST' : 'WRONG'),
    tooLarge: 'WRONG',
    unauthenticated: 'WRONG',
    invalid: (_, { operationId }) => (operationId === 'find' ? 'LOST' : 'WRONG'),
    limited: 'WRONG',
    unwritten: 'BROKEN',
    bug: 'BROKEN',
  },
  usual: { find: { 400: 'LOST' } },
  usualAnywhere: { 400: 'WRONG' },
  render: ({ status, text, code, injected }) => ({ status, body: [text, code ?? null, injected] }),
};

describe(defineFailures, () => {
  it.each<[FailureReason<Code>, string | undefined, number, unknown]>([
    [{ kind: 'refused', code: 'LOST' }, undefined, 404, ['Lost', 'LOST', false]],
    [{ kind: 'refused', code: 'LOST', detail: ' at sea' }, undefined, 404, ['Lost at sea', 'LOST', false]],
    [{ kind: 'notFound' }, undefined, 404, ['Lost', 'LOST', false]],
    [{ kind: 'methodNotAllowed', allow: ['GET'] }, undefined, 405, ['GET']],
    [{ kind: 'parse', cause: 'json' }, undefined, 400, ['Wrong', 'WRONG', false]],
    [{ kind: 'parse', cause: 'empty' }, undefined, 404, ['Lost', 'LOST', false]],
    [{ kind: 'invalid', violations: [] }, 'find', 404, ['Lost', 'LOST', false]],
    [{ kind: 'injected', status: 400 }, 'find', 400, ['Lost', 'LOST', true]],
    [{ kind: 'injected', status: 400 }, 'list', 400, ['Wrong', 'WRONG', true]],
    [{ kind: 'injected', status: 400, message: 'No!' }, 'list', 400, ['No!', 'WRONG', true]],
    [{ kind: 'injected', status: 503 }, 'find', 503, ['Service Unavailable', null, true]],
    [{ kind: 'injected', status: 599 }, 'find', 599, ['Error', null, true]],
  ])('renders %o at %s as the table has it', (failure, operationId, status, body) => {
    expect(defineFailures(table)(failure, toFailedRequest(operationId))).toEqual({ status, body });
  });

  it('says when to come again to whom asks too often', () => {
    expect(defineFailures(table)({ kind: 'limited', retryAfter: 30 }, toFailedRequest())).toEqual({
      status: 400,
      headers: { 'Retry-After': '30' },
      body: ['Wrong', 'WRONG', false],
    });
  });

  it('lets a reply say itself when to come again', () => {
    const limited = { status: 429, headers: { 'Retry-After': '1.5' }, body: null };
    const own: FailureTable<Code> = { ...table, kinds: { ...table.kinds, limited: () => limited } };
    expect(defineFailures(own)({ kind: 'limited', retryAfter: 30 }, toFailedRequest())).toEqual(limited);
  });

  it.each<[object, string]>([
    [{ kinds: { ...table.kinds, bug: 'BORKEN' } }, 'There is no code "BORKEN" for kinds.bug; did you mean "BROKEN"?'],
    [{ usual: { find: { 404: 'LSOT' } } }, 'There is no code "LSOT" for usual.find.404; did you mean "LOST"?'],
    [
      { usualAnywhere: { 404: 'constructor' } },
      'There is no code "constructor" for usualAnywhere.404. Known: LOST, WRONG, BROKEN.',
    ],
  ])('refuses a table with %o', (parts, message) => {
    expect(() => defineFailures({ ...table, ...parts })).toThrow(new RangeError(message));
  });
});
