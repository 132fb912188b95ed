import type { DueItem } from '../store/due.ts';
import type { Clock, ClockState, Instant } from '../values/clock.ts';
import type { DueItems } from './due-items.ts';

interface Timed {
  readonly clock: Clock;
  readonly due: DueItems;
  /** Runs one scheduled item. */
  happen(item: DueItem): void;
  /** Runs after the clock was moved; `undo` puts it back. */
  moved(undo: () => void): void;
  /** Returns the time of the next work other than scheduled items. */
  next(): Instant | undefined;
  /** Wakes the sandbox after these milliseconds; `undefined` for never. */
  wake(delay: number | undefined): void;
}

/** Keeps the time of one sandbox, and runs its scheduled items. */
export class Timekeeper {
  readonly #timed: Timed;
  /** The last time that was read from a running clock. */
  #reached: Instant;

  constructor(timed: Timed) {
    this.#timed = timed;
    this.#reached = timed.clock.now();
  }

  /**
   * The instant up to which all scheduled items have run. Reads right after them use this instant, so that a replay sees the
   * same.
   */
  get reached(): Instant {
    const { clock } = this.#timed;
    return clock.frozen ? clock.now() : this.#reached;
  }

  /** Runs everything that is due by now, in order, each item at its own instant; returns the instant now. */
  catchUp(): Instant {
    const { clock, due } = this.#timed;
    const now = clock.now();
    const { next } = due;
    if (next && next.at <= now) {
      for (const item of due.until(now)) {
        this.#reached = Math.max(this.#reached, item.at) as Instant;
        this.#timed.happen(item);
      }
      this.plan();
    }
    return (this.#reached = now);
  }

  /** Starts again after the clock was replaced. */
  restart(): void {
    this.#reached = this.#timed.clock.now();
    this.plan();
  }

  /**
   * Moves the clock. When it moves ahead, it runs the items that are due on the way. It stops early if there are too
   * many of these or if `isToStay` returns true.
   */
  moveTo(instant: Instant, isToStay = (): boolean => false): void {
    const { clock, due } = this.#timed;
    const before = clock.state;
    let last: DueItem | undefined;
    for (const item of due.until(instant)) {
      if (item.at > clock.now()) clock.set(item.at);
      this.#reached = clock.now();
      this.#timed.happen(item);
      last = item;
      if (isToStay()) {
        this.#moved(before);
        return;
      }
    }
    const next = last && due.next;
    if (!next || next.at > instant) clock.set(instant);
    this.#moved(before);
  }

  freeze(): void {
    const before = this.#timed.clock.state;
    this.#timed.clock.freeze();
    this.catchUp();
    this.#moved(before);
  }

  run(): void {
    const before = this.#timed.clock.state;
    this.#timed.clock.run();
    this.#moved(before);
  }

  /** Plans the wake-up for the next scheduled item. */
  plan(): void {
    const { clock, due } = this.#timed;
    const next = clock.frozen ? undefined : earliest(due.next?.at, this.#timed.next());
    this.#timed.wake(next === undefined ? undefined : next - clock.now());
  }

  #moved(before: ClockState): void {
    this.#reached = this.#timed.clock.now();
    this.#timed.moved(() => {
      this.#timed.clock.restore(before);
    });
  }
}

function earliest(one: Instant | undefined, other: Instant | undefined): Instant | undefined {
  return one === undefined || (other !== undefined && other < one) ? other : one;
}
