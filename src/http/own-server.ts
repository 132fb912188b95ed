import { createServer, type IncomingMessage, type Server as HttpServer, type ServerResponse } from 'node:http';
import { Server, type Socket } from 'node:net';

import type { Handled } from '../core/exchange/engine.ts';
import { Connection, type Host } from './connection.ts';
import type { Front } from './front.ts';
import { Outbox } from './outbox.ts';
import { RequestQueue } from './request-queue.ts';
import { FieldReader } from './whole-request.ts';

/**
 * Idle connections stay open, so that no client writes to one that is being closed. Node does not limit the time in
 * which a request arrives: a test tool is not attacked, and the timers would cost something in each exchange.
 */
const SERVER = { keepAliveTimeout: 0, requestTimeout: 0, headersTimeout: 0 };

/** The methods that a server of an own port needs. */
export type PortServer = Server & Pick<HttpServer, 'closeIdleConnections' | 'closeAllConnections'>;

/**
 * A server for one of the emulator's own ports. It reads and answers common requests on the connection itself, and
 * leaves the rest to `node:http`, whose messages, streams and events are most of the cost of a small exchange.
 */
export class OwnServer extends Server implements Host {
  /** Does not listen itself. */
  readonly #http: HttpServer;
  readonly #connections = new Set<Connection>();
  /** Connections that were handed over. */
  readonly #given = new Map<Socket, RequestQueue>();
  /** The answer to the first request of a connection that was handed over, if known. */
  readonly #handled = new WeakMap<Socket, Handled>();
  readonly answer: Host['answer'];
  readonly fields = new FieldReader();
  readonly outbox = new Outbox();

  constructor({ listener, answerWhole, finish }: Front) {
    // The same options as `node:http`.
    super({ allowHalfOpen: true, noDelay: true });
    this.answer = answerWhole;
    this.#http = createServer(SERVER, (request: IncomingMessage, response: ServerResponse) => {
      const { socket } = request;
      const handled = this.#handled.get(socket);
      this.#handled.delete(socket);
      this.#given.get(socket)?.add(response, () => {
        if (handled === undefined) listener(request, response);
        else finish(request, response, handled);
      });
    });
    this.on('connection', (socket: Socket) => {
      // The code that reads the socket then reports the error; without a listener it would end the process.
      socket.on('error', () => socket.destroy());
      this.#connections.add(new Connection(socket, this));
    });
  }

  giveAway(connection: Connection, unread: Buffer, handled?: Handled): void {
    const { socket } = connection;
    this.#connections.delete(connection);
    if (handled !== undefined) this.#handled.set(socket, handled);
    socket.once('close', () => this.#given.delete(socket));
    socket.pause();
    socket.unshift(unread);
    this.#http.emit('connection', socket);
    this.#given.set(socket, new RequestQueue(socket));
    socket.resume();
  }

  forget(connection: Connection): void {
    this.#connections.delete(connection);
  }

  closeIdleConnections(): void {
    for (const queue of this.#given.values()) queue.end();
    for (const connection of this.#connections) connection.end();
  }

  closeAllConnections(): void {
    for (const socket of this.#given.keys()) socket.destroy();
    for (const { socket } of this.#connections) socket.destroy();
  }
}
