import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';

import { beforeEach, describe, expect, it } from 'vitest';

import { startEmulator } from '../support/emulator.ts';
import { sendRaw } from '../support/raw.ts';
import type { WireAnswer } from '../support/raw-socket.ts';

const KEY = 'Authorization: Bearer klaim_test_lantern';
const JSON_TYPE = 'Content-Type: application/json';

let url: string;
let state: string;

beforeEach(async () => {
  const emulator = await startEmulator({ providers: ['klaim'] });
  url = emulator.urls.klaim;
  state = await readState();
});

async function readState(): Promise<string> {
  return (await fetch(`${url}/_emulator/state`)).text();
}

function put(headers: readonly string[], body: string | Buffer, path = '/users/ada/credits'): Promise<WireAnswer> {
  const bytes = Buffer.from(body);
  const head = [`PUT ${path} HTTP/1.1`, 'Host: x', `Content-Length: ${bytes.length}`, ...headers, '', ''].join('\r\n');
  return sendRaw(url, Buffer.concat([Buffer.from(head), bytes]));
}

function send(line: string, ...headers: readonly string[]): Promise<WireAnswer> {
  return sendRaw(url, [line, 'Host: x', KEY, ...headers, '', ''].join('\r\n'));
}

async function expectMessage(answer: Promise<WireAnswer>, status: number, message: string): Promise<void> {
  const { status: got, headers, body } = await answer;
  expect([got, headers['content-type'], body]).toEqual([
    status,
    'application/json; charset=utf-8',
    JSON.stringify({ message }),
  ]);
  expect(await readState()).toBe(state);
}

const INVALID = 'Invalid JSON format in request body';

describe('a body that is not what it should be', () => {
  it.each<[string, readonly string[], string | Buffer]>([
    ['broken JSON', [JSON_TYPE], '{"credit_delta": 6'],
    ['no body at all', [JSON_TYPE], ''],
    ['nothing but space', [JSON_TYPE], '   '],
    ['text', ['Content-Type: text/plain'], 'hello'],
    ['a form', ['Content-Type: application/x-www-form-urlencoded'], 'credit_delta=6'],
    ['a multipart form', ['Content-Type: multipart/form-data; boundary=x'], '--x--'],
    ['bad UTF-8', [JSON_TYPE], Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d])],
    [
      'another charset',
      ['Content-Type: application/json; charset=utf-16le'],
      Buffer.from('{"credit_delta":6}', 'utf16le'),
    ],
    ['a compressed body', [JSON_TYPE, 'Content-Encoding: gzip'], 'x'],
    ['10,000 nested arrays', [JSON_TYPE], '['.repeat(10_000) + ']'.repeat(10_000)],
    ['10,000 nested objects', [JSON_TYPE], '{"a":'.repeat(10_000) + '1' + '}'.repeat(10_000)],
    ['a __proto__ key for the delta', [JSON_TYPE], '{"__proto__":{"credit_delta":6}}'],
    ['a constructor key for the delta', [JSON_TYPE], '{"constructor":{"credit_delta":6}}'],
    ['a NUL', [JSON_TYPE], '\0'],
  ])('%s is refused in the words of the service', async (_, headers, body) => {
    await expectMessage(put([KEY, ...headers], body), 400, INVALID);
  });

  it('is read where only its type is missing', async () => {
    const { status } = await put([KEY], '{"credit_delta":1}');
    expect(status).toBe(200);
  });

  it.each([
    'application/json; charset=utf-8',
    'application/json;charset="UTF-8"',
    'APPLICATION/JSON',
    'application/vnd.klaim+json',
  ])('is read as %s', async (type) => {
    const { status } = await put([KEY, `Content-Type: ${type}`], '{"credit_delta":1}');
    expect(status).toBe(200);
  });

  it('is read in chunks', async () => {
    const head = `PUT /users/ada/credits HTTP/1.1\r\nHost: x\r\n${KEY}\r\n${JSON_TYPE}\r\nTransfer-Encoding: chunked\r\n\r\n`;
    const { status, body } = await sendRaw(url, `${head}8\r\n{"credit\r\na\r\n_delta":6}\r\n0\r\n\r\n`);
    expect([status, body]).toEqual([200, '{"message":"resource updated successfully","credit_balance":706}']);
  });
});

describe('a body that is too large', () => {
  it('is refused so that the client reads the answer', async () => {
    await expectMessage(put([KEY, JSON_TYPE], Buffer.alloc(2 * 1024 * 1024, 0x20)), 413, 'Request Too Long');
  });

  it('is refused also where it never ends, and the connection with it', async () => {
    const answer = await new Promise<{ status: number | undefined; sent: number }>((resolve, reject) => {
      let sent = 0;
      const request = httpRequest(`${url}/users/ada/credits`, {
        method: 'PUT',
        headers: { Authorization: 'Bearer klaim_test_lantern', 'Content-Type': 'application/json' },
      });
      const chunk = Buffer.alloc(65_536, 0x20);
      const more = (): void => {
        while (sent < 64 * 1024 * 1024 && !request.destroyed) {
          sent += chunk.length;
          if (!request.write(chunk)) return;
        }
      };
      request.on('drain', more);
      request.on('response', (response) => {
        response.resume();
        request.destroy();
        resolve({ status: response.statusCode, sent });
      });
      request.on('error', reject);
      more();
    });
    expect(answer.status).toBe(413);
    expect(answer.sent).toBeLessThan(64 * 1024 * 1024);
    expect(await readState()).toBe(state);
  });

  it('is not looked at where the call takes no body', async () => {
    const head = `POST /users/ada/credits HTTP/1.1\r\nHost: x\r\n${KEY}\r\nContent-Length: 2000000\r\n\r\n`;
    const { status } = await sendRaw(url, Buffer.concat([Buffer.from(head), Buffer.alloc(2_000_000, 0x20)]));
    expect(status).toBe(200);
  });

  it('may be told from one that is just not too large', async () => {
    const body = `{"credit_delta":0,"description":"${'x'.repeat(1_048_576 - 35)}"}`;
    expect(Buffer.byteLength(body)).toBe(1_048_576);
    expect((await put([KEY, JSON_TYPE], body)).status).toBe(200);
    expect((await put([KEY, JSON_TYPE], `${body} `)).status).toBe(413);
  });
});

