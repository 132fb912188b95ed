import type { IncomingMessage } from 'node:http';

const NOTHING = Buffer.alloc(0);

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

/** @returns `undefined` when the client left before the end */
export function readBody(request: IncomingMessage, limit: number): Promise<ReadBody | undefined> {
  return new Promise((resolve) => {
    let chunks: Buffer[] = [];
    let length = 0;
    request.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length <= limit) {
        chunks.push(chunk);
        return;
      }
      chunks = [];
      if (length <= limit * DRAIN) return;
      request.pause();
      resolve({ bytes: undefined, cut: true });
    });
    request.on('end', () => {
      resolve({ bytes: length <= limit ? join(chunks) : undefined, cut: false });
    });
    request.on('close', () => {
      resolve(undefined);
    });
    request.on('error', () => {
      resolve(undefined);
    });
  });
}

function join(chunks: readonly Buffer[]): Buffer {
  const [first = NOTHING] = chunks;
  return chunks.length <= 1 ? first : Buffer.concat(chunks);
}
