import { isKin } from '../values/kinship.ts';

/**
 * What an operation, a control or a renderer gives back. A string body is text, a `Stream` goes on,
 * everything else is JSON.
 */
export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

const STREAM = Symbol.for('credits-emulator stream');

/** A body that sends the snapshot of a topic, now and again after every change that concerns it. */
export class Stream<C = unknown> {
  readonly [STREAM] = true;
  /** What the provider's `topics` will say of changes that concern it. */
  readonly topic: string;
  /** Gives the snapshot, from the provider's state as it is then. Written so that its context may be a narrower one. */
  readonly read: { read(context: C): unknown }['read'];

  constructor(topic: string, read: (context: C) => unknown) {
    this.topic = topic;
    this.read = read;
  }

  static [Symbol.hasInstance](value: unknown): boolean {
    return isKin(this, Stream, STREAM, value);
  }
}

/** Answers of these statuses have no body. */
export const WITHOUT_BODY: ReadonlySet<number> = new Set([204, 205, 304]);
