import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { Match, Matchable } from '../../../src/core/faults/match.ts';
import { Plan } from '../../../src/core/faults/plan.ts';
import { parseRule, type FaultRule } from '../../../src/core/faults/fault-rule.ts';
import { propertyRuns } from '../../support/property.ts';

const MANY = 5_000;

const CALL: Matchable = {
  subject: 'ada',
  method: 'POST',
  path: '/v1/accounts/ada/deposit',
  query: { dry: 'no', page: '2' },
  headers: { 'x-client': 'app', accept: '*/*' },
  body: { amount: 100, memo: 'rent', tags: ['a', 'b'] },
};

function toRule(id: string, match: Match): FaultRule {
  return parseRule({ effect: { status: 500 }, match }, id, new Map());
}

/** Whether a call meets a rule with this condition. */
function fitsCall(match: Match, call: Matchable = CALL): boolean {
  return new Plan([toRule('one', match)]).find('before', call).length > 0;
}

/** The same call, and how often anybody asked for its method: once for each rule that is looked at. */
function watch(call: Matchable): { readonly watched: Matchable; readonly looks: () => number } {
  let count = 0;
  const watched: Matchable = {
    ...call,
    get method() {
      count += 1;
      return call.method;
    },
  };
  return { watched, looks: () => count };
}

function toIds(rules: readonly FaultRule[]): readonly string[] {
  return rules.map(({ id }) => id);
}

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
    expect(fitsCall(match)).toBe(true);
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
    expect(fitsCall(match)).toBe(false);
  });

  it('a form, where everything is text', () => {
    expect(fitsCall({ body: { amount: 100, dry: true } }, { ...CALL, body: { amount: '100', dry: 'true' } })).toBe(
      true,
    );
  });

  it.each([undefined, null, 'amount=100', 100])('no call with the body %j by a field', (body) => {
    expect(fitsCall({ body: { amount: 100 } }, { ...CALL, body })).toBe(false);
  });

  it('no call whose subject cannot be told by its subject', () => {
    expect(fitsCall({ subject: 'ada' }, { ...CALL, subject: undefined })).toBe(false);
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
    expect(fitsCall({ path: pattern }, { ...CALL, path })).toBe(isFit);
  });

  it('long paths by long patterns without taking its time', () => {
    expect(fitsCall({ path: `${'*a'.repeat(1_000)}b` }, { ...CALL, path: 'a'.repeat(100_000) })).toBe(false);
  });
});

describe(Plan, () => {
  it.each<[string, (index: number) => Match, Partial<Matchable>]>([
    ['subjects', (index) => ({ subject: `user-${index}` }), { subject: 'user-4321' }],
    ['fields of bodies', (index) => ({ body: { amount: index } }), { body: { amount: '4321' } }],
    ['fields of queries', (index) => ({ query: { page: String(index) } }), { query: { page: '4321' } }],
    ['headers', (index) => ({ headers: { 'X-Case': String(index) } }), { headers: { 'x-case': '4321' } }],
    ['paths', (index) => ({ path: `/v1/accounts/${index}` }), { path: '/v1/accounts/4321' }],
  ])('looks at one of many rules with different %s', (_, toMatch, called) => {
    const rules = Array.from({ length: MANY }, (__, index) =>
      toRule(`rule-${index}`, { method: 'POST', ...toMatch(index) }),
    );
    const plan = new Plan(rules);
    const { watched, looks } = watch({ ...CALL, ...called });
    expect([toIds(plan.find('before', watched)), looks()]).toEqual([['rule-4321'], 1]);
    const other = watch({ ...CALL, subject: undefined, path: '/', query: {}, headers: {}, body: undefined });
    expect([toIds(plan.find('before', other.watched)), other.looks()]).toEqual([[], 0]);
  });

  it('looks at all that ask for nothing of the kind', () => {
    const plan = new Plan([toRule('a', { method: 'POST' }), toRule('b', { method: 'GET', path: '/v1/*' })]);
    const { watched, looks } = watch(CALL);
    expect([toIds(plan.find('before', watched)), looks()]).toEqual([['a'], 2]);
  });

  it('finds those that fit in the order in which they were armed, however they are found', () => {
    const plan = new Plan([
      toRule('page', { query: { page: '2' } }),
      toRule('any', {}),
      toRule('ada', { subject: 'ada' }),
      toRule('path', { path: CALL.path }),
      toRule('pattern', { path: '/v1/*' }),
      toRule('ada again', { subject: 'ada', body: { amount: 100 } }),
    ]);
    expect(toIds(plan.find('before', CALL))).toEqual(['page', 'any', 'ada', 'path', 'pattern', 'ada again']);
  });

  it.each<[string, Match, Partial<Matchable>]>([
    ['text', { query: { page: '2' } }, { query: { page: ['1', '2', '2'] } }],
    ['text and as a number', { body: { amount: 5 } }, { body: { amount: [5, '5', 5] } }],
  ])('finds a rule once although a parameter came several times with the same value, as %s', (_, asked, called) => {
    expect(toIds(new Plan([toRule('one', asked)]).find('before', { ...CALL, ...called }))).toEqual(['one']);
  });

  it('finds a rule by a value however deep in lists, as it fits', () => {
    const plan = new Plan([toRule('deep', { body: { amount: 5 } })]);
    expect(toIds(plan.find('before', { ...CALL, body: { amount: [[1], [5]] } }))).toEqual(['deep']);
  });

  it('looks no more at one that is dropped, and at others as before', () => {
    const rules = [toRule('ada', { subject: 'ada' }), toRule('any', {}), toRule('ada too', { subject: 'ada' })];
    const plan = new Plan(rules);
    for (const rule of rules.slice(0, 2)) plan.drop(rule);
    plan.drop(toRule('ada too', { subject: 'ada' }));
    expect(toIds(plan.find('before', CALL))).toEqual(['ada too']);
  });
});

const value = fc.constantFrom<unknown>('1', 1, true, 'true', 'x', ['x', 1, '1'], [['x']], { deep: 1 }, null);
const text = fc.constantFrom('1', 'true', 'x');
const name = fc.constantFrom('a', 'B', '__proto__');
const match: fc.Arbitrary<Match> = fc.record(
  {
    subject: text,
    method: fc.constantFrom('get', 'POST'),
    path: fc.constantFrom('/a', '/b', '/*', '*'),
    query: fc.dictionary(name, text, { maxKeys: 2 }),
    headers: fc.dictionary(name, text, { maxKeys: 2 }),
    body: fc.dictionary(name, value, { maxKeys: 2 }),
  },
  { requiredKeys: [] },
);
const call: fc.Arbitrary<Matchable> = fc.record({
  subject: fc.option(text, { nil: undefined }),
  method: fc.constantFrom('GET', 'POST'),
  path: fc.constantFrom('/a', '/b', '/c'),
  query: fc.dictionary(name, fc.oneof(text, fc.array(text, { maxLength: 2 })), { maxKeys: 3 }),
  headers: fc.dictionary(fc.constantFrom('a', 'b'), text),
  body: fc.oneof(fc.dictionary(name, value, { maxKeys: 3 }), value),
});

it('finds the same rules among others as each finds for itself', () => {
  fc.assert(
    fc.property(fc.array(match, { maxLength: 12 }), call, (matches, called) => {
      const rules = matches.map((one, index) => toRule(String(index), one));
      const each = rules.filter((rule) => new Plan([rule]).find('before', called).length > 0);
      expect(toIds(new Plan(rules).find('before', called))).toEqual(toIds(each));
    }),
    { numRuns: propertyRuns(200) },
  );
});
