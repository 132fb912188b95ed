/** One part of a sort key. Integers sort by value, strings by UTF-16 code unit. */
export type KeyPart = string | number;

/**
 * Packs the parts into one string that sorts as the parts do, one after another, where those at one place are all of one kind.
 *
 * A string ends in NUL NUL and a NUL inside it becomes NUL SOH, so that no value, however
 * hostile, can look like two parts or like a longer neighbour; a number ends in one NUL.
 *
 * @throws {TypeError} for a part that is neither, as a provider in JavaScript may give it
 * @throws {RangeError} for a number that is no safe integer
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
 * Packs the parts of the key of a record, which people get to see, into one text. It begins as one of others does only where
 * their parts are the same in front, and those of which only a number behind them differs sort by that, where those at one
 * place are all of one kind.
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

/** What no number begins with that is not negative. */
const ZERO = 48;

/** Behind a character for how many there are: more digits come later, or earlier where the number is negative. */
function toDigits(part: number): string {
  if (!Number.isSafeInteger(part)) throw new RangeError(`A key part must be a safe integer, got ${part}.`);
  const digits = String(Math.abs(part));
  const { length } = digits;
  if (part >= 0) return `${String.fromCharCode(ZERO + length)}${digits}`;
  return `${String.fromCharCode(ZERO - length)}${String(10 ** length + part).padStart(length, '0')}`;
}
