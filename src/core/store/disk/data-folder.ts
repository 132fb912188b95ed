import { monotonic, renderInstant, type Instant } from '../../values/clock.ts';
import type { Logger } from '../../values/logger.ts';
import type { Catalog } from '../roots.ts';
import type { Pending } from './batch.ts';
import { CommitLog, type DiskSize, type DiskStatus, type Durability } from './commit-log.ts';
import { Damage } from './damage.ts';
import { openDatabase, type Database } from './database.ts';
import { FORMAT, listBases, renderDocument, type DocumentHead, type StoredProvider } from './document.ts';
import { DocumentReader } from './document-reader.ts';
import { isSame, isAlike, BaseIds, type Base, type Kept } from './kept.ts';
import { writeCommit, writeSeed, type Committed, type LogEntry } from './entries.ts';
import type { Files, OpenFile } from './files.ts';
import { assertReadable, findSize, isMissing, readHead, toUnusable } from './folder-files.ts';
import { readLines } from './lines.ts';
import { lockFolder, type Lock } from './lock.ts';
import { LOG_FORMAT, readLog } from './log.ts';
import { toBeside, toPaths, type Paths } from './paths.ts';
import { Replay } from './replay.ts';

export interface DataFolderOptions {
  readonly folder: string;
  readonly durability: Durability;
  readonly files: Files;
  /** The version of the emulator. */
  readonly emulator: string;
  /** What the records of each provider that is there are, and core's own. */
  readonly providers: ReadonlyMap<string, StoredProvider>;
  readonly logger: Logger;
  readonly leastLog?: number | undefined;
  /** Told now and then while a folder is read that takes long; from 0 to 1. */
  onProgress?(part: number): void;
}

/** Milliseconds for which a document is put together before others have their turn. */
const SLICE = 2;
/** Lines after which the time is looked at. */
const LOOK = 64;
const CHUNK = 1 << 18;

/** The sandboxes of an emulator on disk: `emulator.json` holds what they were, `emulator.log` what came since. */
export class DataFolder {
  readonly #options: DataFolderOptions;
  readonly #paths: Paths;
  readonly #lock: Lock;
  readonly #head: DocumentHead | undefined;
  readonly #seeds = new BaseIds();
  readonly #log: CommitLog;
  #catalog: Catalog | undefined;
  /** What was read. */
  #kept: ReadonlyMap<string, Kept> = new Map();
  #database: { data: Database<Kept>; write(): Promise<void> } | undefined;
  #closing: Promise<void> | undefined;
  /** Seeds that can be read from document or log as they are. */
  #known = new Set<string>();
  /** Those that are in the document which is being written. */
  #inDocument: ReadonlySet<string> = new Set();
  /** The first of them, to which others are likely to be alike. */
  #anchor: Base | undefined;

  /** Makes it if it is not there. @throws {UnusableFolder | Damage} */
  static async open(options: DataFolderOptions, reset: boolean): Promise<DataFolder> {
    const { files, folder } = options;
    await files.makeFolder(folder).catch(toUnusable(folder));
    let onLost = (_: string): void => undefined;
    const lock = await lockFolder(folder, {
      version: options.emulator,
      onWait: ({ message }, milliseconds) => {
        const seconds = Math.ceil(milliseconds / 1000);
        options.logger.warn(
          { folder },
          `${message} It is watched for ${seconds} s, and taken where nobody touches it.`,
        );
      },
      onLost: ({ message }) => {
        onLost(message);
      },
    });
    const paths = toPaths(folder);
    try {
      if (reset) for (const path of [paths.document, paths.log, paths.snapshots]) await files.remove(path);
      const head = await readHead(files, paths.document);
      if (head) assertReadable(head, options.providers, paths.document);
      else if ((await findSize(files, paths.log)) !== undefined) {
        throw new Damage(paths.document, 1, 'It is not there, and emulator.log says only what came after it.');
      }
      const opened = new DataFolder(options, paths, lock, head);
      onLost = (why) => {
        opened.#log.giveUp(why);
      };
      return opened;
    } catch (error) {
      await lock.release();
      throw error;
    }
  }

