import { connect, type Socket } from 'node:net';

/** How many requests are on their way on each connection. */
const BATCH = 50;
const CONNECTIONS = 16;
const STATUS_LINE = 'HTTP/1.1 ';

/**
 * Sends so many requests over some connections, many at once on each, and counts the answers by status. A client
 * that costs little beside the server.
 *
 * @param toRequest the bytes of the n-th request
 */
export async function sendPipelined(
  url: string,
  amount: number,
  toRequest: (n: number) => string,
): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>();
  const { hostname, port } = new URL(url);
  let sent = 0;
  const takeBatch = (): readonly string[] => {
    const size = Math.min(BATCH, amount - sent);
    return Array.from({ length: size }, () => toRequest((sent += 1)));
  };
  const run = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const socket = connect(Number(port), hostname);
      let left = 0;
      let rest = '';
      const goOn = (): void => {
        const batch = takeBatch();
        left = batch.length;
        if (left > 0) socket.write(batch.join(''));
        else socket.destroy();
      };
      socket.on('connect', goOn);
      socket.on('data', (chunk: Buffer) => {
        const { statuses, remains } = takeStatuses(rest + chunk.toString('latin1'));
        rest = remains;
        for (const status of statuses) counts.set(status, (counts.get(status) ?? 0) + 1);
        left -= statuses.length;
        if (left === 0) goOn();
      });
      endWith(socket, resolve, reject);
    });
  await Promise.all(Array.from({ length: CONNECTIONS }, run));
  return counts;
}

function endWith(socket: Socket, resolve: () => void, reject: (error: Error) => void): void {
  socket.on('error', reject);
  socket.on('close', resolve);
}

/** Of whole status lines; what may be the beginning of another one is left for later. */
function takeStatuses(text: string): { readonly statuses: readonly string[]; readonly remains: string } {
  const statuses: string[] = [];
  let from = 0;
  for (let at = text.indexOf(STATUS_LINE); at >= 0; at = text.indexOf(STATUS_LINE, from)) {
    if (text.length < at + STATUS_LINE.length + 3) return { statuses, remains: text.slice(at) };
    statuses.push(text.slice(at + STATUS_LINE.length, at + STATUS_LINE.length + 3));
    from = at + STATUS_LINE.length + 3;
  }
  return { statuses, remains: text.slice(Math.max(from, text.length - STATUS_LINE.length + 1)) };
}
