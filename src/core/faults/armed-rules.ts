import { defineCollection, type StateOf } from '../store/collection.ts';
import type { Store } from '../store/store.ts';
import { toInstant, toLater, type Instant } from '../values/clock.ts';
import { Plan } from './plan.ts';
import { parseRule, type FaultRule, type WrittenRule } from './fault-rule.ts';

/** The counts of a rule in one sandbox. */
export interface Armed {
  readonly expiresAt: Instant | null;
  /** Matching exchanges skipped so far, up to the rule's `skip`. */
  readonly passed: number;
  readonly fired: number;
}

/** A rule in one sandbox. */
export interface ArmedRule extends Armed {
  readonly rule: FaultRule;
  /** Position in the order of arming. */
  readonly place: number;
}

/** Rules are records, so every copy of a state contains them. */
export const armedRules = defineCollection({
  key: ({ rule }: ArmedRule) => rule.id,
  orders: { place: ({ place }) => [place] },
  stored: {
    write: ({ rule, ...armed }) => ({ ...armed, rule: { ...rule.written, id: rule.id } }),
    read: (written) => {
      // Made by `write`.
      const { rule, ...armed } = written as Omit<ArmedRule, 'rule'> & { readonly rule: WrittenRule & { id: string } };
      return { ...armed, rule: parseRule(rule, rule.id) };
    },
  },
});

type Records = StateOf<{ rules: typeof armedRules }>['rules'];

const IDS = 'rule ids';

/** How often it can still fire; `undefined`: no limit. */
export function toRemaining({ rule, fired, expiresAt }: ArmedRule, now: Instant): number | undefined {
  if (expiresAt !== null && now >= expiresAt) return 0;
  return rule.times === undefined ? undefined : Math.max(rule.times - fired, 0);
}

/** The fault rules of one sandbox. Every change except a count needs a transaction. */
export class Faults {
  readonly #store: Store;
  readonly #rules: Records;
  /** By provider and operation ("" for unknown routes), made on demand. `undefined` if no rule matches. */
  readonly #plans = new Map<string, Map<string, Plan | undefined>>();

  constructor(store: Store, rules: Records) {
    this.#store = store;
    this.#rules = rules;
  }

  /** Rules in the order of arming. */
  list(): IterableIterator<ArmedRule> {
    return this.#rules.list('place');
  }

  find(id: string): ArmedRule | undefined {
    return this.#rules.find(id);
  }

  /** An unused id. */
  nextId(): string {
    for (;;) {
      const id = `fault-${this.#store.next(IDS) + 1}`;
      if (!this.#rules.find(id)) return id;
    }
  }

  /**
   * Adds a rule, or replaces the one with the same id.
   *
   * @param armed its counts; if omitted, it has not fired yet
   */
  put(rule: FaultRule, now: Instant, armed: Armed = toFresh(rule, now)): ArmedRule {
    const place = this.#rules.find(rule.id)?.place ?? this.#nextPlace();
    const record: ArmedRule = { ...armed, rule, place };
    this.#rules.put(record);
    return record;
  }

  #nextPlace(): number {
    for (const { place } of this.#rules.list('place', { reverse: true })) return place + 1;
    return 0;
  }

  delete(id: string): void {
    this.#rules.delete(id);
  }

  clear(): void {
    for (const { rule } of [...this.#rules.values()]) this.#rules.delete(rule.id);
  }

  /** Moves expiry along with a clock that was set: no time has passed. */
  shift(milliseconds: number): void {
    for (const armed of [...this.#rules.values()]) {
      if (armed.expiresAt !== null) this.#rules.put({ ...armed, expiresAt: toShifted(armed.expiresAt, milliseconds) });
    }
  }

  /** Whether a matching rule fires; counts it. */
  fire(rule: FaultRule, now: Instant, draw: () => number): boolean {
    const armed = this.#rules.find(rule.id);
    if (armed?.rule !== rule || toRemaining(armed, now) === 0) return false;
    if (armed.passed < rule.skip) {
      this.#count({ ...armed, passed: armed.passed + 1 });
      return false;
    }
    if (rule.probability < 1 && draw() >= rule.probability) return false;
    const fired = armed.fired + 1;
    this.#count({ ...armed, fired });
    // A rule that holds stays: exchanges may still join its group.
    if (fired === rule.times && rule.fault.effect?.kind !== 'hold')
      for (const plans of this.#plans.values()) for (const plan of plans.values()) plan?.drop(rule);
    return true;
  }

  /** Counting makes no commit, because a rule may fire on a read. */
  #count(armed: ArmedRule): void {
    this.#store.drift(() => {
      this.#rules.put(armed);
    });
  }

  /**
   * @param operation `undefined` for an unknown route
   * @returns `undefined` if no rule can match it
   */
  planFor(provider: string, operation: string | undefined): Plan | undefined {
    if (this.#rules.size === 0) return undefined;
    const name = operation ?? '';
    let plans = this.#plans.get(provider);
    if (!plans) this.#plans.set(provider, (plans = new Map<string, Plan | undefined>()));
    const known = plans.get(name);
    if (known || plans.has(name)) return known;
    const concerned = [...this.list()].map(({ rule }) => rule).filter((rule) => concerns(rule, provider, operation));
    const plan = concerned.length > 0 ? new Plan(concerned) : undefined;
    plans.set(name, plan);
    return plan;
  }

  /** Call it after a rule was added or removed. */
  forgetPlans(): void {
    this.#plans.clear();
  }
}

function toFresh({ ttl }: FaultRule, now: Instant): Armed {
  return { expiresAt: ttl === undefined ? null : toLater(now, ttl), passed: 0, fired: 0 };
}

function concerns({ provider, operations, enabled }: FaultRule, id: string, operation: string | undefined): boolean {
  if (!enabled || (provider !== undefined && provider !== id)) return false;
  return operations.length === 0 || (operation !== undefined && operations.includes(operation));
}

function toShifted(instant: Instant, milliseconds: number): Instant {
  try {
    return toInstant(instant + milliseconds);
  } catch {
    return instant;
  }
}
