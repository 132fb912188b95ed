import type { Socket } from 'node:net';

import type { Handled } from '../core/exchange/engine.ts';
import { abandoned } from '../core/wire/answer.ts';
import { noteLeft } from './delivery.ts';
import type { Outbox } from './outbox.ts';
import { toPlainAnswer } from './plain-answer.ts';
import { HeadReader, type FieldReader, type WholeRequest } from './whole-request.ts';

/** @returns how it is answered, or `undefined` where `node:http` is to read it */
export type AnswerWhole = (request: WholeRequest) => Handled | Promise<Handled> | undefined;

/** Who has connections. */
export interface Host {
  readonly answer: AnswerWhole;
  readonly outbox: Outbox;
  readonly fields: FieldReader;
  /**
   * Takes a connection over.
   *
   * @param unread what has come on it and was not answered
   * @param handled how the first request of that is to be answered, where that is known
   */
  giveAway(connection: Connection, unread: Buffer, handled?: Handled): void;
  forget(connection: Connection): void;
}

/** Bytes that a client may send ahead while it waits for an answer. */
const AHEAD = 65_536;

const NO_BODY = Buffer.alloc(0);

/** What Node says to a client that ends its side within a request. */
const UNFINISHED = 'HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n';

/**
 * A connection as long as whole requests come over it, one after another, and answers as most are go. For anything else it is
 * given to `node:http`, with what has come and was not answered, and stays there.
 */
export class Connection {
  readonly socket: Socket;
  readonly #host: Host;
  readonly #heads: HeadReader;
  /** What has come and is not answered. */
  #unread: Buffer | undefined;
  /** How many bytes of it there must be before it is worth another look. */
  #expected = 0;
  #isAwaiting = false;
  #isLast = false;

  constructor(socket: Socket, host: Host) {
    this.socket = socket;
    this.#host = host;
    this.#heads = new HeadReader(host.fields);
    socket.on('data', this.#take).on('end', this.#end).on('drain', this.#resume).on('close', this.#forget);
  }

  /** Ends it, at once or behind the answer that is awaited. */
  end(): void {
    this.#isLast = true;
    if (this.#isAwaiting) return;
    this.#host.outbox.send();
    this.socket.destroySoon();
  }

  readonly #take = (chunk: Buffer): void => {
    const unread = this.#unread ? Buffer.concat([this.#unread, chunk]) : chunk;
    this.#unread = unread;
    if (!this.#isAwaiting) {
      if (unread.length >= this.#expected) this.#answer();
    } else if (unread.length > AHEAD) this.socket.pause();
  };

  readonly #end = (): void => {
    this.#host.outbox.send();
    if (this.#unread && !this.#isAwaiting) this.socket.write(UNFINISHED);
    this.socket.end();
  };

  readonly #resume = (): void => {
    if (!this.#isAwaiting) this.socket.resume();
  };

  readonly #forget = (): void => {
    this.#host.forget(this);
  };

  #answer(): void {
    while (this.#unread && !this.#isAwaiting) {
      const bytes = this.#unread;
      const head = this.#heads.read(bytes);
      if (!head) {
        this.#giveAway(bytes);
        return;
      }
      const size = head.size + head.length;
      if (bytes.length < size) {
        this.#expected = size;
        return;
      }
      const body = head.length === 0 ? NO_BODY : bytes.subarray(head.size, size);
      const handled = this.#host.answer({ head, body, socket: this.socket });
      if (handled === undefined) this.#giveAway(bytes);
      else if (handled instanceof Promise) this.#await(handled, size);
      else this.#finish(bytes, size, handled);
    }
  }

  #await(handled: Promise<Handled>, size: number): void {
    this.#isAwaiting = true;
    void handled.then((later) => {
      this.#isAwaiting = false;
      if (this.#unread) this.#finish(this.#unread, size, later);
      this.#answer();
      if (this.#unread === undefined) this.socket.resume();
    });
  }

  #finish(bytes: Buffer, size: number, handled: Handled): void {
    if (this.socket.destroyed) {
      this.#unread = undefined;
      if (handled !== abandoned && !('severed' in handled) && handled.delivery) noteLeft(handled);
      return;
    }
    const plain = handled === abandoned || 'severed' in handled ? undefined : toPlainAnswer(handled);
    if (!plain) {
      this.#giveAway(bytes, handled);
      return;
    }
    this.#unread = bytes.length === size ? undefined : bytes.subarray(size);
    this.#expected = 0;
    this.#host.outbox.post(this.socket, plain);
    if (this.#isLast) this.end();
  }

  #giveAway(unread: Buffer, handled?: Handled): void {
    const { socket } = this;
    this.#unread = undefined;
    this.#host.outbox.send();
    socket.off('data', this.#take).off('end', this.#end).off('drain', this.#resume).off('close', this.#forget);
    this.#host.giveAway(this, unread, handled);
  }
}
