import { setImmediate as nextTurn } from 'node:timers/promises';

import { describe, expect, it } from 'vitest';

import { Topics } from '../../../src/core/sandbox/topics.ts';
import { Client } from '../../support/client.ts';
import { takeLogged, testLogger } from '../../support/log.ts';

/** Nothing has to be durable first. */
function atOnce(tell: () => void): void {
  tell();
}

/** The most that are written to in one turn. */
const SLICE = 250;

function createClients(count: number): readonly Client[] {
  return Array.from({ length: count }, () => new Client());
}

const toText = (snapshot: unknown): string => `data: ${JSON.stringify(snapshot)}\n\n`;
const countTold = (clients: readonly Client[]): number => clients.filter(({ events }) => events.length > 0).length;

/** A topic whose snapshot is a number that a test sets, and how often it has been read. */
class Source {
  value = 0;
  reads = 0;

  readonly read = (): unknown => {
    this.reads += 1;
    return { value: this.value };
  };
}

describe(Topics, () => {
  it('reads a snapshot once and gives the same bytes to all who listen', () => {
    const topics = new Topics(testLogger, atOnce);
    const source = new Source();
    const clients = createClients(100);
    for (const client of clients) topics.subscribe('a', 'form', source.read, client);
    topics.publish(['a']);
    expect(source.reads).toBe(1);
    const [event] = clients[0]?.events ?? [];
    expect(String(event)).toBe(toText({ value: 0 }));
    for (const { events } of clients) {
      expect(events).toHaveLength(1);
      expect(events[0]).toBe(event);
    }
  });

  it('reads nothing for a topic that nobody listens to', () => {
    const topics = new Topics(testLogger, atOnce);
    const source = new Source();
    const unsubscribe = topics.subscribe('a', 'form', source.read, new Client());
    topics.publish(['b', 'c']);
    unsubscribe();
    topics.publish(['a']);
    topics.publishAll();
    expect(source.reads).toBe(0);
    expect([topics.position, topics.writtenSince(0)]).toEqual([0, undefined]);
  });

  it('reads nothing when somebody subscribes', () => {
    const topics = new Topics(testLogger, atOnce);
    const source = new Source();
    const client = new Client();
    topics.subscribe('a', 'form', source.read, client);
    expect([source.reads, client.events]).toEqual([0, []]);
  });

  it('tells of a topic once, however often one publication names it', () => {
    const topics = new Topics(testLogger, atOnce);
    const source = new Source();
    const client = new Client();
    topics.subscribe('a', 'form', source.read, client);
    topics.publish(['a', 'b', 'a', 'a']);
    expect([source.reads, client.events.length]).toEqual([1, 1]);
  });

  it('tells nobody of other topics', () => {
    const topics = new Topics(testLogger, atOnce);
    const [one, other] = [new Client(), new Client()];
    topics.subscribe('a', 'form', () => 1, one);
    topics.subscribe('b', 'form', () => 2, other);
    topics.publish(['b']);
    expect([one.texts, other.texts]).toEqual([[], [toText(2)]]);
  });

  it('tells everybody of everything when all is published', () => {
    const topics = new Topics(testLogger, atOnce);
    const [one, other] = [new Client(), new Client()];
    topics.subscribe('a', 'form', () => 1, one);
    topics.subscribe('b', 'form', () => 2, other);
    topics.publishAll();
    expect([one.texts, other.texts]).toEqual([[toText(1)], [toText(2)]]);
  });

  it('reads one snapshot for each form of a topic', () => {
    const topics = new Topics(testLogger, atOnce);
    const [short, long] = [createClients(3), createClients(3)];
    const reads: string[] = [];
    const read = (form: string) => (): unknown => {
      reads.push(form);
      return form;
    };
    for (const client of short) topics.subscribe('a', 'short', read('short'), client);
    for (const client of long) topics.subscribe('a', 'long', read('long'), client);
    topics.publish(['a']);
    expect(reads).toEqual(['short', 'long']);
    for (const { texts } of short) expect(texts).toEqual([toText('short')]);
    for (const { texts } of long) expect(texts).toEqual([toText('long')]);
  });

  it('takes names such as __proto__ for topics like any others', () => {
    const topics = new Topics(testLogger, atOnce);
    const client = new Client();
    topics.subscribe('__proto__', 'form', () => 1, client);
    topics.publish(['constructor', 'toString']);
    topics.publish(['__proto__']);
    expect(client.texts).toEqual([toText(1)]);
  });

  it('counts those who listen, and is empty when all have gone', () => {
    const topics = new Topics(testLogger, atOnce);
    const [one, other, third] = createClients(3).map((client, index) =>
      topics.subscribe(index < 2 ? 'a' : 'b', 'form', () => 1, client),
    );
    expect(topics.size).toBe(3);
    one?.();
    expect(topics.size).toBe(2);
    other?.();
    third?.();
    expect(topics.size).toBe(0);
  });

  it('tells those who stay when others have gone', () => {
    const topics = new Topics(testLogger, atOnce);
    const [leaving, staying] = [new Client(), new Client()];
    const leave = topics.subscribe('a', 'form', () => 1, leaving);
    topics.subscribe('a', 'form', () => 1, staying);
    leave();
    topics.publish(['a']);
    expect([leaving.texts, staying.texts]).toEqual([[], [toText(1)]]);
  });

  it('lets a client end its subscription twice, and disturbs nobody who came in between', () => {
    const topics = new Topics(testLogger, atOnce);
    const leave = topics.subscribe('a', 'form', () => 1, new Client());
    leave();
    const client = new Client();
    topics.subscribe('a', 'form', () => 1, client);
    leave();
    topics.publish(['a']);
    expect([topics.size, client.texts]).toEqual([1, [toText(1)]]);
  });
});

