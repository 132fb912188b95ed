import { describe, expect, it } from 'vitest';

import type { Fault } from '../../../src/core/wire/fault.ts';
import { RuleMistake } from '../../../src/core/faults/fault-rule.ts';
import { findAsked, parseInjection } from '../../../src/core/faults/injection.ts';

/** Which word is wrong, and what is said about it. */
function refusal(text: string): readonly [path: string, message: string] {
  try {
    parseInjection(text);
  } catch (error) {
    if (error instanceof RuleMistake) return [error.path.join('/'), error.message];
    throw error;
  }
  throw new Error('The fault was taken.');
}

function status(more: object, phase = 'before', delay?: number): object {
  const nothing = { status: undefined, code: undefined, message: undefined, headers: undefined, retryAfter: undefined };
  return { phase, delay, effect: { kind: 'status', ...nothing, ...more } };
}

/** But for what is there for showing it. */
function withoutWords(fault: Fault | undefined): object {
  const { written: _, ...rest } = fault ?? { written: {} };
  return rest;
}

const KNOWN = 'Known: status, code, message, retryAfter, delay, connection, body, stream, webhook, hold, phase.';

describe(parseInjection, () => {
  it.each<[string, object]>([
    ['status=500', status({ status: 500 })],
    ['code=NO_WALLET', status({ code: 'NO_WALLET' })],
    ['status=418; message=I am a = teapot', status({ status: 418, message: 'I am a = teapot' })],
    ['status=429; retryAfter=30', status({ status: 429, retryAfter: 30 })],
    ['code=LIMITED; retryAfter=0', status({ code: 'LIMITED', retryAfter: 0 })],
    ['status=500; phase=after; delay=200', status({ status: 500 }, 'after', 200)],
    [' ;; delay = 200 ; phase = after;status=500;', status({ status: 500 }, 'after', 200)],
    ['status=599', status({ status: 599 })],
    ['status=200', status({ status: 200 })],
  ])('reads the status of %j', (text, fault) => {
    expect(withoutWords(parseInjection(text))).toEqual(fault);
  });

  it.each<[string, Fault['delay']]>([
    ['200', 200],
    ['0', 0],
    ['2147483647', 2_147_483_647],
    ['100-500', { uniform: [100, 500] }],
    ['lognormal:200,0.6', { lognormal: { median: 200, sigma: 0.6 } }],
    ['lognormal:50,2', { lognormal: { median: 50, sigma: 2 } }],
  ])('reads delay=%s', (text, delay) => {
    expect(parseInjection(`delay=${text}`)).toEqual({ phase: 'before', delay, effect: undefined, written: { delay } });
  });

  it.each<[string, Fault['phase'], object]>([
    ['connection=reset', 'before', { kind: 'connection', how: 'reset' }],
    ['connection=empty', 'before', { kind: 'connection', how: 'empty' }],
    ['connection=hang; phase=after', 'after', { kind: 'connection', how: 'hang' }],
    ['connection=reset:120', 'during', { kind: 'cut', afterBytes: 120 }],
    ['connection=reset:0', 'during', { kind: 'cut', afterBytes: 0 }],
    ['body=truncate', 'during', { kind: 'body', how: 'truncate' }],
    ['body=garbage', 'during', { kind: 'body', how: 'garbage' }],
    ['body=malformed-json', 'during', { kind: 'body', how: 'malformed-json' }],
    ['body=wrong-type; phase=during', 'during', { kind: 'body', how: 'wrong-type' }],
    ['body=slow:50', 'during', { kind: 'slow', bytesPerSecond: 50 }],
    ['stream=drop', 'during', { kind: 'stream', how: 'drop', after: 1 }],
    ['stream=drop:2', 'during', { kind: 'stream', how: 'drop', after: 2 }],
    ['stream=stall:0', 'during', { kind: 'stream', how: 'stall', after: 0 }],
    ['stream=duplicate:3', 'during', { kind: 'stream', how: 'duplicate', after: 3 }],
    ['stream=reorder', 'during', { kind: 'stream', how: 'reorder', after: 1 }],
    ['stream=malformed:2', 'during', { kind: 'stream', how: 'malformed', after: 2 }],
    ['stream=gap:2', 'during', { kind: 'stream', how: 'gap', after: 2 }],
    ['stream=refuse', 'during', { kind: 'stream', how: 'refuse', after: 1 }],
  ])('reads %s', (text, phase, effect) => {
    expect(withoutWords(parseInjection(text))).toEqual({ phase, delay: undefined, effect });
  });

  it.each<[string, string, string]>([
    ['statsu=500', 'statsu', 'There is no "statsu" here; did you mean "status"?'],
    ['fase=after; status=500', 'fase', 'There is no "fase" here; did you mean "phase"?'],
    ['times=1', 'times', `There is no "times" here. ${KNOWN}`],
    ['__proto__=1', '__proto__', `There is no "__proto__" here. ${KNOWN}`],
    ['toString=1', 'toString', `There is no "toString" here. ${KNOWN}`],
    ['500', '', '"500" is no pair such as status=500.'],
    ['=500', '', '"=500" is no pair such as status=500.'],
    ['status=500; status=501', 'status', '"status" appears twice.'],
    ['phase=after; status=500; phase=after', 'phase', '"phase" appears twice.'],
    ['status=99', 'status', '"status" takes a whole number from 200 to 599, not "99".'],
    ['status=600', 'status', '"status" takes a whole number from 200 to 599, not "600".'],
    ['status=', 'status', '"status" takes a whole number from 200 to 599, not "".'],
    ['status=5e2', 'status', '"status" takes a whole number from 200 to 599, not "5e2".'],
    [
      'status=429; retryAfter=soon',
      'retryAfter',
      '"retryAfter" takes a whole number from 0 to 2147483647, not "soon".',
    ],
    ['delay=2147483648', 'delay', '"delay" takes a whole number from 0 to 2147483647, not "2147483648".'],
    ['delay=-5', 'delay', '"delay" takes milliseconds such as 200, a range such as 100-500, or lognormal:200,0.6.'],
    [
      'delay=lognormal:200',
      'delay',
      '"delay" takes milliseconds such as 200, a range such as 100-500, or lognormal:200,0.6.',
    ],
    ['delay=500-100', 'effect/delay/uniform', '500 is more than 100.'],
    [
      'connection=rest',
      'connection',
      '"connection" is one of reset, empty, hang, reset:BYTES, not "rest"; did you mean "reset"?',
    ],
    ['connection=reset:few', 'connection', '"connection" takes a whole number from 0 to 9007199254740991, not "few".'],
    [
      'body=trncate',
      'body',
      '"body" is one of truncate, garbage, malformed-json, wrong-type, slow:BYTES_PER_SECOND, not "trncate"; did you mean "truncate"?',
    ],
    ['body=slow:0', 'body', '"body" takes a whole number from 1 to 9007199254740991, not "0".'],
    [
      'stream=dorp:2',
      'stream',
      '"stream" is one of drop, stall, duplicate, reorder, malformed, gap, refuse, not "dorp"; did you mean "drop"?',
    ],
    ['stream=drop:', 'stream', '"stream" takes a whole number from 0 to 9007199254740991, not "".'],
    ['status=500; phase=aftre', 'phase', '"phase" is one of before, after, during, not "aftre"; did you mean "after"?'],
    ['status=500; phase=during', 'phase', 'A status needs the phase "before" or "after", not "during".'],
    [
      'status=500; body=garbage',
      'effect',
      'A rule has one effect; this one has status and body. Write a rule for each.',
    ],
    ['phase=after', 'effect', 'An effect needs a status, code, delay, connection, body, stream, webhook or hold.'],
    ['', 'effect', 'An effect needs a status, code, delay, connection, body, stream, webhook or hold.'],
  ])('refuses %j', (text, path, message) => {
    expect(refusal(text)).toEqual([path, message]);
  });

  it.each(['stream=drop:2:3', 'stream=refuse:2', 'delay=lognormal:1,11'])(
    'refuses %s, which no rule may say either',
    (text) => {
      expect(() => parseInjection(text)).toThrow(RuleMistake);
    },
  );
});

