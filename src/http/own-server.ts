import { createServer, type IncomingMessage, type Server as HttpServer, type ServerResponse } from 'node:http';
import { Server, type Socket } from 'node:net';

import type { Handled } from '../core/exchange/engine.ts';
import { Connection, type Host } from './connection.ts';
import type { Front } from './front.ts';
import { Outbox } from './outbox.ts';
import { FieldReader } from './whole-request.ts';

/**
 * Connections are never closed for being idle, so that no client writes to one that is just being
 * closed, and Node does not watch how long a request takes to arrive: nobody attacks a test tool,
 * and the timers cost something in each exchange.
 */
const SERVER = { keepAliveTimeout: 0, requestTimeout: 0, headersTimeout: 0 };

/** What is asked of one that listens on a port of our own. */
export type PortServer = Server & Pick<HttpServer, 'closeIdleConnections' | 'closeAllConnections'>;

/**
 * A server for a port of our own. What comes as clients usually send it is read and answered on the connection itself; the rest
 * by `node:http`, which has most of what a small exchange costs in messages, streams and their events.
 */
export class OwnServer extends Server implements Host {
  /** Does not listen itself. */
  readonly #http: HttpServer;
  readonly #connections = new Set<Connection>();
  /** Connections that were given away, and how many of their requests are not answered. */
  readonly #given = new Map<Socket, number>();
  /** What is known of the first request of a connection that was given away. */
  readonly #handled = new WeakMap<Socket, Handled | Promise<Handled>>();
  readonly answer: Host['answer'];
  readonly fields = new FieldReader();
  readonly outbox = new Outbox();

  constructor({ listener, answerWhole, finish }: Front) {
    // As http has it.
    super({ allowHalfOpen: true, noDelay: true });
    this.answer = answerWhole;
    this.#http = createServer(SERVER, (request: IncomingMessage, response: ServerResponse) => {
      const { socket } = request;
      const handled = this.#handled.get(socket);
      this.#handled.delete(socket);
      this.#count(socket, 1);
      response.once('close', () => {
        this.#count(socket, -1);
      });
      if (handled === undefined) listener(request, response);
      else finish(request, response, handled);
    });
    this.on('connection', (socket: Socket) => {
      // What it means is said by whoever reads it then; without a listener it would end the process.
      socket.on('error', () => socket.destroy());
      this.#connections.add(new Connection(socket, this));
    });
  }

  giveAway(connection: Connection, unread: Buffer, handled?: Handled | Promise<Handled>): void {
    const { socket } = connection;
    this.#connections.delete(connection);
    if (handled !== undefined) this.#handled.set(socket, handled);
    this.#given.set(socket, 0);
    socket.once('close', () => this.#given.delete(socket));
    socket.pause();
    socket.unshift(unread);
    this.#http.emit('connection', socket);
    socket.resume();
  }

  forget(connection: Connection): void {
    this.#connections.delete(connection);
  }

  closeIdleConnections(): void {
    for (const [socket, requests] of this.#given) if (requests === 0) socket.destroySoon();
    for (const connection of this.#connections) connection.end();
  }

  closeAllConnections(): void {
    for (const socket of this.#given.keys()) socket.destroy();
    for (const { socket } of this.#connections) socket.destroy();
  }

  #count(socket: Socket, change: number): void {
    const requests = this.#given.get(socket);
    if (requests !== undefined) this.#given.set(socket, requests + change);
  }
}
