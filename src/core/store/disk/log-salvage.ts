import { toMessage } from '../../values/message.ts';
import { quote } from '../../values/quotation.ts';
import { UnusableFolder } from './folder-files.ts';
import type { LogEntry, WrittenCommit } from './entries.ts';
import type { OpenFile } from './files.ts';
import { findJson, parseLogLine, readLines, type Line, type LogLine } from './lines.ts';
import type { Loss, Losses } from './losses.ts';
import { LOG_FORMAT, NOTHING } from './log.ts';
import type { Replay } from './replay.ts';

export interface LogSalvageOptions {
  readonly file: string;
  /** The number of the first line that the document does not hold; `undefined` where that cannot be told. */
  readonly from: number | undefined;
  readonly replay: Replay;
  /** Of seeds that are not whole, or may be wrong. */
  readonly damagedSeeds: Set<string>;
  readonly losses: Losses;
}

/**
 * Reads what can be read of a log, and does what fits.
 *
 * @param onProgress told how many bytes are behind
 * @throws {UnusableFolder} for a log of a later form
 */
export async function salvageLog(
  log: OpenFile,
  options: LogSalvageOptions,
  onProgress: (bytes: number) => void,
): Promise<void> {
  const tail = await findTail(log);
  const salvage = new LogSalvage(options);
  for await (const lines of readLines(log)) {
    for (const line of lines) if (line.number < tail) salvage.feed(line);
    onProgress(lines.at(-1)?.offset ?? 0);
  }
}

/**
 * The number of the line with which begins what was being written when the process or the machine went down: what stands
 * there was never durable, and nobody was told that it was done.
 */
async function findTail(log: OpenFile): Promise<number> {
  /** Lines that are not what was expected there, none of which is known to have been durable. */
  let broken: { readonly line: number; readonly expected: number }[] = [];
  let expected = 0;
  let hole = 0;
  let open = 0;
  for await (const lines of readLines(log)) {
    for (const line of lines) {
      const parsed = parseLogLine(line);
      if (!parsed || (line.number > 1 && parsed.number !== expected)) {
        if (broken.at(-1)?.expected !== expected) broken.push({ line: line.number, expected });
        if (line.bytes.includes(NOTHING)) hole = line.number;
        if (!line.isEnded) open = line.number;
      }
      if (!parsed) continue;
      expected = Math.max(expected, parsed.number + 1);
      const [first] = broken;
      if (first && first.expected <= parsed.durable) broken = broken.filter((one) => one.expected > parsed.durable);
    }
  }
  const [first] = broken;
  if (!first || first.line === 1) return Number.POSITIVE_INFINITY;
  return hole >= first.line || open === first.line ? first.line : Number.POSITIVE_INFINITY;
}

/** What the beginning of a damaged line says that it was. */
interface Hint {
  readonly sandbox: string | undefined;
  readonly seed: string | undefined;
  /** Whether it had a sandbox begin with another state. */
  readonly isReplace: boolean;
}

