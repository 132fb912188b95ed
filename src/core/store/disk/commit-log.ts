import type { Logger } from '../../values/logger.ts';
import { toMessage } from '../../values/message.ts';
import { Batch, type Item, type Pending } from './batch.ts';
import type { Files, OpenFile } from './files.ts';
import { close } from './folder-files.ts';
import { LogCopy } from './log-copy.ts';
import { CHUNK, LogWriter, renderLogHead, type WriteBytes } from './log.ts';
import { toBeside, type Paths } from './paths.ts';

/** How durable a commit is before its answer leaves: after a power cut, after a killed process, or not at all. */
export type Durability = 'fsync' | 'os' | 'none';

export interface CommitLogOptions {
  readonly files: Files;
  readonly paths: Paths;
  readonly durability: Durability;
  readonly emulator: string;
  readonly logger: Logger;
  /** Bytes that a log may have before the document is written anew, however small that is. */
  readonly leastLog?: number | undefined;
  /** Has the document be written from what is at this moment, beside the old one, and handed over to `publish`. */
  writeDocument(): Promise<void>;
  /**
   * The document that is being written holds every line so far, and none that comes from now on.
   *
   * @param isAnew whether the old files are not written to any more
   */
  mark(isAnew: boolean): void;
  /** Has the folder be there again, and be ours. */
  makeFolder(): Promise<void>;
}

/** What of the log has to be made good before it takes lines again. */
type Need = 'nothing' | 'truncate' | 'log' | 'document';

/** Up to where a document holds what the log says. */
interface Mark {
  /** The number of the last line that it holds. */
  readonly number: number;
  /** Where the lines behind that one begin. */
  readonly offset: number;
  /** Nothing is written to the log until it is there. */
  readonly isAwaited: boolean;
}

export type DiskStatus =
  | { readonly status: 'ok' }
  /** Nothing can be kept, and so nothing is changed. */
  | { readonly status: 'failing'; readonly error: string };

/** What was found when a folder was read. */
export interface Beginning {
  readonly log: OpenFile;
  readonly document: OpenFile;
  readonly number: number;
  readonly length: number;
}

/** Durable bytes of the log, and durable lines of all logs that there were. */
export type DiskSize = Readonly<Record<'logBytes' | 'lines', number>>;

/** A log of fewer bytes is not worth a new document. */
const LEAST = 1 << 23;
/** Milliseconds after which a disk that failed is tried again, though nobody writes. */
const RETRY = 1000;
/** Bytes of the log that may be copied while all who write wait. */
const SHORT = 1 << 16;
/** So many bytes are written anew within the second that a stop may take. */
const QUICK = 1 << 24;

class Superseded extends Error {
  override readonly name = 'Superseded';
}

interface Step {
  run(): Promise<void>;
  drop(): void;
}

interface BegunDocument {
  resolve(mark: Mark): void;
  reject(error: unknown): void;
  readonly written: Promise<void>;
}

/**
 * What is committed, in the order in which it was, as lines of a file. All that comes while a batch is on its way is
 * the next batch, so that many share one write and one sync.
 */
export class CommitLog {
  readonly #options: CommitLogOptions;
  readonly #writer = new LogWriter();
  #file: OpenFile | undefined;
  #document: OpenFile | undefined;
  /** Bytes that are durable; behind them the file may hold anything. */
  #end = 0;
  /** Of the last line that is durable. */
  #number = 0;
  #open = new Batch();
  #need: Need = 'document';
  #error: string | undefined;
  #givenUp: Error | undefined;
  #isRunning = false;
  #isClosing = false;
  /** Done between two batches. */
  readonly #steps: Step[] = [];
  /** Of the document that is being written. */
  #mark: Promise<Mark> | undefined;
  #writing: Promise<void> | undefined;
  /** It is not wanted any more. */
  #isSuperseded = false;
  /** Bytes of the log past which the document is written anew. */
  #limit = 0;
  #retry: NodeJS.Timeout | undefined;

  constructor(options: CommitLogOptions) {
    this.#options = options;
  }

