import { getOperation } from '../../support/operations.ts';
import { describe, expect, it } from 'vitest';

import { Contract } from '../../../src/core/contract/contract.ts';

const ok = { description: 'ok', content: { 'application/json': { schema: { type: 'object', required: ['id'] } } } };

const document = {
  openapi: '3.0.3',
  info: { title: 'Test', version: '1' },
  paths: {
    '/items': {
      get: {
        operationId: 'listItems',
        'x-evidence': { level: 'documented', source: 'page' },
        parameters: [
          { name: 'limit', in: 'query', schema: { type: 'integer', minimum: 1, maximum: 10 } },
          { name: 'X-Trace', in: 'header', required: true, schema: { type: 'string', minLength: 2 } },
        ],
        responses: {
          '200': ok,
          '204': { description: 'nothing' },
          '4XX': { description: 'text', content: { 'text/plain': { schema: { type: 'string', enum: ['no'] } } } },
        },
      },
      post: {
        operationId: 'createItem',
        requestBody: {
          required: true,
          content: {
            'application/json': {
              schema: {
                type: 'object',
                required: ['name'],
                properties: { name: { type: 'string' }, size: { type: 'number' } },
              },
            },
          },
        },
        responses: { '200': ok },
      },
    },
    '/items/{id}': {
      parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'string', pattern: '^[a-z]+$' } }],
      get: { operationId: 'getItem', responses: { '200': ok } },
      post: { operationId: 'getItemByPost', 'x-emulator-alias': 'getItem', responses: { '200': ok } },
    },
  },
};

/** Schemas P0 and so on, each of two of the next: as many parts as there are leaves on such a tree. */
function pairs(count: number): Record<string, object> {
  const names = Array.from({ length: count }, (_, index) => index);
  return Object.fromEntries(
    names.map((index) => {
      const next = index === count - 1 ? { type: 'string' } : { $ref: `#/components/schemas/P${index + 1}` };
      return [`P${index}`, { type: 'object', properties: { one: next, other: next } }];
    }),
  );
}

const nothing = { path: {}, query: {}, headers: {}, body: undefined };

