import type { IncomingMessage } from 'node:http';

/**
 * The factor by which a body may exceed the limit and still be read to its end, so that the client reads the answer.
 */
const DRAIN = 4;

export interface ReadBody {
  /** `undefined` if it was over the limit; nothing of it is kept then. */
  readonly bytes: Buffer | undefined;
  /** Whether more bytes follow that are not read: the connection must end with the answer. */
  readonly cut: boolean;
}

/** Whether the request has a body to wait for. */
export function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

/** Bytes of an unused body that are read all the same: the limit for any body. */
const DISCARDED = 67_108_864;

/** Discards a body as it arrives, so that its client reads the answer; one that does not end is cut off. */
export function discardBody(request: IncomingMessage): void {
  let length = 0;
  request.on('data', (chunk: Buffer) => {
    length += chunk.length;
    if (length <= DISCARDED) return;
    request.pause();
    request.socket.destroySoon();
  });
}

/** Calls `done` once the body is complete; never if the client leaves before that. */
export function readBody(request: IncomingMessage, limit: number, done: (body: ReadBody) => void): void {
  let chunks: Buffer[] = [];
  let length = 0;
  const take = (chunk: Buffer): void => {
    length += chunk.length;
    if (length <= limit) {
      chunks.push(chunk);
      return;
    }
    chunks = [];
    if (length <= limit * DRAIN) return;
    request.off('data', take);
    request.off('end', finish);
    request.pause();
    done({ bytes: undefined, cut: true });
  };
  const finish = (): void => {
    done({ bytes: length <= limit ? join(chunks) : undefined, cut: false });
  };
  request.on('data', take);
  request.on('end', finish);
}

function join(chunks: readonly Buffer[]): Buffer {
  const [first] = chunks;
  return first && chunks.length === 1 ? first : Buffer.concat(chunks);
}
