import type { AuditedExchange } from '../audited-exchange.ts';
import type { AuditContext, AuditRule } from '../audit-rule.ts';

/** Milliseconds of real time in which a client is expected to open the stream again. */
const PATIENCE = 10_000;
const LEAST = 2;
const FOLLOWED = 1000;

interface Ended {
  readonly stream: AuditedExchange;
  readonly at: number;
  readonly isStalled: boolean;
  readonly later: AuditedExchange[];
}

/**
 * A stream was ended by the emulator or a fault, and its client went on with two exchanges or more about that subject within
 * 10 s without trying to open it again: it acts on what it last heard.
 *
 * Leaves alone a client that tried, even if it was refused, one that was busy with other subjects, and one that ended the
 * stream itself. Of a stream that only stalled it says so, and no more.
 */
export const streamAbandoned: AuditRule = {
  name: 'stream-abandoned',
  watch: (course) => {
    const open = new Set<Ended>();
    /** The same, by client and subject. */
    const byAccount = new Map<string, Set<Ended>>();
    /** When the first of them was over. */
    let first = Infinity;
    const close = (ended: Ended): void => {
      open.delete(ended);
      const { account } = ended.stream;
      const own = byAccount.get(account);
      own?.delete(ended);
      if (own?.size === 0) byAccount.delete(account);
    };
    const closeOld = (now: number): void => {
      first = Infinity;
      for (const ended of open) {
        if (now > ended.at + PATIENCE) {
          close(ended);
          report(ended, course);
        } else first = Math.min(first, ended.at);
      }
    };
    const follow = (ended: Ended): void => {
      if (open.size >= FOLLOWED) return;
      open.add(ended);
      first = Math.min(first, ended.at);
      const { account } = ended.stream;
      byAccount.set(account, (byAccount.get(account) ?? new Set()).add(ended));
    };
    return {
      exchange: (exchange) => {
        if (exchange.began > first + PATIENCE) closeOld(exchange.began);
        const own = byAccount.size === 0 ? undefined : byAccount.get(exchange.account);
        for (const ended of own ?? NONE) {
          if (!isOfClient(exchange, ended)) continue;
          if (exchange.entry.operation === ended.stream.entry.operation) close(ended);
          else ended.later.push(exchange);
        }
        const ended = toEnded(exchange);
        if (ended) follow(ended);
      },
      *end() {
        for (const ended of open) {
          report(ended, course);
          yield;
        }
      },
    };
  },
};

const NONE: readonly Ended[] = [];

function isOfClient({ client, entry, subject, began }: AuditedExchange, { stream, at }: Ended): boolean {
  if (client !== stream.client || entry.provider !== stream.entry.provider || began <= at) return false;
  return subject !== undefined && subject === stream.subject;
}

/** How a stream ended otherwise than by its client; when a stalled one stalled is not known, but that it began before. */
function toEnded(stream: AuditedExchange): Ended | undefined {
  const { entry, ended: at, began } = stream;
  if (!entry.sent) return undefined;
  if (entry.answer.ended !== undefined) return { stream, at, isStalled: false, later: [] };
  const isStalled = entry.faults.some(({ written }) => JSON.stringify(written).includes('"stall"'));
  return isStalled ? { stream, at: began, isStalled, later: [] } : undefined;
}

function report({ stream, isStalled, later }: Ended, course: AuditContext): void {
  if (later.length < LEAST) return;
  const { entry } = stream;
  course.report({
    rule: 'stream-abandoned',
    certainty: 'likely',
    severity: isStalled ? 'info' : 'warning',
    exchanges: [stream, ...later],
    subject: stream.subject,
    what: `${entry.operation ?? ''} of ${stream.subject ?? ''} ${isStalled ? 'stalled' : `was ${entry.answer.ended ?? 'ended'}`}, and its client went on with ${later.length} requests about it and did not open it again`,
    advice: 'Open a stream again when it ends, after a short wait, and take its first event for what is so.',
  });
}
