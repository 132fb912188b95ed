import type { Service } from '../../core/exchange/exchange.ts';
import type { Sandbox } from '../../core/sandbox/sandbox.ts';
import { SecretNames } from '../../core/wire/secrets/names.ts';
import type { Outgoing } from './sender.ts';
import { splitUrl, type Read } from './reads.ts';

/** Headers of one connection, of the emulator's own, and of what stood before it. */
const NOT_SENT =
  /^(?:host|connection|keep-alive|proxy-.*|content-length|transfer-encoding|accept-encoding|expect|te|trailer|upgrade|prefer|if-.*|range|forwarded|x-forwarded-.*|x-emulator-.*)$/;

/** Who asks, on both sides: the seeded keys at ours, and those that were given at theirs. */
export class CredentialBook {
  readonly #service: Service;
  readonly #given: Readonly<Record<string, string>>;
  readonly #secrets: SecretNames;
  /** Of the whole document, by names in lower case. */
  readonly #headers: ReadonlySet<string>;
  readonly #parameters: ReadonlySet<string>;

  /** @param given headers by names in lower case; they take the place of all that says who asks */
  constructor(service: Service, secrets: readonly string[], given: Readonly<Record<string, string>>) {
    const places = service.contract.operations.flatMap(({ credentials }) => credentials);
    const inPart = (part: string): ReadonlySet<string> =>
      new Set(places.flatMap(({ where, name }) => (where === part ? [name.toLowerCase()] : [])));
    this.#service = service;
    this.#given = given;
    this.#secrets = new SecretNames(secrets);
    this.#headers = inPart('header');
    this.#parameters = inPart('query');
  }

  isSecret(name: string): boolean {
    return this.#secrets.has(name);
  }

  /** Whether what says who asks came with it. */
  #isSigned({ url, headers }: Read): boolean {
    const names = [...new URLSearchParams(splitUrl(url).query).keys()].map((name) => name.toLowerCase());
    return (
      Object.keys(headers).some((name) => this.#isCredential(name)) || names.some((name) => this.#parameters.has(name))
    );
  }

  #isCredential(name: string): boolean {
    return this.#headers.has(name) || this.#secrets.has(name);
  }

  /** As ours is asked. An example that has no credential gets a key of the seed, and where nobody needs one what theirs gets. */
  toOurs(read: Read, sandbox: Sandbox): Outgoing {
    const headers = withoutOwn(read.headers);
    const place = read.operation.credentials.find(({ where }) => where === 'header');
    if (read.at !== undefined || read.operation.open || !place || this.#isSigned(read)) return { ...read, headers };
    const key = this.#service.listKeys?.(sandbox)[0]?.value;
    if (key === undefined) return { ...read, headers: { ...headers, ...this.#given } };
    const value = place.scheme === undefined ? key : `${place.scheme} ${key}`;
    return { ...read, headers: { ...headers, [place.name.toLowerCase()]: value } };
  }

  toTheirs(read: Read): Outgoing {
    const headers = withoutOwn(read.headers);
    const isReplaced = Object.keys(this.#given).some((name) => this.#isCredential(name));
    if (!isReplaced) return { ...read, headers: { ...headers, ...this.#given } };
    const others = Object.entries(headers).filter(([name]) => !this.#isCredential(name));
    return {
      ...read,
      url: this.#withoutParameters(read.url),
      headers: { ...Object.fromEntries(others), ...this.#given },
    };
  }

  #withoutParameters(url: string): string {
    const { path, query } = splitUrl(url);
    const kept = query.split('&').filter((pair) => pair !== '' && !this.#parameters.has(toName(pair)));
    return kept.length === 0 ? path : `${path}?${kept.join('&')}`;
  }
}

function toName(pair: string): string {
  const [name = ''] = [...new URLSearchParams(pair).keys()];
  return name.toLowerCase();
}

function withoutOwn(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !NOT_SENT.test(name)));
}
