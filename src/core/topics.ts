import { renderEvent } from './exchange.ts';
import { toMessage } from './failure.ts';
import type { Logger } from './logger.ts';

/** Who listens: something that writes bytes to one client. */
export interface Sink {
  push(event: Buffer): void;
}

/** Gives the snapshot of a topic as it is now. */
export type ReadSnapshot = () => unknown;

interface Channel {
  readonly read: ReadSnapshot;
  readonly sinks: Set<Sink>;
}

/** Writes in one turn of the event loop, so that other requests need not wait for thousands. */
const SLICE = 250;

/** The open streams of one sandbox by topic. A topic's snapshot is made once, however many listen. */
export class Topics {
  readonly #channels = new Map<string, Channel>();
  readonly #logger: Logger;
  /** What is still to be written. A newer event of the same client takes the place of an older one. */
  readonly #waiting = new Map<Sink, Buffer>();
  #delivering: Promise<void> | undefined;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /** Settles when every client has been written what there is now; `undefined` where nothing is left to write. */
  get delivering(): Promise<void> | undefined {
    return this.#delivering;
  }

  /** How many clients listen. */
  get size(): number {
    let size = 0;
    for (const { sinks } of this.#channels.values()) size += sinks.size;
    return size;
  }

  /** @returns what ends it */
  subscribe(topic: string, read: ReadSnapshot, sink: Sink): () => void {
    const channel = this.#channels.get(topic) ?? { read, sinks: new Set() };
    this.#channels.set(topic, channel);
    channel.sinks.add(sink);
    return () => {
      channel.sinks.delete(sink);
      this.#waiting.delete(sink);
      if (channel.sinks.size === 0) this.#channels.delete(topic);
    };
  }

  /** Has everybody who listens to these topics get a new snapshot. */
  publish(topics: Iterable<string>): void {
    for (const topic of new Set(topics)) {
      const channel = this.#channels.get(topic);
      if (channel) this.#announce(topic, channel);
    }
    this.#deliver();
  }

  publishAll(): void {
    this.publish(this.#channels.keys());
  }

  #announce(topic: string, { read, sinks }: Channel): void {
    try {
      const event = renderEvent(read());
      for (const sink of sinks) this.#waiting.set(sink, event);
    } catch (error) {
      this.#logger.error({ topic, error: toMessage(error) }, 'a stream has no snapshot');
    }
  }

  #deliver(): void {
    if (this.#delivering) return;
    this.#writeSlice();
    if (this.#waiting.size === 0) return;
    this.#delivering = new Promise((resolve) => {
      const goOn = (): void => {
        this.#writeSlice();
        if (this.#waiting.size > 0) {
          setImmediate(goOn);
          return;
        }
        this.#delivering = undefined;
        resolve();
      };
      setImmediate(goOn);
    });
  }

  #writeSlice(): void {
    let written = 0;
    for (const [sink, event] of this.#waiting) {
      this.#waiting.delete(sink);
      sink.push(event);
      if ((written += 1) === SLICE) return;
    }
  }
}

/** A reply's stream, ready to be sent. Nobody listens before it is. */
export interface OpenStream {
  /** The first event: the snapshot as it is now. */
  readonly first: Buffer;
  /** Milliseconds of real time between comments that keep the connection open. */
  readonly heartbeat: number;
  /** Milliseconds that a client may leave unread what it was sent, before it is cut off. */
  readonly patience: number;
  subscribe(sink: Sink): () => void;
  /** Keeps in the journal how the connection ended. */
  noteEnd(how: string): void;
}
