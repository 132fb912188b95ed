import { describe, expect, it, onTestFinished, vi } from 'vitest';

import {
  Clock,
  monotonic,
  parseInstant,
  parseRelativeInstant,
  RealTime,
  renderInstant,
  toInstant,
  type Instant,
} from '../../../src/core/values/clock.ts';

const NEW_YEAR = parseInstant('2026-01-01T00:00:00Z');
const HOUR = 3_600_000;

describe('parseInstant', () => {
  it.each([
    ['2026-01-01T00:00:00Z', '2026-01-01T00:00:00.000Z'],
    ['2026-01-01T00:00Z', '2026-01-01T00:00:00.000Z'],
    ['2026-01-01T00:00:00.5Z', '2026-01-01T00:00:00.500Z'],
    ['2026-01-01T00:00:00.123456789Z', '2026-01-01T00:00:00.123Z'],
    ['2026-01-01T05:30:00+05:30', '2026-01-01T00:00:00.000Z'],
    ['2025-12-31T19:00:00-05:00', '2026-01-01T00:00:00.000Z'],
    ['2024-02-29T00:00:00Z', '2024-02-29T00:00:00.000Z'],
    ['0001-01-01T00:00:00Z', '0001-01-01T00:00:00.000Z'],
  ])('reads %s', (text, instant) => {
    expect(renderInstant(parseInstant(text))).toBe(instant);
  });

  it.each([
    ...['', 'now', '2026', '2026-01-01', '2026-01-01T00:00:00', '2026-01-01 00:00:00Z', '1767225600000'],
    ...['2026-13-01T00:00:00Z', '2026-00-01T00:00:00Z', '2026-01-32T00:00:00Z', '2026-01-01T24:01:00Z'],
    ...['2026-01-01T00:60:00Z', '20260101T000000Z', '2026-01-01T00:00:00+5', 'Thu, 01 Jan 2026 00:00:00 GMT'],
  ])('refuses %j', (text) => {
    expect(() => parseInstant(text)).toThrow(
      new SyntaxError(`"${text}" is not an instant: write RFC 3339 such as 2026-01-01T00:00:00Z.`),
    );
  });
});

describe('parseRelativeInstant', () => {
  it.each([
    ['now', 0],
    ['now+PT1H', HOUR],
    ['now-PT1H', -HOUR],
    ['now+P30D', 720 * HOUR],
    ['2026-01-01T02:00:00Z', 2 * HOUR],
  ])('reads %s', (text, distance) => {
    expect(parseRelativeInstant(text, () => NEW_YEAR)).toBe(NEW_YEAR + distance);
  });

  it.each(['now+', 'now PT1H', 'now+1000', 'now+P1M', 'Now', 'now-now'])('refuses %j', (text) => {
    expect(() => parseRelativeInstant(text, () => NEW_YEAR)).toThrow(SyntaxError);
  });

  it('does not ask for the time where the instant does not depend on it', () => {
    const now = (): Instant => {
      throw new Error('asked');
    };
    expect(parseRelativeInstant('2026-01-01T00:00:00Z', now)).toBe(NEW_YEAR);
  });
});

describe('toInstant', () => {
  it('cuts fractions of a millisecond off', () => {
    expect([toInstant(1.9), toInstant(-1.9)]).toEqual([1, -1]);
  });

  it.each([Number.NaN, Infinity, 8_640_000_000_000_001, -8_640_000_000_000_001])('refuses %d', (milliseconds) => {
    expect(() => toInstant(milliseconds)).toThrow(RangeError);
  });
});

