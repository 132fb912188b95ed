import type { KeyUse } from '../keys.ts';
import type { AuditedExchange } from '../audited-exchange.ts';
import type { AuditContext, AuditRule } from '../audit-rule.ts';
import { describeBalances, describeIntent, describeLoss, describeTimes, toIds } from '../sentences.ts';

/**
 * One intent to add or to create took effect more than once.
 *
 * Certain if two effects have one key and one intent: a client that sends a key says that they are one. Likely if the response to the
 * first was lost and the same client sent an equal request within a minute after that: it cannot have known of the effect.
 *
 * Leaves alone: what was told the first time; an attempt without effect; a replay by the service; what was sent again after the client
 * was shown the effect of the first, because then the second is meant.
 */
export const doubleEffect: AuditRule = {
  name: 'double-effect',
  watch: (context) => {
    /** The attempts of one intent, by each of them. */
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
        const reported = new Set<AuditedExchange>();
        for (const uses of context.keys.repeated()) {
          reportKeyed(uses, reported, context);
          yield;
        }
        for (const chain of new Set(chains.values())) {
          reportChain(chain, reported, context);
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

function reportKeyed(uses: readonly KeyUse[], reported: Set<AuditedExchange>, context: AuditContext): void {
  // The record does not say which item of a batch took effect.
  const effective = uses.filter(({ exchange, isOfItem }) => !isOfItem && isAdding(exchange) && hasEffect(exchange));
  const [first] = effective;
  if (!first || effective.length < 2) return;
  const same = effective.filter((use) => use.intent === first.intent).map(({ exchange }) => exchange);
  if (same.length < 2) return;
  for (const exchange of same) reported.add(exchange);
  const ignored = first.isOfContract ? '' : '; the service ignores this key';
  context.report({
    rule: 'double-effect',
    ...{ certainty: 'certain', severity: 'error', exchanges: same, entries: toIds(same) },
    subject: first.exchange.subject,
    what: `${describeIntent(first.exchange)} with one idempotency key took effect ${describeTimes(same.length)}${describeBalances(same)}${ignored}`,
    advice: first.isOfContract
      ? 'This operation can take effect again despite its key: read the state before sending the request again.'
      : 'The service ignores this key: read the balance before sending the request again.',
  });
}

function reportChain(
  chain: readonly AuditedExchange[],
  reported: ReadonlySet<AuditedExchange>,
  context: AuditContext,
): void {
  const effective = chain.filter(hasEffect);
  const [first] = effective;
  if (!first || effective.length < 2 || effective.some((exchange) => reported.has(exchange))) return;
  context.report({
    rule: 'double-effect',
    certainty: 'likely',
    severity: first.who.isNamed ? 'error' : 'warning',
    exchanges: chain,
    entries: toIds(chain),
    subject: first.subject,
    what: `${describeIntent(first)} took effect ${describeTimes(effective.length)}${describeBalances(effective)}; the first ${describeLoss(first)}`,
    advice:
      first.terms?.key === undefined
        ? 'After a lost response, read the state before sending the request again.'
        : `Send every attempt with the ${first.terms.key} of the first.`,
  });
}
