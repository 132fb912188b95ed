import { constants } from 'node:buffer';
import { crc32 } from 'node:zlib';

import type { OpenFile } from './files.ts';

/** Bytes that are read at once. */
const CHUNK = 1 << 20;
/** No text can be longer, so that no line is. Of a longer one the rest is skipped. */
const LONGEST = constants.MAX_STRING_LENGTH;
const [NEWLINE, COMMA, CLOSE] = [0x0a, 0x2c, 0x5d];

/** One line of a file without its end. */
export interface Line {
  /** From 1. */
  readonly number: number;
  /** Where it begins in the file, in bytes. */
  readonly offset: number;
  readonly bytes: Buffer;
  /** The last line of a file may have no end. */
  readonly isEnded: boolean;
}

/** The lines of a file, as many at a time as one read has brought. */
export async function* readLines(file: OpenFile): AsyncGenerator<readonly Line[]> {
  let offset = 0;
  let number = 1;
  /** Of a line whose end has not been read. */
  let begun: Buffer[] = [];
  let length = 0;
  const begin = (bytes: Buffer): void => {
    if (length + bytes.length <= LONGEST) begun.push(bytes);
    length += bytes.length;
  };
  for (;;) {
    const chunk = Buffer.allocUnsafeSlow(CHUNK);
    const read = chunk.subarray(0, await file.read(chunk, offset));
    if (read.length === 0) break;
    const lines: Line[] = [];
    let from = 0;
    for (let to = read.indexOf(NEWLINE); to >= 0; to = read.indexOf(NEWLINE, from)) {
      const start = offset + from - length;
      if (length > 0) begin(read.subarray(from, to));
      const bytes = length > 0 ? Buffer.concat(begun) : read.subarray(from, to);
      lines.push({ number, offset: start, bytes, isEnded: true });
      begun = [];
      length = 0;
      number += 1;
      from = to + 1;
    }
    if (from < read.length) begin(read.subarray(from));
    offset += read.length;
    yield lines;
  }
  if (length > 0) yield [{ number, offset: offset - length, bytes: Buffer.concat(begun), isEnded: false }];
}

/** Bytes in front of the content of a line: `["`, eight digits, `",`. */
export const START = 12;

/**
 * A line of either file: `["checksum",content]`, so that it is JSON.
 *
 * @param content items of a JSON array
 * @param before the checksum that this one continues
 */
export function renderLine(content: string, before = 0): string {
  return `["${toDigits(crc32(content, before))}",${content}]`;
}

/**
 * @param before as for `renderLine`
 * @returns the content; `undefined` if it is not as it was written
 */
export function findContent({ bytes, isEnded }: Pick<Line, 'bytes' | 'isEnded'>, before = 0): Buffer | undefined {
  let end = bytes.length;
  // In the document a comma follows; in place of a line's end there may be a damaged byte.
  if (bytes[end - 1] === COMMA || (!isEnded && bytes[end - 1] !== CLOSE)) end -= 1;
  if (end <= START || bytes[end - 1] !== CLOSE) return undefined;
  const content = bytes.subarray(START, end - 1);
  const start = `["${toDigits(crc32(content, before))}",`;
  return bytes.toString('latin1', 0, START) === start ? content : undefined;
}

/** @param line with its first bytes at least */
export function toChecksum(line: string): number {
  return Number.parseInt(line.slice(2, 10), 16);
}

/** The items of an array that the content is. */
export function parseContent(content: Buffer): readonly unknown[] {
  return JSON.parse(`[${content.toString()}]`) as readonly unknown[];
}

function toDigits(checksum: number): string {
  return checksum.toString(16).padStart(8, '0');
}
