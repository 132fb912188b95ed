import { toMessage } from '../../values/message.ts';
import type { Collections } from '../collection.ts';
import { Catalog } from '../roots.ts';
import type { Damage } from './damage.ts';
import { assertReadable, DataFolder, UnusableFolder, type DataFolderOptions } from './data-folder.ts';
import { readDocument } from './document-file.ts';
import { FORMAT, type Document, type StoredProvider } from './document.ts';
import { findFile, type Files } from './files.ts';
import type { Kept } from './kept.ts';
import { assertUnused } from './lock.ts';
import { readLog } from './log.ts';
import { isTakenLog, toPaths } from './paths.ts';
import { Replay } from './replay.ts';

/** Something that the new folder lacks. */
export interface Loss {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** The same, unless the loss is about several lines. */
  readonly lastLine: number;
  /** A sentence. */
  readonly what: string;
}

export interface RepairOptions {
  /** The damaged folder, in which nothing is changed. */
  readonly folder: string;
  readonly files: Files;
  /** Core and the installed providers, with their collections. */
  readonly owners: readonly { readonly id: string; readonly collections: Collections }[];
  /** The new folder. */
  readonly into: DataFolderOptions;
  /** Called with 0 to 1. */
  readonly onProgress?: (part: number) => void;
}

export interface Repair {
  /** The names of the sandboxes in the new folder. */
  readonly sandboxes: readonly string[];
  /** The first losses, by file and line. */
  readonly losses: readonly Loss[];
  /** The number of other losses. */
  readonly more: number;
}

/** The most losses that are listed: a file of nothing but damage could have millions. */
const MOST = 1000;

class Losses {
  readonly listed: Loss[] = [];
  count = 0;

  /** A loss continues the previous one if both say the same about consecutive lines. */
  add(file: string, line: number, what: string): void {
    const last = this.listed.at(-1);
    if (last?.file === file && last.what === what && last.lastLine + 1 === line) {
      this.listed[this.listed.length - 1] = { ...last, lastLine: line };
      return;
    }
    this.count += 1;
    if (this.listed.length < MOST) this.listed.push({ file, line, lastLine: line, what });
  }
}

/**
 * Writes all readable lines of a damaged folder to a new one, with which an emulator starts.
 *
 * @throws {Locked} if an emulator uses one of them
 * @throws {UnusableFolder} if there are no data, or in a later format, or the new folder cannot be written
 */
export async function repairFolder(options: RepairOptions): Promise<Repair> {
  const { folder, files, owners, into, onProgress } = options;
  await assertUnused(folder);
  const paths = toPaths(folder, '');
  const [taken = ''] = (await files.list(folder)).filter(isTakenLog);
  const documentFile = await findFile(files, paths.document, 'read');
  const logFile =
    (await findFile(files, paths.log, 'read')) ??
    (taken === '' ? undefined : await findFile(files, `${paths.folder}/${taken}`, 'read'));
  const losses = new Losses();
  try {
    if (!documentFile && !logFile) throw new UnusableFolder(`${folder} has neither emulator.json nor emulator.log.`);
    const size = (documentFile?.found.size ?? 0) + (logFile?.found.size ?? 0);
    const tell = (bytes: number): void => {
      onProgress?.(bytes / Math.max(size, 1));
    };
    const onDamage = ({ file, line, what }: Damage): void => {
      losses.add(file, line, what);
    };
    const document = documentFile
      ? await readDocument(documentFile, paths.document, { onProgress: tell, onDamage })
      : toMissing(paths.document, losses);
    assertReadable(document, into.providers, paths.document);
    const foreign = Object.entries(document.providers).filter(([id]) => !into.providers.has(id));
    const catalog = toCatalog(owners, foreign);
    let at = { file: paths.document, line: 1 };
    const onUnfit = (what: string): void => {
      losses.add(at.file, at.line, `What this says does not fit the rest: ${what}`);
    };
    const replay = new Replay(catalog, onUnfit);
    for (const entry of document.entries) {
      try {
        replay.apply(entry);
      } catch (error) {
        onUnfit(toMessage(error));
      }
    }
    if (logFile) {
      await readLog(logFile, {
        name: paths.log,
        after: document.emulator === '' ? undefined : document.lines,
        onProgress: (bytes) => {
          tell((documentFile?.found.size ?? 0) + bytes);
        },
        onDamage,
        take: (entry, line) => {
          at = { file: paths.log, line };
          replay.apply(entry);
        },
      });
    } else losses.add(paths.log, 1, 'It is missing: what came after emulator.json was written is lost.');
    // Numbers that lost lines may have used are skipped.
    if (losses.count > 0) replay.apply({ mended: true });
    const kept = replay.finish();
    // An emulator that has begun meanwhile may have changed what was read.
    await assertUnused(folder);
    await write(
      await DataFolder.open({ ...into, providers: new Map([...into.providers, ...foreign]) }, false),
      catalog,
      kept,
    );
    onProgress?.(1);
    return { sandboxes: [...kept.keys()], losses: losses.listed, more: losses.count - losses.listed.length };
  } finally {
    await Promise.all([documentFile?.close(), logFile?.close()]);
  }
}

function toMissing(file: string, losses: Losses): Document {
  losses.add(file, 1, 'It is missing. Only what emulator.log says after it can be read.');
  return { format: FORMAT, emulator: '', lines: 0, providers: {}, entries: [] };
}

function toCatalog(
  owners: RepairOptions['owners'],
  foreign: readonly (readonly [id: string, stored: StoredProvider])[],
): Catalog {
  return new Catalog(
    owners,
    foreign.map(([id, { collections }]) => ({ id, collections })),
  );
}

/** @throws {UnusableFolder} */
async function write(folder: DataFolder, catalog: Catalog, kept: ReadonlyMap<string, Kept>): Promise<void> {
  try {
    await folder.read(catalog);
    await folder.begin(Object.assign(Object.create(null) as object, Object.fromEntries(kept)));
  } catch (error) {
    throw error instanceof UnusableFolder ? error : new UnusableFolder(`${folder.path}: ${toMessage(error)}`);
  } finally {
    await folder.close();
  }
}
