import { basename, join } from 'node:path';

import { renderInstant, type Instant } from '../../values/clock.ts';
import type { Logger } from '../../values/logger.ts';
import { toMessage } from '../../values/message.ts';
import type { Change } from '../collection.ts';
import type { Catalog } from '../roots.ts';
import type { Pending } from './batch.ts';
import {
  CommitLog,
  type Capture,
  type DiskSize,
  type DiskStatus,
  type Durability,
  type OpenLog,
} from './commit-log.ts';
import { Damage } from './damage.ts';
import { createDatabase, type Database, type DocumentAdapter } from './database.ts';
import { DocumentFile } from './document-file.ts';
import { Entries, FORMAT, listBases, listSeed, type Document, type StoredProvider } from './document.ts';
import { writeChanges, writeCommit, type Committed, type LogEntry } from './entries.ts';
import { copyBytes, findFile, type Files } from './files.ts';
import { BaseIds, isSame, type Base, type Kept } from './kept.ts';
import { lockFolder, type Lock } from './lock.ts';
import { readLog } from './log.ts';
import { isNewLog, isTakenLog, isUnfinished, toPaths, type Paths } from './paths.ts';
import { Replay } from './replay.ts';

export interface DataFolderOptions {
  readonly folder: string;
  readonly durability: Durability;
  readonly files: Files;
  /** The version of the emulator. */
  readonly emulator: string;
  /** The records of each installed provider, and core's own. */
  readonly providers: ReadonlyMap<string, StoredProvider>;
  readonly logger: Logger;
  readonly leastLog?: number | undefined;
  /** Called with 0 to 1 while a folder is read that takes long. */
  onProgress?(part: number): void;
  /** Replaces the file of the document by another adapter of lowdb. */
  readonly toAdapter?: ((path: string) => DocumentAdapter) | undefined;
}

/** A folder that cannot be used. The message says why. */
export class UnusableFolder extends Error {
  override readonly name = 'UnusableFolder';
}

/** @throws {UnusableFolder} with the message of an error that makes a folder useless */
export function toUnusable(folder: string): (error: Error) => never {
  return ({ message }) => {
    throw new UnusableFolder(`${folder} cannot be used for data: ${message}`);
  };
}

/** @throws {UnusableFolder} for a format that this emulator does not know */
export function assertReadable(
  { format, emulator, providers }: Document,
  known: ReadonlyMap<string, StoredProvider>,
  path: string,
): void {
  if (format > FORMAT) {
    throw new UnusableFolder(`${path} was written by emulator ${emulator} in a later format. Use that version.`);
  }
  for (const [id, { version }] of known) {
    const stored = providers[id];
    if (!stored || stored.version === version) continue;
    throw new UnusableFolder(
      `${path} holds records of "${id}" in version ${stored.version}, and this emulator knows version ${version}.`,
    );
  }
}

/**
 * The sandboxes of an emulator on disk: `emulator.json` holds what they were, and `emulator.log` the commits since then.
 *
 * One process owns the folder. A process that takes it first has the lock, then renames the log, removes the files that
 * the previous owner was writing, and only then reads. The previous owner, if it still runs, checks the name of its log
 * before it acknowledges anything, and the lock before it renames a file: so it can neither change nor add to what was read.
 */
export class DataFolder {
  readonly #options: DataFolderOptions;
  readonly #paths: Paths;
  readonly #lock: Lock;
  readonly #log: CommitLog;
  readonly #database: Database;
  readonly #ids = new BaseIds();
  /** Providers that are stored and not installed. */
  #foreign: readonly (readonly [id: string, stored: StoredProvider])[] = [];
  #catalog: Catalog | undefined;
  /** What was read. */
  #kept: ReadonlyMap<string, Kept> = new Map();
  /** All sandboxes by name, at any time. */
  #sandboxes: Readonly<Record<string, Kept>> = {};
  #closing: Promise<void> | undefined;
  /** Seeds that the document or the log has. */
  #known = new Set<string>();
  /** The first seed of the document, which others are likely to be alike. */
  #anchor: Base | undefined;
  /** Bytes of both files. */
  #sizes = { document: 0, log: 0 };

  /** Makes the folder if it does not exist, and takes it. @throws {UnusableFolder | Damage | Locked} */
  static async open(options: DataFolderOptions, reset: boolean): Promise<DataFolder> {
    const { files, folder, logger, emulator } = options;
    await files.makeFolder(folder).catch(toUnusable(folder));
    const lock = await lockFolder(folder, {
      version: emulator,
      onWait: ({ message }, milliseconds) => {
        const seconds = Math.ceil(milliseconds / 1000);
        logger.warn({ folder }, `${message} The emulator waits ${seconds} s, and takes it if nothing touches it.`);
      },
    });
    const opened = new DataFolder(options, lock);
    try {
      await opened.#take(reset);
      await opened.#readDocument();
      return opened;
    } catch (error) {
      await opened.release();
      throw error;
    }
  }

