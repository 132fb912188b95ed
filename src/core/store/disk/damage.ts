/** What is wrong with a file of a data folder, and where. */
export class Damage extends Error {
  override readonly name = 'Damage';
  readonly file: string;
  readonly line: number;
  readonly what: string;

  /** @param what a sentence that says what is wrong, and what is lost because of it */
  constructor(file: string, line: number, what: string) {
    super(`${file}:${line}: ${what}`);
    this.file = file;
    this.line = line;
    this.what = what;
  }
}
