import type { Phase } from '../wire/fault.ts';
import { fits, isPlain, readField, toConditions, type Condition, type Match, type Matchable } from './match.ts';
import type { FaultRule } from './fault-rule.ts';

/** The rules that can match exchanges of one operation. */
export class Plan {
  /** Whether a rule matches on the subject or the body. */
  readonly asksForContent: boolean;
  readonly #phases: Readonly<Record<Phase, Shelf>>;

  constructor(rules: readonly FaultRule[]) {
    const inPhase = (phase: Phase): Shelf => new Shelf(rules.filter(({ fault }) => fault.phase === phase));
    this.#phases = { before: inPhase('before'), after: inPhase('after'), during: inPhase('during') };
    this.asksForContent = rules.some(({ match }) => match.subject !== undefined || match.body !== undefined);
  }

  /** The rules that match, in the order of arming. */
  find(phase: Phase, exchange: Matchable): readonly FaultRule[] {
    return this.#phases[phase].find(exchange);
  }

  /** Removes a rule that cannot fire any more. */
  drop(rule: FaultRule): void {
    this.#phases[rule.fault.phase].drop(rule);
  }
}

interface Placed {
  readonly place: number;
  readonly rule: FaultRule;
  readonly conditions: readonly Condition<Matchable>[];
}

/** Rules that ask one part of an exchange to have a certain value, by that value. */
interface Drawer {
  readonly read: (exchange: Matchable) => unknown;
  readonly byValue: Map<string, Placed[]>;
}

/** Rules indexed by one part of the exchange that must have a certain value, so that 1,000 rules cost as much as one. */
class Shelf {
  /** Rules without such a condition. */
  readonly #loose: Placed[] = [];
  readonly #drawers = new Map<string, Drawer>();

  constructor(rules: readonly FaultRule[]) {
    for (const [place, rule] of rules.entries()) this.#put({ place, rule, conditions: toConditions(rule.match) });
  }

  find(exchange: Matchable): readonly FaultRule[] {
    const found = this.#loose.filter(({ conditions }) => fits(conditions, exchange));
    for (const { read, byValue } of this.#drawers.values()) {
      // A repeated value counts once, also as both text and a number.
      for (const value of new Set([read(exchange)].flat(Infinity).filter(isPlain).map(String))) {
        for (const placed of byValue.get(value) ?? []) {
          if (fits(placed.conditions, exchange)) found.push(placed);
        }
      }
    }
    if (this.#drawers.size > 0) found.sort((a, b) => a.place - b.place);
    return found.map(({ rule }) => rule);
  }

  drop(rule: FaultRule): void {
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

/** The most selective condition: the subject, then the content, then the path. */
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