describe(Contract, () => {
  it('loads a document and lists its operations, twins under the id that they stand for', async () => {
    const { operations } = await Contract.load(document, { check: true });
    expect(operations.map(({ operationId, method, path }) => [operationId, method, path])).toEqual([
      ['listItems', 'GET', '/items'],
      ['createItem', 'POST', '/items'],
      ['getItem', 'GET', '/items/{id}'],
      ['getItem', 'POST', '/items/{id}'],
    ]);
    expect(operations[0]?.evidence).toEqual({ level: 'documented', source: 'page' });
  });

  it('refuses a document that is no OpenAPI', async () => {
    await expect(
      Contract.load({ ...document, paths: { '/x': { get: { responses: [] } } } }, { check: true }),
    ).rejects.toThrow();
  });

  const of = (name: string): object => ({ $ref: `#/components/schemas/${name}` });
  const a = (properties: object): Record<string, object> => ({ A: { type: 'object', properties } });
  const plain = 'which is not supported. Describe the repeated part as a plain object.';

  it.each<[string, Record<string, object>, string]>([
    ['with a type that is none', a({ next: { type: 'strng' } }), 'Error: schema is invalid'],
    ['that contains itself', a({ next: of('A') }), `the schema A contains itself, ${plain}`],
    ['that is itself', { A: of('A') }, `the schema A contains itself, ${plain}`],
    [
      'that contains itself in others',
      { ...a({ list: { type: 'array', items: of('B') } }), B: { oneOf: [{ type: 'string' }, of('C')] }, C: of('B') },
      `the schema B contains itself (B → C → B), ${plain}`,
    ],
    [
      // Long before the circle is closed there are so many parts that nobody would live to see it.
      'that contains itself behind much else',
      { ...a({ one: of('P0'), other: of('P0'), parent: of('A') }), ...pairs(30) },
      `the schema A contains itself, ${plain}`,
    ],
    [
      'that comes to too much',
      { ...a({ one: of('P0') }), ...pairs(30) },
      'its schemas have more than 50000 parts after their references are resolved. Use fewer or smaller schemas.',
    ],
  ])('refuses a schema %s', async (_, schemas, message) => {
    const content = { 'application/json': { schema: of('A') } };
    const get = { operationId: 'getA', responses: { '200': { description: 'ok', content } } };
    await expect(
      Contract.load(
        { ...document, openapi: '3.1.0', paths: { '/a': { get } }, components: { schemas } },
        { check: true },
      ),
    ).rejects.toThrow(`get /a: ${message}`);
  });

  it('takes a schema that is used in many places, and one that contains itself where nothing uses it', async () => {
    const content = { 'application/json': { schema: of('P0') } };
    const get = { operationId: 'getA', responses: { '200': { description: 'ok', content } } };
    const components = { schemas: { ...pairs(6), A: a({ next: of('A') })['A'] } };
    const { operations } = await Contract.load({ ...document, paths: { '/a': { get } }, components }, { check: true });
    expect(operations[0]?.validateReply(200, 'application/json', { one: { other: 5 } })).toEqual([
      'body/one/other must be object',
    ]);
  });

  it('refuses an operation without an id', async () => {
    const nameless = { ...document, paths: { '/x': { get: { responses: { '200': { description: 'ok' } } } } } };
    await expect(Contract.load(nameless, { check: false })).rejects.toThrow('get /x has no operationId');
  });

  it('says in the order of the schema what does not fit a request', async () => {
    const contract = await Contract.load(document, { check: false });
    const { operation } = getOperation(contract, 'POST', '/items');
    expect(
      operation
        .validateRequest({ ...nothing, body: { size: 'large' } })
        .map(({ where, pointer, keyword }) => [where, pointer, keyword]),
    ).toEqual([
      ['body', '', 'required'],
      ['body', '/size', 'type'],
    ]);
    expect(operation.validateRequest({ ...nothing, body: { name: 'x', other: 1 } })).toEqual([]);
    expect(operation.validateRequest({ ...nothing, body: { name: 'x', size: Number.POSITIVE_INFINITY } })).toHaveLength(
      1,
    );
  });

  it.each([
    ['first', [['body', '', 'required']]],
    [
      'all',
      [
        ['body', '', 'required'],
        ['body', '/size', 'type'],
      ],
    ],
  ] as const)('looks for the %s of them, as it was loaded to', async (failures, expected) => {
    const contract = await Contract.load(document, { check: false, failures });
    const { operation } = getOperation(contract, 'POST', '/items');
    const violations = operation.validateRequest({ ...nothing, body: { size: 'large' } });
    expect(violations.map(({ where, pointer, keyword }) => [where, pointer, keyword])).toEqual(expected);
    expect(operation.validateParameters({ size: 'large' })).toHaveLength(expected.length);
  });

  it('says of a list that is too long nothing but that', async () => {
    const items = { type: 'object', required: ['id', 'name'] };
    const schema = { type: 'object', properties: { list: { type: 'array', maxItems: 2, items } } };
    const post = { operationId: 'x', requestBody: { content: { 'application/json': { schema } } }, responses: {} };
    const { operation } = getOperation(
      await Contract.load({ ...document, paths: { '/x': { post } } }, { check: false }),
      'POST',
      '/x',
    );
    const tell = (list: unknown): readonly string[] =>
      operation.validateRequest({ ...nothing, body: { list } }).map(({ pointer, message }) => `${pointer} ${message}`);
    expect(tell([{}, {}, {}])).toEqual(['/list must NOT have more than 2 items']);
    expect(operation.validateParameters({ list: [{}, {}, {}] })).toMatchObject([
      { where: 'parameters', pointer: '/list', keyword: 'maxItems', params: { limit: 2 } },
    ]);
    expect(tell([{}, {}])).toHaveLength(4);
    expect(tell({})).toEqual(['/list must be array']);
  });

  it('coerces query values and keeps only those that the document names', async () => {
    const contract = await Contract.load(document, { check: false });
    const { operation } = getOperation(contract, 'GET', '/items');
    const query = operation.selectQuery({ limit: '5', other: 'x', __proto__: 'y' });
    const headers = { 'x-trace': 'abc' };
    expect(operation.validateRequest({ ...nothing, query, headers })).toEqual([]);
    expect(query).toEqual({ limit: 5 });
    expect(
      operation.validateRequest({ ...nothing, query: { limit: '11' }, headers }).map(({ keyword }) => keyword),
    ).toEqual(['maximum']);
    expect(
      operation.validateRequest({ ...nothing, query: { limit: ['1', '2'] }, headers }).map(({ keyword }) => keyword),
    ).toEqual(['type']);
    expect(operation.validateRequest(nothing).map(({ where, keyword }) => [where, keyword])).toEqual([
      ['header', 'required'],
    ]);
  });

  it('checks path values that the document limits', async () => {
    const { operation, params } = getOperation(await Contract.load(document, { check: false }), 'GET', '/items/A1');
    expect(
      operation.validateRequest({ ...nothing, path: params }).map(({ where, pointer }) => [where, pointer]),
    ).toEqual([['path', '/id']]);
  });

  it('says what does not fit a reply: its status, its media type, its body', async () => {
    const { operation } = getOperation(await Contract.load(document, { check: false }), 'GET', '/items');
    expect(operation.validateReply(200, 'application/json', { id: 1 })).toEqual([]);
    expect(operation.validateReply(200, 'application/json', {})).toEqual(["body must have required property 'id'"]);
    expect(operation.validateReply(200, 'text/plain', 'x')).toEqual(['status 200 has no text/plain in the document']);
    expect(operation.validateReply(201, 'application/json', { id: 1 })).toEqual(['status 201 is not in the document']);
    expect(operation.validateReply(204, 'application/json', undefined)).toEqual([]);
    expect(operation.validateReply(204, 'application/json', {})).toEqual(['status 204 has no body in the document']);
    expect(operation.validateReply(418, 'text/plain', 'no')).toEqual([]);
    expect(operation.validateReply(418, 'text/plain', 'yes')).toEqual([
      'body must be equal to one of the allowed values',
    ]);
  });
});

