import type { Brand } from './brand.ts';
import { parseDuration } from './duration.ts';
import { quote } from './quotation.ts';

/** Milliseconds since 1970-01-01T00:00:00Z, a whole number. */
export type Instant = Brand<number, 'Instant'>;

/** What RFC 3339 can write: the years 0 to 9999. */
const FIRST = Date.parse('0000-01-01T00:00:00Z');
const LAST = Date.parse('9999-12-31T23:59:59.999Z');
const RFC3339 = /^(\d{4}-\d{2}-(\d{2}))T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/;
const RELATIVE = /^now(?:([+-])(P.+))?$/;

/** @throws {RangeError} outside what RFC 3339 can write */
export function toInstant(milliseconds: number): Instant {
  const whole = Math.trunc(milliseconds);
  if (!(whole >= FIRST && whole <= LAST)) throw new RangeError(`${milliseconds} is outside the range of instants.`);
  return whole as Instant;
}

/** So many milliseconds later, and never later than there are instants. */
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

/** @throws {SyntaxError} a sentence that says what was expected */
export function parseInstant(text: string): Instant {
  const [, date, day] = RFC3339.exec(text) ?? [];
  const milliseconds = date === undefined ? Number.NaN : Date.parse(text);
  // Date.parse takes 30 February for the 2nd of March.
  const exists = new Date(`${date ?? ''}T00:00:00Z`).getUTCDate() === Number(day);
  if (Number.isNaN(milliseconds) || !exists) {
    throw new SyntaxError(`${quote(text)} is not an instant: write RFC 3339 such as 2026-01-01T00:00:00Z.`);
  }
  return toInstant(milliseconds);
}

/** As `parseInstant`, and also "now", "now+P30D", "now-PT1H". `now` is asked only for those. */
export function parseRelativeInstant(text: string, now: () => Instant): Instant {
  const match = RELATIVE.exec(text);
  if (!match) return parseInstant(text);
  const distance = match[2] === undefined ? 0 : parseDuration(match[2]);
  const instant = now() + (match[1] === '-' ? -distance : distance);
  if (instant >= FIRST && instant <= LAST) return toInstant(instant);
  throw new RangeError(`"${text}" is outside of the years 0000 to 9999 where now is ${renderInstant(now())}.`);
}

/** Milliseconds that Node's timers hold. */
export const LONGEST_TIMER = 2_147_483_647;

/** Milliseconds since 1970 as the system has them, for what concerns no sandbox. */
export function systemTime(): number {
  return Date.now();
}

/** Milliseconds of real time from an arbitrary start; for durations and delays only. */
export function monotonic(): number {
  return performance.now();
}

/** Milliseconds by which the system's clock may be ahead before that is taken for more than its usual corrections. */
const SLACK = 1000;

/**
 * Real time that is never turned back by a correction of the system's clock. While the machine sleeps `monotonic`
 * stands still, and this catches up.
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
  /** Milliseconds that a running clock is ahead of real time. */
  readonly offset: number;
}

/** The time of one sandbox: it runs with real time, shifted or not, or stands still. */
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
    // A running clock waits at the last instant: beyond it there is nothing that could be shown.
    return frozenAt ?? toInstant(Math.min(this.#realTime.now() + offset, LAST));
  }

  freeze(at: Instant = this.now()): void {
    this.#state = { frozenAt: at, offset: 0 };
  }

  run(from: Instant = this.now()): void {
    this.#state = { frozenAt: undefined, offset: from - this.#realTime.now() };
  }

  /** Moves to `instant`; a running clock runs on from there. */
  set(instant: Instant): void {
    if (this.frozen) this.freeze(instant);
    else this.run(instant);
  }
}
