import { defineCollection, type Change, type StateOf } from '../../store/collection.ts';
import { CORE } from '../../store/due.ts';
import type { Instant } from '../../values/clock.ts';
import type { WebhookHow } from '../../wire/fault.ts';

/** Where a delivery has got to. The last three are ends. */
export type DeliveryState = 'waiting' | 'held' | 'delivered' | 'dropped' | 'failed';

/** One try, as far as it is kept. */
export interface Try {
  /** When it was over. */
  readonly at: Instant;
  /** Milliseconds of real time. */
  readonly duration: number;
  readonly status: number | null;
  /** The beginning of the answer's. */
  readonly body: string;
  /** Why there was no answer. */
  readonly error: string | null;
}

/** What is sent of one event to one subscription. */
export interface Delivery {
  readonly seq: number;
  readonly provider: string;
  readonly subscription: string;
  readonly topic: string;
  readonly subject: string | null;
  readonly url: string;
  readonly content: object;
  /** That it is counted for. */
  readonly bytes: number;
  readonly at: Instant;
  readonly state: DeliveryState;
  /** When it may be tried, where it waits. */
  readonly dueAt: Instant;
  /** Retries that the next try says went before it. */
  readonly retries: number;
  /** Of those, how many it has had since it was new, or sent again on purpose. */
  readonly round: number;
  /** The rule that it has met, and what that does. */
  readonly fault: { readonly id: string; readonly webhook: WebhookHow } | null;
  /** Whether rules have been asked. */
  readonly isAsked: boolean;
  /** Is sent once more when it was taken. */
  readonly isDouble: boolean;
  /** Lets the next one of its subscription go first. */
  readonly yields: boolean;
  /** The last ones. */
  readonly tries: readonly Try[];
  /** How many there were. */
  readonly tried: number;
  /** By which the journal of this sandbox has it. */
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
    /** Those that wait in front of each lane are found by it. */
    lane: ({ state, provider, subscription, seq }) => [state, provider, subscription, seq],
    /** Those that are over first, which may be forgotten. */
    end: (delivery) => [IS_OVER[delivery.state], delivery.seq],
  },
});

/** What all deliveries of a sandbox come to, so that nobody has to count. */
export interface Tally {
  readonly name: 'all';
  readonly bytes: number;
}

export const tallies = defineCollection({ key: ({ name }: Tally) => name });

export type Deliveries = StateOf<{ deliveries: typeof deliveries }>['deliveries'];
export type Tallies = StateOf<{ tallies: typeof tallies }>['tallies'];

/** Whether a change is to what a sandbox is to send. */
export function isOfWebhooks({ provider, collection }: Pick<Change, 'provider' | 'collection'>): boolean {
  return provider === CORE && (collection === 'deliveries' || collection === 'tallies');
}

export function isDelivery({ provider, collection }: Change): boolean {
  return provider === CORE && collection === 'deliveries';
}
