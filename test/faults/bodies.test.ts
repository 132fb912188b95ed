import { describe, expect, it } from 'vitest';

import type { EmulatorOptions } from '../../src/config/options.ts';
import type { WrittenEffect } from '../../src/core/faults/fault-rule.ts';
import { board } from '../support/board.ts';
import { follow } from '../support/events.ts';
import { tally } from '../support/providers.ts';
import { exchange, failureOf, openSocket, startFaulty, toBytes, type Faulty } from '../support/raw-socket.ts';

const CREDITS = '/klaim/users/ada/credits';
const AUTHORIZATION = { Authorization: 'Bearer klaim_test_lantern' };
const CLOSE = { ...AUTHORIZATION, Connection: 'close' };
const BODY = '{"message":"fetch resource successfully","credit_balance":700}';
const LENGTH = String(BODY.length);
const JSON_TYPE = 'application/json; charset=utf-8';

const start = (options: EmulatorOptions = {}): Promise<Faulty> => startFaulty({ providers: ['klaim'], ...options });

const read = (url: string): Promise<Response> => fetch(url + CREDITS, { headers: AUTHORIZATION });

/** What a client sees to the byte. */
async function readBytes(url: string, method = 'GET', path = CREDITS): Promise<unknown> {
  const { end, answers } = await exchange(url, toBytes(method, path, { headers: CLOSE }));
  const [{ status, headers, body } = { status: 0, headers: {}, body: '' }] = answers();
  return [status, headers['content-type'], headers['content-length'], headers['x-emulator-fault'], body, end];
}

describe('a truncated body', () => {
  it('keeps its length in the headers, and ends before', async () => {
    const { url, arm, journal } = await start();
    await arm({ id: 'short', effect: { body: 'truncate' }, times: 1 });
    expect(await readBytes(url)).toEqual([200, JSON_TYPE, LENGTH, 'short; phase=during', BODY.slice(0, 31), 'end']);
    expect(await journal()).toMatchObject([
      { answer: { status: 200, ended: 'closed after 31 of 62 bytes' }, fault: { id: 'short', phase: 'during' } },
    ]);
    expect(await readBytes(url)).toEqual([200, JSON_TYPE, LENGTH, undefined, BODY, 'end']);
  });

  it('is an error to a client that reads it with fetch, and the change is stored', async () => {
    const { url, arm } = await start();
    await arm({ effect: { body: 'truncate' }, times: 1 });
    const headers = { ...AUTHORIZATION, 'Content-Type': 'application/json' };
    const response = await fetch(url + CREDITS, { method: 'PUT', headers, body: '{"credit_delta":6}' });
    expect([response.status, response.headers.get('Content-Length')]).toEqual([200, '64']);
    expect(await failureOf(response.text())).toEqual({ message: 'terminated', code: 'UND_ERR_SOCKET' });
    expect(await (await read(url)).json()).toMatchObject({ credit_balance: 706 });
  });

  it('waits for the late answer to a request that came before it', async () => {
    const { url, arm } = await start();
    await arm(
      { operation: 'getUserCredits', effect: { delay: 100 } },
      { operation: 'getUser', effect: { body: 'truncate' } },
    );
    const user = toBytes('GET', '/klaim/users/ada', { headers: AUTHORIZATION });
    const { answers, end } = await exchange(url, toBytes('GET', CREDITS, { headers: AUTHORIZATION }) + user);
    const [first, second] = answers();
    expect(first).toMatchObject({ status: 200, body: BODY });
    expect(second?.body.length).toBe(Math.floor(Number(second?.headers['content-length']) / 2));
    expect(end).toBe('end');
  });
});

