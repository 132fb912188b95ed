import type { Instant } from '../../core/clock.ts';

const HOUR = 3_600_000;
const OFFSET = /GMT(?:([+-])(\d\d):(\d\d)(?::(\d\d))?)?/;

const zone = new Intl.DateTimeFormat('en-US', { timeZone: 'America/New_York', timeZoneName: 'longOffset' });

/** The hour that was asked for last: the clock seldom leaves it, and a look into the time zone is slow. */
let latest = { hour: Number.NaN, offset: 0, text: '' };

/**
 * The service's wall clock.
 *
 * FIDELITY: `last_login` comes with an offset of -04:00 in July (REST docs, v2, checked against the
 * live service). ASSUMED: that is US Eastern time, and days and months are those of the same clock.
 */
function toEastern(instant: Instant): { readonly text: string; readonly offset: string } {
  const hour = Math.floor(instant / HOUR);
  if (latest.hour !== hour) latest = { hour, ...findOffset(instant) };
  return { text: new Date(instant + latest.offset).toISOString().slice(0, -1), offset: latest.text };
}

function findOffset(instant: Instant): { offset: number; text: string } {
  const [, sign = '+', hours = '00', minutes = '00', seconds = '00'] = OFFSET.exec(zone.format(instant)) ?? [];
  const size = Number(hours) * HOUR + Number(minutes) * 60_000 + Number(seconds) * 1000;
  return { offset: sign === '-' ? -size : size, text: `${sign}${hours}:${minutes}` };
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
