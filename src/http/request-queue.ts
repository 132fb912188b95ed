import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** Bytes that are read after a request has begun, so that the departure of its client is noticed. */
const READ_ON = 65_536;

interface Waiting {
  readonly response: ServerResponse;
  readonly handle: () => void;
}

/**
 * The requests that `node:http` reads from one connection, each handled only after the response before it is sent. `node:http`
 * hands out all that have arrived: a request would overtake one whose body is still read, be carried out after a cut,
 * and add its response to those that a client does not read.
 */
export class RequestQueue {
  readonly #socket: Socket;
  readonly #waiting: Waiting[] = [];
  #current: ServerResponse | undefined;
  /** Bytes of the connection that were read when the current request began. */
  #readBefore = 0;
  #isPaused = false;
  #isLast = false;

  /** Must be created after `node:http` has the connection, because its own listener resumes reading. */
  constructor(socket: Socket) {
    this.#socket = socket;
    // To read a body resumes the connection too.
    socket.on('resume', () => {
      if (this.#isPaused) socket.pause();
    });
  }

  add(response: ServerResponse, handle: () => void): void {
    if (this.#current) this.#waiting.push({ response, handle });
    else this.#begin({ response, handle });
    this.#pauseIfFull();
  }

  /** Ends the connection, at once or after the current response. */
  end(): void {
    this.#isLast = true;
    if (!this.#current) this.#socket.destroySoon();
  }

  #begin({ response, handle }: Waiting): void {
    this.#current = response;
    this.#readBefore = this.#socket.bytesRead;
    response.once('close', () => {
      // While reading is paused the end of the client's side is not seen, so other connections may come in between.
      if (this.#isPaused) setImmediate(this.#goOn);
      else this.#goOn();
    });
    handle();
  }

  readonly #goOn = (): void => {
    this.#current = undefined;
    if (this.#isLast) this.#socket.destroySoon();
    if (!this.#socket.writable) this.#waiting.length = 0;
    const next = this.#waiting.shift();
    if (next) this.#begin(next);
    this.#pauseIfFull();
  };

  #pauseIfFull(): void {
    const waitsForClient = this.#current?.writableEnded === true;
    const isFull = this.#waiting.length > 0 && (waitsForClient || this.#socket.bytesRead - this.#readBefore > READ_ON);
    if (isFull === this.#isPaused) return;
    this.#isPaused = isFull;
    if (isFull) this.#socket.pause();
    else this.#socket.resume();
  }
}
