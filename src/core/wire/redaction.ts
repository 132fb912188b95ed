import { excerptOf, type Allowance, type Display } from './excerpt.ts';
import { SecretFinder } from './secrets/finder.ts';
import { SecretNames } from './secrets/names.ts';
import { hideSpans, REDACTED, uniteSpans, type Span } from './secrets/spans.ts';

const MULTIPART = /^\s*multipart\//i;
const FORM = /^\s*application\/x-www-form-urlencoded\b/i;
const NUL = /\0/g;

/** A header as it came, or several of one name. */
type Header = string | number | readonly string[] | undefined;

/**
 * Replaces the values of secret names in what is shown, and leaves the rest as it was sent. What parses is read as those
 * who parse it do; where a text is cut off or has no one reading, it hides rather than shows.
 */
export class Redaction {
  readonly #names: SecretNames;
  readonly #display: Display = {
    hide: (name) => (this.#names.has(name) ? REDACTED : undefined),
    text: (text) => this.text(text),
  };

  /** @param secrets names of headers, parameters and fields; one that ends in `*` stands for all that begin so */
  constructor(secrets: readonly string[]) {
    this.#names = new SecretNames(secrets);
  }

  /** A URL, a header's value or any other text that does not say what it is. */
  text(text: string): string {
    return this.#hide(text, (finder) => finder.find(text));
  }

  /** A body of that media type, whole or cut off. */
  body(text: string, contentType: Header): string {
    const mediaType = String(contentType ?? '');
    // Of two bytes a character, and of a type that nothing here reads.
    if (text.includes('\0') && this.text(text.replaceAll(NUL, '')).includes(REDACTED)) return REDACTED;
    return this.#hide(text, (finder) => {
      if (MULTIPART.test(mediaType)) return finder.findInMultipart(text, mediaType);
      const spans = finder.find(text);
      // What is JSON to the eye was read as a form all the same.
      return FORM.test(mediaType) ? uniteSpans(spans, finder.findInPairs(text)) : spans;
    });
  }

  /** A secret may be in the value of any of them, such as the URL that a `Referer` is. */
  headers(headers: Readonly<Record<string, Header>>): Record<string, unknown> {
    return Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name, this.#names.has(name) ? REDACTED : this.#header(value)]),
    );
  }

  /** What there is room for of a copy of a record, with a mark where the rest is missing. */
  record(record: object, allowance: Allowance): Record<string, unknown> {
    return excerptOf(record, allowance, this.#display);
  }

  #header(value: Header): Header {
    if (typeof value === 'string') return this.text(value);
    return typeof value === 'object' ? value.map((one) => this.text(one)) : value;
  }

  #hide(text: string, find: (finder: SecretFinder) => readonly Span[]): string {
    return hideSpans(text, find(new SecretFinder(this.#names, text.length)));
  }
}
