import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import type { EmulatorOptions } from './options.ts';

/** The folder in a container on which users mount their fixtures. */
export const MOUNTED = '/fixtures';
/** Files in that folder that are not fixtures: settings, and the schema for editors. */
const NO_FIXTURE = /^credits-emulator\.config\.|^schema\.json$/;
/** Long enough for any suite, short enough that a machine that runs for weeks does not fill up. */
const IDLE = 'PT1H';

/**
 * Returns the defaults of our image.
 *
 * @param given options from flags, environment and file
 * @param mounted folder whose YAML and JSON files are the fixtures, in the order of their names
 */
export function findImageSettings(given: EmulatorOptions, mounted: string): EmulatorOptions {
  const files = given.fixtures === undefined ? listFixtures(mounted) : [];
  return {
    ...(files.length > 0 && { fixtures: files }),
    ...(given.data === undefined && given.sandboxIdle === undefined && { sandboxIdle: IDLE }),
  };
}

function listFixtures(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => /^[^.].*\.(ya?ml|json)$/.test(name) && !NO_FIXTURE.test(name))
    .sort()
    .map((name) => join(folder, name));
}
