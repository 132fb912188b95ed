import fc from 'fast-check';

const METHODS = [...'GET POST PUT PATCH DELETE HEAD OPTIONS get TRACE CONNECT M-SEARCH NO'.split(' '), ''];
const TARGETS = [
  ...'/ /a/b?c=d&e //a /a#b /a#b#c?d /"<>\\^`{|} /%zz /ä * a:80 http://a/b a'.split(' '),
  ...['', '/a\tb', '/a b', '/\x7f', '/\0', `/${'x'.repeat(3000)}`],
];
const VERSIONS = ['HTTP/1.1', 'HTTP/1.0', 'HTTP/2.0', 'HTTP/1.2', 'http/1.1', 'HTTP/1.1 ', 'HTTP/11', ''];
const ENDS = ['\r\n', '\n', '\r', '\r\r\n', ' \r\n', '\n\r\n'];
const NAMES = [
  ...'Host host Connection Content-Length content-length Content-Type Transfer-Encoding Expect Upgrade'.split(' '),
  ...'Keep-Alive Proxy-Connection Cookie Set-Cookie Authorization Age constructor __proto__ toString'.split(' '),
  ...'hasOwnProperty 1 X-A x-a !#$%&\'*+-.^_`|~ ä a: a" (a)'.split(' '),
  ...['', 'a b', 'a ', ' a', '\ta', 'a\0'],
];
const VALUES = [
  ...['', ' ', '\t', ' b', '  b \t ', 'b\tc', 'b\0', 'b\x01', 'b\x7f'],
  ...['ä\xff', 'b\rc', 'b\nc', 'b\r\n c', 'b\r\n\tc: d'],
  ...'b 0 3 +3 -3 0x3 3.0 003 1e1 99999999999999999999 18446744073709551619'.split(' '),
  ...['3, 3', ' 3', '3 ', 'keep-alive, close', 'close, keep-alive', ', keep-alive', 'gzip, chunked'],
  ...'keep-alive Keep-Alive close upgrade te chunked identity 100-continue websocket'.split(' '),
  'v'.repeat(5000),
];

interface Field {
  readonly name: string;
  readonly value: string;
  readonly colon: string;
  readonly end: string;
}

const field: fc.Arbitrary<Field> = fc.record({
  name: fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...NAMES) },
    fc.string({ unit: 'binary-ascii', maxLength: 5 }),
  ),
  value: fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...VALUES) },
    fc.string({ unit: 'binary-ascii', maxLength: 9 }),
  ),
  colon: mostly(': ', [':', ' : ', ':\t', '', ' ', '::']),
  end: mostly('\r\n', ENDS),
});

/** Most heads have nothing wrong with them but one thing, or none. */
function mostly(usual: string, odd: readonly string[], weight = 40): fc.Arbitrary<string> {
  return fc.oneof({ weight, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: fc.constantFrom(...odd) });
}

const plainField: fc.Arbitrary<Field> = fc.record({
  name: fc.constantFrom('Accept', 'User-Agent', 'X-B', 'constructor', 'toString', 'Content-Type', 'Connection', 'X-a'),
  value: fc.oneof(fc.constantFrom('', 'b', ' b ', '\tb\t', 'keep-alive', 'Keep-Alive'), fc.string({ maxLength: 20 })),
  colon: fc.constantFrom(': ', ':', ':\t '),
  end: fc.constant('\r\n'),
});

const padding = fc.oneof(
  { weight: 20, arbitrary: fc.constant([]) },
  // So that the head is about as long as Node takes one.
  fc.integer({ min: 15_000, max: 17_000 }).map((length) => [toField('X-Long', 'l'.repeat(length))]),
  // So many that Node forgets some.
  fc.integer({ min: 900, max: 1100 }).map((amount) => Array.from({ length: amount }, (_, n) => toField(`h${n}`, ''))),
);

function toField(name: string, value: string): Field {
  return { name, value, colon: ': ', end: '\r\n' };
}

const body = fc.oneof(
  { weight: 3, arbitrary: fc.constant('') },
  fc.string({ unit: 'binary-ascii', maxLength: 12 }),
  fc.constantFrom(
    'GET /smuggled HTTP/1.1\r\nHost: s\r\n\r\n',
    '0\r\n\r\n',
    '\r\n',
    'x'.repeat(16_384),
    'x'.repeat(16_385),
  ),
);

/** The bytes of a request, as texts of Latin 1: as clients send it, or with something wrong or strange about it. */
const request: fc.Arbitrary<string> = fc
  .record({
    before: mostly('', ['\r\n', '\n', ' ', '\0', '\r\n\r\n']),
    method: mostly('GET', METHODS, 6).chain((method) =>
      method === 'GET' ? fc.constantFrom('GET', 'POST', 'PUT') : fc.constant(method),
    ),
    target: mostly('/a', TARGETS, 10),
    version: mostly('HTTP/1.1', VERSIONS),
    space: mostly(' ', ['  ', '\t', '']),
    end: mostly('\r\n', ENDS),
    host: fc.oneof({ weight: 20, arbitrary: fc.constantFrom('h', 'h:80', '') }, fc.constant(undefined)),
    fields: fc.oneof(
      {
        weight: 3,
        arbitrary: fc.uniqueArray(plainField, { maxLength: 5, selector: ({ name }) => name.toLowerCase() }),
      },
      fc.array(fc.oneof(plainField, field), { maxLength: 3 }),
    ),
    padding,
    body,
    length: fc.oneof(
      { weight: 9, arbitrary: fc.constant('right') },
      fc.constantFrom(undefined, '0', '+3', '3 ', '3\t', '\t3', '003', ' 3'),
    ),
    last: mostly('\r\n', ['\n', '\r', '', ' \r\n']),
  })
  .map(({ before, method, target, version, space, end, host, fields, padding: more, body: text, length, last }) => {
    const said = length === 'right' ? (text === '' ? undefined : String(text.length)) : length;
    const all = [
      ...(host === undefined ? [] : [toField('Host', host)]),
      ...fields,
      ...more,
      ...(said === undefined ? [] : [toField('Content-Length', said)]),
    ];
    const lines = all.map((one) => `${one.name}${one.colon}${one.value}${one.end}`).join('');
    return `${before}${method}${space}${target}${space}${version}${end}${lines}${last}${text}`;
  });

interface Mutation {
  readonly at: number;
  readonly cut: number;
  readonly put: string;
}

const mutation: fc.Arbitrary<Mutation> = fc.record({
  at: fc.nat(400),
  cut: fc.nat(2),
  put: fc.constantFrom('', ' ', '\t', '\r', '\n', '\r\n', '\0', '\x80', ':', ',', '1', 'A', '\r\n\r\n'),
});

/** What comes on a connection: some requests, some of them twice, with now and then a byte that is not as it should be. */
export const conversation: fc.Arbitrary<string> = fc
  .record({
    requests: fc.array(fc.tuple(request, fc.integer({ min: 1, max: 3 })), { minLength: 1, maxLength: 4 }),
    mutations: fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, fc.array(mutation, { maxLength: 2 })),
  })
  .map(({ requests, mutations }) => {
    let text = requests.map(([one, times]) => one.repeat(times)).join('');
    for (const { at, cut, put } of mutations) text = text.slice(0, at) + put + text.slice(at + cut);
    return text;
  });

/** The same bytes in pieces. */
export function toPieces(bytes: Buffer, cuts: readonly number[]): readonly Buffer[] {
  const at = [0, ...cuts.map((cut) => Math.floor(cut * bytes.length)).sort((a, b) => a - b), bytes.length];
  return at.slice(1).map((end, index) => bytes.subarray(at[index], end));
}