describe('a path that leads nowhere', () => {
  it.each([
    ['an unknown path', 'GET /accounts HTTP/1.1'],
    ['the root', 'GET / HTTP/1.1'],
    ['a wrong method', 'PATCH /users/ada HTTP/1.1'],
    ['a trailing slash', 'GET /users/ HTTP/1.1'],
    ['a double slash', 'GET //users HTTP/1.1'],
    ['another case', 'GET /Users HTTP/1.1'],
    ['an empty id', 'GET /users//credits HTTP/1.1'],
    ['OPTIONS that is no preflight', 'OPTIONS /users HTTP/1.1'],
    ['a segment too many', 'GET /users/ada/credits/x HTTP/1.1'],
  ])('%s is 404', async (_, line) => {
    await expectMessage(send(line), 404, 'Not Found');
  });

  it.each(['%', '%zz', '%ff', '%c3%28', '%ed%a0%80'])('an id of %s is 400', async (id) => {
    await expectMessage(send(`GET /users/${id} HTTP/1.1`), 400, 'Bad Request');
  });

  it('an encoded slash stays in the id', async () => {
    await expectMessage(send('GET /users/ada%2Fcredits HTTP/1.1'), 404, 'Can not find user with the given user_id.');
  });

  it('a request line in absolute form finds its path', async () => {
    const { status } = await send('GET http://elsewhere.example/users/ada HTTP/1.1');
    expect(status).toBe(200);
  });
});

describe('a key that is not right', () => {
  it.each([
    ['is missing', 'X-Nothing: 1'],
    ['is unknown', 'Authorization: Bearer nobody'],
    ['is empty', 'Authorization: Bearer'],
    ['is not sent as Bearer', 'Authorization: klaim_test_lantern'],
    ['is sent as Basic', 'Authorization: Basic a2xhaW1fdGVzdF9sYW50ZXJu'],
    ['has a lower-case scheme', 'Authorization: bearer klaim_test_lantern'],
    ['is the name of an object property', 'Authorization: Bearer constructor'],
    ['is in the wrong header', 'X-API-Key: klaim_test_lantern'],
  ])('is refused when it %s', async (_, header) => {
    await expectMessage(put([header, JSON_TYPE], '{"credit_delta":6}'), 401, 'Unauthorized');
  });
});

it('answers HEAD as GET without its body, and writes nothing', async () => {
  const head = await sendHead(`${url}/users/ada/credits`);
  const get = await fetch(`${url}/users/ada/credits`, { headers: { Authorization: 'Bearer klaim_test_lantern' } });
  expect([head.status, head.body]).toEqual([200, '']);
  expect(head.headers['content-length']).toBe(get.headers.get('content-length'));
});

function sendHead(
  target: string,
): Promise<{ status: number | undefined; headers: NodeJS.Dict<unknown>; body: string }> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(target, { method: 'HEAD', headers: { Authorization: 'Bearer klaim_test_lantern' } });
    request.on('response', (response) => {
      let body = '';
      response.on('data', (chunk: Buffer) => (body += chunk.toString()));
      response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, body }));
    });
    request.on('error', reject);
    request.end();
  });
}

it('answers a preflight before it asks for a key, and lets the page read the answer that follows', async () => {
  const preflight = await send(
    'OPTIONS /users/ada/credits HTTP/1.1',
    'Origin: http://shop.example',
    'Access-Control-Request-Method: PUT',
  );
  expect(preflight).toMatchObject({
    status: 204,
    body: '',
    headers: {
      'access-control-allow-origin': '*',
      'access-control-allow-methods': 'GET,POST,PUT',
      'access-control-allow-headers': 'Authorization,Content-Type',
    },
  });
  const actual = await send('GET /users/ada HTTP/1.1', 'Origin: http://shop.example');
  expect(actual.headers['access-control-allow-origin']).toBe('*');
});

it('keeps answering after a client that leaves in the middle of its body', async () => {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.write(
    `PUT /users/ada/credits HTTP/1.1\r\nHost: x\r\n${KEY}\r\n${JSON_TYPE}\r\nContent-Length: 100\r\n\r\n{"cre`,
  );
  await send('GET /users/ada HTTP/1.1');
  socket.resetAndDestroy();
  expect((await send('GET /users/ada HTTP/1.1')).status).toBe(200);
  expect(await readState()).toBe(state);
});
