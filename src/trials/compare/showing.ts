import { Allowance } from '../../core/wire/excerpt.ts';
import type { Redaction } from '../../core/wire/redaction.ts';
import { REDACTED } from '../../core/wire/secrets/spans.ts';

/** Maximum bytes of a value that are shown. */
const SHOWN = 2000;
/** Shorter secrets are not searched for: they would match by chance. */
const SHORTEST = 4;

/** Shows a read and its responses without credentials. */
export class Showing {
  readonly #redaction: Redaction;
  readonly #secrets: readonly string[];

  /**
   * @param redaction finds secrets by name
   * @param secrets values of headers and parameters; they are removed everywhere, also if a service repeats them
   */
  constructor(redaction: Redaction, secrets: readonly string[]) {
    this.#redaction = redaction;
    this.#secrets = [...new Set(secrets.flatMap(listForms))]
      .filter((value) => value.length >= SHORTEST)
      .sort((one, other) => other.length - one.length);
  }

  /** A request, or another text that may contain named secrets. */
  text(text: string): string {
    return this.words(this.#redaction.text(text));
  }

  /** Our own sentence, or a JSON pointer: both have names but no values. */
  words(text: string): string {
    return this.#secrets.reduce((left, secret) => left.replaceAll(secret, REDACTED), text);
  }

  /** The beginning of a value. A secret at the cut is removed whole. */
  value(name: string, value: unknown, isSecret: boolean): unknown {
    if (isSecret) return REDACTED;
    return this.#redaction.record({ [name]: this.#conceal(value) }, new Allowance(SHOWN))[name];
  }

  #conceal(value: unknown): unknown {
    if (typeof value === 'string') return this.words(value);
    if (Array.isArray(value)) return value.map((one) => this.#conceal(one));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [this.words(name), this.#conceal(one)]));
  }
}

/** The forms in which a service may repeat a credential: whole, without its scheme, in parts, decoded, and URL-encoded. */
function listForms(value: string): readonly string[] {
  const bare = value.replace(/^\S+\s+/, '');
  const parts = value.split(/[;,]\s*/).flatMap((part) => {
    const at = part.indexOf('=');
    return at < 0 ? [] : [part.slice(at + 1).replaceAll('"', '')];
  });
  const login = /^basic\s/i.test(value) ? Buffer.from(bare, 'base64').toString() : '';
  const colon = login.indexOf(':');
  const halves = colon < 0 ? [] : [login, login.slice(0, colon), login.slice(colon + 1)];
  return [value, bare, ...parts, ...halves].flatMap((one) => [one, ...listEncoded(one)]);
}

function listEncoded(value: string): readonly string[] {
  // A lone surrogate cannot be encoded.
  const encoded = encodeURIComponent(Buffer.from(value).toString());
  return [encoded, encoded.replaceAll(/%../g, (escape) => escape.toLowerCase()), encoded.replaceAll('%20', '+')];
}
