import { describe, expect, it } from 'vitest';

import type { WrittenEffect } from '../../src/core/faults/fault-rule.ts';
import { KEPT_BODY } from '../../src/core/sandbox/journal.ts';
import { RICH, streamOf, type Snapshot } from '../providers/decentraland/stream-api.ts';
import { board, type ShownNote } from '../support/board.ts';
import { START } from '../support/emulator.ts';
import { follow, type Followed } from '../support/events.ts';
import { controlOf, exchange, openSocket, startFaulty, toBytes } from '../support/raw-socket.ts';
import type { Faulty, JournalledEntry } from '../support/raw-socket.ts';
import { serveApp } from '../support/server.ts';

const PATH = `/decentraland${streamOf(RICH)}`;

interface Journalled extends Faulty {
  readonly listen: () => Promise<Followed<Snapshot>>;
  /** Takes 1 of the rich one's 12.5, a minute later. */
  readonly consume: () => Promise<void>;
  readonly fault: (stream: NonNullable<WrittenEffect['stream']>, times?: number) => Promise<void>;
  /** Asks on a connection of its own, and resolves as soon as the rule `stream` has met it. */
  readonly ask: () => Promise<() => void>;
  /** The streams of the journal, newest first. */
  readonly streams: () => Promise<readonly JournalledEntry[]>;
}

async function start(): Promise<Journalled> {
  const faulty = await startFaulty({ providers: ['decentraland'] });
  return {
    ...faulty,
    listen: async () => {
      const followed = await follow<Snapshot>(faulty.url + PATH);
      await followed.next();
      return followed;
    },
    consume: async () => {
      await faulty.act('POST', '/clock/advance', { by: 'PT1M' });
      await faulty.act('POST', '/controls/decentraland/consume', { address: RICH, amount: '1' });
    },
    fault: (stream, times = 1) => faulty.arm({ id: 'stream', effect: { stream }, times }),
    ask: async () => {
      const socket = await openSocket(faulty.url);
      socket.send(toBytes('GET', PATH));
      await expect.poll(() => faulty.fired('stream')).toBe(1);
      return socket.leave;
    },
    streams: async () => (await faulty.journal()).filter(({ operation }) => operation === 'getCreditsStream'),
  };
}

/** When each event went out, in minutes from the start, and the total that it tells. */
function eventsOf(entry: JournalledEntry | undefined): readonly string[] | undefined {
  return entry?.answer.events?.map(({ at, event }) => {
    const [, total = 'broken'] = /"totalCredits":([\d.]+)\}\n\n$/.exec(event) ?? [];
    return `${(Date.parse(at) - Date.parse(START)) / 60_000}: ${total}`;
  });
}

/** The events that the journal has of a client who listened while a note was written so often. */
async function postNotes(count: number, text: string): Promise<readonly string[]> {
  const { url, sandbox } = await serveApp({ providers: [board] });
  const { next } = await follow<ShownNote>(`${url}/board/notes/a/stream`);
  await next();
  const headers = { 'Content-Type': 'application/json' };
  for (let version = 1; version <= count; version += 1) {
    await fetch(`${url}/board/notes/a`, { method: 'PUT', headers, body: JSON.stringify({ text }) });
    await next();
  }
  const entry = [...sandbox.journal.newest()].at(-1);
  return entry?.sent?.list().map(({ event }) => event.toString()) ?? [];
}

describe('the journal of a stream', () => {
  it('has its events as they went out, with the time of the sandbox', async () => {
    const { listen, consume, streams, url } = await start();
    const { next, text } = await listen();
    await consume();
    await next();
    await consume();
    await next();
    const [entry] = await streams();
    expect(eventsOf(entry)).toEqual(['0: 12.5', '1: 11.5', '2: 10.5']);
    expect(entry?.answer.events?.[0]?.at).toBe(START);
    expect(entry?.answer.events?.map(({ event }) => event).join('')).toBe(text());
    const one = await fetch(`${url}/_emulator/requests/${entry?.id ?? ''}`);
    expect(await one.json()).toEqual(entry);
  });

  it('has those of each client, from its own beginning', async () => {
    const { listen, consume, streams } = await start();
    const first = await listen();
    await consume();
    await first.next();
    const second = await listen();
    await consume();
    await Promise.all([first.next(), second.next()]);
    first.leave();
    await consume();
    await second.next();
    const entries = await streams();
    expect(entries.map(({ id }) => id)).toEqual(['default-2', 'default-1']);
    expect(eventsOf(entries[0])).toEqual(['1: 11.5', '2: 10.5', '3: 9.5']);
    expect(eventsOf(entries[1])?.slice(0, 3)).toEqual(['0: 12.5', '1: 11.5', '2: 10.5']);
  });

  it('has the last hundred, or as many as fit into 64 KiB', async () => {
    const versions = (await postNotes(105, 'x')).map((event) => /"version":(\d+)/.exec(event)?.[1]);
    expect([versions.length, versions[0], versions.at(-1)]).toEqual([100, '6', '105']);
    const sizes = (await postNotes(20, 'x'.repeat(5_000))).map((event) => event.length);
    const total = sizes.reduce((sum, size) => sum + size, 0);
    expect(total).toBeLessThanOrEqual(65_536);
    expect(total + Math.min(...sizes)).toBeGreaterThan(65_536);
  });

  it('has no more of an event than of any body', async () => {
    const { url, sandbox } = await serveApp({ providers: [board] });
    const { next } = await follow<ShownNote>(`${url}/board/notes/a/stream`);
    await next();
    await controlOf(url).act('PUT', '/state', {
      board: { notes: [{ name: 'a', version: 1, text: 'x', times: 1_000_000 }] },
    });
    await next();
    const [entry] = [...sandbox.journal.newest()];
    const kept = entry?.sent?.list().map(({ event }) => event.length) ?? [];
    expect(kept).toHaveLength(2);
    expect(Math.max(...kept)).toBeLessThanOrEqual(KEPT_BODY);
  });

  it('has no events where only the headers were asked for', async () => {
    const { url, streams } = await start();
    await exchange(url, toBytes('HEAD', PATH, { headers: { Connection: 'close' } }));
    const [entry] = await streams();
    expect([entry?.answer.status, entry?.answer.events ?? []]).toEqual([200, []]);
  });
});

