import { quote } from './quotation.ts';

/** 15 digits, so that it can be added to an instant. */
const LONGEST = 999_999_999_999_999;
const UNITS = { W: 604_800_000, D: 86_400_000, H: 3_600_000, M: 60_000, S: 1000 } as const;
const PATTERN = /^P(?:(\d+)W)?(?:(\d+)D)?(?:T(?=\d)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d{1,3})?)S)?)?$/;

/**
 * Parses an ISO 8601 duration such as "PT30S" or "P1DT12H", or a number of milliseconds. Returns milliseconds.
 * Years and months have no fixed length and are refused.
 *
 * @throws {SyntaxError} a sentence that says what was expected
 */
export function parseDuration(text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  const match = PATTERN.exec(text);
  if (!match || text === 'P') {
    throw new SyntaxError(
      `${quote(text)} is not a duration: write ISO 8601 such as PT30S, PT1H or P30D, or milliseconds.`,
    );
  }
  const [, weeks, days, hours, minutes, seconds] = match;
  const milliseconds =
    Number(weeks ?? 0) * UNITS.W +
    Number(days ?? 0) * UNITS.D +
    Number(hours ?? 0) * UNITS.H +
    Number(minutes ?? 0) * UNITS.M +
    Math.round(Number(seconds ?? 0) * UNITS.S);
  if (milliseconds <= LONGEST) return milliseconds;
  throw new SyntaxError(`${quote(text)} is too long: the maximum is ${LONGEST} milliseconds.`);
}
