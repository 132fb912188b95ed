import type { Brand } from './brand.ts';
import { parseDuration } from './duration.ts';
import { quote } from './quotation.ts';

/** Milliseconds since 1970-01-01T00:00:00Z, a whole number. */
export type Instant = Brand<number, 'Instant'>;

/** The range of RFC 3339: the years 0 to 9999. */
export const FIRST = Date.parse('0000-01-01T00:00:00Z');
export const LAST = Date.parse('9999-12-31T23:59:59.999Z');
const RFC3339 = /^(\d{4}-\d{2}-(\d{2}))T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/;
const RELATIVE = /^now(?:([+-])(P.+))?$/;

/** @throws {RangeError} outside the range of RFC 3339 */
export function toInstant(milliseconds: number): Instant {
  const whole = Math.trunc(milliseconds);
  if (!(whole >= FIRST && whole <= LAST)) throw new RangeError(`${milliseconds} is outside the years 0000 to 9999.`);
  return whole as Instant;
}

/** Adds milliseconds, up to the last instant. */
export function toLater(instant: Instant, milliseconds: number): Instant {
  return toInstant(Math.min(instant + milliseconds, LAST));
}

/** The last one and its text. */
let rendered: Instant | undefined;
let text = '';

/**
 * RFC 3339 with milliseconds and `Z`. The last one is remembered, since one exchange tells its own instant several times,
 * and to write one takes as long as 0.4 µs.
 */
export function renderInstant(instant: Instant): string {
  if (instant !== rendered) {
    text = new Date(instant).toISOString();
    rendered = instant;
  }
  return text;
}

export function renderInstantOrNull(instant: Instant | null): string | null {
  return instant === null ? null : renderInstant(instant);
}

/** @throws {SyntaxError} says what was expected */
export function parseInstant(text: string): Instant {
  const [, date, day] = RFC3339.exec(text) ?? [];
  const milliseconds = date === undefined ? Number.NaN : Date.parse(text);
  // Date.parse turns 30 February into 2 March.
  const exists = new Date(`${date ?? ''}T00:00:00Z`).getUTCDate() === Number(day);
  if (Number.isNaN(milliseconds) || !exists) {
    throw new SyntaxError(`${quote(text)} is not an instant: write RFC 3339 such as 2026-01-01T00:00:00Z.`);
  }
  return toInstant(milliseconds);
}

/** Like `parseInstant`, and also "now", "now+P30D", "now-PT1H". Calls `now` only for those. */
export function parseRelativeInstant(text: string, now: () => Instant): Instant {
  const match = RELATIVE.exec(text);
  if (!match) return parseInstant(text);
  const distance = match[2] === undefined ? 0 : parseDuration(match[2]);
  const instant = now() + (match[1] === '-' ? -distance : distance);
  if (instant >= FIRST && instant <= LAST) return toInstant(instant);
  throw new RangeError(`"${text}" is outside the years 0000 to 9999; now is ${renderInstant(now())}.`);
}

/** The longest timer of Node, in milliseconds. */
export const LONGEST_TIMER = 2_147_483_647;

/** Milliseconds since 1970 by the system's clock, for what concerns no sandbox. */
export function systemTime(): number {
  return Date.now();
}

/** Milliseconds of real time from an arbitrary start; for durations and delays only. */
export function monotonic(): number {
  return performance.now();
}

/** Milliseconds by which the system's clock may run ahead before the machine counts as having slept. */
const SLACK = 1000;

/**
 * Real time that never goes back when the system's clock is corrected. `monotonic` stops while the machine sleeps; this
 * catches up.
 */
export class RealTime {
  /** The real time at which `monotonic` was 0; found out by who asks first, since code may be loaded long before it runs. */
  #origin: number | undefined;

  now(): number {
    const running = performance.now();
    const origin = Date.now() - running;
    this.#origin ??= origin;
    if (origin - this.#origin > SLACK) this.#origin = origin;
    return this.#origin + running;
  }
}

const shared = new RealTime();

export interface ClockState {
  readonly frozenAt: Instant | undefined;
  /** Milliseconds by which a running clock is ahead of real time. */
  readonly offset: number;
}

/** The clock of a sandbox: it runs with real time, shifted or not, or is frozen. */
export class Clock {
  readonly #realTime: RealTime;
  #state: ClockState;

  constructor(frozenAt?: Instant, realTime = shared) {
    this.#realTime = realTime;
    this.#state = { frozenAt, offset: 0 };
  }

  get state(): ClockState {
    return this.#state;
  }

  restore(state: ClockState): void {
    this.#state = state;
  }

  get frozen(): boolean {
    return this.#state.frozenAt !== undefined;
  }

  now(): Instant {
    const { frozenAt, offset } = this.#state;
    // A running clock stops at the last instant, because no later one can be written.
    return frozenAt ?? toInstant(Math.min(this.#realTime.now() + offset, LAST));
  }

  freeze(at: Instant = this.now()): void {
    this.#state = { frozenAt: at, offset: 0 };
  }

  run(from: Instant = this.now()): void {
    this.#state = { frozenAt: undefined, offset: from - this.#realTime.now() };
  }

  /** Moves to `instant`; a running clock continues from there. */
  set(instant: Instant): void {
    if (this.frozen) this.freeze(instant);
    else this.run(instant);
  }
}
