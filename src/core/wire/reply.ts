import type { Instant } from '../values/clock.ts';
import { isKin } from '../values/kinship.ts';

/**
 * The result of an operation, a control or a renderer. A string body is text, a `Buffer` is bytes of the `Content-Type`
 * in its headers, a `Stream` continues, anything else is JSON.
 */
export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

const TOPIC_VIEW = Symbol.for('credits-emulator topic view');

/** A topic's value, and until when it is valid if nothing changes; `undefined` for no limit. */
export interface TopicValue<T> {
  readonly value: T;
  readonly until: Instant | undefined;
}

/**
 * A body that shows a topic. It is made, validated and serialised once for all requests and for streams of the same
 * form, until a change concerns the topic.
 */
export class TopicView<C = unknown, T = unknown> {
  readonly [TOPIC_VIEW] = true;
  /** The name that the provider's `topics` returns for changes that concern it. */
  readonly topic: string;
  /** The form of the topic: a topic has one view per form. There must be few. */
  readonly form: string;
  /** Reads it from the provider's current state. Typed as a method so that its context may be narrower. */
  readonly read: { read(context: C): TopicValue<T> }['read'];

  constructor(topic: string, form: string, read: (context: C) => TopicValue<T>) {
    this.topic = topic;
    this.form = form;
    this.read = read;
  }

  static [Symbol.hasInstance](value: unknown): boolean {
    return isKin(this, TopicView, TOPIC_VIEW, value);
  }
}

const STREAM = Symbol.for('credits-emulator stream');

/** A body that sends the view of a topic at once and after every change that concerns it. */
export class Stream<C = unknown> {
  readonly [STREAM] = true;
  /** The name that the provider's `topics` returns for changes that concern it. */
  readonly topic: string;
  /** Reads the view from the provider's current state. Typed as a method so that its context may be narrower. */
  readonly read: { read(context: C): unknown }['read'];
  /** The shared view that it sends, if any. */
  readonly view: TopicView<C> | undefined;

  constructor(topic: string, read: (context: C) => unknown);
  constructor(snapshot: TopicView<C>);
  constructor(shown: string | TopicView<C>, read: (context: C) => unknown = () => undefined) {
    if (typeof shown === 'string') {
      this.topic = shown;
      this.read = read;
      this.view = undefined;
    } else {
      this.topic = shown.topic;
      this.read = (context) => shown.read(context).value;
      this.view = shown;
    }
  }

  static [Symbol.hasInstance](value: unknown): boolean {
    return isKin(this, Stream, STREAM, value);
  }
}

/** Woken as soon as there is something to read. */
export interface Listener {
  wake(): void;
  /** Called after the last event. */
  end(): void;
}

/** One event of a tail. Listeners that receive the same event are given the same object. */
export interface TailEvent {
  readonly id: number;
  readonly name: string;
  readonly data: object;
}

export interface TailSource {
  /**
   * Returns `undefined` if none is there yet. Throws for an event that cannot be made; the next call continues after
   * it.
   */
  next(): TailEvent | undefined;
  close(): void;
}

/** An endless body of events, none of which is left out or replaced by a newer one. */
export class Tail {
  /** Milliseconds of real time between comments that keep the connection open. */
  readonly heartbeat: number;
  /** Called when the answer is sent, at most once. */
  readonly open: (listener: Listener) => TailSource;

  constructor(heartbeat: number, open: (listener: Listener) => TailSource) {
    this.heartbeat = heartbeat;
    this.open = open;
  }
}

/** Answers of these statuses have no body. */
export const WITHOUT_BODY: ReadonlySet<number> = new Set([204, 205, 304]);
