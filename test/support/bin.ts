import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { createFolder } from './folder.ts';

const MAIN = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

/** A folder with the built command under its name, for the PATH of what a page prints. */
export function createBin(): string {
  const folder = createFolder();
  const file = join(folder, 'credits-emulator');
  writeFileSync(file, `#!/bin/sh\nexec "${process.execPath}" "${MAIN}" "$@"\n`);
  chmodSync(file, 0o755);
  return folder;
}
