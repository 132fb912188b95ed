import { describe, expect, it } from 'vitest';

import { ADA, LANTERN, invalid, refusal, rejection, startOpenMonetize, type Answer } from './api.ts';
import { startHead } from './head-api.ts';

const GRANT = '/v1/credits/grant';
const PURCHASE = '/v1/credits/purchase';
const REGISTER = '/v1/customers/register';
const INGEST = '/v1/events/ingest';
const UNDEFINED = 'received undefined';

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

/** Path, what is wrong in the body, what profile seed and what profile head says of it; nothing where it is right. */
type Row = readonly [path: string, wrong: object, seed: string | undefined, head: string | undefined];

const absent: readonly Row[] = [
  [GRANT, { customerId: undefined }, "body must have required property 'customerId'", undefined],
  [
    GRANT,
    { amount: undefined },
    "body must have required property 'amount'",
    `body/amount Invalid input: expected number, ${UNDEFINED}`,
  ],
  [
    GRANT,
    { customerId: undefined, amount: undefined },
    "body must have required property 'customerId'",
    `body/amount Invalid input: expected number, ${UNDEFINED}`,
  ],
  [
    PURCHASE,
    { customerId: undefined, userId: undefined, amount: undefined, purchasePrice: undefined },
    "body must have required property 'customerId'",
    `body/userId Invalid input: expected string, ${UNDEFINED}, body/amount Invalid input: expected number, ${UNDEFINED}, body/purchasePrice Invalid input: expected number, ${UNDEFINED}`,
  ],
  [
    PURCHASE,
    { userId: undefined, amount: undefined, purchasePrice: undefined },
    "body must have required property 'userId'",
    `body/userId Invalid input: expected string, ${UNDEFINED}, body/amount Invalid input: expected number, ${UNDEFINED}, body/purchasePrice Invalid input: expected number, ${UNDEFINED}`,
  ],
  [
    PURCHASE,
    { amount: undefined, purchasePrice: undefined },
    "body must have required property 'amount'",
    `body/amount Invalid input: expected number, ${UNDEFINED}, body/purchasePrice Invalid input: expected number, ${UNDEFINED}`,
  ],
  [
    PURCHASE,
    { purchasePrice: undefined },
    "body must have required property 'purchasePrice'",
    `body/purchasePrice Invalid input: expected number, ${UNDEFINED}`,
  ],
  [
    REGISTER,
    { name: undefined, email: undefined },
    "body must have required property 'name'",
    `body/name Invalid input: expected string, ${UNDEFINED}, body/email Invalid input: expected string, ${UNDEFINED}`,
  ],
];

const ofAnotherType: readonly Row[] = [
  [
    GRANT,
    { amount: 'ten' },
    'body/amount must be number',
    'body/amount Invalid input: expected number, received string',
  ],
  [GRANT, { amount: '10' }, undefined, 'body/amount Invalid input: expected number, received string'],
  [GRANT, { amount: true }, undefined, 'body/amount Invalid input: expected number, received boolean'],
  [GRANT, { amount: [7] }, undefined, 'body/amount Invalid input: expected number, received array'],
  [GRANT, { amount: {} }, 'body/amount must be number', 'body/amount Invalid input: expected number, received object'],
  [GRANT, { amount: null }, 'body/amount must be >= 1', 'body/amount Invalid input: expected number, received null'],
  [
    GRANT,
    { metadata: 'x' },
    'body/metadata must be object',
    'body/metadata Invalid input: expected record, received string',
  ],
  [
    GRANT,
    { metadata: null },
    'body/metadata must be object',
    'body/metadata Invalid input: expected record, received null',
  ],
  [GRANT, { reason: 5 }, undefined, 'body/reason Invalid input: expected string, received number'],
  [GRANT, { reason: null }, undefined, 'body/reason Invalid input: expected string, received null'],
  [GRANT, { reason: {} }, 'body/reason must be string', 'body/reason Invalid input: expected string, received object'],
  [GRANT, { idempotencyKey: null }, undefined, 'body/idempotencyKey Invalid input: expected string, received null'],
  [
    GRANT,
    { userId: null },
    'body/userId must match format "uuid"',
    'body/userId Invalid input: expected string, received null',
  ],
  [
    GRANT,
    { expiresAt: null },
    'body/expiresAt must match format "date-time"',
    'body/expiresAt Invalid input: expected string, received null',
  ],
  [
    PURCHASE,
    { purchasePrice: 'x' },
    'body/purchasePrice must be number',
    'body/purchasePrice Invalid input: expected number, received string',
  ],
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
  [REGISTER, { email: 'meadow' }, 'body/email must match format "email"', 'body/email Invalid email address'],
  [
    REGISTER,
    { tier: 'FREE' },
    'body/tier must be equal to one of the allowed values',
    'body/tier Invalid option: expected one of "STARTER"|"GROWTH"|"ENTERPRISE"',
  ],
];

