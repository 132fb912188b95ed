import type { IncomingHttpHeaders } from 'node:http';

/** A request as the provider's real service would have seen it: prefixes of ours are off. */
export interface Request {
  readonly method: string;
  /** Path and query, still encoded. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  /** `undefined` when the body was larger than the limit; nothing of it is kept then. */
  readonly body: Buffer | undefined;
  /** How it came here, where its service tells of addresses. */
  readonly approach?: Approach | undefined;
  /**
   * Has `left` called once if the client leaves before it is answered.
   *
   * @returns what takes that back
   */
  onLeave(left: () => void): () => void;
}

/** The way by which a request came to the emulator, before prefixes of ours were taken off. */
export interface Approach {
  /** `undefined` where it says nothing that could be repeated. */
  readonly url: AskedUrl | undefined;
  /** The one that it names; never the default one. */
  readonly sandbox: string | undefined;
}

/** A URL of the emulator as a whole as a client has it, and the port of ours behind it. */
export interface AskedUrl {
  readonly scheme: 'http' | 'https';
  /** As a URL has it. */
  readonly host: string;
  readonly port: number;
  /** In front of all paths that are ours, without a slash at its end. */
  readonly prefix: string;
  /** The number of the port that took it in; 0 where there is none. */
  readonly localPort: number;
  /** Whether it is the word of a proxy in between. */
  readonly isForwarded: boolean;
}

/** What there is of a request before its body is read. */
export type RequestHead = Pick<Request, 'method' | 'url' | 'headers'>;
