import { findClosingQuote, findValueEnd, isJsonBeginning, skipSpace } from './json-text.ts';
import { findPartNames, findTextParts, type TextPart } from './multipart-text.ts';
import type { SecretNames } from './names.ts';
import { decodeJsonString, decodePercent, NO_SPANS, REDACTED, uniteSpans, type Decoded, type Span } from './spans.ts';

/**
 * How often each character of a text may be read, on average, for the texts inside it: JSON in a JSON string in a form.
 * What lies deeper is hidden, so that no text, however made, takes longer than its length.
 */
const READINGS = 8;
const READ_AT_LEAST = 1024;

/** No text without one of these has a name with a value. */
const NAMED = /[=:%]/;
const DISPOSITION = /^content-disposition[ \t]*:/im;

/**
 * What a text is: all that was sent, a value inside another text, or a form, in which a colon gives nothing a value. The
 * first word of a value is rather one of a sentence, such as "Password: too short", than the name of a field.
 */
export type TextKind = 'whole' | 'inner' | 'form';

/**
 * Finds the values of secret names in one text that was sent, as those who parse it do. Where a text does not parse, or
 * could be parsed in several ways, it finds rather too much.
 */
export class SecretFinder {
  readonly #names: SecretNames;
  #left: number;

  constructor(names: SecretNames, length: number) {
    this.#names = names;
    this.#left = length * READINGS + READ_AT_LEAST;
  }

  /** In a text of unknown kind. */
  find(text: string, place: TextKind = 'whole'): readonly Span[] {
    if (!NAMED.test(text)) return NO_SPANS;
    this.#left -= text.length;
    if (this.#left < 0) return [{ from: 0, to: text.length, mark: REDACTED }];
    if (isJsonBeginning(text)) return this.#findInJson(text);
    const parts = DISPOSITION.test(text) ? findTextParts(text) : [];
    return uniteSpans(this.#findInParts(text, parts), this.findInPairs(text, place));
  }

  /** In a form of several parts; where it does not begin as one, as in any text. */
  findInMultipart(text: string, contentType: string): readonly Span[] {
    const parts = findTextParts(text, contentType);
    return parts[0]?.surelyBegins === true ? this.#findInParts(text, parts) : this.find(text);
  }

  /** In a query, in a form, and in what may be one: a secret lasts until the next `&`. */
  findInPairs(text: string, place: TextKind = 'form'): readonly Span[] {
    const spans: Span[] = [];
    for (let from = 0, to = 0; from < text.length; from = to + 1) {
      const next = text.indexOf('&', from);
      to = next === -1 ? text.length : next;
      const named = this.#findNamed(text, from, to, place);
      spans.push(...this.#findInPair(text, from, named?.begin ?? to));
      if (!named) continue;
      const isPair = text.charAt(named.sign) === '=';
      spans.push({ from: named.sign + 1, to: isPair ? to : text.length, mark: REDACTED });
      // Nothing says where a value behind a colon ends.
      if (!isPair) break;
    }
    return spans;
  }

  /** What the name and the value hold once they are decoded. */
  #findInPair(text: string, from: number, to: number): readonly Span[] {
    if (!text.slice(from, to).includes('%')) return NO_SPANS;
    const sign = text.indexOf('=', from);
    if (sign === -1 || sign >= to) return this.#findEncoded(text, from, to);
    return [...this.#findEncoded(text, from, sign), ...this.#findEncoded(text, sign + 1, to)];
  }

  #findEncoded(text: string, from: number, to: number): readonly Span[] {
    const decoded = decodePercent(text, from, to);
    return decoded.text === text.slice(from, to) ? NO_SPANS : this.#findInside(decoded);
  }

  #findInside(decoded: Decoded): readonly Span[] {
    return decoded.toOrigin(this.find(decoded.text, 'inner'));
  }

  #findInJson(text: string): readonly Span[] {
    const spans: Span[] = [];
    for (let at = text.indexOf('"'); at !== -1 && at < text.length; at = text.indexOf('"', at)) {
      const closing = findClosingQuote(text, at);
      const decoded = decodeJsonString(text, at + 1, closing);
      const behind = skipSpace(text, closing + 1);
      spans.push(...this.#findInside(decoded));
      at = closing + 1;
      if (text.charAt(behind) !== ':' || !this.#names.has(decoded.text)) continue;
      const from = skipSpace(text, behind + 1);
      at = findValueEnd(text, from);
      spans.push({ from, to: at, mark: `"${REDACTED}"` });
    }
    return spans;
  }

  #findInParts(text: string, parts: readonly TextPart[]): readonly Span[] {
    const spans: Span[] = [];
    let hiddenFrom: number | undefined;
    for (const { head, headFrom, from, to, surelyBegins } of parts) {
      if (hiddenFrom !== undefined && !surelyBegins) {
        // A line like the end of a secret may be part of it.
        if (spans.at(-1)?.from === hiddenFrom) spans.pop();
        spans.push({ from: hiddenFrom, to, mark: REDACTED });
        continue;
      }
      const isHidden = findPartNames(head)?.some((name) => this.#names.has(name)) ?? true;
      hiddenFrom = isHidden ? from : undefined;
      spans.push(...this.findInPairs(head, 'whole').map((span) => moveSpan(span, headFrom)));
      if (from >= to) continue;
      if (isHidden) spans.push({ from, to, mark: REDACTED });
      else spans.push(...this.find(text.slice(from, to), 'inner').map((span) => moveSpan(span, from)));
    }
    return spans;
  }

  /** The first secret name with a value. */
  #findNamed(text: string, from: number, to: number, place: TextKind): Word | undefined {
    for (let sign = from; sign < to; sign += 1) {
      const character = text.charAt(sign);
      if (character !== '=' && character !== ':') continue;
      const word = findWord(text, from, sign);
      if (!this.#names.has(word.name)) continue;
      if (character === '=' || isField(text, word, place)) return word;
    }
    return undefined;
  }
}

function moveSpan({ from, to, mark }: Span, by: number): Span {
  return { from: from + by, to: to + by, mark };
}

/** What may stand between a name and its sign: spaces and what closes a quotation. */
const CLOSING = /[\s"')\\]/;
const SEPARATOR = /[\s"'=:&?#;,{}()<>]/;

/** A word with the sign behind it that gives it a value. */
interface Word {
  readonly name: string;
  readonly begin: number;
  readonly end: number;
  readonly sign: number;
}

/** Every character is looked at for one sign only. */
function findWord(text: string, least: number, sign: number): Word {
  let end = sign;
  while (end > least && CLOSING.test(text.charAt(end - 1))) end -= 1;
  let begin = end;
  while (begin > least && !SEPARATOR.test(text.charAt(begin - 1))) begin -= 1;
  const unescaped = decodeJsonString(text, begin, end).text;
  const decoded = decodePercent(unescaped, 0, unescaped.length).text;
  return { name: decoded.slice(decoded.lastIndexOf('/') + 1), begin, end, sign };
}

const QUOTE = /["']/;
const FIELD_BEGINNING = /[\n\r{,;&(]/;

/** Whether a name with a colon is one of a field and not a word in a sentence: it is quoted, or begins something. */
function isField(text: string, { begin, end, sign }: Word, place: TextKind): boolean {
  if (place === 'form') return false;
  if (QUOTE.test(text.slice(end, sign))) return true;
  let before = begin;
  while (before > 0 && (text.charAt(before - 1) === ' ' || text.charAt(before - 1) === '\t')) before -= 1;
  return before === 0 ? place === 'whole' : FIELD_BEGINNING.test(text.charAt(before - 1));
}
