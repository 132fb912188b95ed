import { Agent, request, type ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';

import { describe, expect, it, onTestFinished, vi } from 'vitest';

import { KEPT_BODY } from '../../src/core/sandbox/journal.ts';
import type { Provider } from '../../src/core/provider/provider.ts';
import { board, type ShownNote } from '../support/board.ts';
import { startEmulator } from '../support/emulator.ts';
import { follow, type Followed } from '../support/events.ts';
import { recordWrites, serveApp, type Served } from '../support/server.ts';

/** Characters of a note that no system takes off a server's hands before the client reads. */
const HUGE = 16_000_000;
const MANY = 300;

const NOTE = '/board/notes/a';
const STREAM = `${NOTE}/stream`;

async function write(url: string, text: string, times = 1): Promise<void> {
  const answer = await fetch(url + NOTE, {
    method: 'PUT',
    // So that the only connections left are those of streams.
    headers: { 'Content-Type': 'application/json', Connection: 'close' },
    body: JSON.stringify({ text, times }),
  });
  expect(answer.status).toBe(200);
  await answer.arrayBuffer();
}

/** Board, whose clients may leave unread what they were sent for no longer than this. */
function withPatience(patience: number): Provider {
  const { streams } = board;
  if (!streams) throw new Error('Board has no streams.');
  return { ...board, streams: { ...streams, patience } };
}

/** A server whose only stream has a client that does not read, with a huge note on the way to it. */
async function getStuck(
  provider: Provider,
  set: readonly string[] = [],
): Promise<{ served: Served; stuck: Followed<ShownNote>; response: ServerResponse }> {
  const responses: ServerResponse[] = [];
  const served = await serveApp({ providers: [provider], set }, ({ url }, response, handOn) => {
    if (url === STREAM) responses.push(response);
    handOn();
  });
  const stuck = await follow<ShownNote>(served.url + STREAM);
  expect(await stuck.next()).toMatchObject({ version: 0 });
  stuck.stop();
  await write(served.url, 'x', HUGE);
  const [response] = responses;
  if (!response) throw new Error('There is no stream.');
  return { served, stuck, response };
}

/** A request for the stream on a connection of its own, sent and left to itself. */
async function ask(url: string, version = '1.1'): Promise<Socket> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  // However it ends, it may be a reset for this side.
  socket.on('error', () => undefined);
  await new Promise((resolve) => socket.once('connect', resolve));
  socket.write(`GET ${STREAM} HTTP/${version}\r\nHost: localhost\r\n\r\n`);
  return socket;
}

async function askAndHear(url: string): Promise<Socket> {
  const socket = await ask(url);
  await new Promise((resolve) => socket.once('data', resolve));
  return socket;
}

/** Nothing is left of any stream. */
async function expectNothing({ streams, sandbox, countConnections }: Served): Promise<void> {
  await expect.poll(() => [streams.size, sandbox.topics.size]).toEqual([0, 0]);
  await expect.poll(countConnections).toBe(0);
}

