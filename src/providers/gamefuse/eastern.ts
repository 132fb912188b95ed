import type { Instant } from '../../core/clock.ts';

const HOUR = 3_600_000;
const OFFSET = /GMT(?:([+-])(\d\d):(\d\d)(?::(\d\d))?)?/;

/** Made when first used, and not at a start: it takes some milliseconds. */
let zone: Intl.DateTimeFormat | undefined;

interface Offset {
  /** Milliseconds. */
  readonly size: number;
  readonly text: string;
}

/** By hour: a look into the time zone takes longer than the rest of an exchange, and few hours are asked for. */
const offsets = new Map<number, Offset>();
const MOST_OFFSETS = 10_000;

/**
 * The service's wall clock.
 *
 * FIDELITY: `last_login` comes with an offset of -04:00 in July (REST docs, v2, checked against the
 * live service). ASSUMED: that is US Eastern time, and days and months are those of the same clock.
 */
function toEastern(instant: Instant): { readonly text: string; readonly offset: string } {
  const { size, text: offset } = getOffset(instant);
  return { text: new Date(instant + size).toISOString().slice(0, -1), offset };
}

function getOffset(instant: Instant): Offset {
  const hour = Math.floor(instant / HOUR);
  const known = offsets.get(hour);
  if (known) return known;
  if (offsets.size >= MOST_OFFSETS) offsets.clear();
  const found = readOffset(instant);
  offsets.set(hour, found);
  return found;
}

function readOffset(instant: Instant): Offset {
  zone ??= new Intl.DateTimeFormat('en-US', { timeZone: 'America/New_York', timeZoneName: 'longOffset' });
  const [, sign = '+', hours = '00', minutes = '00', seconds = '00'] = OFFSET.exec(zone.format(instant)) ?? [];
  const size = Number(hours) * HOUR + Number(minutes) * 60_000 + Number(seconds) * 1000;
  return { size: sign === '-' ? -size : size, text: `${sign}${hours}:${minutes}` };
}

/** Such as `2024-07-21T14:23:37.457-04:00`. */
export function renderEasternTime(instant: Instant): string {
  const { text, offset } = toEastern(instant);
  return text + offset;
}

/** Such as `2024-07-21`. */
export function renderEasternDate(instant: Instant): string {
  return toEastern(instant).text.slice(0, 10);
}

/** Such as `2024-07`. */
export function toEasternMonth(instant: Instant): string {
  return toEastern(instant).text.slice(0, 7);
}
