import type { Commit } from '../../../core/store/commit.ts';
import type { Recorded } from '../recorded.ts';
import type { Rule } from '../rule.ts';
import { describeIntent } from '../sentences.ts';

/** What does not go away by asking again. */
const FINAL: ReadonlySet<number> = new Set([400, 401, 403, 404, 409, 413, 415, 422]);
const LEAST = 3;
/** Milliseconds in which so many are futile. */
const WINDOW = 5000;
/** Clients and subjects that are followed. */
const FOLLOWED = 5000;

interface Run {
  readonly exchanges: Recorded[];
  readonly code: string;
}

/**
 * Three or more equal writes one after another within 5 s were refused with the same status and for the same reason, and
 * nothing had happened in between by which that could have changed.
 *
 * Leaves alone reads, which poll, other credentials, refusals that a fault brought, and what came after anything of the service
 * had changed, or after the clock was moved.
 */
export const futileRetry: Rule = {
  name: 'futile-retry',
  watch: (course) => {
    const runs = new Map<string, Run>();
    const end = (place: string): void => {
      const run = runs.get(place);
      runs.delete(place);
      const [first] = run?.exchanges ?? [];
      if (!run || !first || !isDense(run.exchanges)) return;
      course.report({
        rule: 'futile-retry',
        ...{ certainty: 'likely', severity: 'info', exchanges: run.exchanges, subject: first.subject },
        what: `${describeIntent(first)} was refused with ${first.status} ${run.exchanges.length} times one after another, and nothing had changed in between`,
        advice: `A ${first.status} is no accident: mend the request, or give it up.`,
      });
    };
    return {
      commit: (commit) => {
        if (runs.size === 0) return;
        for (const [place, { exchanges }] of runs) if (exchanges[0] && mayMatter(commit, exchanges[0])) end(place);
      },
      exchange: (exchange) => {
        if (!exchange.isWrite || (runs.size === 0 && exchange.status < 400)) return;
        const place = `${exchange.entry.provider} ${exchange.client}`;
        const run = runs.get(place);
        const isRefused =
          exchange.told === 'told' &&
          exchange.entry.faults.length === 0 &&
          FINAL.has(exchange.status) &&
          !exchange.entry.commit;
        if (!isRefused) {
          if (run) end(place);
          return;
        }
        const code = toCode(exchange);
        const last = run?.exchanges.at(-1);
        if (run && last && run.code === code && last.status === exchange.status && last.intent === exchange.intent) {
          run.exchanges.push(exchange);
          return;
        }
        if (run) end(place);
        if (runs.size < FOLLOWED) runs.set(place, { exchanges: [exchange], code });
      },
      end: () => {
        for (const place of [...runs.keys()]) end(place);
      },
    };
  },
};

/** Whether so many of them came within the time. */
function isDense(exchanges: readonly Recorded[]): boolean {
  return exchanges.some((last, index) => {
    const first = exchanges[index - LEAST + 1];
    return first !== undefined && last.ended - first.began <= WINDOW;
  });
}

/** What was given as a reason, and by whom: the same text for the same credential. */
function toCode({ entry, who }: Recorded): string {
  return `${who.credential ?? ''} ${entry.answer.body}`;
}

/** Whether the answer may be another one behind it. */
function mayMatter({ cause, changes }: Commit, { entry }: Recorded): boolean {
  if (cause.kind === 'clock') return true;
  if (cause.kind === 'act' || cause.kind === 'replace' || cause.provider !== entry.provider) return false;
  return changes.some(({ part, provider }) => part === 'own' && provider === entry.provider);
}
