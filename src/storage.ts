import { resolve } from 'node:path';

import { ConfigError, type Config } from './config/config.ts';
import { version } from './config/version.ts';
import { coreCollections } from './core/sandbox/core-collections.ts';
import type { Collections } from './core/store/collection.ts';
import { Damage } from './core/store/disk/damage.ts';
import { DataFolder, UnusableFolder } from './core/store/disk/data-folder.ts';
import type { StoredProvider } from './core/store/disk/document.ts';
import { files } from './core/store/disk/files.ts';
import { Locked } from './core/store/disk/lock.ts';
import { CORE } from './core/store/due.ts';
import type { Logger } from './core/values/logger.ts';

/** Of what core itself keeps. */
const CORE_VERSION = 1;

/**
 * The folder that the state is kept in.
 *
 * @param folder as it was given
 * @throws {ConfigError} where it is in use, damaged or cannot be written
 */
export async function openFolder(
  { providers, durability, resetData }: Config,
  folder: string,
  logger: Logger,
): Promise<DataFolder> {
  const stored = new Map<string, StoredProvider>([[CORE, toStored(CORE_VERSION, coreCollections)]]);
  for (const { id, collections, recordVersion = 1 } of providers) stored.set(id, toStored(recordVersion, collections));
  const options = { folder: resolve(folder), durability, files, emulator: version, providers: stored, logger };
  return explained(folder, () => DataFolder.open(options, resetData));
}

/** @throws {ConfigError} for what is wrong with the folder itself */
export async function explained<T>(folder: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Damage) {
      throw new ConfigError(
        `${error.message}\nNothing was changed. Put back a copy of the folder, or have what can be read written to a new one: credits-emulator repair ${folder}`,
      );
    }
    if (error instanceof Locked || error instanceof UnusableFolder) throw new ConfigError(error.message);
    throw error;
  }
}

function toStored(recordVersion: number, collections: Collections): StoredProvider {
  return { version: recordVersion, collections: Object.keys(collections) };
}
