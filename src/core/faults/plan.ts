import { isDeepStrictEqual } from 'node:util';

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

/** The rules that can meet the exchanges of one operation. */
export class Plan {
  /** Some rule asks for the subject or the body. */
  readonly asksForContent: boolean;
  readonly #phases: Readonly<Record<Phase, Shelf>>;

  constructor(rules: readonly Rule[]) {
    const inPhase = (phase: Phase): Shelf => new Shelf(rules.filter(({ fault }) => fault.phase === phase));
    this.#phases = { before: inPhase('before'), after: inPhase('after'), during: inPhase('during') };
    this.asksForContent = rules.some(({ match }) => match.subject !== undefined || match.body !== undefined);
  }

  /** Those that fit, in the order in which they were armed. */
  find(phase: Phase, exchange: Matchable): readonly Rule[] {
    return this.#phases[phase].find(exchange);
  }

  /** One that is spent is not looked at again. */
  drop(rule: Rule): void {
    this.#phases[rule.fault.phase].drop(rule);
  }
}

interface Placed {
  readonly place: number;
  readonly rule: Rule;
}

/** A part of an exchange that rules ask to have one value, and those rules by the value. */
interface Drawer {
  readonly read: (exchange: Matchable) => unknown;
  readonly byValue: Map<string, Placed[]>;
}

/** Rules where they are found without a look at all of them: by one part of the exchange that must have a certain value. */
class Shelf {
  /** Those that ask for nothing of the kind. */
  readonly #loose: Placed[] = [];
  readonly #drawers = new Map<string, Drawer>();

  constructor(rules: readonly Rule[]) {
    for (const [place, rule] of rules.entries()) this.#put({ place, rule });
  }

  find(exchange: Matchable): readonly Rule[] {
    const found = this.#loose.filter(({ rule }) => fits(rule.match, exchange));
    for (const { read, byValue } of this.#drawers.values()) {
      // One that stands there several times, as text and as a number too, is one.
      for (const value of new Set([read(exchange)].flat(Infinity).filter(isPlain).map(String))) {
        for (const placed of byValue.get(value) ?? []) {
          if (fits(placed.rule.match, exchange)) found.push(placed);
        }
      }
    }
    if (this.#drawers.size > 0) found.sort((a, b) => a.place - b.place);
    return found.map(({ rule }) => rule);
  }

  drop(rule: Rule): void {
    const wanted = findWanted(rule.match);
    const among = wanted ? this.#drawers.get(wanted.name)?.byValue.get(wanted.value) : this.#loose;
    const at = among?.findIndex((placed) => placed.rule === rule) ?? -1;
    if (at >= 0) among?.splice(at, 1);
  }

  #put(placed: Placed): void {
    const wanted = findWanted(placed.rule.match);
    if (!wanted) {
      this.#loose.push(placed);
      return;
    }
    const { name, value, read } = wanted;
    let drawer = this.#drawers.get(name);
    if (!drawer) this.#drawers.set(name, (drawer = { read, byValue: new Map<string, Placed[]>() }));
    const others = drawer.byValue.get(value);
    if (others) others.push(placed);
    else drawer.byValue.set(value, [placed]);
  }
}

interface Wanted extends Pick<Drawer, 'read'> {
  readonly name: string;
  readonly value: string;
}

/** The part of an exchange that tells most: whom it is about, then what it says, then how it is asked for. */
function findWanted({ subject, body, query, headers, path }: Match): Wanted | undefined {
  if (subject !== undefined) return { name: 'subject', value: subject, read: (exchange) => exchange.subject };
  for (const part of ['body', 'query', 'headers'] as const) {
    for (const [written, value] of Object.entries({ body, query, headers }[part] ?? {})) {
      if (!isPlain(value)) continue;
      const field = part === 'headers' ? written.toLowerCase() : written;
      return { name: `${part} ${field}`, value: String(value), read: (exchange) => readField(exchange[part], field) };
    }
  }
  if (path === undefined || path.includes('*')) return undefined;
  return { name: 'path', value: path, read: (exchange) => exchange.path };
}

function readField(whole: unknown, name: string): unknown {
  return typeof whole === 'object' && whole !== null && Object.hasOwn(whole, name)
    ? Reflect.get(whole, name)
    : undefined;
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
