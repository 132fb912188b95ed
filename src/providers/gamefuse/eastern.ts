import type { Instant } from '../../core/values/clock.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** The first year that RFC 3339 can write. */
const YEAR_0 = Date.parse('0000-01-01T00:00:00Z');
const OFFSET = /GMT([+-])(\d\d):(\d\d)/;

/** Created at first use, because it takes some milliseconds. */
let zone: Intl.DateTimeFormat | undefined;

/** The clock in one hour of UTC. Since 1883, its offset is a whole number of hours. */
interface Shown {
  /** Milliseconds to add to UTC. */
  readonly offset: number;
  /** Such as `-04:00`. */
  readonly offsetText: string;
  /** Such as `2024-07-21`. */
  readonly date: string;
}

/** Cached by hour: a time zone query takes longer than the rest of an exchange, and few different hours are needed. */
const shown = new Map<number, Shown>();
const MOST_HOURS = 10_000;

/**
 * Reads the service's wall clock.
 *
 * FIDELITY: `last_login` has an offset of -04:00 in July (REST docs, v2, checked against the live
 * service). ASSUMED: that is US Eastern time, and days and months are those of the same clock.
 */
function toShown(instant: Instant): Shown {
  const hour = Math.floor(instant / HOUR);
  const known = shown.get(hour);
  if (known) return known;
  if (shown.size >= MOST_HOURS) shown.clear();
  const read = readZone(instant);
  shown.set(hour, read);
  return read;
}

function readZone(instant: Instant): Shown {
  zone ??= new Intl.DateTimeFormat('en-US', { timeZone: 'America/New_York', timeZoneName: 'longOffset' });
  const [, sign = '-', hours = '05', minutes = '00'] = OFFSET.exec(zone.format(instant)) ?? [];
  const size = Number(hours) * HOUR + Number(minutes) * MINUTE;
  const offset = sign === '-' ? -size : size;
  return { offset, offsetText: `${sign}${hours}:${minutes}`, date: renderShifted(instant, offset).slice(0, 10) };
}

/** The first hours of year 0 are in the year before in New York, which needs more digits; they become its first instant. */
function renderShifted(instant: Instant, offset: number): string {
  return new Date(Math.max(instant + offset, YEAR_0)).toISOString().slice(0, -1);
}

/** Such as `2024-07-21T14:23:37.457-04:00`. */
export function renderEasternTime(instant: Instant): string {
  const { offset, offsetText } = toShown(instant);
  return renderShifted(instant, offset) + offsetText;
}

/** Such as `2024-07-21`. */
export function renderEasternDate(instant: Instant): string {
  return toShown(instant).date;
}

/** Such as `2024-07`. */
export function toEasternMonth(instant: Instant): string {
  return toShown(instant).date.slice(0, 7);
}
