import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import type { EmulatorOptions } from './options.ts';

/** In a container the folder that those of users are mounted on. */
export const MOUNTED = '/fixtures';
/** What may lie beside fixtures: settings, and what editors check fixtures by. */
const NO_FIXTURE = /^credits-emulator\.config\.|^schema\.json$/;
/** Long enough for any suite; a machine that serves suites for weeks does not fill up. */
const IDLE = 'PT1H';

/**
 * What holds inside our image where nobody has said otherwise.
 *
 * @param given what flags, environment and file came to
 * @param mounted folder whose files of YAML and JSON are the fixtures, in the order of their names
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
