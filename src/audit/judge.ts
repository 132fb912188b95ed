import { isDelivery, type Delivery } from '../core/sandbox/webhooks/delivery.ts';
import type { LoggedEvent, StreamIncident } from '../core/sandbox/event-log.ts';
import type { JournalEntry } from '../core/sandbox/journal.ts';
import type { Sandbox } from '../core/sandbox/sandbox.ts';
import type { Commit, TransactionCause } from '../core/store/commit.ts';
import type { Audited } from './audited.ts';
import { Clients } from './client-identity.ts';
import type { Draft, RuleName } from './finding.ts';
import { Keys } from './keys.ts';
import { LostIntents } from './lost-intents.ts';
import { RecentCommits } from './recent-commits.ts';
import { Kinds } from './kinds.ts';
import { countScheduled, isDueItem, AuditedExchange } from './audited-exchange.ts';
import type { AuditContext, AuditRule, Watch } from './audit-rule.ts';

/** What a sandbox told, in order: what is behind `forgotten` and not behind `position`. */
export interface Telling {
  readonly forgotten: number;
  readonly position: number;
  at(position: number): LoggedEvent | undefined;
}

/** Items that are looked at before somebody else may have a turn. */
const SLICE = 250;

export interface Judged {
  readonly drafts: readonly Draft[];
  /** The id of the first exchange that was judged. */
  readonly first: string | undefined;
}

interface Subject {
  readonly sandbox: Sandbox;
  readonly audited: ReadonlyMap<string, Audited>;
  readonly rules: readonly AuditRule[];
}

/**
 * What is known of what a sandbox told, up to where it was looked at. Goes on from there, and says as often as it is asked
 * what it would say if nothing came any more. Yields after every few items, so that who runs it can let others go first.
 */
export class Judgement {
  /** The position of the first that is judged. */
  readonly from: number;
  readonly #parts: Parts;
  /** Exchanges of which more may be said after they were told, as they were. */
  readonly #open: { readonly entry: JournalEntry; readonly position: number }[] = [];
  #drafts: Draft[] = [];
  #stretch: Stretch;
  #first: string | undefined;
  #next: number;
  #isWhole = true;

