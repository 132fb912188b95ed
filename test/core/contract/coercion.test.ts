import { getOperation } from '../../support/operations.ts';
import { describe, expect, it } from 'vitest';

import { Contract } from '../../../src/core/contract/contract.ts';
import type { Coercion } from '../../../src/core/wire/policies.ts';

const nothing = { path: {}, query: {}, headers: {}, body: undefined };

const document = { openapi: '3.0.3', info: { title: 'Test', version: '1' } };

const FIELDS = {
  type: 'object',
  properties: {
    size: { type: 'integer' },
    price: { type: 'number', minimum: 0 },
    name: { type: 'string' },
    flag: { type: 'boolean' },
    owner: { type: 'object' },
    tags: { type: 'array', items: { type: 'string' } },
    at: { type: 'string', format: 'date-time' },
  },
};

/** An operation that takes these fields, and a number of its query. */
async function load(coercion: Coercion | undefined) {
  const parameters = [{ name: 'limit', in: 'query', schema: { type: 'integer', maximum: 10 } }];
  const content = { 'application/json': { schema: FIELDS } };
  const responses = { '200': { description: 'ok', content } };
  const paths = { '/x': { post: { operationId: 'x', parameters, requestBody: { content }, responses } } };
  return getOperation(await Contract.load({ ...document, paths }, { check: false, coercion }), 'POST', '/x').operation;
}

/** Each field of a body as it is after validation, or the keyword that it fails. */
async function read(coercion: Coercion | undefined, given: Readonly<Record<string, unknown>>): Promise<object> {
  const operation = await load(coercion);
  return Object.fromEntries(
    Object.entries(given).map(([name, value]) => {
      const body: Record<string, unknown> = { [name]: value };
      const [violation] = operation.validateRequest({ ...nothing, body });
      return [name, violation?.keyword ?? body[name]];
    }),
  );
}

describe('the coercion', () => {
  it.each<[string, Readonly<Record<string, unknown>>, object]>([
    ['text that stands for numbers', { size: '10', price: '0.5' }, { size: 10, price: 0.5 }],
    ['text that stands for no number', { size: '1.5', price: 'ten' }, { size: 'type', price: 'type' }],
    ['text that is empty', { size: '', price: '', flag: '' }, { size: 'type', price: 'type', flag: 'type' }],
    ['true and false', { size: true, price: false, name: true }, { size: 1, price: 0, name: 'true' }],
    ['null', { size: null, name: null, flag: null, at: null }, { size: 0, name: '', flag: false, at: 'format' }],
    ['null for an object', { owner: null }, { owner: 'type' }],
    ['numbers for text and truth', { name: 10, flag: 1, at: 5 }, { name: '10', flag: true, at: 'format' }],
    ['lists of one value', { size: [5], name: ['x'], price: ['7'] }, { size: 5, name: 'x', price: 7 }],
    ['lists of none or two', { size: [], name: ['x', 'y'] }, { size: 'type', name: 'type' }],
    ['a value for a list', { tags: 'x' }, { tags: ['x'] }],
    ['a number that is converted and too small', { price: '-1' }, { price: 'minimum' }],
    ['what is right already', { size: 5, name: '5', tags: ['x'] }, { size: 5, name: '5', tags: ['x'] }],
  ])('of everything takes %s in a body for what they can stand for', async (_, given, expected) => {
    expect(await read('everything', given)).toEqual(expected);
  });

  it.each(['text', 'nothing', undefined] as const)('of %s takes a body as it is', async (coercion) => {
    const given = { size: '10', price: true, name: 5, flag: 'true', tags: 'x', at: null };
    const failed = { size: 'type', price: 'type', name: 'type', flag: 'type', tags: 'type', at: 'type' };
    expect(await read(coercion, given)).toEqual(failed);
    expect(await read(coercion, { name: [null], size: 1 })).toEqual({ name: 'type', size: 1 });
  });

  it.each<[Coercion | undefined, readonly unknown[]]>([
    ['text', [5, 5, 10, 'type', 'type', 'type', 'maximum', 'type', 'type']],
    [undefined, [5, 5, 10, 'type', 'type', 'type', 'maximum', 'type', 'type']],
    ['everything', [5, 5, 10, 'type', 'type', 'type', 'maximum', 'type', 5]],
    ['nothing', ['type', 'type', 'type', 'type', 'type', 'type', 'type', 'type', 'type']],
  ])('of %s converts what is in a query as far as that goes', async (coercion, expected) => {
    const operation = await load(coercion);
    const ask = (limit: unknown): unknown => {
      const query = { limit };
      const [violation] = operation.validateRequest({ ...nothing, query });
      return violation?.keyword ?? query.limit;
    };
    expect(['5', '5.0', ' 10', '', '1.5', 'five', '11', ['5', '6'], ['5']].map(ask)).toEqual(expected);
  });

  it('never changes an answer, which is checked as it is', async () => {
    const operation = await load('everything');
    expect(operation.validateReply(200, 'application/json', { size: '10' })).toEqual(['body/size must be integer']);
  });
});

it('of a parameter that says so is the one of JavaScript, where else nothing is converted', async () => {
  const parameters = ['limit', 'page'].map((name) => ({
    name,
    in: 'query',
    schema: { type: 'integer', maximum: 20 },
    ...(name === 'limit' ? { 'x-emulator-conversion': 'number' } : undefined),
  }));
  const paths = { '/x': { get: { operationId: 'x', parameters, responses: { '200': { description: 'ok' } } } } };
  const contract = await Contract.load({ ...document, paths }, { check: false, coercion: 'nothing' });
  const { operation } = getOperation(contract, 'GET', '/x');
  const given = ['0x10', ' 1e1 ', '', '21', '1.5', 'ten', ['1', '2']];
  const read = given.map((limit): unknown => {
    const query = { limit };
    const [violation] = operation.validateRequest({ ...nothing, query });
    return violation ? [violation.keyword, violation.data] : query.limit;
  });
  expect(read).toEqual([16, 10, 0, ['maximum', 21], ['type', 1.5], ['type', NaN], ['type', NaN]]);
  expect(operation.validateRequest({ ...nothing, query: { page: '1' } })).toMatchObject([{ keyword: 'type' }]);
});
