import { isDelivery, type Delivery } from '../../core/sandbox/webhooks/delivery.ts';
import type { Commit } from '../../core/store/commit.ts';
import { listKeys } from '../keys.ts';
import { Recent } from '../recent.ts';
import type { AuditedExchange } from '../audited-exchange.ts';
import type { AuditContext, AuditRule } from '../audit-rule.ts';
import { describeIntent } from '../sentences.ts';

/** Milliseconds of real time in which a client may still come to look. */
const PATIENCE = 10_000;
const FOLLOWED = 10_000;

interface Missing {
  readonly exchange: AuditedExchange;
  /** When its client could have looked, in real time: at the latest when anybody came next. */
  since: number | undefined;
  isSeen: boolean;
}

/**
 * An operation whose effect comes later was answered with success, its effect failed or was dropped, and nothing was told to the
 * client about that subject after it was due. The client believes in what never happened.
 *
 * Leaves alone what has no effect by contract, a repeat of what took effect, a client that was told by a webhook or looked,
 * and a record that ends within 10 s of real time.
 */
export const missingEffect: AuditRule = {
  name: 'missing-effect',
  watch: (course) => {
    /** Exchanges that wait for their effect. */
    const waiting = new Set<AuditedExchange>();
    const missing: Missing[] = [];
    /** Those that nobody has come after yet. */
    let newest: Missing[] = [];
    const unseen = new Unseen();
    const again = new Set<AuditedExchange>();
    const notified = new Notified();
    let last = 0;
    const judge = (exchange: AuditedExchange): void => {
      if (exchange.effects.length > 0 || exchange.idle.length === 0) return;
      const one: Missing = { exchange, since: undefined, isSeen: false };
      missing.push(one);
      newest.push(one);
      unseen.add(one);
    };
    return {
      retried: ({ exchange }, other) => {
        again.add(exchange);
        again.add(other);
      },
      commit: (commit) => {
        if (commit.cause.kind === 'act') notified.take(commit);
      },
      settled: (exchange) => {
        if (waiting.delete(exchange)) judge(exchange);
      },
      exchange: (exchange) => {
        last = Math.max(last, exchange.ended);
        if (newest.length > 0) {
          for (const one of newest) one.since = exchange.began;
          newest = [];
        }
        if (missing.length > 0) unseen.look(exchange);
        const isAwaited = exchange.terms?.settles === true && exchange.isToldSuccess;
        if (!isAwaited || waiting.size + missing.length >= FOLLOWED) return;
        if (exchange.isPending) waiting.add(exchange);
        else judge(exchange);
      },
      *end() {
        for (const { exchange, since, isSeen } of missing) {
          yield;
          const isLeft = since === undefined || last - since < PATIENCE;
          if (isSeen || isLeft || again.has(exchange) || notified.knows(exchange)) continue;
          if (hasTakenEffectElsewhere(exchange, course)) continue;
          report(exchange, exchange.idle, course);
        }
      },
    };
  },
};

/** Of which subjects those who have subscribed were told, by webhooks that they took. */
class Notified {
  /** By provider and subject: the newest commit that could be told of. */
  readonly #newest = new Recent<string, number>(FOLLOWED);

  take({ changes, seq }: Commit): void {
    for (const change of changes) {
      if (!isDelivery(change) || !change.after) continue;
      const { provider, subject, state } = change.after as Delivery;
      if (state === 'delivered') this.#newest.set(`${provider} ${subject ?? ''}`, seq);
    }
  }

  /** Whether they were told of its subject after it was due. */
  knows({ entry, subject, idle }: AuditedExchange): boolean {
    const seq = this.#newest.get(`${entry.provider} ${subject ?? ''}`) ?? this.#newest.get(`${entry.provider} `) ?? 0;
    return seq > (idle.at(-1)?.seq ?? Infinity);
  }
}

/** What was missed and is yet to be looked for, by the clients that may do so. */
class Unseen {
  /** By client and provider, then by subject. */
  readonly #open = new Map<string, Map<string | undefined, Missing[]>>();

  add(missing: Missing): void {
    const { who, subject } = missing.exchange;
    const own = this.#open.get(who.place) ?? new Map<string | undefined, Missing[]>();
    const some = own.get(subject) ?? [];
    some.push(missing);
    this.#open.set(who.place, own.set(subject, some));
  }

  look(exchange: AuditedExchange): void {
    const { terms, subject, who, told } = exchange;
    if (!terms || terms.shows === 'none' || told !== 'told') return;
    const own = this.#open.get(who.place);
    if (!own) return;
    const isOfOne = terms.shows === 'subject' && subject !== undefined;
    for (const about of isOfOne ? [subject, undefined] : [...own.keys()]) {
      const left = own.get(about)?.filter((one) => {
        one.isSeen = isLook(exchange, one.exchange);
        return !one.isSeen;
      });
      if (left && left.length > 0) own.set(about, left);
      else own.delete(about);
    }
    if (own.size === 0) this.#open.delete(who.place);
  }
}

/** Whether a client was told something of what an exchange was about. */
function isLook(exchange: AuditedExchange, { who, subject, client, entry, idle }: AuditedExchange): boolean {
  const { terms } = exchange;
  if (!terms || terms.shows === 'none' || exchange.told !== 'told' || exchange.client !== client) return false;
  if (exchange.entry.provider !== entry.provider || exchange.who.tenant !== who.tenant) return false;
  if (exchange.entry.seen < (idle.at(-1)?.seq ?? 0)) return false;
  return (
    terms.shows === 'tenant' || subject === undefined || exchange.subject === undefined || subject === exchange.subject
  );
}

/** Of a batch each item has a key of its own: it is enough that they came with another one that took effect. */
function hasTakenEffectElsewhere(exchange: AuditedExchange, { keys }: AuditContext): boolean {
  return listKeys(exchange).some((own) => {
    const uses = keys.findRepeated(own);
    if (!uses.some((use) => use.exchange === exchange)) return false;
    return uses.some((use) => use.exchange !== exchange && use.exchange.effects.length > 0);
  });
}

function report(exchange: AuditedExchange, idle: readonly Commit[], course: AuditContext): void {
  const [first] = idle;
  const kind = first && 'operation' in first.cause ? first.cause.operation : 'effect';
  course.report({
    rule: 'missing-effect',
    ...{ certainty: 'certain', severity: 'info', exchanges: [exchange], subject: exchange.subject },
    what: `${describeIntent(exchange)} was answered ${exchange.status}, but what it had begun came to nothing when it was due (${kind}), and its client never looked`,
    advice:
      'Take such an answer for a receipt only: look at the account, or subscribe, before anything is decided by it.',
  });
}
