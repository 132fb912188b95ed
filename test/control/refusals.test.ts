import { describe, expect, it } from 'vitest';

import { START, startApp } from '../support/emulator.ts';
import { LANTERN, toAnswer } from './api.ts';

const GAMEFUSE = { 'authentication-token': 'gamefuse-test-ada' };
const INVETERATE = { 'x-inveterate-api-key': 'inveterate_test_lumen' };
const OPENMONETIZE = { 'x-api-key': 'om_dev_test_key' };
const WALLET = '0x1111111111111111111111111111111111111111';
const [anyText, anyObject] = [expect.any(String) as unknown, expect.any(Object) as unknown];
const JSON_BODY = { 'Content-Type': 'application/json' };

interface Row {
  readonly provider: string;
  readonly operation: string | null;
  readonly subject?: string;
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly status: number;
  readonly fault?: object;
  /** Where, field, problem, nearest. */
  readonly reasons: readonly (readonly [string, string | null, string, string | null])[];
}

const klaim = (row: Omit<Row, 'provider'>): Row => ({ provider: 'klaim', headers: LANTERN, ...row });
const change = (row: Pick<Row, 'body' | 'status' | 'reasons'> & Partial<Row>): Row =>
  klaim({ operation: 'updateUserCredits', subject: 'ada', method: 'PUT', url: '/users/ada/credits', ...row });
const gamefuse = (row: Omit<Row, 'provider'>): Row => ({ provider: 'gamefuse', headers: GAMEFUSE, ...row });
const decentraland = (row: Omit<Row, 'provider'>): Row => ({ provider: 'decentraland', ...row });
const inveterate = (row: Omit<Row, 'provider'>): Row => ({ provider: 'inveterate', headers: INVETERATE, ...row });
const ADD_CREDITS = { operation: 'addCredits', subject: '1', method: 'POST' } as const;
const openmonetize = (row: Omit<Row, 'provider'>): Row => ({ provider: 'openmonetize', headers: OPENMONETIZE, ...row });

type Reason = Row['reasons'][number];
/** A request for a user with these headers, which is refused for one reason. */
const keyed = (headers: NonNullable<Row['headers']>, reason: Reason): Row =>
  klaim({ operation: 'getUser', subject: 'ada', url: '/users/ada', headers, status: 401, reasons: [reason] });

const BEARER = 'it is expected in header Authorization: Bearer <key>';

