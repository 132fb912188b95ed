import type { Socket } from 'node:net';

import type { Handled } from '../core/exchange/engine.ts';
import { abandoned } from '../core/wire/answer.ts';
import { noteLeft } from './delivery.ts';
import type { Outbox } from './outbox.ts';
import { toPlainAnswer } from './plain-answer.ts';
import { type FieldReader, HeadReader, type WholeRequest } from './whole-request.ts';

/** @returns how it is answered, or `undefined` where `node:http` is to read it; a promise of it is never broken */
export type AnswerWhole = (request: WholeRequest) => Handled | Promise<Handled> | undefined;

/** Who has connections. */
export interface Host {
  readonly answer: AnswerWhole;
  readonly fields: FieldReader;
  readonly outbox: Outbox;
  /**
   * Takes a connection over.
   *
   * @param unread what has come on it and was not answered
   * @param handled how the first request of that is to be answered, where that is known or awaited
   */
  giveAway(connection: Connection, unread: Buffer, handled?: Handled | Promise<Handled>): void;
  forget(connection: Connection): void;
}

const NO_BODY = Buffer.alloc(0);

/** What Node says to a client that ends its side within a request. */
const UNFINISHED = 'HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n';

/**
 * A connection as long as whole requests come over it, one after another, and answers as most are go. For anything else it is
 * given to `node:http`, with what has come and was not answered, and stays there: also where more comes while a request is
 * awaited, with which `node:http` begins at once, or while its client does not read, for which that knows how long to go on.
 */
export class Connection {
  readonly socket: Socket;
  readonly #host: Host;
  readonly #heads: HeadReader;
  /** What has come and is not answered; nothing behind a request that is awaited. */
  #unread: Buffer | undefined;
  #awaited: Promise<Handled> | undefined;
  /** Whether the rest of its first request is to come. */
  #isBegun = false;
  #isLast = false;

  constructor(socket: Socket, host: Host) {
    this.socket = socket;
    this.#host = host;
    this.#heads = new HeadReader(host.fields);
    socket.on('data', this.#take).on('end', this.#end).on('close', this.#forget);
  }

  /** Ends it, at once or behind the answer that is awaited. */
  end(): void {
    this.#isLast = true;
    if (this.#awaited) return;
    this.#host.outbox.send();
    this.socket.destroySoon();
  }

  readonly #take = (chunk: Buffer): void => {
    if (this.#isLast) return;
    const bytes = this.#unread ? Buffer.concat([this.#unread, chunk]) : chunk;
    if (this.#awaited) this.#giveAway(bytes, this.#awaited);
    else this.#answer(bytes);
  };

  readonly #end = (): void => {
    this.#host.outbox.send();
    const { socket } = this;
    if (this.#unread && !this.#awaited && socket.writable) socket.write(UNFINISHED);
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
        // Once: what comes in many pieces would be put together again and again.
        if (this.#isBegun) this.#giveAway(rest);
        else this.#unread = rest;
        this.#isBegun = true;
        return;
      }
      // A copy: the journal keeps the body, and a view would keep all that came with it.
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
    if (bytes.length > size) {
      this.#giveAway(bytes, handled);
      return;
    }
    this.#awaited = handled;
    this.#unread = bytes;
    void handled.then((later) => {
      if (this.#awaited !== handled) return;
      this.#awaited = undefined;
      this.#unread = undefined;
      this.#finish(bytes, size, later);
    });
  }

  /** @returns what has come behind the request */
  #finish(bytes: Buffer, size: number, handled: Handled): Buffer | undefined {
    const { socket } = this;
    const answer = handled === abandoned || 'severed' in handled ? undefined : handled;
    // Who ended its side of the connection is gone, too.
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

  #giveAway(unread: Buffer, handled?: Handled | Promise<Handled>): void {
    const { socket } = this;
    this.#unread = undefined;
    this.#awaited = undefined;
    this.#host.outbox.send();
    socket.off('data', this.#take).off('end', this.#end).off('close', this.#forget);
    this.#host.giveAway(this, unread, handled);
  }
}
