import { describe, expect, it, onTestFinished, vi } from 'vitest';

import { listen } from '../../support/events.ts';
import { findFreePort } from '../../support/ports.ts';
import { serveApp } from '../../support/server.ts';
import { FLAGGED, PARTLY_USED, RICH, startStreams, streamOf, UNKNOWN, type Snapshot } from './stream-api.ts';

const RICH_STREAM = `/decentraland${streamOf(RICH)}`;

describe('the answer of a stream', () => {
  it('is one of events that nobody keeps, compresses or knows the length of', async () => {
    const { follow } = await startStreams();
    const { status, headers, next } = await follow(streamOf(RICH), {
      headers: { Accept: 'text/event-stream', 'Accept-Encoding': 'gzip, deflate, br' },
    });
    await next();
    expect(status).toBe(200);
    expect(headers).toMatchObject({
      'content-type': 'text/event-stream',
      'cache-control': 'no-cache',
      'x-emulator-request-id': 'default-1',
    });
    for (const name of ['content-length', 'content-encoding', 'access-control-allow-origin']) {
      expect(headers).not.toHaveProperty(name);
    }
  });

  it('may be read by pages of any origin', async () => {
    const { follow } = await startStreams();
    const { headers } = await follow(streamOf(RICH), { headers: { Origin: 'https://decentraland.org' } });
    expect(headers).toMatchObject({ 'access-control-allow-origin': '*', 'content-type': 'text/event-stream' });
  });

  it('may be asked for by pages of any origin, with any header', async () => {
    const { follow } = await startStreams();
    const { status, headers } = await follow(streamOf(RICH), {
      method: 'OPTIONS',
      headers: {
        Origin: 'https://decentraland.org',
        'Access-Control-Request-Method': 'GET',
        'Access-Control-Request-Headers': 'x-identity-auth-chain-3',
      },
    });
    expect(status).toBe(204);
    expect(headers).toMatchObject({
      'access-control-allow-origin': '*',
      'access-control-allow-headers': 'x-identity-auth-chain-3',
    });
  });

  it('has lines of data only, each followed by an empty one', async () => {
    const { follow, control } = await startStreams();
    const { text, next } = await follow(streamOf(RICH));
    await next();
    await control('consume', { address: RICH, amount: '1' });
    await next();
    expect(text()).toMatch(/^data: \{.*\}\n\ndata: \{.*\}\n\n$/);
  });

  it.each([
    ['in capitals', `/users/0x${'ABCDE'.repeat(8)}/credits/stream`],
    ['in small letters', `/users/0x${'abcde'.repeat(8)}/credits/stream`],
    ['behind two slashes', `//users/0x${'abcde'.repeat(8)}/credits/stream`],
    ['with a slash at the end', `/users/0x${'abcde'.repeat(8)}/credits/stream/`],
    ['with a question that nobody knows', `/users/0x${'abcde'.repeat(8)}/credits/stream?status=USED`],
  ])('is the same for an address %s', async (_, path) => {
    const { follow, register, control } = await startStreams();
    await register(`0x${'aBcDe'.repeat(8)}`);
    const { next } = await follow(path);
    expect(await next()).toEqual({ credits: [], totalCredits: 0 });
    await control('grant', { address: `0x${'abCDe'.repeat(8)}`, amount: '2' });
    expect(await next()).toMatchObject({ totalCredits: 2 });
  });

  it('is in the journal from its beginning, with its first event', async () => {
    const { follow, act } = await startStreams();
    const { text, next } = await follow(streamOf(RICH));
    await next();
    const { body } = await act('GET', '/requests');
    expect(body).toMatchObject({
      requests: [
        {
          id: 'default-1',
          provider: 'decentraland',
          operation: 'getCreditsStream',
          subject: RICH,
          answer: { status: 200, body: text() },
          violations: [],
        },
      ],
    });
    expect(JSON.stringify(body)).not.toContain('"ended"');
  });

  it('leaves nothing more in the journal when its client goes', async () => {
    const { url, streams, sandbox } = await serveApp({ providers: ['decentraland'] });
    const { source, next } = listen<Snapshot>(url + RICH_STREAM);
    await next();
    source.close();
    await expect.poll(() => streams.size).toBe(0);
    expect([...sandbox.journal.newest()].map(({ id }) => id)).toEqual(['default-1']);
  });
});