const REFUSALS: Readonly<Record<string, Row>> = {
  'a field that is misspelt': change({
    body: '{"credit_dleta":6}',
    status: 400,
    reasons: [['body', 'credit_dleta', 'is not known here, and "credit_delta" is missing', 'credit_delta']],
  }),
  'a field of quite another name': change({
    body: '{"delta":6}',
    status: 400,
    reasons: [['body', 'credit_delta', 'is missing; the request has the unknown names "delta"', null]],
  }),
  'a value of another type': change({
    body: '{"credit_delta":"6"}',
    status: 400,
    reasons: [['body', 'credit_delta', 'must be number, and is of type string', null]],
  }),
  'a comma too many': change({
    body: '{\n  "credit_delta": 6,\n}',
    status: 400,
    reasons: [['body', null, 'is not JSON from line 3, column 1 on', null]],
  }),
  'a body that ends too early': change({
    body: '{"credit_delta":',
    status: 400,
    reasons: [['body', null, 'is JSON that ends too early, at line 1, column 17', null]],
  }),
  'another type of body': change({
    headers: { ...LANTERN, 'Content-Type': 'application/jsn' },
    body: '{"credit_delta":6}',
    status: 400,
    reasons: [
      ['header', 'content-type', '"application/jsn" is not accepted here; send application/json', 'application/json'],
    ],
  }),
  'no body': change({ status: 400, body: '', reasons: [['body', null, 'is empty; this PUT needs one', null]] }),
  'an unknown user': change({
    subject: 'adda',
    url: '/users/adda/credits',
    body: '{"credit_delta":6}',
    status: 404,
    reasons: [
      ['path', 'user_id', 'NO_SUCH_USER: Can not find user with the given user_id; there is no account "adda"', 'ada'],
    ],
  }),
  'an unknown path': klaim({
    operation: null,
    url: '/user/ada/credit',
    status: 404,
    reasons: [['path', '/user/ada/credit', 'is not a path of klaim', 'GET /users/{user_id}/credits']],
  }),
  'a path that is like no other': klaim({
    operation: null,
    url: '/wallets',
    status: 404,
    reasons: [['path', '/wallets', 'is not a path of klaim', null]],
  }),
  'another method': klaim({
    operation: null,
    method: 'PATCH',
    url: '/users/ada/credits',
    status: 404,
    reasons: [['method', 'PATCH', '/users/ada/credits takes GET, PUT, POST', null]],
  }),
  'a path that cannot be decoded': klaim({
    operation: null,
    url: '/users/%zz',
    status: 400,
    reasons: [['path', '/users/%zz', 'has a "%" that does not begin an encoded character', null]],
  }),
  'no key': keyed({}, [
    'header',
    'Authorization',
    `no key was sent; ${BEARER}; KLAIM_API_KEY of \`credits-emulator env\` holds one that works`,
    null,
  ]),
  'a key in another place': keyed({ 'x-api-key': 'klaim_test_lantern' }, [
    'header',
    'x-api-key',
    `holds the key of KLAIM_API_KEY, but ${BEARER}`,
    'KLAIM_API_KEY',
  ]),
  'a key in another form': keyed({ Authorization: 'Basic b3BlbjpzZXNhbWU=' }, [
    'header',
    'Authorization',
    'is not "Bearer <key>"; KLAIM_API_KEY of `credits-emulator env` holds one that works',
    null,
  ]),
  'a key that is nearly right': keyed({ Authorization: 'Bearer klaim_test_lanter' }, [
    'header',
    'Authorization',
    'the key is unknown, but close to that of KLAIM_API_KEY',
    'KLAIM_API_KEY',
  ]),
  'a fault that the request asked for': {
    ...keyed({ ...LANTERN, Prefer: 'code=409' }, [
      'fault',
      'request',
      'the request itself asked for it: answered 409 before the request was processed',
      null,
    ]),
    status: 409,
    fault: { id: 'request', phase: 'before', effect: { status: 409 } },
  },
  'a parameter that the service does not ask for by its document': gamefuse({
    ...ADD_CREDITS,
    url: '/api/v2/users/1/add_credits',
    body: '{"credit":5}',
    status: 400,
    reasons: [
      ['rule', null, 'NO_CREDITS: Please include a credits param', null],
      ['parameters', 'credit', 'is not known here', 'credits'],
    ],
  }),
  'the same in a query': gamefuse({
    ...ADD_CREDITS,
    url: '/api/v2/users/1/add_credits?credit=5',
    status: 400,
    reasons: [
      ['rule', null, 'NO_CREDITS: Please include a credits param', null],
      ['query', 'credit', 'is not known here', 'credits'],
    ],
  }),
  'a path without its beginning': gamefuse({
    operation: null,
    method: 'POST',
    url: '/users/1/add_credits',
    status: 404,
    reasons: [
      [
        'path',
        '/users/1/add_credits',
        'is not a path of gamefuse; paths begin with /api/v2 or /api/v3',
        'POST /api/v2/users/{id}/add_credits',
      ],
    ],
  }),
  'an unknown token': gamefuse({
    ...ADD_CREDITS,
    url: '/api/v2/users/1/add_credits?credits=5',
    headers: { 'authentication-token': 'stale' },
    status: 401,
    reasons: [
      ['header', 'authentication-token', 'the key is unknown here (The token from a sign-up or sign-in.)', null],
    ],
  }),
  'a name that is taken, with a status that no failure usually has': gamefuse({
    operation: 'signUp',
    method: 'POST',
    url: '/api/v2/users',
    headers: {},
    body: JSON.stringify({
      ...{ game_id: 1, game_token: '11111111-2222-4333-8444-555555555555', email: 'new@lantern.example' },
      ...{ username: 'ada', password: 'password', password_confirmation: 'password' },
    }),
    status: 299,
    reasons: [['rule', null, 'USERNAME_TAKEN: Username has already been taken', null]],
  }),
  'an address of another form': decentraland({
    operation: 'getCredits',
    subject: '0x12',
    url: '/users/0x12/credits',
    status: 400,
    reasons: [['path', 'address', 'must match pattern "^0x[a-fA-F0-9]{40}$"', null]],
  }),
  'a misspelt route': decentraland({
    operation: null,
    url: `/user/${WALLET}/credits`,
    status: 404,
    reasons: [['path', `/user/${WALLET}/credits`, 'is not a path of decentraland', 'GET /users/{address}/credits']],
  }),
  'a misspelt field of a body that the document does not oblige to it': decentraland({
    operation: 'registerUser',
    method: 'POST',
    url: '/users',
    body: `{"adress":"${WALLET}"}`,
    status: 400,
    reasons: [
      ['rule', null, 'ADDRESS_REQUIRED: Address required', null],
      ['body', 'adress', 'is not known here', 'address'],
    ],
  }),
  'a key that the vendor answers with 400': inveterate({
    operation: 'MembersController_findAll',
    url: '/v2.0/admin/members',
    headers: { 'x-inveterate-api-key': 'nope' },
    status: 400,
    reasons: [
      [
        'header',
        'X-Inveterate-Api-Key',
        'the key is unknown here; INVETERATE_API_KEY of `credits-emulator env` holds one that works',
        null,
      ],
    ],
  }),
  'an unknown member': inveterate({
    operation: 'CreditsController_findOne',
    subject: '6100000000009',
    url: '/v2.0/admin/members/6100000000009/credits',
    status: 400,
    reasons: [
      ['path', 'id', 'NO_SUCH_MEMBER: Customer not found; there is no account "6100000000009"', '6100000000001'],
    ],
  }),
  'a parameter of a query': inveterate({
    operation: 'MembersController_findAll',
    url: '/v2.0/admin/members?limit=many',
    status: 400,
    reasons: [
      ['query', 'limit', 'must be integer, and is of type string', null],
      ['query', 'limit', 'must be one of ""', null],
    ],
  }),
  'the first of several ways, as the vendor looks no further': openmonetize({
    operation: 'grantCredits',
    method: 'POST',
    url: '/v1/credits/grant',
    body: '{"ammount":5}',
    status: 400,
    reasons: [
      ['body', 'customerId', 'is missing', null],
      ['body', 'ammount', 'is not known here', 'amount'],
    ],
  }),
  'no key, in the words of a code of its own': openmonetize({
    operation: 'getCurrentCustomer',
    url: '/v1/customers/me',
    headers: {},
    status: 401,
    reasons: [
      [
        'header',
        'Authorization',
        `no key was sent; ${BEARER} or header X-API-Key; OPENMONETIZE_API_KEY of \`credits-emulator env\` holds one that works`,
        null,
      ],
    ],
  }),
  'an unknown path, with slashes that the vendor does not forgive': openmonetize({
    operation: null,
    url: '/v1//customers/me',
    status: 404,
    reasons: [['path', '/v1//customers/me', 'is not a path of openmonetize', 'GET /v1/customers/me']],
  }),
};

describe('reasons', () => {
  it('name for a refusal by any provider the field, the problem and the nearest name', async () => {
    const agent = await startApp();
    for (const [title, row] of Object.entries(REFUSALS)) {
      const { provider, operation, subject = null, method = 'GET', url, headers = {}, body, status, fault } = row;
      const send = agent[method.toLowerCase() as 'get'](`/${provider}${url}`).set({ ...JSON_BODY, ...headers });
      const response = await (body === undefined ? send : send.send(body));
      const id = response.headers['x-emulator-request-id'] ?? '';
      const entry = toAnswer(await agent.get(`/_emulator/requests/${id}`)).body;
      expect([title, entry]).toEqual([
        title,
        {
          ...{ id, sandbox: 'default', at: START, duration: expect.any(Number) as unknown },
          ...{ provider, operation, subject, method, url },
          request: { headers: anyObject, body: body === undefined ? '' : anyText },
          answer: { status, headers: anyObject, body: anyText },
          ...{ changes: [], ledger: [], violations: [] },
          fault: fault ?? null,
          reasons: row.reasons.map(([where, field, problem, nearest]) => ({ where, field, problem, nearest })),
        },
      ]);
    }
  });
});