describe('a publication to many', () => {
  it('is written at once where they are no more than fit in a turn', () => {
    const topics = new Topics(testLogger, atOnce);
    const clients = createClients(SLICE);
    for (const client of clients) topics.subscribe('a', 'form', () => 1, client);
    topics.publish(['a']);
    expect(countTold(clients)).toBe(SLICE);
    expect(topics.writtenSince(0)).toBeUndefined();
  });

  it('gives others a turn after as many as fit in one', async () => {
    const topics = new Topics(testLogger, atOnce);
    const source = new Source();
    const clients = createClients(4 * SLICE - 1);
    for (const client of clients) topics.subscribe('a', 'form', source.read, client);
    topics.publish(['a']);
    const turns = [countTold(clients)];
    const published = topics.writtenSince(0);
    for (let turn = 0; turn < 3; turn += 1) {
      await nextTurn();
      turns.push(countTold(clients));
    }
    await published;
    expect(turns).toEqual([SLICE, 2 * SLICE, 3 * SLICE, 4 * SLICE - 1]);
    expect(source.reads).toBe(1);
    expect(new Set(clients.flatMap(({ events }) => events)).size).toBe(1);
  });

  it('is written once to each by the time it says so', async () => {
    const topics = new Topics(testLogger, atOnce);
    const clients = createClients(1000);
    for (const client of clients) topics.subscribe('a', 'form', () => 1, client);
    topics.publish(['a']);
    await topics.writtenSince(0);
    expect(clients.every(({ events }) => events.length === 1)).toBe(true);
  });

  it('is replaced by a newer one for all whom it has not reached', async () => {
    const topics = new Topics(testLogger, atOnce);
    const source = new Source();
    const clients = createClients(3 * SLICE);
    for (const client of clients) topics.subscribe('a', 'form', source.read, client);
    topics.publish(['a']);
    source.value = 1;
    topics.publish(['a']);
    source.value = 2;
    topics.publish(['a']);
    await topics.writtenSince(0);
    expect(source.reads).toBe(3);
    const [old, newest] = [toText({ value: 0 }), toText({ value: 2 })];
    for (const [index, { texts }] of clients.entries()) expect(texts).toEqual(index < SLICE ? [old, newest] : [newest]);
  });

  it('is over when each of them has been written it or what replaced it', async () => {
    const topics = new Topics(testLogger, atOnce);
    const clients = createClients(3 * SLICE);
    for (const client of clients) topics.subscribe('a', 'form', () => 1, client);
    topics.publish(['a']);
    const first = topics.writtenSince(0);
    topics.publish(['a']);
    await first;
    expect(countTold(clients)).toBe(clients.length);
  });

  it('does not wait for what is published later to others', async () => {
    const topics = new Topics(testLogger, atOnce);
    const [clients, others] = [createClients(2 * SLICE), createClients(4 * SLICE)];
    for (const client of clients) topics.subscribe('a', 'form', () => 1, client);
    for (const other of others) topics.subscribe('b', 'form', () => 2, other);
    topics.publish(['a']);
    const first = topics.writtenSince(0);
    const { position } = topics;
    topics.publish(['b']);
    const second = topics.writtenSince(position);
    await first;
    expect(countTold(clients)).toBe(clients.length);
    expect(countTold(others)).toBeLessThan(others.length);
    await second;
    expect(countTold(others)).toBe(others.length);
  });

  it('is asked for together with all others since a position, by as many as like', async () => {
    const topics = new Topics(testLogger, atOnce);
    const [clients, others] = [createClients(2 * SLICE), createClients(2 * SLICE)];
    for (const client of clients) topics.subscribe('a', 'form', () => 1, client);
    for (const other of others) topics.subscribe('b', 'form', () => 2, other);
    topics.publish(['a']);
    topics.publish(['b']);
    const [written, again] = [topics.writtenSince(0), topics.writtenSince(0)];
    expect(topics.writtenSince(topics.position)).toBeUndefined();
    await written;
    expect([countTold(clients), countTold(others)]).toEqual([clients.length, others.length]);
    await again;
    expect(topics.writtenSince(0)).toBeUndefined();
  });

  it('is waited for by none who asks from behind it, though it is not over', async () => {
    const topics = new Topics(testLogger, atOnce);
    const [clients, others] = [createClients(4 * SLICE), createClients(1)];
    for (const client of clients) topics.subscribe('a', 'form', () => 1, client);
    for (const other of others) topics.subscribe('b', 'form', () => 2, other);
    topics.publish(['a']);
    const { position } = topics;
    expect(topics.writtenSince(position)).toBeUndefined();
    expect(countTold(clients)).toBe(SLICE);
    await topics.writtenSince(0);
    expect(countTold(clients)).toBe(clients.length);
  });

  it('reaches nobody who has left by then', async () => {
    const topics = new Topics(testLogger, atOnce);
    const clients = createClients(3 * SLICE);
    const leave = clients.map((client) => topics.subscribe('a', 'form', () => 1, client));
    topics.publish(['a']);
    for (const index of [0, SLICE, 3 * SLICE - 1]) leave[index]?.();
    await topics.writtenSince(0);
    expect([0, 1, SLICE, SLICE + 1, 3 * SLICE - 1].map((index) => clients[index]?.events.length)).toEqual([
      1, 1, 0, 1, 0,
    ]);
  });

  it('is over when all whom it has not reached have left', async () => {
    const topics = new Topics(testLogger, atOnce);
    const clients = createClients(2 * SLICE);
    const leave = clients.map((client) => topics.subscribe('a', 'form', () => 1, client));
    topics.publish(['a']);
    for (const end of leave) end();
    await topics.writtenSince(0);
    expect(countTold(clients)).toBe(SLICE);
    expect([topics.size, topics.writtenSince(0)]).toEqual([0, undefined]);
  });

  it('may be followed by another', async () => {
    const topics = new Topics(testLogger, atOnce);
    const clients = createClients(2 * SLICE);
    for (const client of clients) topics.subscribe('a', 'form', () => 1, client);
    for (let count = 1; count <= 3; count += 1) {
      const { position } = topics;
      topics.publish(['a']);
      await topics.writtenSince(position);
      expect(clients.every(({ events }) => events.length === count)).toBe(true);
    }
  });
});