const ofTheWrongForm: readonly Row[] = [
  [GRANT, { customerId: 'lantern' }, 'body/customerId must match format "uuid"', undefined],
  [GRANT, { teamId: 'x' }, 'body/teamId must match format "uuid"', undefined],
  [
    GRANT,
    { userId: '' },
    'body/userId must match format "uuid"',
    'body/userId Too small: expected string to have >=1 characters',
  ],
  [
    GRANT,
    { teamId: '' },
    'body/teamId must match format "uuid"',
    'body/teamId Too small: expected string to have >=1 characters',
  ],
  [PURCHASE, { userId: 'ada' }, 'body/userId must match format "uuid"', undefined],
  [GRANT, { expiresAt: 'soon' }, 'body/expiresAt must match format "date-time"', 'body/expiresAt Invalid ISO datetime'],
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

  it('are all told of in profile head, in the order of the schema', async () => {
    const api = await startHead();
    const reversed = Object.fromEntries(Object.entries(wrong).toReversed());
    const message = [
      'body/userId Too small: expected string to have >=1 characters',
      'body/teamId Too small: expected string to have >=1 characters',
      'body/amount Invalid input: expected number, received string',
      'body/reason Invalid input: expected string, received object',
      'body/metadata Invalid input: expected record, received string',
      'body/idempotencyKey Invalid input: expected string, received object',
      'body/expiresAt Invalid ISO datetime',
    ].join(', ');
    expect(await api.call('post', GRANT, wrong)).toEqual(invalid(message));
    expect(await api.call('post', GRANT, reversed)).toEqual(invalid(message));
  });

  it('of a user are told of in the order of its schema', async () => {
    const api = await startHead();
    const message = [
      'body/externalUserId Invalid input: expected string, received undefined',
      'body/email Invalid input: expected string, received number',
      'body/metadata Invalid input: expected record, received string',
    ].join(', ');
    expect(await api.call('post', '/v1/users', { metadata: 'x', email: 5 })).toEqual(refusal(400, message));
  });

  it('of a customer are told of in the order of its schema', async () => {
    const api = await startHead();
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

describe('a body', () => {
  const expected = 'body/ Invalid input: expected object, received';

  it.each([
    ['a list', '[]', 'application/json', `${expected} array`],
    ['null', 'null', 'application/json', `${expected} null`],
    ['a number', '5', 'application/json', `${expected} number`],
    ['a text in JSON', '"x"', 'application/json', `${expected} string`],
    ['plain text', 'x', 'text/plain', `${expected} string`],
  ])('that is %s is no object', async (_, body, type, message) => {
    const seed = await startOpenMonetize();
    const head = await startHead();
    for (const path of [GRANT, PURCHASE, REGISTER]) {
      expect(await seed.send('post', path, body, type)).toEqual(toRefusal(path, 'body must be object'));
      expect(await head.send('post', path, body, type)).toEqual(toRefusal(path, message));
    }
    expect(await head.send('post', INGEST, body, type)).toEqual(refusal(400, message));
  });

  it('that is not there is no object', async () => {
    const seed = await startOpenMonetize();
    const head = await startHead();
    for (const path of [GRANT, PURCHASE, REGISTER]) {
      expect(await seed.call('post', path)).toEqual(toRefusal(path, 'body must be object'));
      expect(await head.call('post', path)).toEqual(toRefusal(path, `${expected} null`));
    }
  });

  it.each([
    [
      'that is no JSON',
      '{"amount":',
      'FST_ERR_CTP_INVALID_JSON_BODY',
      'Body is not valid JSON but content-type is set',
    ],
    [
      'with a key __proto__',
      '{"__proto__":{}}',
      'FST_ERR_CTP_INVALID_JSON_BODY',
      'Body is not valid JSON but content-type is set',
    ],
    ['without a byte', '', 'FST_ERR_CTP_EMPTY_JSON_BODY', 'Body cannot be empty when content-type is set'],
  ])('of JSON %s is told of in both profiles alike', async (_, body, code, begin) => {
    const text = `${begin} to 'application/json'`;
    for (const api of [await startOpenMonetize(), await startHead()]) {
      expect(await api.send('post', GRANT, body)).toEqual(rejection(400, code, text));
      expect(await api.send('post', REGISTER, body)).toEqual(refusal(400, text));
    }
  });

  it.each(['application/x-www-form-urlencoded', 'application/xml'])('of the type %s is not read', async (type) => {
    const refused = rejection(415, 'FST_ERR_CTP_INVALID_MEDIA_TYPE', `Unsupported Media Type: ${type}`);
    for (const api of [await startOpenMonetize(), await startHead()]) {
      expect(await api.send('post', GRANT, 'amount=1', type)).toEqual(refused);
    }
  });
});
