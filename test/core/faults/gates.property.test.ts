import { assert, constantFrom, integer, nat, oneof, property, record, array, shuffledSubarray } from 'fast-check';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';

import { Gates, type Content, type HeldExchange } from '../../../src/core/faults/gates.ts';
import { parseRule, type FaultRule } from '../../../src/core/faults/fault-rule.ts';
import type { Release } from '../../../src/core/wire/fault.ts';
import { propertyRuns } from '../../support/property.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setImmediate', 'clearImmediate'] });
});
afterEach(() => {
  vi.useRealTimers();
});

const TIMEOUT = 1000;

/** What happens at a gate; `who` is one of those that wait, or that were let go, taken round. */
const steps = array(
  oneof(
    { weight: 4, arbitrary: record({ kind: constantFrom('come' as const), says: nat(9) }) },
    { weight: 1, arbitrary: record({ kind: constantFrom('leave' as const), who: nat() }) },
    { weight: 2, arbitrary: record({ kind: constantFrom('finish' as const), who: nat() }) },
    { weight: 1, arbitrary: record({ kind: constantFrom('wait' as const), by: integer({ min: 1, max: 700 }) }) },
  ),
  { maxLength: 60 },
);

/** Groups as they should be: who waits, and in which order those go that may. */
class Model {
  readonly #until: number;
  readonly #release: Release;
  /** What each says. */
  readonly #said = new Map<number, number>();
  #waiting: number[] = [];
  #since: number | undefined;
  #now = 0;
  /** Of each group that goes, those that have not been let go yet; the first one is under way. */
  readonly #going: number[][] = [];
  readonly gone: number[] = [];

  constructor(until: number, release: Release) {
    this.#until = until;
    this.#release = release;
  }

  get held(): readonly number[] {
    return [...this.#waiting, ...this.#going.flatMap(([, ...others]) => others)];
  }

  get underWay(): readonly number[] {
    return this.#going.flatMap(([first]) => first ?? []);
  }

  come(id: number, says: number): void {
    this.#said.set(id, says);
    this.#since ??= this.#now;
    this.#waiting.push(id);
    if (this.#waiting.length === this.#until) this.#go();
  }

  leave(id: number): void {
    this.#waiting = this.#waiting.filter((one) => one !== id);
    if (this.#waiting.length === 0) this.#since = undefined;
    for (const group of this.#going) {
      const at = group.indexOf(id);
      if (at > 0) group.splice(at, 1);
    }
  }

  finish(id: number): void {
    for (const group of this.#going) {
      if (group[0] !== id) continue;
      group.shift();
      this.gone.push(...group.slice(0, 1));
    }
  }

  wait(by: number): void {
    this.#now += by;
    if (this.#since !== undefined && this.#now - this.#since >= TIMEOUT) this.#go();
  }

  #go(): void {
    const held = this.#waiting;
    const order = this.#toOrder(held);
    this.#waiting = [];
    this.#since = undefined;
    this.#going.push([...order]);
    if (order[0] !== undefined) this.gone.push(order[0]);
  }

  #toOrder(held: readonly number[]): readonly number[] {
    if (this.#release === 'arrival') return held;
    if (this.#release === 'reverse') return held.toReversed();
    const isByContent = 'content' in this.#release;
    const counted = isByContent ? sortBy(held, (id) => this.#said.get(id) ?? 0) : held;
    const places = isByContent ? this.#release.content : this.#release;
    return places.map((place) => counted[place - 1]).filter((id) => id !== undefined);
  }
}

/** Those that say the same as they came. */
function sortBy(ids: readonly number[], read: (id: number) => number): readonly number[] {
  return Array.from({ length: 10 }, (_, says) => ids.filter((id) => read(id) === says)).flat();
}

function toContent(says: number): Content {
  return { operation: undefined, subject: undefined, url: '/', body: Buffer.from(String(says)) };
}

function toRule(until: number, release: Release): FaultRule {
  return parseRule({ effect: { hold: { until, release, timeout: TIMEOUT } } }, 'gate');
}

it('lets go whole groups, or what is there at the time-out, one after another in the order that was asked for', () => {
  const terms = integer({ min: 2, max: 4 }).chain((until) => {
    const places = Array.from({ length: until }, (_, index) => index + 1);
    const orders = shuffledSubarray(places, { minLength: until });
    const releases = [constantFrom<Release>('arrival', 'reverse'), orders, record({ content: orders })];
    return record({ until: constantFrom(until), release: oneof(...releases), steps });
  });
  assert(
    property(terms, (given) => {
      const { until, release } = given;
      const gates = new Gates();
      const rule = toRule(until, release);
      const model = new Model(until, release);
      const places = new Map<number, HeldExchange>();
      const gone: number[] = [];
      let count = 0;
      const settle = (): void => void vi.advanceTimersByTime(0);
      for (const step of given.steps) {
        if (step.kind === 'come') {
          const id = (count += 1);
          const place = gates.enter(rule, () => true, toContent(step.says));
          if (!place) throw new Error('It was not held.');
          places.set(id, place);
          place.listen(() => gone.push(id));
          // Where it was freed by its own coming it is told in its turn.
          if (place.isFree && !gone.includes(id)) gone.push(id);
          model.come(id, step.says);
        } else if (step.kind === 'wait') {
          vi.advanceTimersByTime(step.by);
          model.wait(step.by);
        } else {
          const among = step.kind === 'leave' ? model.held : model.underWay;
          const id = among[step.who % among.length];
          if (id === undefined) continue;
          places.get(id)?.quit();
          settle();
          model[step.kind](id);
        }
        expect(gates.size).toBe(model.held.length);
      }
      expect(gone).toEqual(model.gone);
      gates.clear();
      expect([gates.size, vi.getTimerCount()]).toEqual([0, 0]);
    }),
    { numRuns: propertyRuns(200) },
  );
});

it('holds a thousand at most, and lets others pass without the rule being used', () => {
  const gates = new Gates();
  const fires = vi.fn(() => true);
  const rules = Array.from({ length: 11 }, (_, index) =>
    parseRule({ effect: { hold: { until: 100 } } }, `gate-${index}`),
  );
  for (const rule of rules) for (let round = 0; round < 99; round += 1) gates.enter(rule, fires, toContent(0));
  expect([gates.size, fires.mock.calls.length]).toEqual([1000, 11]);
  const [last] = rules.slice(-1);
  expect(last && gates.enter(last, fires, toContent(0))).toBeUndefined();
  gates.clear();
  expect([gates.size, vi.getTimerCount()]).toEqual([0, 0]);
});
