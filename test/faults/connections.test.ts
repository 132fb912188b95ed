import { describe, expect, it } from 'vitest';

import { board } from '../support/board.ts';
import { exchange, failureOf, openSocket, startFaulty, toBytes, type Faulty } from '../support/raw-socket.ts';

const CREDITS = '/klaim/users/ada/credits';
const AUTHORIZATION = { Authorization: 'Bearer klaim_test_lantern' };
const READ = toBytes('GET', CREDITS, { headers: AUTHORIZATION });
/** Adds 6 to 700. */
const CHANGE = toBytes('PUT', CREDITS, { headers: AUTHORIZATION, body: { credit_delta: 6 } });
const UPDATED = '{"message":"resource updated successfully","credit_balance":706}';
const LENGTH = UPDATED.length;

const start = (): Promise<Faulty> => startFaulty({ providers: ['klaim'] });

function fetchChange(url: string): Promise<Response> {
  return fetch(url + CREDITS, {
    method: 'PUT',
    headers: { ...AUTHORIZATION, 'Content-Type': 'application/json' },
    body: '{"credit_delta":6}',
  });
}

async function balanceOf(url: string): Promise<unknown> {
  const response = await fetch(url + CREDITS, { headers: AUTHORIZATION });
  return ((await response.json()) as { readonly credit_balance: number }).credit_balance;
}

const PHASES = [
  { phase: 'before', credits: 700 },
  { phase: 'after', credits: 706 },
] as const;

const NO_ANSWER = { status: null, headers: {}, body: '' };

describe.each([
  { connection: 'reset', end: 'ECONNRESET', ended: 'reset without an answer', code: 'ECONNRESET' },
  { connection: 'empty', end: 'end', ended: 'closed without an answer', code: 'UND_ERR_SOCKET' },
] as const)('a connection that ends without an answer ($connection)', ({ connection, end, ended, code }) => {
  it.each(PHASES)('$phase the change leaves $credits credits and sends no byte', async ({ phase, credits }) => {
    const { url, arm, journal } = await start();
    await arm({ id: 'lost', phase, effect: { connection }, times: 1 });
    const socket = await exchange(url, CHANGE);
    expect([socket.end, socket.text()]).toEqual([end, '']);
    expect(await journal()).toMatchObject([
      {
        operation: 'updateUserCredits',
        answer: { ...NO_ANSWER, ended },
        fault: { id: 'lost', phase },
        changes: phase === 'after' ? [{ collection: 'users' }] : [],
        ledger: phase === 'after' ? [{ delta: '6', after: '706' }] : [],
      },
    ]);
    expect(await balanceOf(url)).toBe(credits);
  });

  it.each(PHASES)('$phase the change is an error to fetch, and the next call works', async ({ phase, credits }) => {
    const { url, arm, journal } = await start();
    await arm({ phase, effect: { connection }, times: 1 });
    expect(await failureOf(fetchChange(url))).toEqual({ message: 'fetch failed', code });
    expect((await journal()).map(({ answer }) => answer)).toEqual([{ ...NO_ANSWER, ended }]);
    expect(await (await fetchChange(url)).json()).toMatchObject({ credit_balance: credits + 6 });
  });

  it('leaves the answer alone that went before it on the same connection', async () => {
    const { url, arm } = await start();
    await arm({ operation: 'updateUserCredits', effect: { connection } });
    const socket = await openSocket(url);
    socket.send(READ);
    await expect.poll(socket.answers).toMatchObject([{ status: 200, body: expect.stringContaining('700') as unknown }]);
    socket.send(CHANGE);
    expect(await socket.ended).toBe(end);
    expect(socket.answers()).toHaveLength(1);
  });

  it.each([0, 100])('waits for the answer to a request that came with it, delayed by %i ms', async (delay) => {
    const { url, arm } = await start();
    await arm(
      { operation: 'getUserCredits', effect: { delay } },
      { operation: 'updateUserCredits', effect: { connection } },
    );
    const socket = await exchange(url, READ + CHANGE);
    expect(socket.answers()).toMatchObject([{ status: 200, body: expect.stringMatching(/700\}$/) as unknown }]);
    expect(socket.end).toBe(end);
  });
});