describe('a body of garbage', () => {
  const readGarbage = async (options?: EmulatorOptions, times = 2): Promise<readonly Buffer[]> => {
    const { url, arm } = await start(options);
    await arm({ effect: { body: 'garbage' } });
    const bodies: Buffer[] = [];
    for (let count = 0; count < times; count += 1) bodies.push(Buffer.from(await (await read(url)).arrayBuffer()));
    return bodies;
  };

  it('has the length and the type of what it stands for', async () => {
    const { url, arm } = await start();
    await arm({ id: 'noise', effect: { body: 'garbage' } });
    const garbage = expect.not.stringContaining('message') as unknown;
    expect(await readBytes(url)).toEqual([200, JSON_TYPE, LENGTH, 'noise; phase=during', garbage, 'end']);
    const bytes = Buffer.from(await (await read(url)).arrayBuffer());
    expect(bytes).toHaveLength(BODY.length);
  });

  it('is neither JSON nor text', async () => {
    for (const bytes of await readGarbage({}, 20)) {
      expect(() => JSON.parse(bytes.toString()) as unknown).toThrow(SyntaxError);
      expect(() => new TextDecoder('utf-8', { fatal: true }).decode(bytes)).toThrow(TypeError);
    }
  });

  it('is another one each time, and the same again with the same seed', async () => {
    const [first, second] = await readGarbage({ randomSeed: 7 });
    expect(first).not.toEqual(second);
    expect(await readGarbage({ randomSeed: 7 })).toEqual([first, second]);
    expect(await readGarbage({ randomSeed: 8 })).not.toContainEqual(first);
  });
});

describe('a body of malformed JSON', () => {
  it('cannot be parsed, and has its length in the headers', async () => {
    const { url, arm, journal } = await start();
    await arm({ id: 'broken', effect: { body: 'malformed-json' } });
    const body = `${BODY.slice(0, -1)},`;
    expect(await readBytes(url)).toEqual([200, JSON_TYPE, LENGTH, 'broken; phase=during', body, 'end']);
    expect(await failureOf((await read(url)).json())).toMatchObject({
      message: expect.stringContaining('JSON') as unknown,
    });
    expect(await journal()).toMatchObject([{ answer: { status: 200, body } }, { answer: { status: 200, body } }]);
  });

  it.each([
    ['a user with letters beyond ASCII', '/klaim/users/benoit'],
    ['a list', '/klaim/users'],
    ['an error', '/klaim/users/nobody'],
  ])('has its length in the headers where it was %s', async (_, path) => {
    const { url, arm } = await start();
    await arm({ effect: { body: 'malformed-json' } });
    const response = await fetch(url + path, { headers: AUTHORIZATION });
    const text = await response.text();
    expect(response.headers.get('Content-Length')).toBe(String(Buffer.byteLength(text)));
    expect(() => JSON.parse(text) as unknown).toThrow(SyntaxError);
  });
});

describe('a body of the wrong type', () => {
  it('is said to be HTML, and is what it was', async () => {
    const { url, arm, journal } = await start();
    await arm({ id: 'page', effect: { body: 'wrong-type' } });
    const type = 'text/html; charset=utf-8';
    expect(await readBytes(url)).toEqual([200, type, LENGTH, 'page; phase=during', BODY, 'end']);
    const response = await read(url);
    expect([response.headers.get('Content-Type'), await response.text()]).toEqual([type, BODY]);
    expect((await journal())[0]?.answer).toMatchObject({ headers: { 'Content-Type': type }, body: BODY });
  });
});

const EFFECTS: readonly WrittenEffect[] = [
  { body: 'truncate' },
  { body: 'garbage' },
  { body: 'malformed-json' },
  { body: 'wrong-type' },
  { body: { slow: { bytesPerSecond: 1_000_000 } } },
  { connection: { reset: { afterBytes: 3 } } },
];