describe('Clock', () => {
  it('stands still where it was frozen', () => {
    const clock = new Clock(NEW_YEAR);
    expect([clock.frozen, clock.now()]).toEqual([true, NEW_YEAR]);
  });

  it('runs with real time unless it was frozen', async () => {
    const clock = new Clock(undefined, new RealTime());
    const [real, shown] = [Date.now(), clock.now()];
    expect(clock.frozen).toBe(false);
    expect(Math.abs(shown - real)).toBeLessThan(1000);
    await expect.poll(() => clock.now()).toBeGreaterThan(shown);
  });

  it('moves to an instant, frozen as before', () => {
    const clock = new Clock(NEW_YEAR);
    clock.set(toInstant(NEW_YEAR - HOUR));
    expect([clock.frozen, clock.now()]).toEqual([true, NEW_YEAR - HOUR]);
  });

  it('moves to an instant, running as before', async () => {
    const clock = new Clock();
    clock.set(NEW_YEAR);
    const first = clock.now();
    expect(first - NEW_YEAR).toBeLessThan(1000);
    await expect.poll(() => clock.now()).toBeGreaterThan(first);
  });

  it('never shows an instant before the one that it was set to', () => {
    const clock = new Clock();
    const early = Array.from({ length: 10_000 }, (_, index) => toInstant(NEW_YEAR + index)).filter((instant) => {
      clock.run(instant);
      return clock.now() < instant;
    });
    expect(early).toEqual([]);
  });

  it('stays at the last instant when it has run there', async () => {
    const last = parseInstant('9999-12-31T23:59:59.999Z');
    const clock = new Clock();
    clock.run(last);
    const start = monotonic();
    await expect.poll(() => monotonic()).toBeGreaterThan(start + 5);
    expect([clock.frozen, clock.now()]).toEqual([false, last]);
    clock.freeze();
    expect(clock.now()).toBe(last);
  });

  it('freezes where it is and runs on from there', async () => {
    const clock = new Clock();
    clock.run(NEW_YEAR);
    clock.freeze();
    const frozen = clock.now();
    const start = monotonic();
    await expect.poll(() => monotonic()).toBeGreaterThan(start + 5);
    expect(clock.now()).toBe(frozen);
    clock.run();
    expect(clock.now() - frozen).toBeLessThan(1000);
    await expect.poll(() => clock.now()).toBeGreaterThan(frozen);
  });

  it('goes back to a state that was kept', () => {
    const clock = new Clock(NEW_YEAR);
    const { state } = clock;
    clock.run();
    clock.restore(state);
    expect([clock.frozen, clock.now()]).toEqual([true, NEW_YEAR]);
  });
});

it.each(['2026-02-30T00:00:00Z', '2026-02-29T00:00:00Z', '2026-00-01T00:00:00Z', '2026-13-01T00:00:00Z'])(
  'refuses %s, a day that there is not',
  (text) => {
    expect(() => parseInstant(text)).toThrow('is not an instant');
  },
);

it('refuses instants that cannot be written down', () => {
  expect(() => parseRelativeInstant('now+P3000000D', () => toInstant(0))).toThrow('outside the years 0000 to 9999');
  expect(() => toInstant(Number.NaN)).toThrow('outside the years');
});

describe('RealTime', () => {
  it('is that of the one who asks first, although it was made when it was later', () => {
    vi.useFakeTimers({ toFake: ['Date', 'performance'], now: NEW_YEAR + HOUR });
    onTestFinished(() => void vi.useRealTimers());
    const time = new RealTime();
    vi.setSystemTime(NEW_YEAR);
    expect(time.now()).toBe(NEW_YEAR);
  });

  it('is not turned back, and catches up with a machine that slept', () => {
    vi.useFakeTimers({ toFake: ['Date', 'performance'], now: NEW_YEAR });
    onTestFinished(() => void vi.useRealTimers());
    const time = new RealTime();
    expect(time.now()).toBe(NEW_YEAR);
    vi.setSystemTime(NEW_YEAR - HOUR);
    expect(time.now()).toBe(NEW_YEAR);
    vi.setSystemTime(NEW_YEAR + HOUR);
    expect(time.now()).toBe(NEW_YEAR + HOUR);
  });
});
