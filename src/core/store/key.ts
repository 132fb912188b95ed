/** One part of a sort key. Integers sort by value, strings by UTF-16 code unit. */
export type KeyPart = string | number;

/** In front of the digits of a number that is not negative, by how many there are: more digits come later. */
const LONGER = Array.from({ length: 17 }, (_, count) => String.fromCharCode(48 + count));
/** The same of a negative number, whose digits are turned round: before all others, and more digits come earlier. */
const SHORTER = LONGER.map((_, count) => String.fromCharCode(48 - count));

/**
 * Packs the parts into one string that sorts as the parts do, one after another.
 *
 * A string ends in NUL NUL and a NUL inside it becomes NUL SOH, so that no value, however
 * hostile, can look like two parts or like a longer neighbour; a number ends in one NUL.
 */
export function toKey(parts: readonly KeyPart[]): string {
  let key = '';
  // Of lists of several kinds an iterator makes an object for each step.
  const count = parts.length;
  for (let at = 0; at < count; at += 1) {
    const part = parts[at] ?? '';
    key += typeof part === 'number' ? `${toDigits(part)}\0` : `${escapeNul(part)}\0\0`;
  }
  return key;
}

function escapeNul(part: string): string {
  return part.includes('\0') ? part.replaceAll('\0', '\0\u0001') : part;
}

function toDigits(part: number): string {
  if (!Number.isSafeInteger(part)) throw new RangeError(`A key part must be a safe integer, got ${part}.`);
  const digits = String(Math.abs(part));
  if (part >= 0) return `${LONGER[digits.length] ?? ''}${digits}`;
  return `${SHORTER[digits.length] ?? ''}${digits.replaceAll(/\d/gu, (digit) => String(9 - Number(digit)))}`;
}
