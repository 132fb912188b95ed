import type { WebhookEvent } from '../../provider/webhooks.ts';
import type { Store } from '../../store/store.ts';
import type { Instant } from '../../values/clock.ts';
import { isOver, type Deliveries, type Delivery, type Tallies } from './delivery.ts';

/** Limits of the deliveries of a sandbox, and of their bytes. Beyond these, final ones are forgotten. */
const MOST = 10_000;
const MOST_BYTES = 16 * 1024 * 1024;
/** Bytes of a delivery in addition to its event and attempts. */
const DELIVERY = 500;
/** Limit of the bytes of one event. A longer one is not sent. */
export const LONGEST = 256 * 1024;

/** The counter of their `seq`. */
const SEQ = 'webhooks';

/** Why a delivery failed without an attempt. */
export const FULL = 'Too many deliveries are waiting.';
export const TOO_LONG = `The event is longer than ${LONGEST} bytes.`;

/**
 * The deliveries that one sandbox has to send, and those it has sent last. Part of its state; written inside a
 * transaction.
 */
export class Queue {
  readonly #store: Store;
  readonly #deliveries: Deliveries;
  readonly #tallies: Tallies;

  constructor(store: Store, deliveries: Deliveries, tallies: Tallies) {
    this.#store = store;
    this.#deliveries = deliveries;
    this.#tallies = tallies;
  }

  get size(): number {
    return this.#deliveries.size;
  }

  find(seq: number): Delivery | undefined {
    return this.#deliveries.find(String(seq));
  }

  /** Newest first, lazily. */
  newest(): IterableIterator<Delivery> {
    return this.#deliveries.list('seq', { reverse: true });
  }

  /** The number of the newest delivery; 0 for none. */
  get last(): number {
    const [newest] = this.newest();
    return newest?.seq ?? 0;
  }

  /** Whether any delivery waits. */
  get isWaiting(): boolean {
    const [first] = this.#deliveries.list('lane', { within: ['waiting'] });
    return first !== undefined;
  }

  /** Yields the next delivery of each subscription that has a waiting one. */
  *heads(): IterableIterator<Delivery> {
    for (let after: readonly (string | number)[] | undefined; ;) {
      const [first] = this.#deliveries.list('lane', after ? { within: ['waiting'], after } : { within: ['waiting'] });
      if (!first) return;
      const next = this.headOf(first);
      if (next) yield next;
      after = ['waiting', first.provider, first.subscription, Number.MAX_SAFE_INTEGER];
    }
  }

  /** Finds the next delivery of a subscription: the first that does not yield. */
  headOf({ provider, subscription }: Pick<Delivery, 'provider' | 'subscription'>): Delivery | undefined {
    for (const delivery of this.#deliveries.list('lane', { within: ['waiting', provider, subscription] })) {
      if (!delivery.yields) return delivery;
    }
    return undefined;
  }

  /** Finds the first waiting delivery, if it yields to the next. */
  yieldingOf({ provider, subscription }: Pick<Delivery, 'provider' | 'subscription'>): Delivery | undefined {
    const [first] = this.#deliveries.list('lane', { within: ['waiting', provider, subscription] });
    return first?.yields === true ? first : undefined;
  }

  add(provider: string, event: WebhookEvent, at: Instant): Delivery {
    const length = Buffer.byteLength(JSON.stringify(event));
    const bytes = DELIVERY + length;
    const error = length > LONGEST ? TOO_LONG : this.#makeRoom(bytes) ? undefined : FULL;
    const { subscription, url, topic, subject, content } = event;
    const delivery: Delivery = {
      seq: this.#store.next(SEQ) + 1,
      provider,
      subscription,
      topic,
      subject: subject ?? null,
      url,
      ...{ content, bytes, at, state: 'waiting', dueAt: at, retries: 0, round: 0, fault: null },
      ...{ isAsked: false, isDouble: false, yields: false, tries: [], tried: 0, request: null },
    };
    const added = error === undefined ? delivery : toUnsent(delivery, error);
    this.#deliveries.put(added);
    this.#count(added.bytes);
    return added;
  }

  /** Replaces a delivery. */
  put(delivery: Delivery): void {
    const more = delivery.bytes - (this.find(delivery.seq)?.bytes ?? 0);
    this.#deliveries.put(delivery);
    if (more !== 0) this.#count(more);
  }

  /** Puts a delivery into another state, after all that are in it. */
  join(delivery: Delivery): void {
    this.#deliveries.put({ ...delivery, seq: this.#store.next(SEQ) + 1 });
    this.#count(delivery.bytes);
  }

  /** Adds the deliveries of a state that is put in. */
  fill(all: readonly Delivery[]): void {
    for (const { seq } of [...this.#deliveries.values()]) this.#deliveries.delete(String(seq));
    for (const delivery of all) {
      this.#deliveries.put(delivery);
      this.#store.raise(SEQ, delivery.seq);
    }
    this.#tallies.put({ name: 'all', bytes: all.reduce((sum, { bytes }) => sum + bytes, 0) });
  }

  /** Forgets final deliveries, oldest first. @returns whether that makes enough room */
  #makeRoom(bytes: number): boolean {
    for (;;) {
      const held = this.#tallies.find('all')?.bytes ?? 0;
      if (this.#deliveries.size < MOST && held + bytes <= MOST_BYTES) return true;
      const [first] = this.#deliveries.list('end');
      if (!first || !isOver(first)) return false;
      this.#deliveries.delete(String(first.seq));
      this.#count(-first.bytes);
    }
  }

  #count(bytes: number): void {
    this.#tallies.put({ name: 'all', bytes: (this.#tallies.find('all')?.bytes ?? 0) + bytes });
  }
}

/** Returns a delivery that failed before any attempt, without its content. */
function toUnsent(delivery: Delivery, error: string): Delivery {
  const { at } = delivery;
  const tries = [{ at, duration: 0, status: null, body: '', error }];
  return { ...delivery, content: {}, bytes: DELIVERY, state: 'failed', isAsked: true, tries, tried: 1 };
}
