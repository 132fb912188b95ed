import { close, fdatasync, fstat, ftruncate, open as openDescriptor, read, stat, write } from 'node:fs';
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { promisify } from 'node:util';

// What a commit waits for uses the callbacks of `node:fs`, because its promises cost three times as much.
const [readAsync, writeAsync] = [promisify(read), promisify(write)];

/** The calls of the file system that a data folder uses, so that a test can replace them. None blocks the process. */
export interface Files {
  /** @param how for reading, for reading and writing, or as a new file that replaces any of that name */
  open(path: string, how: 'read' | 'write' | 'create'): Promise<OpenFile>;
  rename(from: string, to: string): Promise<void>;
  /** Does nothing if the file does not exist. */
  remove(path: string): Promise<void>;
  makeFolder(path: string): Promise<void>;
  /** Makes the names of the files of a folder durable. */
  syncFolder(path: string): Promise<void>;
  list(folder: string): Promise<readonly string[]>;
  /** @returns `undefined` if no file has that name */
  find(path: string): Promise<FoundFile | undefined>;
}

export interface FoundFile {
  /** The same for two names of one file, and no other file's as long as this one is open. */
  readonly identity: string;
  /** In bytes. */
  readonly size: number;
}

/** A file and its descriptor. The one who opened it closes it. Offsets and lengths are in bytes. */
export interface OpenFile {
  /** As it was when it was opened. */
  readonly found: FoundFile;
  /** Reads as many bytes as there are from the offset on, up to the length of `bytes`. */
  read(bytes: Buffer, offset: number): Promise<number>;
  write(bytes: Buffer, offset: number): Promise<void>;
  truncate(length: number): Promise<void>;
  /** Resolves when all that was written survives a power cut. */
  sync(): Promise<void>;
  /** Never fails; the second call does nothing. */
  close(): Promise<void>;
}

const MODES = { read: 'r', write: 'r+', create: 'w+' };

export const files: Files = {
  open: async (path, how) => {
    const descriptor = await promisify(openDescriptor)(path, MODES[how]);
    try {
      return new NodeFile(descriptor, toFound(await promisify(fstat)(descriptor)));
    } catch (error) {
      await promisify(close)(descriptor);
      throw error;
    }
  },
  rename,
  remove: (path) => rm(path, { force: true, recursive: true }),
  makeFolder: async (path) => {
    await mkdir(path, { recursive: true });
  },
  syncFolder: async (path) => {
    // Windows cannot open a folder, and keeps its entries without being asked.
    if (process.platform === 'win32') return;
    const folder = await open(path, 'r');
    await folder.sync().finally(() => folder.close());
  },
  list: (folder) => readdir(folder),
  find: async (path) => {
    try {
      return toFound(await promisify(stat)(path));
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  },
};

/** @returns `undefined` if no file has that name */
export async function findFile(files: Files, path: string, how: 'read' | 'write'): Promise<OpenFile | undefined> {
  try {
    return await files.open(path, how);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** Bytes that are copied at once. */
const CHUNK = 1 << 20;

/** Copies bytes to an offset of another file. @returns the number of bytes, which is less if the file is shorter */
export async function copyBytes(
  from: OpenFile,
  range: { readonly start: number; readonly end: number },
  to: OpenFile,
  offset: number,
): Promise<number> {
  let count = 0;
  while (range.start + count < range.end) {
    const chunk = Buffer.allocUnsafe(Math.min(CHUNK, range.end - range.start - count));
    const bytes = chunk.subarray(0, await from.read(chunk, range.start + count));
    if (bytes.length === 0) break;
    await to.write(bytes, offset + count);
    count += bytes.length;
  }
  return count;
}

export function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

function toFound({ dev, ino, size }: { readonly dev: number; readonly ino: number; readonly size: number }): FoundFile {
  return { identity: `${dev}:${ino}`, size };
}

class NodeFile implements OpenFile {
  readonly found: FoundFile;
  #descriptor: number | undefined;

  constructor(descriptor: number, found: FoundFile) {
    this.#descriptor = descriptor;
    this.found = found;
  }

  async read(bytes: Buffer, offset: number): Promise<number> {
    let count = 0;
    while (count < bytes.length) {
      const { bytesRead } = await readAsync(this.#open, bytes, count, bytes.length - count, offset + count);
      if (bytesRead === 0) break;
      count += bytesRead;
    }
    return count;
  }

  /** The system may write less than it is given, and reports that without an error. */
  async write(bytes: Buffer, offset: number): Promise<void> {
    let count = 0;
    while (count < bytes.length) {
      const { bytesWritten } = await writeAsync(this.#open, bytes, count, bytes.length - count, offset + count);
      count += bytesWritten;
    }
  }

  async truncate(length: number): Promise<void> {
    await promisify(ftruncate)(this.#open, length);
  }

  async sync(): Promise<void> {
    await promisify(fdatasync)(this.#open);
  }

  async close(): Promise<void> {
    const descriptor = this.#descriptor;
    this.#descriptor = undefined;
    // Linux has closed it even if it reports an error.
    if (descriptor !== undefined) await promisify(close)(descriptor).catch(() => undefined);
  }

  /** The number of a closed descriptor may belong to a socket by now. */
  get #open(): number {
    if (this.#descriptor === undefined) throw new Error('The file has been closed.');
    return this.#descriptor;
  }
}
