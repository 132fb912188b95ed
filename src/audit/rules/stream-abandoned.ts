import type { AuditedExchange } from '../audited-exchange.ts';
import type { AuditContext, AuditRule } from '../audit-rule.ts';

/** Milliseconds of real time within which a client should open the stream again. */
const PATIENCE = 10_000;
const LEAST = 2;
const FOLLOWED = 1000;

interface EndedStream {
  readonly stream: AuditedExchange;
  readonly at: number;
  readonly isStalled: boolean;
  readonly later: AuditedExchange[];
}

/**
 * The emulator or a fault ended a stream, and its client sent two requests or more about that subject within 10 s without trying
 * to open the stream again. So the client acts on old data.
 *
 * Leaves alone: a client that tried, even if it was refused; one that was busy with other subjects; one that ended the stream
 * itself. A stream that only stalled is reported as info.
 */
export const streamAbandoned: AuditRule = {
  name: 'stream-abandoned',
  watch: (context) => {
    const open = new Set<EndedStream>();
    return {
      exchange: (exchange) => {
        for (const ended of open) {
          if (exchange.began > ended.at + PATIENCE) {
            open.delete(ended);
            report(ended, context);
          } else if (isAbout(exchange, ended)) {
            if (exchange.entry.operation === ended.stream.entry.operation) open.delete(ended);
            else ended.later.push(exchange);
          }
        }
        const ended = toEnded(exchange);
        if (ended && open.size < FOLLOWED) open.add(ended);
      },
      *end() {
        for (const ended of open) {
          report(ended, context);
          yield;
        }
      },
    };
  },
};

/** Whether the client of a stream sent an exchange about the same subject after the stream had ended. */
function isAbout({ client, entry, subject, began }: AuditedExchange, { stream, at }: EndedStream): boolean {
  if (client !== stream.client || entry.provider !== stream.entry.provider || began <= at) return false;
  return subject !== undefined && subject === stream.subject;
}

/** How a stream ended, unless its client ended it. When a stalled one stalled is unknown, so its beginning counts. */
function toEnded(stream: AuditedExchange): EndedStream | undefined {
  const { entry, ended: at, began } = stream;
  if (!entry.sent) return undefined;
  if (entry.answer.ended !== undefined) return { stream, at, isStalled: false, later: [] };
  const isStalled = entry.faults.some(({ written }) => JSON.stringify(written).includes('"stall"'));
  return isStalled ? { stream, at: began, isStalled, later: [] } : undefined;
}

function report({ stream, isStalled, later }: EndedStream, context: AuditContext): void {
  if (later.length < LEAST) return;
  const { entry } = stream;
  context.report({
    rule: 'stream-abandoned',
    certainty: 'likely',
    severity: isStalled ? 'info' : 'warning',
    exchanges: [stream, ...later],
    subject: stream.subject,
    what: `${entry.operation ?? ''} of ${stream.subject ?? ''} ${isStalled ? 'stalled' : `was ${entry.answer.ended ?? 'ended'}`}, and the client sent ${later.length} more requests about that subject without opening the stream again`,
    advice: 'When a stream ends, open it again after a short wait and take its first event as the current state.',
  });
}
