/** Loaded by who starts with `--https` alone, and so are Node's own modules for it. */
import { Server, type Socket } from 'node:net';
import { createSecureContext, TLSSocket, type SecureContext } from 'node:tls';

import type { Credentials } from './certificate-authority.ts';
import type { Front } from './front.ts';
import { OwnServer, type PortServer } from './own-server.ts';
import { noteTransport } from './transport-socket.ts';

/** With which each connection begins that is to be encrypted (RFC 8446, 5.1), and no request does. */
const HANDSHAKE = 0x16;

/**
 * A server for a port of our own that takes HTTPS and HTTP on it, told apart by the first byte of a connection. So
 * who has yet to get the certificate, and who only looks whether the emulator is well, needs none.
 */
export class SecureServer extends Server implements PortServer {
  /** Does not listen itself. */
  readonly #http: OwnServer;
  readonly #context: SecureContext;
  readonly #connections = new Set<Socket>();
  /** Those that have said nothing yet. */
  readonly #silent = new Set<Socket>();

  constructor(front: Front, { key, certificate }: Credentials) {
    // As http and https have it.
    super({ allowHalfOpen: true, noDelay: true });
    this.#http = new OwnServer(front);
    this.#context = createSecureContext({ key, cert: certificate });
    this.on('connection', (socket: Socket) => {
      this.#take(socket);
    });
  }

  closeIdleConnections(): void {
    this.#http.closeIdleConnections();
    for (const socket of this.#silent) socket.destroy();
  }

  closeAllConnections(): void {
    this.#http.closeAllConnections();
    for (const socket of this.#connections) socket.destroy();
  }

  #take(socket: Socket): void {
    const leave = (): void => {
      socket.destroy();
    };
    this.#connections.add(socket);
    this.#silent.add(socket);
    // What it means is said by whoever reads it then; without a listener it would end the process.
    socket.on('error', leave);
    socket.once('end', leave);
    socket.once('close', () => {
      this.#connections.delete(socket);
      this.#silent.delete(socket);
    });
    socket.once('data', (first: Buffer) => {
      this.#silent.delete(socket);
      socket.off('end', leave);
      socket.pause();
      socket.unshift(first);
      if (first[0] === HANDSHAKE) this.#encrypt(socket);
      else {
        this.#http.emit('connection', socket);
        socket.resume();
      }
    });
  }

  #encrypt(transport: Socket): void {
    const socket = new TLSSocket(transport, {
      isServer: true,
      secureContext: this.#context,
      ALPNProtocols: ['http/1.1'],
    });
    noteTransport(socket, transport);
    // A client that does not trust the certificate says so by leaving.
    socket.on('error', () => {
      socket.destroy();
    });
    socket.once('secure', () => {
      this.#http.emit('connection', socket);
    });
  }
}
