import { describe, expect, it } from 'vitest';

import { tally } from '../support/providers.ts';
import { DOCUMENT_HINT, HARBOR, ok, problem, startControl, type Answer, type ControlApi } from './api.ts';

/** The id and the differing fields of each near miss. */
function toMisses({ body }: Answer): readonly string[] {
  const { misses } = body as { readonly misses: { id: string; differences: { field: string }[] }[] };
  return misses.map(({ id, differences }) => [id, ...differences.map(({ field }) => field)].join(' '));
}

/** Exchanges 1 to 6. */
async function startBusy(): Promise<ControlApi> {
  const api = await startControl({ providers: ['klaim', tally] });
  await api.change('ada', -25, 'Course');
  await api.change('ada', -25);
  await api.change('esra', 10);
  await api.call('get', '/klaim/users/ada/credits?verbose=1', undefined, { ...HARBOR, 'X-Client': 'shop' });
  await api.call('get', '/klaim/nothing');
  await api.change('nobody', 1);
  return api;
}

describe('POST /_emulator/requests/verify', () => {
  it('counts the exchanges that match', async () => {
    const { post } = await startBusy();
    const found: unknown[] = [];
    const expected: [object, number][] = [
      [{}, 6],
      [{ provider: 'klaim' }, 6],
      [{ operation: 'updateUserCredits' }, 4],
      [{ operation: ['updateUserCredits', 'getUserCredits'] }, 5],
      [{ provider: 'klaim', operation: 'updateUserCredits', subject: 'ada' }, 2],
      [{ method: 'put' }, 4],
      [{ path: '/users/*/credits' }, 5],
      [{ path: '/users/ada/credits' }, 3],
      [{ query: { verbose: '1' } }, 1],
      [{ query: {} }, 6],
      [{ headers: { 'X-CLIENT': 'shop' } }, 1],
      [{ headers: { authorization: 'Bearer klaim_test_harbor' } }, 1],
      [{ body: { credit_delta: -25 } }, 2],
      [{ body: { credit_delta: '-25' } }, 2],
      [{ body: { credit_delta: -25, description: 'Course' } }, 1],
      [{ body: {} }, 4],
      [{ status: 200, subject: 'ada' }, 3],
      [{ status: 404 }, 2],
    ];
    for (const [match] of expected) {
      const { body } = await post('/requests/verify', { match, count: { atMost: 6, atLeast: 1 } });
      found.push([match, (body as { matched: number }).matched]);
    }
    expect(found).toEqual(expected);
  });

  it.each([
    ...[undefined, { exactly: 2 }, { atLeast: 1 }, { atMost: 2 }, { atLeast: 2, atMost: 2 }].map((count) => [
      count,
      200,
    ]),
    ...[{ exactly: 1 }, { exactly: 3 }, { exactly: 0 }, { atLeast: 3 }, { atMost: 1 }].map((count) => [count, 422]),
  ])('with the count %j of two answers %i', async (count, status) => {
    const { post } = await startBusy();
    const answer = await post('/requests/verify', { match: { body: { credit_delta: -25 } }, count });
    const verdict = { verified: status === 200, matched: 2 };
    expect(answer).toEqual(
      status === 200 ? ok(verdict) : { status, body: expect.objectContaining(verdict) as unknown },
    );
  });

  it('says why the nearest miss was refused', async () => {
    const { call, post } = await startBusy();
    await call('put', '/klaim/users/benoit/credits', { credit_dleta: 6 });
    const answer = await post('/requests/verify', { match: { subject: 'benoit', status: 500 } });
    expect(answer).toMatchObject({
      status: 422,
      body: {
        detail:
          '0 exchanges in "default" fit, not at least 1. The nearest is default-7 (PUT /users/benoit/credits, 400): status is 400, not 500. ' +
          'It was refused: body credit_dleta: is not known here, and "credit_delta" is missing.',
      },
    });
  });

  it('shows the nearest misses, and why, if too few match', async () => {
    const { post } = await startBusy();
    const match = { provider: 'klaim', operation: 'updateUserCredits', subject: 'ada', body: { credit_delta: 25 } };
    const differs = (field: string, expected: unknown, actual: unknown): object => ({ field, expected, actual });
    const near = (subject: string, delta: number, ...differences: readonly object[]): object => ({
      ...{ provider: 'klaim', operation: 'updateUserCredits', method: 'PUT', status: 200 },
      ...{ subject, url: `/users/${subject}/credits` },
      differences: [...differences, differs('body.credit_delta', 25, delta)],
    });
    expect(await post('/requests/verify', { match })).toEqual({
      status: 422,
      body: {
        type: 'about:blank',
        title: 'Not verified',
        status: 422,
        detail:
          '0 exchanges in "default" fit, not at least 1. The nearest is default-2 (PUT /users/ada/credits, 200): body.credit_delta is -25, not 25.',
        hint: 'GET /_emulator/requests/default-2 shows it whole.',
        verified: false,
        matched: 0,
        requests: [],
        misses: [
          { id: 'default-2', ...near('ada', -25) },
          { id: 'default-1', ...near('ada', -25) },
          { id: 'default-6', ...near('nobody', 1, differs('subject', 'ada', 'nobody')), status: 404 },
          { id: 'default-3', ...near('esra', 10, differs('subject', 'ada', 'esra')) },
          {
            ...{ id: 'default-4', provider: 'klaim', operation: 'getUserCredits', subject: 'ada' },
            ...{ method: 'GET', url: '/users/ada/credits?verbose=1', status: 200 },
            differences: [
              differs('operation', 'updateUserCredits', 'getUserCredits'),
              { field: 'body.credit_delta', expected: 25 },
            ],
          },
        ],
      },
    });
  });

  it('names exchanges if too many match', async () => {
    const { post } = await startBusy();
    expect(await post('/requests/verify', { match: { subject: 'ada' }, count: { exactly: 1 } })).toMatchObject({
      status: 422,
      body: {
        detail: '3 exchanges in "default" fit, not exactly 1.',
        hint: 'GET /_emulator/requests shows them.',
        ...{ matched: 3, requests: ['default-4', 'default-2', 'default-1'], misses: [] },
      },
    });
  });

  it.each([
    [
      'what differs in less before what differs in more',
      { method: 'PUT', subject: 'ada', status: 201 },
      [
        'default-2 status',
        'default-1 status',
        'default-4 method status',
        'default-6 subject status',
        'default-3 subject status',
      ],
    ],
    [
      'less significant differences before more significant ones',
      { operation: 'getUserCredits', status: 404 },
      [
        'default-4 status',
        'default-6 operation',
        'default-5 operation',
        'default-3 operation status',
        'default-2 operation status',
      ],
    ],
    [
      'the newest of what differs alike',
      { subject: 'adda' },
      ['default-6 subject', 'default-5 subject', 'default-4 subject', 'default-3 subject', 'default-2 subject'],
    ],
  ])('lists %s', async (_, match, expected) => {
    const { post } = await startBusy();
    expect(toMisses(await post('/requests/verify', { match }))).toEqual(expected);
  });

  it('says that an account was never seen, even if no exchange was expected', async () => {
    const { post } = await startBusy();
    const unknown = [{ field: 'subject', value: 'adda', nearest: 'ada' }];
    const match = { subject: 'adda' };
    expect(await post('/requests/verify', { match, count: { exactly: 0 } })).toEqual(
      ok({ verified: true, matched: 0, unknown }),
    );
    expect(await post('/requests/verify', { match })).toMatchObject({
      body: {
        unknown,
        detail: expect.stringMatching(/No subject "adda" was ever seen here; did you mean "ada"\?$/) as unknown,
      },
    });
  });

  it('says from which exchange on the journal is complete, if older ones were dropped', async () => {
    const api = await startControl({ journalSize: 2 });
    for (let count = 0; count < 3; count += 1) await api.change('ada', 1);
    const match = { subject: 'ada' };
    expect(await api.post('/requests/verify', { match })).toEqual(
      ok({ verified: true, matched: 2, from: 'default-2' }),
    );
    expect(await api.post('/requests/verify', { match, count: { exactly: 3 } })).toMatchObject({
      body: {
        from: 'default-2',
        detail: expect.stringMatching(/Exchanges before default-2 are no longer kept\.$/) as unknown,
      },
    });
  });

  it('checks the named sandbox, and asks whether it is the right one if nothing was sent to it', async () => {
    const api = await startBusy();
    expect(await api.in('other').post('/requests/verify', { match: {} })).toMatchObject({
      status: 422,
      body: {
        detail: '0 exchanges in "other" fit, not at least 1.',
        hint: 'The journal of this sandbox is empty: were the requests sent to another one?',
        misses: [],
      },
    });
  });

  const COUNT = ['Invalid count', 'Send `exactly` alone, or `atLeast`, `atMost` or both.'] as const;
  const INVALID = ['Invalid request', DOCUMENT_HINT] as const;
  const PROVIDER = ['Unknown provider', 'GET /_emulator/providers lists them.'] as const;
  const OPERATION = ['Unknown operation', 'GET /_emulator/providers/{id} lists those of a provider.'] as const;

  it.each<[object, readonly [title: string, hint: string], string]>([
    [{ match: {}, count: { exactly: 1, atMost: 1 } }, COUNT, 'body/count has both exactly and a limit.'],
    [{ match: {}, count: { atLeast: 3, atMost: 2 } }, COUNT, 'body/count: at least 3 and at most 2 is impossible.'],
    [
      { match: { provider: 'klam' } },
      PROVIDER,
      'body/match/provider: There is no provider "klam"; did you mean "klaim"?',
    ],
    [
      { match: { operation: ['listUsers', 'getUsr'] } },
      OPERATION,
      'body/match/operation: No provider has an operation "getUsr"; did you mean "getUser"?',
    ],
    [{}, INVALID, "body must have required property 'match'"],
    [{ match: {}, count: {} }, INVALID, 'body/count must NOT have fewer than 1 properties'],
    [{ match: {}, count: { exactly: -1 } }, INVALID, 'body/count/exactly must be >= 0'],
    [
      { match: {}, count: { atleast: 1 } },
      INVALID,
      'body/count must NOT have additional properties (atleast; did you mean "atLeast"?)',
    ],
    [{ match: { status: 99 } }, INVALID, 'body/match/status must be >= 100'],
    [{ match: { status: '4xx' } }, INVALID, 'body/match/status must be integer'],
    [{ match: { path: '' } }, INVALID, 'body/match/path must NOT have fewer than 1 characters'],
  ])('refuses %j', async (body, [title, hint], detail) => {
    const { post } = await startControl();
    expect(await post('/requests/verify', body)).toEqual(problem(400, title, detail, hint));
  });
});
