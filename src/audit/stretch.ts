import { isDueItem } from '../core/sandbox/due-items.ts';
import { isDelivery, type Delivery } from '../core/sandbox/webhooks/delivery.ts';
import type { LoggedEvent, StreamIncident } from '../core/sandbox/event-log.ts';
import type { JournalEntry } from '../core/sandbox/journal.ts';
import type { Sandbox } from '../core/sandbox/sandbox.ts';
import type { Commit, TransactionCause } from '../core/store/commit.ts';
import type { AuditContext, AuditRule, Watch } from './audit-rule.ts';
import { AuditedExchange, countScheduled } from './audited-exchange.ts';
import type { AuditedProvider } from './audited-provider.ts';
import type { Clients } from './client-identity.ts';
import type { FindingDraft } from './finding.ts';
import { Keys } from './keys.ts';
import { LostWrites } from './lost-writes.ts';
import { RecentCommits } from './recent-commits.ts';

interface StretchParts {
  readonly sandbox: Sandbox;
  readonly audited: ReadonlyMap<string, AuditedProvider>;
  readonly rules: readonly AuditRule[];
  readonly clients: Clients;
  readonly report: (draft: FindingDraft) => void;
}

/** What happens between two replacements of all state. */
export class Stretch {
  readonly #parts: StretchParts;
  readonly #commits = new RecentCommits();
  readonly #keys = new Keys();
  readonly #lost = new LostWrites((lost, again) => {
    for (const watch of this.#watches) watch.retried?.(lost, again);
  });
  readonly #watches: readonly Watch[];
  /** The ids of the exchanges that scheduled items, by the keys of these. */
  readonly #scheduled = new Map<string, string>();
  /** Exchanges with scheduled effects, by id. */
  readonly #waiting = new Map<string, AuditedExchange>();
  /** Commits of scheduled items whose exchanges have not ended yet, by the ids of these. */
  readonly #early = new Map<string, Commit[]>();
  readonly #streams = new Map<string, AuditedExchange>();

  constructor(parts: StretchParts) {
    this.#parts = parts;
    const context: AuditContext = {
      report: parts.report,
      commits: this.#commits,
      keys: this.#keys,
      lost: this.#lost,
    };
    this.#watches = parts.rules.map(({ watch }) => watch(context));
  }

  take(event: LoggedEvent, position: number): void {
    if ('method' in event) this.#takeExchange(event, position);
    else if ('cause' in event) this.#takeCommit(event);
    else if (event.kind === 'stream') this.#takeIncident(event);
  }

  *end(): Generator<void, void, undefined> {
    for (const watch of this.#watches) if (watch.end) yield* watch.end();
  }

  #takeCommit(commit: Commit): void {
    const { cause } = commit;
    this.#commits.add(commit);
    if (cause.kind === 'request' || cause.kind === 'due') this.#followScheduled(commit, cause);
    if (cause.kind === 'act') this.#followDeliveries(commit);
    for (const watch of this.#watches) watch.commit?.(commit);
  }

  /** The commit of a scheduled item is an effect of the exchange that scheduled it. */
  #followScheduled(commit: Commit, cause: TransactionCause): void {
    const { changes } = commit;
    if (cause.kind === 'request' && cause.requestId !== undefined) {
      const operation = this.#parts.audited.get(cause.provider)?.operations.get(cause.operation);
      if (operation?.audit?.settles !== true || countScheduled(commit) === 0) return;
      for (const change of changes) {
        if (isDueItem(change) && change.after) this.#scheduled.set(change.key, cause.requestId);
      }
      return;
    }
    for (const change of changes) {
      const request = isDueItem(change) && !change.after ? this.#scheduled.get(change.key) : undefined;
      if (request === undefined) continue;
      this.#scheduled.delete(change.key);
      this.#bring(request, commit);
    }
  }

  #bring(request: string, commit: Commit): void {
    const exchange = this.#waiting.get(request);
    if (!exchange) {
      this.#early.set(request, [...(this.#early.get(request) ?? []), commit]);
      return;
    }
    this.#settle(exchange, commit);
    if (exchange.isPending) return;
    this.#waiting.delete(request);
    for (const watch of this.#watches) watch.settled?.(exchange);
  }

  #settle(exchange: AuditedExchange, commit: Commit): void {
    exchange.settle(commit);
    this.#commits.attribute(commit, exchange);
  }

  #followDeliveries({ changes, seq }: Commit): void {
    for (const change of changes) {
      if (!isDelivery(change) || !change.after) continue;
      const { provider, subject, state } = change.after as Delivery;
      if (state === 'delivered') this.#lost.notify(provider, subject, seq);
    }
  }

  #takeExchange(entry: JournalEntry, position: number): void {
    const { sandbox, clients } = this.#parts;
    const audited = this.#parts.audited.get(entry.provider);
    const operation = entry.operation === undefined ? undefined : audited?.operations.get(entry.operation);
    const who = clients.find(entry, audited);
    const exchange = new AuditedExchange(entry, position, who, { sandbox, audited, operation });
    for (const commit of this.#early.get(entry.id) ?? []) this.#settle(exchange, commit);
    this.#early.delete(entry.id);
    if (exchange.isPending) this.#waiting.set(entry.id, exchange);
    if (entry.sent) this.#streams.set(entry.id, exchange);
    if (entry.commit) this.#commits.attribute(entry.commit, exchange);
    this.#keys.take(exchange);
    this.#lost.take(exchange);
    for (const watch of this.#watches) watch.exchange?.(exchange);
    exchange.forgetBody();
  }

  #takeIncident({ request, what }: StreamIncident): void {
    const stream = this.#streams.get(request);
    if (!stream) return;
    if (what === 'sent') this.#lost.push(stream, this.#commits.last);
    if (what === 'ended') {
      this.#lost.close(stream);
      this.#streams.delete(request);
    }
  }
}
