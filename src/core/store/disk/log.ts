import type { Item } from './batch.ts';
import { Damage } from './damage.ts';
import type { LogEntry } from './entries.ts';
import type { OpenFile } from './files.ts';
import { parseLogLine, readLines, type Line, type LogLine } from './lines.ts';
import { LogLines } from './log-lines.ts';

/** The form of a log that is written here. In one of form 1 records are whole. */
export const LOG_FORMAT = 2;

/** The first line of a log that goes on behind so many lines. */
export function renderLogHead(lines: number, emulator: string): Buffer {
  const entry: LogEntry = { log: LOG_FORMAT, emulator };
  const head = new LogLines();
  head.add({ number: lines, durable: lines, body: JSON.stringify(entry) });
  return head.bytes;
}

/** Bytes that are gathered before they are given to the system. */
export const CHUNK = 1 << 18;

/** @param offset where in the file they go; @returns until when they have to stay what they are, where that is not over */
export type WriteBytes = (bytes: Buffer, offset: number) => Promise<void> | undefined;

/** Writes what items say as lines, those of one call at a time. */
export class LogWriter {
  readonly #lines = new LogLines();

  /**
   * @param durable the number of the last line that is durable, behind which theirs go on
   * @returns where the file ends then, and the number of its last line
   */
  async write(
    items: readonly Item[],
    write: WriteBytes,
    offset: number,
    durable: number,
  ): Promise<{ readonly length: number; readonly number: number }> {
    const lines = this.#lines;
    let number = durable;
    let length = offset;
    const flush = async (): Promise<void> => {
      await write(lines.bytes, length);
      length += lines.length;
      lines.clear();
    };
    lines.clear();
    for (const item of items) {
      for (const entry of item.entries()) {
        number += 1;
        lines.add({ number, durable, body: JSON.stringify(entry) });
        if (lines.length >= CHUNK) await flush();
      }
    }
    await flush();
    return { length, number };
  }
}

/** Where a log that was read goes on. */
export interface LogEnd {
  /** The number of its last line. */
  readonly number: number;
  /** Bytes that are well. */
  readonly length: number;
  /** Bytes behind them of a line that was never finished, and so never acknowledged. */
  readonly torn: number;
  /** Whether the last line lacks its end. */
  readonly isOpen: boolean;
  /** The form that its first line says it has. */
  readonly format: number;
}

/** Bytes in a row that no line holds, and that stand where a power cut kept the length of a file but not its content. */
export const NOTHING = Buffer.alloc(64);

export interface LogReading {
  /** What the file is called where it is damaged. */
  readonly name: string;
  /** The number of the first line that is wanted. */
  readonly from: number;
  /** Told now and then how many bytes are behind. */
  readonly onProgress: (bytes: number) => void;
}

/**
 * Reads a log.
 *
 * @param take gets what each wanted line says, in order
 * @throws {Damage} where a line that had been durable is not as it was written
 */
export async function readLog(
  file: OpenFile,
  { name, from, onProgress }: LogReading,
  take: (entry: LogEntry, line: Line) => void,
): Promise<LogEnd> {
  let last: LogLine | undefined;
  let end: Omit<LogEnd, 'torn' | 'format'> = { number: 0, length: 0, isOpen: false };
  let format = 0;
  let broken: Broken | undefined;
  for await (const lines of readLines(file)) {
    for (const line of lines) {
      const parsed = parseLogLine(line);
      const expected = last && last.number + 1;
      if (broken) broken.see(line, parsed);
      else if (!parsed || (expected !== undefined && parsed.number !== expected)) {
        broken = new Broken(line, parsed, expected ?? 0);
      } else {
        if (last) read(parsed, line, name, from, take);
        else format = readHead(parsed, line, name, from);
        last = parsed;
        end = { number: parsed.number, length: line.offset + line.bytes.length + 1, isOpen: !line.isEnded };
      }
    }
    onProgress(lines.at(-1)?.offset ?? 0);
  }
  if (!last) throw new Damage(name, 1, 'The log has no first line: what it held cannot be told.');
  broken?.assertTorn(name);
  return { ...end, format, torn: broken ? Math.max(file.size - end.length, 0) : 0 };
}

/** @returns the form of the log */
function readHead({ number, body }: LogLine, line: Line, name: string, from: number): number {
  const entry = JSON.parse(body) as LogEntry;
  if (!('log' in entry)) throw new Damage(name, line.number, 'This is not the first line of an emulator.log.');
  if (entry.log > LOG_FORMAT) {
    throw new Damage(
      name,
      line.number,
      `It was written by emulator ${entry.emulator}, whose logs are of a later form.`,
    );
  }
  if (number < from) return entry.log;
  throw new Damage(
    name,
    line.number,
    `It goes on behind line ${number}, and emulator.json ends with line ${from - 1}: what stood between them is lost.`,
  );
}

function read(
  { number, body }: LogLine,
  line: Line,
  name: string,
  from: number,
  take: (entry: LogEntry, line: Line) => void,
): void {
  if (number < from) return;
  try {
    // The checksum has told that it is as it was written.
    take(JSON.parse(body) as LogEntry, line);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Damage(name, line.number, `What this line says does not fit what is there: ${why}`);
  }
}

/** A line that is not whole, and what stands behind it: together they tell whether it was ever durable. */
class Broken {
  readonly #line: Line;
  readonly #expected: number;
  #durable = -1;
  #isLast = true;
  #hasHole: boolean;

  constructor(line: Line, parsed: LogLine | undefined, expected: number) {
    this.#line = line;
    this.#expected = expected;
    this.#hasHole = line.bytes.includes(NOTHING);
    if (parsed) this.see(line, parsed);
  }

  see({ bytes }: Line, parsed: LogLine | undefined): void {
    this.#isLast = false;
    this.#hasHole ||= bytes.includes(NOTHING);
    if (parsed) this.#durable = Math.max(this.#durable, parsed.durable);
  }

  /** @throws {Damage} where it is not the end of what was being written when the process or the machine went down */
  assertTorn(name: string): void {
    const wasDurable = this.#durable >= this.#expected;
    const isUnfinished = this.#isLast && !this.#line.isEnded;
    if (!wasDurable && (isUnfinished || this.#hasHole)) return;
    throw new Damage(
      name,
      this.#line.number,
      'This line is not as it was written, and what it and the lines behind it did is lost.',
    );
  }
}
