import { describe, expect, it } from 'vitest';

import { tally } from '../support/providers.ts';
import { DOCUMENT_HINT, HARBOR, LANTERN, ok, problem, startControl, type Answer, type ControlApi } from './api.ts';

interface Miss {
  readonly id: string;
  readonly differences: readonly { readonly field: string; readonly expected: unknown; readonly actual?: unknown }[];
}

interface NotVerified {
  readonly detail: string;
  readonly hint: string;
  readonly matched: number;
  readonly requests: readonly string[];
  readonly misses: readonly Miss[];
}

function refused({ status, body }: Answer): NotVerified {
  expect(status).toBe(422);
  return body as NotVerified;
}

/** A match, and each near miss with its id and its differences. */
function toMisses({ misses }: NotVerified): readonly unknown[] {
  return misses.map(({ id, differences }) => [id, differences.map(({ field }) => field).join(' ')]);
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
    [undefined, 200],
    [{ exactly: 2 }, 200],
    [{ atLeast: 1 }, 200],
    [{ atMost: 2 }, 200],
    [{ atLeast: 2, atMost: 2 }, 200],
    [{ exactly: 1 }, 422],
    [{ exactly: 3 }, 422],
    [{ exactly: 0 }, 422],
    [{ atLeast: 3 }, 422],
    [{ atMost: 1 }, 422],
  ])('with the count %j of two answers %i', async (count, status) => {
    const { post } = await startBusy();
    const match = { body: { credit_delta: -25 } };
    const answer = await post('/requests/verify', { match, count });
    expect(answer).toMatchObject({ status, body: { verified: status === 200, matched: 2 } });
    if (status === 200) expect(answer).toEqual(ok({ verified: true, matched: 2 }));
  });

  it('says why the nearest miss was refused', async () => {
    const { call, post } = await startBusy();
    await call('put', '/klaim/users/benoit/credits', { credit_dleta: 6 });
    const answer = await post('/requests/verify', { match: { subject: 'benoit', status: 500 } });
    expect(refused(answer).detail).toBe(
      '0 exchanges in "default" fit, not at least 1. The nearest is default-7 (PUT /users/benoit/credits, 400): status is 400, not 500. ' +
        'It was refused: body credit_dleta: is not known here, and "credit_delta" is missing.',
    );
  });

  it('shows the nearest misses, and why, if too few match', async () => {
    const { post } = await startBusy();
    const match = { provider: 'klaim', operation: 'updateUserCredits', subject: 'ada', body: { credit_delta: 25 } };
    const near = { provider: 'klaim', operation: 'updateUserCredits', method: 'PUT' };
    const delta = (actual: number): object => ({ field: 'body.credit_delta', expected: 25, actual });
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
          {
            id: 'default-2',
            ...near,
            subject: 'ada',
            url: '/users/ada/credits',
            status: 200,
            differences: [delta(-25)],
          },
          {
            id: 'default-1',
            ...near,
            subject: 'ada',
            url: '/users/ada/credits',
            status: 200,
            differences: [delta(-25)],
          },
          {
            id: 'default-6',
            ...near,
            subject: 'nobody',
            url: '/users/nobody/credits',
            status: 404,
            differences: [{ field: 'subject', expected: 'ada', actual: 'nobody' }, delta(1)],
          },
          {
            id: 'default-3',
            ...near,
            subject: 'esra',
            url: '/users/esra/credits',
            status: 200,
            differences: [{ field: 'subject', expected: 'ada', actual: 'esra' }, delta(10)],
          },
          {
            id: 'default-4',
            provider: 'klaim',
            operation: 'getUserCredits',
            subject: 'ada',
            method: 'GET',
            url: '/users/ada/credits?verbose=1',
            status: 200,
            differences: [
              { field: 'operation', expected: 'updateUserCredits', actual: 'getUserCredits' },
              { field: 'body.credit_delta', expected: 25 },
            ],
          },
        ],
      },
    });
  });

  it('names exchanges if too many match', async () => {
    const { post } = await startBusy();
    const body = refused(await post('/requests/verify', { match: { subject: 'ada' }, count: { exactly: 1 } }));
    expect(body).toMatchObject({
      detail: '3 exchanges in "default" fit, not exactly 1.',
      hint: 'GET /_emulator/requests shows them.',
      matched: 3,
      requests: ['default-4', 'default-2', 'default-1'],
      misses: [],
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
    const misses = toMisses(refused(await post('/requests/verify', { match })));
    expect(misses.map((miss) => (miss as string[]).join(' '))).toEqual(expected);
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

  it('refuses if no exchanges are kept', async () => {
    const { post } = await startControl({ journalSize: 0 });
    expect(await post('/requests/verify', { match: {}, count: { exactly: 0 } })).toEqual(
      problem(
        409,
        'No journal is kept',
        'This emulator keeps no exchanges to verify.',
        'Start with a --journal-size above 0.',
      ),
    );
  });

  it('checks the named sandbox, and asks whether it is the right one if nothing was sent to it', async () => {
    const api = await startBusy();
    expect(refused(await api.in('other').post('/requests/verify', { match: {} }))).toMatchObject({
      detail: '0 exchanges in "other" fit, not at least 1.',
      hint: 'The journal of this sandbox is empty: were the requests sent to another one?',
      misses: [],
    });
  });

  const COUNT = 'Send exactly, or atLeast and atMost.';

  it.each<[object, Answer]>([
    [
      { match: {}, count: { exactly: 1, atMost: 1 } },
      problem(400, 'Not a count', 'body/count has both exactly and a limit.', COUNT),
    ],
    [
      { match: {}, count: { atLeast: 3, atMost: 2 } },
      problem(400, 'Not a count', 'body/count: at least 3 and at most 2 is impossible.', COUNT),
    ],
    [
      { match: { provider: 'klam' } },
      problem(
        400,
        'Unknown provider',
        'body/match/provider: There is no provider "klam"; did you mean "klaim"?',
        'GET /_emulator/providers lists them.',
      ),
    ],
    [
      { match: { operation: ['listUsers', 'getUsr'] } },
      problem(
        400,
        'Unknown operation',
        'body/match/operation: No provider has an operation "getUsr"; did you mean "getUser"?',
        'GET /_emulator/providers/{id} lists those of a provider.',
      ),
    ],
    ...[
      [{}, "body must have required property 'match'"],
      [{ match: {}, count: {} }, 'body/count must NOT have fewer than 1 properties'],
      [{ match: {}, count: { exactly: -1 } }, 'body/count/exactly must be >= 0'],
      [
        { match: {}, count: { atleast: 1 } },
        'body/count must NOT have additional properties (atleast; did you mean "atLeast"?)',
      ],
      [
        { match: { opreation: 'x' } },
        'body/match must NOT have additional properties (opreation; did you mean "operation"?)',
      ],
      [{ match: { status: 99 } }, 'body/match/status must be >= 100'],
      [{ match: { status: '4xx' } }, 'body/match/status must be integer'],
      [{ match: { path: '' } }, 'body/match/path must NOT have fewer than 1 characters'],
    ].map(([body, detail]): [object, Answer] => [
      body as object,
      problem(400, 'Invalid request', detail, DOCUMENT_HINT),
    ]),
  ])('refuses %j', async (body, answer) => {
    const { post } = await startControl();
    expect(await post('/requests/verify', body)).toEqual(answer);
  });
});

it('verification is not an exchange, and needs no credentials of a provider', async () => {
  const { post, get, change } = await startControl();
  await change('ada', 1);
  await post('/requests/verify', { match: { headers: LANTERN } });
  expect(await get('/requests?count=true&brief=true')).toMatchObject({ body: { total: 1 } });
});