describe('a connection that is closed', () => {
  it('leaves a long answer whole that its client is still reading', async () => {
    const { url, arm, act, fired } = await startFaulty({ providers: [board] });
    await arm({ id: 'end', match: { path: '/notes/b' }, effect: { connection: 'empty' } });
    await act('PUT', '/state', { board: { notes: [{ name: 'a', version: 1, text: 'x', times: 20_000_000 }] } });
    const socket = await openSocket(url);
    socket.pause();
    socket.send(toBytes('GET', '/board/notes/a') + toBytes('GET', '/board/notes/b'));
    await expect.poll(() => fired('end')).toBe(1);
    socket.resume();
    await socket.ended;
    const [first] = socket.answers();
    expect(first?.body.length).toBe(Number(first?.headers['content-length']));
  });
});

describe('a connection that hangs', () => {
  it.each(PHASES)(
    '$phase the change has $credits credits stored and not a byte sent until the client leaves, which the journal says',
    async ({ phase, credits }) => {
      const { url, arm, fired, journal } = await start();
      await arm({ id: 'hung', phase, effect: { connection: 'hang' }, times: 1 });
      const socket = await openSocket(url);
      socket.send(CHANGE);
      await expect.poll(() => fired('hung')).toBe(1);
      expect(await balanceOf(url)).toBe(credits);
      expect((await journal()).map(({ operation }) => operation)).toEqual(['getUserCredits']);
      expect(socket.text()).toBe('');
      socket.leave();
      expect(await socket.ended).toBe('close');
      await expect.poll(journal).toMatchObject([
        { operation: 'getUserCredits' },
        {
          operation: 'updateUserCredits',
          answer: { ...NO_ANSWER, ended: 'never answered; the client left' },
          fault: { id: 'hung', phase },
          changes: phase === 'after' ? [{ collection: 'users' }] : [],
        },
      ]);
    },
  );

  it('lasts until fetch gives up', async () => {
    const { url, arm, fired, journal } = await start();
    await arm({ id: 'hung', effect: { connection: 'hang' }, times: 1 });
    const impatience = new AbortController();
    const asked = fetch(url + CREDITS, { headers: AUTHORIZATION, signal: impatience.signal });
    const failure = failureOf(asked);
    await expect.poll(() => fired('hung')).toBe(1);
    impatience.abort();
    expect((await failure).message).toBe('This operation was aborted');
    await expect
      .poll(async () => (await journal()).map(({ answer }) => answer))
      .toEqual([{ ...NO_ANSWER, ended: 'never answered; the client left' }]);
  });

  it('keeps requests waiting that came behind it, and they are not carried out', async () => {
    const { url, arm, fired, journal } = await start();
    await arm({ id: 'hung', effect: { connection: 'hang' }, times: 1 });
    const socket = await openSocket(url);
    socket.send(READ + CHANGE);
    await expect.poll(() => fired('hung')).toBe(1);
    socket.leave();
    await expect
      .poll(journal)
      .toMatchObject([{ operation: 'getUserCredits', answer: { ended: 'never answered; the client left' } }]);
    expect(await balanceOf(url)).toBe(700);
  });

  it('has no end without its client where that left during a delay before', async () => {
    const { url, arm, fired, journal } = await start();
    await arm({ id: 'hung', effect: { delay: 100, connection: 'hang' } });
    const socket = await openSocket(url);
    socket.send(CHANGE);
    await expect.poll(() => fired('hung')).toBe(1);
    socket.leave();
    await expect
      .poll(journal)
      .toMatchObject([{ answer: { status: null, ended: 'never answered; the client left' }, changes: [] }]);
  });
});

