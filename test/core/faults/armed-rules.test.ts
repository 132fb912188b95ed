import { describe, expect, it } from 'vitest';

import { coreCollections } from '../../../src/core/sandbox/core-collections.ts';
import { CORE } from '../../../src/core/store/due.ts';
import { Catalog } from '../../../src/core/store/roots.ts';
import { Store } from '../../../src/core/store/store.ts';
import { toInstant, type Instant } from '../../../src/core/values/clock.ts';
import { parseRule, type Nameable, type FaultRule, type WrittenRule } from '../../../src/core/faults/fault-rule.ts';
import { Faults, toRemaining, type ArmedRule } from '../../../src/core/faults/armed-rules.ts';
import type { Match, Matchable } from '../../../src/core/faults/match.ts';
import type { Phase } from '../../../src/core/wire/fault.ts';

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

function toRule(id: string, rule: Partial<WrittenRule> = {}): FaultRule {
  return parseRule({ effect: { status: 500 }, ...rule }, id, NAMEABLE);
}

interface Armory {
  readonly store: Store;
  readonly faults: Faults;
  /** Changes which rules there are, as a sandbox does. */
  readonly change: <T>(work: (faults: Faults) => T) => T;
}

function openWith(store: Store): Armory {
  const faults = new Faults(store, store.open(CORE, coreCollections).rules);
  const change: Armory['change'] = (work) => {
    const { result } = store.transaction(() => work(faults));
    faults.forgetPlans();
    return result;
  };
  return { store, faults, change };
}

function arm(rules: Readonly<Record<string, Partial<WrittenRule>>>): Armory {
  const armory = openWith(new Store(new Catalog([{ id: CORE, collections: coreCollections }])));
  armory.change((faults) => {
    for (const [id, rule] of Object.entries(rules)) faults.put(toRule(id, rule), NOW);
  });
  return armory;
}

interface Meeting {
  readonly call?: Matchable;
  readonly now?: Instant;
  readonly draw?: () => number;
}

/** The rules that fire for a call of a bank's deposit before it is carried out. */
function meet({ faults }: Armory, { call = CALL, now = NOW, draw = noDraw }: Meeting = {}): readonly string[] {
  const fitting = faults.planFor('bank', 'deposit')?.find('before', call) ?? [];
  return fitting.filter((rule) => faults.fire(rule, now, draw)).map(({ id }) => id);
}

function armOne(rule: Partial<WrittenRule>): Armory {
  return arm({ one: rule });
}

function fires(armory: Armory, meeting?: Meeting): boolean {
  return meet(armory, meeting).length > 0;
}

/** Whether one of them fires for each of so many equal calls. */
function fireOften(armory: Armory, times: number, draw: () => number = noDraw): readonly boolean[] {
  return Array.from({ length: times }, () => fires(armory, { draw }));
}

/** How often a rule has fired, and how often it can still. */
function count({ faults }: Armory, id = 'one'): readonly unknown[] {
  const armed = faults.find(id);
  return [armed?.fired, armed && toRemaining(armed, NOW)];
}

function listIds(armed: Iterable<ArmedRule>): readonly string[] {
  return [...armed].map(({ rule }) => rule.id);
}

describe('a rule that is armed', () => {
  it('fires for ever where it is not said how often', () => {
    const armory = armOne({});
    expect(fireOften(armory, 4)).toEqual([true, true, true, true]);
    expect(count(armory)).toEqual([4, undefined]);
  });

  it('lets some pass, fires so often and is spent', () => {
    const armory = armOne({ skip: 2, times: 2 });
    expect(count(armory)).toEqual([0, 2]);
    expect(fireOften(armory, 6)).toEqual([false, false, true, true, false, false]);
    expect(count(armory)).toEqual([2, 0]);
  });

  it('lets only those pass that fit', () => {
    const armory = armOne({ skip: 1, match: { method: 'POST' } });
    expect(fires(armory, { call: { ...CALL, method: 'GET' } })).toBe(false);
    expect(fireOften(armory, 2)).toEqual([false, true]);
  });

  it('fires where what is drawn is less than its probability, and counts only then', () => {
    const armory = armOne({ probability: 0.3, times: 2 });
    const draws = [0.3, 0.299, 0.9, 0, 0];
    expect(fireOften(armory, 5, () => draws.shift() ?? 1)).toEqual([false, true, false, true, false]);
    expect(count(armory)).toEqual([2, 0]);
    // What is spent draws no more.
    expect(draws).toEqual([0]);
  });

  it('never fires with the probability 0', () => {
    const armory = armOne({ probability: 0 });
    expect(fireOften(armory, 2, () => 0)).toEqual([false, false]);
    expect(count(armory)).toEqual([0, undefined]);
  });

  it('draws for none of those that it lets pass', () => {
    const armory = armOne({ probability: 0.5, skip: 2 });
    const draws = [0.4, 0.6];
    expect(fireOften(armory, 4, () => draws.shift() ?? 1)).toEqual([false, false, true, false]);
  });

  it('fires until its time is up', () => {
    const armory = armOne({ ttl: 'PT1S' });
    const instants = [1_000, 1_999, 2_000, 9_000].map(toInstant);
    expect(instants.map((now) => fires(armory, { now }))).toEqual([true, true, false, false]);
    expect(count(armory)[0]).toBe(2);
  });

  it('never fires with a ttl of nothing', () => {
    expect(fireOften(armOne({ ttl: 0 }), 1)).toEqual([false]);
  });

  it('does nothing while it is not enabled', () => {
    const armory = armOne({ enabled: false, times: 1 });
    expect(fireOften(armory, 2)).toEqual([false, false]);
    expect(count(armory)).toEqual([0, 1]);
  });
});

