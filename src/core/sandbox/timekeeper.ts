import type { DueItem } from '../store/due.ts';
import type { Clock, ClockState, Instant } from '../values/clock.ts';
import type { DueItems } from './due-items.ts';

interface Timed {
  readonly clock: Clock;
  readonly due: DueItems;
  /** Has one thing happen that is due. */
  happen(item: DueItem): void;
  /** The clock was moved; `undo` puts it back. */
  moved(undo: () => void): void;
  /** When something else is to be looked after that is no due item. */
  next(): Instant | undefined;
  /** Has the sandbox woken after so many milliseconds; `undefined` for not at all. */
  wake(delay: number | undefined): void;
}

/** The time of one sandbox, and what happens when it has come. */
export class Timekeeper {
  readonly #timed: Timed;
  /** What it says of a clock that runs. */
  #reached: Instant;

  constructor(timed: Timed) {
    this.#timed = timed;
    this.#reached = timed.clock.now();
  }

  /**
   * The last instant up to which all has happened that was due. What is seen at once with what happened then is seen as
   * of it, so that it is the same where it is done again.
   */
  get reached(): Instant {
    const { clock } = this.#timed;
    return clock.frozen ? clock.now() : this.#reached;
  }

  /** Has everything happen that is due by now, in order, each at its own instant; returns the instant now. */
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

  /** The clock is another one. */
  restart(): void {
    this.#reached = this.#timed.clock.now();
    this.plan();
  }

  /**
   * Moves the clock; where it moves ahead, what is due on the way happens. Where there is no end of that, or what
   * happens is to be looked after first, the clock stays where it has got to.
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

  /** Tells the waker when the next due item comes up. */
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
