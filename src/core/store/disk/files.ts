import {
  close,
  fdatasync,
  fstatSync,
  fsync,
  ftruncate,
  mkdir,
  open,
  read,
  readFile,
  rename,
  rm,
  write,
  writeSync,
  type OpenMode,
} from 'node:fs';
import { promisify } from 'node:util';

const [readAsync, writeAsync] = [promisify(read), promisify(write)];

/** What is asked of the file system, so that a test can stand in its place. All that it says comes from the system. */
export interface Files {
  /** @param how for reading, for reading and writing, or as a new file in the place of any that is there */
  open(path: string, how: 'read' | 'write' | 'create'): Promise<OpenFile>;
  rename(from: string, to: string): Promise<void>;
  /** It need not be there. */
  remove(path: string): Promise<void>;
  makeFolder(path: string): Promise<void>;
  /** Makes durable which files a folder has. */
  syncFolder(path: string): Promise<void>;
  readText(path: string): Promise<string>;
}

/** Offsets and lengths are in bytes. */
export interface OpenFile {
  /** As many bytes as there are from there on, up to the length of `bytes`. */
  read(bytes: Buffer, offset: number): Promise<number>;
  write(bytes: Buffer, offset: number): Promise<void>;
  /** The same, while all else waits. */
  writeNow(bytes: Buffer, offset: number): void;
  truncate(length: number): Promise<void>;
  /** Resolves when all that was written survives a power cut. */
  sync(): Promise<void>;
  readonly size: number;
  /** Whether any folder still has it. */
  readonly isLinked: boolean;
  close(): Promise<void>;
}

const MODES: Readonly<Record<'read' | 'write' | 'create', OpenMode>> = { read: 'r', write: 'r+', create: 'w+' };

/** The callbacks of `node:fs`: its promises cost three times as much, which counts where every answer waits. */
export const files: Files = {
  open: async (path, how) => new NodeFile(await promisify(open)(path, MODES[how])),
  rename: promisify(rename),
  remove: (path) => promisify(rm)(path, { force: true, recursive: true }),
  makeFolder: async (path) => {
    await promisify(mkdir)(path, { recursive: true });
  },
  syncFolder: async (path) => {
    // A folder cannot be opened on Windows, which keeps its entries without being asked.
    if (process.platform === 'win32') return;
    const folder = await promisify(open)(path, 'r');
    try {
      await promisify(fsync)(folder);
    } finally {
      await promisify(close)(folder);
    }
  },
  readText: (path) => promisify(readFile)(path, 'utf8'),
};

class NodeFile implements OpenFile {
  readonly #descriptor: number;

  constructor(descriptor: number) {
    this.#descriptor = descriptor;
  }

  async read(bytes: Buffer, offset: number): Promise<number> {
    let count = 0;
    while (count < bytes.length) {
      const { bytesRead } = await readAsync(this.#descriptor, bytes, count, bytes.length - count, offset + count);
      if (bytesRead === 0) break;
      count += bytesRead;
    }
    return count;
  }

  /** The system may take less than it is given, and says so without an error. */
  async write(bytes: Buffer, offset: number): Promise<void> {
    let count = 0;
    while (count < bytes.length) {
      const { bytesWritten } = await writeAsync(this.#descriptor, bytes, count, bytes.length - count, offset + count);
      count += bytesWritten;
    }
  }

  writeNow(bytes: Buffer, offset: number): void {
    let count = 0;
    while (count < bytes.length) {
      count += writeSync(this.#descriptor, bytes, count, bytes.length - count, offset + count);
    }
  }

  truncate(length: number): Promise<void> {
    return promisify(ftruncate)(this.#descriptor, length);
  }

  sync(): Promise<void> {
    return promisify(fdatasync)(this.#descriptor);
  }

  get size(): number {
    return fstatSync(this.#descriptor).size;
  }

  get isLinked(): boolean {
    return fstatSync(this.#descriptor).nlink > 0;
  }

  close(): Promise<void> {
    return promisify(close)(this.#descriptor);
  }
}
