import type { IncomingHttpHeaders } from 'node:http';

/** A request as the provider's real service would have seen it: prefixes of ours are off. */
export interface Request {
  readonly method: string;
  /** Path and query, still encoded. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  /** `undefined` when the body was larger than the limit; nothing of it is kept then. */
  readonly body: Buffer | undefined;
  /**
   * Has `left` called once if the client leaves before it is answered.
   *
   * @returns what takes that back
   */
  onLeave(left: () => void): () => void;
}

/** What there is of a request before its body is read. */
export type RequestHead = Pick<Request, 'method' | 'url' | 'headers'>;
