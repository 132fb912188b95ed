import type { ServerResponse } from 'node:http';

import type { Answer } from '../core/exchange.ts';
import type { OpenStream, Sink } from '../core/topics.ts';

const HEARTBEAT = Buffer.from(':\n\n');

/** The open event streams of an app. */
export class EventStreams {
  readonly #open = new Set<EventStream>();

  get size(): number {
    return this.#open.size;
  }

  open(response: ServerResponse, answer: Answer, stream: OpenStream): void {
    // The client may have left while its request was looked at.
    if (response.destroyed) return;
    const opened = new EventStream(response, stream, () => {
      this.#open.delete(opened);
    });
    this.#open.add(opened);
    response.writeHead(answer.status, answer.headers);
    opened.push(stream.first);
  }

  /** Ends them all, as a server does that shuts down. */
  close(): void {
    for (const stream of this.#open) stream.end();
  }
}

/**
 * Writes events to one client. What a slow client has not been written yet is replaced by the
 * newest event, and one that stays stuck is cut off.
 */
class EventStream implements Sink {
  readonly #response: ServerResponse;
  readonly #stream: OpenStream;
  readonly #unsubscribe: () => void;
  readonly #heartbeat: NodeJS.Timeout;
  /** Runs while the client does not read. */
  #patience: NodeJS.Timeout | undefined;
  /** The newest event that waits for the client to read on. */
  #held: Buffer | undefined;

  constructor(response: ServerResponse, stream: OpenStream, done: () => void) {
    this.#response = response;
    this.#stream = stream;
    this.#unsubscribe = stream.subscribe(this);
    this.#heartbeat = setInterval(() => {
      if (!this.#patience) this.#write(HEARTBEAT);
    }, stream.heartbeat).unref();
    response.on('drain', () => {
      this.#goOn();
    });
    response.once('close', () => {
      this.#free();
      done();
    });
  }

  push(event: Buffer): void {
    if (this.#patience) this.#held = event;
    else this.#write(event);
  }

  end(): void {
    this.#free();
    const { socket } = this.#response;
    this.#response.end(() => socket?.destroySoon());
  }

  #write(chunk: Buffer): void {
    if (this.#response.write(chunk)) return;
    this.#patience = setTimeout(() => {
      this.#stream.noteEnd(`cut off after the client had not read for ${this.#stream.patience} ms`);
      this.#response.destroy();
    }, this.#stream.patience).unref();
  }

  #goOn(): void {
    clearTimeout(this.#patience);
    this.#patience = undefined;
    const event = this.#held;
    this.#held = undefined;
    if (event) this.#write(event);
  }

  #free(): void {
    this.#unsubscribe();
    clearInterval(this.#heartbeat);
    clearTimeout(this.#patience);
  }
}
