import { createServer, IncomingMessage, request as open } from 'node:http';
import type { AddressInfo } from 'node:net';

import { describe, expect, it, onTestFinished } from 'vitest';

import { readBody } from '../../src/http/body.ts';
import { PushedRequest } from '../../src/http/pushed-request.ts';

const LIMIT = 1_000_000;

interface Served {
  readonly body: string;
  /** Whether it was read as a stream. */
  readonly isStream: boolean;
}

/** A server that answers what it has read, and how. */
async function serve(type: typeof IncomingMessage): Promise<string> {
  const server = createServer({ IncomingMessage: type }, (request, response) => {
    readBody(request, LIMIT, ({ bytes }) => {
      const served: Served = { body: String(bytes), isStream: request.listenerCount('data') > 0 };
      response.end(JSON.stringify(served));
    });
  });
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

function send(url: string, pieces: readonly string[], headers: Readonly<Record<string, string>>): Promise<Served> {
  return new Promise((resolve, reject) => {
    const outgoing = open(url, { method: 'PUT', headers, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.once('end', () => {
        resolve(JSON.parse(text) as Served);
      });
    });
    outgoing.once('error', reject);
    const [first = '', ...rest] = pieces;
    // Each in a packet of its own.
    outgoing.write(first, () => {
      for (const piece of rest) outgoing.write(piece);
      outgoing.end();
    });
  });
}

function withLength(pieces: readonly string[]): Readonly<Record<string, string>> {
  return { 'Content-Length': String(Buffer.byteLength(pieces.join(''))) };
}

describe('a body', () => {
  const long = ['a'.repeat(20_000), 'b'.repeat(20_000)];

  it.each([
    ['in one piece', ['{"a":1}'], true],
    ['in several pieces', ['{"a":', '1', '}'], true],
    ['of unknown length', ['{"a":1}'], false],
  ])('that is short, %s, is taken as the parser pushes it where its length is known', async (_, pieces, isKnown) => {
    const url = await serve(PushedRequest);
    const headers = isKnown ? withLength(pieces) : { 'Transfer-Encoding': 'chunked' };
    expect(await send(url, pieces, headers)).toEqual({ body: '{"a":1}', isStream: !isKnown });
  });

  it('that is long is read as a stream', async () => {
    expect(await send(await serve(PushedRequest), long, withLength(long))).toEqual({
      body: long.join(''),
      isStream: true,
    });
  });

  it('of a request of another kind is read as a stream', async () => {
    const body = ['{}'];
    expect(await send(await serve(IncomingMessage), body, withLength(body))).toEqual({ body: '{}', isStream: true });
  });
});

it('many requests on one connection are answered in turn, and leave no listeners behind', async () => {
  const requests: PushedRequest[] = [];
  const server = createServer({ IncomingMessage: PushedRequest }, (request, response) => {
    requests.push(request);
    readBody(request, LIMIT, ({ bytes }) => response.end(String(bytes)));
  });
  onTestFinished(() => {
    server.close();
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const answers: string[] = [];
  for (let count = 0; count < 20; count += 1) {
    const response = await fetch(url, { method: 'PUT', body: `body ${count}` });
    answers.push(await response.text());
  }
  expect(answers).toEqual(Array.from({ length: 20 }, (_, count) => `body ${count}`));
  expect(new Set(requests.map(({ socket }) => socket.listenerCount('close'))).size).toBe(1);
});
