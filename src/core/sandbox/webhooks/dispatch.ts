import type { Faults } from '../../faults/armed-rules.ts';
import { toBlame } from '../../provider/blame.ts';
import type { Context, ProviderTypes } from '../../provider/call.ts';
import type { Provider } from '../../provider/provider.ts';
import type { Change, StateOf } from '../../store/collection.ts';
import type { Held } from '../../store/history.ts';
import type { Store } from '../../store/store.ts';
import { monotonic, toLater, type Clock, type Instant } from '../../values/clock.ts';
import type { Logger } from '../../values/logger.ts';
import { toMessage } from '../../values/message.ts';
import { toFraction, type Chance } from '../../values/random.ts';
import { DELIVERY_HEADER, type Outgoing, type Received, type Send } from '../../wire/outgoing.ts';
import type { coreCollections } from '../core-collections.ts';
import { toKeptBody, toKeptText, type Journal, type JournalEntry } from '../journal.ts';
import type { Timekeeper } from '../timekeeper.ts';
import type { SandboxPersistence } from '../sandbox-persistence.ts';
import { isOver, type Delivery } from './delivery.ts';
import type { Recording } from '../recording.ts';
import { toFailed, toRetried, toTaken, toTried, toTry } from './outcome.ts';
import { Queue } from './queue.ts';

/** The parts of a sandbox that its webhooks need. */
interface Home {
  readonly name: string;
  readonly clock: Pick<Clock, 'now'>;
  readonly faults: Faults;
  readonly journal: Journal;
  readonly recording: Pick<Recording, 'add'>;
  /** How often ids have restarted. */
  readonly beginnings: number;
  readonly persistence: Pick<SandboxPersistence, 'pending' | 'whenKept'>;
  readonly time: Pick<Timekeeper, 'plan'>;
  nextRequestId(): string;
  chance(stream: string): Chance;
}

interface WebhookParts {
  readonly providers: ReadonlyMap<string, Provider>;
  readonly store: Store;
  readonly records: Pick<StateOf<typeof coreCollections>, 'deliveries' | 'tallies'>;
  /** Left out if nothing can be sent. */
  readonly send?: Send | undefined;
  readonly logger: Logger;
  /** Commits the writes of `work` under this operation. */
  readonly act: (operation: string, work: () => void) => void;
}

/** Limit of deliveries of one sandbox in progress at once, and of those to receivers that did not answer the last time. */
const MOST = 64;
const MOST_SILENT = 32;
/** A delivery in progress. */
interface Sending {
  readonly seq: number;
  readonly over: Promise<void>;
  readonly controller: AbortController;
}

/** Sends the queue of one sandbox: the events of each subscription one after another, and again if that fails. */
export class Webhooks {
  readonly queue: Queue;
  readonly #home: Home;
  readonly #parts: WebhookParts;
  /**
   * By lane: deliveries of one subscription never overtake each other. A delivery that is sent on purpose has its own
   * lane.
   */
  readonly #sending = new Map<string, Sending>();
  /** Lanes whose last attempt got no answer; they leave room for others. */
  readonly #silent = new Set<string>();
  /** The journal's ids and entries of deliveries that were queued since it began, by their `seq`. */
  readonly #kept = new Map<number, { readonly id: string; held?: Held<JournalEntry> }>();
  /** The newest delivery that is known to be durable. */
  #durable = 0;
  #isWaking = false;
  #generation = 0;
  #isClosed = false;

  constructor(home: Home, parts: WebhookParts) {
    this.#home = home;
    this.#parts = parts;
    this.queue = new Queue(parts.store, parts.records.deliveries, parts.records.tallies);
  }

