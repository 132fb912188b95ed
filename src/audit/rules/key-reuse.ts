import type { KeyUse } from '../keys.ts';
import { shorten } from '../../core/values/quotation.ts';
import type { AuditRule } from '../audit-rule.ts';
import { describeIntent, toIds } from '../sentences.ts';

/**
 * An idempotency key under which a request had taken effect came with another intent: another amount, subject, tenant or
 * operation. The service returns the first response or does both, and the client notices neither.
 *
 * Leaves alone: a first attempt that was refused, because its key is not bound; fields that differ with each attempt.
 */
export const keyReuse: AuditRule = {
  name: 'key-reuse',
  watch: (context) => ({
    *end() {
      for (const uses of context.keys.repeated()) {
        yield;
        const bound = uses.find(({ exchange }) => exchange.effects.length > 0);
        if (!bound) continue;
        const others = uses.slice(uses.indexOf(bound) + 1).filter((use) => isOther(use, bound));
        const [other] = others;
        if (!other) continue;
        const exchanges = [bound, ...others].map(({ exchange }) => exchange);
        context.report({
          rule: 'key-reuse',
          ...{ certainty: 'certain', severity: 'error', exchanges, entries: toIds(exchanges) },
          subject: other.exchange.subject,
          what: `the key ${JSON.stringify(shorten(bound.key))} of ${describeIntent(bound.exchange)} was sent again with another request, ${describeIntent(other.exchange)}${describeOutcome(other)}`,
          advice: 'Make a new key for each intended change, and send it only with the attempts of that change.',
        });
      }
    },
  }),
};

/** The tenant of a request that was not authenticated is unknown. */
function isOther(use: KeyUse, bound: KeyUse): boolean {
  const { who, entry } = use.exchange;
  const isOtherTenant = entry.seen > 0 && who.tenant !== bound.exchange.who.tenant;
  return isOtherTenant || use.intent !== bound.intent;
}

function describeOutcome({ exchange, isOfContract }: KeyUse): string {
  if (exchange.effects.length > 0) return ', which took effect too';
  return isOfContract && exchange.isToldSuccess ? ', which received the first response and changed nothing' : '';
}
