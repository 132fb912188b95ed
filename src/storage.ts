import { resolve } from 'node:path';

import { ConfigError, type Config } from './config/config.ts';
import { version } from './config/version.ts';
import { coreCollections } from './core/sandbox/core-collections.ts';
import type { Collections } from './core/store/collection.ts';
import { Damage } from './core/store/disk/damage.ts';
import { DataFolder, UnusableFolder } from './core/store/disk/data-folder.ts';
import type { StoredProvider } from './core/store/disk/document.ts';
import type { Files } from './core/store/disk/files.ts';
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
  files: Files,
  logger: Logger,
): Promise<DataFolder> {
  const stored = new Map<string, StoredProvider>([[CORE, toStored(CORE_VERSION, coreCollections)]]);
  for (const { id, collections, recordVersion = 1 } of providers) stored.set(id, toStored(recordVersion, collections));
  const options = { folder: resolve(folder), durability, files, emulator: version, providers: stored, logger };
  return explained(folder, () => DataFolder.open(options, resetData));
}

/**
 * Says what a start finds in its folder, and which settings do not count for that.
 *
 * @param found how many sandboxes
 */
export function announce(
  { beginning, resetData, sandboxIdle }: Config,
  folder: string,
  found: number,
  log: Logger,
): void {
  const fields = { folder, sandboxes: found };
  if (found > 0) {
    const settings = beginning.length === 0 ? 'what new ones begin with' : beginning.join(', ');
    log.info(fields, `sandboxes go on as they were left; ${settings} counts for new ones and for resets only`);
  } else
    log.info(
      fields,
      resetData ? 'the data folder was emptied and is seeded' : 'the data folder is empty and is seeded',
    );
  if (sandboxIdle !== undefined)
    log.warn(fields, 'sandbox-idle has no effect: on disk a sandbox stays until it is deleted');
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
    if (isOfSystem(error)) throw new ConfigError(`${folder} cannot be used for data: ${error.message}`);
    throw error;
  }
}

/** What the system says of a call, such as that a file may not be read. */
function isOfSystem(error: unknown): error is Error {
  return error instanceof Error && 'syscall' in error;
}

function toStored(recordVersion: number, collections: Collections): StoredProvider {
  return { version: recordVersion, collections: Object.keys(collections) };
}
