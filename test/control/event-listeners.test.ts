import type { ServerResponse } from 'node:http';

import { describe, expect, it } from 'vitest';

import { board } from '../support/board.ts';
import { serveApp } from '../support/server.ts';
import { hear, type Told } from '../support/told.ts';

/** As many bytes as the journal keeps of a body, so that events are large. */
const LARGE = 'x'.repeat(16_000);
const MANY = 200;

async function note(url: string, text: string, name = 'a'): Promise<void> {
  const answer = await fetch(`${url}/board/notes/${name}`, {
    method: 'PUT',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ text }),
  });
  await answer.arrayBuffer();
}

/** Errors in the numbers of events: each must be the next one, or say which were missed. */
function findLeaps(told: readonly Told[]): readonly string[] {
  return told.flatMap(({ id, name, data }, place) => {
    const next = (told[place - 1]?.id ?? id - 1) + 1;
    if (name !== 'gap') return id === next ? [] : [`${next} is missing before ${id}`];
    const { from, to } = data;
    return from === next && to === id ? [] : [`${String(from)} to ${String(to)} where ${next} is next`];
  });
}

describe('a client of GET /events that does not read', () => {
  it('has no buffer of its own, learns what it missed, and resumes', async () => {
    const responses: ServerResponse[] = [];
    const served = await serveApp({ providers: [board], historyBytes: 1_000_000 }, ({ url }, response, handOn) => {
      if (url === '/_emulator/events') responses.push(response);
      handOn();
    });
    const [slow, quick] = [await hear(served.url), await hear(served.url)];
    slow.stop();
    const unread = (): number => (responses[0]?.writableLength ?? 0) + (responses[0]?.socket?.writableLength ?? 0);
    let most = 0;
    // How much a system buffers for a server differs by system.
    for (let sent = 0; sent < 500 && most < 1; sent += 1) {
      await note(served.url, LARGE);
      most = Math.max(most, unread());
    }
    for (let sent = 0; sent < 50; sent += 1) {
      await note(served.url, LARGE);
      most = Math.max(most, unread());
    }
    const { position } = served.sandbox.events;
    await quick.heard(position - 1);
    expect([quick.told.filter(({ name }) => name === 'gap'), findLeaps(quick.told)]).toEqual([[], []]);
    slow.goOn();
    await expect.poll(() => slow.told.at(-1)?.id, { timeout: 10_000 }).toBe(position);
    expect(findLeaps(slow.told)).toEqual([]);
    expect(slow.told.map(({ name }) => name)).toContain('gap');
    // Only one event was cut at the end of the buffer.
    expect(most).toBeLessThan(300_000);
  });
});

describe('many clients of GET /events', () => {
  it('receive the same events before the response to their cause', async () => {
    const { url, sandbox } = await serveApp({ providers: [board] });
    const hearers = await Promise.all(Array.from({ length: MANY }, () => hear(url)));
    expect(sandbox.events.size).toBe(MANY);
    for (const text of ['one', 'two', 'three']) await note(url, text);
    const [first = []] = await Promise.all(hearers.map(({ heard }) => heard(6)));
    expect(first.map(({ name }) => name)).toEqual(['change', 'request', 'change', 'request', 'change', 'request']);
    const others = new Set(hearers.map(({ told }) => JSON.stringify(told)));
    expect([...others]).toEqual([JSON.stringify(first)]);
    for (const { leave } of hearers) leave();
    await expect.poll(() => sandbox.events.size).toBe(0);
  });
});
