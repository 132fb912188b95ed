import { describe, expect, it } from 'vitest';

import type { WrittenEffect } from '../../src/core/faults/fault-rule.ts';
import { board } from '../support/board.ts';
import { openSocket, startFaulty, toBytes } from '../support/raw-socket.ts';

const CREDITS = '/klaim/users/ada/credits';
const HEADERS = { Authorization: 'Bearer klaim_test_lantern' };
/** Our own reader leaves a head with this field to node:http. */
const ODD = { 'X-Odd': 'ä' };
const CHUNKED =
  `PUT ${CREDITS} HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer klaim_test_lantern\r\n` +
  'Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n13\r\n{"credit_delta": 6}\r\n0\r\n\r\n';
const COMMON = { odd: false, headers: HEADERS };
const UNCOMMON = { odd: true, headers: { ...HEADERS, ...ODD } };

function change(headers: Readonly<Record<string, string>>): string {
  return toBytes('PUT', CREDITS, { headers, body: { credit_delta: 6 } });
}

function read(headers: Readonly<Record<string, string>>): string {
  return toBytes('GET', CREDITS, { headers });
}

describe('requests that arrive together on one connection are carried out in their order', () => {
  it.each<[string, string, string, WrittenEffect | undefined]>([
    ['common ones', change(HEADERS), read(HEADERS), undefined],
    ['a body in chunks', CHUNKED, read(HEADERS), undefined],
    ['an unusual header', change(UNCOMMON.headers), read(UNCOMMON.headers), undefined],
    ['only the second one unusual', change(HEADERS), read(UNCOMMON.headers), undefined],
    ['a delay of the first', change(HEADERS), read(HEADERS), { delay: 30 }],
    ['a delay of the first, which is unusual', change(UNCOMMON.headers), read(HEADERS), { delay: 30 }],
  ])('%s', async (_, first, second, effect) => {
    const { url, arm } = await startFaulty({ providers: ['klaim'] });
    if (effect) await arm({ operation: 'updateUserCredits', effect });
    const socket = await openSocket(url);
    socket.send((first + second).repeat(2));
    await expect.poll(() => socket.answers().length).toBe(4);
    const seen = socket.answers().map(({ headers, body }) => {
      const { credit_balance: balance } = JSON.parse(body) as { readonly credit_balance: number };
      return [headers['x-emulator-request-id'], balance];
    });
    expect(seen).toEqual([
      ['default-1', 706],
      ['default-2', 706],
      ['default-3', 712],
      ['default-4', 712],
    ]);
  });
});

describe('requests behind one whose fault cuts the connection are not carried out', () => {
  it.each<[WrittenEffect, typeof COMMON]>(
    [COMMON, UNCOMMON].flatMap((kind) => [
      [{ connection: 'reset' }, kind],
      [{ connection: 'empty' }, kind],
      [{ connection: { reset: { afterBytes: 10 } } }, kind],
      [{ body: 'truncate' }, kind],
    ]),
  )('%j, %j', async (effect, { headers }) => {
    const { url, arm, journal } = await startFaulty({ providers: ['klaim'] });
    await arm({ operation: 'updateUserCredits', effect });
    const socket = await openSocket(url);
    socket.send(read(headers) + change(headers) + read(headers) + change(headers));
    await socket.ended;
    const operations = (await journal()).map(({ operation }) => operation);
    expect(operations).toEqual(['updateUserCredits', 'getUserCredits']);
  });
});

describe('a client that sends many requests and does not read', () => {
  const text = 'x'.repeat(1000);

  it.each([
    ['our own reader', {}],
    ['node:http', ODD],
  ])('is answered by %s only as far as it reads, and does not hold up the end', async (_, headers) => {
    const { url, act, journal, emulator } = await startFaulty({ providers: [board] });
    await act('PUT', '/state', { board: { notes: [{ name: 'a', version: 1, text, times: 400 }] } });
    const socket = await openSocket(url);
    socket.pause();
    socket.send(toBytes('GET', '/board/notes/a', { headers }).repeat(690));
    const count = async (): Promise<number> => (await journal()).length;
    await expect.poll(async () => (await count()) > 0 && (await count()) === (await count())).toBe(true);
    // What the system takes into its buffers, and one more.
    expect(await count()).toBeLessThan(60);
    const began = performance.now();
    await emulator.close();
    expect(performance.now() - began).toBeLessThan(1000);
  });

  it.each([
    ['our own reader', {}],
    ['node:http', ODD],
  ])('gets the rest from %s when it reads on', async (_, headers) => {
    const { url, act } = await startFaulty({ providers: [board] });
    await act('PUT', '/state', { board: { notes: [{ name: 'a', version: 1, text, times: 400 }] } });
    const socket = await openSocket(url);
    socket.pause();
    socket.send(toBytes('GET', '/board/notes/a', { headers }).repeat(50));
    // It has nothing more to say.
    socket.finish();
    await new Promise((resolve) => setTimeout(resolve, 50));
    socket.resume();
    await expect.poll(() => socket.answers().length, { timeout: 20_000 }).toBe(50);
    expect(await socket.ended).toBe('end');
  });
});
