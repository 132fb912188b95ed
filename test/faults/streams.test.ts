import { EventSource } from 'eventsource';
import { describe, expect, it, onTestFinished, vi } from 'vitest';

import type { WrittenRule } from '../../src/core/faults/fault-rule.ts';
import { RICH, startStreams, streamOf, type Snapshot } from '../providers/decentraland/stream-api.ts';
import { board, type ShownNote } from '../support/board.ts';
import { follow, listen } from '../support/events.ts';
import { controlOf, exchange, failureOf, openSocket, startFaulty, toBytes } from '../support/raw-socket.ts';
import type { Faulty, RawSocket } from '../support/raw-socket.ts';
import { serveApp, type Served } from '../support/server.ts';

const PATH = `/decentraland${streamOf(RICH)}`;
const ASK = toBytes('GET', PATH);

const FAULT = 'stream; phase=during';

type Stream = NonNullable<WrittenRule['effect']['stream']>;

interface Faults extends Faulty {
  /** The stream of the rich one, who has 12.5. */
  readonly stream: string;
  /** Takes 1 of that. */
  readonly consume: () => Promise<void>;
  readonly fault: (stream: Stream, times?: number) => Promise<void>;
}

async function start(...set: readonly string[]): Promise<Faults> {
  const faulty = await startFaulty({ providers: ['decentraland'], set });
  return {
    ...faulty,
    stream: faulty.url + PATH,
    consume: async () => {
      await faulty.act('POST', '/controls/decentraland/consume', { address: RICH, amount: '1' });
    },
    fault: (stream, times) => faulty.arm({ id: 'stream', effect: { stream }, ...(times !== undefined && { times }) }),
  };
}

/** The server's, also where the client's helpers would choke on what is not JSON. */
function hear(url: string): readonly string[] {
  const heard: string[] = [];
  const source = new EventSource(url);
  source.addEventListener('message', ({ data }) => heard.push(toTotal(String(data))));
  onTestFinished(() => {
    source.close();
  });
  return heard;
}

/** The credits of an event, or that it is no JSON. */
function toTotal(data: string): string {
  try {
    return String((JSON.parse(data) as Snapshot).totalCredits);
  } catch {
    return 'broken';
  }
}

/** The totals of the events on a connection. */
function totalsOf({ text }: RawSocket): readonly string[] {
  return [...text().matchAll(/data: (.*)\n\n/g)].map(([, data = '']) => toTotal(data));
}

describe('a stream that is dropped', () => {
  it.each([0, 1, 2])('after %i events has sent its headers and those, and no end', async (after) => {
    const { url, fault, fired, consume } = await start();
    await fault({ drop: { after } });
    const socket = await openSocket(url);
    socket.send(ASK);
    await expect.poll(() => fired('stream')).toBe(1);
    await consume();
    await consume();
    expect(await socket.ended).toBe('end');
    expect(socket.answers()).toMatchObject([
      {
        status: 200,
        headers: { 'content-type': 'text/event-stream', 'transfer-encoding': 'chunked', 'x-emulator-fault': FAULT },
      },
    ]);
    expect(totalsOf(socket)).toEqual(['12.5', '11.5'].slice(0, after));
    expect(socket.text()).not.toContain('\r\n0\r\n');
  });

  it.each([
    { after: 0, totals: [11.5] },
    { after: 1, totals: [12.5, 11.5] },
    { after: 2, totals: [12.5, 11.5, 11.5] },
  ])(
    'after $after events is opened again by EventSource, which begins with what is so then',
    async ({ after, totals }) => {
      const { stream, fault, consume, fired } = await start();
      await fault({ drop: { after } }, 1);
      const { next, errors, untaken } = listen<Snapshot>(stream);
      const told: number[] = [];
      if (after > 0) told.push((await next()).totalCredits);
      else await expect.poll(() => fired('stream')).toBe(1);
      await consume();
      while (told.length < totals.length) told.push((await next()).totalCredits);
      expect(told.at(-1)).toBe(11.5);
      await consume();
      expect(await next()).toMatchObject({ totalCredits: 10.5 });
      expect([errors, untaken]).toEqual([[undefined], []]);
    },
  );

  it('is an error to whoever reads what fetch got', async () => {
    const { stream, fault } = await start();
    await fault('drop');
    const response = await fetch(stream);
    expect(response.status).toBe(200);
    expect(await failureOf(response.text())).toEqual({ message: 'terminated', code: 'UND_ERR_SOCKET' });
  });
});

