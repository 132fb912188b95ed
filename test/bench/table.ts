/** Lines of cells. The first column is text, the others are figures and stand to the right. */
export class Table {
  readonly lines: readonly (readonly string[])[];
  readonly #header: readonly string[];
  readonly #widths: readonly number[];

  constructor(header: readonly string[], lines: readonly (readonly string[])[]) {
    this.#header = header;
    this.lines = lines;
    this.#widths = header.map((_, column) =>
      Math.max(3, ...[header, ...lines].map((line) => line[column]?.length ?? 0)),
    );
  }

  toText(): string {
    const rule = this.#widths.map((width) => '-'.repeat(width));
    return [this.#header, rule, ...this.lines].map((line) => this.#pad(line).join('  ').trimEnd()).join('\n');
  }

  /** Padded as prettier does it, so that it can be pasted into a page. */
  toMarkdown(): string {
    const rule = this.#widths.map((width, column) => (column === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`));
    return [this.#header, rule, ...this.lines].map((line) => `| ${this.#pad(line).join(' | ')} |`).join('\n');
  }

  #pad(line: readonly string[]): readonly string[] {
    return this.#widths.map((width, column) => {
      const cell = line[column] ?? '';
      return column === 0 ? cell.padEnd(width) : cell.padStart(width);
    });
  }
}
