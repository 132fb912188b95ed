import type { Commit, LedgerEntry } from '../../core/store/commit.ts';
import { add, isNegative } from '../../core/values/decimal.ts';
import { shorten } from '../../core/values/quotation.ts';
import { RecentMap } from '../recent-map.ts';
import type { AuditedExchange } from '../audited-exchange.ts';
import type { AuditContext, AuditRule } from '../audit-rule.ts';
import { toReadable } from '../sentences.ts';

/** Subjects, as a client sees them, that are followed. */
const FOLLOWED = 20_000;

/**
 * A client was told a sufficient balance, another client took from it, and what the first client took then made it negative.
 *
 * Leaves alone: a service that refuses to overdraw; a client that was told less or nothing; a client that itself took from the
 * balance twice. If an operation takes later, what its client had been told when it sent the request counts.
 */
export const overdrawn: AuditRule = {
  name: 'overdrawn',
  watch: (context) => {
    /** The last exchange that told a client the balance. */
    const told = new RecentMap<string, AuditedExchange>(FOLLOWED);
    const judge = (exchange: AuditedExchange, commit: Commit): void => {
      const taken = commit.ledger.find(({ delta, after }) => isNegative(delta) && isNegative(after));
      const known = taken && told.get(exchange.accountKey(exchange.subject ?? taken.account));
      if (known && known.position <= exchange.position) examine({ known, exchange, commit, taken }, context);
    };
    const judgeLate = (exchange: AuditedExchange): void => {
      for (const commit of exchange.effects) judge(exchange, commit);
    };
    return {
      settled: judgeLate,
      exchange: (exchange) => {
        const { terms, entry, subject } = exchange;
        if (!terms) return;
        if (terms.settles) {
          if (!exchange.isPending) judgeLate(exchange);
        } else if (entry.commit && terms.kind !== 'read' && subject !== undefined) judge(exchange, entry.commit);
        if (terms.shows !== 'subject' || subject === undefined || !exchange.isToldSuccess) return;
        told.set(exchange.accountKey(), exchange);
      },
    };
  },
};

interface Taking {
  /** The exchange that told the client the balance. */
  readonly known: AuditedExchange;
  readonly exchange: AuditedExchange;
  readonly commit: Commit;
  readonly taken: LedgerEntry;
}

function examine({ known, exchange, commit, taken }: Taking, context: AuditContext): void {
  const between = context.commits.between(known.entry.seen, commit.seq) ?? [];
  const moved = between.flatMap(({ seq, ledger }) =>
    ledger.filter((entry) => isOfAccount(entry, taken)).map((entry) => ({ entry, seq })),
  );
  const [first] = moved;
  if (!first || isNegative(add(first.entry.before, taken.delta))) return;
  const lowered = moved.filter(({ entry: { delta } }) => isNegative(delta));
  const others = lowered.filter(({ entry: { cause }, seq }) => {
    const by = context.commits.findExchange(seq);
    return by ? by.client !== exchange.client : cause !== 'request';
  });
  // The client knew of what it took itself.
  if (others.length === 0 || others.length < lowered.length) return;
  const by = others.flatMap(({ seq }) => context.commits.findExchange(seq) ?? []);
  context.report({
    rule: 'overdrawn',
    certainty: 'certain',
    severity: 'error',
    exchanges: [known, ...by, exchange],
    entries: [...others.map(({ entry }) => entry.id), taken.id],
    subject: exchange.subject ?? taken.account,
    what: `${exchange.entry.operation ?? ''} took ${toReadable(taken.delta.slice(1))} from ${shorten(taken.account)}: the client was told a balance of ${toReadable(first.entry.before)}, but it had since fallen to ${toReadable(taken.before)} and is now ${toReadable(taken.after)}`,
    advice:
      'Use an option of the service that refuses overdrafts, or check the balance in the response and give back what it does not cover.',
  });
}

function isOfAccount(one: LedgerEntry, other: LedgerEntry): boolean {
  return (
    one.provider === other.provider &&
    one.tenant === other.tenant &&
    one.account === other.account &&
    one.unit === other.unit
  );
}
