import type { AuditedExchange } from '../audited-exchange.ts';
import type { AuditContext, AuditRule } from '../audit-rule.ts';
import { describeIntent } from '../sentences.ts';

/** Milliseconds; after a shorter gap the client did not wait. */
const AT_ONCE = 100;
const AT_ONCE_LEAST = 4;
const NEVER_GROWN_LEAST = 6;
/** Milliseconds; a service can bear constant gaps of this length. */
const LONG = 1000;
/** A gap has grown if it is longer by this factor and 10 ms more: timers are not exact. */
const LENIENCE = 1.25;
const FOLLOWED = 5000;

/** Attempts of one intent, each of which ended before the next began. */
interface Chain {
  readonly exchanges: AuditedExchange[];
  /** Milliseconds before each attempt but the first. */
  readonly gaps: number[];
}

/**
 * After lost responses or 429, a request was sent again four times or more, each less than 100 ms after the end of the one
 * before; or six times with gaps that never grew.
 *
 * Leaves alone: constant gaps of a second and more; attempts that overlap.
 */
export const retryStorm: AuditRule = {
  name: 'retry-storm',
  watch: (context) => {
    /** By provider, operation, subject and client. */
    const chains = new Map<string, Chain>();
    return {
      exchange: (exchange) => {
        const { entry, subject, client } = exchange;
        if (entry.operation === undefined) return;
        const isLost = exchange.told === 'untold' || exchange.status === 429;
        const key = `${entry.provider} ${entry.operation} ${subject ?? ''} ${client}`;
        const chain = chains.get(key);
        const last = chain?.exchanges.at(-1);
        if (chain && last) {
          // A request that overlaps with the last attempt is not the next one.
          if (exchange.began < last.ended) return;
          const isAttempt = exchange.intent === last.intent;
          if (isAttempt) {
            chain.gaps.push(exchange.began - last.ended);
            chain.exchanges.push(exchange);
          }
          if (!isAttempt || !isLost) {
            chains.delete(key);
            report(chain, context);
          }
          if (isAttempt) return;
        }
        if (isLost && chains.size < FOLLOWED) chains.set(key, { exchanges: [exchange], gaps: [] });
      },
      *end() {
        for (const chain of chains.values()) {
          report(chain, context);
          yield;
        }
      },
    };
  },
};

function report({ exchanges, gaps }: Chain, context: AuditContext): void {
  const how = findStorm(gaps);
  const [first] = exchanges;
  if (how === undefined || !first) return;
  context.report({
    rule: 'retry-storm',
    ...{ certainty: 'likely', severity: 'info', exchanges, subject: first.subject },
    what: `${describeIntent(first)} was sent again ${gaps.length} times${how}`,
    advice: 'Wait longer before each attempt, add a random delay, and give up after a few.',
  });
}

function findStorm(gaps: readonly number[]): string | undefined {
  let quick = 0;
  let level = 0;
  let isShort = false;
  for (const [index, gap] of gaps.entries()) {
    quick = gap < AT_ONCE ? quick + 1 : 0;
    if (quick >= AT_ONCE_LEAST) return `, ${quick} of them less than ${AT_ONCE} ms after the attempt before`;
    const before = gaps[index - 1] ?? Infinity;
    const hasGrown = gap > before * LENIENCE + 10;
    isShort = hasGrown ? gap < LONG : isShort || gap < LONG;
    level = hasGrown ? 1 : level + 1;
    if (level >= NEVER_GROWN_LEAST && isShort) return ', never after a longer wait than before';
  }
  return undefined;
}