/** Bytes of a damaged line in which it says whose it was. */
const HEAD = 400;
const SANDBOX = /\{"sandbox":("(?:[^"\\]|\\.)*")/;
const SEED = /\{"seed":"(\d+)"/;
const REPLACE = '"cause":{"kind":"replace"';

class LogSalvage {
  readonly #options: LogSalvageOptions;
  #last: number | undefined;
  readonly #from: number;
  /** Lines since the last one that could be read. */
  #unread = 0;
  /** Whether the lines that could not be read may have been of the seed that the next one is about. */
  #mayLackSeed = false;
  /** Commits of sandboxes that are known to be lost, since the last one that was done. */
  readonly #told = new Map<string, number>();
  /** Sandboxes that had a commit since the emulator began: the number of what they begin with is not in the log. */
  #begun = new Set<string>();
  /** Sandboxes whose newest state could not be read, so that nothing fits that came after it. */
  readonly #lostStates = new Set<string>();
  /** Sandboxes of which something is lost. */
  readonly #damaged = new Set<string>();

  constructor(options: LogSalvageOptions) {
    this.#options = options;
    this.#from = options.from ?? 0;
  }

  feed(line: Line): void {
    const parsed = parseLogLine(line);
    if (!parsed) {
      this.#miss(line);
      return;
    }
    const isFirst = this.#last === undefined && line.number === 1;
    if (this.#last !== undefined && parsed.number <= this.#last) {
      this.#lose(line, undefined, `It says that it is line ${parsed.number} of the log, which stands before it.`);
      return;
    }
    this.#noteGap(line, parsed, isFirst);
    this.#last = parsed.number;
    this.#unread = 0;
    const entry = JSON.parse(parsed.body) as LogEntry;
    if ('log' in entry) {
      if (entry.log > LOG_FORMAT) {
        throw new UnusableFolder(
          `${this.#options.file} was written by emulator ${entry.emulator} in a later form than this one knows.`,
        );
      }
    } else if (parsed.number >= this.#from) this.#apply(entry, line);
    this.#mayLackSeed = false;
  }

  #miss(line: Line): void {
    this.#unread += 1;
    const number = (this.#last ?? this.#from - 1) + this.#unread;
    // The document has it.
    if (this.#last !== undefined && number < this.#from) return;
    const { sandbox, seed, isReplace } = this.#readHint(line);
    if (sandbox !== undefined) {
      this.#told.set(sandbox, (this.#told.get(sandbox) ?? 0) + 1);
      this.#damaged.add(sandbox);
      if (isReplace) this.#lostStates.add(sandbox);
    } else this.#mayLackSeed = true;
    if (seed !== undefined) this.#options.damagedSeeds.add(seed);
    const what =
      line.number === 1
        ? 'The first line is not as it was written; it said where the log begins, and no more.'
        : 'This line is not as it was written, and what it did is lost.';
    this.#lose(line, sandbox === undefined ? seed && `seed ${seed}` : `sandbox ${quote(sandbox)}`, what);
  }

  /** What is not there at all. */
  #noteGap(line: Line, { number }: LogLine, isFirst: boolean): void {
    const expected = this.#last === undefined ? this.#from : this.#last + 1;
    const first = isFirst ? number + 1 : number;
    const isKnown = this.#last !== undefined || this.#options.from !== undefined;
    if (!isKnown || first <= expected || this.#unread > 0) return;
    this.#mayLackSeed = true;
    this.#lose(line, undefined, `Lines ${expected} to ${first - 1} of the log, which came before it, are not there.`);
  }

  #readHint({ bytes }: Line): Hint {
    const head = bytes.toString('utf8', 0, HEAD);
    const [, quoted] = SANDBOX.exec(head) ?? [];
    const name = quoted === undefined ? undefined : findJson(quoted);
    const isReplace = head.includes(REPLACE);
    const isKnown = typeof name === 'string' && (isReplace || this.#options.replay.findCommits(name) !== undefined);
    return { sandbox: isKnown ? name : undefined, seed: SEED.exec(head)?.[1], isReplace };
  }

  #apply(entry: LogEntry, line: Line): void {
    const { replay, damagedSeeds } = this.#options;
    try {
      if ('seed' in entry) {
        if (this.#mayLackSeed || (entry.from !== null && damagedSeeds.has(entry.from))) damagedSeeds.add(entry.seed);
        replay.apply(entry);
      } else if ('seq' in entry) this.#commit(entry, line);
      else {
        if ('opened' in entry) this.#begun = new Set();
        else if ('deleted' in entry) this.#lostStates.delete(entry.sandbox);
        else if ('counters' in entry || 'snapshot' in entry) this.#assertState(entry.sandbox);
        replay.apply(entry);
      }
    } catch (error) {
      const whose =
        'seed' in entry ? `seed ${entry.seed}` : 'sandbox' in entry ? `sandbox ${quote(entry.sandbox)}` : undefined;
      if ('seed' in entry) damagedSeeds.add(entry.seed);
      else if ('sandbox' in entry) this.#damaged.add(entry.sandbox);
      this.#lose(line, whose, `What this line did does not fit what is left: ${toMessage(error)}`);
    }
  }

  #commit(entry: WrittenCommit, line: Line): void {
    const { sandbox, seq, cause } = entry;
    const { replay, damagedSeeds } = this.#options;
    const whose = `sandbox ${quote(sandbox)}`;
    if (cause.kind !== 'replace') {
      this.#assertState(sandbox);
      const before = replay.findCommits(sandbox);
      replay.apply(entry, (why) => {
        this.#damaged.add(sandbox);
        this.#lose(line, whose, `A change of this line does not fit what is left: ${why}`);
      });
      const unwritten = this.#begun.has(sandbox) ? 0 : 1;
      const missing = before === undefined ? 0 : seq - before - 1 - unwritten;
      this.#begun.add(sandbox);
      if (missing > (this.#told.get(sandbox) ?? 0)) {
        this.#damaged.add(sandbox);
        this.#doubt(line, whose, `Commits that came before this one are not there: ${missing}.`);
      }
      this.#told.delete(sandbox);
      return;
    }
    const { seed } = cause.state;
    if (seed !== null && this.#mayLackSeed) damagedSeeds.add(seed);
    this.#lostStates.add(sandbox);
    const { from } = cause;
    if (from && from.sandbox !== sandbox && from.snapshot === undefined) this.#assertState(from.sandbox);
    replay.apply(entry);
    this.#lostStates.delete(sandbox);
    if (!from) this.#damaged.delete(sandbox);
    else if (this.#damaged.has(from.sandbox)) {
      this.#damaged.add(sandbox);
      this.#doubt(line, whose, `It is what sandbox ${quote(from.sandbox)} was, of which something is lost.`);
    }
    this.#told.delete(sandbox);
    this.#begun.add(sandbox);
    if (seed === null || !damagedSeeds.has(seed)) return;
    this.#doubt(line, whose, `It rests on seed ${seed}, which is not whole: what it had from that may be missing.`);
  }

  #assertState(sandbox: string): void {
    if (this.#lostStates.has(sandbox)) throw new Error('the state that it belongs to could not be read.');
  }

  #lose({ number }: Line, whose: string | undefined, what: string): void {
    this.#add('lost', number, whose, what);
  }

  #doubt({ number }: Line, whose: string, what: string): void {
    this.#add('doubtful', number, whose, what);
  }

  #add(kind: Loss['kind'], line: number, whose: string | undefined, what: string): void {
    this.#options.losses.add({ kind, file: this.#options.file, line, whose, what });
  }
}
