import { describe, expect } from 'vitest';

import { ADA, LANTERN, invalid, refusal, rejection, startOpenMonetize, type Answer } from './api.ts';
import { it, startHead } from './head-api.ts';

const GRANT = '/v1/credits/grant';
const PURCHASE = '/v1/credits/purchase';
const REGISTER = '/v1/customers/register';
const INGEST = '/v1/events/ingest';

/** What of each body is right, so that a row need only say what is wrong. */
const RIGHT: Readonly<Record<string, object>> = {
  [GRANT]: { customerId: LANTERN, amount: 1 },
  [PURCHASE]: { customerId: LANTERN, userId: ADA, amount: 1, purchasePrice: 1 },
  [REGISTER]: { name: 'Meadow', email: 'dev@meadow.example' },
};

/** Registering declares a 400 of its own, which cuts the envelope down. */
function toRefusal(path: string, message: string): Answer {
  return path === REGISTER ? refusal(400, message) : invalid(message);
}

/** What profile head says of a field of another type. */
const misfit = (field: string, expected: string, received: string): string =>
  `body/${field} Invalid input: expected ${expected}, received ${received}`;
const all = (...messages: readonly string[]): string => messages.join(', ');
/** What both profiles say of a field that has to match a format. */
const format = (field: string, name: string): string => `body/${field} must match format "${name}"`;

/** Path, what is wrong in the body, what profile seed and what profile head says of it; nothing where it is right. */
type Row = readonly [path: string, wrong: object, seed: string | undefined, head: string | undefined];

const absent: readonly Row[] = [
  [GRANT, { customerId: undefined }, "body must have required property 'customerId'", undefined],
  [GRANT, { amount: undefined }, "body must have required property 'amount'", misfit('amount', 'number', 'undefined')],
  [
    GRANT,
    { customerId: undefined, amount: undefined },
    "body must have required property 'customerId'",
    misfit('amount', 'number', 'undefined'),
  ],
  [
    PURCHASE,
    { customerId: undefined, userId: undefined, amount: undefined, purchasePrice: undefined },
    "body must have required property 'customerId'",
    all(
      misfit('userId', 'string', 'undefined'),
      misfit('amount', 'number', 'undefined'),
      misfit('purchasePrice', 'number', 'undefined'),
    ),
  ],
  [
    PURCHASE,
    { userId: undefined, amount: undefined, purchasePrice: undefined },
    "body must have required property 'userId'",
    all(
      misfit('userId', 'string', 'undefined'),
      misfit('amount', 'number', 'undefined'),
      misfit('purchasePrice', 'number', 'undefined'),
    ),
  ],
  [
    PURCHASE,
    { amount: undefined, purchasePrice: undefined },
    "body must have required property 'amount'",
    all(misfit('amount', 'number', 'undefined'), misfit('purchasePrice', 'number', 'undefined')),
  ],
  [
    PURCHASE,
    { purchasePrice: undefined },
    "body must have required property 'purchasePrice'",
    misfit('purchasePrice', 'number', 'undefined'),
  ],
  [
    REGISTER,
    { name: undefined, email: undefined },
    "body must have required property 'name'",
    all(misfit('name', 'string', 'undefined'), misfit('email', 'string', 'undefined')),
  ],
];

const ofAnotherType: readonly Row[] = [
  [GRANT, { amount: 'ten' }, 'body/amount must be number', misfit('amount', 'number', 'string')],
  [GRANT, { amount: '10' }, undefined, misfit('amount', 'number', 'string')],
  [GRANT, { amount: true }, undefined, misfit('amount', 'number', 'boolean')],
  [GRANT, { amount: [7] }, undefined, misfit('amount', 'number', 'array')],
  [GRANT, { amount: {} }, 'body/amount must be number', misfit('amount', 'number', 'object')],
  [GRANT, { amount: null }, 'body/amount must be >= 1', misfit('amount', 'number', 'null')],
  [GRANT, { metadata: 'x' }, 'body/metadata must be object', misfit('metadata', 'record', 'string')],
  [GRANT, { metadata: null }, 'body/metadata must be object', misfit('metadata', 'record', 'null')],
  [GRANT, { reason: 5 }, undefined, misfit('reason', 'string', 'number')],
  [GRANT, { reason: null }, undefined, misfit('reason', 'string', 'null')],
  [GRANT, { reason: {} }, 'body/reason must be string', misfit('reason', 'string', 'object')],
  [GRANT, { idempotencyKey: null }, undefined, misfit('idempotencyKey', 'string', 'null')],
  [GRANT, { userId: null }, format('userId', 'uuid'), misfit('userId', 'string', 'null')],
  [GRANT, { expiresAt: null }, format('expiresAt', 'date-time'), misfit('expiresAt', 'string', 'null')],
  [PURCHASE, { purchasePrice: 'x' }, 'body/purchasePrice must be number', misfit('purchasePrice', 'number', 'string')],
];

