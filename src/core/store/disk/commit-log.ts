import type { Logger } from '../../values/logger.ts';
import { toMessage } from '../../values/message.ts';
import { Batch, type Item, type Pending } from './batch.ts';
import { Checksums, FORMAT, type Document } from './document.ts';
import type { LogEntry } from './entries.ts';
import { copyBytes, type Files, type OpenFile } from './files.ts';
import type { Lock } from './lock.ts';
import { renderLogLine } from './log.ts';
import type { Paths } from './paths.ts';

/** When a commit is durable: after a power cut, after a killed process, or not before the process ends. */
export type Durability = 'fsync' | 'os' | 'none';

/** What the sandboxes are at one moment. */
export interface Capture {
  /** @param lines the number of the last line of the log that it includes */
  toDocument(lines: number): Document;
  /** Called when the lines that it includes are durable. @param isAnew whether the old files are not used any more */
  onIncluded(isAnew: boolean): void;
}

export interface CommitLogOptions {
  readonly files: Files;
  readonly paths: Paths;
  readonly durability: Durability;
  readonly emulator: string;
  readonly logger: Logger;
  /** Bytes that a log may have before a new document is written, if the document is smaller. */
  readonly leastLog?: number | undefined;
  capture(): Capture;
  /** Replaces the document. */
  writeDocument(document: Document): Promise<void>;
  readonly lock: Pick<Lock, 'isHeld' | 'restore'>;
}

export type DiskStatus =
  | { readonly status: 'ok' }
  /** Nothing can be stored, so nothing is changed. */
  | { readonly status: 'failing'; readonly error: string };

/** A log that goes on where it ended. */
export interface OpenLog {
  readonly file: OpenFile;
  /** The number of its last line. */
  readonly number: number;
  /** In bytes. */
  readonly length: number;
}

/** Durable bytes of the log, and the number of durable lines of all logs of the folder. */
export type DiskSize = Readonly<Record<'logBytes' | 'lines', number>>;

/** A log of fewer bytes is not worth a new document. */
const LEAST = 1 << 23;
/** Milliseconds after which a disk that failed is tried again without a request. */
const RETRY = 1000;
/** Bytes that are gathered before they are written. */
const CHUNK = 1 << 18;

/** The document that is being written is not wanted any more. */
class Superseded extends Error {
  override readonly name = 'Superseded';
}

/**
 * Writes commits to the log in their order. All that arrive while a batch is being written make up the next batch, so that
 * many commits share one write and one sync.
 */
export class CommitLog {
  readonly #options: CommitLogOptions;
  readonly #checksums = new Checksums();
  #file: OpenFile | undefined;
  /** Durable bytes; the file may be longer. */
  #end = 0;
  /** The number of the last durable line. */
  #number = 0;
  /** The highest number that any line has had, durable or not. */
  #highest = 0;
  #open = new Batch();
  /** Whether the files cannot be trusted or used any more, so that both are written again. */
  #isUnusable = true;
  #error: string | undefined;
  #givenUp: Error | undefined;
  #isRunning = false;
  #isClosing = false;
  /** Work that runs between two batches. */
  #step: (() => Promise<void>) | undefined;
  /** Ends when no document is being written. */
  #compaction: Promise<void> | undefined;
  #isSuperseded = false;
  /** Bytes of the log from which on a new document is written. */
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
   * Continues a log.
   *
   * @param isUsable whether both files can go on as they are; else they are written again with the first batch
   */
  async begin({ file, number, length }: OpenLog, isUsable: boolean): Promise<void> {
    this.#file = file;
    this.#end = length;
    this.#number = number;
    this.#highest = number;
    this.#isUnusable = !isUsable;
    await this.#setLimit();
  }

  /** @returns what to wait for; `undefined` for nothing */
  append(item: Item): Pending | undefined {
    const batch = this.#open;
    batch.items.push(item);
    this.#run();
    return this.#options.durability === 'none' ? undefined : batch;
  }

  /** Writes both files again with the next batch. */
  writeAnew(): void {
    this.#isUnusable = true;
  }

  /** Refuses all later commits. @param why a sentence */
  giveUp(why: string): void {
    this.#givenUp = new Error(why);
  }