describe('the journal of a stream with a fault', () => {
  it.each<{ stream: NonNullable<WrittenEffect['stream']>; events: readonly string[]; ended?: string }>([
    { stream: { drop: { after: 0 } }, events: [], ended: 'dropped by a fault' },
    { stream: { drop: { after: 1 } }, events: ['0: 12.5'], ended: 'dropped by a fault' },
    { stream: { drop: { after: 2 } }, events: ['0: 12.5', '1: 11.5'], ended: 'dropped by a fault' },
    { stream: { stall: { after: 0 } }, events: [] },
    { stream: 'stall', events: ['0: 12.5'] },
    { stream: 'duplicate', events: ['0: 12.5', '1: 11.5', '1: 11.5', '2: 10.5', '3: 9.5'] },
    { stream: 'reorder', events: ['0: 12.5', '2: 10.5', '2: 11.5', '3: 9.5'] },
    { stream: 'gap', events: ['0: 12.5', '2: 10.5', '3: 9.5'] },
    { stream: 'malformed', events: ['0: 12.5', '1: broken', '2: 10.5', '3: 9.5'] },
  ])('has what went out of it, and nothing of that with others ($stream)', async ({ stream, events, ended }) => {
    const { listen, ask, consume, streams, fault } = await start();
    await fault(stream);
    await ask();
    const other = await listen();
    for (let count = 0; count < 3; count += 1) {
      await consume();
      await other.next();
    }
    const [healthy, faulty] = await streams();
    expect(eventsOf(faulty)).toEqual(events);
    expect(faulty).toMatchObject({ answer: { status: 200 }, fault: { id: 'stream', phase: 'during' } });
    expect([faulty?.answer.ended, healthy?.answer.ended]).toEqual([ended, undefined]);
    expect(eventsOf(healthy)).toEqual(['0: 12.5', '1: 11.5', '2: 10.5', '3: 9.5']);
    expect(healthy?.fault).toBeNull();
  });

  it('says that it was refused', async () => {
    const { url, streams, fault } = await start();
    await fault('refuse');
    await exchange(url, toBytes('GET', PATH));
    const [entry] = await streams();
    expect(entry).toMatchObject({
      answer: { status: null, headers: {}, body: '', ended: 'reset without an answer' },
      fault: { id: 'stream', phase: 'during' },
    });
    expect(entry?.answer).not.toHaveProperty('events');
  });

  it('has no more of what a stalled one was not sent when its client leaves', async () => {
    const { ask, consume, listen, streams, fault } = await start();
    await fault('stall');
    const leave = await ask();
    const other = await listen();
    leave();
    await consume();
    await other.next();
    expect(eventsOf((await streams())[1])).toEqual(['0: 12.5']);
  });
});

describe('a stream that outlives', () => {
  it('another state goes on in the journal, and says there if it is dropped then', async () => {
    const { listen, ask, act, streams, fault } = await start();
    const { next } = await listen();
    await fault({ drop: { after: 2 } });
    await ask();
    await act('PUT', '/state', {});
    await next();
    await expect.poll(async () => (await streams())[0]?.answer.ended).toBe('dropped by a fault');
    expect(eventsOf((await streams())[1])).toEqual(['0: 12.5', '0: 0']);
  });

  it('a reset is forgotten with it, and is no news of what came later', async () => {
    const { listen, ask, act, streams, fault, arm } = await start();
    await fault({ drop: { after: 2 } });
    await ask();
    await act('POST', '/reset');
    expect(await streams()).toEqual([]);
    await arm({ effect: { stream: { drop: { after: 9 } } } });
    await listen();
    const entries = await streams();
    expect(entries).toMatchObject([{ id: 'default-1', answer: { status: 200 } }]);
    expect([eventsOf(entries[0]), entries[0]?.answer.ended]).toEqual([['0: 12.5'], undefined]);
  });
});
