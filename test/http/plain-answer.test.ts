import { createServer } from 'node:http';

import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import type { Answer } from '../../src/core/wire/answer.ts';
import { toPlainAnswer } from '../../src/http/plain-answer.ts';
import { propertyRuns } from '../support/property.ts';
import { openWire, type Wire } from '../support/wire.ts';

const REQUEST = Buffer.from('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');

let wire: Wire;
let answer: Answer;

beforeAll(async () => {
  const server = createServer({ keepAliveTimeout: 0 }, (_, response) => {
    try {
      response.writeHead(answer.status, answer.headers);
      response.end(answer.head ? undefined : answer.body);
    } catch {
      response.socket?.destroy();
    }
  });
  wire = await openWire(server);
});

afterAll(() => {
  wire.close();
});

function withoutDate(bytes: Buffer): string {
  return bytes.toString('latin1').replace(/^Date: .{29}\r$/m, 'Date: now\r');
}

/** All that node:http sends; nothing where it refuses to. */
async function sendByNode(sent: Answer): Promise<string> {
  answer = sent;
  return withoutDate(await wire.tell([REQUEST]));
}

function toPlain(sent: Answer): string | undefined {
  const plain = toPlainAnswer(sent);
  return plain && withoutDate(Buffer.concat([Buffer.from(plain.text, 'latin1'), plain.body ?? Buffer.alloc(0)]));
}

const NAMES = [
  'X-A',
  'x-a',
  'Content-Type',
  'Set-Cookie',
  'Retry-After',
  'Vary',
  'Content-Disposition',
  'Location',
  '1',
];
const ODD_NAMES = [
  ...['Connection', 'connection', 'CONNECTION', 'Date', 'date', 'Transfer-Encoding', 'transfer-encoding', 'Keep-Alive'],
  ...[
    'Trailer',
    'Expect',
    'Upgrade',
    'content-length',
    'CONTENT-LENGTH',
    'Proxy-Connection',
    '',
    ' ',
    'a b',
    'ä',
    'a:',
  ],
];
const VALUES = ['', ' ', 'a', ' a ', 'a\tb', 'chunked', 'close', 'keep-alive', 0, -0, 7, 1.5, Number.NaN, 1e21];
const ODD_VALUES = ['ä', '\xff', 'Ā', '€', 'a\nb', 'a\r\nb: c', '\0', '\x7f', undefined, null, true, ['a', 'b'], {}];

const headers = fc.array(
  fc.tuple(
    fc.oneof({ weight: 12, arbitrary: fc.constantFrom(...NAMES) }, fc.constantFrom(...ODD_NAMES)),
    fc.oneof({ weight: 12, arbitrary: fc.constantFrom<unknown>(...VALUES) }, fc.constantFrom<unknown>(...ODD_VALUES)),
  ),
  { maxLength: 4 },
);

const body = fc.oneof(
  fc.constantFrom('', '{}', 'é', '{"a":"€"}', '\ud800', 'x'.repeat(20_000)),
  fc.string({ maxLength: 9 }),
  fc.uint8Array({ maxLength: 9 }).map((bytes) => Buffer.from(bytes)),
);

/** As anybody may make it: a provider from outside, or a fault. */
const answers: fc.Arbitrary<Answer> = fc
  .record({
    status: fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom(200, 201, 204, 205, 400, 404, 500, 503) },
      fc.constantFrom(100, 199, 304, 599, 999, 1000, 0, -1, 200.5, Number.NaN),
      fc.integer({ min: 100, max: 999 }),
    ),
    headers,
    body,
    length: fc.oneof(
      { weight: 6, arbitrary: fc.constant('right') },
      fc.constantFrom('none', 'characters', 'text', 'wrong'),
    ),
    isFirst: fc.boolean(),
    head: fc.oneof({ weight: 9, arbitrary: fc.constant(false) }, fc.constant(true)),
  })
  .map(({ status, headers: fields, body: sent, length, isFirst, head }) => {
    const lengths: Readonly<Record<string, unknown>> = {
      right: Buffer.byteLength(sent),
      characters: sent.length,
      text: String(Buffer.byteLength(sent)),
      wrong: 3,
    };
    const own = status === 204 || length === 'none' ? [] : [['Content-Length', lengths[length]] as const];
    const all = Object.fromEntries(isFirst ? [...own, ...fields] : [...fields, ...own]);
    return { status, headers: all as Answer['headers'], body: sent, head };
  });

describe('an answer that is sent without node:http', () => {
  it('is sent as that sends it', async () => {
    let plain = 0;
    await fc.assert(
      fc.asyncProperty(answers, async (sent) => {
        const bytes = toPlain(sent);
        if (bytes === undefined) return;
        plain += 1;
        expect(bytes).toBe(await sendByNode(sent));
      }),
      { numRuns: propertyRuns(400) },
    );
    // Else nothing would have been compared.
    expect(plain).toBeGreaterThan(50);
  });

  it.each<[string, Partial<Answer>]>([
    ['JSON', { body: '{"a":1}', headers: { 'Content-Type': 'application/json', 'Content-Length': 7 } }],
    ['JSON that is not of ASCII', { body: '{"a":"€"}', headers: { 'Content-Length': 11 } }],
    ['bytes', { body: Buffer.from([0, 255]), headers: { 'Content-Length': 2 } }],
    ['nothing', { status: 204, body: '', headers: { 'X-A': 'b' } }],
    ['an empty body', { body: '', headers: { 'Content-Length': 0 } }],
    ['an error', { status: 429, body: 'no', headers: { 'Retry-After': 1, 'Content-Length': 2 } }],
  ])('may be of %s', async (_, part) => {
    const sent: Answer = { status: 200, headers: {}, body: '', head: false, ...part };
    expect(toPlain(sent)).toBe(await sendByNode(sent));
  });
});

it('the first answer of a process that lives in 1970 has a date', async () => {
  vi.useFakeTimers({ now: 500, toFake: ['Date'] });
  vi.resetModules();
  const fresh = await import('../../src/http/plain-answer.ts');
  const { text } =
    fresh.toPlainAnswer({ status: 200, headers: { 'Content-Length': 2 }, body: 'ok', head: false }) ?? {};
  vi.useRealTimers();
  expect(text).toBe(
    'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nDate: Thu, 01 Jan 1970 00:00:00 GMT\r\nConnection: keep-alive\r\n\r\nok',
  );
});
