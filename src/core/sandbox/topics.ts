import { renderEvent, type Sink } from '../wire/answer.ts';
import { toBlame } from '../provider/blame.ts';
import type { Provider } from '../provider/provider.ts';
import type { Change } from '../store/collection.ts';
import { toMessage } from '../values/message.ts';
import type { Logger } from '../values/logger.ts';

/** Returns the current view of a topic. */
export type ReadTopicView = () => unknown;

interface Channel {
  readonly topic: string;
  readonly read: ReadTopicView;
  readonly sinks: Set<Sink>;
}

/** The event to send to one client. */
interface Sent {
  readonly channel: Channel;
  readonly sink: Sink;
  readonly event: Buffer;
}

/** One push to many clients. */
interface Batch {
  /** The number of clients that have received neither this event nor a later one. */
  left: number;
  readonly done: () => void;
}

interface Waiting {
  readonly event: Buffer;
  /** The batches of this event, and of those that it replaces. */
  readonly batches: readonly Batch[];
}

/** Streams that one turn of the event loop writes to at most, so that other requests do not wait for thousands. */
const SLICE = 250;

/** The open streams of one sandbox by topic. A topic's view is made once for all its listeners. */
export class Topics {
  /** The streams of one topic by the form in which they show it, such as that of one operation. */
  readonly #channels = new Map<string, Map<string, Channel>>();
  readonly #logger: Logger;
  /** Events that are not written yet. A newer event for the same client replaces an older one. */
  readonly #waiting = new Map<Sink, Waiting>();
  #isWriting = false;
  #position = 0;
  /** Batches that are not written to all clients, by position. */
  readonly #unwritten = new Map<number, Promise<void>>();

  readonly #whenKept: (tell: () => void) => void;

  /** @param whenKept calls its argument once all current changes are durable, or never */
  constructor(logger: Logger, whenKept: (tell: () => void) => void) {
    this.#logger = logger;
    this.#whenKept = whenKept;
  }

  /** The number of listening clients. */
  get size(): number {
    let size = 0;
    for (const shown of this.#channels.values()) for (const { sinks } of shown.values()) size += sinks.size;
    return size;
  }

  /** The number of publications. */
  get position(): number {
    return this.#position;
  }

  /** Resolves when everything published since is written; `undefined` if nothing is left to write. */
  writtenSince(position: number): Promise<void> | undefined {
    if (this.#unwritten.size === 0) return undefined;
    const later = [...this.#unwritten].filter(([at]) => at > position).map(([, written]) => written);
    return later.length === 0 ? undefined : Promise.all(later).then(() => undefined);
  }

  /**
   * @param form the form of the topic; the same form has the same view
   * @returns a function that ends the subscription
   */
  subscribe(topic: string, form: string, read: ReadTopicView, sink: Sink): () => void {
    const shown = this.#channels.get(topic) ?? new Map<string, Channel>();
    this.#channels.set(topic, shown);
    const channel = shown.get(form) ?? { topic, read, sinks: new Set() };
    shown.set(form, channel);
    channel.sinks.add(sink);
    return () => {
      if (!channel.sinks.delete(sink)) return;
      this.#settle(sink);
      if (channel.sinks.size > 0) return;
      shown.delete(form);
      if (shown.size === 0) this.#channels.delete(topic);
    };
  }

  /** Sends a new view of these topics to all their listeners. */
  publish(topics: Iterable<string>): void {
    if (this.#channels.size === 0) return;
    const sent: Sent[] = [];
    for (const topic of new Set(topics)) {
      for (const channel of this.#channels.get(topic)?.values() ?? []) this.#announce(channel, sent);
    }
    if (sent.length === 0) return;
    this.#whenKept(() => {
      const listening = sent.filter(({ channel, sink }) => channel.sinks.has(sink));
      if (listening.length > 0) this.#send(listening);
    });
  }

  publishAll(): void {
    this.publish(this.#channels.keys());
  }

  /** Ends all subscriptions; listeners receive nothing more. */
  close(): void {
    const sinks = [...this.#channels.values()].flatMap((shown) => [...shown.values()].flatMap((one) => [...one.sinks]));
    for (const sink of sinks) sink.end();
  }

  #announce(channel: Channel, sent: Sent[]): void {
    const { topic, read, sinks } = channel;
    try {
      const event = renderEvent(read());
      for (const sink of sinks) sent.push({ channel, sink, event });
    } catch (error) {
      this.#logger.error({ topic, error: toMessage(error) }, `a stream has no snapshot${toBlame(error)}`);
    }
  }

  #send(sent: readonly Sent[]): void {
    const position = (this.#position += 1);
    let finish = (): void => undefined;
    const finished = new Promise<void>((resolve) => (finish = resolve));
    const batch: Batch = {
      left: sent.length,
      done: () => {
        this.#unwritten.delete(position);
        finish();
      },
    };
    this.#unwritten.set(position, finished);
    for (const { sink, event } of sent) {
      this.#waiting.set(sink, { event, batches: [...(this.#waiting.get(sink)?.batches ?? []), batch] });
    }
    if (!this.#isWriting) this.#writeSlice();
    if (this.#waiting.size > 0 && !this.#isWriting) this.#goOn();
  }

  #goOn(): void {
    this.#isWriting = true;
    setImmediate(() => {
      this.#writeSlice();
      this.#isWriting = false;
      if (this.#waiting.size > 0) this.#goOn();
    });
  }

  #writeSlice(): void {
    let written = 0;
    for (const [sink, { event }] of this.#waiting) {
      sink.push(event);
      this.#settle(sink);
      if ((written += 1) === SLICE) return;
    }
  }

  /** Removes a client whose event was written or that has left. */
  #settle(sink: Sink): void {
    const waiting = this.#waiting.get(sink);
    this.#waiting.delete(sink);
    for (const batch of waiting?.batches ?? []) {
      batch.left -= 1;
      if (batch.left === 0) batch.done();
    }
  }
}

/** Returns the topics that the changes of one commit concern. Topics of two providers may have the same name. */
export function toTopics(streaming: readonly Provider[], changes: readonly Change[]): ReadonlySet<string> {
  let topics = NO_TOPICS;
  for (const { id, streams } of streaming) {
    if (!changes.some(({ provider }) => provider === id)) continue;
    const own = changes.filter(({ provider }) => provider === id);
    const found = new Set(topics);
    for (const topic of streams?.topics(own) ?? []) found.add(`${id} ${topic}`);
    topics = found;
  }
  return topics;
}

const NO_TOPICS: ReadonlySet<string> = new Set();