describe('a reset in mid-answer', () => {
  it.each([
    { afterBytes: 0, got: 0 },
    { afterBytes: 12, got: 12 },
    { afterBytes: LENGTH, got: LENGTH },
    { afterBytes: 1_000_000, got: LENGTH },
  ])('after $afterBytes bytes sends all headers and $got bytes', async ({ afterBytes, got }) => {
    const { url, arm, journal } = await start();
    await arm({ id: 'cut', effect: { connection: { reset: { afterBytes } } } });
    const socket = await exchange(url, CHANGE);
    expect(socket.end).toBe('ECONNRESET');
    expect(socket.answers()).toMatchObject([
      {
        status: 200,
        headers: {
          'content-length': String(LENGTH),
          'content-type': 'application/json; charset=utf-8',
          'x-emulator-fault': 'cut; phase=during',
          'x-emulator-request-id': 'default-1',
        },
        body: UPDATED.slice(0, got),
      },
    ]);
    expect(await journal()).toMatchObject([
      {
        answer: { status: 200, ended: `reset after ${got} of ${LENGTH} bytes` },
        fault: { id: 'cut', phase: 'during' },
        ledger: [{ delta: '6', after: '706' }],
      },
    ]);
  });

  it('is a reset to a client in the same process, however long that is busy in each turn', async () => {
    const { url, arm } = await start();
    await arm({ effect: { connection: { reset: { afterBytes: 12 } } }, times: 1 });
    let isBusy = true;
    const work = (): void => {
      const end = performance.now() + 30;
      while (performance.now() < end);
      if (isBusy) setImmediate(work);
    };
    setImmediate(work);
    const { end, text } = await exchange(url, CHANGE);
    isBusy = false;
    expect([end, text().slice(-12)]).toEqual(['ECONNRESET', UPDATED.slice(0, 12)]);
  });

  it.each([0, 12, 1000])(
    'after %i bytes is an error to a client that reads with fetch, unless that is all',
    async (afterBytes) => {
      const { url, arm } = await start();
      await arm({ effect: { connection: { reset: { afterBytes } } }, times: 1 });
      const response = await fetchChange(url);
      expect([response.status, response.headers.get('Content-Length')]).toEqual([200, String(LENGTH)]);
      if (afterBytes > LENGTH) expect(await response.text()).toBe(UPDATED);
      else expect(await failureOf(response.text())).toEqual({ message: 'terminated', code: 'ECONNRESET' });
      expect(await balanceOf(url)).toBe(706);
    },
  );

  it.each([
    [0, 100],
    [12, 100],
    [0, 0],
    [12, 0],
  ])(
    'after %i bytes waits for the answer to a request that came with it, delayed by %i ms',
    async (afterBytes, delay) => {
      const { url, arm } = await start();
      await arm(
        { operation: 'getUserCredits', effect: { delay } },
        { operation: 'updateUserCredits', effect: { connection: { reset: { afterBytes } } } },
      );
      const socket = await exchange(url, READ + CHANGE);
      expect(socket.answers()).toMatchObject([
        { status: 200, body: expect.stringMatching(/700\}$/) as unknown },
        { status: 200, headers: { 'content-length': String(LENGTH) }, body: UPDATED.slice(0, afterBytes) },
      ]);
      expect(socket.end).toBe('ECONNRESET');
    },
  );

  it('of a long answer still gives the client so many bytes', async () => {
    const { url, arm, act } = await startFaulty({ providers: [board] });
    await act('PUT', '/state', { board: { notes: [{ name: 'a', version: 1, text: 'x', times: 80_000 }] } });
    await arm({ operation: 'getNote', effect: { connection: { reset: { afterBytes: 50_000 } } } });
    const socket = await exchange(url, toBytes('GET', '/board/notes/a'));
    expect(socket.answers().map(({ body }) => body.length)).toEqual([50_000]);
    expect(socket.end).toBe('ECONNRESET');
  });
});