describe(Faults, () => {
  it('keeps rules in their order and finds them by id', () => {
    const { faults } = arm({ second: {}, first: {} });
    expect(listIds(faults.list())).toEqual(['second', 'first']);
    expect(faults.find('first')?.rule.id).toBe('first');
    expect(faults.find('third')).toBeUndefined();
  });

  it('puts a rule in the place of its predecessor, where it counts anew', () => {
    const armory = arm({ first: { times: 3 }, second: { provider: 'shop' } });
    fireOften(armory, 2);
    const before = armory.faults.find('first');
    const after = armory.change((faults) => faults.put(toRule('first', { times: 3 }), NOW));
    expect(listIds(armory.faults.list())).toEqual(['first', 'second']);
    expect(armory.faults.find('first')).toBe(after);
    expect([before?.fired, ...count(armory, 'first')]).toEqual([2, 0, 3]);
  });

  it('puts a rule behind all others when its predecessor has gone', () => {
    const { faults, change } = arm({ first: {}, second: {} });
    change(() => {
      faults.delete('first');
      faults.put(toRule('first'), NOW);
    });
    expect(listIds(faults.list())).toEqual(['second', 'first']);
  });

  it('puts a rule that has got so far already', () => {
    const armory = arm({});
    const armed = { expiresAt: toInstant(1_500), passed: 1, fired: 2 };
    armory.change((faults) => faults.put(toRule('one', { skip: 2, times: 3, ttl: 10 }), NOW, armed));
    expect(fireOften(armory, 3)).toEqual([false, true, false]);
    expect(armory.faults.find('one')).toMatchObject({ expiresAt: 1_500, passed: 2, fired: 3 });
  });

  it('begins the time of a rule when it is put', () => {
    const armory = arm({});
    armory.change((faults) => faults.put(toRule('late', { ttl: 10 }), toInstant(5_000)));
    const instants = [5_009, 5_010].map(toInstant);
    expect(instants.map((now) => fires(armory, { now }))).toEqual([true, false]);
  });

  it('moves the end of a rule with a clock that is put elsewhere, as far as there are instants', () => {
    const armory = arm({ short: { ttl: 10 }, endless: {} });
    const ends = (): readonly unknown[] => [...armory.faults.list()].map(({ expiresAt }) => expiresAt);
    armory.change((faults) => {
      faults.shift(500);
    });
    expect(ends()).toEqual([1_510, null]);
    armory.change((faults) => {
      faults.shift(Number.MAX_VALUE);
    });
    expect(ends()).toEqual([1_510, null]);
  });

  it('deletes one or all', () => {
    const { faults, change } = arm({ first: {}, second: {}, third: {} });
    change(() => {
      faults.delete('second');
      faults.delete('second');
    });
    expect(listIds(faults.list())).toEqual(['first', 'third']);
    change(() => {
      faults.clear();
    });
    expect(listIds(faults.list())).toEqual([]);
    expect(faults.planFor('bank', 'deposit')).toBeUndefined();
  });

  it('makes ids that no rule has, and begins again with the state', () => {
    const { store, change } = arm({ 'fault-1': {}, 'fault-3': {} });
    const { roots } = store;
    const next = (): readonly string[] => change((faults) => [faults.nextId(), faults.nextId()]);
    expect(next()).toEqual(['fault-2', 'fault-4']);
    expect(next()).toEqual(['fault-5', 'fault-6']);
    store.restore(roots);
    expect(next()).toEqual(['fault-2', 'fault-4']);
  });

  it('goes back with the state to the rules that there were, as far as they had got', () => {
    const armory = arm({ seeded: { times: 2 } });
    fireOften(armory, 1);
    const { roots } = armory.store;
    fireOften(armory, 1);
    armory.change((faults) => faults.put(toRule('mine'), NOW));
    armory.store.restore(roots);
    armory.faults.forgetPlans();
    expect(listIds(armory.faults.list())).toEqual(['seeded']);
    expect(count(armory, 'seeded')).toEqual([1, 1]);
    expect(fireOften(armory, 2)).toEqual([true, false]);
  });

  it('counts for one state without another that was made from it', () => {
    const one = arm({ one: { times: 2 } });
    const other = openWith(new Store(new Catalog([{ id: CORE, collections: coreCollections }]), one.store.roots));
    expect(fireOften(one, 3)).toEqual([true, true, false]);
    expect(fireOften(other, 3)).toEqual([true, true, false]);
  });

  it('counts in no commit of its own, but in what the next one carries', () => {
    const armory = arm({ one: { skip: 1, times: 2 } });
    const before = armory.faults.find('one');
    armory.store.takeCarried();
    fireOften(armory, 4);
    const after = { ...before, passed: 1, fired: 2 };
    expect(armory.store.takeCarried()).toEqual({
      changes: [{ part: 'carried', provider: CORE, collection: 'rules', key: 'one', before, after }],
      counters: [],
    });
  });

  it('does not fire what was replaced or deleted since it was found to fit', () => {
    const { faults, change } = arm({ one: {}, two: {} });
    const found = faults.planFor('bank', 'deposit')?.find('before', CALL) ?? [];
    change(() => {
      faults.put(toRule('one'), NOW);
      faults.delete('two');
    });
    expect(found.map((rule) => faults.fire(rule, NOW, noDraw))).toEqual([false, false]);
    expect(faults.find('one')?.fired).toBe(0);
  });
});

