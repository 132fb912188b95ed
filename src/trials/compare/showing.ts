import { Allowance } from '../../core/wire/excerpt.ts';
import type { Redaction } from '../../core/wire/redaction.ts';
import { REDACTED } from '../../core/wire/secrets/spans.ts';

/** Bytes of a value that are shown. */
const SHOWN = 2000;
/** Of a shorter secret more would be taken for it than it is. */
const SHORTEST = 4;

/** Shows what one read was asked with and what came of it, without what says who asked. */
export class Showing {
  readonly #redaction: Redaction;
  readonly #secrets: readonly string[];

  /**
   * @param redaction knows secrets by their names
   * @param secrets values of headers and parameters, which are shown nowhere, even where a service repeats them
   */
  constructor(redaction: Redaction, secrets: readonly string[]) {
    this.#redaction = redaction;
    this.#secrets = [...new Set(secrets.flatMap(listForms))]
      .filter((value) => value.length >= SHORTEST)
      .sort((one, other) => other.length - one.length);
  }

  /** A request, or another text that may give secrets by their names. */
  text(text: string): string {
    return this.words(this.#redaction.text(text));
  }

  /** A sentence of ours or a JSON pointer, which has names and no values. */
  words(text: string): string {
    return this.#secrets.reduce((left, secret) => left.replaceAll(secret, REDACTED), text);
  }

  /** As much of a value as there is room for. Of a secret that the end of the room would cut nothing is left. */
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

/** How a service may repeat a credential: whole, without the word before it, part by part, decoded, and as a URL has it. */
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
  // Halves of a character cannot be encoded.
  const encoded = encodeURIComponent(Buffer.from(value).toString());
  return [encoded, encoded.replaceAll(/%../g, (escape) => escape.toLowerCase()), encoded.replaceAll('%20', '+')];
}
