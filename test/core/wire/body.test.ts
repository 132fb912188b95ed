import { describe, expect, it } from 'vitest';

import { Failure } from '../../../src/core/wire/failure.ts';
import { parseBody, parseFields } from '../../../src/core/wire/body.ts';
import type { BodyPolicy } from '../../../src/core/wire/policies.ts';

const policy: BodyPolicy = {
  accept: ['application/json', 'application/x-www-form-urlencoded', 'multipart/form-data', 'text/plain'],
  limit: 1_000_000,
  depth: 3,
  protoKeys: 'data',
};

function parse(body: string | Buffer, type: string | undefined, rest: Partial<BodyPolicy> = {}): unknown {
  return parseBody(Buffer.from(body), { 'content-type': type }, { ...policy, ...rest });
}

/** What was wrong, for bodies that are refused at once. */
function causeOf(read: () => unknown): unknown {
  try {
    return read();
  } catch (error) {
    return error instanceof Failure && error.reason.kind === 'parse' ? error.reason.cause : error;
  }
}

describe(parseBody, () => {
  it.each<[string, string, unknown]>([
    ['application/json', '{"a":[1]}', { a: [1] }],
    ['application/json; charset=utf-8', 'null', null],
    ['application/problem+json', '"text"', 'text'],
    ['application/x-www-form-urlencoded', 'a=1&b=%C3%A4+x&a=2', { a: ['1', '2'], b: 'ä x' }],
    ['text/plain', 'as it is', 'as it is'],
    ['text/plain; charset=us-ascii', 'as it is', 'as it is'],
  ])('reads %s', (type, body, expected) => {
    expect(parse(body, type)).toEqual(expected);
  });

  it('reads the fields of a multipart form, lists where a name repeats, and drops files', async () => {
    const body = [
      '--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n',
      '--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n2\r\n',
      '--x\r\nContent-Disposition: form-data; name="file"; filename="f.txt"\r\nContent-Type: text/plain\r\n\r\ndata\r\n',
      '--x\r\nContent-Disposition: form-data; name="__proto__"\r\n\r\nfield\r\n',
      '--x--\r\n',
    ].join('');
    const fields = await parse(body, 'multipart/form-data; boundary=x');
    expect(Object.entries(fields as object)).toEqual([
      ['a', ['1', '2']],
      ['__proto__', 'field'],
    ]);
  });

  it('reads a multipart form that repeats one name as often as it can', async () => {
    const part = '--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n';
    const fields = await parse(`${part.repeat(18_000)}--x--\r\n`, 'multipart/form-data; boundary=x');
    expect(fields).toEqual({ a: Array.from({ length: 18_000 }, () => '1') });
  });

  it.each(['multipart/form-data', 'multipart/form-data; boundary=y'])(
    'refuses a multipart form that is none (%s)',
    async (type) => {
      await expect(Promise.resolve().then(() => parse('--x\r\nno form', type))).rejects.toBeInstanceOf(Failure);
    },
  );

  it('refuses a form that ends in the middle of a file', async () => {
    const body = '--x\r\nContent-Disposition: form-data; name="f"; filename="f"\r\n\r\nhalf';
    await expect(parse(body, 'multipart/form-data; boundary=x')).rejects.toBeInstanceOf(Failure);
  });

  it('keeps __proto__ as data, or refuses it', () => {
    const body = '{"__proto__":{"admin":true}}';
    expect(Object.keys(parse(body, 'application/json') as object)).toEqual(['__proto__']);
    expect(causeOf(() => parse(body, 'application/json', { protoKeys: 'refuse' }))).toBe('json');
    expect(Object.keys(parse('__proto__=x', 'application/x-www-form-urlencoded') as object)).toEqual(['__proto__']);
  });

  it('counts levels of objects and lists, and no brackets in strings', () => {
    expect(parse('[[["[[[[\\"[["]]]', 'application/json')).toEqual([[['[[[["[[']]]);
    expect(causeOf(() => parse('[[[[1]]]]', 'application/json'))).toBe('tooDeep');
    expect(causeOf(() => parse('{"a":{"a":{"a":{}}}}', 'application/json'))).toBe('tooDeep');
  });

  it.each<[string, string | Buffer, string | undefined]>([
    ['empty', '', 'application/json'],
    ['json', '{', 'application/json'],
    ['json', '\ufeff1 2', 'application/json'],
    ['mediaType', '{}', undefined],
    ['mediaType', '{}', 'application/xml'],
    ['mediaType', '{}', ''],
    ['encoding', Buffer.from([0xff]), 'text/plain'],
    ['encoding', '{}', 'application/json; charset=latin1'],
  ])('names what is wrong: %s', (cause, body, type) => {
    expect(causeOf(() => parse(body, type))).toBe(cause);
  });

  it('reads no compressed body', () => {
    expect(causeOf(() => parseBody(Buffer.from('x'), { 'content-encoding': 'gzip' }, policy))).toBe('encoding');
  });

  it('takes a body without a type for what the provider assumes', () => {
    expect(parse('{}', undefined, { assume: 'application/json' })).toEqual({});
  });

  it('leaves a body of a type that it does not read alone, where it ignores those', () => {
    const ignoring: Partial<BodyPolicy> = { accept: ['application/json'], ignoreOthers: true };
    const types = ['application/xml', 'text/plain; charset=iso-8859-1', 'multipart/form-data', 'json', '', undefined];
    for (const type of types) {
      expect(parse('{', type, ignoring)).toBeUndefined();
    }
    const compressed = { 'content-type': 'application/xml', 'content-encoding': 'gzip' };
    expect(parseBody(Buffer.from('x'), compressed, { ...policy, ...ignoring })).toBeUndefined();
  });

  it.each<[string, string, string, string | undefined]>([
    ['json', '{', 'application/json', undefined],
    ['encoding', '{}', 'application/json', 'gzip'],
    ['encoding', '{}', 'application/json; charset=latin1', undefined],
    ['empty', '', 'application/xml', undefined],
  ])('ignores no fault of a body that it reads, nor that there is none: %s', (cause, body, type, encoding) => {
    const headers = { 'content-type': type, 'content-encoding': encoding };
    const read = (): unknown => parseBody(Buffer.from(body), headers, { ...policy, ignoreOthers: true });
    expect(causeOf(read)).toBe(cause);
  });

  it('reads a body without a type as the assumed one also where it ignores other types', () => {
    expect(parse('a=1', undefined, { assume: 'application/x-www-form-urlencoded', ignoreOthers: true })).toEqual({
      a: '1',
    });
    expect(causeOf(() => parse('{', undefined, { assume: 'application/json', ignoreOthers: true }))).toBe('json');
  });
});

