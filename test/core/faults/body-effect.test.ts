import { describe, expect, it } from 'vitest';

import { distort, canApply } from '../../../src/core/faults/body-effect.ts';
import { Chance } from '../../../src/core/values/random.ts';
import { renderAnswer, type Answer } from '../../../src/core/wire/answer.ts';
import type { Reply } from '../../../src/core/wire/reply.ts';
import type { BodyEffect, Effect } from '../../../src/core/wire/fault.ts';

const REPLY: Reply = { status: 200, body: { name: 'Zoë', credits: 5 } };
const TEXT = '{"name":"Zoë","credits":5}';
const LENGTH = Buffer.byteLength(TEXT);

const BODIES: readonly BodyEffect[] = [
  { kind: 'body', how: 'truncate' },
  { kind: 'body', how: 'garbage' },
  { kind: 'body', how: 'malformed-json' },
  { kind: 'body', how: 'wrong-type' },
  { kind: 'cut', afterBytes: 3 },
  { kind: 'slow', bytesPerSecond: 10 },
];

const drawOne = (): Chance => new Chance(1, 'garbage', 0);

function render(reply: Reply = REPLY): Answer {
  return renderAnswer(reply, 'default-1', 'GET');
}

function distortWith(effect: BodyEffect, reply?: Reply): Answer {
  return distort(render(reply), effect, drawOne);
}

describe(canApply, () => {
  it.each(BODIES)('takes %j for an answer with JSON', (effect) => {
    expect(canApply(effect, REPLY, 'GET')).toBe(true);
  });

  it.each<[string, Reply, string]>([
    ['HEAD', REPLY, 'HEAD'],
    ['no body', { status: 200 }, 'GET'],
    ['an empty body', { status: 200, body: '' }, 'GET'],
    ['status 204', { status: 204, body: {} }, 'GET'],
    ['status 205', { status: 205, body: {} }, 'GET'],
    ['status 304', { status: 304, body: {} }, 'GET'],
  ])('takes nothing for an answer to or with %s', (_, reply, method) => {
    expect(BODIES.map((effect) => canApply(effect, reply, method))).toEqual(BODIES.map(() => false));
  });

  it.each<Effect>([
    { kind: 'status', status: 500 },
    { kind: 'connection', how: 'reset' },
    { kind: 'stream', how: 'drop', after: 1 },
  ])('takes no %j', (effect) => {
    expect(canApply(effect, REPLY, 'GET')).toBe(false);
  });

  it.each<[Reply, boolean]>([
    [{ status: 200, body: [] }, true],
    [{ status: 200, body: null }, true],
    [{ status: 200, body: 'text' }, false],
    [{ status: 200, body: '{}', headers: { 'Content-Type': 'application/json' } }, true],
    [{ status: 200, body: 'text', headers: { 'Content-Type': 'text/plain' } }, false],
  ])('takes malformed JSON for %j: %s', (reply, isFit) => {
    expect(canApply({ kind: 'body', how: 'malformed-json' }, reply, 'GET')).toBe(isFit);
    expect(canApply({ kind: 'body', how: 'truncate' }, reply, 'GET')).toBe(true);
  });
});

describe(distort, () => {
  it('truncates to half, keeps the length and says where it ended', () => {
    expect(distortWith({ kind: 'body', how: 'truncate' })).toEqual({
      ...render(),
      delivery: { kind: 'cut', bytes: 13, end: 'close', isShort: true },
      ended: `closed after 13 of ${LENGTH} bytes`,
    });
  });

  it.each([
    [0, 0],
    [5, 5],
    [LENGTH, LENGTH],
    [1_000, LENGTH],
  ])('resets after %i bytes at %i', (afterBytes, bytes) => {
    expect(distortWith({ kind: 'cut', afterBytes })).toEqual({
      ...render(),
      delivery: { kind: 'cut', bytes, end: 'reset', isShort: bytes < LENGTH },
      ended: `reset after ${bytes} of ${LENGTH} bytes`,
    });
  });

  it('has a slow body come as it is', () => {
    expect(distortWith({ kind: 'slow', bytesPerSecond: 10 })).toEqual({
      ...render(),
      delivery: { kind: 'slow', bytesPerSecond: 10 },
    });
  });

  it('makes JSON malformed and tells the length of that', () => {
    const { body, headers, status } = distortWith({ kind: 'body', how: 'malformed-json' });
    expect([status, body]).toEqual([200, '{"name":"Zoë","credits":5,']);
    expect(headers).toEqual(render().headers);
    expect(() => JSON.parse(String(body)) as unknown).toThrow(SyntaxError);
  });

  it.each<[unknown, string]>([
    [[], '[,'],
    [5, ','],
    [null, 'nul,'],
    [{ a: 'é' }, '{"a":"é",'],
  ])('makes %j malformed', (body, text) => {
    const answer = distortWith({ kind: 'body', how: 'malformed-json' }, { status: 200, body });
    expect([answer.body, answer.headers['Content-Length']]).toEqual([text, Buffer.byteLength(text)]);
    expect(() => JSON.parse(text) as unknown).toThrow(SyntaxError);
  });

  it('says that the body is HTML, whatever it is', () => {
    expect(distortWith({ kind: 'body', how: 'wrong-type' })).toEqual({
      ...render(),
      headers: { ...render().headers, 'Content-Type': 'text/html; charset=utf-8' },
    });
  });

  it.each([1, 32, 33, 100])('replaces %i bytes by as many that are no text', (length) => {
    const reply = { status: 200, body: 'x'.repeat(length) };
    const answer = distort(render(reply), { kind: 'body', how: 'garbage' }, drawOne);
    const body = Buffer.from(answer.body);
    expect([body.length, answer.headers]).toEqual([length, render(reply).headers]);
    expect(() => new TextDecoder('utf-8', { fatal: true }).decode(body)).toThrow(TypeError);
    const drawn = Buffer.alloc(4 * Math.ceil(length / 4));
    for (let at = 0; at < drawn.length / 4; at += 1) drawn.writeUInt32LE(drawOne().word(at), 4 * at);
    expect(body.subarray(1)).toEqual(drawn.subarray(1, length));
  });
});