describe('a stream that stalls', () => {
  it.each([0, 1, 2])('after %i events has sent its headers and those, and nothing more', async (after) => {
    const { url, stream, fault, fired, consume } = await start('decentraland.heartbeat=PT0.05S');
    await fault({ stall: { after } }, 1);
    const stalled = await openSocket(url);
    stalled.send(ASK);
    await expect.poll(() => fired('stream')).toBe(1);
    const other = await follow<Snapshot>(stream);
    await consume();
    await consume();
    for (const total of [12.5, 11.5, 10.5]) expect(await other.next()).toMatchObject({ totalCredits: total });
    const comments = stalled.text().split('\n:\n').length;
    await expect.poll(other.text).toMatch(/(:\n\n){4}$/);
    expect(stalled.answers()).toMatchObject([{ status: 200, headers: { 'content-type': 'text/event-stream' } }]);
    expect(totalsOf(stalled)).toEqual(['12.5', '11.5'].slice(0, after));
    expect(stalled.text().split('\n:\n')).toHaveLength(comments);
  });
});

describe('events', () => {
  it.each<{ stream: Stream; totals: readonly string[] }>([
    { stream: 'duplicate', totals: ['12.5', '11.5', '11.5', '10.5', '9.5'] },
    { stream: { duplicate: { after: 0 } }, totals: ['12.5', '12.5', '11.5', '10.5', '9.5'] },
    { stream: { duplicate: { after: 2 } }, totals: ['12.5', '11.5', '10.5', '10.5', '9.5'] },
    { stream: 'reorder', totals: ['12.5', '10.5', '11.5', '9.5'] },
    { stream: { reorder: { after: 0 } }, totals: ['11.5', '12.5', '10.5', '9.5'] },
    { stream: { reorder: { after: 2 } }, totals: ['12.5', '11.5', '9.5', '10.5'] },
    { stream: 'gap', totals: ['12.5', '10.5', '9.5'] },
    { stream: { gap: { after: 0 } }, totals: ['11.5', '10.5', '9.5'] },
    { stream: { gap: { after: 2 } }, totals: ['12.5', '11.5', '9.5'] },
    { stream: 'malformed', totals: ['12.5', 'broken', '10.5', '9.5'] },
    { stream: { malformed: { after: 0 } }, totals: ['broken', '11.5', '10.5', '9.5'] },
    { stream: { malformed: { after: 2 } }, totals: ['12.5', '11.5', 'broken', '9.5'] },
  ])('come as the fault has it ($stream), and as they are to all others', async ({ stream, totals }) => {
    const { stream: url, fault, fired, consume } = await start();
    await fault(stream, 1);
    const heard = hear(url);
    await expect.poll(() => fired('stream')).toBe(1);
    const other = hear(url);
    await expect.poll(() => other.length).toBe(1);
    for (let count = 0; count < 3; count += 1) await consume();
    await expect.poll(() => heard).toEqual(totals);
    await expect.poll(() => other).toEqual(['12.5', '11.5', '10.5', '9.5']);
  });

  it('are counted on each connection by itself', async () => {
    const { stream, fault, consume } = await start();
    await fault({ gap: { after: 1 } });
    const first = hear(stream);
    await expect.poll(() => first.length).toBe(1);
    await consume();
    const second = hear(stream);
    await expect.poll(() => second.length).toBe(1);
    for (let count = 0; count < 2; count += 1) await consume();
    await expect.poll(() => first).toEqual(['12.5', '10.5', '9.5']);
    await expect.poll(() => second).toEqual(['11.5', '9.5']);
  });
});

describe('a stream that is refused', () => {
  it('is reset for so many connections, and works then', async () => {
    const { url, stream, fault, fired } = await start();
    await fault('refuse', 2);
    const socket = await exchange(url, ASK);
    expect([socket.end, socket.text()]).toEqual(['ECONNRESET', '']);
    expect(await failureOf(fetch(stream))).toEqual({ message: 'fetch failed', code: 'ECONNRESET' });
    const { next } = await follow<Snapshot>(stream);
    expect(await next()).toMatchObject({ totalCredits: 12.5 });
    expect(await fired('stream')).toBe(2);
  });

  it('is asked for by EventSource until it works', async () => {
    const { stream, arm, fired, consume } = await start();
    await arm({ effect: { stream: 'drop' }, times: 1 }, { id: 'refusal', effect: { stream: 'refuse' }, times: 2 });
    const { next, errors } = listen<Snapshot>(stream);
    expect(await next()).toMatchObject({ totalCredits: 12.5 });
    await consume();
    expect(await next()).toMatchObject({ totalCredits: 11.5 });
    expect([await fired('refusal'), errors]).toEqual([2, [undefined, undefined, undefined]]);
  });
});

