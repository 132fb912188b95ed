import { describe, expect, it, onTestFinished, vi } from 'vitest';

import { follow, listen } from '../../support/events.ts';
import { findFreePort } from '../../support/ports.ts';
import { serveApp } from '../../support/server.ts';
import { FLAGGED, NOBODY, RICH } from './api.ts';
import { startStreams, streamOf, type Snapshot } from './stream-api.ts';

const RICH_STREAM = `/decentraland${streamOf(RICH)}`;

describe('the response of a stream', () => {
  it('is neither cached, compressed nor of a known length, and pages of any origin can read it', async () => {
    const { follow, control } = await startStreams();
    const asked = { Accept: 'text/event-stream', 'Accept-Encoding': 'gzip, deflate, br' };
    const { status, headers, next, text } = await follow(streamOf(RICH), { headers: asked });
    await next();
    expect(status).toBe(200);
    const type = { 'content-type': 'text/event-stream' };
    expect(headers).toMatchObject({ ...type, 'cache-control': 'no-cache', 'x-emulator-request-id': 'default-1' });
    for (const name of ['content-length', 'content-encoding', 'access-control-allow-origin']) {
      expect(headers).not.toHaveProperty(name);
    }
    const page = await follow(streamOf(RICH), { headers: { Origin: 'https://decentraland.org' } });
    expect(page.headers).toMatchObject({ ...type, 'access-control-allow-origin': '*' });
    await control('consume', { address: RICH, amount: '1' });
    await next();
    expect(text()).toMatch(/^data: \{.*\}\n\ndata: \{.*\}\n\n$/);
  });

  it.each([
    ['in capitals', `/users/0x${'ABCDE'.repeat(8)}/credits/stream`],
    ['after two slashes', `//users/0x${'abcde'.repeat(8)}/credits/stream`],
    ['with a slash at the end', `/users/0x${'abcde'.repeat(8)}/credits/stream/`],
    ['with an unknown parameter', `/users/0x${'abcde'.repeat(8)}/credits/stream?status=USED`],
  ])('is the same for an address %s', async (_, path) => {
    const { follow, register, control } = await startStreams();
    await register(`0x${'aBcDe'.repeat(8)}`);
    const { next } = await follow(path);
    expect(await next()).toEqual({ credits: [], totalCredits: 0 });
    await control('grant', { address: `0x${'abCDe'.repeat(8)}`, amount: '2' });
    expect(await next()).toMatchObject({ totalCredits: 2 });
  });

  it('is in the journal from its start with its first event, and once', async () => {
    const { url, streams, sandbox } = await serveApp({ providers: ['decentraland'] });
    const { next, text, leave } = await follow<Snapshot>(url + RICH_STREAM);
    await next();
    const { requests } = (await (await fetch(`${url}/_emulator/requests`)).json()) as { requests: readonly object[] };
    const about = { provider: 'decentraland', operation: 'getCreditsStream', subject: RICH };
    const answer = { status: 200, body: text() };
    expect(requests).toMatchObject([{ id: 'default-1', ...about, answer, violations: [] }]);
    expect(JSON.stringify(requests)).not.toContain('"ended"');
    leave();
    await expect.poll(() => streams.size).toBe(0);
    expect([...sandbox.journal.newest()].map(({ id }) => id)).toEqual(['default-1']);
  });
});

describe('a heartbeat', () => {
  it('is a comment at the interval of the option, and not an event', async () => {
    const { follow, listen: open } = await startStreams({ set: ['decentraland.heartbeat=PT0.05S'] });
    const listener = open(RICH);
    const { text, next, untaken } = await follow(streamOf(RICH));
    await Promise.all([listener.next(), next()]);
    await expect.poll(text).toMatch(/^data: \{.*\}\n\n(:\n\n){4,}$/);
    expect([untaken, listener.untaken, listener.errors]).toEqual([[], [], []]);
  });

  it('is sent every 15 seconds of real time by default, also if the clock is frozen', async () => {
    const { follow, control } = await startStreams();
    onTestFinished(() => void vi.useRealTimers());
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    const { text, next } = await follow(streamOf(RICH));
    await next();
    vi.advanceTimersByTime(14_999);
    await control('consume', { address: RICH, amount: '1' });
    await next();
    expect(text()).not.toContain('\n:');
    vi.advanceTimersByTime(1);
    await expect.poll(text).toMatch(/\}\n\n:\n\n$/);
    vi.advanceTimersByTime(30_000);
    await expect.poll(text).toMatch(/\}\n\n:\n\n:\n\n:\n\n$/);
  });

  it('is not sent more often for an interval beyond the longest timer', async () => {
    const set = vi.spyOn(globalThis, 'setInterval');
    onTestFinished(() => void vi.restoreAllMocks());
    const { follow } = await startStreams({ set: ['decentraland.heartbeat=P365D'] });
    const { next } = await follow(streamOf(RICH));
    await next();
    // A longer timer would fire at once.
    expect(set.mock.calls.map(([, delay]) => delay)).toContain(2_147_483_647);
  });
});

