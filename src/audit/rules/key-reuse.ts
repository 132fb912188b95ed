import type { KeyUse } from '../keys.ts';
import { shorten } from '../../core/values/quotation.ts';
import type { AuditRule } from '../audit-rule.ts';
import { describeIntent, toIds } from '../sentences.ts';

/**
 * An idempotency key that something had taken effect under came again with another intent: another amount, subject, tenant
 * or operation. The service gives back what became of the first, or does both; the client believes in either.
 *
 * Leaves alone a first attempt that was refused, because its key is bound to nothing, and fields that are made anew for each attempt.
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
          what: `the key ${JSON.stringify(shorten(bound.key))} of ${describeIntent(bound.exchange)} came again with another request, ${describeIntent(other.exchange)}${describeOutcome(other)}`,
          advice: 'Make a new key for each thing that is meant, and send it with the attempts of that one only.',
        });
      }
    },
  }),
};

/** Another tenant is known only of what was let in. */
function isOther(use: KeyUse, bound: KeyUse): boolean {
  const { who, entry } = use.exchange;
  const isOtherTenant = entry.seen > 0 && who.tenant !== bound.exchange.who.tenant;
  return isOtherTenant || use.intent !== bound.intent;
}

function describeOutcome({ exchange, isOfContract }: KeyUse): string {
  if (exchange.effects.length > 0) return ', which took effect, too';
  return isOfContract && exchange.isToldSuccess ? ', which was answered with the first one and changed nothing' : '';
}
