import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

interface Packed {
  readonly filename: string;
  readonly files: readonly { readonly path: string }[];
}

/** Packs the package as it would be published; where it lies, and the files that are in it. */
export async function packInto(
  folder: string,
): Promise<{ readonly tarball: string; readonly files: readonly string[] }> {
  // The build is fresh already, and other tests use it.
  const words = ['pack', '--ignore-scripts', '--json', '--pack-destination', folder];
  const { stdout } = await promisify(execFile)('npm', words, { cwd: ROOT });
  const [{ filename, files }] = JSON.parse(stdout) as [Packed];
  return { tarball: join(folder, filename), files: files.map(({ path }) => path) };
}