  /** @throws if the document that is being written is not wanted any more */
  assertWanted(): void {
    if (this.#isSuperseded) throw new Superseded();
  }

  /** @throws {Locked} if the folder belongs to another process */
  async assertOwned(): Promise<void> {
    const { files, paths, lock } = this.#options;
    if (await lock.isHeld()) return;
    // Either the folder was emptied, or another process used it and has stopped.
    const log = await files.find(paths.log);
    if (log && log.identity !== this.#file?.found.identity) {
      this.giveUp(`Another process used ${paths.folder} meanwhile. Start again to continue with what it holds.`);
      throw new Error(toMessage(this.#givenUp));
    }
    await lock.restore();
  }

  /** Ends without writing anything. */
  async drop(): Promise<void> {
    this.giveUp('The emulator did not start.');
    await this.#stop();
  }

  /** Marks the log as that of an emulator that was stopped in good order. */
  async close(): Promise<void> {
    this.#isClosing = true;
    const ends: LogEntry[] = this.#isUnusable ? [{ mended: true }, { closed: true }] : [{ closed: true }];
    for (const end of ends) {
      const batch = this.#open;
      this.append({ entries: () => [end] });
      await batch.over;
    }
    this.giveUp('The emulator has been closed.');
    await this.#stop();
  }

  async #stop(): Promise<void> {
    this.#isClosing = true;
    clearTimeout(this.#retry);
    await this.#supersede();
    await this.#file?.close();
  }

  #run(): void {
    if (this.#isRunning) return;
    this.#isRunning = true;
    // After all that happens in this turn of the event loop, so that it is written at once.
    setImmediate(() => {
      void this.#work();
    });
  }

  async #work(): Promise<void> {
    for (;;) {
      const step = this.#step;
      this.#step = undefined;
      if (step) await step();
      else if (this.#open.items.length > 0) await this.#flush();
      else break;
    }
    this.#isRunning = false;
  }

  async #flush(): Promise<void> {
    let batch: Batch | undefined;
    try {
      if (this.#givenUp) throw this.#givenUp;
      const isAnew = this.#isUnusable;
      if (isAnew) await this.#prepareAnew();
      // What is captured includes the batch and nothing later.
      const capture = isAnew || this.#isLarge() ? this.#options.capture() : undefined;
      batch = this.#takeBatch();
      if (isAnew && capture) await this.#writeAnew(capture);
      else await this.#write(batch.items);
      if (!isAnew && capture) this.#compact(capture);
      if (this.#error !== undefined) this.#options.logger.info({ folder: this.#options.paths.folder }, HEALED);
      this.#error = undefined;
    } catch (error) {
      batch ??= this.#takeBatch();
      await this.#fail(error, batch);
    }
    batch.end();
  }

  #takeBatch(): Batch {
    const batch = this.#open;
    this.#open = new Batch();
    return batch;
  }

  async #write(items: readonly Item[]): Promise<void> {
    const { files, paths, durability } = this.#options;
    const file = this.#file;
    if (!file) throw new Error('There is no log.');
    const { length, number } = await this.#writeLines(file, items);
    // After a failed sync nobody knows what the disk has of the file.
    if (durability === 'fsync') await this.#orUnusable(file.sync());
    // A process that takes the folder renames the log before it reads it: what it cannot have read is not acknowledged.
    const found = await files.find(paths.log);
    if (found?.identity !== file.found.identity) {
      this.#isUnusable = true;
      await this.#restoreFolder();
      throw new Error('Its files were removed.');
    }
    this.#end = length;
    this.#number = number;
  }

  async #writeLines(
    file: OpenFile,
    items: readonly Item[],
  ): Promise<{ readonly length: number; readonly number: number }> {
    let number = this.#number;
    let length = this.#end;
    let text = '';
    const flush = async (): Promise<void> => {
      const bytes = Buffer.from(text);
      text = '';
      await file.write(bytes, length);
      length += bytes.length;
    };
    for (const item of items) {
      for (const entry of item.entries()) {
        number += 1;
        this.#highest = Math.max(this.#highest, number);
        text += renderLogLine(number, this.#number, entry, this.#checksums);
        if (text.length >= CHUNK) await flush();
      }
    }
    await flush();
    return { length, number };
  }

  #isLarge(): boolean {
    return this.#end > this.#limit && !this.#compaction;
  }

  async #prepareAnew(): Promise<void> {
    await this.#supersede();
    this.#isSuperseded = false;
    await this.#restoreFolder();
  }

