import type { Socket } from 'node:net';

import type { Handled } from '../core/exchange/engine.ts';
import { abandoned } from '../core/wire/answer.ts';
import { noteLeft } from './delivery.ts';
import type { Outbox } from './outbox.ts';
import { toPlainAnswer } from './plain-answer.ts';
import { type FieldReader, HeadReader, type WholeRequest } from './whole-request.ts';

/** @returns the answer, or `undefined` if `node:http` is to read the request; its promise never rejects */
export type AnswerWhole = (request: WholeRequest) => Handled | Promise<Handled> | undefined;

/** The server of connections. */
export interface Host {
  readonly answer: AnswerWhole;
  readonly fields: FieldReader;
  readonly outbox: Outbox;
  /**
   * Hands a connection over to `node:http`.
   *
   * @param unread received bytes that were not answered
   * @param handled the answer to the first request in these bytes, if it is known
   */
  giveAway(connection: Connection, unread: Buffer, handled?: Handled): void;
  forget(connection: Connection): void;
}

const NO_BODY = Buffer.alloc(0);

/** Node's answer to a client that ends its side during a request. */
const UNFINISHED = 'HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n';

/** Bytes that are read while a request is awaited, so that the departure of its client is noticed. */
const READ_ON = 65_536;

/**
 * A connection while whole, common requests arrive on it, which are carried out one after another. For anything else it
 * is handed to `node:http` for good, with the bytes that were not answered. That also happens while the client does not
 * read: `node:http` can stop to read requests without missing the end of the client's side.
 */
export class Connection {
  readonly socket: Socket;
  readonly #host: Host;
  readonly #heads: HeadReader;
  /** Bytes that are not answered, from the first one of an awaited request. */
  #unread: Buffer | undefined;
  #isAwaited = false;
  /** Whether a part of a request has arrived. */
  #isBegun = false;
  #isLast = false;

  constructor(socket: Socket, host: Host) {
    this.socket = socket;
    this.#host = host;
    this.#heads = new HeadReader(host.fields);
    socket.on('data', this.#take).on('end', this.#end).on('close', this.#forget);
  }

  /** Ends the connection, at once or after the awaited answer. */
  end(): void {
    this.#isLast = true;
    if (this.#isAwaited) return;
    this.#host.outbox.send();
    this.socket.destroySoon();
  }

  readonly #take = (chunk: Buffer): void => {
    if (this.#isLast) return;
    const bytes = this.#unread ? Buffer.concat([this.#unread, chunk]) : chunk;
    if (!this.#isAwaited) {
      this.#answer(bytes);
      return;
    }
    this.#unread = bytes;
    if (bytes.length > READ_ON) this.socket.pause();
  };

  readonly #end = (): void => {
    this.#host.outbox.send();
    const { socket } = this;
    if (this.#unread && !this.#isAwaited && socket.writable) socket.write(UNFINISHED);
    socket.end();
  };

  readonly #forget = (): void => {
    this.#host.forget(this);
  };

  #answer(bytes: Buffer): void {
    const { socket } = this;
    this.#unread = undefined;
    let rest: Buffer | undefined = bytes;
    while (rest && socket.writable) {
      const head = socket.writableNeedDrain ? undefined : this.#heads.read(rest);
      if (!head) {
        this.#giveAway(rest);
        return;
      }
      const size = head.size + head.length;
      if (rest.length < size) {
        // Only once: joining many pieces again and again would be slow.
        if (this.#isBegun) this.#giveAway(rest);
        else this.#unread = rest;
        this.#isBegun = true;
        return;
      }
      // Copied: the journal keeps the body, and a view would keep the whole chunk in memory.
      const body = head.length === 0 ? NO_BODY : Buffer.from(rest.subarray(head.size, size));
      const handled = this.#host.answer({ head, body, socket });
      if (handled === undefined) {
        this.#giveAway(rest);
        return;
      }
      if (handled instanceof Promise) {
        this.#await(handled, rest, size);
        return;
      }
      rest = this.#finish(rest, size, handled);
    }
  }

  #await(handled: Promise<Handled>, bytes: Buffer, size: number): void {
    this.#isAwaited = true;
    this.#unread = bytes;
    void handled.then((later) => {
      this.#isAwaited = false;
      this.socket.resume();
      const rest = this.#finish(this.#unread ?? bytes, size, later);
      if (rest) this.#answer(rest);
    });
  }

  /** @returns the bytes after the request */
  #finish(bytes: Buffer, size: number, handled: Handled): Buffer | undefined {
    const { socket } = this;
    const answer = handled === abandoned || 'severed' in handled ? undefined : handled;
    this.#unread = undefined;
    // A client that ended its side of the connection has left.
    if (!socket.writable) {
      if (answer?.delivery) noteLeft(answer);
      return undefined;
    }
    const plain = answer && toPlainAnswer(answer);
    if (!plain) {
      this.#giveAway(bytes, handled);
      return undefined;
    }
    this.#isBegun = false;
    this.#host.outbox.post(socket, plain);
    if (this.#isLast) this.end();
    return bytes.length === size ? undefined : bytes.subarray(size);
  }

  #giveAway(unread: Buffer, handled?: Handled): void {
    const { socket } = this;
    this.#unread = undefined;
    this.#host.outbox.send();
    socket.off('data', this.#take).off('end', this.#end).off('close', this.#forget);
    this.#host.giveAway(this, unread, handled);
  }
}
