import { describe, expect, it } from 'vitest';

import { follow } from '../../support/events.ts';
import { recordWrites, serveApp, type Served } from '../../support/server.ts';
import { EXPIRING, PARTLY_USED, RICH, streamOf, type Snapshot } from './stream-api.ts';

/** More than are written to in one turn. */
const MANY = 600;

/** No heartbeat comes in between. */
const QUIET = { providers: ['decentraland'], set: ['decentraland.heartbeat=P1D'] };

interface Act {
  readonly method: string;
  readonly path: string;
  readonly body?: object;
}

function control(name: string, args: object): Act {
  return { method: 'POST', path: `/controls/decentraland/${name}`, body: args };
}

async function send(url: string, { method, path, body }: Act): Promise<number> {
  const answer = await fetch(`${url}/_emulator${path}`, {
    method,
    headers: { 'Content-Type': 'application/json' },
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

describe('an event', () => {
  it.each([
    ['a grant', RICH, control('grant', { address: RICH, amount: '1' })],
    ['spending', RICH, control('consume', { address: RICH, amount: '1' })],
    ['a flag', RICH, control('flag', { address: RICH, cause: 'captcha' })],
    ['the clock', EXPIRING, { method: 'POST', path: '/clock/advance', body: { by: 'PT2H' } }],
    ['a reset', RICH, { method: 'POST', path: '/reset' }],
    ['another state', RICH, { method: 'PUT', path: '/state', body: {} }],
  ])('is on its way to the client before the answer to its cause is: %s', async (_, wallet, act) => {
    const served = await serveApp(QUIET);
    const written = recordWrites(served.server);
    await followMany(served, wallet, 3);
    const before = written.length;
    expect(await send(served.url, act)).toBeLessThan(300);
    const kinds = written.slice(before).map(({ text }) => (isEvent(text) ? 'event' : 'answer'));
    expect(kinds).toEqual(['event', 'event', 'event', 'answer']);
  });

  it('is on its way to all of many clients before the answer to its cause is', async () => {
    const served = await serveApp(QUIET);
    const written = recordWrites(served.server);
    await followMany(served, RICH, MANY);
    await followMany(served, PARTLY_USED, 10);
    const before = written.length;
    expect(await send(served.url, control('consume', { address: RICH, amount: '1' }))).toBe(200);
    const after = written.slice(before);
    expect(new Set(after.filter(({ text }) => isEvent(text)).map(({ connection }) => connection)).size).toBe(MANY);
    expect(after.findIndex(({ text }) => isAnswer(text))).toBe(MANY);
    expect(after).toHaveLength(MANY + 1);
  });

  it('is on its way to all of many clients of many wallets before a reset is answered', async () => {
    const served = await serveApp(QUIET);
    const written = recordWrites(served.server);
    for (const wallet of [RICH, PARTLY_USED, EXPIRING]) await followMany(served, wallet, MANY / 3);
    const before = written.length;
    expect(await send(served.url, { method: 'POST', path: '/reset' })).toBe(204);
    expect(written.slice(before).findIndex(({ text }) => isAnswer(text))).toBe(MANY);
  });

  it('is on its way before the answer of an exchange before which something was due', async () => {
    const served = await serveApp(QUIET);
    const written = recordWrites(served.server);
    await followMany(served, RICH, 1);
    expect(await send(served.url, { method: 'PUT', path: '/state', body: WITH_EXPIRED })).toBe(204);
    const before = written.length;
    const season = await fetch(`${served.url}/decentraland/season`);
    expect(await season.json()).toEqual({ error: 'Season not found', code: 'SEASON_NOT_FOUND' });
    const kinds = written.slice(before).map(({ text }) => (isEvent(text) ? 'event' : 'answer'));
    expect(kinds).toEqual(['event', 'answer']);
  });
});

/** A credit that has expired ends before the first exchange that comes. */
const WITH_EXPIRED = {
  decentraland: {
    wallets: [{ address: RICH }],
    credits: [
      { id: 'aaaaaaaa-0000-4000-8000-00000000000f', address: RICH, amount: '1', expiresAt: '2025-12-31T00:00:00Z' },
    ],
  },
};
