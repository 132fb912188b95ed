import type { Instant } from '../values/clock.ts';
import { isKin } from '../values/kinship.ts';

/**
 * What an operation, a control or a renderer gives back. A string body is text, a `Buffer` is bytes of the
 * `Content-Type` that its headers say, a `Stream` goes on, everything else is JSON.
 */
export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

const TOPIC_VIEW = Symbol.for('credits-emulator topic view');

/** What a topic looks like, and up to when that is so if nothing changes; `undefined` for as long as nothing does. */
export interface TopicValue<T> {
  readonly value: T;
  readonly until: Instant | undefined;
}

/**
 * A body that shows a topic. It is made, checked against the document and written out once, for all who ask and for
 * streams of the same form, until a change concerns the topic.
 */
export class TopicView<C = unknown, T = unknown> {
  readonly [TOPIC_VIEW] = true;
  /** What the provider's `topics` will say of changes that concern it. */
  readonly topic: string;
  /** What is shown of it: one topic in one form has one snapshot. There must be few. */
  readonly form: string;
  /** Gives it, from the provider's state as it is then. Written so that its context may be a narrower one. */
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

/** A body that sends the snapshot of a topic, now and again after every change that concerns it. */
export class Stream<C = unknown> {
  readonly [STREAM] = true;
  /** What the provider's `topics` will say of changes that concern it. */
  readonly topic: string;
  /** Gives the snapshot, from the provider's state as it is then. Written so that its context may be a narrower one. */
  readonly read: { read(context: C): unknown }['read'];
  /** Of that it sends, where others show the same. */
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

/** Who is told as soon as there is something to be read. */
export interface Listener {
  wake(): void;
  /** There will be no more. */
  end(): void;
}

/** One event of a tail. Those who are to get the same are given the same object. */
export interface TailEvent {
  readonly id: number;
  readonly name: string;
  readonly data: object;
}

export interface TailSource {
  /** `undefined` where there is none yet. One that cannot be made is left out, after what it throws. */
  next(): TailEvent | undefined;
  close(): void;
}

/** A body that goes on, with events of which none is left out or replaced by a newer one. */
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
