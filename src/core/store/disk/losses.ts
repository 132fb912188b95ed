/** Something of a data folder that could not be read, or could be and may be wrong. */
export interface Loss {
  /** `lost` is not there any more; `doubtful` is there as it was read, and has to be looked at. */
  readonly kind: 'lost' | 'doubtful';
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** The same where it is about one line. */
  readonly lastLine: number;
  /** The seed or the sandbox that it belonged to, where that can be told. */
  readonly whose: string | undefined;
  /** A sentence. */
  readonly what: string;
}

/** Losses that are told one by one; of a file that is nothing but damage there could be millions. */
const MOST = 1000;

export class Losses {
  readonly #told: Loss[] = [];
  #count = 0;

  /** The first of them, by file and line. */
  get told(): readonly Loss[] {
    return [...this.#told].sort((a, b) => (a.file === b.file ? a.line - b.line : a.file < b.file ? -1 : 1));
  }

  get count(): number {
    return this.#count;
  }

  add({ lastLine, ...loss }: Omit<Loss, 'lastLine'> & { readonly lastLine?: number | undefined }): void {
    this.#count += 1;
    if (this.#told.length < MOST) this.#told.push({ ...loss, lastLine: lastLine ?? loss.line });
  }
}
