import type { Commit } from '../../core/store/commit.ts';
import type { AuditedExchange } from '../audited-exchange.ts';
import type { AuditRule } from '../audit-rule.ts';
import { describeIntent } from '../sentences.ts';

/** What does not go away by asking again. */
const FINAL: ReadonlySet<number> = new Set([400, 401, 403, 404, 409, 413, 415, 422]);
const LEAST = 3;
/** Milliseconds in which so many are futile. */
const WINDOW = 5000;
/** Clients and subjects that are followed. */
const FOLLOWED = 5000;

interface Run {
  readonly exchanges: AuditedExchange[];
  readonly code: string;
  readonly provider: string;
}

/**
 * Three or more equal writes one after another within 5 s were refused with the same status and for the same reason, and
 * nothing had happened in between by which that could have changed.
 *
 * Leaves alone reads, which poll, other credentials, refusals that a fault brought, and what came after anything of the service
 * had changed, or after the clock was moved.
 */
export const futileRetry: AuditRule = {
  name: 'futile-retry',
  watch: (course) => {
    const runs = new Map<string, Run>();
    /** How many of them there are of each provider. */
    const counts = new Map<string, number>();
    const count = (provider: string, more: number): void => {
      counts.set(provider, (counts.get(provider) ?? 0) + more);
    };
    const end = (place: string): void => {
      const run = runs.get(place);
      if (!run) return;
      runs.delete(place);
      count(run.provider, -1);
      report(run);
    };
    const report = ({ exchanges }: Run): void => {
      const [first] = exchanges;
      if (!first || !isDense(exchanges)) return;
      course.report({
        rule: 'futile-retry',
        ...{ certainty: 'likely', severity: 'info', exchanges, subject: first.subject },
        what: `${describeIntent(first)} was refused with ${first.status} ${exchanges.length} times one after another, and nothing had changed in between`,
        advice: `A ${first.status} is no accident: mend the request, or give it up.`,
      });
    };
    return {
      commit: (commit) => {
        if (runs.size === 0 || !mayMatterTo(commit, counts)) return;
        for (const [place, { exchanges }] of runs) if (exchanges[0] && mayMatter(commit, exchanges[0])) end(place);
      },
      exchange: (exchange) => {
        if (!exchange.isWrite || (runs.size === 0 && exchange.status < 400)) return;
        const { place } = exchange.who;
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
        if (run && last && run.code === code && last.status === exchange.status && exchange.hasIntentOf(last)) {
          run.exchanges.push(exchange);
          return;
        }
        if (run) end(place);
        if (runs.size >= FOLLOWED) return;
        const { provider } = exchange.entry;
        runs.set(place, { exchanges: [exchange], code, provider });
        count(provider, 1);
      },
      *end() {
        for (const run of runs.values()) {
          report(run);
          yield;
        }
      },
    };
  },
};

/** Whether so many of them came within the time. */
function isDense(exchanges: readonly AuditedExchange[]): boolean {
  return exchanges.some((last, index) => {
    const first = exchanges[index - LEAST + 1];
    return first !== undefined && last.ended - first.began <= WINDOW;
  });
}

/** What was given as a reason, and by whom: the same text for the same credential. */
function toCode({ entry, who }: AuditedExchange): string {
  return `${who.credential ?? ''} ${entry.answer.body}`;
}

/** Whether it may matter to any that are followed. */
function mayMatterTo({ cause }: Commit, counts: ReadonlyMap<string, number>): boolean {
  return cause.kind === 'clock' || ('provider' in cause && (counts.get(cause.provider) ?? 0) > 0);
}

/** Whether the answer may be another one behind it. */
function mayMatter({ cause, changes }: Commit, { entry }: AuditedExchange): boolean {
  if (cause.kind === 'clock') return true;
  if (cause.kind === 'act' || cause.kind === 'replace' || cause.provider !== entry.provider) return false;
  return changes.some(({ part, provider }) => part === 'own' && provider === entry.provider);
}
