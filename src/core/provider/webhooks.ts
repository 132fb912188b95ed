import type { Change } from '../store/collection.ts';
import type { Context, ProviderTypes } from './call.ts';

/** What one subscription is to be told of something that has happened. */
export interface WebhookEvent {
  /** Which of them, in the provider's own words. Its events are sent one after another, in the order in which they happened. */
  readonly subscription: string;
  readonly url: string;
  readonly topic: string;
  /** Whose account it is about. */
  readonly subject?: string | undefined;
  /** JSON, of which `render` makes the body of each try. */
  readonly content: object;
}

/** What a provider sends to those who subscribed. */
export interface WebhookPolicy<T extends ProviderTypes> {
  /** Whether anybody has subscribed. Where nobody has, nothing else is asked. */
  isAwaited(state: Context<T>['state']): boolean;
  /** What the changes of one transaction tell, in order. It writes nothing. */
  events(changes: readonly Change[], context: Context<T>): Iterable<WebhookEvent>;
  /** The body of a try. @param retries that went before it */
  render(content: object, retries: number): object;
  /** Milliseconds of the sandbox's clock from a try that failed to the next one. Behind the last it is given up. */
  readonly retries: readonly number[];
  /** Milliseconds of real time that a receiver may take. */
  readonly patience: number;
}
