/** A request that the emulator itself makes. */
export interface Outgoing {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** Milliseconds of real time until the whole answer must be there. */
  readonly patience: number;
}

/** What came of it: an answer, or why there is none. */
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
      /** It lies where nothing is sent, so that nobody was asked. */
      readonly isOutside?: boolean;
    };

/** By which whoever gets a webhook can find it here. The control API takes no request that has it: none is meant for it. */
export const DELIVERY_HEADER = 'x-emulator-webhook';

/** Sends requests to those who subscribed. Never rejects, and gives up at once when the signal aborts. */
export type Send = (outgoing: Outgoing, signal: AbortSignal) => Promise<Received>;