  private constructor(options: DataFolderOptions, lock: Lock) {
    const { files, durability, emulator, logger, folder, leastLog, toAdapter } = options;
    this.#options = options;
    this.#lock = lock;
    this.#paths = toPaths(folder, lock.owner);
    lock.onLost = ({ message }) => {
      this.#log.giveUp(message);
    };
    this.#log = new CommitLog({
      files,
      paths: this.#paths,
      durability,
      emulator,
      logger,
      leastLog,
      lock,
      capture: () => this.#capture(),
      writeDocument: async (document) => {
        this.#database.data = document;
        await this.#database.write();
        // Else all that it was made from would stay in memory.
        this.#database.data = { ...document, entries: [] };
      },
    });
    const adapter =
      toAdapter?.(this.#paths.document) ??
      new DocumentFile({
        files,
        paths: this.#paths,
        isSynced: durability !== 'none',
        onProgress: (bytes) => {
          this.#tell(bytes);
        },
        assertWanted: () => {
          this.#log.assertWanted();
        },
        assertOwned: () => this.#log.assertOwned(),
      });
    this.#database = createDatabase(adapter, emulator);
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

  get foreign(): readonly { readonly id: string; readonly collections: readonly string[] }[] {
    return this.#foreign.map(([id, { collections }]) => ({ id, collections }));
  }

  /**
   * Returns the sandboxes that it holds.
   *
   * @param catalog with `foreign` in it
   * @throws {Damage}
   */
  async read(catalog: Catalog): Promise<ReadonlyMap<string, Kept>> {
    this.#catalog = catalog;
    const { data } = this.#database;
    const replay = new Replay(catalog);
    try {
      for (const entry of data.entries) replay.apply(entry);
    } catch (error) {
      throw new Damage(this.#paths.document, 1, `It does not fit together: ${toMessage(error)}`);
    }
    this.#database.data = { ...data, entries: [] };
    const isUsable = [...this.#options.providers.keys()].every((id) => Object.hasOwn(data.providers, id));
    const log = await this.#readLog(data, replay);
    if (log) await this.#log.begin(log, isUsable);
    for (const [id, base] of replay.seeds) {
      this.#ids.name(base, id);
      this.#known.add(id);
      this.#anchor ??= base;
    }
    this.#options.onProgress?.(1);
    this.#kept = replay.finish();
    return this.#kept;
  }

  /**
   * Stores all commits from now on.
   *
   * @param sandboxes all sandboxes by name, at any time
   * @throws {UnusableFolder} if nothing can be written
   */
  async begin(sandboxes: Readonly<Record<string, Kept>>): Promise<void> {
    this.#sandboxes = sandboxes;
    // No line says how what was read was adapted to the installed providers.
    if (![...this.#kept].every(([name, kept]) => isSame(kept, sandboxes[name]))) this.#log.writeAnew();
    this.#kept = new Map();
    await this.#log.append({ entries: () => [{ opened: true }] })?.over;
    const { status } = this;
    if (status.status === 'failing') toUnusable(this.#options.folder)(new Error(status.error));
  }

  /** Stores a commit. @returns what to wait for; `undefined` for nothing */
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

  /** Stores a snapshot of what the sandbox is now; without an instant, deletes it. */
  keepSnapshot(sandbox: string, snapshot: string, at: Instant | undefined, undo: () => void): Pending | undefined {
    const entry: LogEntry = { sandbox, snapshot, at: at === undefined ? null : renderInstant(at) };
    return this.#log.append({ entries: () => [entry], undo });
  }

  /** Deletes a sandbox. */
  delete(sandbox: string, undo: () => void): Pending | undefined {
    return this.#log.append({ entries: () => [{ sandbox, deleted: true }], undo });
  }

  /** Stores what changed without a commit. */
  drift(sandbox: string, changes: readonly Change[], counters: Readonly<Record<string, number>>): void {
    this.#log.append({
      entries: () => [{ sandbox, changes: writeChanges(changes, this.#readCatalog), counters }],
    });
  }

  /** Writes both files again with the next commit, for what is in no line. */
  writeAnew(): void {
    this.#log.writeAnew();
  }

  /** Leaves the folder as it was found, after a start that failed. */
  async release(): Promise<void> {
    const { files } = this.#options;
    await this.#log.drop();
    // If the log is there again already, the one that was taken is not.
    await files.rename(this.#paths.takenLog, this.#paths.log).catch(() => undefined);
    await this.#lock.release();
  }

  close(): Promise<void> {
    return (this.#closing ??= this.#log.close().then(() => this.#lock.release()));
  }

  /** From here on no earlier owner can change what this one reads. */
  async #take(reset: boolean): Promise<void> {
    const { files, folder } = this.#options;
    const { document, log, takenLog } = this.#paths;
    const removeAll = async (isMeant: (name: string) => boolean): Promise<void> => {
      for (const name of (await files.list(folder)).filter(isMeant)) await files.remove(join(folder, name));
    };
    const names = await files.list(folder);
    // A process that was killed may have left its log under another name only.
    const left = names.find(isTakenLog) ?? (names.includes(basename(document)) ? names.find(isNewLog) : undefined);
    if (left !== undefined && !(await files.find(log))) await files.rename(join(folder, left), takenLog);
    // An earlier owner may have replaced its log once more, until the file that it renames is removed.
    while (await files.find(log)) {
      await files.rename(log, takenLog);
      await removeAll(isUnfinished);
    }
    await removeAll((name) => isUnfinished(name) || (isTakenLog(name) && join(folder, name) !== takenLog));
    if (reset) for (const path of [document, takenLog]) await files.remove(path);
  }

  async #readDocument(): Promise<void> {
    const { files, providers } = this.#options;
    const { document, takenLog } = this.#paths;
    const [found, log] = await Promise.all([files.find(document), files.find(takenLog)]);
    this.#sizes = { document: found?.size ?? 0, log: log?.size ?? 0 };
    await this.#database.read();
    if (found) assertReadable(this.#database.data, providers, document);
    else if (log) throw new Damage(document, 1, 'It is missing, and emulator.log has only what came after it.');
    this.#foreign = Object.entries(this.#database.data.providers).filter(([id]) => !providers.has(id));
  }

  /** Reads a copy of the log, which then replaces it: an earlier owner may still write to the old one. */
  async #readLog({ lines }: Document, replay: Replay): Promise<OpenLog | undefined> {
    const { files, logger, durability } = this.#options;
    const { log, newLog, takenLog, folder } = this.#paths;
    if (this.#sizes.document === 0) return undefined;
    const taken = await findFile(files, takenLog, 'read');
    if (!taken) throw new Damage(log, 1, 'The log is missing: what came after emulator.json was written is lost.');
    const file = await files.open(newLog, 'create');
    try {
      const size = await copyBytes(taken, { start: 0, end: Infinity }, file, 0).finally(() => taken.close());
      const end = await readLog(file, {
        name: log,
        after: lines,
        onProgress: (bytes) => {
          this.#tell(this.#sizes.document + bytes);
        },
        take: (entry) => {
          replay.apply(entry);
        },
      });
      const torn = size - end.length;
      if (torn > 0) {
        logger.warn(
          { file: log, bytes: torn },
          'the last line was not finished and is cut off; nobody was told that what it says was done',
        );
      }
      await file.truncate(end.length);
      if (end.isOpen) await file.write(Buffer.from('\n'), end.length);
      if (durability !== 'none') await file.sync();
      await this.#log.assertOwned();
      await files.rename(newLog, log);
      if (durability !== 'none') await files.syncFolder(folder);
      await files.remove(takenLog);
      // The document may include lines that the log has not.
      return { file, number: Math.max(end.number, lines), length: end.length + Number(end.isOpen) };
    } catch (error) {
      await file.close();
      await files.remove(newLog).catch(() => undefined);
      throw error;
    }
  }

  #tell(bytes: number): void {
    const { document, log } = this.#sizes;
    this.#options.onProgress?.(bytes / Math.max(document + log, 1));
  }

  /** All sandboxes as they are now. */
  #capture(): Capture {
    const { emulator, providers } = this.#options;
    const catalog = this.#readCatalog;
    const kept = Object.entries(this.#sandboxes).map(([name, { roots, base, providers: made, snapshots }]) => {
      return [name, { roots, base, providers: made, snapshots: new Map(snapshots) }] as const;
    });
    const bases = listBases(kept, catalog);
    [this.#anchor] = bases;
    const ids = new Set([...bases].map((base) => this.#ids.idOf(base)));
    const entries = new Entries(kept, catalog, this.#ids);
    const stored = Object.fromEntries([...providers, ...this.#foreign]);
    return {
      toDocument: (lines) => ({ format: FORMAT, emulator, lines, providers: stored, entries }),
      // Until the new document has replaced the old one, a seed has to be in both.
      onIncluded: (isAnew) => (this.#known = isAnew ? ids : new Set([...ids].filter((id) => this.#known.has(id)))),
    };
  }

  #write(committed: Committed): LogEntry {
    return writeCommit(committed, this.#readCatalog, this.#ids);
  }

  /** The seed comes before the first sandbox that began with it. */
  *#writeWithSeed(committed: Committed, added: string[]): IterableIterator<LogEntry> {
    const { base } = committed;
    if (base !== this.#readCatalog.empty.collections) {
      const id = this.#ids.idOf(base);
      if (!this.#known.has(id)) {
        const anchor = this.#anchor && this.#known.has(this.#ids.idOf(this.#anchor)) ? this.#anchor : undefined;
        yield* listSeed(base, anchor, this.#readCatalog, this.#ids);
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
}
