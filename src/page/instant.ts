/** Milliseconds since 1970; `NaN` for what is no instant. */
export function toMillis(at: string): number {
  return Date.parse(at);
}

/** "00:00:00.000" of an instant in UTC. */
export function toTime(at: string): string {
  return at.slice(11, 23);
}

/** "2026-01-01 00:00:00Z". */
export function toDayAndTime(at: string): string {
  return `${at.slice(0, 10)} ${at.slice(11, 19)}Z`;
}

/** @param millis since 1970 */
export function toIso(millis: number): string {
  return new Date(millis).toISOString();
}

/** "12:03:04", as a clock on the wall says it to who looks. */
export function toWallTime(): string {
  return new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium' }).format();
}
