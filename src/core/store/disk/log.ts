import { toMessage } from '../../values/message.ts';
import { Damage } from './damage.ts';
import { Checksums, FORMAT } from './document.ts';
import type { LogEntry } from './entries.ts';
import type { OpenFile } from './files.ts';
import { parseContent, readLines, type Line } from './lines.ts';

/**
 * A line of the log: `["checksum",number,durable,entry]`.
 *
 * @param number dense within a log, and higher than in any earlier log of the folder
 * @param durable the number of the last line that was durable when this one was written
 */
export function renderLogLine(number: number, durable: number, entry: LogEntry, checksums: Checksums): string {
  return `${checksums.render(entry, `${number},${durable},${JSON.stringify(entry)}`)}\n`;
}

interface LogLine {
  readonly line: Line;
  readonly number: number;
  readonly durable: number;
  readonly entry: LogEntry;
}

/** Where a log ends. */
export interface LogEnd {
  /** The number of its last line. */
  readonly number: number;
  /** Bytes up to the end of that line. */
  readonly length: number;
  /** Whether the last line lacks its line break. */
  readonly isOpen: boolean;
}

export interface LogReading {
  /** The name of the file, for messages. */
  readonly name: string;
  /** The number of the last line that the document includes; `undefined` if the document cannot be read. */
  readonly after: number | undefined;
  /** Called with the bytes read so far. */
  readonly onProgress?: (bytes: number) => void;
  /** Called for each damage; without it the first one is thrown. */
  readonly onDamage?: (damage: Damage) => void;
  /** Gets each entry that the document does not include, in order. */
  readonly take: (entry: LogEntry, line: number) => void;
}

/**
 * Reads a log.
 *
 * @throws {Damage} if a line that had been durable is not as it was written, or does not fit the lines before it
 */
export async function readLog(file: OpenFile, reading: LogReading): Promise<LogEnd> {
  const reader = new LogReader(reading);
  for await (const lines of readLines(file)) {
    for (const line of lines) reader.feed(line);
    reading.onProgress?.(lines.at(-1)?.offset ?? 0);
  }
  return reader.finish();
}

/** A part of a file that was never written, in a file system that keeps the length: no text has two such bytes. */
const HOLE = Buffer.alloc(2);

class LogReader {
  readonly #reading: LogReading;
  readonly #checksums = new Checksums();
  #last: number | undefined;
  #end: LogEnd = { number: 0, length: 0, isOpen: false };
  /** Lines that cannot be read, and those after them, until a later line says whether they had been durable. */
  #broken: Line[] = [];
  #held: LogLine[] = [];

  constructor(reading: LogReading) {
    this.#reading = reading;
  }

  feed(line: Line): void {
    const parsed = this.#parse(line);
    if (!parsed) this.#broken.push(line);
    else if (this.#broken.length === 0) this.#accept(parsed);
    else {
      this.#held.push(parsed);
      if (parsed.durable > (this.#last ?? -1)) this.#lose();
    }
  }

  /** @returns `undefined` if the line is not as it was written */
  #parse(line: Line): LogLine | undefined {
    const content = this.#checksums.findContent(line);
    if (!content) return undefined;
    const [number, durable, entry] = parseContent(content) as readonly [number, number, LogEntry];
    this.#checksums.pass(entry, line);
    return { line, number, durable, entry };
  }

  finish(): LogEnd {
    const [first] = this.#broken;
    if (first && !this.#isTorn(first)) this.#lose();
    if (this.#last === undefined) this.#damage(1, 'The log has no first line, so what it held is unknown.');
    return this.#end;
  }

  /** Whether the unreadable lines are the end of what was being written when the process or the machine stopped. */
  #isTorn(first: Line): boolean {
    if (this.#last === undefined) return false;
    const isUnfinished = this.#broken.length === 1 && this.#held.length === 0 && !first.isEnded;
    return isUnfinished || this.#broken.some(({ bytes }) => bytes.includes(HOLE) || bytes[0] === 0);
  }

  #lose(): void {
    const [broken, held] = [this.#broken, this.#held];
    [this.#broken, this.#held] = [[], []];
    for (const { number } of broken) this.#damage(number, LOST);
    // Numbers are missing here, because of the lines that were lost.
    if (held[0]) this.#last = held[0].number - 1;
    for (const line of held) this.#accept(line);
  }

  #accept({ line, number, entry }: LogLine): void {
    const { after = 0, take } = this.#reading;
    const expected = this.#last === undefined ? undefined : this.#last + 1;
    if (expected === undefined) this.#begin(number, entry, line);
    else if (number !== expected) {
      this.#damage(line.number, `This is line ${number} of the log, but line ${expected} is expected here.`);
    }
    this.#last = number;
    this.#end = { number, length: line.offset + line.bytes.length + Number(line.isEnded), isOpen: !line.isEnded };
    if ('log' in entry || number <= after) return;
    try {
      take(entry, line.number);
    } catch (error) {
      this.#damage(line.number, `This line does not fit what came before it: ${toMessage(error)}`);
    }
  }

  #begin(number: number, entry: LogEntry, line: Line): void {
    const { after } = this.#reading;
    if (!('log' in entry)) this.#damage(line.number, 'The log has no first line: what it held before this is lost.');
    else if (entry.log > FORMAT) {
      this.#damage(line.number, `It was written by emulator ${entry.emulator}, in a later format.`);
    } else if (after !== undefined && number > after) {
      this.#damage(
        line.number,
        `It continues after line ${number}, but emulator.json ends with line ${after}: what came between is lost.`,
      );
    }
  }

  #damage(line: number, what: string): void {
    const damage = new Damage(this.#reading.name, line, what);
    if (!this.#reading.onDamage) throw damage;
    this.#reading.onDamage(damage);
  }
}

const LOST = 'This line is not as it was written, so its changes are lost.';
