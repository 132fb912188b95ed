import { createServer, type ServerResponse } from 'node:http';

import { describe, expect, it } from 'vitest';

import { connect, type EventOptions, type Sandbox, type SandboxEvent } from '../../src/client.ts';
import type { Emulator } from '../../src/index.ts';
import { board } from '../support/board.ts';
import { startEmulator } from '../support/emulator.ts';
import { occupyPort } from '../support/ports.ts';

/** A server for GET /events that answers each request with the next of these. */
async function serve(...answers: readonly ((response: ServerResponse) => void)[]): Promise<{
  readonly sandbox: Sandbox;
  readonly asked: unknown[];
}> {
  const asked: unknown[] = [];
  const server = createServer(({ url, headers }, response) => {
    asked.push([url, headers['x-emulator-sandbox'], headers['last-event-id']]);
    answers[asked.length - 1]?.(response);
  });
  return { sandbox: connect(`http://127.0.0.1:${await occupyPort(0, server)}`).sandbox('checkout'), asked };
}

const render = (seq: number): string => `id: ${seq}\nevent: clock\ndata: ${JSON.stringify({ seq, now: 'é' })}\n\n`;

it('resumes after the last event when a connection breaks, and ends when the emulator ends it', async () => {
  const { sandbox, asked } = await serve(
    (response) => {
      const bytes = Buffer.from(`:\n\n${render(7)}${render(8)}id: 9\nevent: clock\nda`);
      response.writeHead(200);
      // In pieces, one of which ends within a character.
      const half = bytes.indexOf('é') + 1;
      response.write(bytes.subarray(0, half));
      setImmediate(() => response.write(bytes.subarray(half), () => setTimeout(() => response.destroy(), 50)));
    },
    (response) => response.end(render(9)),
  );
  const seen: unknown[] = [];
  for await (const { id, event, data } of sandbox.events({ after: '6' })) seen.push([id, event, data]);
  expect(seen).toEqual([7, 8, 9].map((seq) => [String(seq), 'clock', { seq, now: 'é' }]));
  expect(asked).toEqual([
    ['/_emulator/events', 'checkout', '6'],
    ['/_emulator/events', 'checkout', '8'],
  ]);
});

it('throws refusals, and ends silently on its signal', async () => {
  const problem = { type: 'about:blank', title: 'No', status: 400, detail: 'It is wrong.', hint: 'Mend it.' };
  const { sandbox } = await serve(
    (response) => response.writeHead(400).end(JSON.stringify(problem)),
    (response) => response.writeHead(200).write(render(1)),
  );
  await expect(sandbox.events().next()).rejects.toMatchObject({ name: 'EmulatorError', ...problem });
  const ending = new AbortController();
  const events = sandbox.events({ signal: ending.signal });
  expect((await events.next()).value).toMatchObject({ id: '1' });
  ending.abort();
  expect(await events.next()).toEqual({ done: true, value: undefined });
});

it('does not reconnect with tries of 0', async () => {
  const { sandbox, asked } = await serve((response) => {
    response.writeHead(200);
    response.write(render(7), () => setTimeout(() => response.destroy(), 50));
  });
  const events = sandbox.events({ tries: 0 });
  expect((await events.next()).value).toMatchObject({ id: '7' });
  await expect(events.next()).rejects.toThrow();
  expect(asked).toHaveLength(1);
});

type Events = AsyncGenerator<SandboxEvent, void, undefined>;

/** Opens events and requests the first one; from now on no event is missed. */
async function open(
  sandbox: Sandbox,
  options: EventOptions = {},
): Promise<{ readonly events: Events; readonly first: ReturnType<Events['next']> }> {
  return new Promise((resolve) => {
    const onOpen = (): void => {
      resolve({ events, first });
    };
    const events = sandbox.events({ ...options, onOpen });
    const first = events.next();
  });
}

async function write(sandbox: Sandbox, text: string): Promise<void> {
  const { board: url } = await sandbox.urls();
  const headers = { 'Content-Type': 'application/json' };
  const answer = await fetch(`${url ?? ''}/notes/a`, { method: 'PUT', headers, body: JSON.stringify({ text }) });
  expect(answer.status).toBe(200);
}

/** The remaining events, in short. */
async function collect(events: Events): Promise<readonly unknown[]> {
  const told: unknown[] = [];
  for await (const { id, event, data } of events) {
    told.push([id, event, ...('entry' in data ? [data.entry.request.body] : [])]);
  }
  return told;
}

const FORMS: readonly [string, (emulator: Emulator) => Sandbox][] = [
  ['in process', (emulator) => emulator.sandbox('checkout')],
  ['over HTTP', (emulator) => connect(emulator.url).sandbox('checkout')],
];

describe.each(FORMS)('events %s', (_, reach) => {
  it.each([
    [true, undefined],
    [false, '{"text":"two"}'],
  ])('also reach a late reader, brief: %j, and end with their sandbox', async (brief, body) => {
    const sandbox = reach(await startEmulator({ providers: [board] }));
    await write(sandbox, 'one');
    const { events, first } = await open(sandbox, { brief });
    await write(sandbox, 'two');
    expect((await first).value).toMatchObject({ id: '4', event: 'change' });
    await sandbox.clock.advance('PT1H');
    await sandbox[Symbol.asyncDispose]();
    expect(await collect(events)).toEqual([
      ['5', 'request', body],
      ['6', 'clock'],
    ]);
  });

  it('end with their emulator, and with their signal', async () => {
    const emulator = await startEmulator({ providers: [board] });
    const ending = new AbortController();
    const { first: left } = await open(reach(emulator), { signal: ending.signal });
    const { first } = await open(reach(emulator));
    ending.abort();
    expect(await left).toEqual({ done: true, value: undefined });
    await emulator.close();
    expect(await first).toEqual({ done: true, value: undefined });
  });
});

it('buffers little in process for a slow reader, and says what was missed', async () => {
  const sandbox = (await startEmulator({ providers: [board], journalSize: 4 })).sandbox('checkout');
  const { events, first } = await open(sandbox, { after: '0' });
  const text = 'x'.repeat(100_000);
  for (let sent = 0; sent < 40; sent += 1) await write(sandbox, text);
  await first;
  const told: SandboxEvent[] = [];
  for await (const event of events) {
    told.push(event);
    if (event.data.seq === 81) break;
  }
  const gaps = told.flatMap(({ event, data }) => (event === 'gap' ? [data] : []));
  const [gap] = gaps;
  expect([gaps.length, gap?.why]).toEqual([1, 'forgotten']);
  const missed = Array.from({ length: (gap?.to ?? 0) - (gap?.from ?? 0) + 1 }, (_, place) => (gap?.from ?? 0) + place);
  const came = told.flatMap(({ event, data }) => (event === 'gap' ? missed : [data.seq]));
  expect(came).toEqual(Array.from({ length: 80 }, (_, place) => place + 2));
  expect(missed.length).toBeGreaterThan(40);
});

it('ends unread events in process when the emulator closes at once', async () => {
  const emulator = await startEmulator({ providers: [board] });
  const events = emulator.sandbox('checkout').events();
  await emulator.close();
  expect(await events.next()).toEqual({ done: true, value: undefined });
});
