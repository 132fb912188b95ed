import { describe, expect, it } from 'vitest';

import { toInstant } from '../../../src/core/values/clock.ts';
import {
  Journal,
  KEPT_BODY,
  SentEvents,
  toKeptBody,
  toKeptText,
  type JournalEntry,
} from '../../../src/core/sandbox/journal.ts';
import { History } from '../../../src/core/store/history.ts';

function entry(id: string, body = ''): JournalEntry {
  return {
    id,
    sandbox: 'default',
    at: toInstant(0),
    began: 0,
    duration: 1,
    provider: 'tally',
    operation: 'getCounter',
    subject: undefined,
    method: 'GET',
    url: '/counters/a',
    requestHeaders: {},
    requestBody: undefined,
    requestSize: 0,
    answer: { status: 200, headers: {}, body, head: false },
    fate: 'whole',
    seen: 0,
    commit: undefined,
    faults: [],
    violations: [],
    bug: undefined,
  };
}

/** With more bytes than its entries take, unless a test says otherwise. */
function open(size: number, history = new History(1_000_000)): Journal {
  return new Journal(size, history);
}

function fill(journal: Journal, ...numbers: readonly number[]): Journal {
  for (const number of numbers) journal.add(entry(`default-${number}`));
  return journal;
}

function ids(journal: Journal): readonly string[] {
  return [...journal.newest()].map(({ id }) => id);
}

/** Both ends and the length, which say enough of a long text. */
function shorten(text = ''): readonly unknown[] {
  return [text.slice(0, 2), text.slice(-2), text.length];
}

describe('Journal', () => {
  it('gives entries newest first', () => {
    expect(ids(fill(open(5), 1, 2, 3))).toEqual(['default-3', 'default-2', 'default-1']);
  });

  it('keeps the last ones only', () => {
    expect(ids(fill(open(3), 1, 2, 3, 4, 5))).toEqual(['default-5', 'default-4', 'default-3']);
    expect(ids(fill(open(1), 1, 2))).toEqual(['default-2']);
  });

  it('keeps nothing when it has no room', () => {
    expect(ids(fill(open(0), 1, 2))).toEqual([]);
  });

  it.each([2, 3, 4, 10])('orders exchanges by their ids and not by their ends, with room for %i', (size) => {
    const all = ['default-10', 'default-9', 'default-4', 'default-3', 'default-2', 'default-1'];
    const journal = fill(open(size), 1, 3, 2, 10, 9, 4);
    expect(ids(journal)).toEqual(size === 10 ? all : expect.any(Array));
    expect(ids(journal)).toEqual(ids(journal).toSorted((a, b) => Number(b.slice(8)) - Number(a.slice(8))));
    expect(ids(journal)).toContain('default-10');
  });

  it('finds an entry by its id', () => {
    const journal = fill(open(2), 1, 2, 3);
    expect([journal.find('default-3')?.id, journal.find('default-1'), journal.find('')]).toEqual([
      'default-3',
      undefined,
      undefined,
    ]);
  });

  it('is empty when it was cleared, and goes on', () => {
    const journal = fill(open(3), 1, 2, 3, 4);
    journal.clear();
    expect(ids(journal)).toEqual([]);
    expect(ids(fill(journal, 5, 6))).toEqual(['default-6', 'default-5']);
  });

  it('keeps the beginning of a long answer', () => {
    const journal = open(1);
    journal.add(entry('default-1', 'x'.repeat(KEPT_BODY + 1)));
    expect(journal.find('default-1')?.answer.body).toHaveLength(KEPT_BODY);
  });

  it('counts bytes and cuts no character in two', () => {
    const journal = open(1);
    journal.add(entry('default-1', `x${'ü'.repeat(KEPT_BODY)}`));
    expect(shorten(journal.find('default-1')?.answer.body)).toEqual(['xü', 'üü', KEPT_BODY / 2]);
  });

  it('keeps an answer of few characters and many bytes no longer than others', () => {
    const journal = open(1);
    journal.add(entry('default-1', '漢'.repeat(KEPT_BODY / 2)));
    expect(shorten(journal.find('default-1')?.answer.body)).toEqual(['漢漢', '漢漢', Math.floor(KEPT_BODY / 3)]);
  });

  it('keeps an answer that just fits as it is', () => {
    const journal = open(1);
    journal.add(entry('default-1', 'ü'.repeat(KEPT_BODY / 2)));
    expect(shorten(journal.find('default-1')?.answer.body)).toEqual(['üü', 'üü', KEPT_BODY / 2]);
  });
});

describe('toKeptBody', () => {
  it('keeps a short body as text, if it is plain', () => {
    expect(['', '{"a":1}', 'ü'].map((text) => toKeptBody(Buffer.from(text)))).toEqual([
      Buffer.alloc(0),
      '{"a":1}',
      Buffer.from('ü'),
    ]);
  });

  it('keeps a longer body as it is', () => {
    const body = Buffer.alloc(KEPT_BODY);
    expect(toKeptBody(body)).toBe(body);
  });

  it('keeps the beginning of a long one in memory of its own', () => {
    const kept = toKeptBody(Buffer.alloc(10 * KEPT_BODY, 'x'));
    expect(shorten(kept?.toString())).toEqual(['xx', 'xx', KEPT_BODY]);
    expect(kept).toBeInstanceOf(Buffer);
    expect((kept as Buffer).buffer.byteLength).toBeLessThanOrEqual(KEPT_BODY);
  });

  it('keeps nothing of a body over the limit', () => {
    expect(toKeptBody(undefined)).toBeUndefined();
  });
});

describe('toKeptText', () => {
  it('leaves out the character that was cut in two', () => {
    const bytes = Buffer.from(`x${'ü'.repeat(KEPT_BODY)}`).subarray(0, KEPT_BODY);
    expect(shorten(toKeptText(bytes))).toEqual(['xü', 'üü', KEPT_BODY / 2]);
  });

  it('marks a character that came in half', () => {
    expect(toKeptText(Buffer.from([0x78, 0xc3]))).toBe('x\uFFFD');
  });
});

describe('the events of a stream that the journal keeps', () => {
  it('count for the history as they are sent, for as long as their exchange is kept', () => {
    const history = new History(1_000_000);
    const journal = new Journal(1, history);
    const sent = new SentEvents({ now: () => toInstant(0) });
    sent.add(Buffer.alloc(1000));
    journal.add({ ...entry('default-1'), sent });
    const before = history.bytes;
    sent.add(Buffer.alloc(5000));
    expect(history.bytes).toBe(before + 5000);
    journal.add(entry('default-2'));
    const after = history.bytes;
    sent.add(Buffer.alloc(5000));
    expect([history.bytes, after]).toEqual([after, before - 1000]);
  });
});
