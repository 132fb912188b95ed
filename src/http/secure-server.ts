/** Loaded only with `--https`, together with Node's modules for it. */
import { Server, type Socket } from 'node:net';
import { createSecureContext, TLSSocket, type SecureContext } from 'node:tls';

import type { Credentials } from './certificate-authority.ts';
import type { Front } from './front.ts';
import { OwnServer, type PortServer } from './own-server.ts';
import { noteTransport } from './transport-socket.ts';

/** The first byte of every encrypted connection (RFC 8446, 5.1), which no request begins with. */
const HANDSHAKE = 0x16;

/**
 * A server for one of the emulator's own ports that accepts HTTPS and HTTP on it, distinguished by the first byte of a
 * connection. Clients that download the certificate or check the health therefore need no certificate.
 */
export class SecureServer extends Server implements PortServer {
  /** Does not listen itself. */
  readonly #http: OwnServer;
  readonly #context: SecureContext;
  readonly #connections = new Set<Socket>();
  /** Connections that have sent nothing yet. */
  readonly #silent = new Set<Socket>();

  constructor(front: Front, { key, certificate }: Credentials) {
    // The same options as `node:http` and `node:https`.
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
    // The code that reads the socket then reports the error; without a listener it would end the process.
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
    // A client that does not trust the certificate leaves.
    socket.on('error', () => {
      socket.destroy();
    });
    socket.once('secure', () => {
      this.#http.emit('connection', socket);
    });
  }
}
