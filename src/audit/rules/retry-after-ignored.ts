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
 * An answer of 429 or 503 said how long to wait, and a call within the scope of that limit came sooner, by real time and by
 * the sandbox's clock. Of a service with a limit its own key is the scope, of an answer that a fault brought the client and
 * the operation.
 *
 * Leaves alone calls that were on their way already, and those that came when either clock had gone far enough.
 */
export const retryAfterIgnored: AuditRule = {
  name: 'retry-after-ignored',
  watch: (course) => {
    const waits = new Map<string, Wait>();
    /** The providers that have told somebody to wait. */
    const waited = new Set<string>();
    const report = (wait: Wait): void => {
      const [first] = wait.early;
      if (!first) return;
      const after = Math.round(first.began - wait.answer.ended);
      const isNamed = first.who.isNamed;
      course.report({
        rule: 'retry-after-ignored',
        certainty: isNamed ? 'certain' : 'likely',
        severity: 'warning',
        exchanges: [wait.answer, ...wait.early],
        subject: first.subject,
        what: `${describeIntent(wait.answer)} was answered ${wait.answer.status} with Retry-After of ${wait.length / 1000} s, and ${describeIntent(first)} came after ${after / 1000} s`,
        advice: 'Send nothing within the same limit before the time that Retry-After says is over.',
      });
    };
    return {
      exchange: (exchange) => {
        const isWaited = waits.size > 0 && waited.has(exchange.entry.provider);
        for (const place of isWaited ? listScopes(exchange) : NONE) {
          const wait = waits.get(place);
          if (!wait) continue;
          if (isOver(wait, exchange)) {
            waits.delete(place);
            report(wait);
          } else if (isEarly(wait, exchange)) wait.early.push(exchange);
        }
        const length = findWait(exchange);
        if (length === undefined) return;
        const place = toScope(exchange);
        // One that came early is told to wait in turn, and goes on with the same mistake.
        const open = waits.get(place);
        if (open && open.early.length > 0) return;
        if (waits.size >= FOLLOWED) return;
        waits.set(place, { answer: exchange, length, early: [] });
        waited.add(exchange.entry.provider);
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

const NONE: readonly string[] = [];

/** Milliseconds that an answer told its client to wait, whoever made it. */
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

/** Of the client and the operation; and of the service's limit, where it has one. */
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
