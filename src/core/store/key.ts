/** One part of a sort key. Integers sort by value, strings by UTF-16 code unit. */
export type KeyPart = string | number;

/** What is added to a number, so that none is negative; in two halves, for the sum is more than a number can hold. */
const OFFSET = Number.MAX_SAFE_INTEGER;
const HALF = 10 ** 9;
const HIGH = Math.floor(OFFSET / HALF);
const LOW = OFFSET % HALF;
/** In front of each half, so that it keeps its zeros. */
const HIGH_ZEROS = 10 ** 8;

/**
 * Packs the parts into one string that sorts as the parts do, one after another.
 *
 * Every part ends in NUL NUL and a NUL inside a string becomes NUL SOH, so that no
 * value, however hostile, can look like two parts or like a longer neighbour.
 */
export function toKey(...parts: readonly KeyPart[]): string {
  let key = '';
  for (const part of parts) {
    key += typeof part === 'number' ? toDigits(part) : escapeNul(part);
    key += '\0\0';
  }
  return key;
}

function escapeNul(part: string): string {
  return part.includes('\0') ? part.replaceAll('\0', '\0\u0001') : part;
}

function toDigits(part: number): string {
  if (!Number.isSafeInteger(part)) throw new RangeError(`A key part must be a safe integer, got ${part}.`);
  const high = Math.floor(part / HALF);
  const low = part - high * HALF + LOW;
  const carry = low >= HALF ? 1 : 0;
  return String(HIGH_ZEROS + high + HIGH + carry).slice(1) + String(HALF + low - carry * HALF).slice(1);
}
