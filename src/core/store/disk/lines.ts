import { constants } from 'node:buffer';
import { crc32 } from 'node:zlib';

import type { OpenFile } from './files.ts';

/** Bytes that are read at once. */
const CHUNK = 1 << 20;
/** No text can be longer, so that no line that was written here is. What stands behind that of one is not kept. */
const LONGEST = constants.MAX_STRING_LENGTH;
const NEWLINE = 0x0a;

/** One line of a file without its end. */
export class Line {
  /** From 1. */
  readonly number: number;
  /** Where it begins in the file. */
  readonly offset: number;
  /** What it was read with; where it has an end, that stands behind it there. */
  readonly chunk: Buffer;
  /** Where it stands in that. */
  readonly from: number;
  readonly to: number;
  /** The last one of a file may have no end. */
  readonly isEnded: boolean;

  constructor(
    { number, offset, isEnded }: Pick<Line, 'number' | 'offset' | 'isEnded'>,
    chunk: Buffer,
    from = 0,
    to = 0,
  ) {
    this.number = number;
    this.offset = offset;
    this.isEnded = isEnded;
    this.chunk = chunk;
    this.from = from;
    this.to = to;
  }

  /** Made anew each time: of a million lines it would be a million objects more. */
  get bytes(): Buffer {
    return this.chunk.subarray(this.from, this.to);
  }
}

const END = Buffer.of(NEWLINE);

/** The lines of a file, as many at once as were read at once. */
export async function* readLines(file: OpenFile): AsyncGenerator<readonly Line[]> {
  let offset = 0;
  let number = 0;
  let begun: Buffer[] = [];
  let length = 0;
  let start = 0;
  const begin = (bytes: Buffer): void => {
    if (length + bytes.length <= LONGEST) begun.push(bytes);
    length += bytes.length;
  };
  /** @returns the line that ends there and began in what was read before */
  const end = (isEnded: boolean): Line => {
    const line = new Line({ number, offset: start, isEnded }, Buffer.concat([...begun, END]), 0, size(begun));
    begun = [];
    length = 0;
    return line;
  };
  for (;;) {
    const chunk = Buffer.allocUnsafeSlow(CHUNK);
    const read = chunk.subarray(0, await file.read(chunk, offset));
    if (read.length === 0) break;
    const lines: Line[] = [];
    let from = 0;
    for (let to = read.indexOf(NEWLINE); to >= 0; to = read.indexOf(NEWLINE, from)) {
      number += 1;
      if (length === 0) lines.push(new Line({ number, offset: start, isEnded: true }, read, from, to));
      else {
        begin(read.subarray(from, to));
        lines.push(end(true));
      }
      from = to + 1;
      start = offset + from;
    }
    offset += read.length;
    if (from < read.length) begin(read.subarray(from));
    yield lines;
  }
  number += 1;
  if (length > 0) yield [end(false)];
}

function size(parts: readonly Buffer[]): number {
  return parts.reduce((sum, { length }) => sum + length, 0);
}

/** CRC-32 as eight hexadecimal digits. */
export function toChecksum(crc: number): string {
  return crc.toString(16).padStart(8, '0');
}

/** One line of the log: what it says, and what tells whether it is whole. */
export interface LogLine {
  /** Dense over all lines that the log of a folder ever had. */
  readonly number: number;
  /** The number of the last line that was durable when this one was written. */
  readonly durable: number;
  readonly body: string;
}

const HEAD = /^(\[(\d{1,15}),(\d{1,15}),(\d{1,15}),)"([0-9a-f]{8})",/;
/** The longest that the head can be. */
const LONGEST_HEAD = 3 * 16 + 12;

/**
 * Reads a line back.
 *
 * @returns `undefined` for one that is not whole. What follows the body is not looked at where the line has no end:
 *   the checksum has told by then that all of it is there
 */
export function parseLogLine({ bytes, isEnded }: Pick<Line, 'bytes' | 'isEnded'>): LogLine | undefined {
  const found = HEAD.exec(bytes.toString('latin1', 0, LONGEST_HEAD));
  if (!found) return undefined;
  const [whole, head = '', number, durable, length, checksum] = found;
  const body = bytes.subarray(whole.length, whole.length + Number(length));
  const end = bytes.toString('latin1', whole.length + Number(length));
  if (body.length !== Number(length) || (isEnded && end !== ']') || end.length > 2) return undefined;
  if (toChecksum(crc32(body, crc32(head))) !== checksum) return undefined;
  return { number: Number(number), durable: Number(durable), body: body.toString() };
}

/** @returns `undefined` for what is no JSON */
export function findJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
