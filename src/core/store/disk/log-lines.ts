import { crc32 } from 'node:zlib';

import type { LogLine } from './lines.ts';

const [OPEN, CLOSE, COMMA, QUOTE, NEWLINE, ZERO, A] = [0x5b, 0x5d, 0x2c, 0x22, 0x0a, 0x30, 0x61];
/** Bytes of a checksum: `"`, eight digits, `",`. */
const CHECKSUM = 11;
/** The most bytes that stand around a body: three numbers with a comma each, the checksum and both ends. */
const AROUND = 3 * 17 + CHECKSUM + 3;
/** Bytes that there is room for from the first line on. */
const FIRST = 1 << 14;
/** Bytes that are kept for the lines that come next. */
const KEPT = 1 << 19;

/**
 * Lines of the log, `[number, durable, length of the body in bytes, checksum, body]` each, so that a line is JSON, too.
 * They are put together in memory that is used again; by way of texts a line, with its body, took 5.1 µs instead of 3.7.
 */
export class LogLines {
  #memory = Buffer.alloc(0);
  #length = 0;

  /** In bytes. */
  get length(): number {
    return this.#length;
  }

  /** Until they are cleared or others are added. */
  get bytes(): Buffer {
    return this.#memory.subarray(0, this.#length);
  }

  add({ number, durable, body }: LogLine): void {
    const size = Buffer.byteLength(body);
    const memory = this.#reserve(AROUND + size);
    const start = this.#length;
    // The checksum is that of head and body, which are one piece until it comes between them.
    const head = start + CHECKSUM;
    memory[head] = OPEN;
    let at = head + 1;
    at = writeNumber(memory, at, number);
    at = writeNumber(memory, at, durable);
    at = writeNumber(memory, at, size);
    // As many characters as bytes are of ASCII.
    let end = at + memory.write(body, at, size === body.length ? 'latin1' : 'utf8');
    const checksum = crc32(memory.subarray(head, end));
    memory.copyWithin(start, head, at);
    writeChecksum(memory, at - CHECKSUM, checksum);
    memory[end++] = CLOSE;
    memory[end++] = NEWLINE;
    this.#length = end;
  }

  clear(): void {
    this.#length = 0;
    if (this.#memory.length > KEPT) this.#memory = Buffer.alloc(0);
  }

  /** Memory with room for so many bytes behind what there is. */
  #reserve(more: number): Buffer {
    const needed = this.#length + more;
    if (needed > this.#memory.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(needed, 2 * this.#memory.length, FIRST));
      this.#memory.copy(larger, 0, 0, this.#length);
      this.#memory = larger;
    }
    return this.#memory;
  }
}

/** @param value an integer from 0 @returns where its comma ends */
function writeNumber(memory: Buffer, at: number, value: number): number {
  let weight = 1;
  while (weight * 10 <= value) weight *= 10;
  for (; weight >= 1; weight /= 10) memory[at++] = ZERO + (Math.floor(value / weight) % 10);
  memory[at++] = COMMA;
  return at;
}

/** As `toChecksum` has it, between quotes and with a comma. */
function writeChecksum(memory: Buffer, at: number, checksum: number): void {
  memory[at++] = QUOTE;
  for (let bits = 28; bits >= 0; bits -= 4) {
    const digit = (checksum >>> bits) & 15;
    memory[at++] = digit < 10 ? ZERO + digit : A + digit - 10;
  }
  memory[at++] = QUOTE;
  memory[at] = COMMA;
}