  /** Makes the folder if it was removed. @throws {Locked} if it belongs to another process */
  async #restoreFolder(): Promise<void> {
    const { files, paths } = this.#options;
    await files.makeFolder(paths.folder);
    await this.assertOwned();
  }

  async #supersede(): Promise<void> {
    this.#isSuperseded = true;
    await this.#step?.();
    this.#step = undefined;
    await this.#compaction;
  }

  /** Writes all state, which includes that of the batch, to a new document and begins an empty log. */
  async #writeAnew(capture: Capture): Promise<void> {
    capture.onIncluded(true);
    // Lines that were refused may be in the old log still: the numbers of the new one are higher.
    this.#number = this.#highest;
    await this.#replaceLog(this.#number, async (_, length) => {
      await this.#options.writeDocument(capture.toDocument(this.#number));
      return length;
    });
    this.#isUnusable = false;
  }

  /** Writes a new document while commits go on, and then drops the lines that it includes from the log. */
  #compact(capture: Capture): void {
    capture.onIncluded(false);
    const [number, start] = [this.#number, this.#end];
    const replaceLog = (): Promise<void> => {
      return this.#replaceLog(number, async (file, length) => {
        const old = this.#file;
        const count = old ? await copyBytes(old, { start, end: this.#end }, file, length) : 0;
        if (count < this.#end - start) throw new Error('The log is shorter than what was written to it.');
        return length + count;
      });
    };
    this.#compaction = this.#options
      .writeDocument(capture.toDocument(number))
      .then(() => this.#between(replaceLog))
      .catch((error: unknown) => {
        this.#limit = this.#end * 2;
        if (error instanceof Superseded || this.#error !== undefined) return;
        this.#options.logger.warn({ error: toMessage(error) }, 'emulator.json could not be written again');
      })
      .finally(() => (this.#compaction = undefined));
  }

  /** Runs work when no batch is being written. */
  #between(work: () => Promise<void>): Promise<void> {
    this.assertWanted();
    return new Promise((resolve, reject) => {
      this.#step = () => (this.#isSuperseded ? Promise.reject(new Superseded()) : work()).then(resolve, reject);
      this.#run();
    });
  }

  /**
   * Begins a log that continues after a line of the old one.
   *
   * @param fill writes what the new log begins with, and returns its length; the log is on disk by then, under another name
   */
  async #replaceLog(number: number, fill: (file: OpenFile, length: number) => Promise<number>): Promise<void> {
    const { files, paths, durability, emulator } = this.#options;
    const old = this.#file;
    const sync = durability === 'none' ? () => Promise.resolve() : () => file.sync();
    const file = await files.open(paths.newLog, 'create');
    let length: number;
    try {
      const head = Buffer.from(renderLogLine(number, number, { log: FORMAT, emulator }, new Checksums()));
      await file.write(head, 0);
      await sync();
      length = await fill(file, head.length);
      await sync();
      await this.assertOwned();
      await files.rename(paths.newLog, paths.log);
    } catch (error) {
      await file.close();
      await files.remove(paths.newLog).catch(() => undefined);
      throw error;
    }
    this.#file = file;
    this.#end = length;
    await old?.close();
    // Until the name is durable, what is written to the new file may be gone after a power cut.
    if (durability !== 'none') await this.#orUnusable(files.syncFolder(paths.folder));
    await this.#setLimit();
  }

  async #setLimit(): Promise<void> {
    const { files, paths, leastLog = LEAST } = this.#options;
    const document = await files.find(paths.document);
    this.#limit = Math.max(leastLog, document?.size ?? 0);
  }

  /** Rolls back what cannot be stored, and all that came after it and may have seen it. */
  async #fail(error: unknown, batch: Batch): Promise<void> {
    const { logger, paths, durability } = this.#options;
    const message = toMessage(error);
    if (this.#error === undefined) logger.error({ folder: paths.folder, error: message }, FAILED);
    this.#error = message;
    if (durability === 'none') this.#isUnusable = true;
    else {
      await this.#cutOff();
      const later = this.#takeBatch();
      const lost = [...batch.items, ...later.items];
      for (let at = lost.length - 1; at >= 0; at -= 1) lost[at]?.undo?.();
      later.end();
    }
    clearTimeout(this.#retry);
    if (this.#isClosing || this.#givenUp) return;
    this.#retry = setTimeout(() => {
      this.append({ entries: () => [{ mended: true }] });
    }, RETRY).unref();
  }

  /** Removes the lines of a refused batch, so that a process that is killed now does not bring them back. */
  async #cutOff(): Promise<void> {
    await this.#orUnusable(this.#file?.truncate(this.#end)).catch(() => undefined);
  }

  async #orUnusable(work: Promise<void> | undefined): Promise<void> {
    try {
      await work;
    } catch (error) {
      this.#isUnusable = true;
      throw error;
    }
  }
}

const FAILED = 'what was changed cannot be kept on disk; until it can, nothing is changed';
const HEALED = 'what is changed is kept on disk again';