  /** Whether anything is to be sent, or any subscription exists. */
  isInUse(readState: (provider: string) => Context<ProviderTypes>['state']): boolean {
    if (this.queue.size > 0 && this.queue.isWaiting) return true;
    for (const { id, webhooks } of this.#parts.providers.values()) if (webhooks?.isAwaited(readState(id))) return true;
    return false;
  }

  /** Queues the events of a transaction's changes, inside the transaction. */
  take({ id, webhooks }: Provider, changes: readonly Change[], context: Context<ProviderTypes>): void {
    // Lists them first: nothing may be written during the listing.
    for (const event of [...(webhooks?.events(changes, context) ?? [])]) {
      const added = this.queue.add(id, event, context.now);
      if (!isOver(added)) this.#kept.set(added.seq, { id: this.#home.nextRequestId() });
      else this.#warn(added);
    }
  }

  /** Sends queued deliveries once they are durable and the request that caused them is answered. */
  wake(): void {
    if (this.#isWaking || this.#isClosed) return;
    this.#isWaking = true;
    setImmediate(() => {
      this.#isWaking = false;
      if (this.#isClosed) return;
      const { last } = this.queue;
      const { persistence } = this.#home;
      persistence.whenKept(
        () => {
          this.#durable = Math.max(this.#durable, last);
          this.pump();
        },
        () => {
          this.wake();
        },
      );
    });
  }

  /**
   * Starts again after all state was replaced. It does not wait for deliveries in progress, which may be sent again.
   */
  restart(): void {
    this.#generation += 1;
    this.#abort();
    this.#silent.clear();
    this.#kept.clear();
    this.#durable = 0;
    if (this.queue.size > 0) this.wake();
  }

  close(): void {
    this.#isClosed = true;
    this.#abort();
    this.#kept.clear();
  }

  #abort(): void {
    for (const { controller } of this.#sending.values()) controller.abort();
    this.#sending.clear();
  }

  /** When the next delivery is due that is not due yet. */
  get nextAt(): Instant | undefined {
    if (this.queue.size === 0) return undefined;
    const now = this.#home.clock.now();
    let next: Instant | undefined;
    for (const { dueAt } of this.queue.heads()) {
      if (dueAt > now && (next === undefined || dueAt < next)) next = dueAt;
    }
    return next;
  }

  /** Whether any delivery could be sent now. */
  get hasDue(): boolean {
    if (this.queue.size === 0) return false;
    const now = this.#home.clock.now();
    for (const head of this.queue.heads()) if (head.dueAt <= now && this.#canSend(head)) return true;
    return false;
  }

  /** Deliveries of a provider that is not installed wait until it is. */
  #canSend({ provider }: Delivery): boolean {
    return this.#parts.send !== undefined && this.#parts.providers.has(provider);
  }

  /** Sends what is due and durable. */
  pump(): void {
    if (this.#isClosed || this.queue.size === 0) return;
    for (const { seq } of [...this.queue.heads()]) {
      const head = this.queue.find(seq);
      if (head) this.#pumpLane(head);
    }
    this.#home.time.plan();
  }

  #pumpLane(first: Delivery): void {
    const lane = toLane(first);
    const now = this.#home.clock.now();
    for (let head = this.queue.headOf(first); head; head = this.queue.headOf(first)) {
      if (this.#sending.size >= MOST || this.#sending.has(lane)) return;
      if (this.#silent.has(lane) && this.#countSilent() >= MOST_SILENT) return;
      if (head.dueAt > now || head.seq > this.#durable || !this.#canSend(head) || this.isUnderWay(head.seq)) return;
      if (!head.isAsked && this.#meet(head)) continue;
      void this.#start(lane, head);
    }
  }

  #countSilent(): number {
    return [...this.#sending.keys()].filter((lane) => this.#silent.has(lane)).length;
  }

  /** @returns whether a fault rule keeps it from being sent now */
  #meet(delivery: Delivery): boolean {
    const met = this.#findFault(delivery);
    if (!met) return false;
    const asked: Delivery = { ...delivery, isAsked: true, fault: met };
    switch (met.webhook) {
      case 'hold':
        this.#put('holdWebhook', { ...asked, state: 'held' });
        return true;
      case 'drop':
        this.#put('dropWebhook', { ...asked, state: 'dropped' });
        this.#kept.delete(delivery.seq);
        return true;
      case 'reorder':
        this.#put('reorderWebhook', { ...asked, yields: true });
        return true;
      case 'duplicate':
        this.#put('duplicateWebhook', { ...asked, isDouble: true });
        return true;
    }
  }

  #findFault(delivery: Delivery): Delivery['fault'] | undefined {
    const { faults, clock } = this.#home;
    const { provider, subject, topic, url } = delivery;
    const plan = faults.planFor(provider, undefined);
    if (!plan) return undefined;
    const { pathname: path, searchParams } = new URL(URL.canParse(url) ? url : 'http://nowhere');
    const query = Object.fromEntries(searchParams);
    const matchable = { subject: subject ?? undefined, method: 'POST', path, topic, query, headers: {} };
    const found = plan.find('during', { ...matchable, body: this.#tryRender(delivery) });
    // A delivery that overtakes one does not yield itself: two that yield to each other would wait for ever.
    const isOvertaking = this.queue.yieldingOf(delivery) !== undefined;
    for (const rule of found) {
      const { effect } = rule.fault;
      if (effect?.kind !== 'webhook' || (effect.how === 'reorder' && isOvertaking)) continue;
      if (faults.fire(rule, clock.now(), () => toFraction(this.#home.chance('faults'))))
        return { id: rule.id, webhook: effect.how };
    }
    return undefined;
  }

  #render({ provider, content, retries }: Delivery): object {
    return this.#parts.providers.get(provider)?.webhooks?.render(content, retries) ?? content;
  }

  /** Renders its body for fault rules; why that fails is reported when it is sent. */
  #tryRender(delivery: Delivery): object | undefined {
    try {
      return this.#render(delivery);
    } catch {
      return undefined;
    }
  }

  #put(operation: string, delivery: Delivery): void {
    this.#parts.act(operation, () => {
      this.queue.put(delivery);
      const yielding = delivery.state === 'waiting' ? undefined : this.queue.yieldingOf(delivery);
      if (yielding && yielding.seq !== delivery.seq) this.queue.put({ ...yielding, yields: false });
    });
  }

  #start(lane: string, delivery: Delivery): Promise<void> {
    const { send, providers, logger } = this.#parts;
    const { name: sandbox } = this.#home;
    const { seq, provider, topic, url } = delivery;
    const policy = providers.get(provider)?.webhooks;
    const generation = this.#generation;
    const controller = new AbortController();
    const started = monotonic();
    const run = async (): Promise<void> => {
      let outgoing: Outgoing | undefined;
      let received: Received;
      try {
        if (!send || !policy) throw new Error('This emulator cannot send webhooks.');
        outgoing = toOutgoing(delivery, this.#render(delivery), policy.patience);
        received = await send(outgoing, controller.signal);
      } catch (error) {
        logger.error(
          { sandbox, provider, topic, error: toMessage(error) },
          `a webhook cannot be sent${toBlame(error)}`,
        );
        received = { error: toMessage(error) };
      }
      if (this.#generation !== generation || this.#isClosed) return;
      this.#sending.delete(lane);
      if (received.status === undefined && this.queue.find(seq)) this.#silent.add(lane);
      else this.#silent.delete(lane);
      const current = this.queue.find(seq);
      if (current) this.#finish(current, outgoing, received, monotonic() - started, policy?.retries ?? []);
      else logger.error({ sandbox, provider, topic, url }, 'a webhook was sent whose delivery is no longer kept');
    };
    const over = run().then(() => {
      this.pump();
    });
    this.#sending.set(lane, { seq, over, controller });
    return over;
  }

  #finish(
    delivery: Delivery,
    outgoing: Outgoing | undefined,
    received: Received,
    duration: number,
    retries: readonly number[],
  ): void {
    const at = this.#home.clock.now();
    const { status } = received;
    const isTaken = status !== undefined && status >= 200 && status < 300;
    const tried = toTried(delivery, toTry(received, at, duration));
    const pause = 'isOutside' in received && received.isOutside ? undefined : retries[delivery.round];
    const next = isTaken
      ? toTaken(tried)
      : pause === undefined
        ? toFailed(tried)
        : toRetried(tried, toLater(at, pause));
    const request = this.#record(next, outgoing, received, duration);
    this.#put('deliverWebhook', { ...next, request });
    if (isOver(next)) this.#kept.delete(next.seq);
    if (next.state === 'failed') this.#warn(next);
  }

  #warn({ provider, topic, url, tried, tries }: Delivery): void {
    const { logger } = this.#parts;
    const { name: sandbox } = this.#home;
    const { status = null, error = null } = tries.at(-1) ?? {};
    logger.warn({ sandbox, provider, topic, url, tries: tried, status, error }, 'a webhook is given up');
  }

  /** Adds what was sent and received to the journal. @returns its id there */
  #record(delivery: Delivery, outgoing: Outgoing | undefined, received: Received, duration: number): string {
    const { name: sandbox, journal, recording, beginnings } = this.#home;
    const { seq, provider, topic, state, subject, url, at, tried, fault } = delivery;
    const known = this.#kept.get(seq) ?? { id: this.#home.nextRequestId() };
    const webhook = { id: String(seq), topic, state, tries: tried };
    const answer = toKeptReceived(received);
    const said = { webhook, answer, duration };
    const began = monotonic() - duration;
    if (known.held && !known.held.isGone) {
      journal.amend(known.held, said);
      return known.id;
    }
    const entry: JournalEntry = {
      ...{ id: known.id, sandbox, at, provider, operation: undefined, subject: subject ?? undefined },
      ...{ method: 'POST', url, requestHeaders: outgoing?.headers ?? {}, requestBody: toKeptBody(outgoing?.body) },
      ...{ requestSize: outgoing?.body.length ?? 0, commit: undefined, violations: [], bug: undefined },
      ...{ began, fate: 'whole', seen: 0 },
      ...said,
      faults: fault === null ? [] : [{ name: fault.id, phase: 'during', written: { webhook: fault.webhook } }],
    };
    const held = journal.add(entry);
    // This marks the point after which nothing can be repeated.
    recording.add(held, beginnings, undefined, '');
    this.#kept.set(seq, { ...known, held });
    return known.id;
  }

  /** Resolves when no delivery is in progress and nothing due can be sent. */
  async settle(): Promise<void> {
    const generation = this.#generation;
    while (!this.#isClosed && this.#generation === generation) {
      const { last } = this.queue;
      await this.#home.persistence.pending;
      if (this.#generation !== generation) return;
      this.#durable = Math.max(this.#durable, last);
      this.pump();
      if (this.#sending.size > 0) await Promise.race([...this.#sending.values()].map(({ over }) => over));
      else if (!this.hasDue) return;
    }
  }

  /** Whether a delivery is in progress. */
  isUnderWay(seq: number): boolean {
    return [...this.#sending.values()].some((sending) => sending.seq === seq);
  }

  /** Sends a delivery now, out of turn; resolves when that has ended. @param delivery one that is not in progress */
  async sendNow(delivery: Delivery): Promise<void> {
    const { tried } = delivery;
    const now = this.#home.clock.now();
    const isNew = tried === 0 || delivery.state === 'waiting';
    const retries = isNew ? delivery.retries : delivery.retries + 1;
    const again: Delivery = {
      ...delivery,
      state: 'waiting',
      dueAt: now,
      isAsked: true,
      yields: false,
      retries,
      round: 0,
    };
    this.#put('sendWebhook', again);
    await this.#home.persistence.pending;
    const current = this.queue.find(delivery.seq);
    if (current?.state === 'waiting' && !this.isUnderWay(current.seq)) await this.#start(`${current.seq}`, current);
    else await this.settle();
  }
}

/** Returns the lane of a subscription; it is never equal to a `seq`. */
function toLane({ provider, subscription }: Delivery): string {
  return `${provider} ${subscription}`;
}

function toOutgoing({ seq, url }: Delivery, body: object, patience: number): Outgoing {
  const headers = { 'content-type': 'application/json', 'user-agent': 'credits-emulator', [DELIVERY_HEADER]: `${seq}` };
  return { url, headers, body: Buffer.from(JSON.stringify(body)), patience };
}

function toKeptReceived(received: Received): JournalEntry['answer'] {
  if (received.status === undefined) return { status: 0, headers: {}, body: '', head: false, ended: received.error };
  const { status, headers, body } = received;
  return { status, headers: { ...headers }, body: toKeptText(body), head: false };
}