describe('a client that does not read', () => {
  it('has only the newest snapshot when it reads on, behind what was on its way', async () => {
    const { served, stuck, response } = await getStuck(board);
    for (const text of ['two', 'three', 'four', 'five']) await write(served.url, text);
    expect(response.socket?.writableNeedDrain).toBe(true);
    stuck.goOn();
    expect(await stuck.next()).toMatchObject({ version: 1 });
    expect(await stuck.next()).toEqual({ name: 'a', version: 5, text: 'five' });
    await write(served.url, 'six');
    expect(await stuck.next()).toEqual({ name: 'a', version: 6, text: 'six' });
    expect(stuck.untaken).toEqual([]);
    expect([...served.sandbox.journal.newest()].filter(({ answer }) => answer.ended)).toEqual([]);
  });

  it('has no more kept for it than one snapshot on its way and one behind it', async () => {
    const { served, response } = await getStuck(board);
    const before = response.writableLength;
    for (let count = 0; count < 20; count += 1) await write(served.url, 'y', HUGE / 40);
    expect(response.writableLength).toBeLessThanOrEqual(before);
  });

  it('may be slow again and again', async () => {
    const { served, stuck } = await getStuck(board);
    stuck.goOn();
    expect(await stuck.next()).toMatchObject({ version: 1 });
    stuck.stop();
    await write(served.url, 'z', HUGE);
    await write(served.url, 'three');
    await write(served.url, 'four');
    stuck.goOn();
    expect(await stuck.next()).toMatchObject({ version: 2 });
    expect(await stuck.next()).toMatchObject({ version: 4, text: 'four' });
    expect(stuck.untaken).toEqual([]);
  });

  it('has no comments kept for it', async () => {
    const { served, stuck } = await getStuck(board, ['board.heartbeat=PT0.01S']);
    const other = await follow<ShownNote>(`${served.url}/board/notes/b/stream`);
    await expect.poll(other.text).toMatch(/(:\n\n){10}$/);
    await write(served.url, 'two');
    stuck.goOn();
    expect(await stuck.next()).toMatchObject({ version: 1 });
    expect(await stuck.next()).toMatchObject({ version: 2 });
    expect(stuck.text()).toMatch(/x"\}\n\ndata: [^\n]*"two"\}\n\n(:\n\n)*$/);
  });

  it('keeps nobody else waiting', async () => {
    const { served } = await getStuck(board);
    const other = await follow<ShownNote>(served.url + STREAM);
    expect(await other.next()).toMatchObject({ version: 1 });
    await write(served.url, 'two');
    expect(await other.next()).toMatchObject({ version: 2 });
  });

  it('is cut off when it stays stuck, and the journal says so', async () => {
    const { served, stuck } = await getStuck(withPatience(50));
    const { sandbox, streams } = served;
    await expect.poll(() => [streams.size, sandbox.topics.size]).toEqual([0, 0]);
    const [change, cut] = [...sandbox.journal.newest()];
    expect([change?.id, change?.answer.ended]).toEqual(['default-2', undefined]);
    expect(cut).toMatchObject({
      id: 'default-1',
      operation: 'followNote',
      subject: 'a',
      url: '/notes/a/stream',
      answer: { status: 200, ended: 'cut off after the client had not caught up for 50 ms' },
      commit: undefined,
    });
    expect(cut?.duration).toBeGreaterThanOrEqual(50);
    stuck.goOn();
    expect(await stuck.ended).toBe('broken');
    await expectNothing(served);
    await write(served.url, 'two');
  });

  it('is cut off in the words of the control API too', async () => {
    const { served } = await getStuck(withPatience(50));
    await expect.poll(() => served.streams.size).toBe(0);
    const answer = await fetch(`${served.url}/_emulator/requests?operation=followNote`);
    expect(await answer.json()).toMatchObject({
      requests: [{ id: 'default-1', answer: { status: 200, ended: expect.stringContaining('cut off') as unknown } }],
    });
  });

  it('is not cut off when it reads on in time', async () => {
    onTestFinished(() => void vi.useRealTimers());
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const { served, stuck } = await getStuck(withPatience(10_000));
    vi.advanceTimersByTime(9999);
    stuck.goOn();
    expect(await stuck.next()).toMatchObject({ version: 1 });
    vi.advanceTimersByTime(1_000_000);
    await write(served.url, 'two');
    expect(await stuck.next()).toMatchObject({ version: 2 });
    expect(served.streams.size).toBe(1);
  });

  it('is cut off no sooner than its time is over, which newer events do not put off', async () => {
    onTestFinished(() => void vi.useRealTimers());
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const { served } = await getStuck(withPatience(10_000));
    vi.advanceTimersByTime(9999);
    await write(served.url, 'two');
    expect(served.streams.size).toBe(1);
    vi.advanceTimersByTime(1);
    await expect.poll(() => served.streams.size).toBe(0);
  });

  // The journal's entry is written anew with the whole of it.
  it('has no more of its first event in the journal than others when it is cut off', async () => {
    const served = await serveApp({ providers: [withPatience(50)] });
    await write(served.url, 'x', HUGE);
    const stuck = await follow<ShownNote>(served.url + STREAM);
    stuck.stop();
    await expect.poll(() => served.streams.size).toBe(0);
    const [{ answer } = { answer: undefined }] = [...served.sandbox.journal.newest()];
    expect(answer?.ended).toContain('cut off');
    expect(answer?.body.length).toBeLessThanOrEqual(KEPT_BODY);
  });

  it('leaves nothing behind when it goes', async () => {
    const { served, stuck } = await getStuck(board);
    await write(served.url, 'two');
    stuck.leave();
    await expectNothing(served);
    expect([...served.sandbox.journal.newest()].filter(({ answer }) => answer.ended)).toEqual([]);
  });
});

describe('clients that leave', () => {
  it('leave no subscriber, timer or connection behind, however they go', async () => {
    const set = vi.spyOn(globalThis, 'setInterval');
    const cleared = vi.spyOn(globalThis, 'clearInterval');
    onTestFinished(() => void vi.restoreAllMocks());
    const served = await serveApp({ providers: [board], set: ['board.heartbeat=PT7M'] });
    const goings: readonly ((socket: Socket) => void)[] = [
      (socket) => socket.destroy(),
      (socket) => socket.resetAndDestroy(),
      (socket) => socket.end(),
    ];
    for (let count = 0; count < MANY; count += 100) {
      const sockets = await Promise.all(
        // Every other one leaves before it has heard anything.
        Array.from({ length: 100 }, (_, index) => (index % 2 === 0 ? ask : askAndHear)(served.url)),
      );
      for (const [index, socket] of sockets.entries()) goings[index % goings.length]?.(socket);
    }
    await expectNothing(served);
    const timers = set.mock.results.filter((_, index) => set.mock.calls[index]?.[1] === 420_000);
    const gone = new Set<unknown>(cleared.mock.calls.map(([timer]) => timer));
    expect(timers.length).toBeGreaterThanOrEqual(MANY / 2);
    expect(timers.filter(({ value }) => !gone.has(value))).toEqual([]);
    await write(served.url, 'one');
  });

  it('before their stream was opened leave nothing behind', async () => {
    const handled: Promise<void>[] = [];
    const served = await serveApp({ providers: [board] }, ({ socket }, _response, handOn) => {
      handled.push(new Promise((resolve) => socket.once('close', () => resolve(handOn()))));
    });
    for (let count = 0; count < 10; count += 1) {
      const socket = await ask(served.url);
      await expect.poll(() => handled.length).toBe(count + 1);
      socket.destroy();
    }
    await Promise.all(handled);
    await expectNothing(served);
    expect([...served.sandbox.journal.newest()]).toHaveLength(10);
  });

  // Node says nothing of answers that wait behind another one when their connection closes.

  it('with more requests behind the one for the stream leave nothing behind', async () => {
    const served = await serveApp({ providers: [board] });
    const socket = await askAndHear(served.url);
    socket.write(`GET ${STREAM} HTTP/1.1\r\nHost: localhost\r\n\r\n`.repeat(2));
    await expect.poll(() => [...served.sandbox.journal.newest()].length).toBe(3);
    socket.destroy();
    await expectNothing(served);
  });

  // Answers behind another one are not told that their connection has closed.
  it('before a stream behind another one was opened leave nothing behind', async () => {
    const handled: Promise<void>[] = [];
    const served = await serveApp({ providers: [board] }, ({ socket }, _response, handOn) => {
      handled.push(new Promise((resolve) => socket.once('close', () => resolve(handOn()))));
    });
    const socket = await ask(served.url);
    socket.write(`GET ${STREAM} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
    await expect.poll(() => handled.length).toBe(2);
    socket.destroy();
    await Promise.all(handled);
    await expectNothing(served);
  });

  it('are not missed by those who stay', async () => {
    const served = await serveApp({ providers: [board] });
    const followed = await Promise.all(Array.from({ length: 20 }, () => follow<ShownNote>(served.url + STREAM)));
    await Promise.all(followed.map(({ next }) => next()));
    for (const [index, { leave }] of followed.entries()) if (index % 2 === 0) leave();
    await expect.poll(() => served.sandbox.topics.size).toBe(10);
    await write(served.url, 'one');
    const stayed = followed.filter((_, index) => index % 2 === 1);
    for (const { next } of stayed) expect(await next()).toMatchObject({ version: 1 });
  });
});

describe('a stream behind another one on its connection', () => {
  // Nothing is kept back for it, since its connection takes what it is given, and it waits for ever.
  it('has no more kept for it than one that is not read', async () => {
    const responses: ServerResponse[] = [];
    const served = await serveApp({ providers: [board] }, ({ url }, response, handOn) => {
      if (url === STREAM) responses.push(response);
      handOn();
    });
    const socket = await askAndHear(served.url);
    socket.write(`GET ${STREAM} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
    await expect.poll(() => served.streams.size).toBe(2);
    for (let count = 0; count < 10; count += 1) await write(served.url, 'x', HUGE / 100);
    expect(responses[1]?.writableLength).toBeLessThan((3 * HUGE) / 100);
  });
});

describe('an event', () => {
  it('is on its way before the answer to its cause is', async () => {
    const served = await serveApp({ providers: [board] });
    const written = recordWrites(served.server);
    const { next } = await follow<ShownNote>(served.url + STREAM);
    await next();
    const before = written.length;
    await write(served.url, 'one');
    await next();
    expect(written.slice(before).map(({ text }) => text.includes('data: '))).toEqual([true, false]);
  });

  it('is a chunk of its own to a client of HTTP/1.1, and comes as it is to one of 1.0', async () => {
    const served = await serveApp({ providers: [board] });
    const texts = { '1.1': '', '1.0': '' };
    for (const version of ['1.1', '1.0'] as const) {
      const socket = await ask(served.url, version);
      socket.setEncoding('utf8').on('data', (text: string) => (texts[version] += text));
    }
    await expect.poll(() => Object.values(texts).every((text) => text.includes('data: '))).toBe(true);
    const events = [
      '{"name":"a","version":0,"text":""}',
      '{"name":"a","version":1,"text":"äß"}',
      '{"name":"a","version":2,"text":"two"}',
    ].map((data) => `data: ${data}\n\n`);
    await write(served.url, 'äß');
    await write(served.url, 'two');
    const chunks = events.map((event) => `${Buffer.byteLength(event).toString(16)}\r\n${event}\r\n`);
    const toBody = (text: string): string => text.slice(text.indexOf('\r\n\r\n') + 4);
    await expect.poll(() => [toBody(texts['1.1']), toBody(texts['1.0'])]).toEqual([chunks.join(''), events.join('')]);
  });
});

describe('an emulator that closes', () => {
  it('ends every stream', async () => {
    const emulator = await startEmulator({ providers: [board] });
    const { url } = emulator;
    const followed: Followed<ShownNote>[] = [];
    for (let count = 0; count < MANY; count += 100) {
      followed.push(...(await Promise.all(Array.from({ length: 100 }, () => follow<ShownNote>(url + STREAM)))));
    }
    for (const { next } of followed) expect(await next()).toMatchObject({ version: 0 });
    await emulator.close();
    const ends = await Promise.all(followed.map(({ ended }) => ended));
    expect(ends.filter((end) => end === 'whole')).toHaveLength(MANY);
  });

  it('does not wait for a client that does not read', async () => {
    const emulator = await startEmulator({ providers: [board] });
    const stuck = await follow<ShownNote>(emulator.url + STREAM);
    await stuck.next();
    stuck.stop();
    await write(emulator.url, 'x', HUGE);
    await write(emulator.url, 'two');
    await emulator.close();
    stuck.goOn();
    expect(await stuck.ended).toBe('broken');
  });

  it('gives a client that reads on the newest snapshot at the end', async () => {
    const { served, stuck } = await getStuck(board);
    for (const text of ['two', 'three']) await write(served.url, text);
    served.streams.close();
    expect([served.streams.size, served.sandbox.topics.size]).toEqual([0, 0]);
    stuck.goOn();
    expect(await stuck.next()).toMatchObject({ version: 1 });
    expect(await stuck.next()).toMatchObject({ version: 3 });
    expect(await stuck.ended).toBe('whole');
  });

  it('ends streams on connections that are kept alive', async () => {
    const emulator = await startEmulator({ providers: [board] });
    const agent = new Agent({ keepAlive: true });
    onTestFinished(() => agent.destroy());
    const ended = new Promise((resolve, reject) => {
      request(emulator.url + STREAM, { agent }, (response) => {
        response.once('data', () => void emulator.close());
        response.on('end', () => resolve(response.complete));
      })
        .on('error', reject)
        .end();
    });
    expect(await ended).toBe(true);
  });
});
