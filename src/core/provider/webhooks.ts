import type { Change } from '../store/collection.ts';
import type { Context, ProviderTypes } from './call.ts';

/** An event for one subscription. */
export interface WebhookEvent {
  /** The subscription, in the provider's own terms. Its events are sent one after another, in order. */
  readonly subscription: string;
  readonly url: string;
  readonly topic: string;
  /** The account that it is about. */
  readonly subject?: string | undefined;
  /** JSON from which `render` makes the body of each attempt. */
  readonly content: object;
}

/** The webhooks of a provider. */
export interface WebhookPolicy<T extends ProviderTypes> {
  /** Whether a subscription exists. If not, nothing else is called. */
  isAwaited(state: Context<T>['state']): boolean;
  /** The events of one transaction's changes, in order. It writes nothing. */
  events(changes: readonly Change[], context: Context<T>): Iterable<WebhookEvent>;
  /** The body of an attempt. @param retries the number of earlier attempts */
  render(content: object, retries: number): object;
  /** Milliseconds of the sandbox's clock between a failed attempt and the next one. After the last one it gives up. */
  readonly retries: readonly number[];
  /** Maximum milliseconds of real time for a receiver. */
  readonly patience: number;
}
