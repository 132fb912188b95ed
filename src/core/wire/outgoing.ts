/** A request that the emulator sends. */
export interface Outgoing {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** Milliseconds of real time until the whole answer must have arrived. */
  readonly patience: number;
}

/** The result: an answer, or why none arrived. */
export type Received =
  | {
      readonly status: number;
      readonly headers: Readonly<Record<string, string>>;
      /** The first 16 KiB. */
      readonly body: Buffer;
      readonly error?: undefined;
    }
  | {
      readonly status?: undefined;
      readonly error: string;
      /** Set if the target is not allowed, so that nothing was sent. */
      readonly isOutside?: boolean;
    };

/**
 * Identifies a webhook for its receiver. The control API refuses requests with this header: webhooks are never meant
 * for it.
 */
export const DELIVERY_HEADER = 'x-emulator-webhook';

/** Sends requests to subscribers. Never rejects, and gives up at once when the signal aborts. */
export type Send = (outgoing: Outgoing, signal: AbortSignal) => Promise<Received>;
