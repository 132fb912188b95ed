import type { OpenFile } from './files.ts';

/** A log that is being made beside the old one, from what of that is durable. */
export class LogCopy {
  readonly file: OpenFile;
  #length = 0;
  #copied: number;

  /** @param from where in the old one it begins */
  constructor(file: OpenFile, from: number) {
    this.file = file;
    this.#copied = from;
  }

  get length(): number {
    return this.#length;
  }

  /** Up to where the old one has been copied. */
  get copied(): number {
    return this.#copied;
  }

  async write(bytes: Buffer): Promise<void> {
    await this.file.write(bytes, this.#length);
    this.#length += bytes.length;
  }

  /** @throws where the old one is shorter than what was written to it */
  async copy(old: OpenFile | undefined, to: number): Promise<void> {
    const bytes = Buffer.allocUnsafe(to - this.#copied);
    const count = (await old?.read(bytes, this.#copied)) ?? 0;
    if (count < bytes.length) throw new Error('The log is shorter than what was written to it.');
    await this.write(bytes);
    this.#copied = to;
  }
}
