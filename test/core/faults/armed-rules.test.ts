import { describe, expect, it } from 'vitest';

import { toInstant, type Instant } from '../../../src/core/values/clock.ts';
import { parseRule, type Match, type Nameable, type WrittenRule } from '../../../src/core/faults/rule.ts';
import { Faults, type ArmedRule } from '../../../src/core/faults/armed-rules.ts';
import type { Matchable } from '../../../src/core/faults/plan.ts';

const NAMEABLE: Nameable = new Map([
  ['bank', { operations: ['deposit', 'withdraw'], codes: [] }],
  ['shop', { operations: ['buy'], codes: [] }],
]);

const NOW = toInstant(1_000);

const CALL: Matchable = {
  subject: 'ada',
  method: 'POST',
  path: '/v1/accounts/ada/deposit',
  query: { dry: 'no', page: '2' },
  headers: { 'x-client': 'app', accept: '*/*' },
  body: { amount: 100, memo: 'rent', tags: ['a', 'b'] },
};

/** Chance must not be asked for where a rule fires always. */
function noDraw(): number {
  throw new Error('Nothing is left to chance.');
}

function arm(rules: Readonly<Record<string, Partial<WrittenRule>>>, now: Instant = NOW): Faults {
  const parsed = Object.entries(rules).map(([id, rule]) =>
    parseRule({ effect: { status: 500 }, ...rule }, id, NAMEABLE),
  );
  return new Faults(parsed, now);
}

function armOne(rule: Partial<WrittenRule>): ArmedRule {
  const [armed] = arm({ one: rule }).list();
  if (!armed) throw new Error('There is no rule.');
  return armed;
}

/** Whether it fires for each of so many equal calls. */
function fireOften(armed: ArmedRule, times: number, draw: () => number = noDraw): readonly boolean[] {
  return Array.from({ length: times }, () => armed.fire(CALL, NOW, draw));
}

function listIds(armed: Iterable<ArmedRule> = []): readonly string[] {
  return [...armed].map(({ rule }) => rule.id);
}

describe('a rule that is armed', () => {
  it('fires for ever where it is not said how often', () => {
    const armed = armOne({});
    expect(fireOften(armed, 4)).toEqual([true, true, true, true]);
    expect([armed.fired, armed.remaining(NOW)]).toEqual([4, undefined]);
  });

  it('lets some pass, fires so often and is spent', () => {
    const armed = armOne({ skip: 2, times: 2 });
    expect([armed.fired, armed.remaining(NOW)]).toEqual([0, 2]);
    expect(fireOften(armed, 6)).toEqual([false, false, true, true, false, false]);
    expect([armed.fired, armed.remaining(NOW)]).toEqual([2, 0]);
  });

  it('lets only those pass that fit', () => {
    const armed = armOne({ skip: 1, match: { method: 'POST' } });
    expect(armed.fire({ ...CALL, method: 'GET' }, NOW, noDraw)).toBe(false);
    expect(fireOften(armed, 2)).toEqual([false, true]);
  });

  it('fires where what is drawn is less than its probability, and counts only then', () => {
    const armed = armOne({ probability: 0.3, times: 2 });
    const draws = [0.3, 0.299, 0.9, 0, 0];
    expect(fireOften(armed, 5, () => draws.shift() ?? 1)).toEqual([false, true, false, true, false]);
    expect([armed.fired, armed.remaining(NOW)]).toEqual([2, 0]);
    // What is spent draws no more.
    expect(draws).toEqual([0]);
  });

  it('never fires with the probability 0', () => {
    const armed = armOne({ probability: 0 });
    expect(fireOften(armed, 2, () => 0)).toEqual([false, false]);
    expect(armed.fired).toBe(0);
  });

  it('draws for none of those that it lets pass', () => {
    const armed = armOne({ probability: 0.5, skip: 2 });
    const draws = [0.4, 0.6];
    expect(fireOften(armed, 4, () => draws.shift() ?? 1)).toEqual([false, false, true, false]);
  });

  it('fires until its time is up', () => {
    const armed = armOne({ ttl: 'PT1S' });
    expect([1_000, 1_999, 2_000, 9_000].map((at) => armed.fire(CALL, toInstant(at), noDraw))).toEqual([
      true,
      true,
      false,
      false,
    ]);
    expect(armed.fired).toBe(2);
  });

  it('never fires with a ttl of nothing', () => {
    expect(fireOften(armOne({ ttl: 0 }), 1)).toEqual([false]);
  });

  it('does nothing while it is not enabled', () => {
    const armed = armOne({ enabled: false, times: 1 });
    expect(fireOften(armed, 2)).toEqual([false, false]);
    expect([armed.fired, armed.remaining(NOW)]).toEqual([0, 1]);
  });
});

