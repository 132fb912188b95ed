import { describe, expect, it } from 'vitest';

import { Contract } from '../../../src/core/contract/contract.ts';
import { Redaction } from '../../../src/core/wire/redaction.ts';
import { compareAnswers } from '../../../src/trials/compare/answers.ts';
import { Identities } from '../../../src/trials/compare/identities.ts';
import { parseJson, toPlain } from '../../../src/trials/compare/json.ts';
import { Showing } from '../../../src/trials/compare/showing.ts';

const item = {
  type: 'object',
  properties: {
    id: { type: 'integer' },
    ownerId: { type: 'integer' },
    key: { type: 'string', format: 'uuid' },
    at: { type: 'string', format: 'date-time' },
    since: { type: 'integer', 'x-emulator-varies': 'instant' },
    uptime: { type: 'number', 'x-emulator-varies': 'measure' },
    chainId: { type: 'integer', 'x-emulator-varies': 'no' },
    signature: { type: 'string', 'x-emulator-varies': 'token' },
  },
};
const contract = await Contract.load(
  {
    openapi: '3.0.3',
    info: { title: 'Things', version: '1' },
    paths: {
      '/things': {
        get: {
          operationId: 'listThings',
          'x-audit': { kind: 'read', shows: 'none', cursor: { in: 'after', out: 'page.next' } },
          responses: {
            200: {
              description: 'All.',
              headers: {
                'X-Left': { schema: { type: 'integer', 'x-emulator-varies': 'measure' } },
                'X-Limit': { schema: { type: 'integer' } },
              },
              content: {
                'application/json': {
                  schema: {
                    type: 'object',
                    properties: { list: { type: 'array', items: { allOf: [item] } }, one: item },
                  },
                },
                'text/plain': { schema: { type: 'string' } },
              },
            },
          },
        },
      },
    },
  },
  { check: true },
);
const found = contract.find('GET', '/things');
if (!('operation' in found)) throw new Error('There is no such operation.');
const { operation } = found;

