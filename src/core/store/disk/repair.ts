import { toMessage } from '../../values/message.ts';
import { Catalog } from '../roots.ts';
import type { Collections } from '../collection.ts';
import { Damage } from './damage.ts';
import { DataFolder, type DataFolderOptions } from './data-folder.ts';
import { assertReadable, findFile, UnusableFolder } from './folder-files.ts';
import type { DocumentHead, StoredProvider } from './document.ts';
import { parseHead } from './document-reader.ts';
import { DocumentSalvage } from './document-salvage.ts';
import type { Files, OpenFile } from './files.ts';
import type { Kept } from './kept.ts';
import { readLines } from './lines.ts';
import { assertUnused } from './lock.ts';
import { salvageLog } from './log-salvage.ts';
import { Losses, type Loss } from './losses.ts';
import { toBeside, toPaths, type Paths } from './paths.ts';
import { Replay } from './replay.ts';

export interface RepairOptions {
  /** The damaged folder, in which nothing is changed. */
  readonly folder: string;
  readonly files: Files;
  /** Core and the providers that are there, with their collections. */
  readonly owners: readonly { readonly id: string; readonly collections: Collections }[];
  /** Whether a sandbox can be called that. */
  readonly isSandboxName: (name: string) => boolean;
  /** The new folder. */
  readonly into: DataFolderOptions;
  /** Told now and then; from 0 to 1. */
  readonly onProgress?: (part: number) => void;
}

export interface Repair {
  /** The names of those that are in the new folder. */
  readonly sandboxes: readonly string[];
  /** What could not be read, or may be wrong, by file and line. */
  readonly losses: readonly Loss[];
  /** How many more losses there were. */
  readonly more: number;
}

/**
 * Writes what can be read of a damaged folder to a new one, on which an emulator starts.
 *
 * @throws {Locked} where an emulator uses one of them
 * @throws {UnusableFolder} where there is no data, or it is of a later form, or the new folder cannot be written
 */
export async function repairFolder(options: RepairOptions): Promise<Repair> {
  const { folder, files, into } = options;
  await assertUnused(folder);
  const paths = toPaths(folder);
  const document = await findFile(files, paths.document);
  const log = (await findFile(files, paths.log)) ?? (await findFile(files, toBeside(paths.log)));
  try {
    if (!document && !log) throw new UnusableFolder(`${folder} has neither emulator.json nor emulator.log.`);
    const losses = new Losses();
    const head = await readHead(document, paths, losses);
    if (head) assertReadable(head, into.providers, paths.document);
    const foreign = Object.entries(head?.providers ?? {}).filter(([id]) => !into.providers.has(id));
    const catalog = toCatalog(options, foreign);
    const kept = await readAll({ ...options, paths, document, log, head, catalog, losses });
    // What an emulator that has begun meanwhile did there is not what was read.
    await assertUnused(folder);
    const providers = new Map([...into.providers, ...foreign]);
    await write(await DataFolder.open({ ...into, providers }, false), catalog, kept);
    const { told, count } = losses;
    return { sandboxes: [...kept.keys()], losses: told, more: count - told.length };
  } finally {
    await Promise.all([document?.close(), log?.close()]);
  }
}

function toCatalog(
  { owners }: RepairOptions,
  foreign: readonly (readonly [id: string, stored: StoredProvider])[],
): Catalog {
  return new Catalog(
    owners,
    foreign.map(([id, { collections }]) => ({ id, collections })),
  );
}

/** @returns `undefined` where it cannot be read; then nothing that it may have said is relied on */
async function readHead(
  document: OpenFile | undefined,
  { document: file }: Paths,
  losses: Losses,
): Promise<DocumentHead | undefined> {
  const lose = (what: string): void => {
    losses.add({ kind: 'lost', file, line: 1, whose: undefined, what });
  };
  if (!document) {
    lose('It is not there. What emulator.log says came after it.');
    return undefined;
  }
  for await (const [line] of readLines(document)) {
    if (!line) break;
    try {
      return parseHead(file, line);
    } catch (error) {
      if (!(error instanceof Damage)) throw error;
      lose(
        'The first line is not as it was written. Records of providers that are not there are lost: name them by --provider.',
      );
      return undefined;
    }
  }
  lose('The file is empty.');
  return undefined;
}

interface Reading extends RepairOptions {
  readonly paths: Paths;
  readonly document: OpenFile | undefined;
  readonly log: OpenFile | undefined;
  readonly head: DocumentHead | undefined;
  readonly catalog: Catalog;
  readonly losses: Losses;
}

async function readAll(reading: Reading): Promise<ReadonlyMap<string, Kept>> {
  const { paths, document, log, head, catalog, losses, isSandboxName, onProgress } = reading;
  const [size, logSize] = [document?.size ?? 0, log?.size ?? 0];
  const tell = (bytes: number): void => {
    onProgress?.(bytes / Math.max(size + logSize, 1));
  };
  const salvage = new DocumentSalvage({ file: paths.document, catalog, losses, isSandboxName });
  if (document && size > 0) {
    for await (const lines of readLines(document)) {
      for (const line of lines) if (line.number > 1) salvage.feed(line);
      tell(lines.at(-1)?.offset ?? 0);
    }
    salvage.finish();
  }
  const replay = new Replay(catalog, salvage.sandboxes, salvage.seeds, head?.closed ?? false);
  if (log) {
    const { damagedSeeds } = salvage;
    const from = head && head.lines + 1;
    await salvageLog(log, { file: paths.log, from, replay, damagedSeeds, losses }, (bytes) => {
      tell(size + bytes);
    });
  } else {
    const what = 'It is not there: what came after emulator.json was written is lost.';
    losses.add({ kind: 'lost', file: paths.log, line: 1, whose: undefined, what });
  }
  // Numbers that were told in what is lost are passed over.
  if (losses.count > 0) replay.apply({ mended: true });
  onProgress?.(1);
  return replay.finish();
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
