import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { createFolder } from './folder.ts';

const MAIN = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

/** A folder with the built command under its name, and `npx` that finds it, for the PATH of what a page prints. */
export function createBin(): string {
  const commands = { 'credits-emulator': `"${process.execPath}" "${MAIN}"`, npx: '' };
  const folder = createFolder();
  for (const [name, words] of Object.entries(commands)) {
    const file = join(folder, name);
    writeFileSync(file, `#!/bin/sh\nexec ${words} "$@"\n`);
    chmodSync(file, 0o755);
  }
  return folder;
}
