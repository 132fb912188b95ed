import { defineCollection, type Change, type StateOf } from '../../store/collection.ts';
import { CORE } from '../../store/due.ts';
import type { Instant } from '../../values/clock.ts';
import type { WebhookHow } from '../../wire/fault.ts';

/** The state of a delivery. The last three are final. */
export type DeliveryState = 'waiting' | 'held' | 'delivered' | 'dropped' | 'failed';

/** One attempt, as far as it is kept. */
export interface Try {
  /** When it ended. */
  readonly at: Instant;
  /** Milliseconds of real time. */
  readonly duration: number;
  readonly status: number | null;
  /** The beginning of the answer's body. */
  readonly body: string;
  /** Why there was no answer. */
  readonly error: string | null;
}

/** One event for one subscription. */
export interface Delivery {
  readonly seq: number;
  readonly provider: string;
  readonly subscription: string;
  readonly topic: string;
  readonly subject: string | null;
  readonly url: string;
  readonly content: object;
  /** The bytes that it counts as. */
  readonly bytes: number;
  readonly at: Instant;
  readonly state: DeliveryState;
  /** When it may be attempted, if it waits. */
  readonly dueAt: Instant;
  /** The retries that the next attempt reports as made before it. */
  readonly retries: number;
  /** Those of the retries since it was new or resent on purpose. */
  readonly round: number;
  /** The fault rule that it met, and its effect. */
  readonly fault: { readonly id: string; readonly webhook: WebhookHow } | null;
  /** Whether fault rules have been checked. */
  readonly isAsked: boolean;
  /** Whether it is sent once more after it was accepted. */
  readonly isDouble: boolean;
  /** Whether the next delivery of its subscription is sent first. */
  readonly yields: boolean;
  /** The last attempts. */
  readonly tries: readonly Try[];
  /** The number of attempts. */
  readonly tried: number;
  /** Its id in the journal of this sandbox. */
  readonly request: string | null;
}

const IS_OVER: Readonly<Record<DeliveryState, number>> = { delivered: 0, dropped: 0, failed: 0, waiting: 1, held: 1 };

export function isOver({ state }: Delivery): boolean {
  return IS_OVER[state] === 0;
}

export const deliveries = defineCollection({
  key: ({ seq }: Delivery) => String(seq),
  orders: {
    seq: ({ seq }) => [seq],
    /** Finds the first waiting delivery of each lane. */
    lane: ({ state, provider, subscription, seq }) => [state, provider, subscription, seq],
    /** Lists final deliveries first: only they may be forgotten. */
    end: (delivery) => [IS_OVER[delivery.state], delivery.seq],
  },
});

/** The totals of all deliveries of a sandbox, so that nothing has to be counted. */
export interface Tally {
  readonly name: 'all';
  readonly bytes: number;
}

export const tallies = defineCollection({ key: ({ name }: Tally) => name });

export type Deliveries = StateOf<{ deliveries: typeof deliveries }>['deliveries'];
export type Tallies = StateOf<{ tallies: typeof tallies }>['tallies'];

/** Whether a change is to the deliveries of a sandbox. */
export function isOfWebhooks({ provider, collection }: Pick<Change, 'provider' | 'collection'>): boolean {
  return provider === CORE && (collection === 'deliveries' || collection === 'tallies');
}

export function isDelivery({ provider, collection }: Change): boolean {
  return provider === CORE && collection === 'deliveries';
}
