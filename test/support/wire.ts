import { once } from 'node:events';
import { connect, type AddressInfo, type Server, type Socket } from 'node:net';

/** A server that is told bytes, and says when it has them all. */
export interface Wire {
  /**
   * All that comes back on a connection on which these pieces are sent, one behind another, and then its end.
   *
   * @param isQuiet whether nothing is awaited, once a piece has arrived
   */
  readonly tell: (pieces: readonly Buffer[], isQuiet?: () => boolean) => Promise<Buffer>;
  readonly close: () => void;
}

/** One server for many connections, each by itself. */
export async function openWire(server: Server): Promise<Wire> {
  let accepted: Socket | undefined;
  server.on('connection', (socket: Socket) => (accepted = socket));
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  const { port } = server.address() as AddressInfo;
  return {
    tell: async (pieces, isQuiet = () => true) => {
      const chunks: Buffer[] = [];
      accepted = undefined;
      const socket = connect({ port, host: '127.0.0.1', noDelay: true, allowHalfOpen: true });
      socket.on('data', (chunk) => chunks.push(chunk));
      // Who is sent more than it reads may end a connection in any way.
      socket.on('error', () => undefined);
      const closed = new Promise((resolve) => socket.once('close', resolve));
      await once(socket, 'connect');
      let sent = 0;
      for (const piece of pieces) {
        if (piece.length === 0) continue;
        sent += piece.length;
        socket.write(piece);
        await untilTaken(() => accepted, sent, isQuiet);
      }
      await untilTaken(() => accepted, sent, isQuiet);
      socket.end();
      await closed;
      return Buffer.concat(chunks);
    },
    close: () => void server.close(),
  };
}

async function untilTaken(find: () => Socket | undefined, sent: number, isQuiet: () => boolean): Promise<void> {
  for (;;) {
    const socket = find();
    const hasCome = socket && (socket.destroyed || !socket.writable || socket.bytesRead >= sent);
    if (hasCome && isQuiet()) return;
    await new Promise((resolve) => setImmediate(resolve));
  }
}
