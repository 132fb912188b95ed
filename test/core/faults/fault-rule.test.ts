import { describe, expect, it } from 'vitest';

import type { Delay } from '../../../src/core/wire/fault.ts';
import {
  parseFault,
  parseRule,
  RuleMistake,
  type Nameable,
  type WrittenEffect,
  type WrittenRule,
} from '../../../src/core/faults/fault-rule.ts';

const NAMEABLE: Nameable = new Map([
  ['bank', { operations: ['deposit', 'withdraw'], codes: ['OVERDRAWN', 'CLOSED'] }],
  ['shop', { operations: ['buy'], codes: ['SOLD_OUT'] }],
]);

/** Where a rule is wrong, and what is said about it. */
function refusal(written: WrittenRule): readonly [path: string, message: string] {
  try {
    parseRule(written, 'r', NAMEABLE);
  } catch (error) {
    if (error instanceof RuleMistake) return [error.path.join('/'), error.message];
    throw error;
  }
  throw new Error('The rule was taken.');
}

describe(parseRule, () => {
  it('fills in what is left out', () => {
    const written = { effect: { status: 500 } };
    expect(parseRule(written, 'r', NAMEABLE)).toEqual({
      id: 'r',
      provider: undefined,
      operations: [],
      match: {},
      fault: {
        phase: 'before',
        delay: undefined,
        effect: {
          kind: 'status',
          status: 500,
          code: undefined,
          message: undefined,
          headers: undefined,
          retryAfter: undefined,
        },
        written: written.effect,
      },
      skip: 0,
      times: undefined,
      probability: 1,
      ttl: undefined,
      enabled: true,
      written,
    });
  });

  it('keeps what is given', () => {
    const written: WrittenRule = {
      id: 'other',
      provider: 'bank',
      operation: ['deposit', 'withdraw'],
      match: { subject: 'ada' },
      phase: 'after',
      effect: { code: 'CLOSED', headers: { 'X-A': 'b' }, retryAfter: 3, delay: 5 },
      skip: 2,
      times: 3,
      probability: 0.5,
      ttl: 'PT5M',
      enabled: false,
    };
    expect(parseRule(written, 'r', NAMEABLE)).toEqual({
      id: 'r',
      provider: 'bank',
      operations: ['deposit', 'withdraw'],
      match: { subject: 'ada' },
      fault: {
        phase: 'after',
        delay: 5,
        effect: {
          kind: 'status',
          status: undefined,
          code: 'CLOSED',
          message: undefined,
          headers: { 'X-A': 'b' },
          retryAfter: 3,
        },
        written: written.effect,
      },
      skip: 2,
      times: 3,
      probability: 0.5,
      ttl: 300_000,
      enabled: false,
      written,
    });
  });

  it.each<[string | number, number]>([
    ['PT5M', 300_000],
    ['250', 250],
    [0, 0],
    [1500, 1500],
  ])('reads the ttl %j', (ttl, milliseconds) => {
    expect(parseRule({ effect: { status: 500 }, ttl }, 'r', NAMEABLE).ttl).toBe(milliseconds);
  });

  it.each<[string, WrittenRule, readonly [string, string]]>([
    [
      'a provider',
      { provider: 'bnak', effect: { status: 500 } },
      ['provider', 'There is no provider "bnak"; did you mean "bank"?'],
    ],
    [
      'a provider like no other',
      { provider: 'library', effect: { status: 500 } },
      ['provider', 'There is no provider "library".'],
    ],
    [
      'an operation of a provider',
      { provider: 'bank', operation: 'deposti', effect: { status: 500 } },
      ['operation', '"bank" has no operation "deposti"; did you mean "deposit"?'],
    ],
    [
      'an operation of another provider',
      { provider: 'bank', operation: 'buy', effect: { status: 500 } },
      ['operation', '"bank" has no operation "buy".'],
    ],
    [
      'one operation of several',
      { operation: ['deposit', 'bui'], effect: { status: 500 } },
      ['operation', 'No provider has an operation "bui"; did you mean "buy"?'],
    ],
    [
      'a code',
      { provider: 'bank', effect: { code: 'OVERDRWN' } },
      ['effect/code', '"bank" has no code "OVERDRWN"; did you mean "OVERDRAWN"?'],
    ],
    [
      'a code of another provider',
      { provider: 'bank', effect: { code: 'SOLD_OUT' } },
      ['effect/code', '"bank" has no code "SOLD_OUT". Known: OVERDRAWN, CLOSED.'],
    ],
  ])('does not know %s', (_, written, expected) => {
    expect(refusal(written)).toEqual(expected);
  });

  it('takes an operation of any provider where none is named', () => {
    expect(parseRule({ operation: ['buy', 'deposit'], effect: { delay: 1 } }, 'r', NAMEABLE).operations).toEqual([
      'buy',
      'deposit',
    ]);
  });

  it('takes a code with its provider only', () => {
    expect(refusal({ effect: { code: 'CLOSED' } })).toEqual([
      'effect/code',
      'A code belongs to a provider: name the provider too.',
    ]);
  });

  it.each(['soon', 'P1M', '1.5', ''])('refuses the ttl %j', (ttl) => {
    expect(refusal({ effect: { status: 500 }, ttl })).toEqual([
      'ttl',
      `"${ttl}" is not a duration: write ISO 8601 such as PT30S, PT1H or P30D, or milliseconds.`,
    ]);
  });
});

