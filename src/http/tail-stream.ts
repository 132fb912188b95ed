import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

import { LONGEST_TIMER } from '../core/values/clock.ts';
import type { OpenedTail, OpenTail } from '../core/wire/answer.ts';
import type { Listener } from '../core/wire/reply.ts';
import { flushWrites } from './flush.ts';

export const HEARTBEAT = Buffer.from(':\n\n');

/** Limit of events written in one turn of the event loop to a client that lags. */
const SLICE = 100;

/**
 * Writes the events of a tail to one client as fast as it reads them. Nothing is buffered for a slow client: it
 * receives the next event when it reads on, if that is still kept.
 */
export class TailStream implements Listener {
  readonly #response: ServerResponse;
  readonly #socket: Socket;
  readonly #done: () => void;
  readonly #heartbeat: NodeJS.Timeout;
  #tail: OpenedTail | undefined;
  /** Whether the client has unread data. */
  #isBlocked = false;
  /** Whether the rest is written in the next turn. */
  #goesOn = false;
  readonly #free = (): void => {
    this.#tail?.close();
    this.#tail = undefined;
    clearInterval(this.#heartbeat);
    this.#socket.off('close', this.#free);
    this.#done();
  };

  constructor(response: ServerResponse, tail: OpenTail, done: () => void) {
    this.#response = response;
    this.#socket = response.req.socket;
    this.#done = done;
    this.#heartbeat = setInterval(
      () => {
        if (!this.#isBlocked) this.#write(HEARTBEAT);
      },
      Math.min(Math.max(tail.heartbeat, 1), LONGEST_TIMER),
    ).unref();
    response.on('drain', () => {
      this.#isBlocked = false;
      this.wake();
    });
    this.#socket.once('close', this.#free);
    response.flushHeaders();
    this.#tail = tail.open(this);
    this.wake();
  }

  wake(): void {
    if (this.#goesOn) return;
    for (let written = 0; !this.#isBlocked; written += 1) {
      if (written === SLICE) {
        this.#goOn();
        return;
      }
      const event = this.#tail?.next();
      if (!event) return;
      this.#write(event);
    }
  }

  end(): void {
    this.#free();
    this.#response.end(() => this.#socket.destroySoon());
  }

  #goOn(): void {
    this.#goesOn = true;
    setImmediate(() => {
      this.#goesOn = false;
      this.wake();
    });
  }

  #write(chunk: Buffer): void {
    const isRead = this.#response.write(chunk);
    // At the end of the turn it would follow the response to the request that caused it.
    flushWrites(this.#response);
    this.#isBlocked = !isRead && !(this.#response.socket && this.#socket.writableLength === 0);
  }
}
