import { isDeepStrictEqual } from 'node:util';

import type { Instant } from '../values/clock.ts';
import type { Phase } from '../wire/fault.ts';
import type { Match, Rule } from './rule.ts';

/** What rules are matched with. What could not be read is `undefined`. */
export interface Matchable {
  readonly subject: string | undefined;
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly query: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: unknown;
}

/** A rule in one sandbox, with how often it has fired there. */
export class ArmedRule {
  readonly rule: Rule;
  #expiresAt: number;
  #passed = 0;
  #fired = 0;

  constructor(rule: Rule, now: Instant) {
    this.rule = rule;
    this.#expiresAt = rule.ttl === undefined ? Number.POSITIVE_INFINITY : now + rule.ttl;
  }

  get fired(): number {
    return this.#fired;
  }

  /** How often it can fire still; `undefined` for ever. */
  remaining(now: Instant): number | undefined {
    if (now >= this.#expiresAt) return 0;
    return this.rule.times === undefined ? undefined : Math.max(this.rule.times - this.#fired, 0);
  }

  /** The clock was put elsewhere, and no time has gone by. */
  shift(milliseconds: number): void {
    this.#expiresAt += milliseconds;
  }

  /** Whether it fires for this exchange, which counts. */
  fire(exchange: Matchable, now: Instant, draw: () => number): boolean {
    const { enabled, match, skip, probability } = this.rule;
    if (!enabled || this.remaining(now) === 0 || !fits(match, exchange)) return false;
    if (this.#passed < skip) {
      this.#passed += 1;
      return false;
    }
    if (probability < 1 && draw() >= probability) return false;
    this.#fired += 1;
    return true;
  }
}

/** The rules that can meet the exchanges of one operation, by phase, in their order. */
export interface Plan extends Readonly<Record<Phase, readonly ArmedRule[]>> {
  /** Some rule asks for the subject or the body. */
  readonly asksForContent: boolean;
}

/** The rules of one sandbox. */
export class Faults {
  #armed: ReadonlyMap<string, ArmedRule> = new Map();
  /** By provider and operation ("" for unknown routes), made when first asked for. `undefined` where none can. */
  readonly #plans = new Map<string, Map<string, Plan | undefined>>();
  #made = 0;

  constructor(rules: readonly Rule[], now: Instant) {
    this.reset(rules, now);
  }

  list(): Iterable<ArmedRule> {
    return this.#armed.values();
  }

  find(id: string): ArmedRule | undefined {
    return this.#armed.get(id);
  }

  /** An id that no rule has. */
  nextId(): string {
    for (;;) {
      const id = `fault-${(this.#made += 1)}`;
      if (!this.#armed.has(id)) return id;
    }
  }

  /** In the place of the one with the same id, if there is one. It has not fired yet. */
  put(rule: Rule, now: Instant): ArmedRule {
    const armed = new ArmedRule(rule, now);
    this.#replace(new Map(this.#armed).set(rule.id, armed));
    return armed;
  }

  delete(id: string): void {
    const armed = new Map(this.#armed);
    armed.delete(id);
    this.#replace(armed);
  }

  /** The clock was put elsewhere, and no time has gone by. */
  shift(milliseconds: number): void {
    for (const armed of this.#armed.values()) armed.shift(milliseconds);
  }

  clear(): void {
    this.#replace(new Map());
  }

  /** Back to these rules, none of which has fired. */
  reset(rules: readonly Rule[], now: Instant): void {
    this.#made = 0;
    this.#replace(new Map(rules.map((rule) => [rule.id, new ArmedRule(rule, now)])));
  }

  /**
   * @param operation `undefined` for an unknown route
   * @returns `undefined` where no rule can meet it; costs the same however many rules there are
   */
  planFor(provider: string, operation: string | undefined): Plan | undefined {
    if (this.#armed.size === 0) return undefined;
    const name = operation ?? '';
    let plans = this.#plans.get(provider);
    if (!plans) this.#plans.set(provider, (plans = new Map<string, Plan | undefined>()));
    const known = plans.get(name);
    if (known || plans.has(name)) return known;
    const plan = toPlan([...this.#armed.values()].filter(({ rule }) => concerns(rule, provider, operation)));
    plans.set(name, plan);
    return plan;
  }

  #replace(armed: ReadonlyMap<string, ArmedRule>): void {
    this.#armed = armed;
    this.#plans.clear();
  }
}

function concerns({ provider, operations }: Rule, id: string, operation: string | undefined): boolean {
  if (provider !== undefined && provider !== id) return false;
  return operations.length === 0 || (operation !== undefined && operations.includes(operation));
}

function toPlan(armed: readonly ArmedRule[]): Plan | undefined {
  if (armed.length === 0) return undefined;
  const inPhase = (phase: Phase): readonly ArmedRule[] => armed.filter(({ rule }) => rule.fault.phase === phase);
  return {
    before: inPhase('before'),
    after: inPhase('after'),
    during: inPhase('during'),
    asksForContent: armed.some(({ rule: { match } }) => match.subject !== undefined || match.body !== undefined),
  };
}

function fits(match: Match, exchange: Matchable): boolean {
  const { subject, method, path, query, headers, body } = match;
  return (
    (subject === undefined || subject === exchange.subject) &&
    (method === undefined || method.toUpperCase() === exchange.method) &&
    (path === undefined || isLike(exchange.path, path)) &&
    (query === undefined || hasFields(exchange.query, query)) &&
    (headers === undefined || hasFields(exchange.headers, toLowerCase(headers))) &&
    (body === undefined || hasFields(exchange.body, body))
  );
}

function hasFields(whole: unknown, fields: Readonly<Record<string, unknown>>): boolean {
  if (typeof whole !== 'object' || whole === null) return false;
  return Object.entries(fields).every(
    ([name, value]) => Object.hasOwn(whole, name) && isSame(Reflect.get(whole, name), value),
  );
}

/** A number that came as text, as in a form, is the same; of a parameter that came several times one is enough. */
function isSame(one: unknown, other: unknown): boolean {
  if (Array.isArray(one) && !Array.isArray(other)) return one.some((item) => isSame(item, other));
  return isDeepStrictEqual(one, other) || (isPlain(one) && isPlain(other) && String(one) === String(other));
}

function isPlain(value: unknown): value is string | number | boolean {
  return ['string', 'number', 'boolean'].includes(typeof value);
}

function toLowerCase(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

/** `*` stands for any characters. Written by hand: a pattern from outside must not cost more than its length. */
function isLike(text: string, pattern: string): boolean {
  const [first = '', ...rest] = pattern.split('*');
  if (rest.length === 0) return text === pattern;
  const last = rest.pop() ?? '';
  if (!text.startsWith(first) || !text.endsWith(last) || text.length < first.length + last.length) return false;
  let from = first.length;
  const end = text.length - last.length;
  for (const part of rest) {
    const at = text.indexOf(part, from);
    if (at < 0 || at + part.length > end) return false;
    from = at + part.length;
  }
  return true;
}