describe('a rule fits', () => {
  it.each<[string, Match]>([
    ['no condition', {}],
    ['the subject', { subject: 'ada' }],
    ['the method', { method: 'POST' }],
    ['the method in small letters', { method: 'post' }],
    ['the path', { path: '/v1/accounts/ada/deposit' }],
    ['a field of the query', { query: { dry: 'no' } }],
    ['several fields of the query', { query: { dry: 'no', page: '2' } }],
    ['a header', { headers: { 'x-client': 'app' } }],
    ['a header in other letters', { headers: { 'X-Client': 'app' } }],
    ['a field of the body', { body: { amount: 100 } }],
    ['a number that is written as text', { body: { amount: '100' } }],
    ['a list in the body', { body: { tags: ['a', 'b'] } }],
    ['an empty condition on the body', { body: {} }],
    ['everything', { subject: 'ada', method: 'POST', path: '/v1/*', query: { page: '2' }, body: { memo: 'rent' } }],
  ])('a call by %s', (_, match) => {
    expect(fireOften(armOne({ match }), 1)).toEqual([true]);
  });

  it.each<[string, Match]>([
    ['subject', { subject: 'Ada' }],
    ['method', { method: 'PUT' }],
    ['path', { path: '/v1/accounts/ada' }],
    ['field of the query', { query: { dry: 'yes' } }],
    ['field of the query beside one that fits', { query: { dry: 'no', page: '3' } }],
    ['field of the query that is not there', { query: { limit: '1' } }],
    ['header', { headers: { 'X-Client': 'App' } }],
    ['header that is not there', { headers: { authorization: 'x' } }],
    ['field of the body', { body: { amount: 101 } }],
    ['list in the body', { body: { tags: ['b', 'a'] } }],
    ['field that every object has', { body: { toString: 'x' } }],
    ['one condition of several', { subject: 'ada', method: 'GET' }],
  ])('no call with another %s', (_, match) => {
    expect(fireOften(armOne({ match }), 1)).toEqual([false]);
  });

  it('a form, where everything is text', () => {
    const armed = armOne({ match: { body: { amount: 100, dry: true } } });
    expect(armed.fire({ ...CALL, body: { amount: '100', dry: 'true' } }, NOW, noDraw)).toBe(true);
  });

  it.each([undefined, null, 'amount=100', 100])('no call with the body %j by a field', (body) => {
    const armed = armOne({ match: { body: { amount: 100 } } });
    expect(armed.fire({ ...CALL, body }, NOW, noDraw)).toBe(false);
  });

  it('no call whose subject cannot be told by its subject', () => {
    const armed = armOne({ match: { subject: 'ada' } });
    expect(armed.fire({ ...CALL, subject: undefined }, NOW, noDraw)).toBe(false);
  });

  it.each([
    ['*', '/a/b', true],
    ['/v1/*', '/v1/', true],
    ['/v1/*', '/v1/users/ada', true],
    ['/v1/*', '/v1', false],
    ['*/credits', '/users/ada/credits', true],
    ['*/credits', '/users/ada/credits/', false],
    ['/users/*/credits', '/users/ada/credits', true],
    ['/users/*/credits', '/users/a/b/credits', true],
    ['/users/*/credits', '/users/credits', false],
    ['/a*a', '/a', false],
    ['/a*a', '/aa', true],
    ['*b*b*', 'abab', true],
    ['*b*b*', 'aba', false],
    ['*ab*abc', 'abc', false],
    ['*ab*b', 'xab', false],
    ['**', '', true],
    ['/a.c', '/abc', false],
    ['/[a]?', '/[a]?', true],
    ['/a', '/a*', false],
  ])('by the pattern %s the path %s: %s', (pattern, path, isFit) => {
    const armed = armOne({ match: { path: pattern } });
    expect(armed.fire({ ...CALL, path }, NOW, noDraw)).toBe(isFit);
  });

  it('long paths by long patterns without taking its time', () => {
    const armed = armOne({ match: { path: `${'*a'.repeat(1_000)}b` } });
    expect(armed.fire({ ...CALL, path: 'a'.repeat(100_000) }, NOW, noDraw)).toBe(false);
  });
});

