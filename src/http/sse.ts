import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

import { LONGEST_TIMER } from '../core/values/clock.ts';
import type { Answer, OpenStream, OpenTail, Sink } from '../core/wire/answer.ts';
import { Twist, type Twisted } from '../core/faults/stream-effect.ts';
import { toChunk } from './chunk.ts';
import { inTurn } from './delivery.ts';
import { flushWrites } from './flush.ts';
import { HEARTBEAT, TailStream } from './tail-stream.ts';

const NOTHING_MORE: Twisted = { write: [], then: 'go on' };

interface Ending {
  end(): void;
}

/** The open event streams of an app. */
export class EventStreams {
  readonly #open = new Set<Ending>();
  #isClosed = false;

  get size(): number {
    return this.#open.size;
  }

  open(response: ServerResponse, answer: Answer, stream: OpenStream): void {
    // The client may have left while its request was handled.
    if (response.destroyed || response.req.socket.destroyed) return;
    response.writeHead(answer.status, answer.headers);
    const opened = new EventStream(response, stream, () => {
      this.remove(opened);
    });
    this.add(opened);
  }

  openTail(response: ServerResponse, answer: Answer, tail: OpenTail): void {
    if (response.destroyed || response.req.socket.destroyed) return;
    response.writeHead(answer.status, answer.headers);
    const opened = new TailStream(response, tail, () => {
      this.remove(opened);
    });
    this.add(opened);
  }

  /** Ends a stream when all end, or at once if they have ended. */
  add(stream: Ending): void {
    if (this.#isClosed) stream.end();
    else this.#open.add(stream);
  }

  remove(stream: Ending): void {
    this.#open.delete(stream);
  }

  /** Ends all streams when the server shuts down. */
  close(): void {
    this.#isClosed = true;
    for (const stream of this.#open) stream.end();
  }
}

/**
 * Writes events to one client. For a slow client the newest event replaces unsent ones, and a client that stays stuck
 * is cut off.
 */
class EventStream implements Sink {
  readonly #response: ServerResponse;
  readonly #socket: Socket;
  readonly #stream: OpenStream;
  readonly #done: () => void;
  readonly #unsubscribe: () => void;
  readonly #heartbeat: NodeJS.Timeout;
  /** Runs while the client does not read. */
  #patience: NodeJS.Timeout | undefined;
  /** The newest event, which waits until the client reads on. */
  #held: Buffer | undefined;
  readonly #twist: Twist | undefined;
  /** Whether a fault stops all further events. */
  #isStalled = false;
  /** Whether its head is written, and no other response precedes it on its connection. */
  #isBegun = false;
  readonly #free = (): void => {
    this.#unsubscribe();
    clearInterval(this.#heartbeat);
    clearTimeout(this.#patience);
    this.#socket.off('close', this.#free);
    this.#done();
  };

  constructor(response: ServerResponse, stream: OpenStream, done: () => void) {
    this.#response = response;
    // The response's own socket may not be set yet, if it waits for an earlier one on its connection.
    this.#socket = response.req.socket;
    this.#stream = stream;
    this.#done = done;
    this.#twist = stream.effect && new Twist(stream.effect);
    if (this.#twist) {
      response.flushHeaders();
      this.#follow(this.#twist.begin());
    }
    // This comes first because it may throw, and then must leave nothing open.
    this.#unsubscribe = stream.subscribe(this);
    const period = Math.min(Math.max(stream.heartbeat, 1), LONGEST_TIMER);
    this.#heartbeat = setInterval(() => {
      if (!this.#patience && !this.#isStalled) this.#write(HEARTBEAT);
    }, period).unref();
    this.#socket.once('close', this.#free);
  }

  push(event: Buffer): void {
    if (this.#patience) this.#held = event;
    else this.#send(event);
  }

  end(): void {
    const held = this.#held;
    this.#free();
    this.#response.end(held, () => this.#socket.destroySoon());
  }

  #send(event: Buffer): void {
    const twisted = this.#isStalled ? NOTHING_MORE : this.#twist?.next(event);
    if (!twisted) {
      this.#sendAsItIs(event);
      return;
    }
    if (twisted.write.length === 0) this.#stream.sent.keepBack(event);
    this.#follow(twisted);
  }

  #sendAsItIs(event: Buffer): void {
    this.#stream.sent.add(event);
    this.#write(event);
  }

  #follow({ write, then }: Twisted): void {
    for (const event of write) this.#sendAsItIs(event);
    if (then === 'stall') this.#isStalled = true;
    if (then !== 'drop') return;
    this.#stream.reportEnd('dropped by a fault');
    this.#isStalled = true;
    // Follows everything written before, also by earlier responses on its connection.
    inTurn(this.#response, (socket) => socket.write('', () => socket.destroy()));
  }

  #write(bytes: Buffer): void {
    const isRead = this.#isBegun ? this.#socket.write(toChunk(bytes)) : this.#writeFirst(bytes);
    // A response that waits for an earlier one on its connection has not been read at all.
    if (isRead || (this.#response.socket && this.#socket.writableLength === 0)) return;
    if (this.#patience) clearTimeout(this.#patience);
    else {
      // Few clients get here, so listeners are added only now.
      (this.#isBegun ? this.#socket : this.#response).once('drain', () => {
        this.#goOn();
      });
    }
    this.#patience = setTimeout(() => {
      this.#stream.reportEnd(`cut off after the client had not caught up for ${this.#stream.patience} ms`);
      this.#socket.destroy();
    }, this.#stream.patience).unref();
  }

  #writeFirst(bytes: Buffer): boolean {
    const response = this.#response;
    const isRead = response.write(bytes);
    // At the end of the turn it would follow the response to the request that caused it.
    flushWrites(response);
    this.#isBegun = isRead && response.chunkedEncoding && response.socket === this.#socket;
    return isRead;
  }

  #goOn(): void {
    clearTimeout(this.#patience);
    this.#patience = undefined;
    const event = this.#held;
    this.#held = undefined;
    if (event) this.#send(event);
  }
}
