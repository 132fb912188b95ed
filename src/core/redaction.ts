const REDACTED = '[redacted]';
/** Names that are secret everywhere, in lower case. */
const ALWAYS = ['authorization', 'proxy-authorization', 'cookie', 'set-cookie', 'x-api-key'];

/** Replaces secrets by name in headers, URLs, bodies and records. Names are compared without case. */
export class Redaction {
  readonly #names: ReadonlySet<string>;
  readonly #inJson: RegExp;
  readonly #inForm: RegExp;

  constructor(secrets: readonly string[]) {
    this.#names = new Set([...ALWAYS, ...secrets.map((name) => name.toLowerCase())]);
    const names = [...this.#names].map((name) => name.replaceAll(/[^\w]/g, String.raw`\$&`)).join('|');
    // By pattern and not by parsing: a body may be cut off or may not be JSON at all.
    this.#inJson = new RegExp(String.raw`("(?:${names})"\s*:\s*)(?:"(?:[^"\\]|\\.)*"?|[^,}\]\s]+)`, 'gi');
    this.#inForm = new RegExp(String.raw`((?:^|[?&])(?:${names})=)[^&\s]*`, 'gi');
  }

  text(text: string): string {
    return text.replaceAll(this.#inJson, `$1"${REDACTED}"`).replaceAll(this.#inForm, `$1${REDACTED}`);
  }

  /** A copy of an object with the secret fields replaced, at any depth. */
  fields(value: object): Record<string, unknown> {
    return Object.fromEntries(
      Object.entries(value).map(([name, field]) => [
        name,
        this.#names.has(name.toLowerCase()) ? REDACTED : this.#value(field),
      ]),
    );
  }

  #value(value: unknown): unknown {
    if (Array.isArray(value)) return value.map((item) => this.#value(item));
    return typeof value === 'object' && value !== null ? this.fields(value) : value;
  }
}