interface Declared {
  readonly parameters?: readonly object[];
  readonly requestBody?: object;
  readonly security?: readonly object[];
}

/** The only operation of a document, which is checked. */
async function compile(declared: Declared, ofAll: { readonly security?: readonly object[] } = {}) {
  const contract = await Contract.load(
    {
      ...document,
      ...ofAll,
      paths: { '/items': { post: { operationId: 'only', responses: { '200': ok }, ...declared } } },
      components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
    },
    { check: true },
  );
  return getOperation(contract, 'POST', '/items').operation;
}

const OBJECT = {
  type: 'object',
  required: ['color'],
  properties: { color: { type: 'string' }, size: { type: 'integer' } },
};

describe('security', () => {
  const TOKEN = [{ token: [] }];

  it.each<[string, boolean, Declared['security'], readonly object[]]>([
    ['says nothing of its own', false, undefined, TOKEN],
    ['needs something of its own', false, TOKEN, []],
    ['needs nothing', true, [], TOKEN],
    ['says nothing of its own where the document needs nothing', true, undefined, []],
  ])('of an operation that %s: open is %s', async (_, open, own, ofAll) => {
    const declared = own ? { security: own } : {};
    expect((await compile(declared, { security: ofAll })).open).toBe(open);
  });
});

describe('an object in the query', () => {
  it('that is exploded declares its properties, beside the parameters that are declared one by one', async () => {
    const operation = await compile({
      parameters: [
        { name: 'page', in: 'query', schema: { type: 'integer' } },
        { name: 'fields', in: 'query', style: 'form', explode: true, schema: OBJECT },
      ],
    });
    expect([...operation.queryNames]).toEqual(['page', 'color', 'size']);
    expect(operation.selectQuery({ page: '1', color: 'red', size: '5', fields: 'x', other: 'y' })).toEqual({
      page: '1',
      color: 'red',
      size: '5',
    });
  });

  it('is exploded by default, and validated property by property', async () => {
    const operation = await compile({
      parameters: [{ name: 'fields', in: 'query', schema: { ...OBJECT, required: ['color'] } }],
    });
    expect([...operation.queryNames]).toEqual(['color', 'size']);
    expect(operation.validateParameters({ color: 'red' })).toEqual([]);
    expect(operation.validateParameters({ color: [] })).toMatchObject([{ pointer: '/color', keyword: 'type' }]);
    expect(operation.validateParameters({})).toMatchObject([{ keyword: 'required' }]);
  });

  it.each<[string, object]>([
    ['of another style', { style: 'deepObject', explode: true, schema: OBJECT }],
    ['that is not exploded', { style: 'form', explode: false, schema: OBJECT }],
    ['without properties', { style: 'form', explode: true, schema: { type: 'object' } }],
    ['that is a list', { style: 'form', explode: true, schema: { type: 'array', items: { type: 'string' } } }],
  ])('%s declares its own name', async (_, written) => {
    const { queryNames } = await compile({ parameters: [{ name: 'fields', in: 'query', ...written }] });
    expect([...queryNames]).toEqual(['fields']);
  });
});