  get size(): DiskSize {
    return { logBytes: this.#end, lines: this.#number };
  }

  get status(): DiskStatus {
    return this.#error === undefined ? { status: 'ok' } : { status: 'failing', error: this.#error };
  }

  /**
   * Goes on behind what was found.
   *
   * @param isWhole whether the files can go on as they are; else all is written anew with the first batch
   */
  begin({ number, length, log, document }: Beginning, isWhole: boolean): void {
    this.#number = number;
    this.#file = log;
    this.#document = document;
    this.#end = length;
    if (isWhole) this.#need = 'truncate';
    this.#setLimit();
  }

  /** @returns what it is written with; `undefined` where nobody has to wait for that */
  append(item: Item): Pending | undefined {
    const batch = this.#open;
    batch.items.push(item);
    this.#run();
    return this.#options.durability === 'none' ? undefined : batch;
  }

  /** Has both files be written from what is there, with what comes next. */
  writeAnew(): void {
    this.#need = 'document';
  }

  /** From now on nothing is written. @param why a sentence */
  giveUp(why: string): void {
    this.#givenUp = new Error(why);
  }

  /** Writes nothing. */
  async drop(): Promise<void> {
    this.giveUp('The emulator did not start.');
    this.#isClosing = true;
    clearTimeout(this.#retry);
    this.#supersede();
    await Promise.all([close(this.#file), close(this.#document)]);
  }

  /** Leaves the folder as one that was stopped in good order. */
  async close(): Promise<void> {
    clearTimeout(this.#retry);
    this.#isClosing = true;
    const isQuick = this.#end + (this.#document?.size ?? 0) < QUICK;
    if (isQuick && this.#error === undefined) this.#need = 'document';
    const batch = this.#open;
    this.append({ entries: () => [{ closed: true }] });
    await batch.over;
    clearTimeout(this.#retry);
    this.giveUp('The emulator has been closed.');
    this.#supersede();
    await this.#writing;
    await Promise.all([this.#file?.close(), this.#document?.close()]);
  }

  /**
   * What a document says of the log: for the one who writes it.
   *
   * @throws where it is not wanted any more
   */
  async describe(): Promise<{ readonly lines: number; readonly closed: boolean }> {
    const mark = await this.#mark;
    if (!mark) throw new Superseded();
    return { lines: mark.number, closed: this.#isClosing && mark.isAwaited };
  }

  /** @throws where the document that is being written is not wanted any more */
  assertWanted(): void {
    if (this.#isSuperseded) throw new Superseded();
  }

  /**
   * Puts a document that is durable beside the old one into its place, with a log that goes on behind it. Wherever that
   * is cut off, all can be read: a document may be newer than its log, but never older.
   */
  async publish(document: OpenFile): Promise<void> {
    const mark = await this.#mark;
    if (!mark) throw new Superseded();
    const log = await this.#createLog(mark.offset, renderLogHead(mark.number, this.#options.emulator));
    if (mark.isAwaited) {
      await this.#swap(document, log);
      return;
    }
    while (this.#end - log.copied > SHORT) await this.#copy(log);
    await this.#makeDurable(log.file);
    await this.#between(() => this.#swap(document, log));
  }

  #run(): void {
    if (this.#isRunning) return;
    this.#isRunning = true;
    // Behind all that has come in this turn of the event loop, so that it is written at once.
    setImmediate(() => {
      void this.#work();
    });
  }

  async #work(): Promise<void> {
    for (;;) {
      const step = this.#steps.shift();
      if (step) await step.run();
      else if (this.#open.items.length > 0) await this.#flush();
      else break;
    }
    this.#isRunning = false;
  }

  async #flush(): Promise<void> {
    let batch: Batch | undefined;
    try {
      if (this.#givenUp) throw this.#givenUp;
      const isAnew = this.#need === 'document';
      if (isAnew) await this.#clearTheWay();
      batch = this.#takeBatch();
      await (isAnew ? this.#writeAll() : this.#write(batch));
      if (this.#error !== undefined) this.#options.logger.info({ folder: this.#options.paths.folder }, HEALED);
      this.#error = undefined;
    } catch (error) {
      batch ??= this.#takeBatch();
      this.#fail(error, batch);
    }
    batch.end();
  }

  #takeBatch(): Batch {
    const batch = this.#open;
    this.#open = new Batch();
    return batch;
  }

  async #clearTheWay(): Promise<void> {
    this.#supersede();
    await this.#writing;
    await this.#options.makeFolder();
  }

  async #write(batch: Batch): Promise<void> {
    // The document is to hold what was so when the batch was closed.
    const document = this.#mayCompact() ? this.#beginDocument() : undefined;
    try {
      if (this.#need === 'truncate') await this.#truncate();
      if (this.#need === 'log') await this.#copyLog(batch);
      else await this.#writeOn(batch);
      document?.resolve({ number: this.#number, offset: this.#end, isAwaited: false });
    } catch (error) {
      document?.reject(error);
      throw error;
    }
  }

  async #truncate(): Promise<void> {
    try {
      await this.#file?.truncate(this.#end);
      this.#need = 'nothing';
    } catch {
      this.#need = 'log';
    }
  }

  async #writeOn(batch: Batch): Promise<void> {
    const file = this.#file;
    if (!file) throw new Error('There is no log.');
    this.#need = 'truncate';
    const { length, number } = await this.#writer.write(batch.items, this.#toWriter(file), this.#end, this.#number);
    if (this.#options.durability === 'fsync') {
      // What a sync that failed has left of the file nobody can tell.
      this.#need = 'log';
      await file.sync();
    }
    this.#need = 'document';
    if (!file.isLinked || this.#document?.isLinked !== true) throw new Error('Its files were removed.');
    this.#need = 'nothing';
    this.#end = length;
    this.#number = number;
  }

  /** To hand a few lines to another thread takes longer than the system does with them, unless the disk is busy. */
  #toWriter(file: OpenFile): WriteBytes {
    return (bytes, offset) => {
      if (bytes.length >= CHUNK || this.#writing) return file.write(bytes, offset);
      file.writeNow(bytes, offset);
      return undefined;
    };
  }

  /** A file that is not to be trusted is copied as far as it was durable, and goes on as another one. */
  async #copyLog(batch: Batch): Promise<void> {
    const log = await this.#createLog(0);
    while (log.copied < this.#end) await this.#copy(log);
    const { length, number } = await this.#writer.write(
      batch.items,
      this.#toWriter(log.file),
      log.length,
      this.#number,
    );
    await this.#makeDurable(log.file);
    await this.#replaceLog(log);
    this.#need = 'nothing';
    this.#end = length;
    this.#number = number;
  }

  /** All is written as it is now, which the batch is part of. */
  async #writeAll(): Promise<void> {
    const document = this.#beginDocument();
    document.resolve({ number: this.#number, offset: this.#end, isAwaited: true });
    await document.written;
    this.#need = 'nothing';
  }

  #mayCompact(): boolean {
    return this.#end > this.#limit && this.#need === 'nothing' && !this.#writing;
  }

  #beginDocument(): BegunDocument {
    let resolve: BegunDocument['resolve'] = () => undefined;
    let reject: BegunDocument['reject'] = () => undefined;
    this.#mark = new Promise<Mark>((...both) => ([resolve, reject] = both));
    // What waits for a promise first is told first, and so before the next batch is written.
    this.#mark.then(({ isAwaited }) => this.#options.mark(isAwaited)).catch(() => undefined);
    this.#isSuperseded = false;
    const written = this.#options.writeDocument();
    this.#writing = written
      .catch((error: unknown) => {
        this.#limit = this.#end * 2;
        if (error instanceof Superseded || this.#error !== undefined) return;
        this.#options.logger.warn({ error: toMessage(error) }, 'emulator.json could not be written anew');
      })
      .finally(() => (this.#writing = undefined));
    return { resolve, reject, written };
  }

  #supersede(): void {
    this.#isSuperseded = true;
    for (const step of this.#steps.splice(0)) step.drop();
  }

  #between(run: () => Promise<void>): Promise<void> {
    this.assertWanted();
    return new Promise((resolve, reject) => {
      this.#steps.push({
        run: () => run().then(resolve, reject),
        drop: () => {
          reject(new Superseded());
        },
      });
      this.#run();
    });
  }

  /** @param offset from where the old one is to be copied */
  async #createLog(offset: number, head?: Buffer): Promise<LogCopy> {
    const { files, paths } = this.#options;
    const log = new LogCopy(await files.open(toBeside(paths.log), 'create'), offset);
    if (head) await log.write(head);
    return log;
  }

  /** Copies the next of what is durable. */
  async #copy(log: LogCopy): Promise<void> {
    try {
      await log.copy(this.#file, Math.min(this.#end, log.copied + CHUNK));
    } catch (error) {
      this.#need = 'document';
      throw error;
    }
  }

  async #swap(document: OpenFile, log: LogCopy): Promise<void> {
    const { files, paths } = this.#options;
    this.assertWanted();
    while (log.copied < this.#end) await this.#copy(log);
    await this.#makeDurable(log.file);
    // First, for not every system has a file replaced that is open.
    await close(this.#document);
    this.#document = document;
    await files.rename(toBeside(paths.document), paths.document);
    await this.#syncFolder();
    await this.#replaceLog(log);
    this.#setLimit();
  }

  async #replaceLog({ file, length }: LogCopy): Promise<void> {
    const { files, paths } = this.#options;
    // What has to be written anew still has to be, for what is in no line.
    const isAnew = this.#need === 'document';
    this.#need = 'document';
    await close(this.#file);
    await files.rename(toBeside(paths.log), paths.log);
    this.#file = file;
    this.#end = length;
    if (!isAnew) this.#need = 'log';
    await this.#syncFolder();
    if (!isAnew) this.#need = 'nothing';
  }

  #setLimit(): void {
    this.#limit = Math.max(this.#options.leastLog ?? LEAST, this.#document?.size ?? 0);
  }

  async #makeDurable(file: OpenFile): Promise<void> {
    if (this.#options.durability !== 'none') await file.sync();
  }

  async #syncFolder(): Promise<void> {
    const { files, paths, durability } = this.#options;
    if (durability !== 'none') await files.syncFolder(paths.folder);
  }

  /** What cannot be kept was not so, and what came after it saw what was not so. */
  #fail(error: unknown, batch: Batch): void {
    const { logger, paths, durability } = this.#options;
    const message = toMessage(error);
    if (this.#error === undefined) logger.error({ folder: paths.folder, error: message }, FAILED);
    this.#error = message;
    if (durability === 'none') this.#need = 'document';
    else {
      const later = this.#takeBatch();
      const lost = [...batch.items, ...later.items];
      for (let at = lost.length - 1; at >= 0; at -= 1) lost[at]?.undo?.();
      later.end();
    }
    clearTimeout(this.#retry);
    if (this.#isClosing) return;
    this.#retry = setTimeout(() => {
      this.append({ entries: () => [{ mended: true }] });
    }, RETRY).unref();
  }
}

const FAILED = 'what was changed cannot be kept on disk; until it can, nothing is changed';
const HEALED = 'what is changed is kept on disk again';