describe('a snapshot that cannot be read', () => {
  const fail = (): never => {
    throw new Error('There is no snapshot.');
  };

  it('is logged and told to nobody, and others are told theirs', () => {
    const topics = new Topics(testLogger, atOnce);
    const [broken, well] = [new Client(), new Client()];
    topics.subscribe('a', 'form', fail, broken);
    topics.subscribe('b', 'form', () => 1, well);
    topics.publish(['a', 'b']);
    expect([broken.texts, well.texts]).toEqual([[], [toText(1)]]);
    expect(takeLogged()).toEqual([
      { message: 'a stream has no snapshot', fields: { topic: 'a', error: 'There is no snapshot.' } },
    ]);
  });

  it('may be one that is no JSON', () => {
    const topics = new Topics(testLogger, atOnce);
    const client = new Client();
    topics.subscribe('a', 'form', () => 1n, client);
    topics.publish(['a']);
    expect(client.events).toEqual([]);
    expect(takeLogged()).toHaveLength(1);
  });

  it('is read again with the next change', () => {
    const topics = new Topics(testLogger, atOnce);
    const client = new Client();
    let isBroken = true;
    topics.subscribe('a', 'form', () => (isBroken ? fail() : 1), client);
    topics.publish(['a']);
    expect(takeLogged()).toHaveLength(1);
    isBroken = false;
    topics.publish(['a']);
    expect(client.texts).toEqual([toText(1)]);
  });
});
