import { LONGEST_TIMER, monotonic } from '../values/clock.ts';

/**
 * Wakes sandboxes with running clocks when their next scheduled item is due, even without a request. All share one timer,
 * which does not keep the process alive.
 */
export class Waker<S extends object> {
  readonly #wake: (sandbox: S) => void;
  /** When to wake each, on the scale of `monotonic`. */
  readonly #waiting = new Map<S, number>();
  #timer: NodeJS.Timeout | undefined;
  /** When the timer fires. It may be early, but never late. */
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
