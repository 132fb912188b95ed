import { describe, expect, it, onTestFinished, vi } from 'vitest';

import type { WrittenRule } from '../../src/core/faults/fault-rule.ts';
import { RICH, streamOf, type Snapshot } from '../providers/decentraland/stream-api.ts';
import { follow } from '../support/events.ts';
import { failureOf, openSocket, startFaulty, toBytes, type Faulty } from '../support/raw-socket.ts';

const CREDITS = '/klaim/users/ada/credits';
const AUTHORIZATION = { Authorization: 'Bearer klaim_test_lantern' };
/** Adds 6 to 700. */
const CHANGE = toBytes('PUT', CREDITS, { headers: AUTHORIZATION, body: { credit_delta: 6 } });
/** The same from a client that wants to know first whether anybody reads it. */
const PATIENT = toBytes('PUT', CREDITS, {
  headers: { ...AUTHORIZATION, Expect: '100-continue' },
  body: { credit_delta: 6 },
});
const CONTINUE = 'HTTP/1.1 100 Continue\r\n\r\n';
/** Longer than any test. */
const FOR_EVER = 2_000_000_000;

const start = (): Promise<Faulty> => startFaulty({ providers: ['klaim', 'decentraland'] });

async function balanceOf(url: string): Promise<unknown> {
  const response = await fetch(url + CREDITS, { headers: { ...AUTHORIZATION, Connection: 'close' } });
  return ((await response.json()) as { readonly credit_balance: number }).credit_balance;
}

type Waiting = Pick<WrittenRule, 'phase' | 'effect'> & { readonly title: string };

const WAITS: readonly Waiting[] = [
  { title: 'a delay before', phase: 'before', effect: { delay: FOR_EVER } },
  { title: 'a delay after', phase: 'after', effect: { delay: FOR_EVER } },
  { title: 'a delay in front of a status', phase: 'before', effect: { status: 503, delay: FOR_EVER } },
  { title: 'a hang before', phase: 'before', effect: { connection: 'hang' } },
  { title: 'a hang after', phase: 'after', effect: { connection: 'hang' } },
  { title: 'a delay in front of a hang', phase: 'before', effect: { delay: FOR_EVER, connection: 'hang' } },
];

/** Sends a change, and resolves as soon as it waits. */
async function wait({ url, arm, fired }: Faulty, { phase, effect }: Waiting): ReturnType<typeof openSocket> {
  await arm({ id: 'wait', operation: 'updateUserCredits', effect, ...(phase && { phase }) });
  const socket = await openSocket(url);
  socket.send(CHANGE);
  await expect.poll(() => fired('wait')).toBe(1);
  return socket;
}

describe.each(WAITS)('$title', (waiting) => {
  it('that a reset ends has its connection closed, nothing stored and no entry', async () => {
    const faulty = await start();
    const { url, act, journal, emulator } = faulty;
    const socket = await wait(faulty, waiting);
    await act('POST', '/reset');
    expect([await socket.ended, socket.text()]).toEqual(['end', '']);
    expect(await journal()).toEqual([]);
    expect(await balanceOf(url)).toBe(700);
    expect((await journal()).map(({ id, operation }) => [id, operation])).toEqual([['default-1', 'getUserCredits']]);
    const again = await wait(faulty, waiting);
    emulator.reset();
    expect([await again.ended, again.text()]).toEqual(['end', '']);
    expect(await journal()).toEqual([]);
  });

  it('that another state ends has its connection closed, nothing stored and an entry that says so', async () => {
    const faulty = await start();
    const { url, act, journal } = faulty;
    const state = (await act('GET', '/state')) as object;
    const socket = await wait(faulty, waiting);
    await act('PUT', '/state', state);
    expect([await socket.ended, socket.text()]).toEqual(['end', '']);
    expect(await journal()).toMatchObject([
      {
        id: 'default-1',
        operation: 'updateUserCredits',
        answer: { status: null, headers: {}, body: '', ended: 'abandoned; the sandbox was given another state' },
        fault: { id: 'wait', phase: waiting.phase },
      },
    ]);
    expect(await balanceOf(url)).toBe(700);
  });

  it('is an error to fetch when a reset ends it', async () => {
    const { url, act, arm, fired } = await start();
    const { phase = 'before', effect } = waiting;
    await arm({ id: 'wait', phase, effect, times: 1 });
    const asked = failureOf(
      fetch(url + CREDITS, {
        method: 'PUT',
        headers: { ...AUTHORIZATION, 'Content-Type': 'application/json' },
        body: '{"credit_delta":6}',
      }),
    );
    await expect.poll(() => fired('wait')).toBe(1);
    await act('POST', '/reset');
    expect(await asked).toEqual({ message: 'fetch failed', code: 'UND_ERR_SOCKET' });
  });

  it('does not keep another sandbox from being reset, or end with it', async () => {
    const faulty = await start();
    const socket = await wait(faulty, waiting);
    const headers = { 'X-Emulator-Sandbox': 'other', Connection: 'close' };
    const reset = await fetch(`${faulty.url}/_emulator/reset`, { method: 'POST', headers });
    expect(reset.status).toBe(204);
    expect(await balanceOf(faulty.url)).toBe(waiting.phase === 'after' ? 706 : 700);
    expect(socket.text()).toBe('');
    await faulty.act('POST', '/reset');
    expect(await socket.ended).toBe('end');
  });
});

