/** Names that are secret everywhere, in lower case. */
const ALWAYS = ['authorization', 'proxy-authorization', 'cookie', 'set-cookie'];
/** The same, without hyphens and underscores. */
const COMMON =
  /^(?:(?:new|old|current|confirm|user)?(?:password|passwd|pwd|passphrase)(?:confirm(?:ation)?|again|repeat)?|(?:client|app|webhook|signing|shared)?secret(?:key)?|x?(?:auth|access|refresh|id|session|bearer|api|csrf)token|x?(?:api|private|access|signing)key)$/;

/** The names whose values are secret, in any case. One that ends in `*` matches all names that begin like it. */
export class SecretNames {
  readonly #names: ReadonlySet<string>;
  readonly #beginnings: readonly string[];

  constructor(secrets: readonly string[]) {
    const names = [...ALWAYS, ...secrets].map((name) => name.toLowerCase());
    const whole = names.filter((name) => !name.endsWith('*'));
    // An encoded name is decoded to one character for each byte.
    this.#names = new Set(whole.flatMap((name) => [name, Buffer.from(name).toString('latin1').toLowerCase()]));
    this.#beginnings = names.filter((name) => name.endsWith('*')).map((name) => name.slice(0, -1));
  }

  /** Whether a name is secret, or a part of it, as in the `user[password]` or `user.password` of a form. */
  has(name: string): boolean {
    const lower = name.trim().toLowerCase();
    return this.#hasPart(lower) || (PATH.test(lower) && lower.split(PATH).some((part) => this.#hasPart(part)));
  }

  #hasPart(part: string): boolean {
    return (
      this.#names.has(part) ||
      COMMON.test(part.replaceAll(/[-_]/g, '')) ||
      this.#beginnings.some((beginning) => part.startsWith(beginning))
    );
  }
}

const PATH = /[[\].]/;

const SCHEME = /^(?:bearer|basic|token) +/i;

/** A credential as it was sent, without its scheme: "abc" of "Bearer abc". */
export function withoutScheme(credential: string): string {
  return credential.replace(SCHEME, '');
}
