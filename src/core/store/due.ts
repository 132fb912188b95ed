import { LONGEST_TIMER, monotonic, type Instant } from '../values/clock.ts';
import { defineCollection } from './collection.ts';

/** Something that happens at an instant of the sandbox's clock. */
export interface DueItem {
  readonly at: Instant;
  readonly seq: number;
  readonly provider: string;
  readonly kind: string;
  readonly payload: object;
}

/** Core's own collections, beside those of the providers. */
export const CORE = 'emulator';

/** Due items are records, so that they are written, kept and taken back with the transaction that causes them. */
export const coreCollections = {
  due: defineCollection({
    key: (item: DueItem) => String(item.seq),
    orders: { at: (item) => [item.at, item.seq] },
  }),
};

/**
 * Wakes sandboxes whose clock runs when their next due item comes up, so that it happens
 * even if nobody asks. One timer for all; it does not keep the process alive.
 */
export class Waker<S extends object> {
  readonly #wake: (sandbox: S) => void;
  /** When to wake each, on the scale of `monotonic`. */
  readonly #waiting = new Map<S, number>();
  #timer: NodeJS.Timeout | undefined;
  /** When the timer goes off. It may be early for nobody, but never late for anyone. */
  #armedFor = Number.POSITIVE_INFINITY;
  #closed = false;

  constructor(wake: (sandbox: S) => void) {
    this.#wake = wake;
  }

  /** @param delay milliseconds from now; `undefined` for never */
  plan(sandbox: S, delay: number | undefined): void {
    if (delay === undefined) {
      this.#waiting.delete(sandbox);
      return;
    }
    const at = monotonic() + delay;
    this.#waiting.set(sandbox, at);
    this.#arm(at);
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#waiting.clear();
  }

  #arm(at: number): void {
    if (this.#closed || at >= this.#armedFor) return;
    clearTimeout(this.#timer);
    this.#armedFor = at;
    this.#timer = setTimeout(
      () => {
        this.#wakeThoseDue();
      },
      Math.min(Math.max(at - monotonic(), 1), LONGEST_TIMER),
    );
    this.#timer.unref();
  }

  #wakeThoseDue(): void {
    this.#armedFor = Number.POSITIVE_INFINITY;
    const now = monotonic();
    for (const [sandbox, at] of [...this.#waiting]) {
      if (at > now) continue;
      this.#waiting.delete(sandbox);
      this.#wake(sandbox);
    }
    let next = Number.POSITIVE_INFINITY;
    for (const at of this.#waiting.values()) next = Math.min(next, at);
    this.#arm(next);
  }
}
