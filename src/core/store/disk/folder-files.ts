import { Damage } from './damage.ts';
import { FORMAT, type DocumentHead, type StoredProvider } from './document.ts';
import { parseHead } from './document-reader.ts';
import type { Files, OpenFile } from './files.ts';
import { readLines } from './lines.ts';

/** A folder that cannot be used, and why. */
export class UnusableFolder extends Error {
  override readonly name = 'UnusableFolder';
}

/** @returns `undefined` where there is no document */
export async function readHead(files: Files, path: string): Promise<DocumentHead | undefined> {
  const file = await findFile(files, path);
  if (!file) return undefined;
  try {
    for await (const [line] of readLines(file)) if (line) return parseHead(path, line);
    throw new Damage(path, 1, 'The file is empty.');
  } finally {
    await file.close();
  }
}

/** @throws {UnusableFolder} for a form of which this emulator knows nothing */
export function assertReadable(
  { format, emulator, providers }: DocumentHead,
  known: ReadonlyMap<string, StoredProvider>,
  path: string,
): void {
  if (format > FORMAT) {
    throw new UnusableFolder(`${path} was written by emulator ${emulator} in a later form than this one knows.`);
  }
  for (const [id, { version }] of known) {
    const stored = providers[id];
    if (!stored || stored.version === version) continue;
    throw new UnusableFolder(
      `${path} holds records of "${id}" in version ${stored.version}, and this emulator knows version ${version}.`,
    );
  }
}

/** @returns `undefined` where it is not there */
export async function findFile(files: Files, path: string): Promise<OpenFile | undefined> {
  try {
    return await files.open(path, 'read');
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

export async function findSize(files: Files, path: string): Promise<number | undefined> {
  const file = await findFile(files, path);
  const size = file?.size;
  await file?.close();
  return size;
}

export function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

/** What to do with an error that has a folder be of no use. */
export function toUnusable(folder: string): (error: Error) => never {
  return ({ message }) => {
    throw new UnusableFolder(`${folder} cannot be used for data: ${message}`);
  };
}

/** Where it had been closed already there is nothing more to do. */
export async function close(file: OpenFile | undefined): Promise<void> {
  await file?.close().catch(() => undefined);
}
