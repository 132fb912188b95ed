import type { IncomingMessage } from 'node:http';

/** How often over the limit a body may go and still be read to its end, so that the client reads the answer. */
const DRAIN = 4;

export interface ReadBody {
  /** `undefined` when it was over the limit; nothing of it is kept then. */
  readonly bytes: Buffer | undefined;
  /** Bytes are still coming that nobody will read: the connection must end with the answer. */
  readonly cut: boolean;
}

/** Whether the request has a body that has to be waited for. */
export function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

/** Bytes of a body that nobody needs which are taken all the same: as many as any body may have. */
const DISCARDED = 67_108_864;

/** Forgets a body as it comes, so that its client reads the answer; one that does not end is cut off. */
export function discardBody(request: IncomingMessage): void {
  let length = 0;
  request.on('data', (chunk: Buffer) => {
    length += chunk.length;
    if (length <= DISCARDED) return;
    request.pause();
    request.socket.destroySoon();
  });
}

/** Calls `done` once, when the body has come; never, if the client leaves before the end. */
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
