import { excerptOf, type Allowance, type Display } from './excerpt.ts';
import { SecretFinder } from './secrets/finder.ts';
import { decode, PERCENT_ESCAPES } from './secrets/inner-text.ts';
import { SecretNames, withoutScheme } from './secrets/names.ts';
import { hideSpans, REDACTED, type Span } from './secrets/spans.ts';

const MULTIPART = /^\s*multipart\//i;
const FORM = /^\s*application\/x-www-form-urlencoded\b/i;
const NUL = /\0/g;
/** Characters of a key at least: a shorter part of a path is a word or a number. */
const SHORTEST_KEY = 8;

/** The value of a header, or several of one name. */
type Header = string | number | readonly string[] | undefined;

/**
 * Replaces the values of secret names in displayed text, and leaves the rest as it was sent. If a text is cut or does
 * not parse, all after its first unreadable secret is hidden.
 */
export class Redaction {
  readonly #names: SecretNames;
  readonly #display: Display = {
    hide: (name) => (this.#names.has(name) ? REDACTED : undefined),
    text: (text) => this.text(text),
  };

  readonly #isKey: (value: string) => boolean;

  /**
   * @param secrets names of headers, parameters and fields; one that ends in `*` matches all names that begin like it
   * @param isKey whether a value is a credential of the services, which a path must not show
   */
  constructor(secrets: readonly string[], isKey: (value: string) => boolean = () => false) {
    this.#names = new SecretNames(secrets);
    this.#isKey = isKey;
  }

  /** Hides the secrets of a URL: also parts of its path that are credentials, or that the same request has in a secret header. */
  url(url: string, headers: Readonly<Record<string, Header>>): string {
    const [path = ''] = url.split('?', 1);
    const sent = new Set(
      Object.entries(headers).flatMap(([name, value]) =>
        this.#names.has(name) ? [value].flat().map((one) => withoutScheme(String(one))) : [],
      ),
    );
    const parts = path.split('/').map((part) => {
      const value = decode(part, PERCENT_ESCAPES);
      return value.length >= SHORTEST_KEY && (sent.has(value) || this.#isKey(value)) ? REDACTED : part;
    });
    return this.text(parts.join('/') + url.slice(path.length));
  }

  /** Hides the secrets of the value of a header or any other text of unknown kind. */
  text(text: string): string {
    return this.#hide(text, (finder) => finder.find(text));
  }

  /** Hides the secrets of a body, which may be cut. */
  body(text: string, contentType: Header): string {
    const mediaType = String(contentType ?? '');
    // Text with two bytes per character is not parsed.
    if (text.includes('\0') && this.text(text.replaceAll(NUL, '')).includes(REDACTED)) return REDACTED;
    return this.#hide(text, (finder) => {
      if (MULTIPART.test(mediaType)) return finder.findInMultipart(text, mediaType);
      return FORM.test(mediaType) ? finder.findInForm(text) : finder.find(text);
    });
  }

  /** Hides secret headers, and secrets in others, such as in the URL of a `Referer`. */
  headers(headers: Readonly<Record<string, Header>>): Record<string, unknown> {
    return Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name, this.#names.has(name) ? REDACTED : this.#header(value)]),
    );
  }

  /** Copies a record without its secrets, cut at the allowance. */
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
