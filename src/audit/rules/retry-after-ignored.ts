import type { AuditedExchange } from '../audited-exchange.ts';
import type { AuditRule } from '../audit-rule.ts';
import { describeIntent } from '../sentences.ts';

/** Milliseconds by which clocks and networks may differ. */
const LENIENCE = 100;
const FOLLOWED = 5000;

interface Wait {
  readonly answer: AuditedExchange;
  /** Milliseconds. */
  readonly length: number;
  readonly early: AuditedExchange[];
}

/**
 * A 429 or 503 said how long to wait, and a request within the scope of that limit came too early, by real time and by the
 * sandbox's clock. The scope is the key of the service's limit. For a response injected by a fault, it is the client and the
 * operation.
 *
 * Leaves alone: requests that were already on their way; those that came when either clock had advanced far enough.
 */
export const retryAfterIgnored: AuditRule = {
  name: 'retry-after-ignored',
  watch: (context) => {
    /** By scope. */
    const waits = new Map<string, Wait>();
    const report = (wait: Wait): void => {
      const [first] = wait.early;
      if (!first) return;
      const after = Math.round(first.began - wait.answer.ended);
      const isNamed = first.who.isNamed;
      context.report({
        rule: 'retry-after-ignored',
        certainty: isNamed ? 'certain' : 'likely',
        severity: 'warning',
        exchanges: [wait.answer, ...wait.early],
        subject: first.subject,
        what: `${describeIntent(wait.answer)} got a ${wait.answer.status} with Retry-After of ${wait.length / 1000} s, but ${describeIntent(first)} was sent after ${after / 1000} s`,
        advice: 'Wait as long as Retry-After says before sending anything within the same limit.',
      });
    };
    return {
      exchange: (exchange) => {
        for (const scope of waits.size > 0 ? listScopes(exchange) : []) {
          const wait = waits.get(scope);
          if (!wait) continue;
          if (isOver(wait, exchange)) {
            waits.delete(scope);
            report(wait);
          } else if (isEarly(wait, exchange)) wait.early.push(exchange);
        }
        const length = findWait(exchange);
        if (length === undefined) return;
        const scope = toScope(exchange);
        // A request that came early may be told to wait, too. That is still the same mistake.
        const open = waits.get(scope);
        if (open && open.early.length > 0) return;
        if (waits.size < FOLLOWED) waits.set(scope, { answer: exchange, length, early: [] });
      },
      *end() {
        for (const wait of waits.values()) {
          report(wait);
          yield;
        }
      },
    };
  },
};

/** Milliseconds that a response told its client to wait. */
function findWait({ entry, status }: AuditedExchange): number | undefined {
  if ((status !== 429 && status !== 503) || entry.leftAt !== undefined) return undefined;
  if (entry.fate !== 'whole' && entry.fate !== 'replaced') return undefined;
  const [, written] = Object.entries(entry.answer.headers).find(([name]) => name.toLowerCase() === 'retry-after') ?? [];
  if (written === undefined) return undefined;
  if (/^\d+$/.test(String(written))) return Number(written) * 1000;
  const until = Date.parse(String(written));
  return Number.isNaN(until) ? undefined : until - entry.at;
}

function toScope(exchange: AuditedExchange): string {
  const [own = '', limit] = listScopes(exchange);
  return exchange.entry.fate === 'whole' ? (limit ?? own) : own;
}

/** The client and the operation; and the key of the service's limit, if it has one. */
function listScopes({ entry, client, audited }: AuditedExchange): readonly string[] {
  const own = `${entry.provider} ${entry.operation ?? ''} ${client}`;
  if (!audited?.limit) return [own];
  const { method, url, requestHeaders: headers } = entry;
  const key = audited.limit.key({ method, url, headers, body: undefined, onLeave: () => () => undefined });
  return [own, `${entry.provider} limit ${key}`];
}

function isOver({ answer, length }: Wait, { began, entry }: AuditedExchange): boolean {
  return began >= answer.ended + length - LENIENCE || entry.at >= answer.entry.at + length - LENIENCE;
}

function isEarly({ answer }: Wait, { began }: AuditedExchange): boolean {
  return began > answer.ended + LENIENCE;
}
