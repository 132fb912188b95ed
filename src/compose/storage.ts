import { readdir } from 'node:fs/promises';
import { isAbsolute, relative, resolve, sep } from 'node:path';

import { ConfigError, type Config } from '../config/config.ts';
import { readConfig } from '../config/imported-providers.ts';
import type { EmulatorOptions } from '../config/options.ts';
import { version } from '../config/version.ts';
import { coreCollections } from '../core/sandbox/core-collections.ts';
import type { Collections } from '../core/store/collection.ts';
import { Damage } from '../core/store/disk/damage.ts';
import { DataFolder, UnusableFolder } from '../core/store/disk/data-folder.ts';
import type { StoredProvider } from '../core/store/disk/document.ts';
import { files as realFiles, type Files } from '../core/store/disk/files.ts';
import { Locked } from '../core/store/disk/lock.ts';
import { repairFolder, type Repair } from '../core/store/disk/repair.ts';
import { CORE } from '../core/store/due.ts';
import { silent, type Logger } from '../core/values/logger.ts';
import { toMessage } from '../core/values/message.ts';
import { bundled } from '../providers/index.ts';

/** The version of core's own records. */
const CORE_VERSION = 1;

/** Called with 0 to 1 while something takes long. */
export type OnProgress = (part: number) => void;

/** How a data folder is reached. */
export interface DiskAccess {
  /** Replaces the file system. */
  readonly files?: Files | undefined;
  /** Called while a folder is read. */
  readonly onProgress?: OnProgress | undefined;
}

/**
 * Opens the folder that stores the state.
 *
 * @param folder the path as given
 * @throws {ConfigError} if it is in use, damaged or not writable
 */
export async function openFolder(
  config: Config,
  folder: string,
  logger: Logger,
  { files = realFiles, onProgress }: DiskAccess,
): Promise<DataFolder> {
  const { durability, resetData } = config;
  const described = { folder: resolve(folder), durability, files, emulator: version, providers: toProviders(config) };
  const options = { ...described, logger, ...(onProgress && { onProgress }) };
  return explained(folder, () => DataFolder.open(options, resetData));
}

/**
 * Logs what a start found in its folder, and which settings have no effect on it.
 *
 * @param found the number of sandboxes
 */
export function announce(
  { beginning, resetData, sandboxIdle }: Config,
  folder: string,
  found: number,
  log: Logger,
): void {
  const fields = { folder, sandboxes: found };
  const ignored =
    beginning.length === 0 ? '' : `; these settings affect only new sandboxes and resets: ${beginning.join(', ')}`;
  const start = resetData ? 'the data folder was erased and seeded' : 'the data folder was empty and is seeded';
  log.info(fields, found > 0 ? `sandboxes continue from the data folder${ignored}` : start);
  if (sandboxIdle !== undefined)
    log.warn(fields, 'sandbox-idle has no effect: on disk a sandbox stays until it is deleted');
}

/**
 * Writes the readable part of a damaged folder to a new one.
 *
 * @param provider files of providers from outside, as for `start`; bundled ones are always known
 * @throws {ConfigError} if one of the folders is in use or cannot be used
 */
export async function repairData(
  provider: EmulatorOptions['provider'],
  folder: string,
  to: string,
  onProgress: OnProgress,
): Promise<Repair> {
  const config = await readConfig(provider === undefined ? {} : { provider }, bundled);
  await assertNew(to, folder);
  const owners = [{ id: CORE, collections: coreCollections }, ...config.providers];
  const described = {
    durability: config.durability,
    files: realFiles,
    emulator: version,
    providers: toProviders(config),
  };
  const into = { ...described, folder: to, logger: silent };
  return explained(folder, () => repairFolder({ folder, files: realFiles, owners, into, onProgress }));
}

/** @throws {ConfigError} */
async function assertNew(to: string, folder: string): Promise<void> {
  if ((await findNames(folder)) === undefined) throw new ConfigError(`The folder ${folder} does not exist.`);
  const way = relative(folder, to);
  if (way === '' || !(way === '..' || way.startsWith(`..${sep}`) || isAbsolute(way))) {
    throw new ConfigError(`${to} is inside ${folder}, which repair must not change. Name another folder with --out.`);
  }
  const names = await findNames(to);
  if (names !== undefined && names.length > 0) {
    throw new ConfigError(`${to} is not empty. Name a new folder with --out.`);
  }
}

/** @returns `undefined` if the folder does not exist */
async function findNames(folder: string): Promise<readonly string[] | undefined> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw new ConfigError(`${folder} cannot be used for data: ${toMessage(error)}`);
  }
}

/** Turns errors of a data folder into sentences for users. @throws {ConfigError} */
export async function explained<T>(folder: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Damage) {
      throw new ConfigError(
        `${error.message}\nNothing was changed. Restore a copy of the folder, or salvage what is readable: credits-emulator repair ${folder}`,
      );
    }
    if (error instanceof Locked || error instanceof UnusableFolder) throw new ConfigError(error.message);
    // A system call failed, such as a denied read.
    if (error instanceof Error && 'syscall' in error) {
      throw new ConfigError(`${folder} cannot be used for data: ${error.message}`);
    }
    throw error;
  }
}

function toProviders({ providers }: Config): ReadonlyMap<string, StoredProvider> {
  const stored = new Map<string, StoredProvider>([[CORE, toStored(CORE_VERSION, coreCollections)]]);
  for (const { id, collections, recordVersion = 1 } of providers) stored.set(id, toStored(recordVersion, collections));
  return stored;
}

function toStored(recordVersion: number, collections: Collections): StoredProvider {
  return { version: recordVersion, collections: Object.keys(collections) };
}
