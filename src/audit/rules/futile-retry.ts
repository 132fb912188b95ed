import type { Commit } from '../../core/store/commit.ts';
import type { AuditedExchange } from '../audited-exchange.ts';
import type { AuditRule } from '../audit-rule.ts';
import { describeIntent } from '../sentences.ts';

/** Statuses that another attempt does not change. */
const FINAL: ReadonlySet<number> = new Set([400, 401, 403, 404, 409, 413, 415, 422]);
const LEAST = 3;
/** Milliseconds within which that many attempts are futile. */
const WINDOW = 5000;
/** Clients that are followed. */
const FOLLOWED = 5000;

interface Run {
  readonly exchanges: AuditedExchange[];
  readonly code: string;
}

/**
 * Three or more equal writes in a row were refused within 5 s with the same status and for the same reason, and nothing
 * had happened that could have changed the result.
 *
 * Leaves alone: reads, which poll; other credentials; refusals injected by a fault; attempts after a change of the service's
 * state or a move of the clock.
 */
export const futileRetry: AuditRule = {
  name: 'futile-retry',
  watch: (context) => {
    /** By client and provider. */
    const runs = new Map<string, Run>();
    const end = (clientKey: string): void => {
      const run = runs.get(clientKey);
      runs.delete(clientKey);
      if (run) report(run);
    };
    const report = ({ exchanges }: Run): void => {
      const [first] = exchanges;
      if (!first || !isDense(exchanges)) return;
      context.report({
        rule: 'futile-retry',
        ...{ certainty: 'likely', severity: 'info', exchanges, subject: first.subject },
        what: `${describeIntent(first)} was refused ${exchanges.length} times in a row with ${first.status} although nothing had changed`,
        advice: `A ${first.status} does not go away by itself: correct the request or give up.`,
      });
    };
    return {
      commit: (commit) => {
        for (const [clientKey, { exchanges }] of runs) {
          if (exchanges[0] && mayMatter(commit, exchanges[0])) end(clientKey);
        }
      },
      exchange: (exchange) => {
        if (!exchange.isWrite) return;
        const { clientKey, entry, status, told } = exchange;
        const run = runs.get(clientKey);
        const isRefused = told === 'told' && entry.faults.length === 0 && FINAL.has(status) && !entry.commit;
        if (!isRefused) {
          end(clientKey);
          return;
        }
        // The reason and the credential that was refused.
        const code = `${exchange.who.credential ?? ''} ${exchange.entry.answer.body}`;
        const last = run?.exchanges.at(-1);
        if (run && last && run.code === code && last.status === status && exchange.intent === last.intent) {
          run.exchanges.push(exchange);
          return;
        }
        end(clientKey);
        if (runs.size < FOLLOWED) runs.set(clientKey, { exchanges: [exchange], code });
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

/** Whether enough of the attempts came within the window. */
function isDense(exchanges: readonly AuditedExchange[]): boolean {
  return exchanges.some((last, index) => {
    const first = exchanges[index - LEAST + 1];
    return first !== undefined && last.ended - first.began <= WINDOW;
  });
}

/** Whether the response may differ after a commit. */
function mayMatter({ cause, changes }: Commit, { entry }: AuditedExchange): boolean {
  if (cause.kind === 'clock') return true;
  if (cause.kind === 'act' || cause.kind === 'replace' || cause.provider !== entry.provider) return false;
  return changes.some(({ part, provider }) => part === 'own' && provider === entry.provider);
}