describe(findAsked, () => {
  it('finds nothing where nothing is asked for', () => {
    expect(findAsked({ accept: 'application/json' })).toBeUndefined();
  });

  it('reads X-Emulator-Inject, and no preference beside it', () => {
    const headers = { 'x-emulator-inject': 'status=500; phase=after', prefer: 'code=409' };
    expect(withoutWords(findAsked(headers))).toEqual(status({ status: 500 }, 'after'));
  });

  it.each([
    'code=409',
    'code="409"',
    'code = 409',
    'return=minimal, code=409',
    'respond-async; code=409; wait=10',
    'wait=10,code=409,handling=lenient',
  ])('reads Prefer: %s', (prefer) => {
    expect(withoutWords(findAsked({ prefer }))).toEqual(status({ status: 409 }));
  });

  it.each(['code=400', 'code=599'])('takes the status of Prefer: %s', (prefer) => {
    expect(withoutWords(findAsked({ prefer }))).toEqual(status({ status: Number(prefer.slice(5)) }));
  });

  it.each([
    'code=200',
    'code=302',
    'code=399',
    'code=600',
    'code=4090',
    'code=40',
    'code=late',
    'return=minimal',
    'barcode=409',
    'example=code-409',
    '',
  ])('passes over Prefer: %s', (prefer) => {
    expect(findAsked({ prefer })).toBeUndefined();
  });

  it('does not pass over a wrong X-Emulator-Inject', () => {
    expect(() => findAsked({ 'x-emulator-inject': '' })).toThrow(RuleMistake);
  });
});
