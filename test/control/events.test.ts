import { describe, expect, it } from 'vitest';

import { board } from '../support/board.ts';
import { startEmulator } from '../support/emulator.ts';
import { follow } from '../support/events.ts';
import { serveApp } from '../support/server.ts';
import { hear, type Told } from '../support/told.ts';
import type { Answer } from './api.ts';

const AT = '2026-01-01T00:00:00.000Z';
const LANTERN = { Authorization: 'Bearer klaim_test_lantern', 'Content-Type': 'application/json' };

async function send(method: string, url: string, body?: object, headers: object = LANTERN): Promise<Answer> {
  const answer = await fetch(url, {
    method,
    headers: { ...headers, Connection: 'close' },
    ...(body && { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  return { status: answer.status, body: text === '' ? undefined : JSON.parse(text) };
}

/** Two providers, one of which has streams. */
async function serveTwo(options: Parameters<typeof serveApp>[0] = {}): ReturnType<typeof serveApp> {
  return serveApp({ providers: ['klaim', board], ...options });
}

const credit = (url: string, delta: number): Promise<Answer> =>
  send('PUT', `${url}/klaim/users/ada/credits`, { credit_delta: delta });
const note = (url: string, text: string): Promise<Answer> => send('PUT', `${url}/board/notes/a`, { text });

/** The distinguishing fields of an event. */
function toLine({ name, data }: Told): string {
  const { entry, what, how, cause, fault, request, operation, ended, now, why, from, to } = data as Partial<
    Record<string, { readonly id?: string; readonly operation?: string }>
  >;
  const said = [entry?.id, what, how, cause?.operation, fault?.id, request, operation, ended, now, why, from, to];
  return [name, ...said.filter((one) => typeof one === 'string' || typeof one === 'number')].join(' ');
}

describe('GET /events', () => {
  it('sends all events in order, also over a reset, each with its own length', async () => {
    const { url } = await serveTwo();
    const hearer = await hear(url, { last: 0 });
    await credit(url, 5);
    const stream = await follow<unknown>(`${url}/board/notes/a/stream`);
    await stream.next();
    await note(url, 'one');
    await stream.next();
    await send('POST', `${url}/_emulator/faults`, { id: 'lost', provider: 'klaim', effect: { status: 500 }, times: 1 });
    await credit(url, 7);
    await send('POST', `${url}/_emulator/clock/advance`, { by: 'PT1H' });
    await send('DELETE', `${url}/_emulator/faults/lost`);
    await send('POST', `${url}/_emulator/reset`);
    await stream.next();
    stream.leave();
    await hearer.heard(17);
    await credit(url, 1);
    const told = await hearer.heard(19);
    expect(told.map(toLine)).toEqual([
      'reset start',
      'change updateUserCredits',
      'request default-1',
      'request default-2',
      'stream opened default-2 followNote',
      'stream sent default-2 followNote',
      'change putNote',
      'stream sent default-2 followNote',
      'request default-3',
      'fault changed addFault',
      'fault met lost default-4 updateUserCredits',
      'request default-4',
      'clock 2026-01-01T01:00:00.000Z',
      'fault changed deleteFault',
      'reset reset',
      'stream sent default-2 followNote',
      'stream ended default-2 followNote',
      'change updateUserCredits',
      'request default-1',
    ]);
    expect(told.map(({ id, data }) => [id, data.seq])).toEqual(told.map((_, place) => [place + 1, place + 1]));
  });

  it('sends each event with all its fields', async () => {
    const { url } = await serveTwo();
    const hearer = await hear(url);
    await credit(url, 5);
    await send('POST', `${url}/_emulator/faults`, { id: 'lost', provider: 'klaim', effect: { status: 500 }, times: 1 });
    await credit(url, 7);
    const { body: kept } = await send('GET', `${url}/_emulator/requests/default-1`);
    const { body: rules } = await send('GET', `${url}/_emulator/faults`);
    await send('PUT', `${url}/_emulator/clock`, { frozen: true });
    await send('POST', `${url}/_emulator/reset`);
    const told = await hearer.heard(7);
    const { changes, ledger } = kept as { readonly changes: unknown; readonly ledger: unknown };
    const head = (seq: number): object => ({ seq, at: AT, sandbox: 'default' });
    const armed = { ...(rules as { readonly faults: readonly object[] }).faults[0], fired: 0, remaining: 1 };
    const met = { request: 'default-2', provider: 'klaim', operation: 'updateUserCredits' };
    const seen = told.map(({ name, data }) => [name, data]);
    expect([...seen.slice(0, 4), ...seen.slice(5)]).toEqual([
      [
        'change',
        {
          ...head(2),
          commit: 2,
          cause: { kind: 'request', provider: 'klaim', operation: 'updateUserCredits', requestId: 'default-1' },
          changes,
          ledger,
        },
      ],
      ['request', { ...head(3), entry: kept }],
      ['fault', { ...head(4), what: 'changed', commit: 3, operation: 'addFault', armed: [armed], removed: [] }],
      ['fault', { ...head(5), what: 'met', fault: { id: 'lost', phase: 'before' }, ...met }],
      ['clock', { ...head(7), commit: 4, now: AT, frozen: true }],
      ['reset', { ...head(8), commit: 1, how: 'reset' }],
    ]);
  });

  it('leaves bodies out with brief', async () => {
    const { url } = await serveTwo();
    const hearer = await hear(url, { query: '?brief=true' });
    await credit(url, 5);
    const [, request] = await hearer.heard(2);
    const { body } = await send('GET', `${url}/_emulator/requests?brief=true`);
    expect(request?.data['entry']).toEqual((body as { readonly requests: readonly unknown[] }).requests[0]);
    expect(request?.data['entry']).not.toHaveProperty('answer.body');
  });

  it('resumes after any event that the client names', async () => {
    const { url } = await serveTwo();
    const whole = await hear(url, { last: 0 });
    for (const delta of [1, 2, 3]) await credit(url, delta);
    await note(url, 'one');
    const all = [...(await whole.heard(9))];
    for (let last = 0; last < all.length; last += 1) {
      const hearer = await hear(url, { last });
      expect(await hearer.heard(all.length - last)).toEqual(all.slice(last));
      hearer.leave();
    }
  });

  it('begins with new events by default, and is about its sandbox', async () => {
    const { url } = await serveTwo();
    await credit(url, 1);
    const [hearer, other] = [await hear(url), await hear(url, { sandbox: 'other' })];
    await credit(url, 2);
    expect((await hearer.heard(2)).map(({ id }) => id)).toEqual([4, 5]);
    await send('GET', `${url}/klaim/users/ada`, undefined, { ...LANTERN, 'X-Emulator-Sandbox': 'other' });
    expect((await other.heard(1)).map(({ id, data }) => [id, data['sandbox']])).toEqual([[2, 'other']]);
  });

  it('names missing events first if they are no longer kept', async () => {
    const { url } = await serveTwo({ journalSize: 2 });
    for (const delta of [1, 2, 3, 4]) await credit(url, delta);
    const hearer = await hear(url, { last: 1 });
    const [gap, ...others] = await hearer.heard(5);
    expect([gap, others.map(({ id }) => id)]).toEqual([
      { id: 5, name: 'gap', data: { seq: 5, at: AT, sandbox: 'default', why: 'forgotten', from: 2, to: 5 } },
      [6, 7, 8, 9],
    ]);
    const again = await hear(url, { last: 5 });
    expect(await again.heard(4)).toEqual(others);
  });

  it('misses events before a reset, and those that a client deletes from the journal', async () => {
    const { url } = await serveTwo();
    await credit(url, 1);
    await send('POST', `${url}/_emulator/reset`);
    const one = await hear(url, { last: 1 });
    expect((await one.heard(2)).map(toLine)).toEqual(['gap forgotten 2 3', 'reset reset']);
    await credit(url, 1);
    await send('DELETE', `${url}/_emulator/requests`);
    await credit(url, 1);
    const other = await hear(url, { last: 4 });
    expect((await other.heard(3)).map(toLine)).toEqual([
      'gap forgotten 5 6',
      'change updateUserCredits',
      'request default-2',
    ]);
  });

  it('sends all kept events after an unknown id', async () => {
    const { url } = await serveTwo();
    const hearer = await hear(url, { last: 500 });
    expect((await hearer.heard(2)).map(toLine)).toEqual(['gap unknown 1 0', 'reset start']);
  });

  it('sends exchanges that no journal keeps', async () => {
    const { url } = await serveTwo({ journalSize: 0 });
    const hearer = await hear(url);
    await credit(url, 1);
    expect((await hearer.heard(2)).map(toLine)).toEqual(['change updateUserCredits', 'request default-1']);
  });

  it('says how a stream ended that a fault dropped, and withholds what the fault withholds', async () => {
    const { url } = await serveTwo();
    const rule = { id: 'gap', provider: 'board', effect: { stream: { gap: { after: 1 } } }, times: 1 };
    await send('POST', `${url}/_emulator/faults`, rule);
    const stream = await follow<unknown>(`${url}/board/notes/a/stream`);
    await stream.next();
    for (const text of ['one', 'two']) await note(url, text);
    await stream.next();
    const shown = (version: number, text: string): object => ({
      at: AT,
      event: `data: ${JSON.stringify({ name: 'a', version, text })}\n\n`,
    });
    const open = { request: 'default-1', at: AT, provider: 'board', operation: 'followNote', subject: 'a' };
    expect(await send('GET', `${url}/_emulator/streams`)).toEqual({
      status: 200,
      body: { streams: [{ ...open, sent: 2, events: [shown(0, ''), shown(2, 'two')], keptBack: [shown(1, 'one')] }] },
    });
    const hearer = await hear(url);
    await send('POST', `${url}/_emulator/faults`, {
      ...{ id: 'drop', provider: 'board', effect: { stream: { drop: { after: 1 } } } },
    });
    const dropped = await follow<unknown>(`${url}/board/notes/b/stream`);
    await dropped.ended;
    const told = await hearer.heard(6);
    expect(told.at(-1)).toMatchObject({
      name: 'stream',
      data: { what: 'ended', ended: 'dropped by a fault', sent: 1 },
    });
  });

  it('opens no stream for HEAD', async () => {
    const { url, sandbox } = await serveTwo();
    const head = await fetch(`${url}/_emulator/events`, { method: 'HEAD' });
    const seen = [head.status, head.headers.get('content-type'), await head.text(), sandbox.events.size];
    expect(seen).toEqual([200, 'text/event-stream', '', 0]);
  });

  it('ends with the sandbox, and keeps nothing for a client that has left', async () => {
    const { url, sandbox, streams } = await serveTwo();
    const [one, other] = [await hear(url), await hear(url)];
    expect([sandbox.events.size, sandbox.isBusy, streams.size]).toEqual([2, true, 2]);
    one.leave();
    await expect.poll(() => [sandbox.events.size, streams.size]).toEqual([1, 1]);
    sandbox.close();
    expect([await other.ended, sandbox.events.size, streams.size]).toEqual(['whole', 0, 0]);
  });

  it('ends when the emulator closes', async () => {
    const emulator = await startEmulator({ providers: ['klaim'] });
    const hearer = await hear(emulator.url);
    await emulator.close();
    expect(await hearer.ended).toBe('whole');
  });
});