describe('a refused stream', () => {
  it.each([
    ['of an unknown user', 'GET', streamOf(NOBODY), 404, 'User not found'],
    ['of a flagged user', 'GET', streamOf(FLAGGED), 401, 'User is flagged'],
    ['of a short address', 'GET', streamOf(RICH.slice(0, -1)), 400, 'Invalid address'],
    ['by another method', 'POST', streamOf(RICH), 404, 'Not Found'],
    ['by a longer path', 'GET', `${streamOf(RICH)}/more`, 404, 'Not Found'],
  ])('%s is JSON, and opens nothing', async (_, method, path, status, text) => {
    const { url, streams, sandbox } = await serveApp({ providers: ['decentraland'] });
    const answer = await fetch(`${url}/decentraland${path}`, { method });
    expect([answer.status, answer.headers.get('content-type')]).toEqual([status, 'application/json; charset=utf-8']);
    const { error, message } = (await answer.json()) as { readonly error?: string; readonly message?: string };
    expect(error ?? message).toBe(text);
    expect([streams.size, sandbox.topics.size]).toEqual([0, 0]);
  });

  it('of a user that is flagged now ends the client', async () => {
    const { listen: open, control } = await startStreams();
    await control('flag', { address: RICH, cause: 'captcha' });
    const { errors, source } = open(RICH);
    await expect.poll(() => errors).toEqual([401]);
    expect(source.readyState).toBe(source.CLOSED);
  });

  it('by HEAD has the headers, and opens nothing', async () => {
    const { url, streams, sandbox } = await serveApp({ providers: ['decentraland'] });
    const answer = await fetch(url + RICH_STREAM, { method: 'HEAD' });
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/event-stream']);
    expect(await answer.text()).toBe('');
    expect([streams.size, sandbox.topics.size]).toEqual([0, 0]);
    expect((await fetch(`${url}/decentraland${streamOf(NOBODY)}`, { method: 'HEAD' })).status).toBe(404);
  });
});

it('a sandbox that the path names has streams of its own', async () => {
  const { emulator, control } = await startStreams();
  const listener = listen<Snapshot>(`${emulator.url}/_sandbox/one${RICH_STREAM}`);
  expect(await listener.next()).toMatchObject({ totalCredits: 12.5 });
  await control('consume', { address: RICH, amount: '1' });
  await control('consume', { address: RICH, amount: '2' }, { 'X-Emulator-Sandbox': 'one' });
  expect(await listener.next()).toMatchObject({ totalCredits: 10.5 });
  expect(listener.untaken).toEqual([]);
});

describe('a client', () => {
  it('that lost its stream asks again, and gets the current credits', async () => {
    const waiting: (() => void)[] = [];
    let isAway = false;
    const { url, server, streams } = await serveApp({ providers: ['decentraland'] }, (request, _response, handOn) => {
      if (isAway && request.url?.endsWith('/stream')) waiting.push(handOn);
      else handOn();
    });
    const listener = listen<Snapshot>(url + RICH_STREAM);
    expect(await listener.next()).toMatchObject({ totalCredits: 12.5 });
    isAway = true;
    server.closeAllConnections();
    await expect.poll(() => waiting).toHaveLength(1);
    expect(streams.size).toBe(0);
    await fetch(`${url}/_emulator/controls/decentraland/consume`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ address: RICH, amount: '1' }),
    });
    waiting.forEach((handOn) => {
      handOn();
    });
    expect(await listener.next()).toMatchObject({ totalCredits: 11.5 });
    expect([listener.untaken, listener.errors, streams.size]).toEqual([[], [undefined], 1]);
  });

  it('sees its stream end when the emulator closes', async () => {
    // The ports are free, and not given to another test, because the client tries again.
    const { emulator, follow, listen: open } = await startStreams({ port: await findFreePort(3) });
    const listener = open(RICH);
    const { next, ended } = await follow(streamOf(RICH));
    await Promise.all([listener.next(), next()]);
    await emulator.close();
    expect(await ended).toBe('whole');
    await expect.poll(() => listener.errors.length).toBeGreaterThan(0);
    expect(listener.source.readyState).toBe(listener.source.CONNECTING);
  });
});
