/** One part of a sort key. Integers sort by value, strings by UTF-16 code unit. */
export type KeyPart = string | number;

/**
 * Packs the parts into one string that sorts as the parts do, one after another, if those at one place are all of one type.
 *
 * A string ends in NUL NUL and a NUL inside it becomes NUL SOH, so that no value, however
 * hostile, can look like two parts or like a longer neighbour; a number ends in one NUL.
 *
 * @throws {TypeError} for a part that is neither, as a provider in JavaScript may give it
 * @throws {RangeError} for a number that is not a safe integer
 */
export function toKey(parts: readonly KeyPart[]): string {
  let key = '';
  for (const part of parts) {
    if (typeof part === 'number') key += `${toDigits(part)}\0`;
    else if (typeof part === 'string') key += `${escapeNul(part)}\0\0`;
    else refuse(part);
  }
  return key;
}

/**
 * Packs the parts of a record's key, which people see, into one text. Two texts begin alike only if their first parts are
 * the same, and texts that differ only in a number at the end sort by that number.
 *
 * @throws as `toKey`
 */
export function toRecordKey(parts: readonly KeyPart[]): string {
  let key = '';
  for (const part of parts) {
    if (typeof part === 'number') key += `${toDigits(part)} `;
    else if (typeof part === 'string') key += `${toQuoted(part)} `;
    else refuse(part);
  }
  return key;
}

function toQuoted(part: string): string {
  return part.includes('"') || part.includes('\\') ? JSON.stringify(part) : `"${part}"`;
}

function refuse(part: never): never {
  throw new TypeError(`A key part must be a string or a safe integer, got ${String(part)}.`);
}

function escapeNul(part: string): string {
  return part.includes('\0') ? part.replaceAll('\0', '\0\u0001') : part;
}

/** The character code of the digit 0. */
const ZERO = 48;

/** The digits after a character for their count, so that longer numbers sort later, or earlier if negative. */
function toDigits(part: number): string {
  if (!Number.isSafeInteger(part)) throw new RangeError(`A key part must be a safe integer, got ${part}.`);
  const digits = String(Math.abs(part));
  const { length } = digits;
  if (part >= 0) return `${String.fromCharCode(ZERO + length)}${digits}`;
  return `${String.fromCharCode(ZERO - length)}${String(10 ** length + part).padStart(length, '0')}`;
}