describe(parseFault, () => {
  it.each<[WrittenEffect, object]>([
    [{ status: 503 }, { phase: 'before', effect: { kind: 'status', status: 503 } }],
    [{ code: 'CLOSED' }, { phase: 'before', effect: { kind: 'status', code: 'CLOSED' } }],
    [{ delay: 5 }, { phase: 'before', delay: 5, effect: undefined }],
    [{ connection: 'reset' }, { phase: 'before', effect: { kind: 'connection', how: 'reset' } }],
    [{ connection: 'empty' }, { phase: 'before', effect: { kind: 'connection', how: 'empty' } }],
    [
      { connection: 'hang', delay: 1 },
      { phase: 'before', delay: 1, effect: { kind: 'connection', how: 'hang' } },
    ],
    [{ connection: { reset: { afterBytes: 0 } } }, { phase: 'during', effect: { kind: 'cut', afterBytes: 0 } }],
    [{ body: 'truncate' }, { phase: 'during', effect: { kind: 'body', how: 'truncate' } }],
    [{ body: { slow: { bytesPerSecond: 7 } } }, { phase: 'during', effect: { kind: 'slow', bytesPerSecond: 7 } }],
    [{ stream: 'gap' }, { phase: 'during', effect: { kind: 'stream', how: 'gap', after: 1 } }],
    [{ stream: { drop: {} } }, { phase: 'during', effect: { kind: 'stream', how: 'drop', after: 1 } }],
    [{ stream: { drop: { after: 0 } } }, { phase: 'during', effect: { kind: 'stream', how: 'drop', after: 0 } }],
  ])('reads %j in its usual phase', (written, expected) => {
    expect(parseFault(written)).toMatchObject(expected);
  });

  it.each<[WrittenEffect, 'before' | 'after' | 'during']>([
    [{ status: 500 }, 'after'],
    [{ delay: 1 }, 'after'],
    [{ connection: 'hang' }, 'after'],
    [{ status: 500 }, 'before'],
    [{ body: 'garbage' }, 'during'],
  ])('takes %j in the phase %s', (written, phase) => {
    expect(parseFault(written, phase).phase).toBe(phase);
  });

  it.each<[WrittenEffect, 'before' | 'after' | 'during', string]>([
    [{ status: 500 }, 'during', 'A status needs the phase "before" or "after", not "during".'],
    [{ code: 'X' }, 'during', 'A status needs the phase "before" or "after", not "during".'],
    [{ delay: 5 }, 'during', 'A delay needs the phase "before" or "after", not "during".'],
    [{ connection: 'empty' }, 'during', 'A connection fault needs the phase "before" or "after", not "during".'],
    [
      { connection: { reset: { afterBytes: 1 } } },
      'before',
      'A reset during the response needs the phase "during", not "before".',
    ],
    [{ body: 'truncate' }, 'after', 'A body needs the phase "during", not "after".'],
    [{ body: { slow: { bytesPerSecond: 1 } } }, 'before', 'A slow body needs the phase "during", not "before".'],
    [{ stream: 'drop' }, 'after', 'A stream needs the phase "during", not "after".'],
  ])('refuses %j in the phase %s', (effect, phase, message) => {
    expect(refusal({ effect, phase })).toEqual(['phase', message]);
  });

  it.each<[WrittenEffect, string, string]>([
    [{}, 'effect', 'An effect needs a status, code, delay, connection, body, stream, webhook or hold.'],
    [{ message: 'no' }, 'effect/message', '"message" requires a status or a code.'],
    [{ headers: {}, delay: 1 }, 'effect/headers', '"headers" requires a status or a code.'],
    [{ retryAfter: 1, body: 'garbage' }, 'effect/retryAfter', '"retryAfter" requires a status or a code.'],
    [{ code: 'X', message: 'no' }, 'effect/message', 'A code has its own message: use either code or message.'],
    [{ status: 204 }, 'effect/status', 'A response with status 204 has no body, so it cannot report a failure.'],
    [{ status: 205 }, 'effect/status', 'A response with status 205 has no body, so it cannot report a failure.'],
    [{ status: 304 }, 'effect/status', 'A response with status 304 has no body, so it cannot report a failure.'],
    [
      { body: 'garbage', delay: 1 },
      'effect/delay',
      'A delay fires before or after the operation: write a second rule for it.',
    ],
    [
      { stream: 'stall', delay: 1 },
      'effect/delay',
      'A delay fires before or after the operation: write a second rule for it.',
    ],
    [
      { status: 500, body: 'garbage' },
      'effect',
      'A rule has one effect; this one has status and body. Write a rule for each.',
    ],
    [
      { connection: { reset: { afterBytes: 1 } }, body: { slow: { bytesPerSecond: 1 } }, stream: 'drop' },
      'effect',
      'A rule has one effect; this one has connection and body and stream. Write a rule for each.',
    ],
    [
      { stream: {} },
      'effect/stream',
      'A stream fault has exactly one of drop, stall, duplicate, reorder, malformed, gap, refuse.',
    ],
    [
      { stream: { drop: {}, stall: {} } },
      'effect/stream',
      'A stream fault has exactly one of drop, stall, duplicate, reorder, malformed, gap, refuse.',
    ],
    [{ delay: { uniform: [500, 100] } }, 'effect/delay/uniform', '500 is more than 100.'],
  ])('refuses %j', (effect, path, message) => {
    expect(refusal({ effect })).toEqual([path, message]);
  });

  it.each<Delay>([0, 2.5, { uniform: [100, 100] }, { uniform: [0, 500] }, { lognormal: { median: 200, sigma: 0.6 } }])(
    'takes the delay %j as it is',
    (delay) => {
      expect(parseFault({ delay })).toEqual({ phase: 'before', delay, effect: undefined, written: { delay } });
    },
  );
});
