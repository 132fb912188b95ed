import type { AuditedExchange } from '../audited-exchange.ts';
import type { AuditContext, AuditRule } from '../audit-rule.ts';
import { describeIntent } from '../sentences.ts';

/** Milliseconds below which nobody has waited. */
const AT_ONCE = 100;
const AT_ONCE_LEAST = 4;
const NEVER_GROWN_LEAST = 6;
/** A second: with gaps of that length a service can live. */
const LONG = 1000;
/** Timers are not exact. */
const LENIENCE = 1.25;
const FOLLOWED = 5000;

/** Attempts of one intent, each of which ended before the next began. */
interface Chain {
  readonly exchanges: AuditedExchange[];
  /** Milliseconds in front of each but the first. */
  readonly gaps: number[];
}

/**
 * After answers that did not come, or that said 429, a request was sent again four times or more, each less than 100 ms after
 * the end of the one before; or six times with gaps that never grew.
 *
 * Leaves alone constant gaps of a second and more, and attempts that overlap.
 */
export const retryStorm: AuditRule = {
  name: 'retry-storm',
  watch: (course) => {
    const chains = new Map<string, Chain>();
    /** How many of them there are, by client and subject. */
    const counts = new Map<string, number>();
    const end = (place: string): void => {
      const chain = chains.get(place);
      const first = chain?.exchanges[0];
      if (!chain || !first) return;
      chains.delete(place);
      const { account } = first;
      const left = (counts.get(account) ?? 0) - 1;
      if (left > 0) counts.set(account, left);
      else counts.delete(account);
      report(chain, first, course);
    };
    return {
      exchange: (exchange) => {
        const { entry } = exchange;
        const isLost = exchange.told === 'untold' || exchange.status === 429;
        if (entry.operation === undefined) return;
        if (!isLost && (chains.size === 0 || !counts.has(exchange.account))) return;
        const place = `${entry.provider} ${entry.operation} ${exchange.subject ?? ''} ${exchange.client}`;
        const chain = chains.get(place);
        const last = chain?.exchanges.at(-1);
        if (chain && last) {
          // What was under way beside it is no attempt that followed it.
          if (exchange.began < last.ended) return;
          if (exchange.hasIntentOf(last)) {
            chain.gaps.push(exchange.began - last.ended);
            chain.exchanges.push(exchange);
            if (!isLost) end(place);
            return;
          }
          end(place);
        }
        if (!isLost || chains.size >= FOLLOWED) return;
        chains.set(place, { exchanges: [exchange], gaps: [] });
        counts.set(exchange.account, (counts.get(exchange.account) ?? 0) + 1);
      },
      *end() {
        for (const chain of chains.values()) {
          const [first] = chain.exchanges;
          if (first) report(chain, first, course);
          yield;
        }
      },
    };
  },
};

function report({ exchanges, gaps }: Chain, first: AuditedExchange, course: AuditContext): void {
  const how = findStorm(gaps);
  if (how === undefined) return;
  course.report({
    rule: 'retry-storm',
    ...{ certainty: 'likely', severity: 'info', exchanges, subject: first.subject },
    what: `${describeIntent(first)} was sent again ${gaps.length} times${how}`,
    advice: 'Wait longer before each attempt, by a random part, and give up after a few.',
  });
}

function findStorm(gaps: readonly number[]): string | undefined {
  let quick = 0;
  let level = 0;
  let isShort = false;
  for (const [index, gap] of gaps.entries()) {
    quick = gap < AT_ONCE ? quick + 1 : 0;
    if (quick >= AT_ONCE_LEAST) return `, ${quick} of them less than ${AT_ONCE} ms after the one before`;
    const before = gaps[index - 1] ?? Infinity;
    const hasGrown = gap > before * LENIENCE + 10;
    isShort = hasGrown ? gap < LONG : isShort || gap < LONG;
    level = hasGrown ? 1 : level + 1;
    if (level >= NEVER_GROWN_LEAST && isShort) return `, and never waited longer than before`;
  }
  return undefined;
}
