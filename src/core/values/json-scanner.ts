/**
 * What was read last: a bracket, the name of a field, a value without parts, or the `end` of a whole value. The text is `cut`
 * if more of it could make it JSON, and `broken` if nothing could.
 */
export type JsonToken = '{' | '}' | '[' | ']' | 'name' | 'string' | 'number' | 'literal' | 'end' | 'cut' | 'broken';

const SPACE = /[ \t\n\r]*/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[\da-fA-F]{4})/y;
const CUT_ESCAPE = /\\(?:u[\da-fA-F]{0,3})?$/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const LITERAL = /true|false|null/y;
/** Nothing, or the beginning of a number or a literal, up to the end of the text. */
const CUT_SCALAR = /(?:-?(?:(?:0|[1-9]\d*)(?:\.|(?:\.\d+)?[eE][+-]?))?|t(?:ru?)?|f(?:a(?:ls?)?)?|n(?:ul?)?)$/y;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const FIRST_PRINTABLE = 0x20;

/**
 * Reads JSON text token by token, as strictly as `JSON.parse`, and says where each token is. The text may be cut anywhere and
 * nested to any depth: nothing here is recursive, and reading takes time in proportion to the length.
 */
export class JsonScanner {
  readonly text: string;
  token: JsonToken = 'end';
  /** Offsets of the last token. A token that is `cut` or `broken` begins where the text could be read no further. */
  start = 0;
  end = 0;
  readonly #open: ('{' | '[')[] = [];

  constructor(text: string) {
    this.text = text;
  }

  /** The number of lists and objects that are open. */
  get depth(): number {
    return this.#open.length;
  }

  /**
   * Reads the next token. After the `end` of a value, which is not always that of the text, another value begins.
   *
   * @returns false at the `end` of a value, and if the text is `cut` or `broken`
   */
  next(): boolean {
    if (this.#isReadable()) this.token = this.#read();
    return this.token !== 'end' && this.#isReadable();
  }

  /** Reads the rest of the value that the last token began. @returns false if the text is `cut` or `broken` before its end */
  skip(): boolean {
    const depth = this.token === '{' || this.token === '[' ? this.depth - 1 : this.depth;
    while (this.depth > depth && this.next());
    return this.#isReadable();
  }

  #isReadable(): boolean {
    return this.token !== 'cut' && this.token !== 'broken';
  }

  #read(): JsonToken {
    this.#begin();
    if (this.token === 'end') return this.#readValue();
    if (this.token === 'name') return this.#pass(':') ? this.#readValue() : this.#stop();
    const container = this.#open.at(-1);
    if (container === undefined) return 'end';
    const closing = container === '{' ? '}' : ']';
    if (this.text.charAt(this.start) === closing) {
      this.#open.pop();
      return this.#take(closing, this.start + 1);
    }
    const isFirst = this.token === '{' || this.token === '[';
    if (!isFirst && !this.#pass(',')) return this.#stop();
    return container === '{' ? this.#readString('name') : this.#readValue();
  }

  #readValue(): JsonToken {
    const character = this.text.charAt(this.start);
    if (character === '"') return this.#readString('string');
    if (character === '{' || character === '[') {
      this.#open.push(character);
      return this.#take(character, this.start + 1);
    }
    if (this.#findEnd(CUT_SCALAR, this.start) >= 0) return this.#take('cut', this.text.length);
    const numberEnd = this.#findEnd(NUMBER, this.start);
    if (numberEnd >= 0) return this.#take('number', numberEnd);
    const literalEnd = this.#findEnd(LITERAL, this.start);
    return literalEnd >= 0 ? this.#take('literal', literalEnd) : this.#stop();
  }

  #readString(token: 'name' | 'string'): JsonToken {
    const { text, start } = this;
    if (text.charAt(start) !== '"') return this.#stop();
    for (let at = start + 1; at < text.length; at += 1) {
      const code = text.charCodeAt(at);
      if (code === QUOTE) return this.#take(token, at + 1);
      if (code < FIRST_PRINTABLE) return this.#stop();
      if (code !== BACKSLASH) continue;
      const escapeEnd = this.#findEnd(ESCAPE, at);
      if (escapeEnd < 0) return this.#findEnd(CUT_ESCAPE, at) < 0 ? this.#stop() : this.#take('cut', text.length);
      at = escapeEnd - 1;
    }
    return this.#take('cut', text.length);
  }

  /** Where a match that begins at an offset ends; -1 without one. */
  #findEnd(pattern: RegExp, at: number): number {
    pattern.lastIndex = at;
    return pattern.test(this.text) ? pattern.lastIndex : -1;
  }

  /** Skips the space after the last token. */
  #begin(): void {
    this.start = this.end = this.#findEnd(SPACE, this.end);
  }

  #pass(mark: ':' | ','): boolean {
    if (this.text.charAt(this.start) !== mark) return false;
    this.end += 1;
    this.#begin();
    return true;
  }

  #take(token: JsonToken, end: number): JsonToken {
    this.end = end;
    return token;
  }

  #stop(): JsonToken {
    return this.start === this.text.length ? 'cut' : 'broken';
  }
}
