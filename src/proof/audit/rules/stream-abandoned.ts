import type { Recorded } from '../recorded.ts';
import type { Course, Rule } from '../rule.ts';

/** Milliseconds of real time in which a client is expected to open the stream again. */
const PATIENCE = 10_000;
const LEAST = 2;
const FOLLOWED = 1000;

interface Ended {
  readonly stream: Recorded;
  readonly at: number;
  readonly isStalled: boolean;
  readonly later: Recorded[];
}

/**
 * A stream was ended by the emulator or a fault, and its client went on with two exchanges or more about that subject within
 * 10 s without trying to open it again: it acts on what it last heard.
 *
 * Leaves alone a client that tried, even if it was refused, one that was busy with other subjects, and one that ended the
 * stream itself. Of a stream that only stalled it says so, and no more.
 */
export const streamAbandoned: Rule = {
  name: 'stream-abandoned',
  watch: (course) => {
    const open = new Set<Ended>();
    const close = (ended: Ended): void => {
      open.delete(ended);
      if (ended.later.length >= LEAST) report(ended, course);
    };
    return {
      exchange: (exchange) => {
        for (const ended of open) {
          if (exchange.began > ended.at + PATIENCE) close(ended);
          else if (isOfClient(exchange, ended)) {
            if (exchange.entry.operation === ended.stream.entry.operation) open.delete(ended);
            else ended.later.push(exchange);
          }
        }
        const ended = toEnded(exchange);
        if (ended && open.size < FOLLOWED) open.add(ended);
      },
      end: () => {
        for (const ended of [...open]) close(ended);
      },
    };
  },
};

function isOfClient({ client, entry, subject, began }: Recorded, { stream, at }: Ended): boolean {
  if (client !== stream.client || entry.provider !== stream.entry.provider || began <= at) return false;
  return subject !== undefined && subject === stream.subject;
}

/** How a stream ended otherwise than by its client; when a stalled one stalled is not known, but that it began before. */
function toEnded(stream: Recorded): Ended | undefined {
  const { entry, ended: at, began } = stream;
  if (!entry.sent) return undefined;
  if (entry.answer.ended !== undefined) return { stream, at, isStalled: false, later: [] };
  const isStalled = entry.faults.some(({ written }) => JSON.stringify(written).includes('"stall"'));
  return isStalled ? { stream, at: began, isStalled, later: [] } : undefined;
}

function report({ stream, isStalled, later }: Ended, course: Course): void {
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