describe.each(EFFECTS)('a rule for bodies (%j)', (effect) => {
  it('leaves responses to HEAD and those without a body alone, and does not count them', async () => {
    const { url, arm, fired } = await startFaulty({ providers: ['klaim', tally] });
    await arm({ id: 'rule', effect, times: 1 });
    expect(await readBytes(url, 'HEAD')).toEqual([200, JSON_TYPE, LENGTH, undefined, '', 'end']);
    const seen = await readBytes(url, 'DELETE', '/tally/forecasts/monday/wishes');
    expect(seen).toEqual([204, undefined, undefined, undefined, '', 'end']);
    expect(await fired('rule')).toBe(0);
    await exchange(url, toBytes('GET', CREDITS, { headers: CLOSE }));
    expect(await fired('rule')).toBe(1);
  });

  it('lets streams alone, and does not count them', async () => {
    const { url, arm, fired } = await startFaulty({ providers: [board] });
    await arm({ id: 'rule', effect, times: 1 });
    const { headers, next, text } = await follow(`${url}/board/notes/a/stream`);
    expect(await next()).toEqual({ name: 'a', version: 0, text: '' });
    expect([text(), headers['x-emulator-fault']]).toEqual(['data: {"name":"a","version":0,"text":""}\n\n', undefined]);
    expect(await fired('rule')).toBe(0);
  });

  it('does not count answers that another fault has met', async () => {
    const { url, arm, fired } = await start();
    await arm({ id: 'rule', effect, times: 1 }, { id: 'status', effect: { status: 503 }, times: 1 });
    const response = await read(url);
    expect([response.status, response.headers.get('X-Emulator-Fault')]).toEqual([503, 'status; phase=before']);
    expect(await response.json()).toHaveProperty('message');
    expect(await fired('rule')).toBe(0);
  });

  it('meets failures of the provider, too', async () => {
    const { url, arm, fired } = await start();
    await arm({ id: 'rule', effect, times: 1 });
    const socket = await openSocket(url);
    socket.send(toBytes('GET', '/klaim/users/nobody/credits', { headers: CLOSE }));
    await socket.ended;
    expect(socket.answers()).toMatchObject([{ status: 404, headers: { 'x-emulator-fault': 'rule; phase=during' } }]);
    expect(await fired('rule')).toBe(1);
  });
});

describe("GameFuse's answers in text", () => {
  const PATH = '/gamefuse/api/v2/users/1/game_user_store_items';
  const NO_TOKEN = 'Request missing user authentication token';
  const TEXT_TYPE = 'text/plain; charset=utf-8';

  it('are no JSON that could be malformed, and do not count', async () => {
    const { url, arm, fired } = await startFaulty({ providers: ['gamefuse'] });
    await arm({ id: 'rule', effect: { body: 'malformed-json' }, times: 1 });
    const refused = await fetch(url + PATH);
    const seen = [refused.status, refused.headers.get('Content-Type'), refused.headers.get('X-Emulator-Fault')];
    expect([...seen, await refused.text()]).toEqual([401, TEXT_TYPE, null, NO_TOKEN]);
    expect(await fired('rule')).toBe(0);
    const answered = await fetch(url + PATH, { headers: { 'authentication-token': 'gamefuse-test-ada' } });
    expect(answered.headers.get('X-Emulator-Fault')).toBe('rule; phase=during');
    expect(await failureOf(answered.json())).toMatchObject({ message: expect.stringContaining('JSON') as unknown });
  });

  it('are cut and said to be of another type like all others', async () => {
    const { url, arm } = await startFaulty({ providers: ['gamefuse'] });
    await arm({ effect: { body: 'truncate' }, times: 1 }, { effect: { body: 'wrong-type' }, times: 1 });
    const short = await exchange(url, toBytes('GET', PATH));
    expect(short.answers()).toMatchObject([
      { status: 401, headers: { 'content-length': '41', 'content-type': TEXT_TYPE }, body: NO_TOKEN.slice(0, 20) },
    ]);
    const page = await fetch(url + PATH);
    expect([page.headers.get('Content-Type'), await page.text()]).toEqual(['text/html; charset=utf-8', NO_TOKEN]);
  });
});
