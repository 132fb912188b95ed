import { isDelivery, type Delivery } from '../../core/sandbox/webhooks/delivery.ts';
import type { Commit } from '../../core/store/commit.ts';
import { listKeys } from '../keys.ts';
import { RecentMap } from '../recent-map.ts';
import type { AuditedExchange } from '../audited-exchange.ts';
import type { AuditContext, AuditRule } from '../audit-rule.ts';
import { describeIntent } from '../sentences.ts';

/** Milliseconds of real time for which the client may still look. */
const PATIENCE = 10_000;
const FOLLOWED = 10_000;

interface Missing {
  readonly exchange: AuditedExchange;
  /** When the next exchange of any client began, in real time. */
  since: number | undefined;
  isSeen: boolean;
}

/**
 * An operation whose effect comes later was answered with success, its effect failed or was dropped, and the client was told
 * nothing about that subject after the effect was due. The client believes in what never happened.
 *
 * Leaves alone: what has no effect by contract; a repeat of what took effect; a client that received a webhook or looked; a
 * record that ends within 10 s of real time.
 */
export const missingEffect: AuditRule = {
  name: 'missing-effect',
  watch: (context) => {
    const waiting = new Set<AuditedExchange>();
    const missing: Missing[] = [];
    const repeated = new Set<AuditedExchange>();
    const notified = new Notified();
    let last = 0;
    const judge = (exchange: AuditedExchange): void => {
      if (exchange.effects.length > 0 || exchange.idle.length === 0) return;
      missing.push({ exchange, since: undefined, isSeen: false });
    };
    return {
      retried: ({ exchange }, again) => {
        repeated.add(exchange);
        repeated.add(again);
      },
      commit: (commit) => {
        if (commit.cause.kind === 'act') notified.take(commit);
      },
      settled: (exchange) => {
        if (waiting.delete(exchange)) judge(exchange);
      },
      exchange: (exchange) => {
        last = Math.max(last, exchange.ended);
        for (const one of missing) {
          one.since ??= exchange.began;
          one.isSeen ||= isLook(exchange, one.exchange);
        }
        const isAwaited = exchange.terms?.settles === true && exchange.isToldSuccess;
        if (!isAwaited || waiting.size + missing.length >= FOLLOWED) return;
        if (exchange.isPending) waiting.add(exchange);
        else judge(exchange);
      },
      *end() {
        for (const { exchange, since, isSeen } of missing) {
          yield;
          const mayLook = since === undefined || last - since < PATIENCE;
          if (isSeen || mayLook || repeated.has(exchange) || notified.knows(exchange)) continue;
          if (hasTakenEffectElsewhere(exchange, context)) continue;
          report(exchange, exchange.idle, context);
        }
      },
    };
  },
};

/** The subjects that delivered webhooks were about. */
class Notified {
  /** By provider and subject: the newest commit at the time of delivery. */
  readonly #newest = new RecentMap<string, number>(FOLLOWED);

  take({ changes, seq }: Commit): void {
    for (const change of changes) {
      if (!isDelivery(change) || !change.after) continue;
      const { provider, subject, state } = change.after as Delivery;
      if (state === 'delivered') this.#newest.set(`${provider} ${subject ?? ''}`, seq);
    }
  }

  /** Whether a webhook about its subject was delivered after its effect was due. */
  knows({ entry, subject, idle }: AuditedExchange): boolean {
    const seq = this.#newest.get(`${entry.provider} ${subject ?? ''}`) ?? this.#newest.get(`${entry.provider} `) ?? 0;
    return seq > (idle.at(-1)?.seq ?? Infinity);
  }
}

/** Whether an exchange told the client something about the subject of another after its effect was due. */
function isLook(exchange: AuditedExchange, { who, subject, client, entry, idle }: AuditedExchange): boolean {
  const { terms } = exchange;
  if (!terms || terms.shows === 'none' || exchange.told !== 'told' || exchange.client !== client) return false;
  if (exchange.entry.provider !== entry.provider || exchange.who.tenant !== who.tenant) return false;
  if (exchange.entry.seen < (idle.at(-1)?.seq ?? 0)) return false;
  return (
    terms.shows === 'tenant' || subject === undefined || exchange.subject === undefined || subject === exchange.subject
  );
}

/** One key of a batch is enough: it came with another exchange, which took effect. */
function hasTakenEffectElsewhere(exchange: AuditedExchange, { keys }: AuditContext): boolean {
  return listKeys(exchange).some((own) => {
    const uses = keys.findRepeated(own);
    if (!uses.some((use) => use.exchange === exchange)) return false;
    return uses.some((use) => use.exchange !== exchange && use.exchange.effects.length > 0);
  });
}

function report(exchange: AuditedExchange, idle: readonly Commit[], context: AuditContext): void {
  const [first] = idle;
  const kind = first && 'operation' in first.cause ? first.cause.operation : 'item';
  context.report({
    rule: 'missing-effect',
    ...{ certainty: 'certain', severity: 'info', exchanges: [exchange], subject: exchange.subject },
    what: `${describeIntent(exchange)} got a ${exchange.status}, but what it had scheduled (${kind}) had no effect, and the client never looked`,
    advice:
      'Treat such a response as a receipt: read the account or subscribe to webhooks before relying on the effect.',
  });
}