describe('a heartbeat', () => {
  it('is a comment, as often as the option says, and no event', async () => {
    const { follow, listen: open } = await startStreams({ set: ['decentraland.heartbeat=PT0.05S'] });
    const listener = open(RICH);
    const { text, next, untaken } = await follow(streamOf(RICH));
    await Promise.all([listener.next(), next()]);
    await expect.poll(text).toMatch(/^data: \{.*\}\n\n(:\n\n){4,}$/);
    expect([untaken, listener.untaken, listener.errors]).toEqual([[], [], []]);
  });

  it('comes every 15 seconds of real time if nothing else is said, also where the clock stands', async () => {
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
});

describe('a heartbeat that is hardly ever due', () => {
  it('comes no more often for that', async () => {
    const set = vi.spyOn(globalThis, 'setInterval');
    onTestFinished(() => void vi.restoreAllMocks());
    const { follow } = await startStreams({ set: ['decentraland.heartbeat=P365D'] });
    const { next } = await follow(streamOf(RICH));
    await next();
    // A timer that is given more goes off at once.
    expect(set.mock.calls.map(([, delay]) => delay)).toContain(2_147_483_647);
  });
});

describe('what is no stream', () => {
  const notFound = { error: 'Not Found', code: 'NOT_FOUND' };

  it.each([
    ['of an unknown user is 404', 'GET', streamOf(UNKNOWN), 404, { error: 'User not found', code: 'USER_NOT_FOUND' }],
    [
      'of a flagged user is 401',
      'GET',
      streamOf(FLAGGED),
      401,
      {
        ok: false,
        message: 'User is flagged',
        reason: {
          message: 'Several accounts are used by the same person.',
          ip: '203.0.113.7',
          linkedAddresses: [RICH],
        },
        isBlockedForClaiming: true,
      },
    ],
    [
      'of a short address is 400',
      'GET',
      streamOf(RICH.slice(0, -1)),
      400,
      { error: 'Invalid address', code: 'INVALID_ADDRESS' },
    ],
    ['of no address is 400', 'GET', streamOf('me'), 400, { error: 'Invalid address', code: 'INVALID_ADDRESS' }],
    ['asked for with POST is 404', 'POST', streamOf(RICH), 404, notFound],
    ['asked for with DELETE is 404', 'DELETE', streamOf(RICH), 404, notFound],
    ['below a stream is 404', 'GET', `${streamOf(RICH)}/more`, 404, notFound],
  ])('%s, in JSON', async (_, method, path, status, body) => {
    const { url, streams, sandbox } = await serveApp({ providers: ['decentraland'] });
    const answer = await fetch(`${url}/decentraland${path}`, { method });
    expect(answer.status).toBe(status);
    expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(await answer.json()).toEqual(body);
    expect([streams.size, sandbox.topics.size]).toEqual([0, 0]);
  });

  it('is the same in the other format', async () => {
    const { listen: open } = await startStreams({ set: ['decentraland.format=wire'] });
    const listeners = [UNKNOWN, FLAGGED, 'me'].map((wallet) => open(wallet));
    await expect.poll(() => listeners.map(({ errors }) => errors)).toEqual([[404], [401], [400]]);
  });

  it('is told to a client that comes once the user is flagged', async () => {
    const { listen: open, control } = await startStreams();
    await control('flag', { address: RICH, cause: 'captcha' });
    const { errors, source } = open(RICH);
    await expect.poll(() => errors).toEqual([401]);
    expect(source.readyState).toBe(source.CLOSED);
  });

  it('is HEAD, which has the headers and opens nothing', async () => {
    const { url, streams, sandbox } = await serveApp({ providers: ['decentraland'] });
    const answer = await fetch(url + RICH_STREAM, { method: 'HEAD' });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('text/event-stream');
    expect(await answer.text()).toBe('');
    expect([streams.size, sandbox.topics.size]).toEqual([0, 0]);
    expect((await fetch(`${url}/decentraland${streamOf(UNKNOWN)}`, { method: 'HEAD' })).status).toBe(404);
  });
});

describe('a sandbox', () => {
  it.each([
    ['the header', (url: string) => url, { 'X-Emulator-Sandbox': 'one' }],
    ['the path', (url: string) => `${url}/_sandbox/one`, {}],
  ])('of a stream is named by %s', async (_, toBase, headers) => {
    const { emulator, control } = await startStreams();
    const listener = listen<Snapshot>(`${toBase(emulator.url)}${RICH_STREAM}`, headers);
    expect(await listener.next()).toMatchObject({ totalCredits: 12.5 });
    await control('consume', { address: RICH, amount: '1' });
    await control('consume', { address: RICH, amount: '2' }, { 'X-Emulator-Sandbox': 'one' });
    expect(await listener.next()).toMatchObject({ totalCredits: 10.5 });
    expect(listener.untaken).toEqual([]);
  });

  it('that nobody can be called ends no stream, for there is none', async () => {
    const { emulator } = await startStreams();
    const { errors } = listen(`${emulator.url}${RICH_STREAM}`, { 'X-Emulator-Sandbox': 'No Name' });
    await expect.poll(() => errors).toEqual([400]);
  });
});

describe('a client', () => {
  it('that lost its stream asks again and has what the credits are by then', async () => {
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

  it('of two streams hears each of them', async () => {
    const { listen: open, control } = await startStreams();
    const listeners = [open(RICH), open(PARTLY_USED), open(RICH)];
    for (const { next } of listeners) await next();
    await control('consume', { address: PARTLY_USED, amount: '1' });
    await control('consume', { address: RICH, amount: '1' });
    const told = await Promise.all(listeners.map(({ next }) => next()));
    expect(told.map(({ totalCredits }) => totalCredits)).toEqual([11.5, 2, 11.5]);
  });

  it('sees its stream come to its end when the emulator closes', async () => {
    // Ports that nobody is given meanwhile, for the client tries again.
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