describe('parameters from anywhere', () => {
  const PAGE = { name: 'page', in: 'query', required: true, schema: { type: 'integer', minimum: 1 } };

  it('fit where they fit the schema of the body, whatever is said of the query', async () => {
    const requestBody = { content: { 'application/json': { schema: OBJECT } } };
    const operation = await compile({ parameters: [PAGE], requestBody });
    expect(operation.validateParameters({ color: 'red', other: {} })).toEqual([]);
    expect(operation.validateParameters({ page: 1, size: 0.5 })).toEqual([
      {
        where: 'parameters',
        pointer: '',
        keyword: 'required',
        params: { missingProperty: 'color' },
        message: "must have required property 'color'",
        data: { page: 1, size: 0.5 },
        schema: OBJECT,
      },
      {
        where: 'parameters',
        pointer: '/size',
        keyword: 'type',
        params: { type: 'integer' },
        message: 'must be integer',
        data: 0.5,
        schema: { type: 'integer' },
      },
    ]);
  });

  it('fit where they fit the query, without a body', async () => {
    const operation = await compile({ parameters: [PAGE] });
    const tell = (params: object): readonly string[] =>
      operation.validateParameters(params).map(({ where, pointer, keyword }) => `${where}${pointer} ${keyword}`);
    expect([tell({ page: 1, other: 'x' }), tell({ page: 0 }), tell({})]).toEqual([
      [],
      ['parameters/page minimum'],
      ['parameters required'],
    ]);
  });

  it('fit anyhow where nothing is declared', async () => {
    expect((await compile({})).validateParameters({ page: '1' })).toEqual([]);
  });

  it('are not coerced', async () => {
    const operation = await compile({ parameters: [PAGE] });
    const params = { page: '1' };
    expect(operation.validateParameters(params).map(({ keyword }) => keyword)).toEqual(['type']);
    expect(params).toEqual({ page: '1' });
  });
});

it.each([
  ['uuid', '660e8400-e29b-41d4-a716-446655440001', '660e8400'],
  ['date-time', '2026-01-01T00:00:00Z', '2026-01-01'],
  ['email', 'ada@lantern.example', 'ada'],
])('checks the format %s', async (format, right, wrong) => {
  const schema = { type: 'string', format };
  const responses = { '200': { description: 'ok', content: { 'application/json': { schema } } } };
  const contract = await Contract.load(
    { ...document, paths: { '/x': { get: { operationId: 'x', responses } } } },
    { check: false },
  );
  const { operation } = getOperation(contract, 'GET', '/x');
  expect(operation.validateReply(200, 'application/json', right)).toEqual([]);
  expect(operation.validateReply(200, 'application/json', wrong)).toEqual([`body must match format "${format}"`]);
});
