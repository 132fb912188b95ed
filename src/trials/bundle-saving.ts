import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

import type { Sandbox } from '../client/sandbox.ts';

/**
 * Writes the bundle of a sandbox to a file. Creates the folder if needed.
 *
 * @returns false if the sandbox did nothing, so that no file was written
 * @throws {Error} if the run cannot be replayed, or the file cannot be written
 */
export async function saveBundle(sandbox: Pick<Sandbox, 'bundle'>, file: string): Promise<boolean> {
  const bundle = await sandbox.bundle();
  // A reset starts another chapter and counts as something that was done.
  if (bundle.chapters.length < 2 && !bundle.chapters.some(hasItems)) return false;
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `${JSON.stringify(bundle)}\n`);
  return true;
}

function hasItems({ items }: Readonly<Record<string, unknown>>): boolean {
  return Array.isArray(items) && items.length > 0;
}