/** Counts timers that are left: all that repeat, and those of delays. What else there is of an emulator, `close` waits for. */
function watchTimers(): () => number {
  const left = new Set<unknown>();
  const [set, repeat, clear] = [globalThis.setTimeout, globalThis.setInterval, globalThis.clearTimeout];
  vi.spyOn(globalThis, 'setTimeout').mockImplementation((run: () => void, after?: number) => {
    const timer = set(run, after);
    if (after === FOR_EVER) left.add(timer);
    return timer;
  });
  vi.spyOn(globalThis, 'setInterval').mockImplementation((run: () => void, period?: number) => {
    const timer = repeat(run, period);
    left.add(timer);
    return timer;
  });
  for (const name of ['clearTimeout', 'clearInterval'] as const) {
    vi.spyOn(globalThis, name).mockImplementation((timer) => {
      left.delete(timer);
      clear(timer);
    });
  }
  onTestFinished(() => {
    vi.restoreAllMocks();
    for (const timer of left) clear(timer as NodeJS.Timeout);
  });
  return () => left.size;
}

describe('an emulator that closes', () => {
  it.each(WAITS)('ends $title, and leaves nothing', async (waiting) => {
    const countTimers = watchTimers();
    const faulty = await start();
    const socket = await wait(faulty, waiting);
    await faulty.emulator.close();
    expect([await socket.ended, socket.text()]).toEqual(['end', '']);
    await expect.poll(countTimers).toBe(0);
  });

  it('ends a slow body, and leaves nothing', async () => {
    const countTimers = watchTimers();
    const { emulator, url, arm } = await start();
    await arm({ effect: { body: { slow: { bytesPerSecond: 20 } } } });
    const socket = await openSocket(url);
    socket.send(CHANGE);
    await expect.poll(() => socket.answers()[0]?.body).toMatch(/^\{/);
    await emulator.close();
    await socket.ended;
    expect(socket.answers()[0]?.body).not.toContain('}');
    await expect.poll(countTimers).toBe(0);
  });

  it.each(['stall', 'duplicate', 'reorder', 'gap', 'malformed'] as const)(
    'ends a stream with a fault (%s), and leaves nothing',
    async (stream) => {
      const countTimers = watchTimers();
      const { emulator, url, arm, act } = await start();
      await arm({ effect: { stream } });
      const { next, text, ended } = await follow<Snapshot>(`${url}/decentraland${streamOf(RICH)}`);
      await next();
      if (stream === 'stall' || stream === 'reorder') {
        await act('POST', '/controls/decentraland/consume', { address: RICH, amount: '1' });
      }
      await emulator.close();
      expect(await ended).toBe('whole');
      expect(text().match(/data: /g)).toHaveLength(1);
      await expect.poll(countTimers).toBe(0);
    },
  );

  it.each(WAITS)(
    'has no patience with what comes in its last moments ($title)',
    async ({ phase = 'before', effect }) => {
      const countTimers = watchTimers();
      const { emulator, url, arm } = await start();
      await arm({ phase, effect });
      const socket = await openSocket(url);
      // All but the end, without which the exchange does not begin.
      socket.send(PATIENT.slice(0, -3));
      await expect.poll(socket.text).toBe(CONTINUE);
      const closed = emulator.close();
      socket.send(PATIENT.slice(-3));
      await closed;
      await socket.ended;
      expect(socket.text()).toBe(CONTINUE);
      await expect.poll(countTimers).toBe(0);
    },
  );
});
