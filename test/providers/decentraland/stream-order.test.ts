import { describe, expect, it } from 'vitest';

import { follow } from '../../support/events.ts';
import { recordWrites, serveApp, type Served } from '../../support/server.ts';
import { PARTLY, RICH, SOON } from './api.ts';
import { streamOf, type Snapshot } from './stream-api.ts';

/** More than are written to in one turn. */
const MANY = 600;

/** Prevents heartbeats. */
const QUIET = { providers: ['decentraland'], set: ['decentraland.heartbeat=P1D'] };

type Act = readonly [method: string, path: string, body?: object];

function control(name: string, args: object): Act {
  return ['POST', `/controls/decentraland/${name}`, { address: RICH, ...args }];
}

async function send(url: string, [method, path, body]: Act): Promise<number> {
  const headers = { 'Content-Type': 'application/json' };
  const answer = await fetch(`${url}/_emulator${path}`, {
    method,
    headers,
    ...(body && { body: JSON.stringify(body) }),
  });
  await answer.arrayBuffer();
  return answer.status;
}

async function followMany({ url }: Served, wallet: string, count: number): Promise<void> {
  const opened = Array.from({ length: count }, async () => {
    const { next } = await follow<Snapshot>(`${url}/decentraland${streamOf(wallet)}`);
    await next();
  });
  await Promise.all(opened);
}

const isEvent = (text: string): boolean => text.includes('data: {');
const isAnswer = (text: string): boolean => text.startsWith('HTTP/1.1 20');
const toKind = ({ text }: { readonly text: string }) => (isEvent(text) ? 'event' : 'answer');

describe('an event', () => {
  it.each<[string, string, Act]>([
    ['a grant', RICH, control('grant', { amount: '1' })],
    ['spending', RICH, control('consume', { amount: '1' })],
    ['a flag', RICH, control('flag', { cause: 'captcha' })],
    ['the clock', SOON, ['POST', '/clock/advance', { by: 'PT2H' }]],
    ['a reset', RICH, ['POST', '/reset']],
    ['another state', RICH, ['PUT', '/state', {}]],
  ])('is sent before the response to its cause, which is %s', async (_, wallet, act) => {
    const served = await serveApp(QUIET);
    const written = recordWrites(served.server);
    await followMany(served, wallet, 3);
    const before = written.length;
    expect(await send(served.url, act)).toBeLessThan(300);
    expect(written.slice(before).map(toKind)).toEqual(['event', 'event', 'event', 'answer']);
  });

  it('is sent to many clients of many wallets before the response to its cause', async () => {
    const served = await serveApp(QUIET);
    const written = recordWrites(served.server);
    await followMany(served, RICH, MANY);
    await followMany(served, PARTLY, 10);
    const before = written.length;
    expect(await send(served.url, control('consume', { amount: '1' }))).toBe(200);
    const after = written.slice(before);
    const reached = new Set(after.filter(({ text }) => isEvent(text)).map(({ connection }) => connection));
    expect([reached.size, after.length]).toEqual([MANY, MANY + 1]);
    expect(after.findIndex(({ text }) => isAnswer(text))).toBe(MANY);
    expect(await send(served.url, ['POST', '/reset'])).toBe(204);
    const reset = written.slice(before + after.length);
    expect(reset.findIndex(({ text }) => isAnswer(text))).toBe(MANY + 10);
  });

  it('is sent before the response of an exchange that runs a scheduled item first', async () => {
    const served = await serveApp(QUIET);
    const written = recordWrites(served.server);
    await followMany(served, RICH, 1);
    expect(await send(served.url, ['PUT', '/state', WITH_EXPIRED])).toBe(204);
    const before = written.length;
    const season = await fetch(`${served.url}/decentraland/season`);
    expect(await season.json()).toEqual({ error: 'Season not found', code: 'SEASON_NOT_FOUND' });
    expect(written.slice(before).map(toKind)).toEqual(['event', 'answer']);
  });
});

/** The expired credit ends before the next exchange. */
const WITH_EXPIRED = {
  decentraland: {
    wallets: [{ address: RICH }],
    credits: [
      { id: 'aaaaaaaa-0000-4000-8000-00000000000f', address: RICH, amount: '1', expiresAt: '2025-12-31T00:00:00Z' },
    ],
  },
};