/** Each with the text of a query or form. */
const LAST_WINS: readonly [string, Readonly<Record<string, unknown>>][] = [
  ['a=1&a=2&b=3&a=4', { a: '4', b: '3' }],
  ['a=1&a=', { a: '' }],
  ['a[]=1&a[]=2', { a: ['1', '2'] }],
  ['a[]=1', { a: ['1'] }],
  ['a%5B%5D=1&b=%5B%5D', { a: ['1'], b: '[]' }],
  ['a[b]=1&a[b]=2&[]a=3', { 'a[b]': '2', '[]a': '3' }],
  ['constructor[]=1&toString=2&toString=3', { constructor: ['1'], toString: '3' }],
];

describe(parseFields, () => {
  it('makes a list of a name that repeats, and nothing of brackets', () => {
    expect(parseFields('a=1&b[]=2&a=3&b[]=4&c[]=5', {})).toEqual({ a: ['1', '3'], 'b[]': ['2', '4'], 'c[]': '5' });
  });

  it.each(LAST_WINS)('takes the last value, and a list by its brackets, of %s', (text, expected) => {
    expect(parseFields(text, { lastValueWins: true })).toEqual(expected);
  });

  it('keeps __proto__ as data', () => {
    for (const policy of [{}, { lastValueWins: true } as const]) {
      expect(Object.entries(parseFields('__proto__=1&a=2', policy))).toEqual([
        ['__proto__', '1'],
        ['a', '2'],
      ]);
    }
    expect(Object.entries(parseFields('__proto__[]=1', { lastValueWins: true }))).toEqual([['__proto__', ['1']]]);
  });
});

describe('the last value wins', () => {
  it.each(LAST_WINS)('in a form and in a multipart form as in a query: %s', async (text, expected) => {
    const parts = [...new URLSearchParams(text)].map(
      ([name, value]) => `--x\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
    );
    const last: Partial<BodyPolicy> = { lastValueWins: true };
    expect(parse(text, 'application/x-www-form-urlencoded', last)).toEqual(expected);
    expect(await parse(`${parts.join('')}--x--\r\n`, 'multipart/form-data; boundary=x', last)).toEqual(expected);
  });

  it('in no JSON, whose names are what they are', () => {
    expect(parse('{"a[]":[1],"b":[2,3]}', 'application/json', { lastValueWins: true })).toEqual({
      'a[]': [1],
      b: [2, 3],
    });
  });
});
