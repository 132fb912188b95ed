import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { describe, expect, it, onTestFinished, vi } from 'vitest';

import type { EmulatorOptions } from '../../src/config/options.ts';
import type { WrittenEffect } from '../../src/core/faults/fault-rule.ts';
import { createApp } from '../../src/compose/emulator.ts';
import { board } from '../support/board.ts';
import { START } from '../support/emulator.ts';
import { takeLogged, testLogger } from '../support/log.ts';
import { controlOf, openSocket, startFaulty, toBytes, type Faulty, type RawSocket } from '../support/raw-socket.ts';

const CREDITS = '/klaim/users/ada/credits';
const HEADERS = { Authorization: 'Bearer klaim_test_lantern' };
const READ = toBytes('GET', CREDITS, { headers: HEADERS });
/** Adds 6. */
const CHANGE = toBytes('PUT', CREDITS, { headers: HEADERS, body: { credit_delta: 6 } });
const OTHER = toBytes('GET', '/klaim/users/ada', { headers: HEADERS });
const HEAD = toBytes('HEAD', CREDITS, { headers: HEADERS });
const OPTIONS: EmulatorOptions = { providers: ['klaim'] };

type World = Omit<Faulty, 'emulator'>;

/** The same emulator behind a server of node:http. */
async function startBare(options: EmulatorOptions): Promise<World> {
  const app = await createApp({ clock: START, ...options }, testLogger);
  const server = createServer({ keepAliveTimeout: 0 }, app);
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  return controlOf(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
}

/** What both come to, which is the same. */
async function compare<T>(look: (world: World) => Promise<T>, options = OPTIONS): Promise<T> {
  const seen = await look(await startFaulty(options));
  expect(seen).toEqual(await look(await startBare(options)));
  return seen;
}

/** All that came, the instants apart. */
function textOf(socket: RawSocket): string {
  return socket.text().replace(/^Date: .{29}\r$/gm, 'Date: now\r');
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Sends pieces one behind another, and then the end of our side, once so many answers have come or the connection has ended. */
async function tell({ url }: World, pieces: readonly string[], answers = 0): Promise<RawSocket & { end: string }> {
  const socket = await openSocket(url);
  let hasEnded = false;
  void socket.ended.then(() => (hasEnded = true));
  for (const piece of pieces) {
    socket.send(piece);
    await turn();
    await turn();
  }
  await expect.poll(() => hasEnded || socket.answers().length >= answers).toBe(true);
  socket.finish();
  return { ...socket, end: await socket.ended };
}

/** How it was answered and how it ended. */
async function hear(world: World, pieces: readonly string[], answers = 0): Promise<readonly [string, string]> {
  const socket = await tell(world, pieces, answers);
  return [textOf(socket), socket.end];
}

const at = CHANGE.indexOf('\r\n\r\n') + 4;

describe('a request', () => {
  it.each<[string, readonly string[]]>([
    ['byte by byte', [...CHANGE]],
    ['with its body behind its head', [CHANGE.slice(0, at), CHANGE.slice(at)]],
    ['with its body in pieces', [CHANGE.slice(0, at + 1), CHANGE.slice(at + 1, at + 4), CHANGE.slice(at + 4)]],
    ['cut in its head behind another', [READ + CHANGE.slice(0, 20), CHANGE.slice(20)]],
  ])('that comes %s is answered as by node:http', async (_, pieces) => {
    const [text] = await compare((world) => hear(world, pieces, 1));
    expect(text).toMatch(/^HTTP\/1.1 200 OK\r\n/);
  });

  it.each<[string, string]>([
    ['that asks first whether it is read', CHANGE.replace('Host:', 'Expect: 100-continue\r\nHost:')],
    ['in chunks', `${READ.replace('GET', 'PUT').slice(0, -2)}Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n`],
    ['that would speak another protocol', READ.replace('Host:', 'Connection: Upgrade\r\nUpgrade: websocket\r\nHost:')],
    ['that is the last', READ.replace('Host:', 'Connection: close\r\nHost:')],
    ['of an older version', READ.replace('HTTP/1.1', 'HTTP/1.0')],
    ['with HEAD', HEAD],
    ['with OPTIONS', toBytes('OPTIONS', CREDITS)],
    ['with CONNECT', 'CONNECT a:80 HTTP/1.1\r\nHost: a:80\r\n\r\n'],
    ['without a host', READ.replace('Host: localhost\r\n', '')],
    ['that is garbage', '\x16\x03\x01\x02garbage\r\n\r\n'],
    ['of a length before a tab', CHANGE.replace(/(Content-Length: \d+)/, '$1\t')],
    ['of a length before a space', CHANGE.replace(/(Content-Length: \d+)/, '$1 ')],
    ['of a length after a tab', CHANGE.replace('Content-Length: ', 'Content-Length:\t')],
    ['of two lengths', CHANGE.replace('Host:', 'Content-Length: 3\r\nHost:')],
    ['for a page', toBytes('GET', '/')],
    ['for nobody', toBytes('GET', '/nobody')],
    ['for the control API', toBytes('GET', '/_emulator/clock')],
  ])('%s, with others around it, is answered as by node:http', async (_, bytes) => {
    const [text] = await compare((world) => hear(world, [READ + CHANGE, bytes, READ], 3));
    expect(text).toMatch(/^HTTP\/1.1 200 OK\r\n/);
  });
});

it('a request is carried out before one that comes with the end of its body', async () => {
  const { url } = await startFaulty(OPTIONS);
  const socket = await openSocket(url);
  for (const piece of [CHANGE.slice(0, at), CHANGE.slice(at) + READ + CHANGE + READ]) {
    socket.send(piece);
    await turn();
  }
  await expect.poll(() => socket.answers().length).toBe(4);
  const balances = socket.answers().map(({ body }) => (JSON.parse(body) as { credit_balance: number }).credit_balance);
  expect(balances).toEqual([706, 706, 712, 712]);
});

describe('fifty requests at once', () => {
  it.each<[string, WrittenEffect, number]>([
    ['a reset', { connection: 'reset' }, 26],
    ['a reset behind some bytes', { connection: { reset: { afterBytes: 10 } } }, 26],
    ['an end', { connection: 'empty' }, 26],
    ['a body that is cut', { body: 'truncate' }, 26],
    ['a slow body', { body: { slow: { bytesPerSecond: 2000 } } }, 50],
    ['a delay', { delay: 20 }, 50],
    ['a status', { status: 503 }, 50],
  ])('with %s in the middle are answered as by node:http', async (_, effect, handled) => {
    const bytes = READ.repeat(25) + OTHER + READ.repeat(24);
    const look = async (world: World): Promise<unknown> => {
      await world.arm({ operation: 'getUser', effect });
      const socket = await tell(world, [bytes], 50);
      const journal = await world.journal();
      return [
        socket.end,
        socket.answers().length,
        textOf(socket),
        // A bare node:http carries out what follows a cut, too.
        journal.slice(-handled).map(({ id, operation, answer }) => [id, operation, answer]),
      ];
    };
    await compare(look);
  });
});

describe('a client that ends its side', () => {
  it.each<[string, readonly string[]]>([
    ['behind its request', [CHANGE]],
    ['in the middle of a head', [READ + READ.slice(0, 30)]],
    ['in the middle of a body', [READ, CHANGE.slice(0, -1)]],
    ['without a word', []],
  ])('%s gets what node:http says', async (_, pieces) => {
    await compare((world) => hear(world, pieces));
  });

  it('while a slow answer is awaited is noted as one that left', async () => {
    const { url, arm, fired, journal } = await startFaulty(OPTIONS);
    await arm({ id: 'late', effect: { delay: 60_000 } }, { effect: { body: { slow: { bytesPerSecond: 1000 } } } });
    const socket = await openSocket(url);
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    socket.send(READ);
    await expect.poll(() => fired('late')).toBe(1);
    socket.finish();
    expect([await socket.ended, socket.text()]).toEqual(['end', '']);
    vi.advanceTimersByTime(60_000);
    await expect.poll(journal).toMatchObject([{ answer: { ended: 'the client left before the answer' } }]);
  });
});

it('a client that leaves while it is awaited is noted in the journal, also where it asked for more', async () => {
  const { url, arm, fired, journal } = await startFaulty(OPTIONS);
  await arm({ id: 'hung', effect: { connection: 'hang' } });
  const socket = await openSocket(url);
  socket.send(READ);
  await expect.poll(() => fired('hung')).toBe(1);
  socket.send(CHANGE + OTHER.slice(0, 9));
  await turn();
  socket.leave();
  await expect.poll(async () => (await journal()).length).toBe(1);
  expect((await journal()).map(({ id, operation, answer }) => [id, operation, answer.ended])).toEqual([
    ['default-1', 'getUserCredits', 'never answered; the client left'],
  ]);
});

it('a client that does not read is not answered for ever', async () => {
  const { url, act, journal } = await startFaulty({ providers: [board] });
  await act('PUT', '/state', { board: { notes: [{ name: 'a', version: 1, text: 'x', times: 200_000 }] } });
  const socket = await openSocket(url);
  socket.pause();
  // Some are there as a whole in each read.
  socket.send(toBytes('GET', '/board/notes/a', { headers: { 'X-Long': 'l'.repeat(4000) } }).repeat(200));
  const count = async (): Promise<number> => (await journal()).length;
  await expect
    .poll(async () => (await count()) > 0 && (await count()) === (await count()), { timeout: 20_000 })
    .toBe(true);
  expect(await count()).toBeLessThan(200);
  socket.resume();
  await expect.poll(count, { timeout: 20_000 }).toBe(200);
});

it('an answer that cannot be sent is an error of its own, and the next request is answered', async () => {
  const broken = {
    ...board,
    operations: { ...board.operations, getNote: () => ({ status: 200, headers: { 'X-Broken': 'a\nb' }, body: {} }) },
  } as typeof board;
  const look = async (world: World): Promise<unknown> => {
    const get = toBytes('GET', '/board/notes/a');
    const socket = await tell(world, [get, toBytes('GET', '/board/nothing'), get + get], 4);
    const logged = takeLogged().filter(({ message }) => message.includes('could not be answered'));
    return [textOf(socket), socket.answers().map(({ status }) => status), logged.length];
  };
  expect(await compare(look, { providers: [broken] })).toEqual([expect.anything(), [500, 404, 500, 500], 3]);
});

describe('an emulator that is closed', () => {
  it.each<[string, string, number]>([
    ['idle', READ, 1],
    ['begun', CHANGE.slice(0, -1), 0],
    ['given to node:http', HEAD + READ, 1],
    ['silent', '', 0],
  ])('ends a connection that is %s', async (_, bytes, answers) => {
    const { url, emulator } = await startFaulty(OPTIONS);
    const socket = await openSocket(url);
    socket.send(bytes);
    await expect.poll(() => socket.answers().length).toBeGreaterThanOrEqual(answers);
    await emulator.close();
    expect(await socket.ended).toBe('end');
  });

  it.each([
    ['alone', READ],
    ['with another behind it', READ + READ],
  ])('ends one on which a request is awaited %s', async (_, bytes) => {
    const { url, arm, fired, emulator } = await startFaulty(OPTIONS);
    await arm({ id: 'hung', effect: { connection: 'hang' } });
    const socket = await openSocket(url);
    socket.send(bytes);
    await expect.poll(() => fired('hung')).toBeGreaterThanOrEqual(1);
    await emulator.close();
    expect([await socket.ended, socket.text()]).toEqual(['end', '']);
  });
});