describe(Faults, () => {
  it('keeps rules in their order and finds them by id', () => {
    const faults = arm({ first: {}, second: {} });
    expect(listIds(faults.list())).toEqual(['first', 'second']);
    expect(faults.find('second')?.rule.id).toBe('second');
    expect(faults.find('third')).toBeUndefined();
  });

  it('puts a rule in the place of its predecessor, where it counts anew', () => {
    const faults = arm({ first: { times: 3 }, second: {} });
    const before = faults.find('first');
    if (before) fireOften(before, 2);
    const after = faults.put(parseRule({ effect: { status: 503 }, times: 3 }, 'first', NAMEABLE), NOW);
    expect(listIds(faults.list())).toEqual(['first', 'second']);
    expect(faults.find('first')).toBe(after);
    expect([before?.fired, after.fired, after.remaining(NOW)]).toEqual([2, 0, 3]);
  });

  it('begins the time of a rule when it is put', () => {
    const faults = arm({});
    const armed = faults.put(parseRule({ effect: { status: 500 }, ttl: 10 }, 'late', NAMEABLE), toInstant(5_000));
    expect([5_009, 5_010].map((at) => armed.fire(CALL, toInstant(at), noDraw))).toEqual([true, false]);
  });

  it('deletes one or all', () => {
    const faults = arm({ first: {}, second: {}, third: {} });
    faults.delete('second');
    faults.delete('second');
    expect(listIds(faults.list())).toEqual(['first', 'third']);
    faults.clear();
    expect(listIds(faults.list())).toEqual([]);
    expect(faults.planFor('bank', 'deposit')).toBeUndefined();
  });

  it('makes ids that no rule has, and begins again after a reset', () => {
    const faults = arm({ 'fault-1': {}, 'fault-3': {} });
    expect([faults.nextId(), faults.nextId()]).toEqual(['fault-2', 'fault-4']);
    faults.reset([], NOW);
    expect(faults.nextId()).toBe('fault-1');
  });

  it('goes back to the rules of a reset, none of which has fired', () => {
    const rule = parseRule({ effect: { status: 500 }, times: 1 }, 'seeded', NAMEABLE);
    const faults = new Faults([rule], NOW);
    const before = faults.find('seeded');
    if (before) fireOften(before, 1);
    faults.put(parseRule({ effect: { status: 500 } }, 'mine', NAMEABLE), NOW);
    faults.reset([rule], NOW);
    expect(listIds(faults.list())).toEqual(['seeded']);
    expect(faults.find('seeded')?.remaining(NOW)).toBe(1);
  });
});

describe('the plan for an operation', () => {
  it('holds its rules only, by phase and in order', () => {
    const faults = arm({
      everywhere: { effect: { delay: 1 } },
      bank: { provider: 'bank' },
      late: { provider: 'bank', operation: 'deposit', phase: 'after' },
      withdraw: { provider: 'bank', operation: 'withdraw' },
      several: { operation: ['buy', 'deposit'] },
      shop: { provider: 'shop' },
      body: { operation: 'deposit', effect: { body: 'garbage' } },
    });
    const plan = faults.planFor('bank', 'deposit');
    expect(listIds(plan?.before)).toEqual(['everywhere', 'bank', 'several']);
    expect(listIds(plan?.after)).toEqual(['late']);
    expect(listIds(plan?.during)).toEqual(['body']);
  });

  it('is the same one until the rules change', () => {
    const faults = arm({ first: {} });
    const plan = faults.planFor('bank', 'deposit');
    expect(faults.planFor('bank', 'deposit')).toBe(plan);
    faults.put(parseRule({ effect: { status: 500 } }, 'second', NAMEABLE), NOW);
    expect(listIds(faults.planFor('bank', 'deposit')?.before)).toEqual(['first', 'second']);
    faults.delete('first');
    expect(listIds(faults.planFor('bank', 'deposit')?.before)).toEqual(['second']);
    faults.reset([], NOW);
    expect(faults.planFor('bank', 'deposit')).toBeUndefined();
  });

  it('is none where no rule can meet it', () => {
    const faults = arm({ shop: { provider: 'shop' }, withdraw: { operation: 'withdraw' } });
    expect(faults.planFor('bank', 'deposit')).toBeUndefined();
    expect(faults.planFor('bank', 'withdraw')).toBeDefined();
  });

  it('holds, for unknown routes, those that name no operation', () => {
    const faults = arm({
      everywhere: {},
      bank: { provider: 'bank' },
      deposit: { operation: 'deposit' },
      shop: { provider: 'shop' },
    });
    expect(listIds(faults.planFor('bank', undefined)?.before)).toEqual(['everywhere', 'bank']);
    expect(arm({ deposit: { operation: 'deposit' } }).planFor('bank', undefined)).toBeUndefined();
  });

  it.each<[Match, boolean]>([
    [{}, false],
    [{ method: 'POST', path: '*', query: {}, headers: {} }, false],
    [{ subject: 'ada' }, true],
    [{ body: {} }, true],
  ])('says of the condition %j whether it asks for the content: %s', (match, asks) => {
    expect(arm({ one: { match } }).planFor('bank', 'deposit')?.asksForContent).toBe(asks);
  });
});