const outOfBounds: readonly Row[] = [
  [GRANT, { amount: 0 }, 'body/amount must be >= 1', 'body/amount Too small: expected number to be >=1'],
  [GRANT, { amount: 0.5 }, 'body/amount must be >= 1', 'body/amount Too small: expected number to be >=1'],
  [PURCHASE, { amount: 0 }, 'body/amount must be >= 1', 'body/amount Too small: expected number to be >0'],
  [
    PURCHASE,
    { purchasePrice: -1 },
    'body/purchasePrice must be >= 0',
    'body/purchasePrice Too small: expected number to be >0',
  ],
  [PURCHASE, { purchasePrice: 0 }, undefined, 'body/purchasePrice Too small: expected number to be >0'],
  [
    REGISTER,
    { name: '' },
    'body/name must NOT have fewer than 1 characters',
    'body/name Too small: expected string to have >=1 characters',
  ],
  [
    REGISTER,
    { name: 'x'.repeat(256) },
    'body/name must NOT have more than 255 characters',
    'body/name Too big: expected string to have <=255 characters',
  ],
  [REGISTER, { email: 'meadow' }, format('email', 'email'), 'body/email Invalid email address'],
  [
    REGISTER,
    { tier: 'FREE' },
    'body/tier must be equal to one of the allowed values',
    'body/tier Invalid option: expected one of "STARTER"|"GROWTH"|"ENTERPRISE"',
  ],
];

const ofTheWrongForm: readonly Row[] = [
  [GRANT, { customerId: 'lantern' }, format('customerId', 'uuid'), undefined],
  [GRANT, { teamId: 'x' }, format('teamId', 'uuid'), undefined],
  [GRANT, { userId: '' }, format('userId', 'uuid'), 'body/userId Too small: expected string to have >=1 characters'],
  [GRANT, { teamId: '' }, format('teamId', 'uuid'), 'body/teamId Too small: expected string to have >=1 characters'],
  [PURCHASE, { userId: 'ada' }, format('userId', 'uuid'), undefined],
  [GRANT, { expiresAt: 'soon' }, format('expiresAt', 'date-time'), 'body/expiresAt Invalid ISO datetime'],
  [GRANT, { expiresAt: '2030-01-01T00:00:00+02:00' }, undefined, 'body/expiresAt Invalid ISO datetime'],
];

describe.each<[string, readonly Row[]]>([
  ['that is absent', absent],
  ['of another type', ofAnotherType],
  ['out of its bounds', outOfBounds],
  ['of the wrong form', ofTheWrongForm],
])('a field %s', (_, rows) => {
  it.each(rows)('is told of at %s with %j', async (path, wrong, seed, head) => {
    const body = { ...RIGHT[path], ...wrong };
    const answers = [await (await startOpenMonetize()).call('post', path, body)];
    answers.push(await (await startHead()).call('post', path, body));
    for (const [index, message] of [seed, head].entries()) {
      // What is right may still be refused for what it asks, such as a team that is not there.
      if (message === undefined) expect(answers[index]?.status).not.toBe(400);
      else expect(answers[index]).toEqual(toRefusal(path, message));
    }
  });
});

describe('several fields', () => {
  const wrong = { userId: '', teamId: '', amount: 'x', reason: {}, metadata: 'x', idempotencyKey: {}, expiresAt: 'x' };

  it('are told of one at a time in profile seed, in the order of the schema', async () => {
    const api = await startOpenMonetize();
    const told = [];
    let body: object = { ...wrong, customerId: LANTERN };
    for (const right of [{ userId: ADA }, { teamId: ADA }, { amount: 1 }, { reason: '' }, { metadata: {} }]) {
      told.push(await api.call('post', GRANT, body));
      body = { ...body, ...right };
    }
    told.push(await api.call('post', GRANT, body));
    told.push(await api.call('post', GRANT, { ...body, idempotencyKey: '' }));
    expect(told).toEqual(
      [
        'userId must match format "uuid"',
        'teamId must match format "uuid"',
        'amount must be number',
        'reason must be string',
        'metadata must be object',
        'idempotencyKey must be string',
        'expiresAt must match format "date-time"',
      ].map((message) => invalid(`body/${message}`)),
    );
  });

  it('are all told of in profile head, in the order of the schema', async ({ api }) => {
    const reversed = Object.fromEntries(Object.entries(wrong).toReversed());
    const message = [
      'body/userId Too small: expected string to have >=1 characters',
      'body/teamId Too small: expected string to have >=1 characters',
      misfit('amount', 'number', 'string'),
      misfit('reason', 'string', 'object'),
      misfit('metadata', 'record', 'string'),
      misfit('idempotencyKey', 'string', 'object'),
      'body/expiresAt Invalid ISO datetime',
    ].join(', ');
    expect(await api.call('post', GRANT, wrong)).toEqual(invalid(message));
    expect(await api.call('post', GRANT, reversed)).toEqual(invalid(message));
  });

  it('of a user are told of in the order of its schema', async ({ api }) => {
    const message = [
      misfit('externalUserId', 'string', 'undefined'),
      misfit('email', 'string', 'number'),
      misfit('metadata', 'record', 'string'),
    ].join(', ');
    expect(await api.call('post', '/v1/users', { metadata: 'x', email: 5 })).toEqual(refusal(400, message));
  });

  it('of a customer are told of in the order of its schema', async ({ api }) => {
    const message = [
      'body/name Too small: expected string to have >=1 characters',
      'body/email Invalid email address',
      'body/tier Invalid option: expected one of "STARTER"|"GROWTH"|"ENTERPRISE"',
    ].join(', ');
    expect(await api.call('post', REGISTER, { tier: 5, email: 'x', name: '' })).toEqual(refusal(400, message));
  });
});

