/** Names that are secret everywhere, in lower case. */
const ALWAYS = [
  'authorization',
  'proxy-authorization',
  'cookie',
  'set-cookie',
  'x-api-key',
  'password',
  'access_token',
  'refresh_token',
  'id_token',
  'client_secret',
];

/** The names whose values are secret, compared without case. One that ends in `*` stands for all that begin so. */
export class SecretNames {
  readonly #names: ReadonlySet<string>;
  readonly #beginnings: readonly string[];

  constructor(secrets: readonly string[]) {
    const names = [...ALWAYS, ...secrets].map((name) => name.toLowerCase());
    const whole = names.filter((name) => !name.endsWith('*'));
    // A percent sign encodes a byte, and bytes are all that is decoded of it.
    this.#names = new Set(whole.flatMap((name) => [name, Buffer.from(name).toString('latin1').toLowerCase()]));
    this.#beginnings = names.filter((name) => name.endsWith('*')).map((name) => name.slice(0, -1));
  }

  /** Also of what stands inside another, as in a form's `user[password]` or `user.password`. */
  has(name: string): boolean {
    const lower = name.trim().toLowerCase();
    return this.#hasPart(lower) || (PATH.test(lower) && lower.split(PATH).some((part) => this.#hasPart(part)));
  }

  #hasPart(part: string): boolean {
    return this.#names.has(part) || this.#beginnings.some((beginning) => part.startsWith(beginning));
  }
}

const PATH = /[[\].]/;
