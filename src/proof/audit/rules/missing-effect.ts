import { isDelivery, type Delivery } from '../../../core/sandbox/webhooks/delivery.ts';
import type { Commit } from '../../../core/store/commit.ts';
import { listKeys } from '../keys.ts';
import { Recent } from '../recent.ts';
import type { Recorded } from '../recorded.ts';
import type { Course, Rule } from '../rule.ts';
import { describeIntent } from '../sentences.ts';

/** Milliseconds of real time in which a client may still come to look. */
const PATIENCE = 10_000;
const FOLLOWED = 10_000;

interface Missing {
  readonly exchange: Recorded;
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
export const missingEffect: Rule = {
  name: 'missing-effect',
  watch: (course) => {
    /** Exchanges that wait for their effect. */
    const waiting = new Set<Recorded>();
    const missing = new Set<Missing>();
    const again = new Set<Recorded>();
    const notified = new Notified();
    let last = 0;
    const follow = (): void => {
      for (const exchange of waiting) {
        if (exchange.isPending) continue;
        waiting.delete(exchange);
        if (exchange.effects.length === 0 && exchange.idle.length > 0)
          missing.add({ exchange, since: undefined, isSeen: false });
      }
    };
    return {
      retried: ({ exchange }, other) => {
        again.add(exchange);
        again.add(other);
      },
      commit: (commit) => {
        if (commit.cause.kind === 'due' && waiting.size > 0) follow();
        if (commit.cause.kind === 'act') notified.take(commit);
      },
      exchange: (exchange) => {
        last = Math.max(last, exchange.ended);
        for (const one of missing) {
          one.since ??= exchange.began;
          if (isLook(exchange, one.exchange)) one.isSeen = true;
        }
        const isAwaited = exchange.terms?.settles === true && exchange.isToldSuccess;
        if (!isAwaited || waiting.size + missing.size >= FOLLOWED) return;
        waiting.add(exchange);
        follow();
      },
      end: () => {
        for (const { exchange, since, isSeen } of missing) {
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
  knows({ entry, subject, idle }: Recorded): boolean {
    const seq = this.#newest.get(`${entry.provider} ${subject ?? ''}`) ?? this.#newest.get(`${entry.provider} `) ?? 0;
    return seq > (idle.at(-1)?.seq ?? Infinity);
  }
}

/** Whether a client was told something of what an exchange was about. */
function isLook(exchange: Recorded, { who, subject, client, entry, idle }: Recorded): boolean {
  const { terms } = exchange;
  if (!terms || terms.shows === 'none' || exchange.told !== 'told' || exchange.client !== client) return false;
  if (exchange.entry.provider !== entry.provider || exchange.who.tenant !== who.tenant) return false;
  if (exchange.entry.seen < (idle.at(-1)?.seq ?? 0)) return false;
  return (
    terms.shows === 'tenant' || subject === undefined || exchange.subject === undefined || subject === exchange.subject
  );
}

/** Of a batch each item has a key of its own: it is enough that they came with another one that took effect. */
function hasTakenEffectElsewhere(exchange: Recorded, { keys }: Course): boolean {
  const own = listKeys(exchange).map(({ key }) => key);
  for (const uses of keys.repeated()) {
    if (!uses.some((use) => use.exchange === exchange && own.includes(use.key))) continue;
    if (uses.some((use) => use.exchange !== exchange && use.exchange.effects.length > 0)) return true;
  }
  return false;
}

function report(exchange: Recorded, idle: readonly Commit[], course: Course): void {
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