describe('parameters in profile seed', () => {
  const history = (customer: string, user: string, query = ''): string =>
    `/v1/customers/${customer}/users/${user}/transactions${query}`;

  it.each([
    [history(LANTERN, ADA, '?limit=0'), 'querystring/limit must be >= 1'],
    [history(LANTERN, ADA, '?limit=101'), 'querystring/limit must be <= 100'],
    [history(LANTERN, ADA, '?limit=abc'), 'querystring/limit must be integer'],
    [history(LANTERN, ADA, '?limit=1.5'), 'querystring/limit must be integer'],
    [history(LANTERN, ADA, '?offset=-1'), 'querystring/offset must be >= 0'],
    [history(LANTERN, ADA, '?limit=0&offset=-1'), 'querystring/limit must be >= 1'],
    [history(LANTERN, 'ada'), 'params/userId must match format "uuid"'],
    [history('lantern', ADA), 'params/customerId must match format "uuid"'],
    [history('lantern', 'ada', '?limit=0'), 'params/customerId must match format "uuid"'],
    [history(LANTERN, 'ada', '?limit=0'), 'params/userId must match format "uuid"'],
    [`/v1/customers/${LANTERN}/users/ada/credits`, 'params/userId must match format "uuid"'],
  ])('are refused at %s', async (path, message) => {
    expect(await (await startOpenMonetize()).call('get', path)).toEqual(invalid(message));
  });
});

describe('a body in profile head', () => {
  const expected = 'body/ Invalid input: expected object, received';

  it.each([
    ['a list', '[]', 'application/json', `${expected} array`],
    ['null', 'null', 'application/json', `${expected} null`],
    ['a number', '5', 'application/json', `${expected} number`],
    ['a text in JSON', '"x"', 'application/json', `${expected} string`],
    ['plain text', 'x', 'text/plain', `${expected} string`],
  ])('that is %s is not an object', async (_, body, type, message) => {
    const head = await startHead();
    for (const path of [GRANT, PURCHASE, REGISTER]) {
      expect(await head.send('post', path, body, type)).toEqual(toRefusal(path, message));
    }
    expect(await head.send('post', INGEST, body, type)).toEqual(refusal(400, message));
  });

  it('that is missing is not an object, in either profile', async () => {
    const [seed, head] = [await startOpenMonetize(), await startHead()];
    for (const path of [GRANT, PURCHASE, REGISTER]) {
      expect(await seed.call('post', path)).toEqual(toRefusal(path, 'body must be object'));
      expect(await head.call('post', path)).toEqual(toRefusal(path, `${expected} null`));
    }
  });

  it.each([
    ['that is no JSON', '{"amount":', 'FST_ERR_CTP_INVALID_JSON_BODY', 'Body is not valid JSON but content-type is'],
    [
      'with __proto__',
      '{"__proto__":{}}',
      'FST_ERR_CTP_INVALID_JSON_BODY',
      'Body is not valid JSON but content-type is',
    ],
    ['without a byte', '', 'FST_ERR_CTP_EMPTY_JSON_BODY', 'Body cannot be empty when content-type is'],
  ])('of JSON %s is refused as in profile seed', async (_, body, code, begin) => {
    const text = `${begin} set to 'application/json'`;
    const api = await startHead();
    expect(await api.send('post', GRANT, body)).toEqual(rejection(400, code, text));
    expect(await api.send('post', REGISTER, body)).toEqual(refusal(400, text));
  });

  it.each(['application/x-www-form-urlencoded', 'application/xml'])('of the type %s is not read', async (type) => {
    const refused = rejection(415, 'FST_ERR_CTP_INVALID_MEDIA_TYPE', `Unsupported Media Type: ${type}`);
    expect(await (await startHead()).send('post', GRANT, 'amount=1', type)).toEqual(refused);
  });
});