describe('the plan for an operation', () => {
  /** The rules of one phase that fit the call. */
  const listFitting = ({ faults }: Armory, phase: Phase = 'before'): readonly string[] =>
    (faults.planFor('bank', 'deposit')?.find(phase, CALL) ?? []).map(({ id }) => id);

  it('holds its rules only, by phase and in order', () => {
    const armory = arm({
      everywhere: { effect: { delay: 1 } },
      bank: { provider: 'bank' },
      late: { provider: 'bank', operation: 'deposit', phase: 'after' },
      withdraw: { provider: 'bank', operation: 'withdraw' },
      several: { operation: ['buy', 'deposit'] },
      shop: { provider: 'shop' },
      body: { operation: 'deposit', effect: { body: 'garbage' } },
    });
    expect(listFitting(armory)).toEqual(['everywhere', 'bank', 'several']);
    expect(listFitting(armory, 'after')).toEqual(['late']);
    expect(listFitting(armory, 'during')).toEqual(['body']);
  });

  it('is the same one until the rules change', () => {
    const armory = arm({ first: {} });
    const { faults, change } = armory;
    const plan = faults.planFor('bank', 'deposit');
    expect(faults.planFor('bank', 'deposit')).toBe(plan);
    change(() => faults.put(toRule('second'), NOW));
    expect(listFitting(armory)).toEqual(['first', 'second']);
    change(() => {
      faults.delete('first');
    });
    expect(listFitting(armory)).toEqual(['second']);
    change(() => {
      faults.clear();
    });
    expect(faults.planFor('bank', 'deposit')).toBeUndefined();
  });

  it('is none where no rule can meet it', () => {
    const { faults } = arm({ shop: { provider: 'shop' }, withdraw: { operation: 'withdraw' } });
    expect(faults.planFor('bank', 'deposit')).toBeUndefined();
    expect(faults.planFor('bank', 'withdraw')).toBeDefined();
  });

  it('holds, for unknown routes, those that name no operation', () => {
    const armory = arm({
      everywhere: {},
      bank: { provider: 'bank' },
      deposit: { operation: 'deposit' },
      shop: { provider: 'shop' },
    });
    const plan = armory.faults.planFor('bank', undefined);
    expect(plan?.find('before', CALL).map(({ id }) => id)).toEqual(['everywhere', 'bank']);
    expect(arm({ deposit: { operation: 'deposit' } }).faults.planFor('bank', undefined)).toBeUndefined();
  });

  it('holds no longer what is spent', () => {
    const armory = arm({ once: { times: 1 }, ada: { times: 1, match: { subject: 'ada' } }, always: {} });
    expect(listFitting(armory)).toEqual(['once', 'ada', 'always']);
    expect(meet(armory)).toEqual(['once', 'ada', 'always']);
    expect(listFitting(armory)).toEqual(['always']);
  });

  it.each<[Match, boolean]>([
    [{}, false],
    [{ method: 'POST', path: '*', query: {}, headers: {} }, false],
    [{ subject: 'ada' }, true],
    [{ body: {} }, true],
  ])('says of the condition %j whether it asks for the content: %s', (match, asks) => {
    expect(arm({ one: { match } }).faults.planFor('bank', 'deposit')?.asksForContent).toBe(asks);
  });
});
