import { defineCollection, type StateOf } from '../store/collection.ts';
import type { Store } from '../store/store.ts';
import { toInstant, toLater, type Instant } from '../values/clock.ts';
import { Plan } from './plan.ts';
import { parseRule, type FaultRule, type WrittenRule } from './fault-rule.ts';

/** How far a rule has got in one sandbox. */
export interface Armed {
  readonly expiresAt: Instant | null;
  /** Of those that fit, how many it has let pass, as far as it is to skip some. */
  readonly passed: number;
  readonly fired: number;
}

/** A rule in one sandbox. */
export interface ArmedRule extends Armed {
  readonly rule: FaultRule;
  /** In which order they were armed. */
  readonly place: number;
}

/** Rules are records, so that a state that is kept, copied or put back has them too. */
export const armedRules = defineCollection({
  key: ({ rule }: ArmedRule) => rule.id,
  orders: { place: ({ place }) => [place] },
  stored: {
    write: ({ rule, ...armed }) => ({ ...armed, rule: { ...rule.written, id: rule.id } }),
    read: (written) => {
      // As `write` has made it.
      const { rule, ...armed } = written as Omit<ArmedRule, 'rule'> & { readonly rule: WrittenRule & { id: string } };
      return { ...armed, rule: parseRule(rule, rule.id) };
    },
  },
});

type Records = StateOf<{ rules: typeof armedRules }>['rules'];

const IDS = 'rule ids';

/** How often it can fire still; `undefined` for ever. */
export function toRemaining({ rule, fired, expiresAt }: ArmedRule, now: Instant): number | undefined {
  if (expiresAt !== null && now >= expiresAt) return 0;
  return rule.times === undefined ? undefined : Math.max(rule.times - fired, 0);
}

/** The rules of one sandbox. They are changed in a transaction, but for what they count. */
export class Faults {
  readonly #store: Store;
  readonly #rules: Records;
  /** By provider and operation ("" for unknown routes), made when first asked for. `undefined` where none can. */
  readonly #plans = new Map<string, Map<string, Plan | undefined>>();

  constructor(store: Store, rules: Records) {
    this.#store = store;
    this.#rules = rules;
  }

  /** In the order in which they were armed. */
  list(): IterableIterator<ArmedRule> {
    return this.#rules.list('place');
  }

  find(id: string): ArmedRule | undefined {
    return this.#rules.find(id);
  }

  /** An id that no rule has. */
  nextId(): string {
    for (;;) {
      const id = `fault-${this.#store.next(IDS) + 1}`;
      if (!this.#rules.find(id)) return id;
    }
  }

  /**
   * In the place of the one with the same id, if there is one.
   *
   * @param armed how far it has got already; if left out, it has not fired yet
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

  /** The clock was put elsewhere, and no time has gone by. */
  shift(milliseconds: number): void {
    for (const armed of [...this.#rules.values()]) {
      if (armed.expiresAt !== null) this.#rules.put({ ...armed, expiresAt: toShifted(armed.expiresAt, milliseconds) });
    }
  }

  /** Whether a rule that fits fires, which counts. */
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
    // More may join the group that it holds.
    if (fired === rule.times && rule.fault.effect?.kind !== 'hold')
      for (const plans of this.#plans.values()) for (const plan of plans.values()) plan?.drop(rule);
    return true;
  }

  /** What counts makes no commit: a rule may fire on a read. */
  #count(armed: ArmedRule): void {
    this.#store.drift(() => {
      this.#rules.put(armed);
    });
  }

  /**
   * @param operation `undefined` for an unknown route
   * @returns `undefined` where no rule can meet it
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

  /** After any change of which rules there are. */
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
