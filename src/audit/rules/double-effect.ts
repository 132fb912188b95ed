import type { KeyUse } from '../keys.ts';
import type { AuditedExchange } from '../audited-exchange.ts';
import type { AuditContext, AuditRule } from '../audit-rule.ts';
import { describeCourse, describeIntent, describeLoss, describeTimes, toIds } from '../sentences.ts';

/**
 * One intent to add or to create took effect more than once.
 *
 * Certain where two effects have one key and are about the same: whoever sends a key says that it is one. Likely where the
 * answer to the first was lost and the same client sent an equal request within a minute after that: it cannot have known.
 *
 * Leaves alone what was told the first time, an attempt without effect, a replay by the service, and what came again after the
 * client was shown what became of the first: then the second is meant.
 */
export const doubleEffect: AuditRule = {
  name: 'double-effect',
  watch: (context) => {
    /** Of intents that came again, by each of their attempts. */
    const chains = new Map<AuditedExchange, AuditedExchange[]>();
    return {
      retried: ({ exchange }, again) => {
        if (!isAdding(exchange)) return;
        const chain = chains.get(exchange) ?? [exchange];
        chain.push(again);
        chains.set(exchange, chain);
        chains.set(again, chain);
      },
      *end() {
        const told = new Set<AuditedExchange>();
        for (const uses of context.keys.repeated()) {
          reportKeyed(uses, told, context);
          yield;
        }
        for (const chain of new Set(chains.values())) {
          reportChain(chain, told, context);
          yield;
        }
      },
    };
  },
};

function isAdding({ terms }: AuditedExchange): boolean {
  return terms?.kind === 'add' || terms?.kind === 'create';
}

function hasEffect({ effects }: AuditedExchange): boolean {
  return effects.length > 0;
}

function reportKeyed(uses: readonly KeyUse[], told: Set<AuditedExchange>, context: AuditContext): void {
  // What becomes of each item by itself is not in the record.
  const effective = uses.filter(({ exchange, isOfItem }) => !isOfItem && isAdding(exchange) && hasEffect(exchange));
  const [first] = effective;
  if (!first || effective.length < 2) return;
  const same = effective.filter((use) => use.intent === first.intent).map(({ exchange }) => exchange);
  if (same.length < 2) return;
  for (const exchange of same) told.add(exchange);
  const ignored = first.isOfContract ? '' : ', because the service knows no such key';
  context.report({
    rule: 'double-effect',
    ...{ certainty: 'certain', severity: 'error', exchanges: same, entries: toIds(same) },
    subject: first.exchange.subject,
    what: `${describeIntent(first.exchange)} with one idempotency key took effect ${describeTimes(same.length)}${describeCourse(same)}${ignored}`,
    advice: first.isOfContract
      ? 'Send the key with every attempt, and look at the state before sending again what has effect in spite of it.'
      : 'The key does nothing here: look at the balance before the request is sent again.',
  });
}

function reportChain(
  chain: readonly AuditedExchange[],
  told: ReadonlySet<AuditedExchange>,
  context: AuditContext,
): void {
  const effective = chain.filter(hasEffect);
  const [first] = effective;
  if (!first || effective.length < 2 || effective.some((exchange) => told.has(exchange))) return;
  context.report({
    rule: 'double-effect',
    certainty: 'likely',
    severity: first.who.isNamed ? 'error' : 'warning',
    exchanges: chain,
    entries: toIds(chain),
    subject: first.subject,
    what: `${describeIntent(first)} took effect ${describeTimes(effective.length)}${describeCourse(effective)}; the first ${describeLoss(first)}`,
    advice:
      first.terms?.key === undefined
        ? 'After an answer that did not come, look at what became of it before the request is sent again.'
        : `Send every attempt with the ${first.terms.key} of the first.`,
  });
}
