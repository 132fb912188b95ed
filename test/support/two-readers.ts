import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';

import fc from 'fast-check';
import { afterAll, expect } from 'vitest';

import type { Answer } from '../../src/core/wire/answer.ts';
import type { Front } from '../../src/http/front.ts';
import { OwnServer } from '../../src/http/own-server.ts';
import { FieldReader, type Head, HeadReader } from '../../src/http/whole-request.ts';
import { conversation, toPieces } from './heads.ts';
import { openWire, type Wire } from './wire.ts';

/** Requests whose answers are awaited, on either server. */
let underWay = 0;
/** Requests that were answered without node:http. */
let whole = 0;

interface Asked extends Pick<IncomingMessage, 'method' | 'url' | 'headers'> {
  readonly body: string;
}

/** Says what was asked; a long one is larger than what a connection takes at once. */
function toAnswer({ method, url, headers, body }: Asked): Answer {
  const long = headers['x-b'] === 'b' ? 'l'.repeat(100_000) : '';
  const text = JSON.stringify([method, url, Object.entries(headers), body, long]);
  const status = url === '/a' ? 200 : 404;
  return { status, headers: { 'X-A': 'b', 'Content-Length': Buffer.byteLength(text) }, body: text, head: false };
}

/** Some are awaited. */
function isLate({ headers }: Pick<IncomingMessage, 'headers'>): boolean {
  return headers['content-type'] !== undefined;
}

function later<T>(value: T): Promise<T> {
  underWay += 1;
  return new Promise((resolve) => {
    setImmediate(() => {
      setImmediate(() => (underWay -= 1));
      resolve(value);
    });
  });
}

function send(response: ServerResponse, { status, headers, body }: Answer): void {
  response.writeHead(status, headers);
  response.end(body);
}

const listener: RequestListener = (request, response) => {
  let body = '';
  request.on('data', (chunk: Buffer) => (body += chunk.toString('latin1')));
  request.on('end', () => {
    const { method, url, headers } = request;
    const answer = toAnswer({ method, url, headers, body });
    if (isLate(request)) void later(answer).then((one) => send(response, one));
    else send(response, answer);
  });
};

const front: Front = {
  listener,
  loadApp: () => listener,
  answerWhole: ({ head: { method, url, headers }, body }) => {
    if (url === '/a?elsewhere') return undefined;
    whole += 1;
    const answer = toAnswer({ method, url, headers, body: body.toString('latin1') });
    return isLate({ headers }) ? later(answer) : answer;
  },
  finish: (request, response, handled) => {
    request.resume();
    if (handled instanceof Promise) void handled.then((answer) => send(response, answer as Answer));
    else send(response, handled as Answer);
  },
};

const OPTIONS = { keepAliveTimeout: 0, requestTimeout: 0, headersTimeout: 0 };
const http = createServer(OPTIONS, listener);
/** Reads as a stream, like what it is given by others: by itself it lets requests end between what came with them. */
const streaming = createServer(OPTIONS, listener);
streaming.on('connection', (socket) => socket.on('data', () => undefined));
const bare = await Promise.all([openWire(http), openWire(streaming)]);
const own = await openWire(new OwnServer(front));

afterAll(() => {
  for (const wire of bare) wire.close();
  own.close();
});

function readHead(bytes: Buffer): Head | undefined {
  return new HeadReader(new FieldReader()).read(bytes);
}

/**
 * Anywhere, where every request is a whole one. Otherwise also between them: what cannot be read overtakes with node:http the
 * answer to what came with it, if that has a body or is awaited.
 */
function cut(bytes: Buffer, cuts: readonly number[]): readonly Buffer[] {
  const requests: Buffer[] = [];
  let rest = bytes;
  for (let head = readHead(rest); head; head = readHead(rest)) {
    requests.push(rest.subarray(0, head.size + head.length));
    rest = rest.subarray(head.size + head.length);
  }
  return rest.length === 0 ? toPieces(bytes, cuts) : [...requests, rest].flatMap((one) => toPieces(one, cuts));
}

/** The instant apart. */
function withoutDates(bytes: Buffer): string {
  return bytes.toString('latin1').replace(/^Date: .{29}\r$/gm, 'Date: now\r');
}

/**
 * Tells the same to our own reader and to node:http, and compares what comes back.
 *
 * @param options how many conversations, and which
 */
export async function compareReaders(options: fc.Parameters<unknown>): Promise<void> {
  const cuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 3 });
  await fc.assert(
    fc.asyncProperty(conversation, cuts, async (text, at) => {
      const pieces = cut(Buffer.from(text, 'latin1'), at);
      const isQuiet = (): boolean => underWay === 0;
      const tell = async (wire: Wire): Promise<string> => withoutDates(await wire.tell(pieces, isQuiet));
      const [one, other] = [await tell(bare[0]), await tell(bare[1])];
      const answered = await tell(own);
      // What cannot be read overtakes what is not answered yet, and with it ends the connection.
      if (answered !== other) expect(answered).toBe(one);
    }),
    options as fc.Parameters<[string, number[]]>,
  );
  // Else node:http would have been compared with itself.
  expect(whole).toBeGreaterThan(100);
}
