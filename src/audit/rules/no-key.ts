import { listKeys } from '../keys.ts';
import type { AuditedExchange } from '../audited-exchange.ts';
import type { AuditRule } from '../audit-rule.ts';
import { describeIntent, describeLoss } from '../sentences.ts';

/**
 * A request whose response was lost was sent again without an idempotency key, or with another one, although the contract has a
 * field for it.
 *
 * Leaves alone: operations without such a field; an attempt with the key of the first; what was sent again after the client was
 * shown the result of the first.
 */
export const noKey: AuditRule = {
  name: 'no-key',
  watch: (context) => {
    /** The attempts of one intent, by each of them. */
    const chains = new Map<AuditedExchange, AuditedExchange[]>();
    return {
      retried: ({ exchange }, again) => {
        if (exchange.terms?.key === undefined || isSameKey(exchange, again)) return;
        const chain = chains.get(exchange) ?? [exchange];
        chain.push(again);
        chains.set(exchange, chain);
        chains.set(again, chain);
      },
      *end() {
        for (const chain of new Set(chains.values())) {
          yield;
          const [first, again] = chain;
          if (!first || !again) continue;
          const field = first.terms?.key ?? '';
          const how = listKeys(again).length === 0 ? 'without a key' : 'with another key';
          context.report({
            rule: 'no-key',
            ...{ certainty: 'likely', severity: 'warning', exchanges: chain },
            subject: first.subject,
            what: `${describeIntent(first)} was sent again ${how} after it ${describeLoss(first)}`,
            advice: `Make a key before the first attempt and send it as ${field} with every attempt.`,
          });
        }
      },
    };
  },
};

/** Compares lists, because each item of a batch may have its own key. */
function isSameKey(one: AuditedExchange, other: AuditedExchange): boolean {
  const [first, second] = [listKeys(one), listKeys(other)].map((uses) =>
    uses.filter(({ isOfContract }) => isOfContract).map(({ key }) => key),
  );
  return first !== undefined && first.length > 0 && first.join('\n') === second?.join('\n');
}
