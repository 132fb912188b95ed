import type { Commit, LedgerEntry } from '../../core/store/commit.ts';
import { add, isNegative } from '../../core/values/decimal.ts';
import { shorten } from '../../core/values/quotation.ts';
import { Recent } from '../recent.ts';
import type { AuditedExchange } from '../audited-exchange.ts';
import type { AuditContext, AuditRule } from '../audit-rule.ts';
import { toReadable } from '../sentences.ts';

/** Clients and subjects of which it is known what was told last. */
const FOLLOWED = 20_000;

/**
 * A client was told a balance that sufficed, somebody else took from it, and what the client then took made it negative.
 *
 * Leaves alone a service that refuses that, a client that was told less or nothing, and one that took from the balance twice itself.
 * What is taken later counts by what its client had been told when it asked.
 */
export const overdrawn: AuditRule = {
  name: 'overdrawn',
  watch: (course) => {
    const told = new Recent<string, AuditedExchange>(FOLLOWED);
    const judge = (exchange: AuditedExchange, commit: Commit): void => {
      const taken = commit.ledger.find(({ delta, after }) => isNegative(delta) && isNegative(after));
      const known = taken && told.get(exchange.who.accountOf(exchange.subject ?? taken.account));
      if (!known || known.position > exchange.position) return;
      // Where nothing has happened in between there is nothing that it could not have known.
      if (commit.seq - known.entry.seen > 1) examine({ known, exchange, commit, taken }, course);
    };
    const judgeLate = (exchange: AuditedExchange): void => {
      for (const commit of exchange.effects) if (commit.isBelowZero) judge(exchange, commit);
    };
    return {
      settled: judgeLate,
      exchange: (exchange) => {
        const { terms, entry, subject } = exchange;
        if (!terms) return;
        if (terms.settles) {
          if (!exchange.isPending) judgeLate(exchange);
        } else if (entry.commit?.isBelowZero === true && terms.kind !== 'read' && subject !== undefined)
          judge(exchange, entry.commit);
        if (terms.shows !== 'subject' || subject === undefined || !exchange.isToldSuccess) return;
        told.set(exchange.account, exchange);
      },
    };
  },
};

interface Taking {
  /** What told the client of the balance. */
  readonly known: AuditedExchange;
  readonly exchange: AuditedExchange;
  readonly commit: Commit;
  readonly taken: LedgerEntry;
}

function examine({ known, exchange, commit, taken }: Taking, course: AuditContext): void {
  const between = course.commits.between(known.entry.seen, commit.seq);
  if (!between) return;
  const moved = between.filter((one) => mayMove(one, taken)).flatMap(toMoved(taken));
  const [first] = moved;
  if (!first || isNegative(add(first.entry.before, taken.delta))) return;
  const lowered = moved.filter(({ entry: { delta } }) => isNegative(delta));
  const others = lowered.filter(({ entry: { cause }, seq }) => {
    const by = course.commits.findExchange(seq);
    return by ? by.client !== exchange.client : cause !== 'request';
  });
  // What the client itself has taken meanwhile it could have known of.
  if (others.length === 0 || others.length < lowered.length) return;
  const by = others.flatMap(({ seq }) => course.commits.findExchange(seq) ?? []);
  course.report({
    rule: 'overdrawn',
    certainty: 'certain',
    severity: 'error',
    exchanges: [known, ...by, exchange],
    entries: [...others.map(({ entry }) => entry.id), taken.id],
    subject: exchange.subject ?? taken.account,
    what: `${exchange.entry.operation ?? ''} took ${toReadable(taken.delta.slice(1))} from ${shorten(taken.account)}, whose balance had been told as ${toReadable(first.entry.before)}, and which somebody else had lowered to ${toReadable(taken.before)}: it is ${toReadable(taken.after)} now`,
    advice:
      'Have the service refuse what the balance does not cover, or look at the balance that it answers with, and give back.',
  });
}

/** Entries are dear to derive. */
function mayMove({ entries, changes }: Commit, { provider }: LedgerEntry): boolean {
  return entries > 0 && changes.some((change) => change.provider === provider);
}

interface Moved {
  readonly entry: LedgerEntry;
  readonly seq: number;
}

/** What commits did to the account of an entry. */
function toMoved(taken: LedgerEntry): (commit: Commit) => readonly Moved[] {
  return ({ seq, ledger }) => ledger.filter((entry) => isOfAccount(entry, taken)).map((entry) => ({ entry, seq }));
}

function isOfAccount(one: LedgerEntry, other: LedgerEntry): boolean {
  return (
    one.provider === other.provider &&
    one.tenant === other.tenant &&
    one.account === other.account &&
    one.unit === other.unit
  );
}
