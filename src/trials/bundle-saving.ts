import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

import type { Sandbox } from '../client/sandbox.ts';

/**
 * Writes what a sandbox did to a file, in a folder that is made where there is none.
 *
 * @returns whether there is a file: what did nothing has none
 * @throws {Error} where it cannot be repeated, or the file cannot be written
 */
export async function saveBundle(sandbox: Pick<Sandbox, 'bundle'>, file: string): Promise<boolean> {
  const bundle = await sandbox.bundle();
  // A reset begins another one, and is something that was done.
  if (bundle.chapters.length < 2 && !bundle.chapters.some(hasItems)) return false;
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `${JSON.stringify(bundle)}\n`);
  return true;
}

function hasItems({ items }: Readonly<Record<string, unknown>>): boolean {
  return Array.isArray(items) && items.length > 0;
}