type ServedStream = Served & Omit<Faulty, 'emulator'>;

async function serve(): Promise<ServedStream> {
  const served = await serveApp({ providers: ['decentraland'] });
  return { ...served, ...controlOf(served.url) };
}

async function expectNobody({ streams, sandbox, countConnections }: ServedStream): Promise<void> {
  expect([streams.size, sandbox.topics.size]).toEqual([0, 0]);
  await expect.poll(countConnections).toBe(0);
}

describe('the opening of a stream', () => {
  it('that fails before is a plain answer and leaves nobody who listens', async () => {
    const served = await serve();
    await served.arm({ id: 'down', effect: { status: 503 } });
    const response = await fetch(served.url + PATH, { headers: { Connection: 'close' } });
    expect([response.status, response.headers.get('Content-Type')]).toEqual([503, 'application/json; charset=utf-8']);
    expect(await response.json()).toEqual({
      error: 'Error connecting to catalyst "https://peer.decentraland.org"',
      message: 'This endpoint requires a signed fetch request. See ADR-44.',
    });
    await expectNobody(served);
    expect(await served.journal()).toMatchObject([{ answer: { status: 503 }, fault: { id: 'down', phase: 'before' } }]);
  });

  it.each<WrittenRule['effect']>([{ connection: 'reset' }, { connection: 'empty' }, { stream: 'refuse' }])(
    'that has no response leaves no listener: %j',
    async (effect) => {
      const served = await serve();
      await served.arm({ effect });
      await failureOf(fetch(served.url + PATH));
      await expectNobody(served);
    },
  );

  it('changes nothing that a fault after it could keep from the client', async () => {
    const { stream, arm, fired } = await start();
    await arm({ id: 'after', phase: 'after', effect: { status: 500 } });
    const { status, next } = await follow<Snapshot>(stream);
    expect([status, (await next()).totalCredits, await fired('after')]).toEqual([200, 12.5, 0]);
  });

  it('may be late, and its first event is what is so then', async () => {
    const { url, arm, act, fired, consume } = await start();
    await arm({ id: 'late', operation: 'getCreditsStream', effect: { hold: { until: 2, timeout: 2_000_000_000 } } });
    const socket = await openSocket(url);
    socket.send(ASK);
    await expect.poll(() => fired('late')).toBe(1);
    await consume();
    await act('DELETE', '/faults');
    await expect.poll(() => totalsOf(socket)).toEqual(['11.5']);
  });

  it('is none where only its headers are asked for, and no rule of streams counts that', async () => {
    const { url, fault, fired } = await start();
    await fault('refuse');
    const { answers, end } = await exchange(url, toBytes('HEAD', PATH, { headers: { Connection: 'close' } }));
    expect([end, answers()]).toMatchObject([
      'end',
      [{ status: 200, headers: { 'content-type': 'text/event-stream' } }],
    ]);
    expect(await fired('stream')).toBe(0);
  });
});

describe('a rule of streams', () => {
  it('lets answers alone that are none, and does not count them', async () => {
    const api = await startStreams();
    const { arm, fired } = controlOf(api.emulator.url);
    await arm({ id: 'rule', effect: { stream: 'refuse' } });
    expect(await api.credits(RICH)).toMatchObject({ totalCredits: 12.5 });
    expect(await fired('rule')).toBe(0);
  });
});

describe('a client that is slow to read what a fault has it get twice', () => {
  it('is not cut off once it has caught up', async () => {
    onTestFinished(() => void vi.useRealTimers());
    const { url, streams, sandbox } = await serveApp({ providers: [board] });
    await controlOf(url).arm({ operation: 'followNote', effect: { stream: 'duplicate' } });
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const write = async (text: string, times: number): Promise<void> => {
      const body = JSON.stringify({ text, times });
      const headers = { 'Content-Type': 'application/json', Connection: 'close' };
      await (await fetch(`${url}/board/notes/a`, { method: 'PUT', headers, body })).text();
    };
    const stuck = await follow<ShownNote>(`${url}/board/notes/a/stream`);
    await stuck.next();
    stuck.stop();
    await write('x', 20_000_000);
    stuck.goOn();
    for (let count = 0; count < 2; count += 1) expect(await stuck.next()).toMatchObject({ version: 1 });
    vi.advanceTimersByTime(1_000_000);
    expect([...sandbox.journal.newest()].filter(({ answer }) => answer.ended)).toEqual([]);
    await write('two', 1);
    expect([(await stuck.next()).version, streams.size]).toEqual([2, 1]);
  });
});