  constructor({ sandbox, audited, rules }: Subject, from: number) {
    const report = (draft: Draft): void => {
      if (this.#drafts.length < MOST_DRAFTS) this.#drafts.push(draft);
    };
    this.#parts = { clients: new Clients(), kinds: new Kinds(audited, sandbox), rules, report };
    this.#stretch = new Stretch(this.#parts);
    this.from = from;
    this.#next = from;
  }

  /** The position of the first that was not looked at. */
  get next(): number {
    return this.#next;
  }

  /** Whether a new one would come to the same. */
  isStillSo(telling: Telling): boolean {
    if (!this.#isWhole || this.#open.length > MOST_OPEN) return false;
    return this.#open.every(({ entry, position }) => telling.at(position) === entry);
  }

  /** All that has come, and what is said of it. */
  *judge(telling: Telling): Generator<void, Judged, undefined> {
    yield* this.take(telling);
    return yield* this.end();
  }

  /** What comes while it is looked at is for the next time. */
  *take(telling: Telling): Generator<void, void, undefined> {
    const last = telling.position;
    while (this.#next <= last) {
      if (telling.forgotten >= this.#next) {
        // Its beginning has gone meanwhile, and nothing is judged that reaches back behind.
        this.#isWhole = false;
        this.#next = telling.forgotten + 1;
        this.#stretch = new Stretch(this.#parts);
      }
      const end = Math.min(this.#next + SLICE - 1, last);
      for (; this.#next <= end; this.#next += 1) {
        const event = telling.at(this.#next);
        if (!event) continue;
        if (isReplacement(event)) {
          yield* this.#stretch.end();
          this.#stretch = new Stretch(this.#parts);
        }
        this.#takeOne(event, this.#next);
      }
      yield;
    }
  }

  *end(): Generator<void, Judged, undefined> {
    const drafts = this.#drafts;
    this.#drafts = [...drafts];
    try {
      yield* this.#stretch.end();
      return { drafts: withoutCovered(this.#drafts), first: this.#first };
    } finally {
      this.#drafts = drafts;
    }
  }

  #takeOne(event: LoggedEvent, position: number): void {
    if ('method' in event) {
      this.#first ??= event.id;
      if (this.#open.length <= MOST_OPEN && mayGoOn(event)) this.#open.push({ entry: event, position });
      this.#stretch.takeExchange(event, position);
    } else if ('cause' in event) this.#stretch.takeCommit(event);
    else if (event.kind === 'stream') this.#stretch.takeIncident(event);
  }
}

function isReplacement(event: LoggedEvent): boolean {
  return 'cause' in event && event.cause.kind === 'replace';
}

/** Exchanges of which more may be said, beside which nothing is worth going on from. */
const MOST_OPEN = 1000;

/** Whether more may be said of it later: how a stream or a slow answer ended, or what became of a delivery. */
function mayGoOn({ sent, webhook, answer }: JournalEntry): boolean {
  return sent !== undefined || webhook !== undefined || answer.delivery !== undefined;
}

/** What follows from an effect that was made twice is no mistake of its own. */
const COVERED: ReadonlySet<RuleName> = new Set<RuleName>(['no-key', 'unseen-effect', 'missing-effect']);

function withoutCovered(drafts: readonly Draft[]): readonly Draft[] {
  const twofold = drafts.filter(({ rule }) => rule === 'double-effect');
  if (twofold.length === 0) return drafts;
  const covered = new Set(twofold.flatMap(({ exchanges }) => exchanges));
  return drafts.filter(({ rule, exchanges }) => !COVERED.has(rule) || !exchanges.some((one) => covered.has(one)));
}

/** Of one record; what is beyond is the same mistake made again and again. */
const MOST_DRAFTS = 5000;

const NO_COMMITS: readonly Commit[] = [];

interface Parts {
  readonly clients: Clients;
  readonly kinds: Kinds;
  readonly rules: readonly AuditRule[];
  readonly report: (draft: Draft) => void;
}

/** What happened from one replacement of all state to the next. */
class Stretch {
  readonly #parts: Parts;
  readonly #commits = new RecentCommits();
  readonly #keys = new Keys();
  readonly #lost = new LostIntents((lost, again) => {
    for (const watch of this.#watches) watch.retried?.(lost, again);
  });
  readonly #watches: readonly Watch[];
  readonly #onCommit: readonly Watch[];
  readonly #onExchange: readonly Watch[];
  readonly #onIncident: readonly Watch[];
  readonly #onSettled: readonly Watch[];
  /** Of exchanges whose effect comes later, by the keys of what was scheduled: the ids of the exchanges. */
  readonly #scheduled = new Map<string, string>();
  /** Those that wait for such an effect, by id. */
  readonly #waiting = new Map<string, AuditedExchange>();
  /** Effects of exchanges that are not over yet, by id. */
  readonly #early = new Map<string, Commit[]>();
  readonly #streams = new Map<string, AuditedExchange>();

  constructor(parts: Parts) {
    this.#parts = parts;
    const course: AuditContext = {
      report: parts.report,
      commits: this.#commits,
      keys: this.#keys,
      lost: this.#lost,
      findStream: (request) => this.#streams.get(request),
    };
    this.#watches = parts.rules.map(({ watch }) => watch(course));
    this.#onCommit = this.#watches.filter((watch) => 'commit' in watch);
    this.#onExchange = this.#watches.filter((watch) => 'exchange' in watch);
    this.#onIncident = this.#watches.filter((watch) => 'incident' in watch);
    this.#onSettled = this.#watches.filter((watch) => 'settled' in watch);
  }

  *end(): Generator<void, void, undefined> {
    for (const watch of this.#watches) if (watch.end) yield* watch.end();
  }

  takeCommit(commit: Commit): void {
    this.#commits.add(commit);
    if (commit.cause.kind === 'request' || commit.cause.kind === 'due') this.#followDue(commit, commit.cause);
    if (commit.cause.kind === 'act') this.#followDeliveries(commit);
    for (const watch of this.#onCommit) watch.commit?.(commit);
  }

  /** What an exchange has scheduled is its effect when it comes. */
  #followDue(commit: Commit, cause: TransactionCause): void {
    const { changes } = commit;
    if (cause.kind === 'request' && cause.requestId !== undefined) {
      if (!this.#settles(cause) || countScheduled(commit) === 0) return;
      for (const change of changes) {
        if (isDueItem(change) && change.after) this.#scheduled.set(change.key, cause.requestId);
      }
      return;
    }
    if (this.#scheduled.size === 0) return;
    for (const change of changes) {
      const request = isDueItem(change) && !change.after ? this.#scheduled.get(change.key) : undefined;
      if (request === undefined) continue;
      this.#scheduled.delete(change.key);
      this.#bring(request, commit);
    }
  }

  #settles({ provider, operation }: TransactionCause): boolean {
    return this.#parts.kinds.find(provider, operation).operation?.audit?.settles === true;
  }

  #bring(request: string, commit: Commit): void {
    const exchange = this.#waiting.get(request);
    if (!exchange) {
      const early = this.#early.get(request);
      if (early) early.push(commit);
      else this.#early.set(request, [commit]);
      return;
    }
    this.#settle(exchange, commit);
    if (exchange.isPending) return;
    this.#waiting.delete(request);
    for (const watch of this.#onSettled) watch.settled?.(exchange);
  }

  #settle(exchange: AuditedExchange, commit: Commit): void {
    exchange.settle(commit);
    this.#commits.tell(exchange, commit);
  }

  #takeEarly(request: string): readonly Commit[] {
    if (this.#early.size === 0) return NO_COMMITS;
    const early = this.#early.get(request);
    this.#early.delete(request);
    return early ?? NO_COMMITS;
  }

  #followDeliveries({ changes, seq }: Commit): void {
    for (const change of changes) {
      if (!isDelivery(change) || !change.after) continue;
      const { provider, subject, state } = change.after as Delivery;
      if (state === 'delivered') this.#lost.notify(provider, subject, seq);
    }
  }

  takeExchange(entry: JournalEntry, position: number): void {
    const { clients, kinds } = this.#parts;
    const kind = kinds.find(entry.provider, entry.operation);
    const exchange = new AuditedExchange(entry, position, clients.find(entry, kind.audited), kind);
    for (const commit of this.#takeEarly(entry.id)) this.#settle(exchange, commit);
    if (exchange.isPending) this.#waiting.set(entry.id, exchange);
    if (entry.sent) this.#streams.set(entry.id, exchange);
    if (entry.commit) this.#commits.tell(exchange, entry.commit);
    this.#keys.take(exchange);
    this.#lost.take(exchange);
    for (const watch of this.#onExchange) watch.exchange?.(exchange);
    exchange.forgetBody();
  }

  takeIncident(incident: StreamIncident): void {
    const stream = this.#streams.get(incident.request);
    if (stream && incident.what === 'sent') this.#lost.push(stream, this.#commits.last);
    for (const watch of this.#onIncident) watch.incident?.(incident);
    if (stream && incident.what === 'ended') {
      this.#lost.close(stream);
      this.#streams.delete(incident.request);
    }
  }
}
