import type { IncomingHttpHeaders } from 'node:http';

/** A request as the provider's real service would see it, without the emulator's prefixes. */
export interface Request {
  readonly method: string;
  /** Path and query, still encoded. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  /** `undefined` if the body was larger than the limit; nothing of it is kept then. */
  readonly body: Buffer | undefined;
  /** How it arrived, if its service returns addresses. */
  readonly approach?: Approach | undefined;
  /**
   * Calls `left` once if the client leaves before the answer.
   *
   * @returns a function that cancels this
   */
  onLeave(left: () => void): () => void;
}

/** How a request reached the emulator, before the emulator's prefixes were removed. */
export interface Approach {
  /** `undefined` if the URL is not safe to repeat. */
  readonly url: AskedUrl | undefined;
  /** The sandbox that it names; never the default one. */
  readonly sandbox: string | undefined;
}

/** A URL of the emulator as a whole, as a client uses it, with the emulator's port that it leads to. */
export interface AskedUrl {
  readonly scheme: 'http' | 'https';
  /** The host as in a URL. */
  readonly host: string;
  readonly port: number;
  /** The prefix of all the emulator's paths, without a trailing slash. */
  readonly prefix: string;
  /** The number of the port that received the request; 0 for none. */
  readonly localPort: number;
  /** Whether a proxy's headers gave it. */
  readonly isForwarded: boolean;
}

/** The parts of a request known before its body is read. */
export type RequestHead = Pick<Request, 'method' | 'url' | 'headers'>;