interface Written {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

function toSeen({ status = 200, headers = {}, body = {} }: Written): Parameters<typeof compareAnswers>[0] {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return { status, headers: { 'content-type': 'application/json', ...headers }, body: Buffer.from(text) };
}

/** @param named texts of the request's path */
function find(ours: Written, theirs: Written, named: readonly string[] = []): ReturnType<typeof compareAnswers> {
  return compareAnswers(toSeen(ours), toSeen(theirs), {
    ...{ operation, identities: new Identities(), named: new Set(named) },
    isHead: false,
    isSecret: (name) => name === 'apiKey',
    showing: new Showing(new Redaction(['apiKey']), []),
  });
}

const compare = (...sides: Parameters<typeof find>): readonly unknown[] => find(...sides).listed;

const bodies = (ours: unknown, theirs: unknown, named?: readonly string[]): readonly unknown[] =>
  compare({ body: ours }, { body: theirs }, named);
const text = (body: string): Written => ({ headers: { 'content-type': 'text/plain' }, body });
const A = '11111111-1111-4111-8111-111111111111';
const B = '22222222-2222-4222-8222-222222222222';

describe('two answers', () => {
  it.each<[string, unknown, unknown]>([
    ['ids that stand for each other, one for one', { one: { id: 1, ownerId: 1 } }, { one: { id: 7, ownerId: 9 } }],
    [
      'instants of the same form',
      { one: { at: '2026-01-01T00:00:00.000Z' } },
      { one: { at: '2024-05-06T07:08:09.123Z' } },
    ],
    ['instants that are numbers of the same unit', { one: { since: 1767225600000 } }, { one: { since: 978307200000 } }],
    ['measures', { one: { uptime: 3 } }, { one: { uptime: 86400.5 } }],
    [
      'tokens, by the contract, by their name and as cursors',
      { one: { signature: 'a' }, apiKey: 'k', page: { next: 'x' } },
      { one: { signature: 'b' }, apiKey: 'l', page: { next: 'y' } },
    ],
    [
      'what lies inside a token',
      { apiKey: { value: 'k', of: ['a', { b: 1 }] } },
      { apiKey: { value: 'l', of: ['c', { b: 2 }] } },
    ],
    ['the order of fields', '{"a":1,"b":2}', '{"b":2,"a":1}'],
    [
      'a list of what differs by ids and instants only',
      {
        list: [
          { id: 1, key: A },
          { id: 2, key: B },
        ],
      },
      {
        list: [
          { id: 8, key: B },
          { id: 9, key: A },
        ],
      },
    ],
    [
      'a number in whose digits JavaScript sees no difference',
      '{"a":12345678901234567890}',
      '{"a":12345678901234567890}',
    ],
  ])('are the same with %s', (_, ours, theirs) => {
    expect(bodies(ours, theirs)).toEqual([]);
  });

  it.each<[string, unknown, unknown, readonly object[]]>([
    [
      'an id that stands for two',
      { list: [{ key: A }, { key: A }] },
      { list: [{ key: A }, { key: B }] },
      [{ where: 'body/list/1/key', kind: 'id', ours: A, theirs: B }],
    ],
    [
      'two ids that are one',
      { list: [{ key: A }, { key: B }] },
      { list: [{ key: A }, { key: A }] },
      [{ where: 'body/list/1/key', kind: 'id', ours: B, theirs: A }],
    ],
    [
      'an instant of another form',
      { one: { at: '2026-01-01T00:00:00.000Z' } },
      { one: { at: '2026-01-01T00:00:00+00:00' } },
      [{ where: 'body/one/at', kind: 'format', ours: '2026-01-01T00:00:00.000Z', theirs: '2026-01-01T00:00:00+00:00' }],
    ],
    [
      'seconds for milliseconds',
      { one: { since: 1767225600000 } },
      { one: { since: 1767225600 } },
      [{ where: 'body/one/since', kind: 'format', ours: 1767225600000, theirs: 1767225600 }],
    ],
    [
      'what only looks like an id',
      { one: { chainId: 1 } },
      { one: { chainId: 137 } },
      [{ where: 'body/one/chainId', kind: 'value', ours: 1, theirs: 137 }],
    ],
    [
      'a number of which JavaScript would lose digits',
      '{"a":12345678901234567890}',
      '{"a":12345678901234567891}',
      [{ where: 'body/a', kind: 'value', ours: '12345678901234567890', theirs: '12345678901234567891' }],
    ],
    [
      'a number written as an exponent',
      '{"a":100}',
      '{"a":1e2}',
      [{ where: 'body/a', kind: 'format', ours: 100, theirs: '1e2' }],
    ],
    [
      'a name with a slash in it',
      { 'a/b~c': 1 },
      { 'a/b~c': 2 },
      [{ where: 'body/a~1b~0c', kind: 'value', ours: 1, theirs: 2 }],
    ],
    [
      'a list that lacks one',
      { list: ['a', 'b', 'c'] },
      { list: ['a', 'c'] },
      [{ where: 'body/list/1', kind: 'missing', ours: 'b' }],
    ],
    [
      'a list that has one more',
      { list: ['a', 'c'] },
      { list: ['a', 'b', 'c'] },
      [{ where: 'body/list/1', kind: 'extra', theirs: 'b' }],
    ],
    [
      'a list in which one is another',
      { list: ['a', 'b', 'c'] },
      { list: ['a', 'x', 'c'] },
      [{ where: 'body/list/1', kind: 'value', ours: 'b', theirs: 'x' }],
    ],
    [
      'a list that begins elsewhere, alike as its items are',
      { list: ['a', 'b', 'a'] },
      { list: ['b', 'a'] },
      [{ where: 'body/list/2', kind: 'missing', ours: 'a' }],
    ],
    [
      'another type inside a list',
      { list: [{ id: 1 }] },
      { list: [{ id: '1' }] },
      [{ where: 'body/list/0/id', kind: 'type', ours: 1, theirs: '1' }],
    ],
    [
      'a field inside a token, of which nothing is shown',
      { apiKey: { value: 'k', old: ['secret'] } },
      { apiKey: { value: 'l' } },
      [{ where: 'body/apiKey/old', kind: 'missing', ours: '[redacted]' }],
    ],
    ['no JSON', { a: 1 }, '<html>', [{ where: 'body', kind: 'type', ours: 'JSON', theirs: 'no JSON' }]],
    ['nothing', { a: 1 }, '', [{ where: 'body', kind: 'type', ours: 'JSON', theirs: 'nothing' }]],
    [
      'what is nested too deep to be looked at',
      { a: 1 },
      `${'['.repeat(100)}${']'.repeat(100)}`,
      [{ where: 'body', kind: 'type', ours: 'JSON', theirs: 'no JSON' }],
    ],
  ])('differ by %s', (_, ours, theirs, differences) => {
    expect(bodies(ours, theirs)).toEqual(differences);
  });

  it('differ where an id that the request names comes back as another', () => {
    expect(bodies({ userId: 'ada' }, { userId: 'bob' }, ['ada'])).toEqual([
      { where: 'body/userId', kind: 'id', ours: 'ada', theirs: 'bob' },
    ]);
  });

  it.each([
    ['https://x.example/', 'https://x.example/'],
    ['https://ada:secret@x.example:8443/in?code=secret#state=secret', 'https://x.example:8443/in'],
    ['/in?code=secret', '/in'],
    ['//ada:secret@x.example/in?secret', 'http://x.example/in'],
    ['shop://in/here?code=secret', 'shop://in/here'],
    ['data:text/plain,secret', 'data:'],
    ['http://[secret', 'what is no URL'],
  ])('are not compared further where the status differs, which tells where a redirect leads: %s', (location, told) => {
    expect(compare({ body: { a: 1 } }, { status: 301, headers: { location }, body: '' })).toEqual([
      { where: 'status', kind: 'status', ours: 200, theirs: `301, to ${told}` },
    ]);
  });

  it('are told by a thousand differences at most, of which none is longer than can be read, and by what all of them are', () => {
    const list = Array.from({ length: 3000 }, (_, at) => `item ${at}`);
    const found = find({ body: { list, z: 1 } }, { body: { list: list.map((one) => `${one}, other`), z: '1' } });
    expect([found.listed.length, found.count, found.isDiffering]).toEqual([1000, 3001, true]);
    expect(new Set(found.listed.map(({ kind }) => kind))).toEqual(new Set(['value']));
    const long = 'a'.repeat(1 << 20);
    for (const [ours, theirs] of [
      [{ body: { a: 1 } }, { body: { a: 1, b: [long, long] } }],
      [text('short'), text(long)],
    ] satisfies [Written, Written][]) {
      const { listed } = find(ours, theirs);
      expect([listed.length, JSON.stringify(listed).length < 3000]).toEqual([1, true]);
    }
  });

  it('differ by headers that the contract declares, and by no others', () => {
    const ours = { 'x-left': '7', 'x-limit': '10', 'x-other': 'a', 'content-type': 'application/json; charset=utf-8' };
    expect(compare({ headers: ours }, { headers: { 'x-left': '3', 'x-limit': '20' } })).toEqual([
      { where: 'headers.x-limit', kind: 'header', ours: '10', theirs: '20' },
    ]);
    expect(compare({ headers: ours }, { headers: { 'x-limit': '10' } })).toEqual([
      { where: 'headers.x-left', kind: 'header', ours: '7' },
    ]);
  });

  it('that are texts differ as a whole', () => {
    expect(compare(text('no such user'), text('not found'))).toEqual([
      { where: 'body', kind: 'value', ours: 'no such user', theirs: 'not found' },
    ]);
  });
});

describe('JSON with its numbers as they were written', () => {
  it.each([
    '{"a":[1,-2.50,"3",1e400,null,true]}',
    '""',
    String.raw`"a\"1\\"`,
    '[]',
    ' 0 ',
    String.raw`{"__proto__":1}`,
  ])('is what JSON.parse makes of %s', (text) => {
    expect(
      JSON.parse(
        JSON.stringify(toPlain(parseJson(text)))
          .replace('"1e400"', 'null')
          .replace('"-2.50"', '-2.5'),
      ),
    ).toEqual(JSON.parse(text.replace('1e400', 'null')));
  });

  it.each(['', '{', '01', '[7,05]', '-', '1.', '.5', '1e', '[1 2]', '{"a":1,}', 'NaN', '"a', '1 1'])(
    'is refused where it is none: %s',
    (text) => {
      expect(() => parseJson(text)).toThrow(SyntaxError);
    },
  );
});
