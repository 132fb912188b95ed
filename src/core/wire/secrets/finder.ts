import { JsonScanner } from '../../values/json-scanner.ts';
import { decode, JSON_ESCAPES, NO_ESCAPES, PERCENT_ESCAPES, toInnerText, type InnerText } from './inner-text.ts';
import { hasParts, listPartNames, listParts, type TextPart } from './multipart-text.ts';
import { NamedValues } from './named-values.ts';
import type { SecretNames } from './names.ts';
import { REDACTED, uniteSpans, type Span } from './spans.ts';

/**
 * How often each character of a text may be read, on average, for the texts inside it: JSON in a JSON string in a form.
 * What is nested deeper is hidden, so that the time that a text takes grows with its length only.
 */
const READINGS = 8;
const READ_AT_LEAST = 1024;

/** A text without one of these gives no name a value. */
const VALUED = /[=:%<]/;
const JSON_BEGINNING = /^\s*[{["]/;
const PAIR = /([^&=]*)=?([^&]*)/g;

/** A sign that gives a name a value: what precedes the name, the name, and spaces and closing quotes between both. */
const SIGN = /[=:](?<=(^|[^ \t])[ \t]*([^\s"'=:&?#;,{}()<>]*)([\s"')\\]*)[=:])/g;
/** The beginning of an XML element: its name, and that without a prefix. */
const ELEMENT = /<((?:[^\s<>/!?"'=:]+:)?([^\s<>/!?"'=:]+))(?:\s[^<>]*)?(?<!\/)>/g;
const USER_INFO = /(?<=:\/\/)[^\s/?#"'<>\\]+(?=@)/g;
const QUOTE = /["']/;
const FIELD_BEGINNING = /[\n\r{,;&(]/;

/**
 * What a text is: all that was sent, a text inside another, or a form. In a form a colon gives no name a value. At the beginning
 * of an inner text, a word with a colon belongs to a sentence, such as "Password: too short".
 */
type TextKind = 'whole' | 'inner' | 'form';

/** Finds the values of secret names in one text that was sent. If it can be read in several ways, all of them count. */
export class SecretFinder {
  readonly #names: SecretNames;
  #left: number;

  constructor(names: SecretNames, length: number) {
    this.#names = names;
    this.#left = length * READINGS + READ_AT_LEAST;
  }

  /** Reads a text of unknown kind. */
  find(text: string, kind: TextKind = 'whole'): readonly Span[] {
    if (!VALUED.test(text)) return [];
    this.#left -= text.length;
    if (this.#left < 0) return [{ from: 0, to: text.length, mark: REDACTED }];
    return uniteSpans(JSON_BEGINNING.test(text) ? this.#findInJson(text, kind) : this.#findInWords(text, kind));
  }

  /** Reads a form of several parts, or any text if it has none. */
  findInMultipart(text: string, contentType: string): readonly Span[] {
    const parts = listParts(text, contentType);
    return parts.length > 0 ? uniteSpans(this.#findInParts(text, parts)) : this.find(text);
  }

  findInForm(text: string): readonly Span[] {
    return uniteSpans([...this.find(text), ...this.#findInPairs(text, 'form')]);
  }

  #findInside(inner: InnerText): readonly Span[] {
    return inner.toOuter(this.find(inner.text, 'inner'));
  }

  /** A value that cannot be read to its end is hidden with all that follows. */
  *#findInJson(text: string, kind: TextKind): Iterable<Span> {
    const scanner = new JsonScanner(text);
    const values = new NamedValues(this.#names);
    do {
      while (scanner.next()) {
        const { token, start, end } = scanner;
        const value = values.take(scanner);
        if (value) yield value;
        if (token !== 'name' && token !== 'string') continue;
        const inner = toInnerText(text, start + 1, end - 1, JSON_ESCAPES);
        yield* this.#findInside(inner);
        if (token === 'string' || !this.#names.has(inner.text)) continue;
        scanner.next();
        const from = scanner.start;
        const to = scanner.skip() ? scanner.end : text.length;
        values.passTo(to);
        yield { from, to, mark: scanner.token === 'broken' ? REDACTED : `"${REDACTED}"` };
      }
    } while (scanner.token === 'end' && scanner.end < text.length);
    if (scanner.token === 'end') return;
    yield* values.end(scanner);
    // The string that is cut, or what a lenient parser would read.
    const rest = toInnerText(text, scanner.start + 1, text.length, JSON_ESCAPES);
    if (scanner.token === 'cut' || rest.isEscaped) yield* this.#findInside(rest);
    if (scanner.token === 'broken') yield* this.#findInWords(text, kind);
  }

  /** Reads a text that is not JSON. */
  *#findInWords(text: string, kind: TextKind): Iterable<Span> {
    if (hasParts(text)) yield* this.#findInParts(text, listParts(text));
    yield* this.#findInPairs(text, kind);
    yield* this.#findInElements(text);
    for (const { 0: info, index } of text.matchAll(USER_INFO)) {
      yield { from: index, to: index + info.length, mark: REDACTED };
    }
  }

  *#findInElements(text: string): Iterable<Span> {
    let hiddenTo = 0;
    for (const { 0: tag, 1: element = '', 2: name = '', index } of text.matchAll(ELEMENT)) {
      if (index < hiddenTo || !this.#names.has(name)) continue;
      const from = index + tag.length;
      const end = text.indexOf(`</${element}`, from);
      hiddenTo = end < 0 ? text.length : end;
      yield { from, to: hiddenTo, mark: REDACTED };
    }
  }

  *#findInParts(text: string, parts: readonly TextPart[]): Iterable<Span> {
    for (const { from, content, to } of parts) {
      const head = toInnerText(text, from, content, NO_ESCAPES);
      yield* head.toOuter(uniteSpans(this.#findInPairs(head.text, 'whole')));
      if (content === to) continue;
      const names = listPartNames(head.text);
      const isHidden = names.length === 0 || names.some((name) => this.#names.has(name));
      if (isHidden) yield { from: content, to, mark: REDACTED };
      else yield* this.#findInside(toInnerText(text, content, to, NO_ESCAPES));
    }
  }

  /** Reads a query, a form or what may be one. */
  *#findInPairs(text: string, kind: TextKind): Iterable<Span> {
    for (const { 0: pair, 1: name = '', 2: value = '', index } of text.matchAll(PAIR)) {
      if (!pair.includes('%')) continue;
      const end = index + pair.length;
      for (const [from, to] of [[index, index + name.length] as const, [end - value.length, end] as const]) {
        const inner = toInnerText(text, from, to, PERCENT_ESCAPES);
        if (inner.isEscaped) yield* this.#findInside(inner);
      }
    }
    yield* this.#findNamed(text, kind);
  }

  /**
   * Finds values of secret names. A value after a colon has no clear end; one after an equals sign ends before the next
   * `&`.
   */
  *#findNamed(text: string, kind: TextKind): Iterable<Span> {
    let hiddenTo = 0;
    for (const { 0: sign, 1: before = '', 2: word = '', 3: closing = '', index } of text.matchAll(SIGN)) {
      if (index < hiddenTo || !this.#names.has(toName(word))) continue;
      if (sign === ':' && !isField(before, closing, kind)) continue;
      const next = sign === '=' ? text.indexOf('&', index) : -1;
      hiddenTo = next < 0 ? text.length : next;
      yield { from: index + 1, to: hiddenTo, mark: REDACTED };
    }
  }
}

function toName(word: string): string {
  const text = decode(decode(word, JSON_ESCAPES), PERCENT_ESCAPES);
  return text.slice(text.lastIndexOf('/') + 1);
}

/** Whether a name with a colon is the name of a field and not a word in a sentence. */
function isField(before: string, closing: string, kind: TextKind): boolean {
  if (kind === 'form') return false;
  if (QUOTE.test(closing)) return true;
  return before === '' ? kind === 'whole' : FIELD_BEGINNING.test(before);
}