  private constructor(options: DataFolderOptions, paths: Paths, lock: Lock, head: DocumentHead | undefined) {
    this.#options = options;
    this.#paths = paths;
    this.#lock = lock;
    this.#head = head;
    const { files, durability, emulator, logger, folder, leastLog } = options;
    this.#log = new CommitLog({
      files,
      paths,
      durability,
      emulator,
      logger,
      leastLog,
      mark: (isAnew) => {
        // Until the document is in its place the old files count, and from the mark on the new ones may.
        const known = [...this.#inDocument].filter((id) => isAnew || this.#known.has(id));
        this.#known = new Set(known);
      },
      writeDocument: () => this.#database?.write() ?? Promise.resolve(),
      makeFolder: async () => {
        await files.makeFolder(folder);
        await lock.renew();
      },
    });
  }

  get path(): string {
    return this.#paths.folder;
  }

  get size(): DiskSize {
    return this.#log.size;
  }

  get status(): DiskStatus {
    return this.#log.status;
  }

  /** Those whose records it has and who are not there. */
  get foreign(): readonly { readonly id: string; readonly collections: readonly string[] }[] {
    return Object.entries(this.#head?.providers ?? {})
      .filter(([id]) => !this.#options.providers.has(id))
      .map(([id, { collections }]) => ({ id, collections }));
  }

  /**
   * What it holds.
   *
   * @param catalog with `foreign` in it
   * @throws {Damage}
   */
  async read(catalog: Catalog): Promise<ReadonlyMap<string, Kept>> {
    this.#catalog = catalog;
    let found: DocumentReader | undefined;
    const { document, log } = await this.#measure();
    const tell = (bytes: number): void => {
      this.#options.onProgress?.(bytes / Math.max(document + log, 1));
    };
    this.#database = await openDatabase<Kept>({
      read: async () => {
        found = this.#head && (await this.#readDocument(catalog, tell));
        return null;
      },
      write: ({ sandboxes }) => this.#writeDocument(catalog, Object.entries(sandboxes)),
    });
    if (found?.head) {
      this.#kept = await this.#readLog(catalog, found, found.head, (bytes) => {
        tell(document + bytes);
      });
    }
    return this.#kept;
  }

  /**
   * From now on what is committed is kept.
   *
   * @param sandboxes all that there are at any time, by name
   * @throws {UnusableFolder} where nothing can be written
   */
  async begin(sandboxes: Record<string, Kept>): Promise<void> {
    if (this.#database) this.#database.data = { version: 1, sandboxes };
    // What was made of it for those who are there now is in no line of the log.
    if (![...this.#kept].every(([name, kept]) => isSame(kept, sandboxes[name]))) this.#log.writeAnew();
    this.#kept = new Map();
    const opened: LogEntry = { opened: Object.fromEntries(this.#options.providers) };
    await this.#log.append({ entries: () => [opened] })?.over;
    const { status } = this;
    if (status.status === 'failing') toUnusable(this.#options.folder)(new Error(status.error));
  }

  /** @returns what has to be waited for; `undefined` for nothing */
  keep(committed: Committed, undo: () => void): Pending | undefined {
    if (committed.commit.cause.kind !== 'replace') {
      return this.#log.append({ entries: () => [this.#write(committed)], undo });
    }
    const added: string[] = [];
    return this.#log.append({
      entries: () => this.#writeWithSeed(committed, added),
      undo: () => {
        for (const id of added) this.#known.delete(id);
        undo();
      },
    });
  }

  /** Keeps a snapshot of what the sandbox is now, or that there is none of that name any more. */
  keepSnapshot(sandbox: string, snapshot: string, at: Instant | undefined, undo: () => void): Pending | undefined {
    const entry: LogEntry = { sandbox, snapshot, at: at === undefined ? null : renderInstant(at) };
    return this.#log.append({ entries: () => [entry], undo });
  }

  /** @param undo has it be there still */
  delete(sandbox: string, undo: () => void): Pending | undefined {
    return this.#log.append({ entries: () => [{ sandbox, deleted: true }], undo });
  }

  /** Keeps counters that have moved without a commit for long. */
  count(sandbox: string, counters: Readonly<Record<string, number>>): void {
    this.#log.append({ entries: () => [{ sandbox, counters }] });
  }

  /** Has both files be written anew with what comes next, for what is in no line. */
  writeAnew(): void {
    this.#log.writeAnew();
  }

  /** Leaves the folder as it was found, where the start came to nothing. */
  async release(): Promise<void> {
    await this.#log.drop();
    await this.#lock.release();
  }

  close(): Promise<void> {
    return (this.#closing ??= this.#log.close().then(() => this.#lock.release()));
  }

  #write(committed: Committed): LogEntry {
    return writeCommit(committed, this.#readCatalog, this.#seeds);
  }

  /** Sandboxes that begin with the same refer to it, and so it stands in front of the first of them. */
  *#writeWithSeed(committed: Committed, added: string[]): IterableIterator<LogEntry> {
    const { base } = committed;
    if (base !== this.#readCatalog.empty.collections) {
      const id = this.#seeds.idOf(base);
      if (!this.#known.has(id)) {
        yield* writeSeed(id, base, this.#findAlike(base), this.#readCatalog);
        this.#known.add(id);
        added.push(id);
      }
    }
    yield this.#write(committed);
  }

  get #readCatalog(): Catalog {
    if (!this.#catalog) throw new Error('The folder has not been read.');
    return this.#catalog;
  }

  #findAlike(base: Base): { readonly id: string; readonly base: Base } | undefined {
    const anchor = this.#anchor;
    if (!anchor || anchor === base || !isAlike(anchor, base)) return undefined;
    const id = this.#seeds.idOf(anchor);
    return this.#known.has(id) ? { id, base: anchor } : undefined;
  }

  /** @param sandboxes living ones */
  async #writeDocument(catalog: Catalog, sandboxes: readonly (readonly [string, Kept])[]): Promise<void> {
    const { files, emulator } = this.#options;
    // All at once, before anything else happens.
    const kept = sandboxes.map(([name, { roots, base, providers, snapshots }]) => {
      return [name, { roots, base, providers, snapshots: new Map(snapshots) }] as const;
    });
    const bases = listBases(kept, catalog);
    this.#inDocument = new Set([...bases].map((base) => this.#seeds.idOf(base)));
    [this.#anchor] = bases;
    const foreign = this.foreign.map(({ id }) => [id, this.#head?.providers[id]]);
    const providers = Object.fromEntries([...this.#options.providers, ...foreign]) as DocumentHead['providers'];
    const head: DocumentHead = { format: FORMAT, emulator, ...(await this.#log.describe()), providers };
    const file = await files.open(toBeside(this.#paths.document), 'create');
    try {
      await this.#writeLines(renderDocument(head, kept, catalog, this.#seeds), file);
      if (this.#options.durability !== 'none') await file.sync();
      await this.#log.publish(file);
    } catch (error) {
      await file.close().catch(() => undefined);
      throw error;
    }
  }

  async #writeLines(lines: Iterable<string>, file: OpenFile): Promise<void> {
    let offset = 0;
    let count = 0;
    let text = '';
    let began = monotonic();
    const write = async (): Promise<void> => {
      this.#log.assertWanted();
      const bytes = Buffer.from(text);
      text = '';
      await file.write(bytes, offset);
      offset += bytes.length;
      began = monotonic();
    };
    for (const line of lines) {
      text += line;
      count += 1;
      if (text.length >= CHUNK || (count % LOOK === 0 && monotonic() - began >= SLICE)) await write();
    }
    await write();
  }

  async #readDocument(catalog: Catalog, tell: (bytes: number) => void): Promise<DocumentReader> {
    const { files } = this.#options;
    const file = await files.open(this.#paths.document, 'read');
    try {
      const reader = new DocumentReader(this.#paths.document, catalog, file.size, this.#options.emulator);
      let last = 0;
      for await (const lines of readLines(file)) {
        for (const line of lines) {
          reader.feed(line);
          last = line.number;
        }
        tell(lines.at(-1)?.offset ?? 0);
      }
      reader.finish(last);
      for (const [id, base] of reader.seeds) this.#seeds.name(base, id);
      return reader;
    } finally {
      await file.close();
    }
  }

  async #readLog(
    catalog: Catalog,
    { sandboxes, seeds }: DocumentReader,
    { lines, closed, providers }: DocumentHead,
    tell: (bytes: number) => void,
  ): Promise<ReadonlyMap<string, Kept>> {
    const { files, logger } = this.#options;
    const log = await this.#openLog();
    const replay = new Replay(catalog, sandboxes, seeds, closed);
    const name = this.#paths.log;
    const end = await readLog(log, { name, from: lines + 1, onProgress: tell }, (entry) => {
      replay.apply(entry);
    }).catch(async (error: unknown) => {
      await log.close();
      throw error;
    });
    this.#options.onProgress?.(1);
    if (end.torn > 0) {
      logger.warn(
        { file: this.#paths.log, bytes: end.torn },
        'the last line was not finished and is cut off; nobody was told that what it says was done',
      );
    }
    for (const [id, base] of replay.seeds) {
      this.#seeds.name(base, id);
      this.#known.add(id);
      this.#anchor ??= base;
    }
    const number = Math.max(end.number, lines);
    const document = await files.open(this.#paths.document, 'read');
    // A log of an older form would be taken for one by what knows no later one.
    const goesOn = !end.isOpen && end.format === LOG_FORMAT;
    const isWhole = goesOn && [...this.#options.providers.keys()].every((id) => Object.hasOwn(providers, id));
    this.#log.begin({ log, document, number, length: end.length }, isWhole && number === end.number);
    return replay.finish();
  }

  /** Bytes of both files. */
  async #measure(): Promise<{ readonly document: number; readonly log: number }> {
    const { files } = this.#options;
    const sizes = [this.#paths.document, this.#paths.log].map((path) => findSize(files, path));
    const [document = 0, log = 0] = await Promise.all(sizes);
    return { document, log };
  }

  /** When the document was put into its place, the log that goes with it may still have been beside it. */
  async #openLog(): Promise<OpenFile> {
    const { files } = this.#options;
    try {
      return await files.open(this.#paths.log, 'write');
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
    try {
      await files.rename(toBeside(this.#paths.log), this.#paths.log);
      return await files.open(this.#paths.log, 'write');
    } catch (error) {
      if (!isMissing(error)) throw error;
      throw new Damage(this.#paths.log, 1, 'The log is not there: what came after emulator.json was written is lost.');
    }
  }
}
